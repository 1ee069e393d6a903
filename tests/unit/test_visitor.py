"""Conditions: how they combine, and that what they compile to means the same."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mongoengine import Document, IntField, ListField, Q
from mongoengine.errors import InvalidQueryError
from mongoengine.queryset.visitor import (
    DuplicateQueryConditionsError,
    QCombination,
    QNegation,
    QNode,
    QNodeVisitor,
    SimplificationVisitor,
)


class VisitorThing(Document):
    a = IntField(db_field="aa")
    b = IntField()
    tags = ListField(IntField())


def compiled(condition: Any) -> Any:
    return condition.to_query(VisitorThing)


@pytest.mark.parametrize(
    ("condition", "query"),
    [
        (Q(), {}),
        (Q(a=1), {"aa": 1}),
        (Q(a=1) & Q(b=2), {"aa": 1, "b": 2}),
        (Q(a__gt=1) & Q(a__lt=5), {"aa": {"$gt": 1, "$lt": 5}}),
        (Q(a=1) & Q(a=2), {"$and": [{"aa": 1}, {"aa": 2}]}),
        (Q(a=1) | Q(a=2), {"$or": [{"aa": 1}, {"aa": 2}]}),
        (
            (Q(a=1) | Q(b=1)) & Q(a=2),
            {"$and": [{"$or": [{"aa": 1}, {"b": 1}]}, {"aa": 2}]},
        ),
        (Q(a=1) & Q(b=1) | Q(a=2), {"$or": [{"aa": 1, "b": 1}, {"aa": 2}]}),
        (~Q(a=1), {"$nor": [{"aa": 1}]}),
        (~(Q(a=1) & Q(b=1)), {"$nor": [{"aa": 1, "b": 1}]}),
        (~(Q(a=1) | Q(b=1)), {"$nor": [{"$or": [{"aa": 1}, {"b": 1}]}]}),
        (~Q(a=1) & Q(b=1), {"$and": [{"$nor": [{"aa": 1}]}, {"b": 1}]}),
        (Q(__raw__={"x": 1}) & Q(a=1), {"x": 1, "aa": 1}),
        (Q(a=1) & {"x": 1}, {"$and": [{"aa": 1}, {"x": 1}]}),
    ],
)
def test_what_a_condition_compiles_to(condition: Any, query: Any) -> None:
    assert compiled(condition) == query


def test_a_condition_can_be_compiled_again() -> None:
    condition = ~(Q(a=1) & (Q(a=2) | Q(b=3)))
    before = copy.deepcopy(condition)
    assert compiled(condition) == compiled(condition)
    assert condition == before


def test_nothing_adds_nothing() -> None:
    assert Q() & Q(a=1) == Q(a=1) | Q() == Q(a=1)
    assert not Q()
    assert not Q() & Q()
    assert not ~Q()
    assert not QCombination(QNode.AND, [])
    assert Q(a=1) & None == Q(a=1)


def test_a_negation_of_a_negation() -> None:
    assert ~~Q(a=1) == Q(a=1)
    assert bool(~Q(a=1))


def test_the_same_operation_is_one_level_deep() -> None:
    both = Q(a=1) & Q(b=1)
    assert (both & Q(a=2)).children == [Q(a=1), Q(b=1), Q(a=2)]
    assert (Q(a=2) & both).children == [Q(a=2), Q(a=1), Q(b=1)]
    assert (both | Q(a=2)).children == [both, Q(a=2)]
    assert both.children == [Q(a=1), Q(b=1)]


def test_a_thousand_alternatives() -> None:
    condition: Any = Q()
    for number in range(1_000):
        condition |= Q(a=number)
    assert len(compiled(condition)["$or"]) == 1_000


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (Q(a=1), "Q(**{'a': 1})"),
        (Q(a=1) & Q(b=1), "(Q(**{'a': 1}) & Q(**{'b': 1}))"),
        (Q(a=1) | ~Q(b=1), "(Q(**{'a': 1}) | ~Q(**{'b': 1}))"),
    ],
)
def test_repr(condition: Any, text: str) -> None:
    assert repr(condition) == text


ALIKE = [
    Q(a=1),
    Q(a=2),
    ~Q(a=1),
    Q(a=1) & Q(b=1),
    Q(b=1) & Q(a=1),
    Q(a=1) | Q(b=1),
    ~(Q(a=1) | Q(b=1)),
]


@pytest.mark.parametrize(("one", "other"), [*product(range(len(ALIKE)), repeat=2)])
def test_equality(one: int, other: int) -> None:
    twin = copy.deepcopy(ALIKE[other])
    assert (ALIKE[one] == twin) is (one == other)


@pytest.mark.parametrize("condition", ALIKE)
def test_pickling(condition: Any) -> None:
    assert pickle.loads(pickle.dumps(condition)) == condition


@pytest.mark.parametrize("condition", [Q(a=1), Q(a=1) & Q(b=1), ~Q(a=1)])
def test_conditions_cannot_be_keys(condition: Any) -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(condition)


def test_unknown_fields_are_refused() -> None:
    with pytest.raises(InvalidQueryError, match='Cannot resolve field "nope"'):
        compiled(Q(a=1) | Q(nope=1))


def test_a_plain_node_says_nothing() -> None:
    with pytest.raises(NotImplementedError):
        QNode().to_query(VisitorThing)


@pytest.mark.parametrize(
    ("condition", "is_empty"),
    [(Q(), True), (Q(a=1), False), (Q(a=1) | Q(b=1), False), (QNode(), False)],
)
def test_empty_is_deprecated(condition: Any, is_empty: bool) -> None:
    with pytest.warns(DeprecationWarning, match="not bool") as caught:
        assert condition.empty is is_empty
    assert caught[0].filename == __file__


def test_simplification_refuses_two_of_one_name() -> None:
    with pytest.raises(DuplicateQueryConditionsError):
        SimplificationVisitor()._query_conjunction([{"a": 1}, {"a": 1}])


def test_visitors_of_users_see_every_node() -> None:
    class Names(QNodeVisitor):
        def __init__(self) -> None:
            self.seen: list[str] = []

        def visit_query(self, query: Q) -> Q:
            self.seen += query.query
            return query

        def visit_combination(self, combination: QCombination) -> QCombination:
            self.seen.append("both")
            return combination

    visitor = Names()
    condition = (Q(a=1) | ~Q(b=1)) & Q(tags=1)
    assert condition.accept(visitor) == condition
    assert visitor.seen == ["a", "b", "both", "tags", "both"]


# What a condition says of rows, and what its query says of them

Row = dict[str, int]
Says = Callable[[Row], bool]
COMPARED: dict[str, Callable[[int, int], bool]] = {
    "": lambda stored, value: stored == value,
    "__ne": lambda stored, value: stored != value,
    "__gt": lambda stored, value: stored > value,
    "__lte": lambda stored, value: stored <= value,
}
OPERATORS = {"$ne": "__ne", "$gt": "__gt", "$lte": "__lte"}
ROWS = [{"aa": a, "b": b} for a, b in product(range(3), repeat=2)]


def leaf(name: str, suffix: str, value: int) -> tuple[Any, Says]:
    stored = {"a": "aa"}.get(name, name)
    condition = Q(**{name + suffix: value})
    return condition, lambda row: COMPARED[suffix](row[stored], value)


def both(one: Any, other: Any) -> tuple[Any, Says]:
    return one[0] & other[0], lambda row: one[1](row) and other[1](row)


def either(one: Any, other: Any) -> tuple[Any, Says]:
    return one[0] | other[0], lambda row: one[1](row) or other[1](row)


def opposite(one: Any) -> tuple[Any, Says]:
    return ~one[0], lambda row: not one[1](row)


LEAVES = st.builds(
    leaf, st.sampled_from("ab"), st.sampled_from(list(COMPARED)), st.integers(0, 2)
)
TREES = st.recursive(
    LEAVES,
    lambda trees: st.one_of(
        st.builds(both, trees, trees),
        st.builds(either, trees, trees),
        st.builds(opposite, trees),
    ),
    max_leaves=12,
)


def matches(query: dict[str, Any], row: Row) -> bool:
    """Do what the server does with the few operators of these tests."""
    return all(matches_key(key, value, row) for key, value in query.items())


def matches_key(key: str, value: Any, row: Row) -> bool:
    if key == "$and":
        return all(matches(one, row) for one in value)
    if key == "$or":
        return any(matches(one, row) for one in value)
    if key == "$nor":
        return not any(matches(one, row) for one in value)
    if not isinstance(value, dict):
        return row[key] == value
    return all(
        COMPARED[OPERATORS[operator]](row[key], operand)
        for operator, operand in value.items()
    )


@given(TREES)
def test_a_query_means_what_its_condition_says(tree: tuple[Any, Says]) -> None:
    condition, says = tree
    query = compiled(condition)
    for row in ROWS:
        assert matches(query, row) == says(row), (condition, query, row)


@given(TREES)
def test_conditions_survive_copies(tree: tuple[Any, Says]) -> None:
    condition = tree[0]
    assert (
        copy.deepcopy(condition) == pickle.loads(pickle.dumps(condition)) == condition
    )
    assert isinstance(condition, (Q, QCombination, QNegation))
