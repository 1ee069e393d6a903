"""Copies of querysets: of users' classes, pickled, kept or not, on another alias."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from mongoengine import (
    Document,
    IntField,
    QuerySet,
    QuerySetNoCache,
    StringField,
    register_connection,
)
from mongoengine.base.places import Place
from mongoengine.connection import ConnectionFailure, disconnect
from mongoengine.errors import OperationError


class CopiedThing(Document):
    number = IntField(db_field="n")
    name = StringField()


class CopiedBase(Document):
    number = IntField(db_field="n")
    meta = {"allow_inheritance": True}


class CopiedChild(CopiedBase):
    level = IntField(db_field="l")


def things() -> Any:
    return CopiedThing.objects


def bases() -> Any:
    return CopiedBase.objects


class CopiedQuerySet(QuerySet[Any]):
    """A queryset of users', which sets things up and keeps things."""

    _limit = 7

    def __init__(self, document: Any, collection: Any) -> None:
        super().__init__(document, collection)
        self._ordering = [("n", 1)]
        self.memo: list[Any] = []


def test_querysets_of_users() -> None:
    found = CopiedQuerySet(CopiedThing, Place("default", "x"))
    assert (found._limit, found._ordering) == (7, [("n", 1)])
    found.memo.append("stale")
    narrowed = found.filter(number=1).order_by()
    assert type(narrowed) is CopiedQuerySet
    assert (narrowed._limit, narrowed._ordering) == (7, [])
    assert narrowed.memo == []


def test_a_copy_is_not_run_yet() -> None:
    found = things().filter(number=1)
    found._result_cache, found._iter, found._len = [1], True, 1
    for twin in (found.clone(), copy.deepcopy(found), found.all(), found.limit(2)):
        assert (twin._result_cache, twin._iter, twin._len) == (None, False, None)
        assert twin._query == {"n": 1}


def test_pickling() -> None:
    found = bases().filter(number=1).only("level").limit(3)
    found._result_cache, found._iter = [1], True
    twin = pickle.loads(pickle.dumps(found))
    assert (twin._result_cache, twin._iter) == ([1], False)
    assert twin._find_args == found._find_args
    assert twin._document is CopiedBase
    assert twin._collection_obj == found._collection_obj


def test_into_a_queryset_of_another_class() -> None:
    asked = things().filter(number=1).limit(3)
    other = asked._clone_into(bases().only("level"))
    assert other._document is CopiedBase
    assert other._collection_obj.name == "copied_base"
    assert other._find_args == {"filter": {"n": 1}, "limit": 3}


def test_kept_or_not() -> None:
    found = things().filter(number=1)
    uncached = found.no_cache()
    assert type(uncached) is QuerySetNoCache
    assert type(uncached.filter(name="x").cache()) is QuerySet
    assert uncached.cache()._query == {"n": 1}
    found._result_cache = []
    with pytest.raises(OperationError, match="already cached"):
        found.no_cache()


def test_another_alias() -> None:
    register_connection("copied_other", "db", uuidRepresentation="standard")
    try:
        found = things().filter(number=1).using("copied_other")
        assert found._collection_obj == Place("copied_other", "copied_thing")
        assert found.limit(1)._collection_obj.alias == "copied_other"
        assert found._query == {"n": 1}
    finally:
        disconnect("copied_other")


def test_an_unknown_alias() -> None:
    with pytest.raises(ConnectionFailure, match='alias "nowhere" has not been defined'):
        things().using("nowhere")
