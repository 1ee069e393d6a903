"""Fields of values of any kind."""

from __future__ import annotations

import re
from typing import Any

import pytest
from bson import DBRef, ObjectId

from mongoengine import (
    Document,
    DynamicField,
    EmbeddedDocument,
    IntField,
    ListField,
    MapField,
    ValidationError,
)

ID = ObjectId("5" * 24)
FIELD = DynamicField()


class DynamicItem(EmbeddedDocument):
    rank = IntField(db_field="r")


class DynamicPerson(Document):
    pass


class DynamicHolder(Document):
    value = DynamicField(db_field="v")
    always = DynamicField(null=True)
    usual = DynamicField(default=dict)
    values = ListField(DynamicField())
    by_name = MapField(DynamicField())


ITEM = {"_cls": "DynamicItem", "r": 1}
REFERENCE = {"_ref": DBRef("dynamic_person", ID), "_cls": "DynamicPerson"}
VALUES = [
    ("text", "text"),
    (5, 5),
    (None, None),
    ((1, [2]), [1, [2]]),
    ({"a": {1}}, {"a": {1}}),
    (DynamicItem(rank=1), ITEM),
    ({"a": [DynamicItem(rank=1)]}, {"a": [ITEM]}),
    (DynamicPerson(id=ID), REFERENCE),
    ([DynamicPerson(id=ID)], [REFERENCE]),
]


@pytest.mark.parametrize(("value", "stored"), VALUES)
def test_to_mongo(value: Any, stored: Any) -> None:
    assert FIELD.to_mongo(value) == stored
    assert type(FIELD.to_mongo(value)) is type(stored) or isinstance(stored, dict)


def test_options_are_handed_down() -> None:
    assert FIELD.to_mongo([DynamicItem(rank=1)], use_db_field=False) == [
        {"rank": 1, "_cls": "DynamicItem"}
    ]


def test_documents_are_told_by_their_class() -> None:
    assert FIELD.to_python(ITEM) == DynamicItem(rank=1)
    assert FIELD.to_python({"r": 1}) == {"r": 1}
    assert FIELD.to_python(REFERENCE) is REFERENCE


def test_round_trip() -> None:
    holder = DynamicHolder(
        value=DynamicItem(rank=1), values=[1, DynamicItem(rank=2)], by_name={"a": [1]}
    )
    stored = holder.to_mongo()
    again = DynamicHolder._from_son(stored)
    assert (again.value, again.values[1]) == (DynamicItem(rank=1), DynamicItem(rank=2))
    assert again.by_name == {"a": [1]}
    assert again.to_mongo() == stored


def test_missing_none_and_default() -> None:
    assert DynamicHolder().value is None
    assert DynamicHolder(usual=None).usual == DynamicHolder().usual == {}
    assert DynamicHolder(always=None).always is None
    assert DynamicHolder(always=None).to_mongo()["always"] is None


def test_documents_are_validated() -> None:
    FIELD.validate(object())
    FIELD.validate(DynamicItem(rank=1))
    with pytest.raises(ValidationError, match="could not be converted to int"):
        FIELD.validate(DynamicItem(rank="x"))


def test_queries() -> None:
    assert FIELD.prepare_query_value("contains", "a.b") == re.compile(r"a\.b")
    assert FIELD.prepare_query_value("in", [DynamicItem(rank=1)]) == [ITEM]
    assert FIELD.prepare_query_value("set", 5) == 5


def test_anything_may_be_below() -> None:
    assert FIELD.lookup_member("x") == "x"
