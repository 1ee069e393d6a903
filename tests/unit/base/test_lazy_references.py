"""References that are loaded when they are told to be, apart from any server."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
from bson import DBRef, ObjectId, json_util

from mongoengine.base.datastructures import LazyReference

ID = ObjectId("5" * 24)


class Person:
    """What a reference needs of a document class."""

    loaded = 0

    def __init__(self, name: str) -> None:
        self.name = name

    @staticmethod
    def _get_collection_name() -> str:
        return "person"

    @staticmethod
    def _get_db_alias() -> str:
        return "default"

    @classmethod
    def _fetch_lazily(cls, pk: Any) -> Person:
        cls.loaded += 1
        return cls(f"person {cls.loaded}")

    def __getitem__(self, name: str) -> Any:
        return vars(self)[name]


@pytest.fixture
def lazy() -> LazyReference:
    Person.loaded = 0
    return LazyReference(Person, ID)


def test_lazy_references_are_references(lazy: LazyReference) -> None:
    assert (lazy.pk, lazy.id, lazy.collection) == (ID, ID, "person")
    assert lazy == DBRef("person", ID)
    assert hash(lazy) == hash(DBRef("person", ID))
    assert repr(lazy) == f"<LazyReference({Person}, {ID!r})>"


def test_lazy_references_load_once(lazy: LazyReference) -> None:
    assert lazy.fetch() is lazy.fetch()
    assert lazy.fetch().name == "person 1"
    assert lazy.fetch(force=True).name == "person 2"
    known = Person("known")
    assert LazyReference(Person, ID, known).fetch() is known


def test_lazy_references_pass_through_if_told(lazy: LazyReference) -> None:
    with pytest.raises(AttributeError, match=r"'name' is of .*`await async_fetch\(\)`"):
        _ = lazy.name
    with pytest.raises(KeyError, match="'name' is of the document"):
        lazy["name"]
    through = LazyReference(Person, ID, passthrough=True)
    assert (through.name, through["name"]) == ("person 1", "person 1")
    with pytest.raises(AttributeError, match="Person has no field 'nope'"):
        _ = through.nope


@pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda v: pickle.loads(pickle.dumps(v))]
)
def test_lazy_references_are_copied_without_loading(
    lazy: LazyReference, copied: Any
) -> None:
    twin = copied(lazy)
    assert twin == lazy
    assert twin.document_type is Person
    assert Person.loaded == 0


def test_lazy_references_hold_nothing(lazy: LazyReference) -> None:
    with pytest.raises(KeyError):
        list(lazy)


def test_lazy_references_are_json_as_references_are(lazy: LazyReference) -> None:
    assert json_util.dumps([lazy]) == json_util.dumps([DBRef("person", ID)])
