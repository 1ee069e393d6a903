"""What was decoded stays as it is, and is held to the rules when nobody has read it."""

from __future__ import annotations

from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest
from bson import DBRef, ObjectId

from mongoengine import (
    DecimalField,
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    GeoPointField,
    IntField,
    ListField,
    MapField,
    PointField,
    ReferenceField,
    ValidationError,
)
from mongoengine.base.reloading import refresh
from mongoengine.base.saving import is_to_insert
from mongoengine.base.state import LOADED_ASYNC, UNSURE

ID = ObjectId("5" * 24)
POINT = {"type": "Point", "coordinates": [1, 2]}


class InputPart(EmbeddedDocument):
    count = IntField(required=True)
    size = IntField()


class InputPriced(EmbeddedDocument):
    price = DecimalField()


class InputTarget(Document):
    pass


class InputNote(EmbeddedDocument):
    target = ReferenceField(InputTarget)


class InputMarkedField(EmbeddedDocumentField):
    def to_mongo(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        return {**super().to_mongo(value, *args, **kwargs), "size": 9}

    def validate(self, value: Any, clean: bool = True) -> None:
        if value.count > 9:
            self.error("too many")


class InputWhole(Document):
    marked = InputMarkedField(InputPart)
    note = EmbeddedDocumentField(InputNote)
    target = ReferenceField(InputTarget)
    targets = ListField(ReferenceField(InputTarget))
    part = EmbeddedDocumentField(InputPart)
    parts = ListField(EmbeddedDocumentField(InputPart))
    by_name = MapField(EmbeddedDocumentField(InputPart))
    priced = EmbeddedDocumentField(InputPriced)
    all_priced = ListField(EmbeddedDocumentField(InputPriced))
    priced_by_name = MapField(EmbeddedDocumentField(InputPriced))
    place = PointField()
    old_place = GeoPointField()
    size = IntField()


# A value of another type has all be loaded field by field.
AT_ONCE_OR_NOT = pytest.mark.parametrize("others", [{}, {"size": "3"}])


@AT_ONCE_OR_NOT
def test_what_is_read_shares_nothing_with_the_input(others: dict[str, Any]) -> None:
    given = {"_id": ID, "place": deepcopy(POINT), "old_place": [1, 2], **others}
    before = deepcopy(given)
    whole = InputWhole._from_son(given)
    whole.old_place.append(3)
    whole.place["coordinates"].append(3)
    assert given == before


@pytest.mark.parametrize(
    "stored",
    [
        {"part": {"size": 1}},
        {"parts": [{"count": 1}, {"size": 1}]},
        {"by_name": {"a": {"size": 1}}},
    ],
)
def test_what_is_required_is_missed_in_parts_that_nobody_read(
    stored: dict[str, Any],
) -> None:
    whole = InputWhole._from_son({"_id": ID, **stored})
    with pytest.raises(ValidationError, match=r"count\.Field is required"):
        whole.validate()


def test_what_a_reload_brings_built_is_not_built_again() -> None:
    whole = InputWhole._from_son({"_id": ID, "part": {"count": 1}, "size": 1})
    twin = InputWhole._from_son({"_id": ID, "part": {"count": 2}, "size": "2"})
    assert twin.part.count == 2
    refresh(whole, twin, ["part", "size"])
    assert (whole.part.count, whole.size) == (2, 2)
    assert whole.to_mongo()["part"] == {"count": 2}


def test_a_reload_of_some_fields_finds_that_a_document_is_stored() -> None:
    whole = InputWhole._from_son({"_id": ID})
    whole._set_flag(UNSURE, True)
    refresh(whole, InputWhole._from_son({"_id": ID, "size": 1}), ["size"])
    assert not is_to_insert(whole, force_insert=False)


@AT_ONCE_OR_NOT
def test_references_are_kept_if_that_is_wanted(others: dict[str, Any]) -> None:
    given = {"_id": ID, "target": ID, "targets": [ID], **others}
    whole = InputWhole._from_son(given, _auto_dereference=False)
    assert whole.target == DBRef("input_target", ID)
    assert whole.targets == [DBRef("input_target", ID)]


def test_parts_are_converted_wherever_they_are() -> None:
    part = {"price": 1.5}
    stored = {"priced": part, "all_priced": [part], "priced_by_name": {"a": part}}
    whole = InputWhole._from_son({"_id": ID, **stored})
    for one in (whole.priced, whole.all_priced[0], whole.priced_by_name["a"]):
        assert (one.price, type(one.price)) == (Decimal("1.50"), Decimal)


def test_parts_of_what_was_given_as_new_are_not_new() -> None:
    whole = InputWhole._from_son({"_id": ID, "part": {"count": 1}}, created=True)
    assert whole._created
    assert not whole.part._created


def test_parts_that_nobody_read_are_stored_as_their_field_wants() -> None:
    whole = InputWhole._from_son({"_id": ID, "marked": {"count": 1}})
    assert whole.to_mongo()["marked"] == {"count": 1, "size": 9}


def test_parts_that_nobody_read_are_validated_as_their_field_wants() -> None:
    InputWhole._from_son({"_id": ID, "marked": {"count": 9}}).validate()
    whole = InputWhole._from_son({"_id": ID, "marked": {"count": 10}})
    with pytest.raises(ValidationError, match="too many"):
        whole.validate()


@AT_ONCE_OR_NOT
def test_documents_and_their_parts_know_which_family_loaded_them(
    others: dict[str, Any],
) -> None:
    decoded = {"_id": ID, "note": {"target": ID}, **others}
    whole = InputWhole._adopt_decoded(decoded, is_async=True)
    assert whole._state_flags & LOADED_ASYNC
    assert whole.note._state_flags & LOADED_ASYNC
