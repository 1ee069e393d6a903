"""Fields of lists and dicts."""

from __future__ import annotations

import re
from typing import Any

import pytest
from bson import SON, DBRef, Int64, ObjectId, Regex
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
from mongoengine.base.plain import REFUSED
from mongoengine.errors import DoesNotExist, MultipleObjectsReturned
from mongoengine.fields import key_not_string, key_starts_with_dollar

ID = ObjectId("5" * 24)


class ListedItem(EmbeddedDocument):
    rank = IntField()
    name = StringField(db_field="n", default="new")


class ListedPerson(Document):
    name = StringField()


class ListedAnimal(Document):
    meta = {"allow_inheritance": True}


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


CONVERSIONS = [
    (ListField(), (1, {2}, range(1)), [1, [2], [0]]),
    (ListField(), "text", "text"),
    (ListField(), 5, 5),
    (ListField(), None, None),
    (ListField(IntField()), ("1", 2.5, "x"), [1, 2, "x"]),
    (ListField(IntField()), {"a": "1"}, {"a": 1}),
    (ListField(ListField(IntField())), [["1"], ()], [[1], []]),
    (ListField(), [ListedPerson(id=ID)], [DBRef("listed_person", ID)]),
    (DictField(), SON(a=SON(b=(1,))), {"a": {"b": [1]}}),
    (DictField(IntField()), {"a": "1"}, {"a": 1}),
    (MapField(ListField(IntField())), {"a": ["1"]}, {"a": [1]}),
]


@pytest.mark.parametrize(("field", "value", "python"), CONVERSIONS)
def test_to_python(field: Any, value: Any, python: Any) -> None:
    converted = field.to_python(value)
    assert converted == python
    assert type(converted) is type(python)


STORING = [
    (ListField(), [1, (2, {3})], [1, [2, [3]]]),
    (ListField(IntField()), ["1"], [1]),
    (
        ListField(),
        [ListedItem(rank=1)],
        [{"rank": 1, "n": "new", "_cls": "ListedItem"}],
    ),
    (ListField(), [ListedAnimal(id=ID)], [DBRef("listed_animal", ID)]),
    (
        ListField(),
        [ListedPerson(id=ID)],
        [{"_cls": "ListedPerson", "_ref": DBRef("listed_person", ID)}],
    ),
    (
        DictField(),
        {"a": [ListedItem(name=None)]},
        {"a": [{"n": "new", "_cls": "ListedItem"}]},
    ),
    (SortedListField(IntField()), (3, 1, 2), [1, 2, 3]),
    (SortedListField(DictField(), ordering="a"), [{"a": 2}, {"a": 1}], None),
]


@pytest.mark.parametrize(("field", "value", "stored"), STORING)
def test_to_mongo(field: Any, value: Any, stored: Any) -> None:
    assert field.to_mongo(value) == (stored or [{"a": 1}, {"a": 2}])


@pytest.mark.parametrize("convert", [ListField().to_mongo, ListField().to_python])
def test_unsaved_documents_cannot_be_referred_to(convert: Any) -> None:
    with pytest.raises(ValidationError, match="once they have been saved"):
        convert([ListedPerson()])


INVALID = [
    (ListField(), "x", "Only lists and tuples may be used in a list field", None),
    (ListField(), {}, "Only lists and tuples may be used in a list field", None),
    (ListField(max_length=1), [1, 2], "List is too long", None),
    (ListField(max_length=0), [1], "List is too long", None),
    (
        ListField(required=True),
        [],
        "Field is required and cannot be empty",
        None,
    ),
    (ListField(IntField()), [1, "x"], "Invalid IntField item ([1, 'x'])", {1}),
    (ListField(ListField(IntField())), [[], ["x"]], "Invalid ListField item", {1}),
    (DictField(), [], "Only dictionaries may be used in a DictField", None),
    (DictField(), {1: 2}, "documents must have only string keys", None),
    (DictField(), {"a": {1: 2}}, "documents must have only string keys", None),
    (DictField(), {"$a": 2}, 'may not startswith "$" characters', None),
    (DictField(), {"a": {"$a": 2}}, 'may not startswith "$" characters', None),
    (MapField(IntField()), {"a": "x"}, "Invalid IntField item ({'a': 'x'})", {"a"}),
    (
        EmbeddedDocumentListField(ListedItem),
        [5],
        "Invalid EmbeddedDocumentField item",
        {0},
    ),
]


@pytest.mark.parametrize(("field", "value", "message", "keys"), INVALID)
def test_invalid(field: Any, value: Any, message: str, keys: Any) -> None:
    with pytest.raises(ValidationError, match=re.escape(message)) as caught:
        field.validate(value)
    assert caught.value.errors is keys is None or set(caught.value.errors) == keys


VALID = [
    (ListField(), [1, "a", None, [object]]),
    (ListField(max_length=1), (1,)),
    (ListField(IntField()), []),
    (DictField(), {"": 1, "a.b": 2, "a": {"b$": 3}}),
    (MapField(IntField()), {"a": "1"}),
    (ListField(StringField(choices=["a"])), ["a", "a"]),
    (SortedListField(IntField()), [2, 1]),
]


@pytest.mark.parametrize(("field", "value"), VALID)
def test_valid(field: Any, value: Any) -> None:
    field.validate(value)


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


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: ListField(5), TypeError, r"\(e.g ListField\(StringField\(\)\)\)"),
        (lambda: ListField(IntField), TypeError, "must be a Field instance"),
        (lambda: DictField("x"), TypeError, r"\(e.g DictField\(StringField\(\)\)\)"),
        (lambda: MapField(), ValidationError, "Argument to MapField constructor"),
        (lambda: MapField(IntField), ValidationError, "must be a valid field"),
        (lambda: ListField(IntField(), 5), TypeError, "positional"),
    ],
)
def test_misuse(make: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        make()


QUERIES = [
    (ListField(), None, [1], [1]),
    (ListField(IntField()), "exact", "1", 1),
    (ListField(IntField()), "set", {"1"}, [1]),
    (ListField(StringField()), None, "a", "a"),
    (ListField(EmbeddedDocumentField(ListedItem)), "exact", {"n": "a"}, {"n": "a"}),
    (DictField(), "exact", "a.b", re.compile(r"^a\.b$")),
    (DictField(), "icontains", "a", re.compile("a", re.IGNORECASE)),
    (DictField(), "in", ["a"], ["a"]),
    (MapField(IntField()), "exact", 1, 1),
    (DictField(ListField(IntField())), "set", {"a": ["1"]}, {"a": [1]}),
    (DictField(ListField(IntField())), "push", "1", 1),
]


@pytest.mark.parametrize(("field", "op", "value", "prepared"), QUERIES)
def test_queries(field: Any, op: Any, value: Any, prepared: Any) -> None:
    assert field.prepare_query_value(op, value) == prepared


def test_lookup_member() -> None:
    assert ListHolder.items.lookup_member("name") is ListedItem.name
    assert ListHolder.anything.lookup_member("x") is None
    assert type(ListHolder.free.lookup_member("x")) is DictField
    assert ListHolder.numbers.lookup_member("x") is None


def test_keys() -> None:
    assert key_not_string({"a": {1: 2}}) is True
    assert key_not_string({"a": [{1: 2}]}) is None
    assert key_starts_with_dollar({"a": {"$b": 2}}) is True
    assert key_starts_with_dollar({"a": "$b"}) is None


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


ADOPTED = [
    (ListField(), [1, "a", None, {"a": [ID]}], True),
    (ListField(), [b"bytes are a value"], True),
    (ListField(), {"a": 1}, False),
    (ListField(IntField()), [1, 2], True),
    (ListField(IntField()), [1, None], False),
    (ListField(IntField()), [1, True], False),
    (ListField(IntField()), [Int64(1)], False),
    (ListField(ListField(IntField())), [[1], []], True),
    (ListField(ListField(IntField())), [[1], ["x"]], False),
    (ListField(EmbeddedDocumentField(ListedItem)), [{"rank": 1, "n": "a"}], True),
    (ListField(EmbeddedDocumentField(ListedItem)), [{"rank": "1"}], False),
    (ListField(EmbeddedDocumentField(ListedItem)), [{"nope": 1}], False),
    (DictField(), {"a": {"b": [1.5]}}, True),
    (DictField(), [1], False),
    (MapField(StringField()), {"a": "b"}, True),
]


@pytest.mark.parametrize(("field", "value", "adopted"), ADOPTED)
def test_adopts_what_would_be_the_same(field: Any, value: Any, adopted: bool) -> None:
    assert (field._take_decoded(value, False) is not REFUSED) is adopted
    if adopted:
        assert field._restore_decoded(value) == field.to_mongo(field.to_python(value))


@pytest.mark.parametrize(("field", "value", "adopted"), ADOPTED)
def test_what_is_taken_can_be_a_copy(field: Any, value: Any, adopted: bool) -> None:
    taken = field._take_decoded(value, True)
    if adopted:
        assert taken == value
        assert taken is not value
    else:
        assert taken is REFUSED


def test_without_a_field_what_users_give_must_be_plain() -> None:
    assert ListField()._take_decoded([{"a": (1,)}], True) is REFUSED
    assert ListHolder._from_son({"anything": [{"a": (1,)}]}).anything == [{"a": [1]}]


def test_without_a_field_whatever_was_decoded_waits() -> None:
    ref, text = DBRef("other", ID), Regex("a")
    holder = ListHolder._adopt_decoded({"anything": [{"a": [ref, text]}]})
    assert "anything" in holder._unbuilt_names
    assert holder.to_mongo()["anything"] == [{"a": [ref, text]}]
    holder.validate()
    assert ListHolder.anything._decoded_leads(holder.__dict__["anything"])


VALID_UNREAD = [
    (ListField(), [1, "a"], True),
    (ListField(required=True), [], False),
    (ListField(max_length=1), [1, 2], False),
    (ListField(IntField()), [1], True),
    (ListField(IntField(max_value=1)), [1], False),
    (ListField(choices=[1]), [1], False),
    (DictField(), {"a": {"b": 1}}, True),
    (DictField(), {"a": {"$b": 1}}, False),
    (MapField(StringField()), {"a": "b"}, True),
    (MapField(StringField(max_length=1)), {"a": "b"}, False),
]


@pytest.mark.parametrize(("field", "value", "sure"), VALID_UNREAD)
def test_what_nobody_has_read_may_be_valid_for_sure(
    field: Any, value: Any, sure: bool
) -> None:
    assert field._is_valid_decoded(value) is sure


def test_sorted_lists_are_stored_sorted_unread() -> None:
    holder = ListHolder._from_son({"_id": ID, "ordered": [1, 3, 2]})
    assert holder.to_mongo()["ordered"] == [3, 2, 1]
    assert holder.ordered == [1, 3, 2]


def test_embedded_documents_of_users_are_stored_their_way_unread() -> None:
    class Shouting(EmbeddedDocument):
        text = StringField()

        def to_mongo(self, *args: Any, **kwargs: Any) -> Any:
            return {"text": "loud"}

    field = ListField(EmbeddedDocumentField(Shouting))
    decoded = [{"text": "x"}]
    assert field._restore_decoded(decoded) == [{"text": "loud"}]
    assert decoded == [{"text": "x"}]


def test_fields_of_users_are_asked_for_every_value() -> None:
    class Doubled(IntField):
        def to_python(self, value: Any) -> Any:
            return value * 2

    assert ListField(Doubled())._take_decoded([1], False) is REFUSED
    assert ListField(Doubled()).to_python([1]) == [2]


def test_fields_of_users_get_the_options_they_take() -> None:
    class Plain(StringField):
        def to_mongo(self, value: Any) -> Any:
            return "plain"

    class Told(StringField):
        def to_mongo(self, value: Any, use_db_field: bool = True) -> Any:
            return use_db_field

    assert ListField(Plain()).to_mongo(["a"], use_db_field=False) == ["plain"]
    assert ListField(Told()).to_mongo(["a"], use_db_field=False) == [False]


# EmbeddedDocumentList


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
    holder = ListHolder()
    holder.items.create(rank=1)
    assert holder.to_mongo()["is"] == [{"rank": 1, "n": "new"}]


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
