"""Fields that users override are asked about every value."""

from __future__ import annotations

from typing import Any

import pytest
from bson import ObjectId

from mongoengine import (
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    ListField,
    MapField,
    StringField,
    ValidationError,
)
from mongoengine.base import BaseField

ID = ObjectId("5" * 24)
CALLS: list[Any] = []


@pytest.fixture(autouse=True)
def _no_calls() -> None:
    CALLS.clear()


def said(*what: Any) -> None:
    CALLS.append(what[0] if len(what) == 1 else what)


def heard() -> list[Any]:
    """Return what was called since the last time."""
    calls = CALLS.copy()
    CALLS.clear()
    return calls


class LoudField(IntField):
    def to_python(self, value: Any) -> Any:
        said("to_python", value)
        return value * 10

    def to_mongo(self, value: Any) -> Any:
        said("to_mongo", value)
        return value // 10

    def validate(self, value: Any, clean: bool = True) -> None:
        said("validate", value)
        if value == 90:
            self.error("ninety")


class LoudText(StringField):
    def to_python(self, value: Any) -> Any:
        said("to_python", value)
        return super().to_python(value)


class LoudList(ListField):
    def to_python(self, value: Any) -> Any:
        said("to_python", value)
        return super().to_python(value)

    def to_mongo(
        self, value: Any, use_db_field: bool = True, fields: Any = None
    ) -> Any:
        said("to_mongo", list(value))
        return super().to_mongo(value, use_db_field, fields)


class LoudAccess(IntField):
    def __get__(self, instance: Any, owner: Any = None) -> Any:
        value = super().__get__(instance, owner)
        return value if instance is None else f"got {value}"

    def __set__(self, instance: Any, value: Any) -> None:
        said("set", value)
        super().__set__(instance, value)


class LoudPart(EmbeddedDocument):
    number = LoudField(db_field="n")


class Loud(Document):
    number = LoudField(db_field="n")
    numbers = ListField(LoudField(), db_field="ns")
    mapped = MapField(LoudField())
    part = EmbeddedDocumentField(LoudPart)


LOUD = {"_id": ID, "n": 1, "ns": [2], "mapped": {"a": 3}, "part": {"n": 4}}


def test_conversions_of_fields_are_called() -> None:
    loaded = Loud._from_son(LOUD)
    values = loaded.number, loaded.numbers, loaded.mapped, loaded.part.number
    assert values == (10, [20], {"a": 30}, 40)
    assert sorted(heard()) == [("to_python", n) for n in (1, 2, 3, 4)]
    assert loaded.to_mongo() == LOUD
    assert heard() == [("to_mongo", n) for n in (10, 20, 30, 40)]
    assert Loud._from_son(LOUD).to_mongo() == LOUD
    assert loaded._delta() == ({}, {})


def test_conversions_of_fields_are_called_for_keywords_alone() -> None:
    made = Loud(number=1, numbers=[2], part=LoudPart(number=3))
    assert (made.number, made.numbers, made.part.number) == (10, [20], 30)
    assert heard() == [("to_python", n) for n in (3, 1, 2)]
    made.number = 5
    assert made.number == 5
    assert heard() == []


def test_validation_of_fields_is_called_once() -> None:
    for document in (
        Loud._from_son(LOUD),
        Loud(number=1, numbers=[2], mapped={"a": 3}),
    ):
        heard()
        document.number = 90
        with pytest.raises(ValidationError) as caught:
            document.validate()
        assert caught.value.to_dict() == {"number": "ninety"}
        calls = [call for call in heard() if call[0] == "validate"]
        assert calls[:3] == [("validate", n) for n in (90, 20, 30)]


def test_lists_of_the_user() -> None:
    class LoudListed(Document):
        numbers = LoudList(IntField())

    loaded = LoudListed._from_son({"numbers": [1]})
    assert loaded.numbers == [1]
    assert heard() == [("to_python", [1])]
    assert loaded.to_mongo() == {"numbers": [1]}
    assert heard() == [("to_mongo", [1])]
    loaded.numbers.append(2)
    assert loaded._delta() == ({"numbers": [1, 2]}, {})


def test_texts_of_the_user_in_lists() -> None:
    class LoudlyWorded(Document):
        words = ListField(LoudText())

    loaded = LoudlyWorded._from_son({"words": ["a"]})
    assert loaded.words == ["a"]
    assert heard() == [("to_python", "a")]
    assert loaded.to_mongo() == {"words": ["a"]}
    assert heard() == [("to_python", "a")]  # by to_mongo


def test_access_of_the_user() -> None:
    class LoudAccessed(Document):
        number = LoudAccess()

    assert isinstance(LoudAccessed.number, LoudAccess)
    made, loaded = LoudAccessed(number="1"), LoudAccessed._from_son({"number": 2})
    assert heard() == [("set", 1), ("set", 2)]
    assert (made.number, loaded.number) == ("got 1", "got 2")
    loaded.number = 3
    assert heard() == [("set", 3)]
    assert (loaded["number"], loaded._data["number"]) == ("got 3", 3)
    assert loaded._delta()[0] == {"number": 3}


def test_a_field_that_may_convert_only_without_options() -> None:
    class Plain(BaseField[Any]):
        def to_mongo(self, value: Any) -> Any:
            return f"<{value}>"

    class PlainHolder(Document):
        value = Plain()
        values = ListField(Plain())

    document = PlainHolder(value=1, values=[2])
    assert document.to_mongo() == {"value": "<1>", "values": ["<2>"]}
    assert document.to_mongo(use_db_field=False) == {"value": "<1>", "values": ["<2>"]}
