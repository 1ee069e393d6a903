"""Documents as Python objects, and as JSON: compared, hashed, shown, copied, pickled."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from bson import DBRef, ObjectId, json_util
from bson.binary import UuidRepresentation

from mongoengine import (
    DictField,
    Document,
    DynamicDocument,
    DynamicEmbeddedDocument,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    ListField,
    MapField,
    OperationError,
    ReferenceField,
    StringField,
    UUIDField,
)
from mongoengine.base import BaseDict, BaseList

ID, OTHER = ObjectId("5" * 24), ObjectId("6" * 24)
STANDARD = json_util.RELAXED_JSON_OPTIONS


class TwinPart(EmbeddedDocument):
    city = StringField(db_field="c")
    tags = ListField(StringField(), db_field="t")


class TwinSmall(EmbeddedDocument):
    city = StringField()


class TwinParent(Document):
    meta = {"allow_inheritance": True}


class TwinChild(TwinParent):
    """Of another class."""


class TwinPointer(EmbeddedDocument):
    to = ReferenceField("Twin")
    any = ListField()


class TwinPointing(Document):
    pointers = MapField(EmbeddedDocumentField(TwinPointer))


class TwinFreePart(DynamicEmbeddedDocument):
    """Takes anything."""


class TwinNamed(Document):
    key = StringField(primary_key=True)
    size = IntField(db_field="s")


class Twin(Document):
    name = StringField(db_field="n")
    tags = ListField(StringField(), db_field="t")
    data = DictField(db_field="d")
    part = EmbeddedDocumentField(TwinPart, db_field="p")
    parts = ListField(EmbeddedDocumentField(TwinPart), db_field="ps")


class TwinFree(DynamicDocument):
    part = EmbeddedDocumentField(TwinPart)


STORED = {
    "_id": ID,
    "n": "a",
    "t": ["x"],
    "d": {"a": {"b": [1]}},
    "p": {"c": "Rome", "t": ["y"]},
    "ps": [{"c": "Oslo", "t": []}],
}


# Comparing


def test_documents_are_equal_by_class_and_key() -> None:
    assert Twin(id=ID) == Twin(id=ID, name="b")
    assert Twin(id=ID) != Twin(id=OTHER)
    new = Twin()
    assert new == new
    assert new != Twin()
    assert TwinParent(id=ID) != TwinChild(id=ID)
    assert Twin(id=ID) != ID
    assert Twin(id=ID) != "text"


def test_documents_are_equal_to_references_to_them() -> None:
    assert Twin(id=ID) == DBRef("twin", ID)
    assert Twin(id=ID) != DBRef("twin", OTHER)
    assert Twin(id=ID) != DBRef("other", ID)
    assert Twin(id=ID).to_dbref() == DBRef("twin", ID)
    with pytest.raises(OperationError, match="Only saved documents"):
        Twin().to_dbref()


def test_embedded_documents_are_equal_by_value() -> None:
    assert TwinPart(city="a") == TwinPart(city="a")
    assert TwinPart(city="a") != TwinPart(city="b")
    assert TwinPart(city=None) == TwinPart()
    assert TwinPart(city="a") == TwinPart._from_son({"c": "a"})
    assert TwinPart() != TwinSmall()
    with pytest.raises(TypeError, match="unhashable"):
        hash(TwinPart())


def test_comparing_embedded_documents_stores_nothing() -> None:
    new, other = Twin(), Twin()
    assert TwinPointer(to=new) == TwinPointer(to=new)
    assert TwinPointer(to=new) != TwinPointer(to=other)
    assert TwinPointer(to=Twin(id=ID)) == TwinPointer(to=Twin(id=ID).to_dbref())
    holder, holding = TwinPointer(), TwinPointer()
    holder.any = holding.any = [new]
    assert holder == holding
    assert holder not in [TwinPointer(), TwinPointer(any=[1])]
    free, twin = TwinFreePart(a=new), TwinFreePart(a=new)
    assert free == twin
    twin.b = 1
    assert free != twin


def test_a_part_that_cannot_be_stored_may_be_assigned() -> None:
    owner = TwinPointing(pointers={"a": TwinPointer(to=Twin(id=ID))})
    owner.pointers["a"] = part = TwinPointer(to=Twin())
    assert owner.pointers["a"] is part


def test_documents_are_hashed_by_key() -> None:
    assert len({Twin(id=ID), Twin(id=ID), Twin(id=OTHER)}) == 2
    assert len({Twin(), Twin()}) == 2
    assert hash(Twin(id=ID)) == hash(ID)


# Showing


def test_how_documents_are_shown() -> None:
    class TwinShown(Document):
        def __str__(self) -> str:
            return "shown"

    assert (str(Twin()), repr(Twin())) == ("Twin object", "<Twin: Twin object>")
    assert repr(TwinPart()) == "<TwinPart: TwinPart object>"
    assert repr(TwinShown()) == "<TwinShown: shown>"


@pytest.mark.parametrize("text", [None, 5])
def test_how_documents_are_shown_that_have_no_text(text: Any) -> None:
    class TwinMute(Document):
        def __str__(self) -> Any:
            return text

    assert repr(TwinMute()) == f"<TwinMute: {text}>"
    with pytest.raises(TypeError, match="returned non-string"):
        str(TwinMute())


# Copying

COPIES: list[Callable[[Any], Any]] = [
    copy.deepcopy,
    copy.copy,
    lambda document: pickle.loads(pickle.dumps(document)),
]


@pytest.mark.parametrize("make_copy", COPIES)
@pytest.mark.parametrize("is_read", [False, True])
def test_copies_have_values_of_their_own(make_copy: Any, is_read: bool) -> None:
    document = Twin._from_son(STORED)
    if is_read:
        document.validate()
        assert document.data["a"]["b"] == [1]
        assert document.parts[0].tags == []
    twin = make_copy(document)
    assert type(twin) is Twin
    assert twin.to_mongo() == STORED
    twin.data["a"]["b"].append(2)
    twin.part.city = "Bonn"
    twin.parts[0].tags.append("z")
    twin.tags.append("z")
    assert document.to_mongo() == STORED
    assert twin.part._instance == twin.parts[0]._instance == twin
    assert twin._delta()[0] == {
        "t": ["x", "z"],
        "d.a.b": [1, 2],
        "p.c": "Bonn",
        "ps.0.t": ["z"],
    }


@pytest.mark.parametrize("make_copy", COPIES)
def test_copies_keep_their_state(make_copy: Any) -> None:
    loaded = Twin._from_son(STORED)
    loaded.name = "b"
    twin = make_copy(loaded)
    assert (twin._created, twin._initialised) == (False, True)
    assert twin._delta() == ({"n": "b"}, {})
    new = make_copy(Twin(name="new"))
    assert new._created
    assert not hasattr(new, "_changed_fields")


class TwinNest(Document):
    parts = ListField(EmbeddedDocumentField(TwinPart), db_field="ps")
    mapped = MapField(EmbeddedDocumentField(TwinPart), db_field="m")
    part = EmbeddedDocumentField(TwinPart, db_field="p")


@pytest.mark.parametrize("make_copy", COPIES)
def test_copies_keep_what_changed_inside(make_copy: Any) -> None:
    part = {"c": "x", "t": ["a", "b"]}
    nest = TwinNest._from_son({"ps": [part], "m": {"k": part}, "p": part})
    nest.parts[0].city = "y"
    nest.mapped["k"].tags.append("c")
    nest.part.tags[0] = "z"
    changes = {"ps.0.c": "y", "m.k.t": ["a", "b", "c"], "p.t.0": "z"}
    twin = make_copy(nest)
    assert twin._delta() == nest._delta() == (changes, {})
    twin.part.tags.append("c")  # above what changed before
    twin.mapped["k"].tags[0] = "q"  # below it
    assert twin._delta()[0] == {
        "ps.0.c": "y",
        "m.k.t": ["q", "b", "c"],
        "p.t": ["z", "b", "c"],
    }
    assert nest._delta() == (changes, {})
    twin._clear_changed_fields()
    assert twin._delta() == ({}, {})


@pytest.mark.parametrize("make_copy", COPIES)
def test_copies_of_dynamic_documents(make_copy: Any) -> None:
    document = TwinFree(
        extra=[1],
        deep={"a": [{"b": 1}]},
        part=TwinPart(city="x"),
        other=TwinPart(city="y"),
    )
    twin = make_copy(document)
    assert twin.extra == [1]
    assert list(twin) == ["id", "part", "extra", "deep", "other"]
    assert (type(twin.other), twin.other.city) == (TwinPart, "y")
    twin.extra.append(2)
    twin.deep["a"][0]["b"] = 2
    assert (document.extra, document.deep) == ([1], {"a": [{"b": 1}]})
    assert twin.other._instance == twin.part._instance == twin


@pytest.mark.parametrize("make_copy", COPIES)
def test_copies_of_parts_belong_to_nobody(make_copy: Any) -> None:
    document = Twin._from_son(STORED)
    twin = make_copy(document.part)
    assert twin == document.part
    assert twin._instance is None
    twin.city = "Bonn"
    assert document._delta() == ({}, {})


@pytest.mark.parametrize("make_copy", COPIES)
def test_copies_of_containers_belong_to_nobody(make_copy: Any) -> None:
    document = Twin._from_son(STORED)
    tags, data = make_copy(document.tags), make_copy(document.data)
    assert (type(tags), type(data)) == (BaseList, BaseDict)
    assert (tags, data) == (["x"], {"a": {"b": [1]}})
    tags.append("z")
    data["z"] = 1
    assert document._delta() == ({}, {})
    assert document.to_mongo() == STORED


# JSON


def test_json_both_ways() -> None:
    document = Twin._from_son(STORED)
    text = document.to_json(json_options=STANDARD)
    assert json_util.loads(text) == STORED
    again = Twin.from_json(text, json_options=STANDARD)
    assert again.to_mongo() == STORED
    assert not again._created
    assert again._delta() == ({}, {})
    assert Twin.from_json(text, created=True, json_options=STANDARD)._created


def test_json_with_names_of_fields_and_options_of_the_encoder() -> None:
    text = Twin(name="a", tags=["b"]).to_json(
        use_db_field=False, indent=1, sort_keys=True, json_options=STANDARD
    )
    assert (
        text
        == '{\n "data": {},\n "name": "a",\n "parts": [],\n "tags": [\n  "b"\n ]\n}'
    )


def test_json_without_options_warns() -> None:
    class TwinUuid(Document):
        uuid = UUIDField()

    one = TwinUuid(uuid=UUID(int=5))
    with pytest.warns(DeprecationWarning, match="No 'json_options'") as caught:
        text = one.to_json()
    assert caught[0].filename == __file__
    legacy = json_util.LEGACY_JSON_OPTIONS.with_options(
        uuid_representation=UuidRepresentation.PYTHON_LEGACY
    )
    assert text == one.to_json(json_options=legacy)
    with pytest.warns(DeprecationWarning, match="No 'json_options'") as caught:
        assert TwinUuid.from_json(text).uuid == UUID(int=5)
    assert caught[0].filename == __file__


# Stored forms


def test_what_is_stored_is_in_order() -> None:
    class TwinOrder(Document):
        last = IntField()
        first = IntField(null=True)
        meta = {"allow_inheritance": True}

    document = TwinOrder(first=None, last=1, id=ID)
    assert list(document.to_mongo()) == ["_id", "_cls", "last", "first"]
    assert document.to_mongo()["first"] is None


def test_a_part_of_what_is_stored() -> None:
    document = Twin._from_son(STORED)
    assert document.to_mongo(fields=["name"]) == {"_id": ID, "n": "a"}
    assert document.to_mongo(fields=["part.city", "parts.city"]) == {
        "_id": ID,
        "p": {"c": "Rome"},
        "ps": [{"c": "Oslo"}],
    }
    assert document.to_mongo(use_db_field=False) == {
        "_id": ID,
        "id": ID,
        "name": "a",
        "tags": ["x"],
        "data": {"a": {"b": [1]}},
        "part": {"city": "Rome", "tags": ["y"]},
        "parts": [{"city": "Oslo", "tags": []}],
    }


def test_a_key_of_another_name_is_given_by_it() -> None:
    document = TwinNamed(key="a", size=1)
    assert document.to_mongo() == {"_id": "a", "s": 1}
    assert document.to_mongo(use_db_field=False) == {"key": "a", "size": 1}
    assert document.to_mongo(fields=["size"]) == {"s": 1}
    assert document.to_mongo(fields=["key"]) == {"_id": "a"}
    assert document.to_mongo(False, ["key"]) == {"key": "a"}
