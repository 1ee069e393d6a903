"""LazyReferenceField, as far as nothing is loaded."""

from __future__ import annotations

from typing import Any

import pytest
from bson import DBRef, ObjectId

from mongoengine import (
    Document,
    IntField,
    LazyReferenceField,
    StringField,
    ValidationError,
)
from mongoengine.base import LazyReference

ID = ObjectId("0123456789abcdef01234567")
OTHER_ID = ObjectId("fedcba987654321001234567")
UNSAVED = "You can only reference documents once they have been saved to the database"


class Painter(Document):
    name = StringField(db_field="n")


class Canvas(Document):
    number = IntField(primary_key=True)


class Painting(Document):
    lazy = LazyReferenceField(Painter, db_field="l")


STORED = {"_id": OTHER_ID, "l": ID}


def painter() -> Painter:
    return Painter(id=ID, name="a")


def message_of(check: Any, *values: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        check(*values)
    return str(caught.value)


@pytest.mark.parametrize(
    ("value", "pk"),
    [
        (ID, ID),
        (painter(), ID),
        (Painter(), None),
        (DBRef("other", ID), ID),
        ("x", "x"),
        (Canvas(number=1), Canvas(number=1)),
    ],
)
def test_reading_gives_a_lazy_reference(value: Any, pk: Any) -> None:
    painting = Painting()
    painting.lazy = value
    assert type(painting.lazy) is LazyReference
    assert painting.lazy.document_type is Painter
    assert painting.lazy.pk == pk
    assert painting.lazy is painting.lazy


def test_a_loaded_lazy_reference() -> None:
    painting = Painting._from_son(STORED)
    assert painting.lazy == DBRef("painter", ID)
    assert painting.lazy is painting.lazy
    assert not painting.lazy.passthrough
    painting.lazy = None
    assert painting.lazy is None
    assert painting._delta() == ({}, {"l": 1})


def test_lazy_references_pass_through_as_the_field_says() -> None:
    field = LazyReferenceField(Painter, passthrough=True)
    assert field.to_python(str(ID)).passthrough
    closed = LazyReference(Painter, ID)
    assert field.build_lazyref(closed).passthrough
    assert Painting.lazy.build_lazyref(closed) is closed
    assert field.build_lazyref(None) is None


@pytest.mark.parametrize(
    "value",
    [ID, str(ID), painter(), DBRef("painter", str(ID)), LazyReference(Canvas, ID)],
)
def test_a_lazy_reference_is_stored_as_an_id(value: Any) -> None:
    assert Painting.lazy.to_mongo(value) == ID
    field = LazyReferenceField(Painter, dbref=True)
    assert field.to_mongo(value) == DBRef("painter", ID)


@pytest.mark.parametrize(
    "value", [ID, str(ID), painter(), DBRef("painter", 5), LazyReference(Painter, 5)]
)
def test_a_lazy_reference_is_valid(value: Any) -> None:
    Painting.lazy.validate(value)


BAD_VALUE = (
    "value should be `Painter` document, LazyReference or DBRef on `Painter` or "
    "`Painter`'s primary key (i.e. `ObjectIdField`)"
)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, BAD_VALUE),
        ("x", BAD_VALUE),
        (Canvas(id=ID), BAD_VALUE),
        (DBRef("other", ID), "DBRef on bad collection (must be on `painter`)"),
        (LazyReference(Canvas, ID), f"Reference must be on a `{Painter}` document."),
    ],
)
def test_a_lazy_reference_elsewhere_is_refused(value: Any, message: str) -> None:
    assert message_of(Painting.lazy.validate, value) == message


@pytest.mark.parametrize(
    "value", [Painter(), DBRef("painter", None), LazyReference(Painter, None)]
)
def test_a_lazy_reference_to_an_unsaved_document_is_refused(value: Any) -> None:
    assert message_of(Painting.lazy.validate, value).endswith(UNSAVED)
