"""Which fields a queryset loads, and in what form rows are given."""

from __future__ import annotations

from typing import Any

import pytest

from mongoengine import (
    Document,
    DynamicDocument,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    ListField,
    ReferenceField,
    StringField,
)
from mongoengine.errors import LookUpError


class LoadedPart(EmbeddedDocument):
    city = StringField(db_field="c")


class LoadedThing(Document):
    number = IntField(db_field="n")
    name = StringField()
    tags = ListField(StringField(), db_field="tg")
    part = EmbeddedDocumentField(LoadedPart, db_field="p")
    parts = ListField(EmbeddedDocumentField(LoadedPart), db_field="ps")
    ref = ReferenceField("self")


class LoadedBase(Document):
    number = IntField(db_field="n")
    meta = {"allow_inheritance": True}


class LoadedChild(LoadedBase):
    level = IntField(db_field="l")


class LoadedOpen(DynamicDocument):
    number = IntField(db_field="n")


def things() -> Any:
    return LoadedThing.objects


def bases() -> Any:
    return LoadedBase.objects


@pytest.mark.parametrize(
    ("told", "projection"),
    [
        (lambda q: q.only("number").only("part__city"), {"n": 1, "p.c": 1}),
        (lambda q: q.only("parts.0.city"), {"ps.0.c": 1}),
        (lambda q: q.only("number", "name").exclude("name"), {"n": 1}),
        (lambda q: q.exclude("pk"), {"_id": 0}),
        (lambda q: q.fields(slice__tags=[1, 2]), {"tg": {"$slice": [1, 2]}}),
        (
            lambda q: q.fields(elemMatch__parts={"c": "x"}),
            {"ps": {"$elemMatch": {"c": "x"}}},
        ),
        (lambda q: q.fields(slice__tags=1, name=1), {"name": 1, "tg": {"$slice": 1}}),
        (lambda q: q.fields(number=1, name=0, id=0), {"n": 1, "_id": 0}),
        (lambda q: q.scalar("number", "part.city"), {"n": 1, "p.c": 1}),
        (lambda q: q.values("number", "part__city"), {"n": 1, "p.c": 1}),
    ],
)
def test_projections(told: Any, projection: Any) -> None:
    assert told(things())._cursor_args == {"projection": projection}


@pytest.mark.parametrize(
    "told",
    [
        lambda q: q.only("number").all_fields(),
        lambda q: q.only("number").exclude("number"),
        lambda q: q.scalar("number").scalar(),
        lambda q: q.only(),
        lambda q: q.exclude(),
        lambda q: q.values(),
    ],
)
def test_all_fields(told: Any) -> None:
    assert told(things())._cursor_args == {}


def test_the_class_is_always_loaded() -> None:
    assert bases().only("level")._cursor_args["projection"] == {"_cls": 1, "l": 1}
    assert bases().exclude("_cls", "level")._cursor_args["projection"] == {"l": 0}
    again = bases().only("number").all_fields().only("number")
    assert again._cursor_args["projection"] == {"_cls": 1, "n": 1}


def test_one_queryset_does_not_slice_for_another() -> None:
    one = things().fields(slice__tags=1)
    assert things().fields(slice__parts=2)._loaded_fields.as_dict() == {
        "ps": {"$slice": 2}
    }
    assert one._loaded_fields.as_dict() == {"tg": {"$slice": 1}}


@pytest.mark.parametrize("name", ["nope", "", "number__x", "ref__name", "part__nope"])
def test_unknown_fields_cannot_be_loaded(name: str) -> None:
    for told in (things().only, things().exclude, things().scalar, things().values):
        with pytest.raises(LookUpError):
            told(name)


def test_dynamic_documents_load_any_field() -> None:
    found: Any = LoadedOpen.objects
    assert found.only("number", "x__y")._cursor_args["projection"] == {"n": 1, "x.y": 1}


def test_the_last_form_of_rows_counts() -> None:
    found = things().scalar("number")
    assert (found._scalar, found._values) == (["number"], None)
    found = found.values("name")
    assert (found._scalar, found._values) == ((), ["name"])
    found = found.values_list("number")
    assert (found._scalar, found._values) == (["number"], None)
    assert things().values()._values == []
    assert things().as_pymongo()._as_pymongo
    assert not things().no_dereference()._auto_dereference
