"""Sums of lists of fields, and what stays of those that were summed."""

from __future__ import annotations

import pytest

from mongoengine import QueryFieldList

ONLY, EXCLUDE = QueryFieldList.ONLY, QueryFieldList.EXCLUDE


def only(*names: str) -> QueryFieldList:
    return QueryFieldList(names, value=ONLY, _only_called=True)


def exclude(*names: str) -> QueryFieldList:
    return QueryFieldList(names, value=EXCLUDE)


def part(name: str, number: int = 3) -> QueryFieldList:
    return QueryFieldList([name], value={"$slice": number})


def test_nothing_is_no_projection() -> None:
    assert not QueryFieldList()
    assert QueryFieldList().as_dict() == {}
    assert not QueryFieldList(always_include=["_cls"])


@pytest.mark.parametrize(
    ("lists", "projection"),
    [
        ([only("a")], {"a": 1}),
        ([only("a"), only("b")], {"a": 1, "b": 1}),
        ([only("a", "b"), exclude("b")], {"a": 1}),
        ([only("a"), exclude("a")], {}),
        ([exclude("a"), exclude("b")], {"a": 0, "b": 0}),
        ([exclude("a"), only("a", "b")], {"b": 1}),
        ([only("a"), exclude("a"), only("b")], {"b": 1}),
        ([only("a"), exclude("_id")], {"a": 1, "_id": 0}),
        ([exclude("_id"), only("a")], {"a": 1, "_id": 0}),
        ([exclude("_id"), only("_id")], {"_id": 1}),
        ([part("a")], {"a": {"$slice": 3}}),
        ([part("a"), part("b", 1)], {"a": {"$slice": 3}, "b": {"$slice": 1}}),
        ([only("b"), part("a")], {"a": {"$slice": 3}, "b": 1}),
        ([part("a"), exclude("a")], {}),
        ([exclude("b"), part("a"), exclude("c")], {"b": 0, "c": 0}),
    ],
)
def test_a_sum(lists: list[QueryFieldList], projection: dict[str, object]) -> None:
    assert sum(lists, QueryFieldList()).as_dict() == projection


def test_fields_asked_for_by_value_replace_those_before() -> None:
    fields = QueryFieldList(["a"]) + QueryFieldList(["b"])
    assert fields.as_dict() == {"b": 1}


@pytest.mark.parametrize(
    ("lists", "projection"),
    [
        ([only("a")], {"a": 1, "_cls": 1}),
        ([exclude("a", "_cls")], {"a": 0}),
        ([exclude("_cls")], {}),
        ([part("a")], {"a": {"$slice": 3}}),
        ([only("b"), part("a")], {"a": {"$slice": 3}, "b": 1, "_cls": 1}),
    ],
)
def test_what_is_always_included(
    lists: list[QueryFieldList], projection: dict[str, object]
) -> None:
    start = QueryFieldList(always_include=["_cls"])
    assert sum(lists, start).as_dict() == projection


def test_a_sum_leaves_its_terms_alone() -> None:
    one, two = only("a") + part("x"), only("b") + part("y")
    before = one.as_dict(), two.as_dict()
    assert "b" in (one + two).as_dict()
    assert (one.as_dict(), two.as_dict()) == before


def test_the_projection_has_a_steady_order() -> None:
    names = [f"field{number}" for number in range(1000)]
    assert list(only(*reversed(names)).as_dict()) == sorted(names)


def test_reset() -> None:
    fields = only("a") + part("b")
    fields.reset()
    assert (fields.as_dict(), fields.value, bool(fields)) == ({}, ONLY, False)


@pytest.mark.parametrize("between", [part("l"), QueryFieldList(["a"], value=ONLY)])
def test_what_is_named_is_added_also_after_something_else(
    between: QueryFieldList,
) -> None:
    assert (only("a") + between + only("b")).as_dict() == {"a": 1, "b": 1}
