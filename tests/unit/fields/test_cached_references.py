"""CachedReferenceField, as far as nothing is loaded."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
from bson import DBRef, ObjectId

from mongoengine import (
    CachedReferenceField,
    Document,
    IntField,
    ListField,
    StringField,
    ValidationError,
    signals,
)
from mongoengine.fields.cached_references import CachedReference

ID = ObjectId("0123456789abcdef01234567")
OTHER_ID = ObjectId("fedcba987654321001234567")
UNSAVED = "You can only reference documents once they have been saved to the database"


class Poet(Document):
    name = StringField(db_field="n")
    age = IntField()


class Muse(Document):
    name = StringField()
    meta = {"allow_inheritance": True}


class Clio(Muse):
    pass


def poet() -> Poet:
    return Poet(id=ID, name="a", age=3)


def message_of(check: Any, *values: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        check(*values)
    return str(caught.value)


class RefCopying(Document):
    poet = CachedReferenceField(Poet, fields=["name"], db_field="p")
    whole = CachedReferenceField(Poet, auto_sync=False)
    people = ListField(CachedReferenceField(Poet, fields=["name"]))


def test_the_chosen_fields_are_stored() -> None:
    copying = RefCopying(poet=poet(), whole=poet(), people=[poet()])
    copying.validate()
    assert copying.to_mongo().to_dict() == {
        "p": {"_id": ID, "n": "a"},
        "whole": {"_id": ID, "n": "a", "age": 3},
        "people": [{"_id": ID, "n": "a"}],
    }
    assert RefCopying.poet.to_mongo(poet(), use_db_field=False)["name"] == "a"
    assert RefCopying.poet.to_mongo(poet(), fields=["age"])["age"] == 3
    clio = Clio(id=ID, name="d")
    stored = CachedReferenceField(Muse, fields=["name"]).to_mongo(clio)
    assert stored == {"_id": ID, "_cls": "Muse.Clio", "name": "d"}


def test_a_stored_copy_refers_until_it_is_loaded() -> None:
    stored = {"_id": OTHER_ID, "p": {"_id": ID, "n": "a"}, "people": []}
    copying = RefCopying._from_son(stored, _auto_dereference=False)
    assert copying._data["poet"] == DBRef("poet", ID)
    copying.validate()
    assert copying.to_mongo() == stored
    assert copying._delta() == ({}, {})
    with pytest.raises(KeyError, match="_id"):
        RefCopying.poet.to_python({"n": "a"})


@pytest.mark.parametrize(
    "copied",
    [copy.copy, copy.deepcopy, lambda reference: pickle.loads(pickle.dumps(reference))],
)
def test_stored_copies_can_be_copied(copied: Any) -> None:
    reference = CachedReference("poet", ID, {"_id": ID, "n": "a"})
    twin = copied(reference)
    assert type(twin) is CachedReference
    assert (twin, twin.copy) == (reference, reference.copy)


@pytest.mark.parametrize("value", [None, ID, "x", DBRef("poet", ID), {"_id": ID}])
def test_only_documents_are_copied(value: Any) -> None:
    assert (
        message_of(RefCopying.poet.to_mongo, value) == "Only accept a document object"
    )
    assert message_of(RefCopying.poet.validate, value) == (
        "A CachedReferenceField only accepts documents"
    )


def test_unsaved_documents_are_not_copied() -> None:
    field = RefCopying.poet
    for call in (field.to_mongo, field.validate):
        assert message_of(call, Poet()).endswith(UNSAVED)
    assert "only accepts documents" in message_of(field.validate, Clio(id=ID))


def test_copies_are_queried_by_their_values() -> None:
    query = RefCopying.poet.prepare_query_value
    assert query("exact", None) is None
    assert query("exact", poet()) == {"_id": ID, "name": "a"}
    assert message_of(query, "exact", Poet()).endswith(UNSAVED)
    with pytest.raises(NotImplementedError):
        query("exact", ID)


class CopiedOne(Document):
    name = StringField(db_field="n")
    age = IntField()


class CopyHolder(Document):
    chosen = CachedReferenceField(CopiedOne, fields=["name"], auto_sync=False)
    whole = CachedReferenceField(CopiedOne, auto_sync=False)
    updates: Any = []

    @classmethod
    def _update_copies(cls, field: Any, pk: Any, update: Any) -> None:
        cls.updates.append((field.name, pk, update))


def test_saving_a_document_updates_its_copies() -> None:
    CopyHolder.updates.clear()
    copied = CopiedOne._from_son({"_id": ID, "n": "a", "age": 3})
    copied.name = "b"
    for field in (CopyHolder.chosen, CopyHolder.whole):
        field.start_listener()
    try:
        signals.post_save.send(CopiedOne, document=copied, created=True)
        assert CopyHolder.updates == []
        signals.post_save.send(CopiedOne, document=copied, created=False)
        assert sorted(CopyHolder.updates) == [
            ("chosen", ID, {"$set": {"chosen.n": "b"}}),
            ("whole", ID, {"$set": {"whole.n": "b"}}),
        ]
        CopyHolder.updates.clear()
        copied._clear_changed_fields()
        copied.age = None
        signals.post_save.send(CopiedOne, document=copied, created=False)
        assert CopyHolder.updates == [("whole", ID, {"$unset": {"whole.age": 1}})]
    finally:
        for field in (CopyHolder.chosen, CopyHolder.whole):
            signals.post_save.disconnect(field._listener)
