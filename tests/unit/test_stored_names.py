"""Documents that hold more than their fields: dynamic ones, and those not strict."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from bson import ObjectId

from mongoengine import (
    DictField,
    Document,
    DynamicDocument,
    DynamicEmbeddedDocument,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    ListField,
    StringField,
)
from mongoengine.base import BaseList
from mongoengine.errors import FieldDoesNotExist, InvalidDocumentError

ID = ObjectId("5" * 24)


class SlowFreePart(DynamicEmbeddedDocument):
    name = StringField(db_field="n")


class SlowFree(DynamicDocument):
    name = StringField(db_field="n")
    part = EmbeddedDocumentField(SlowFreePart, db_field="p")


def test_dynamic_documents() -> None:
    stored = {"n": "a", "p": {"n": "b", "x": {"y": [1]}}, "z": [{"k": 1}]}
    loaded = SlowFree._from_son(stored)
    assert loaded.to_mongo() == stored
    assert (loaded.name, loaded.part.x, type(loaded.z)) == ("a", {"y": [1]}, BaseList)
    loaded.part.x["y"].append(2)
    loaded.z[0]["k"] = 2
    loaded.new = {"a": 1}
    assert loaded._delta() == ({"z.0.k": 2, "new": {"a": 1}, "p.x.y": [1, 2]}, {})
    assert stored["z"] == [{"k": 1}]


NAMES = ["save", "to_mongo", "_data", "validate", "_delta", "objects", "pk", "_fields"]


@pytest.mark.parametrize("name", NAMES)
def test_stored_names_of_methods_replace_nothing(name: str) -> None:
    class NotStrict(Document):
        known = StringField()
        meta = {"strict": False}

    loose = NotStrict._from_son({"_id": ID, "known": "a", name: "stored"})
    assert loose.to_mongo() == {"_id": ID, "known": "a"}
    assert loose._data["known"] == "a"
    loose.validate()
    assert loose._delta() == ({}, {})


@pytest.mark.parametrize(
    "name", ["to_mongo", "validate", "_delta", "_read_value", "_data"]
)
def test_stored_names_of_methods_replace_nothing_in_dynamic_documents(
    name: str,
) -> None:
    free = SlowFree._from_son({"_id": ID, "n": "a", name: "stored"})
    free.validate()
    assert getattr(free, name) != "stored"
    assert free._delta() == ({}, {})
    assert free.to_mongo()["n"] == "a"


class FreeNames(DynamicDocument):
    constant = 5
    _hue = "none"

    @property
    def hue(self) -> str:
        return self._hue

    @hue.setter
    def hue(self, value: str) -> None:
        self._hue = value

    @property
    def fixed(self) -> str:
        return "fixed"

    def total(self) -> str:
        return "method"


def test_a_method_may_be_replaced_by_assigning() -> None:
    free = FreeNames()
    free.total = [5]
    free.total.append(6)
    assert free.total == free["total"] == [5, 6]
    assert free._delta() == ({"total": [5, 6]}, {})
    assert FreeNames(total=1).total == 1
    del free.total
    assert free.total is None
    assert free.to_mongo() == {}


def test_a_stored_name_of_a_method_gives_way_to_what_is_assigned() -> None:
    free = FreeNames._from_son({"total": 1})
    assert (free.total(), free["total"]) == ("method", 1)
    free.total = 2
    assert (free.total, free["total"], free.to_mongo()) == (2, 2, {"total": 2})


@pytest.mark.parametrize("stored", [False, True])
def test_properties_with_a_setter_are_stored_as_well(stored: bool) -> None:
    values = {"hue": "red", "constant": 6}
    free = FreeNames._from_son(values) if stored else FreeNames(**values)
    assert (free.hue, free.constant) == ("red", 6)
    assert free.to_mongo() == values
    free.hue = "blue"
    assert (free.hue, free._delta()[0]["hue"]) == ("blue", "blue")
    with pytest.raises(AttributeError):
        free.fixed = 1


def test_names_of_methods_are_kept_in_dynamic_documents() -> None:
    stored = {"_id": ID, "to_mongo": 1, "validate": [2]}
    free = SlowFree._from_son(stored)
    assert free.to_mongo() == stored
    assert (free["to_mongo"], free["validate"]) == (1, [2])
    free.validate()
    assert free._delta() == ({}, {})


def test_what_is_unknown_is_kept_aside_where_it_is_not_strict() -> None:
    class LoosePart(EmbeddedDocument):
        name = StringField()
        meta = {"strict": False}

    class Loose(Document):
        part = EmbeddedDocumentField(LoosePart)
        meta = {"strict": False}

    loaded = Loose._from_son({"x": 1, "part": {"name": "a", "y": 2}})
    assert (loaded._data["x"], loaded.part._data["y"]) == (1, 2)
    assert not hasattr(loaded, "x")
    assert loaded.to_mongo() == {"part": {"name": "a"}}
    assert list(loaded) == ["id", "part"]
    with pytest.raises(KeyError):
        loaded["x"]
    with pytest.raises(FieldDoesNotExist):
        Loose(x=1)


class SlowStrictPart(EmbeddedDocument):
    name = StringField(db_field="n")


class SlowStrict(Document):
    part = EmbeddedDocumentField(SlowStrictPart, db_field="p")


def test_unknown_keys_of_strict_parts_are_found_when_loading() -> None:
    for stored in ({"p": {"n": "a", "x": 1}}, {"p": 5}):
        with pytest.raises((FieldDoesNotExist, InvalidDocumentError)):
            SlowStrict._from_son(stored)


class HidingFree(DynamicDocument):
    size = IntField()
    meta = {"allow_inheritance": True}


class HiddenFree(HidingFree):
    def size(self) -> str:  # type: ignore[override]
        return "method"


def test_a_field_that_a_method_of_a_subclass_hides_keeps_its_value() -> None:
    hidden = HiddenFree._from_son({"_cls": "HidingFree.HiddenFree", "size": 3})
    assert (hidden.size, hidden._data["size"], hidden.to_mongo()["size"]) == (3, 3, 3)
    assert hidden._dynamic_fields == {}


class Bag:
    """What the decoder of a user may make of a value: it can be iterated over."""

    def __init__(self, *items: str) -> None:
        self.content = items

    def __iter__(self) -> Iterator[str]:
        return iter(self.content)


class LooseBags(Document):
    bags = ListField()
    named = DictField()


def test_what_a_decoder_made_becomes_a_list_in_untyped_containers() -> None:
    loaded = LooseBags._adopt_decoded(
        {"bags": [Bag("a")], "named": {"k": Bag("b", "c")}}
    )
    assert (loaded.bags, loaded.named) == ([["a"]], {"k": ["b", "c"]})
