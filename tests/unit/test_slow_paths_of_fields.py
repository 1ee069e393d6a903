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


class LoudlyRead(IntField):
    def to_python(self, value: Any) -> Any:
        said(value)
        return value * 10


class LoudlyStored(IntField):
    def to_mongo(self, value: Any) -> Any:
        said(value)
        return value // 10


class LoudlyValid(IntField):
    def validate(self, value: Any, clean: bool = True) -> None:
        said(value)
        if value == 9:
            self.error("nine")


class LoudlyChecked(IntField):
    def _validate(self, value: Any, **options: Any) -> None:
        said(value)
        if value == 9:
            self.error("nine")


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


def loud_class(kind: type[IntField]) -> Any:
    """Return a class that has a field of a kind, alone and inside of everything."""
    part = type(
        f"{kind.__name__}Part", (EmbeddedDocument,), {"number": kind(db_field="n")}
    )
    fields = {
        "number": kind(db_field="n"),
        "numbers": ListField(kind(), db_field="ns"),
        "mapped": MapField(kind()),
        "part": EmbeddedDocumentField(part),
    }
    return type(f"{kind.__name__}Whole", (Document,), fields)


LOUD = {"_id": ID, "n": 1, "ns": [2], "mapped": {"a": 3}, "part": {"n": 4}}


def values_of(document: Any) -> list[int]:
    part = document.part.number
    return [document.number, *document.numbers, document.mapped["a"], part]


def test_to_python_alone() -> None:
    whole = loud_class(LoudlyRead)
    loaded = whole._from_son(LOUD)
    assert values_of(loaded) == [10, 20, 30, 40]
    assert sorted(heard()) == [1, 2, 3, 4]
    assert values_of(whole._from_son(LOUD)) == values_of(loaded)
    assert loaded._delta() == ({}, {})
    heard()
    made = whole(number=1, numbers=[2])
    assert (made.number, made.numbers) == (10, [20])
    assert heard() == [1, 2]
    made.number = 5
    assert (made.number, heard()) == (5, [])


def test_to_mongo_alone() -> None:
    whole = loud_class(LoudlyStored)
    stored = {"_id": ID, "n": 0, "ns": [0], "mapped": {"a": 0}, "part": {"n": 0}}
    assert whole._from_son(LOUD).to_mongo() == stored
    assert heard() == [1, 2, 3, 4]
    loaded = whole._from_son(LOUD)
    assert values_of(loaded) == [1, 2, 3, 4]
    assert heard() == []
    loaded.numbers.append(50)
    assert loaded._delta() == ({"ns": [0, 5]}, {})
    assert whole(number=10, numbers=[20]).to_mongo() == {
        "n": 1, "ns": [2], "mapped": {},
    }  # fmt: skip


@pytest.mark.parametrize("kind", [LoudlyValid, LoudlyChecked])
def test_validation_alone(kind: type[IntField]) -> None:
    whole = loud_class(kind)
    loaded, read = whole._from_son(LOUD), whole._from_son(LOUD)
    assert values_of(read) == [1, 2, 3, 4]
    for document in (loaded, read, whole(**read._data)):
        document.validate()
        assert heard() == [1, 2, 3, 4]
    nines = {"n": 9, "ns": [9], "mapped": {"a": 9}, "part": {"n": 9}}
    wrong = {
        "number": "nine",
        "numbers": {0: "nine"},
        "mapped": {"a": "nine"},
        "part": {"number": "nine"},
    }
    assert errors_of(whole._from_son(nines)) == wrong
    assert errors_of(whole(**whole._from_son(nines)._data)) == wrong


def test_validation_of_one_item_field_alone() -> None:
    field = StringField()
    field.validate = lambda value, clean=True: field.error("no")  # type: ignore[method-assign]

    class LoudlyItemed(Document):
        words = ListField(field)

    assert errors_of(LoudlyItemed(words=["a"])) == {"words": {0: "no"}}
    assert errors_of(LoudlyItemed._from_son({"words": ["a"]})) == {"words": {0: "no"}}


def errors_of(document: Any) -> Any:
    with pytest.raises(ValidationError) as caught:
        document.validate()
    return caught.value.to_dict()


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
    made, loaded = LoudAccessed(number=1), LoudAccessed._from_son({"number": 2})
    assert heard() == [("set", 1), ("set", 2)]
    assert (made.number, loaded.number) == ("got 1", "got 2")
    loaded.number = 3
    assert heard() == [("set", 3)]
    assert (loaded["number"], loaded._data["number"]) == ("got 3", 3)
    assert loaded._delta()[0] == {"number": 3}


class Lowered(StringField):
    def __set__(self, instance: Any, value: Any) -> None:
        said(self.name, value)
        super().__set__(instance, value and value.lower())


class Filled(StringField):
    def __set__(self, instance: Any, value: Any) -> None:
        super().__set__(instance, "full" if value is None else value)


class Ordered(ListField):
    def __set__(self, instance: Any, value: Any) -> None:
        super().__set__(instance, value and sorted(value))


class SettingPart(EmbeddedDocument):
    mail = Lowered()
    filled = Filled()
    numbers = Ordered(IntField())


@pytest.mark.parametrize("load", [False, True])
def test_setters_are_called_for_every_value(load: bool) -> None:
    values = {"mail": "AB", "numbers": [3, 1]}
    part = SettingPart._from_son(values) if load else SettingPart(**values)
    assert heard() == [("mail", "AB")]
    assert (part.mail, part.filled, part.numbers) == ("ab", "full", [1, 3])
    assert part.to_mongo() == {"mail": "ab", "filled": "full", "numbers": [1, 3]}
    assert not (load and part._changed_fields)


@pytest.mark.parametrize("load", [False, True])
def test_setters_are_called_with_none_for_what_is_missing(load: bool) -> None:
    part = SettingPart._from_son({}) if load else SettingPart()
    assert heard() == [("mail", None)]
    assert (part.mail, part.filled, part.numbers) == (None, "full", [])


def test_setters_of_embedded_documents() -> None:
    class SettingHolder(Document):
        part = EmbeddedDocumentField(SettingPart)
        parts = ListField(EmbeddedDocumentField(SettingPart))

    stored = {"part": {"mail": "AB"}, "parts": [{"numbers": [2, 1]}]}
    expected = {
        "part": {"mail": "ab", "filled": "full", "numbers": []},
        "parts": [{"filled": "full", "numbers": [1, 2]}],
    }
    assert SettingHolder._from_son(stored).to_mongo() == expected


def test_a_setter_that_stores_by_itself() -> None:
    class Raw(StringField):
        def __get__(self, instance: Any, owner: Any = None) -> Any:
            return self if instance is None else instance._data.get(self.name)

        def __set__(self, instance: Any, value: Any) -> None:
            instance._data[self.name] = value and value.upper()

    class RawHolder(Document):
        raw = Raw()

    made, loaded = RawHolder(raw="a"), RawHolder._from_son({"raw": "b"})
    assert (made.raw, loaded.raw) == ("A", "B")
    made.note = 1
    made.raw = "c"
    assert (made.raw, made.note, made.to_mongo()) == ("C", 1, {"raw": "C"})


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
