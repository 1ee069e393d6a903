"""Lists of embedded documents: filtered, changed and made longer."""

from __future__ import annotations

from typing import Any

import pytest

from mongoengine import (
    Document,
    EmbeddedDocument,
    EmbeddedDocumentListField,
    IntField,
    StringField,
)
from mongoengine.base import EmbeddedDocumentList
from mongoengine.errors import DoesNotExist, MultipleObjectsReturned


class RankedItem(EmbeddedDocument):
    rank = IntField()
    name = StringField(db_field="n", default="new")


class RankedHolder(Document):
    items = EmbeddedDocumentListField(RankedItem, db_field="is")


def load() -> Any:
    rows = [{"rank": 1, "n": "a"}, {"rank": 2, "n": "b"}, {"rank": 1, "n": "c"}]
    return RankedHolder._from_son({"is": rows})


def names(items: Any) -> list[str]:
    assert type(items) is EmbeddedDocumentList
    return [item.name for item in items]


def test_embedded_lists_are_filtered() -> None:
    items = (holder := load()).items
    assert names(items.filter(rank=1)) == ["a", "c"]
    assert names(items.filter(rank="1", name="c")) == ["c"]
    assert names(items.filter(rank=1).exclude(name="a")) == ["c"]
    assert names(items.filter()) == ["a", "b", "c"]
    assert names(items.exclude()) == []
    assert items.filter(rank=2)[0] is items[1]
    assert items.filter(rank=1).count() == 2
    assert items.filter(rank=1).first() is items[0]
    assert items.filter(rank=9).first() is None
    assert items.get(rank=2) is items[1]
    with pytest.raises(DoesNotExist, match="items matching query does not exist"):
        items.get(rank=9)
    with pytest.raises(MultipleObjectsReturned, match="2 items returned"):
        items.get(rank=1)
    with pytest.raises(AttributeError):
        items.filter(n="a")
    assert holder._get_changed_fields() == []


def test_embedded_lists_are_changed() -> None:
    holder = load()
    assert holder.items.filter(rank=1).update(name="z") == 2
    assert holder._get_changed_fields() == ["is.0.n", "is.2.n"]
    assert holder.items.update() == 0
    assert holder.items.filter(rank=9).delete() == 0
    assert holder._get_changed_fields() == ["is.0.n", "is.2.n"]
    assert holder.items.filter(rank=1).delete() == 2
    assert names(holder.items) == ["b"]
    created = holder.items.filter(rank=1).create(rank="7")
    assert created is holder.items[-1]
    assert (created.rank, created._instance) == (7, holder)
    assert holder._get_changed_fields() == ["is"]


def test_embedded_lists_start_empty() -> None:
    holder = RankedHolder()
    holder.items.create(rank=1)
    assert holder.to_mongo()["is"] == [{"rank": 1, "n": "new"}]
