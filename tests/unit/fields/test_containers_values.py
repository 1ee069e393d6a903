"""Fields of lists and dicts: what they convert, store, refuse and ask for."""

from __future__ import annotations

import re
from typing import Any

import pytest
from bson import SON, DBRef, ObjectId

from mongoengine import (
    DictField,
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EmbeddedDocumentListField,
    IntField,
    ListField,
    MapField,
    SortedListField,
    StringField,
    ValidationError,
)
from mongoengine.fields import key_not_string, key_starts_with_dollar

ID = ObjectId("5" * 24)


class ContainedItem(EmbeddedDocument):
    rank = IntField()
    name = StringField(db_field="n", default="new")


class ContainedPerson(Document):
    name = StringField()


class ContainedAnimal(Document):
    meta = {"allow_inheritance": True}


CONVERSIONS = [
    (ListField(), (1, {2}, range(1)), [1, [2], [0]]),
    (ListField(), "text", "text"),
    (ListField(), 5, 5),
    (ListField(), None, None),
    (ListField(IntField()), ("1", 2.5, "x"), [1, 2, "x"]),
    (ListField(IntField()), {"a": "1"}, {"a": 1}),
    (ListField(ListField(IntField())), [["1"], ()], [[1], []]),
    (ListField(), [ContainedPerson(id=ID)], [DBRef("contained_person", ID)]),
    (DictField(), SON(a=SON(b=(1,))), {"a": {"b": [1]}}),
    (DictField(IntField()), {"a": "1"}, {"a": 1}),
    (MapField(ListField(IntField())), {"a": ["1"]}, {"a": [1]}),
]


@pytest.mark.parametrize(("field", "value", "python"), CONVERSIONS)
def test_to_python(field: Any, value: Any, python: Any) -> None:
    converted = field.to_python(value)
    assert converted == python
    assert type(converted) is type(python)


STORING = [
    (ListField(), [1, (2, {3})], [1, [2, [3]]]),
    (ListField(IntField()), ["1"], [1]),
    (
        ListField(),
        [ContainedItem(rank=1)],
        [{"rank": 1, "n": "new", "_cls": "ContainedItem"}],
    ),
    (ListField(), [ContainedAnimal(id=ID)], [DBRef("contained_animal", ID)]),
    (
        ListField(),
        [ContainedPerson(id=ID)],
        [{"_cls": "ContainedPerson", "_ref": DBRef("contained_person", ID)}],
    ),
    (
        DictField(),
        {"a": [ContainedItem(name=None)]},
        {"a": [{"n": "new", "_cls": "ContainedItem"}]},
    ),
    (SortedListField(IntField()), (3, 1, 2), [1, 2, 3]),
    (SortedListField(DictField(), ordering="a"), [{"a": 2}, {"a": 1}], None),
]


@pytest.mark.parametrize(("field", "value", "stored"), STORING)
def test_to_mongo(field: Any, value: Any, stored: Any) -> None:
    assert field.to_mongo(value) == (stored or [{"a": 1}, {"a": 2}])


@pytest.mark.parametrize("convert", [ListField().to_mongo, ListField().to_python])
def test_unsaved_documents_cannot_be_referred_to(convert: Any) -> None:
    with pytest.raises(ValidationError, match="once they have been saved"):
        convert([ContainedPerson()])


INVALID = [
    (ListField(), "x", "Only lists and tuples may be used in a list field", None),
    (ListField(), {}, "Only lists and tuples may be used in a list field", None),
    (ListField(max_length=1), [1, 2], "List is too long", None),
    (ListField(max_length=0), [1], "List is too long", None),
    (
        ListField(required=True),
        [],
        "Field is required and cannot be empty",
        None,
    ),
    (ListField(IntField()), [1, "x"], "Invalid IntField item ([1, 'x'])", {1}),
    (ListField(ListField(IntField())), [[], ["x"]], "Invalid ListField item", {1}),
    (DictField(), [], "Only dictionaries may be used in a DictField", None),
    (DictField(), {1: 2}, "documents must have only string keys", None),
    (DictField(), {"a": {1: 2}}, "documents must have only string keys", None),
    (DictField(), {"$a": 2}, 'may not startswith "$" characters', None),
    (DictField(), {"a": {"$a": 2}}, 'may not startswith "$" characters', None),
    (MapField(IntField()), {"a": "x"}, "Invalid IntField item ({'a': 'x'})", {"a"}),
    (
        EmbeddedDocumentListField(ContainedItem),
        [5],
        "Invalid EmbeddedDocumentField item",
        {0},
    ),
]


@pytest.mark.parametrize(("field", "value", "message", "keys"), INVALID)
def test_invalid(field: Any, value: Any, message: str, keys: Any) -> None:
    with pytest.raises(ValidationError, match=re.escape(message)) as caught:
        field.validate(value)
    assert caught.value.errors is keys is None or set(caught.value.errors) == keys


VALID = [
    (ListField(), [1, "a", None, [object]]),
    (ListField(max_length=1), (1,)),
    (ListField(IntField()), []),
    (DictField(), {"": 1, "a.b": 2, "a": {"b$": 3}}),
    (MapField(IntField()), {"a": "1"}),
    (ListField(StringField(choices=["a"])), ["a", "a"]),
    (SortedListField(IntField()), [2, 1]),
]


@pytest.mark.parametrize(("field", "value"), VALID)
def test_valid(field: Any, value: Any) -> None:
    field.validate(value)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: ListField(5), TypeError, r"\(e.g ListField\(StringField\(\)\)\)"),
        (lambda: ListField(IntField), TypeError, "must be a Field instance"),
        (lambda: DictField("x"), TypeError, r"\(e.g DictField\(StringField\(\)\)\)"),
        (lambda: MapField(), ValidationError, "Argument to MapField constructor"),
        (lambda: MapField(IntField), ValidationError, "must be a valid field"),
        (lambda: ListField(IntField(), 5), TypeError, "positional"),
    ],
)
def test_misuse(make: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        make()


QUERIES = [
    (ListField(), None, [1], [1]),
    (ListField(IntField()), "exact", "1", 1),
    (ListField(IntField()), "set", {"1"}, [1]),
    (ListField(StringField()), None, "a", "a"),
    (ListField(EmbeddedDocumentField(ContainedItem)), "exact", {"n": "a"}, {"n": "a"}),
    (DictField(), "exact", "a.b", re.compile(r"^a\.b$")),
    (DictField(), "icontains", "a", re.compile("a", re.IGNORECASE)),
    (DictField(), "in", ["a"], ["a"]),
    (MapField(IntField()), "exact", 1, 1),
    (DictField(ListField(IntField())), "set", {"a": ["1"]}, {"a": [1]}),
    (DictField(ListField(IntField())), "push", "1", 1),
]


@pytest.mark.parametrize(("field", "op", "value", "prepared"), QUERIES)
def test_queries(field: Any, op: Any, value: Any, prepared: Any) -> None:
    assert field.prepare_query_value(op, value) == prepared


def test_keys() -> None:
    assert key_not_string({"a": {1: 2}}) is True
    assert key_not_string({"a": [{1: 2}]}) is None
    assert key_starts_with_dollar({"a": {"$b": 2}}) is True
    assert key_starts_with_dollar({"a": "$b"}) is None


def test_fields_of_users_get_the_options_they_take() -> None:
    class Plain(StringField):
        def to_mongo(self, value: Any) -> Any:
            return "plain"

    class Told(StringField):
        def to_mongo(self, value: Any, use_db_field: bool = True) -> Any:
            return use_db_field

    assert ListField(Plain()).to_mongo(["a"], use_db_field=False) == ["plain"]
    assert ListField(Told()).to_mongo(["a"], use_db_field=False) == [False]
