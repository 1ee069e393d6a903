"""Lists and dicts in documents: what is read is tracked, checked and stored again."""

from __future__ import annotations

from typing import Any

import pytest
from bson import ObjectId
from hypothesis import given
from hypothesis import strategies as st

from mongoengine import (
    DictField,
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EmbeddedDocumentListField,
    IntField,
    ListField,
    MapField,
    SortedListField,
    StringField,
    ValidationError,
)
from mongoengine.base import BaseDict, BaseList, EmbeddedDocumentList

ID = ObjectId("5" * 24)


class ListedItem(EmbeddedDocument):
    rank = IntField()
    name = StringField(db_field="n", default="new")


class ListHolder(Document):
    numbers = ListField(IntField(), db_field="ns", max_length=4)
    anything = ListField()
    free = DictField(db_field="f")
    by_name = MapField(IntField())
    items = EmbeddedDocumentListField(ListedItem, db_field="is")
    named = MapField(EmbeddedDocumentField(ListedItem))
    deep = ListField(MapField(ListField(EmbeddedDocumentField(ListedItem))))
    matrix = ListField(ListField(IntField()))
    ordered = SortedListField(IntField(), reverse=True)
    ranked = SortedListField(EmbeddedDocumentField(ListedItem), ordering="rank")
    word = ListField(StringField(), required=True, default=["w"], choices=None)


STORED = {
    "_id": ID,
    "ns": [1, 2],
    "anything": [1, [2, {"a": 3}]],
    "f": {"a": {"b": [1]}},
    "by_name": {"x": 1},
    "is": [{"rank": 1, "n": "a"}, {"rank": 2, "n": "b"}, {"rank": 1, "n": "c"}],
    "named": {"k": {"rank": 2, "n": "k"}},
    "deep": [{"a": [{"rank": 3, "n": "d"}]}],
    "matrix": [[1, 2], [3]],
    "ordered": [3, 2, 1],
    "ranked": [{"rank": 1, "n": "x"}, {"rank": 5, "n": "y"}],
    "word": ["w"],
}


def load() -> Any:
    return ListHolder._from_son(STORED)


def test_what_is_loaded_is_stored_again() -> None:
    assert load().to_mongo() == STORED
    read = load()
    for name in ListHolder._fields:
        getattr(read, name)
    assert read.to_mongo() == STORED
    assert read._get_changed_fields() == []


READ = [
    ("numbers", lambda h: h.numbers, BaseList, "numbers"),
    ("nested list", lambda h: h.anything[1], BaseList, "anything.1"),
    ("from the end", lambda h: h.anything[-1][-1], BaseDict, "anything.1.1"),
    ("dict", lambda h: h.free, BaseDict, "free"),
    ("nested dict", lambda h: h.free["a"]["b"], BaseList, "free.a.b"),
    ("map", lambda h: h.by_name, BaseDict, "by_name"),
    ("embedded list", lambda h: h.items, EmbeddedDocumentList, "items"),
    ("deep", lambda h: h.deep[0]["a"], BaseList, "deep.0.a"),
    ("matrix", lambda h: h.matrix[1], BaseList, "matrix.1"),
]


@pytest.mark.parametrize(
    ("read", "kind", "name"), [row[1:] for row in READ], ids=[row[0] for row in READ]
)
def test_reading_gives_tracked_containers(read: Any, kind: Any, name: str) -> None:
    holder = load()
    value = read(holder)
    assert type(value) is kind
    assert value._name == name
    assert value._instance == holder
    assert read(holder) is value


CHANGES = [
    (lambda h: h.numbers.append(3), {"ns": [1, 2, 3]}),
    (lambda h: h.numbers.__setitem__(-1, 9), {"ns.1": 9}),
    (lambda h: h.anything[1][1].update(b=1), {"anything.1.1": {"a": 3, "b": 1}}),
    (lambda h: h.free["a"]["b"].append(2), {"f.a.b": [1, 2]}),
    (lambda h: h.free.__setitem__("n", {}), {"f.n": {}}),
    (lambda h: setattr(h.items[1], "name", "z"), {"is.1.n": "z"}),
    (lambda h: setattr(h.deep[0]["a"][0], "rank", 4), {"deep.0.a.0.rank": 4}),
]


@pytest.mark.parametrize(("change", "sets"), CHANGES)
def test_changes_are_told_by_path(change: Any, sets: dict[str, Any]) -> None:
    holder = load()
    change(holder)
    assert holder._get_changed_fields() == list(sets)
    assert holder._delta() == (sets, {})


def test_what_is_given_or_stored_is_not_shared() -> None:
    numbers, free = [1], {"a": [1]}
    holder = ListHolder(numbers=numbers, free=free)
    stored = holder.to_mongo()
    holder.numbers.append(2)
    holder.free["a"].append(2)
    assert (numbers, free) == ([1], {"a": [1]})
    assert (stored["ns"], stored["f"]) == ([1], {"a": [1]})


def test_containers_of_other_documents_are_copied_when_assigned() -> None:
    one, other = load(), load()
    one.numbers = other.numbers
    one.numbers.append(3)
    assert one._get_changed_fields() == ["ns"]
    assert (other.numbers, other._get_changed_fields()) == ([1, 2], [])
    own = one.numbers
    one.numbers = own
    assert one.numbers is own


def test_missing_and_none_are_empty() -> None:
    holder = ListHolder(numbers=None)
    assert holder.numbers == holder.anything == []
    assert holder.free == holder.by_name == {}
    holder.numbers.append(1)
    assert holder.numbers == [1]
    assert ListHolder().numbers == []
    holder.numbers = None
    assert holder.numbers == []


def test_documents_tell_the_errors_below() -> None:
    holder = ListHolder(by_name={"k": "x"}, word=[])
    holder.items = [ListedItem(), 5]
    holder.matrix = [["x"]]
    with pytest.raises(ValidationError) as caught:
        holder.validate()
    assert caught.value.to_dict() == {
        "by_name": {"k": "x could not be converted to int"},
        "items": {
            1: "Invalid embedded document instance provided to an EmbeddedDocumentField"
        },
        "matrix": {0: {0: "x could not be converted to int"}},
        "word": "Field is required and cannot be empty",
    }


def test_lookup_member() -> None:
    assert ListHolder.items.lookup_member("name") is ListedItem.name
    assert ListHolder.anything.lookup_member("x") is None
    assert type(ListHolder.free.lookup_member("x")) is DictField
    assert ListHolder.numbers.lookup_member("x") is None


def test_dicts_that_name_a_class_become_documents_when_read() -> None:
    item = {"_cls": "ListedItem", "rank": 1, "n": "a"}
    stored = {"anything": [item, [item]], "f": {"k": {"k": item}, "plain": {}}}
    holder = ListHolder._from_son(stored)
    assert holder._data["anything"] == stored["anything"]
    assert holder.anything[0] == holder.anything[1][0] == ListedItem(rank=1, name="a")
    assert holder.free["k"]["k"]._instance == holder
    holder.free["k"]["k"].rank = 2
    assert holder._delta() == ({"f.k.k.rank": 2}, {})
    assert stored["anything"] == [item, [item]]


# Properties

plain = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda below: (
        st.lists(below, max_size=3)
        | st.dictionaries(st.text("abc", min_size=1, max_size=2), below, max_size=3)
    ),
    max_leaves=10,
)
documents = st.fixed_dictionaries(
    {
        "ns": st.lists(st.integers(), max_size=4),
        "anything": st.lists(plain, max_size=4),
        "f": st.dictionaries(st.text("abc", max_size=2), plain, max_size=4),
        "matrix": st.lists(st.lists(st.integers()), max_size=3),
        "is": st.lists(
            st.fixed_dictionaries({"rank": st.integers(), "n": st.text()}), max_size=3
        ),
    }
)


@given(documents)
def test_round_trip(stored: dict[str, Any]) -> None:
    holder = ListHolder._from_son(stored)
    again = ListHolder._from_son(holder.to_mongo())
    for name in ("numbers", "anything", "free", "matrix", "items"):
        assert getattr(again, name) == getattr(holder, name)
    assert stored.items() <= again.to_mongo().items()
