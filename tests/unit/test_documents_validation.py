"""Validation calls what there is to call once, and says all that is wrong."""

from __future__ import annotations

from typing import Any

import pytest
from bson import ObjectId

from mongoengine import (
    DictField,
    Document,
    DynamicDocument,
    EmbeddedDocument,
    EmbeddedDocumentField,
    GenericEmbeddedDocumentField,
    IntField,
    ListField,
    MapField,
    StringField,
    ValidationError,
)
from mongoengine.errors import DeprecatedError

CALLS: list[Any] = []


@pytest.fixture(autouse=True)
def _no_calls() -> None:
    CALLS.clear()


def no_nine(value: Any) -> None:
    CALLS.append(value)
    if value == 9:
        raise ValidationError("nine")


class CheckedPart(EmbeddedDocument):
    number = IntField(validation=no_nine)
    city = StringField(required=True, max_length=3)

    def clean(self) -> None:
        CALLS.append(f"clean {self.city}")
        if self.city == "bad":
            raise ValidationError("bad city")


class Checked(Document):
    name = StringField(required=True)
    number = IntField(validation=no_nine)
    numbers = ListField(IntField(validation=no_nine))
    mapped = MapField(IntField(validation=no_nine))
    part = EmbeddedDocumentField(CheckedPart)
    parts = ListField(EmbeddedDocumentField(CheckedPart))
    generic = GenericEmbeddedDocumentField()
    data = DictField(validation=no_nine)
    colour = StringField(choices=["r", "g"])
    size = IntField(choices=[(1, "small"), (2, "big")])

    def clean(self) -> None:
        CALLS.append(f"clean {self.name}")
        if self.name == "bad":
            raise ValidationError("bad name")
        if self.name == "worse":
            raise ValidationError("all bad", errors={"name": ValidationError("worse")})


class CheckedFreely(DynamicDocument):
    number = IntField(validation=no_nine)
    part = EmbeddedDocumentField(CheckedPart)

    def clean(self) -> None:
        CALLS.append("clean")


GOOD = {
    "name": "a",
    "number": 1,
    "numbers": [2, 3],
    "mapped": {"k": 4},
    "part": {"number": 5, "city": "x"},
    "parts": [{"number": 6, "city": "y"}],
    "generic": {"_cls": "CheckedPart", "number": 7, "city": "z"},
    "data": {"a": 8},
}


def new() -> Any:
    part = CheckedPart(number=5, city="x")
    parts = [CheckedPart(number=6, city="y")]
    generic = CheckedPart(number=7, city="z")
    return Checked(**(GOOD | {"part": part, "parts": parts, "generic": generic}))


@pytest.mark.parametrize("make", [new, lambda: Checked._from_son(GOOD)])
def test_all_is_called_once(make: Any) -> None:
    document = make()
    CALLS.clear()
    document.validate()
    assert CALLS == [
        "clean a", 1, 2, 3, 4, "clean x", 5, "clean y", 6, "clean z", 7, {"a": 8},
    ]  # fmt: skip
    CALLS.clear()
    document.validate(clean=False)
    # A list does not tell its items that they are not to be cleaned.
    assert CALLS == [1, 2, 3, 4, 5, "clean y", 6, 7, {"a": 8}]


@pytest.mark.parametrize("make", [new, lambda: Checked._from_son(GOOD)])
def test_all_is_called_once_where_it_is_not_valid(make: Any) -> None:
    document = make()
    document.name, document.number, document.part.number = "bad", 9, 9
    document.parts[0].city, document.numbers[1] = "bad", 9
    CALLS.clear()
    with pytest.raises(ValidationError) as caught:
        document.validate()
    assert CALLS == [
        "clean bad", 9, 2, 9, 4, "clean x", 9, "clean bad", 6, "clean z", 7, {"a": 8},
    ]  # fmt: skip
    assert caught.value.to_dict() == {
        "__all__": "bad name",
        "number": "nine",
        "numbers": {1: "nine"},
        "part": {"number": "nine"},
        "parts": {0: {"__all__": "bad city"}},
    }


def test_dynamic_documents_are_called_once() -> None:
    document = CheckedFreely(number=1, part=CheckedPart(city="x", number=2))
    document.other = CheckedPart(city="y", number=3)
    CALLS.clear()
    document.validate()
    assert CALLS == ["clean", 1, "clean x", 2, "clean y", 3]
    document.other.number = 9
    with pytest.raises(ValidationError) as caught:
        document.validate()
    assert caught.value.to_dict() == {"other": {"number": "nine"}}


def test_messages_are_grouped_and_name_the_document() -> None:
    document = Checked(pk=ObjectId("5" * 24), number="x", size=5, colour="b")
    with pytest.raises(ValidationError) as caught:
        document.validate()
    assert (
        str(caught.value)
        == caught.value.message
        == (
            "ValidationError (Checked:555555555555555555555555) "
            "(Field is required: ['name'] x could not be converted to int: ['number'] "
            "Value must be one of ['r', 'g']: ['colour'] "
            "Value must be one of [1, 2]: ['size'])"
        )
    )
    assert caught.value.to_dict() == {
        "name": "Field is required",
        "number": "x could not be converted to int",
        "colour": "Value must be one of ['r', 'g']",
        "size": "Value must be one of [1, 2]",
    }
    assert list(caught.value.errors) == ["name", "number", "colour", "size"]


def test_nested_errors_are_keyed_as_the_values_are() -> None:
    document = new()
    document.parts = [CheckedPart(city="ok"), CheckedPart(), CheckedPart(city="long")]
    document.mapped = {"a": "x"}
    with pytest.raises(ValidationError) as caught:
        document.validate()
    assert caught.value.to_dict() == {
        "mapped": {"a": "x could not be converted to int"},
        "parts": {
            1: {"city": "Field is required"},
            2: {"city": "String value is too long"},
        },
    }


def test_errors_of_clean_may_be_told_by_field() -> None:
    with pytest.raises(ValidationError) as caught:
        Checked(name="worse").validate()
    assert caught.value.to_dict() == {"__all__": {"name": "worse"}}


def test_clean_may_mend_what_is_wrong() -> None:
    class CleanMends(Document):
        name = StringField(required=True)

        def clean(self) -> None:
            self.name = "mended"

    document = CleanMends()
    document.validate()
    assert document.name == "mended"
    with pytest.raises(ValidationError, match="Field is required"):
        CleanMends().validate(clean=False)


def test_other_exceptions_of_clean_pass() -> None:
    class CleanFails(Document):
        def clean(self) -> None:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        CleanFails().validate()


@pytest.mark.parametrize(
    ("validation", "error"),
    [(lambda value: True, DeprecatedError), (lambda value: 1 / 0, ZeroDivisionError)],
)
def test_what_validation_callables_must_not_do(
    validation: Any, error: type[Exception]
) -> None:
    class Misvalidated(Document):
        number = IntField(validation=validation)

    with pytest.raises(error):
        Misvalidated(number=1).validate()
    with pytest.raises(error):
        Misvalidated._from_son({"number": 1}).validate()


def test_a_decoded_value_that_nobody_has_read_is_validated() -> None:
    stored = GOOD | {"parts": [{"city": "toolong"}], "data": {"$a": 1}}
    with pytest.raises(ValidationError) as caught:
        Checked._from_son(stored).validate()
    assert caught.value.to_dict() == {
        "parts": {0: {"city": "String value is too long"}},
        "data": (
            'Invalid dictionary key name - keys may not startswith "$" characters'
        ),
    }


@pytest.mark.parametrize("empty", [[], {}])
def test_required_containers_must_not_be_empty(empty: Any) -> None:
    kind = ListField if empty == [] else DictField
    cls: Any = type("RequiredEmpty", (Document,), {"values": kind(required=True)})
    for document in (cls(), cls(values=empty), cls._from_son({"values": empty})):
        with pytest.raises(ValidationError, match="required and cannot be empty"):
            document.validate()
