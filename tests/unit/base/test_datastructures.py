"""Containers that tell their document of changes, by themselves."""

from __future__ import annotations

import copy
import gc
import pickle
import weakref
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mongoengine.base.datastructures import (
    BaseDict,
    BaseList,
    EmbeddedDocumentList,
    mark_as_changed_wrapper,
    mark_key_as_changed_wrapper,
)


class Owner:
    """What containers need of a document: that it notes what they tell it."""

    _is_document = False

    def __init__(self) -> None:
        self.marks: list[str] = []
        self._instance = None

    def _mark_as_changed(self, path: str) -> None:
        self.marks.append(path)


@pytest.fixture
def owner() -> Owner:
    return Owner()


LIST_CALLS = [
    (lambda v: v.append(1), [3, 2, 1, 1], ["x"]),
    (lambda v: v.extend([]), [3, 2, 1], ["x"]),
    (lambda v: v.extend([1]), [3, 2, 1, 1], ["x"]),
    (lambda v: v.insert(0, 1), [1, 3, 2, 1], ["x"]),
    (lambda v: v.pop(), [3, 2], ["x"]),
    (lambda v: v.pop(0), [2, 1], ["x"]),
    (lambda v: v.remove(2), [3, 1], ["x"]),
    (lambda v: v.reverse(), [1, 2, 3], ["x"]),
    (lambda v: v.sort(), [1, 2, 3], ["x"]),
    (lambda v: v.sort(reverse=True), [3, 2, 1], ["x"]),
    (lambda v: v.clear(), [], ["x"]),
    (lambda v: v.__setitem__(0, 9), [9, 2, 1], ["x.0"]),
    (lambda v: v.__setitem__(-1, 9), [3, 2, 9], ["x.2"]),
    (lambda v: v.__setitem__(0, 3), [3, 2, 1], ["x.0"]),
    (lambda v: v.__setitem__(slice(0, 1), [9, 9]), [9, 9, 2, 1], ["x"]),
    (lambda v: v.__delitem__(-1), [3, 2], ["x"]),
    (lambda v: v.__delitem__(slice(0, 2)), [1], ["x"]),
    (lambda v: v.__iadd__((1,)), [3, 2, 1, 1], ["x"]),
    (lambda v: v.__imul__(2), [3, 2, 1, 3, 2, 1], ["x"]),
    (lambda v: v.__add__([1]), [3, 2, 1], []),
    (lambda v: v.copy(), [3, 2, 1], []),
    (lambda v: v[-1], [3, 2, 1], []),
    (lambda v: sorted(v), [3, 2, 1], []),
]


@pytest.mark.parametrize(("call", "left", "marks"), LIST_CALLS)
def test_lists_mark_what_changes(
    owner: Owner, call: Any, left: list[int], marks: list[str]
) -> None:
    value = BaseList([3, 2, 1], owner, "x")
    call(value)
    assert value == left
    assert owner.marks == marks


DICT_CALLS = [
    (lambda v: v.__setitem__("a", 5), {"a": 5, "b": 2}, ["x.a"]),
    (lambda v: v.__setitem__("a", 1), {"a": 1, "b": 2}, []),
    (lambda v: v.__setitem__("z", None), {"a": 1, "b": 2, "z": None}, ["x.z"]),
    (lambda v: v.__delitem__("a"), {"b": 2}, ["x.a"]),
    (lambda v: v.pop("a"), {"b": 2}, ["x"]),
    (lambda v: v.pop("z", 1), {"a": 1, "b": 2}, ["x"]),
    (lambda v: v.popitem(), {"a": 1}, ["x"]),
    (lambda v: v.setdefault("z", 3), {"a": 1, "b": 2, "z": 3}, ["x"]),
    (lambda v: v.update(a=2), {"a": 2, "b": 2}, ["x"]),
    (lambda v: v.update(), {"a": 1, "b": 2}, ["x"]),
    (lambda v: v.__ior__({"a": 3}), {"a": 3, "b": 2}, ["x"]),
    (lambda v: v.clear(), {}, ["x"]),
    (lambda v: v | {"a": 3}, {"a": 1, "b": 2}, []),
    (lambda v: v.get("a"), {"a": 1, "b": 2}, []),
    (lambda v: v.copy(), {"a": 1, "b": 2}, []),
]


@pytest.mark.parametrize(("call", "left", "marks"), DICT_CALLS)
def test_dicts_mark_what_changes(
    owner: Owner, call: Any, left: dict[str, Any], marks: list[str]
) -> None:
    value = BaseDict({"a": 1, "b": 2}, owner, "x")
    call(value)
    assert value == left
    assert owner.marks == marks


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda v: v.pop(5), IndexError),
        (lambda v: v.remove(5), ValueError),
        (lambda v: v.__setitem__(5, 1), IndexError),
        (lambda v: v.__delitem__(5), IndexError),
        (lambda v: v.sort(key="no"), TypeError),
    ],
)
def test_what_fails_marks_nothing(owner: Owner, call: Any, error: Any) -> None:
    value = BaseList([1, 2], owner, "x")
    with pytest.raises(error):
        call(value)
    assert owner.marks == []


NESTED = {"l": [1, [2], {"d": {"e": 1}}], "d": {"e": {"f": 1}}}


@pytest.mark.parametrize(
    ("change", "mark"),
    [
        (lambda v: v["l"].append(1), "x.l"),
        (lambda v: v["l"][1].append(1), "x.l.1"),
        (lambda v: v["l"][-2].__setitem__(0, 5), "x.l.1.0"),
        (lambda v: v["l"][2]["d"].__setitem__("e", 5), "x.l.2.d.e"),
        (lambda v: v.get("d")["e"].update(f=2), "x.d.e"),
        (lambda v: next(iter(v.values()))[1].append(1), "x.l.1"),
        (lambda v: dict(v.items())["d"].pop("e"), "x.d"),
        (lambda v: list(v["l"])[1].append(1), "x.l.1"),
        (lambda v: v["l"][1:][0].append(1), "x.l.1"),
        (lambda v: list(reversed(v["l"]))[1].append(1), "x.l.1"),
    ],
)
def test_nested_containers_mark_their_path(
    owner: Owner, change: Any, mark: str
) -> None:
    given = copy.deepcopy(NESTED)
    value = BaseDict(given, owner, "x")
    change(value)
    assert owner.marks == [mark]
    assert given == NESTED, "what is given is copied"
    assert value != NESTED


def test_nested_containers_are_wrapped_once(owner: Owner) -> None:
    value = BaseDict(NESTED, owner, "x")
    assert value["l"] is value["l"] is value.get("l") is next(iter(value.values()))
    assert value["l"][1] is list(value["l"])[1] is value["l"][:][1]


def test_what_setdefault_returns_is_tracked(owner: Owner) -> None:
    BaseDict({}, owner, "x").setdefault("new", []).append(1)
    assert owner.marks == ["x", "x.new"]


STORES = [
    lambda v, x: v["l"].append(x),
    lambda v, x: v["l"].insert(0, x),
    lambda v, x: v["l"].extend([1, x]),
    lambda v, x: v["l"].__setitem__(0, x),
    lambda v, x: v["l"].__setitem__(slice(0, 1), [x]),
    lambda v, x: v["l"].__iadd__((x,)),
    lambda v, x: v.__setitem__("n", x),
    lambda v, x: v.update(n=x),
    lambda v, x: v.__ior__({"n": x}),
    lambda v, x: v.setdefault("n", x),
]


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize("key", ["d", "x"])
def test_containers_have_one_place(owner: Owner, store: Any, key: str) -> None:
    value = BaseDict({"l": [0], "d": {"a": 1}, "x": [1]}, owner, "x")
    inner = value[key]
    store(value, inner)
    owner.marks.clear()
    inner.clear()
    assert owner.marks == [f"x.{key}"], "where it was, it is tracked"
    assert any(value["l"]) or value.get("n"), "where it was stored, it is a copy"


def test_repeated_containers_are_copies(owner: Owner) -> None:
    value = BaseList([[1]], owner, "x")
    inner = value[0]
    value *= 2
    value[0].append(2)
    assert value == [[1, 2], [1]]
    assert inner == [1]


def test_containers_of_other_documents_are_copied_when_read(owner: Owner) -> None:
    other = Owner()
    rows = BaseList([[1], {"a": 1}], other, "y")
    value = BaseList(list(rows), owner, "x")
    value[0].append(2)
    value[1]["a"] = 2
    assert (rows, owner.marks, other.marks) == ([[1], {"a": 1}], ["x.0", "x.1.a"], [])


def test_setting_what_is_there_changes_nothing(owner: Owner) -> None:
    value = BaseDict({"l": [[1]]}, owner, "x")
    value["l"][0] = inner = value["l"][0]
    value["l"] = value["l"]
    assert value["l"][0] is inner
    assert owner.marks == ["x.l.0"]


def test_values_that_cannot_be_compared_are_not_stored(owner: Owner) -> None:
    class Odd:
        def __eq__(self, other: object) -> bool:
            raise ValueError("cannot compare")

        __hash__ = None  # type: ignore[assignment]

    value = BaseDict({"a": Odd()}, owner, "x")
    with pytest.raises(ValueError, match="cannot compare"):
        value["a"] = 1
    assert isinstance(value["a"], Odd)
    assert owner.marks == []


def test_moved_containers_mark_where_they_are(owner: Owner) -> None:
    value = BaseList([[1], [2]], owner, "x")
    second = value[1]
    value.insert(0, [0])
    owner.marks.clear()
    value[2].append(3)
    assert value[2] is second
    assert owner.marks == ["x.2"]


@pytest.mark.parametrize("nobody", [None, 5, "text"])
def test_a_container_can_belong_to_nobody(nobody: Any) -> None:
    value = BaseList([[1]], nobody, "x")
    value[0].append(2)
    assert value == [[1, 2]]
    BaseDict({}, nobody, "x")["a"] = 1


def test_owners_are_held_weakly() -> None:
    owner = Owner()
    gone = weakref.ref(owner)
    value = BaseList([1, [2]], owner, "x")
    del owner
    gc.collect()
    assert gone() is None
    value.append(3)
    value[1].append(4)
    assert value == [1, [2, 4], 3]


@pytest.mark.parametrize("of", [BaseList([[1], 2], None, "x"), BaseDict(NESTED, 0, "")])
@pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda v: pickle.loads(pickle.dumps(v))]
)
def test_copies_keep_their_type_and_lose_their_owner(of: Any, copied: Any) -> None:
    twin = copied(of)
    assert type(twin) is type(of)
    assert twin == of
    assert twin._instance is None
    assert type(of.copy()) in (list, dict)


@pytest.mark.parametrize("kind", [BaseList, BaseDict, EmbeddedDocumentList])
def test_pickles_of_mongoengine_are_read(kind: Any) -> None:
    is_dict = issubclass(kind, dict)
    name = f"cmongoengine.base.datastructures\n{kind.__name__}\n".encode()
    # Made empty, filled, and given itself as its state.
    new, state = name + b")\x81q\x00", b"h\x00b"
    filled = b"(K\x01K\x02u" if is_dict else b"(K\x01K\x02e"
    value = pickle.loads(b"\x80\x02" + new + filled + state + b".")
    assert type(value) is kind
    assert value == ({1: 2} if is_dict else [1, 2])
    assert value._instance is None
    value.clear()
    assert not value


def test_reading_a_copy_leaves_the_owner_of_what_is_shared(owner: Owner) -> None:
    value = BaseList([[1]], owner, "x")
    inner = value[0]
    assert copy.copy(value)[0] is inner
    inner.append(2)
    assert owner.marks == ["x.0"]


def test_users_can_have_methods_mark(owner: Owner) -> None:
    class Stack(BaseList):
        push = mark_as_changed_wrapper(list.append)
        put = mark_key_as_changed_wrapper(list.__setitem__)

    value = Stack([1], owner, "x")
    value.push(2)
    value.put(-1, 3)
    assert value == [1, 3]
    assert owner.marks == ["x", "x.1"]
    assert Stack.push.__name__ == "append"


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda below: (
        st.lists(below, max_size=4)
        | st.dictionaries(st.text(max_size=3), below, max_size=4)
    ),
    max_leaves=12,
)


def read_all(value: Any) -> Any:
    """Return the plain form of what is read, having read all of it."""
    if isinstance(value, dict):
        return {key: read_all(item) for key, item in value.items()}
    if isinstance(value, list):
        return [read_all(item) for item in value]
    return value


@given(st.lists(json))
def test_reading_changes_nothing(plain: list[Any]) -> None:
    owner = Owner()
    value = BaseList(plain, owner, "x")
    assert read_all(value) == plain
    assert value == plain
    assert owner.marks == []
