"""What saving decides and notes, without a server."""

import asyncio

import pytest
from bson import ObjectId
from pymongo.errors import AutoReconnect, DuplicateKeyError, OperationFailure
from pymongo.results import UpdateResult

from mongoengine import (
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    GenericReferenceField,
    IntField,
    LazyReferenceField,
    ListField,
    ReferenceField,
    SaveConditionError,
    StringField,
)
from mongoengine.base.places import Place
from mongoengine.base.saving import (
    Insert,
    Update,
    cascades,
    changed_references,
    is_to_insert,
    key_of,
)

ID = ObjectId("5" * 24)


class SavingPart(EmbeddedDocument):
    size = IntField(db_field="s")


class Saving(Document):
    name = StringField(db_field="n")
    part = EmbeddedDocumentField(SavingPart)
    parts = ListField(EmbeddedDocumentField(SavingPart))


def loaded(**stored):
    return Saving._from_son({"_id": ID, **stored})


def inserted(document, force=False):
    with Insert(document, force) as insert:
        return insert


def test_what_is_new_is_inserted():
    assert is_to_insert(Saving(), False)
    assert is_to_insert(Saving(id=ID), False)
    assert not is_to_insert(loaded(), False)
    assert is_to_insert(loaded(), True)
    assert is_to_insert(Saving._from_son({"n": "a"}), False)  # loaded without its id
    assigned = Saving()
    assigned.id = ID
    assert not is_to_insert(assigned, False)


def test_an_insert_draws_an_id_unless_there_is_one():
    new = Saving(name="a")
    insert = inserted(new)
    assert insert.stored == {"n": "a", "parts": [], "_id": new.id}
    assert (insert.replaces, insert.upserts, insert.made) == (False, False, True)
    given = inserted(Saving(id=ID))
    assert given.key == {"_id": ID}
    assert (given.replaces, given.upserts) == (True, False)
    assert not inserted(Saving(id=ID), force=True).replaces


def test_what_is_inserted_is_saved_and_tracked():
    new = Saving(name="a", part=SavingPart(size=1))
    new.part.size = 2
    inserted(new)
    assert not new._created
    assert new._get_changed_fields() == []
    new.part.size = 3
    assert new._get_changed_fields() == ["part.s"]


def fail(write, error, meanwhile=lambda: None):
    def run():
        with write:
            meanwhile()
            raise error

    with pytest.raises(type(error)):
        run()


REFUSED = [OperationFailure("no"), DuplicateKeyError("no", 11000), OverflowError()]
UNKNOWN = [AutoReconnect("gone"), asyncio.CancelledError(), KeyboardInterrupt()]


@pytest.mark.parametrize("error", REFUSED, ids=repr)
def test_after_a_refusal_the_document_is_as_before(error):
    new = Saving(name="a")
    fail(Insert(new, False), error)
    assert new.id is None
    assert new._created
    assert not hasattr(new, "_changed_fields")
    assert not inserted(new).upserts


@pytest.mark.parametrize("error", UNKNOWN, ids=repr)
def test_after_an_unknown_outcome_the_id_stays_and_all_is_written(error):
    new = Saving(name="a")
    fail(Insert(new, False), error)
    drawn = new.id
    assert drawn is not None
    assert new._created
    assert is_to_insert(new, False)
    new.name = "b"
    again = Insert(new, True)
    assert again.upserts
    assert again.key == {"_id": drawn}
    assert again.stored == {"_id": drawn, "n": "b", "parts": []}
    with again:
        pass
    assert not new._created
    assert not is_to_insert(new, False)


@pytest.mark.parametrize("error", UNKNOWN, ids=repr)
def test_a_given_id_is_replaced_or_inserted_again(error):
    new = Saving(id=ID)
    fail(Insert(new, False), error)
    assert new.id == ID
    again = Insert(new, False)
    assert (again.replaces, again.upserts) == (True, False)


def test_a_duplicate_of_a_drawn_id_is_the_same_document():
    new = Saving()
    taken = DuplicateKeyError("taken", 11000, {"keyPattern": {"_id": 1}})
    fail(Insert(new, False), taken)
    assert new.id is not None
    assert Insert(new, False).upserts


def test_an_update_is_what_changed():
    document = loaded(n="a", part={"s": 1}, parts=[{"s": 1}])
    document.name = None
    document.part.size = 2
    update = Update(document, {"n": "a"})
    assert update.changes == {"$set": {"part.s": 2}, "$unset": {"n": 1}}
    assert update.filter == {"n": "a", "_id": ID}
    assert not update.upserts
    with update:
        document.name = "again"
    assert document._get_changed_fields() == ["n"]
    assert Update(loaded(), None).changes == {}
    assert Update(loaded(), None).upserts
    assert not Update(loaded(), {}).upserts


@pytest.mark.parametrize("error", [*REFUSED, *UNKNOWN], ids=repr)
def test_after_an_update_that_failed_all_is_marked(error):
    document = loaded(n="a", part={"s": 1}, parts=[{"s": 1}, {"s": 2}])
    document.part.size = 2
    document.parts[1].size = 3

    def change():
        document.name = "meanwhile"
        document.parts = []

    fail(Update(document, None), error, change)
    assert sorted(document._get_changed_fields()) == ["n", "part.s", "parts"]


def test_the_same_that_is_changed_meanwhile_is_marked_once():
    document = loaded(part={"s": 1})
    document.part = SavingPart(size=2)

    def change():
        document.part.size = 3

    fail(Update(document, None), AutoReconnect(), change)
    assert document._changed_fields == ["part"]
    assert document._delta() == ({"part": {"s": 3}}, {})


def result(matched, upserted=None, acknowledged=True):
    return UpdateResult({"n": matched, "upserted": upserted}, acknowledged)


def test_what_the_server_said():
    plain, strict = Update(loaded(), None), Update(loaded(), {"n": "a"})
    plain.note(result(1))
    assert not plain.made
    plain.note(result(1, upserted=ID))
    assert plain.made
    strict.note(result(1))
    strict.note(result(0, acknowledged=False))
    with pytest.raises(SaveConditionError):
        strict.note(result(0))


def test_receivers_see_what_was_saved_and_their_changes_stay():
    document = loaded(n="a", part={"s": 1}, parts=[{"s": 1}])
    document.name = "b"
    document.part.size = 2
    with Update(document, None) as update:
        document.parts.append(SavingPart(size=2))
    with update.shown():
        assert sorted(document._get_changed_fields()) == ["n", "part.s", "parts"]
        document.part.size = 3
    assert sorted(document._get_changed_fields()) == ["part.s", "parts"]
    with Update(document, None) as update:
        pass
    with update.shown():
        pass
    assert document._get_changed_fields() == []


class SavingSharded(Document):
    region = StringField(db_field="r")
    part = EmbeddedDocumentField(SavingPart, db_field="p")
    meta = {"shard_key": ("region", "part.size", "id")}


def test_the_key_holds_the_shard_key():
    document = SavingSharded(region="eu", part=SavingPart(size=1))
    stored = {**document.to_mongo(), "_id": ID}
    assert key_of(document, stored) == {"_id": ID, "r": "eu", "p.s": 1}
    empty = SavingSharded()
    assert key_of(empty, {"_id": ID}) == {"_id": ID, "r": None, "p.s": None}
    assert key_of(Saving(), {"_id": ID}) == {"_id": ID}


class SavingReferring(Document):
    one = ReferenceField(Saving)
    other = GenericReferenceField()
    several = ListField(ReferenceField(Saving))
    lazy = LazyReferenceField(Saving)


def test_what_a_cascade_saves():
    one, other, new = loaded(n="a"), loaded(n="b"), Saving()
    document = SavingReferring(one=one, other=other, several=[one], lazy=one)
    assert list(changed_references(document)) == []
    other.name = "c"
    assert list(changed_references(document)) == [other]
    document.one = new
    assert [id(x) for x in changed_references(document)] == [id(new), id(other)]
    assert list(changed_references(SavingReferring())) == []
    stored = SavingReferring._from_son({"one": ID})
    assert list(changed_references(stored)) == []


class SavingCascading(Document):
    meta = {"cascade": True}


@pytest.mark.parametrize(
    ("cls", "cascade", "arguments", "expected"),
    [
        (Saving, None, None, False),
        (Saving, None, {}, True),
        (Saving, True, None, True),
        (Saving, False, {"validate": False}, False),
        (SavingCascading, None, None, True),
        (SavingCascading, False, None, False),
    ],
)
def test_when_to_cascade(cls, cascade, arguments, expected):
    assert cascades(cls(), cascade, arguments) is expected


def test_a_switched_document_has_a_place_of_its_own():
    document = Saving()
    assert document._own_place() == Saving._class_place() == Place("default", "saving")
    assert document.switch_collection("other") is document
    assert document._own_place() == Place("default", "other")
    assert document._qs._collection_obj == document._own_place()
    assert Saving()._own_place() == Saving._class_place()
    assert not loaded().switch_collection("other")._created
    assert loaded().switch_collection("other", keep_created=False)._created
