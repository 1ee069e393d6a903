"""What the names of conditions and changes mean for a document class.

Both are paths of field names, joined by two underscores, with an operator: behind the
path in a condition (``author__name__ne``), before it in a change (``push__tags``).
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from mongoengine.base.lookup import forgotten_with_plans
from mongoengine.errors import InvalidQueryError, LookUpError, NotRegistered
from mongoengine.fields.cached_references import CachedReferenceField
from mongoengine.fields.containers import ListField
from mongoengine.fields.dynamic import DynamicField
from mongoengine.fields.generic import GenericReferenceField
from mongoengine.queryset.operators import (
    COMPARISON_OPERATORS,
    MATCH_OPERATORS,
    SINGLE_OPERATORS,
    UNNAMED_OPERATORS,
    UPDATE_OPERATORS,
)

# Names may hold keys of users' data, so that there is no end to them.
CACHED_NAMES = 4096

_MATCH_OPERATORS = frozenset(MATCH_OPERATORS)
_COMPARISONS = frozenset(COMPARISON_OPERATORS)
_CHANGES = frozenset({*UPDATE_OPERATORS, "current_date"})


class ConditionName(NamedTuple):
    """The path in the database, the field that converts values, and the operator.

    ``operator`` is that of MongoDB, None if the value is the condition.  ``reference`` is
    the field if what it stores is a document about another one, so that conditions look
    into that.  Most names are ``plain``: the field alone has to say what the value is.
    """

    path: str
    field: Any
    op: str | None
    operator: str | None
    negated: bool
    reference: Any
    plain: bool


class ChangeName(NamedTuple):
    """The operator, the steps of the path in the database, and the field at its end.

    ``whole`` counts the steps to the list that a pull is from, ``match`` is the operator
    that its conditions have, ``position`` the place in a list to push to.
    """

    op: str
    steps: list[str]
    field: Any
    whole: int
    match: str | None
    position: int | None


@forgotten_with_plans
@lru_cache(CACHED_NAMES)
def condition_named(cls: Any, name: str) -> ConditionName:
    """Return what the name of a condition means for a class, or without any."""
    names = name.rsplit("__")  # from the right: a name may end with "_"
    op = _pop(names, _MATCH_OPERATORS)
    _pop(names, ("",))  # "size__" is the field of that name
    negated = _pop(names, ("not",)) is not None
    found = names if cls is None else _found_around_positions(cls, names)
    path = ".".join(map(_db_name, found))
    field = _last_field(found)
    reference = _reference(found)
    operator = None if op in UNNAMED_OPERATORS else f"${op}"
    plain = op in SINGLE_OPERATORS and bool(field) and not (negated or reference)
    return ConditionName(path, field, op, operator, negated, reference, plain)


@forgotten_with_plans
@lru_cache(CACHED_NAMES)
def change_named(cls: Any, name: str) -> ChangeName:
    """Return what the name of a change means for a class, or without any."""
    names = name.split("__")
    op = names.pop(0) if len(names) > 1 and names[0] in _CHANGES else "set"
    match = _pop(names, _COMPARISONS)
    _pop(names, ("",))
    found = names if cls is None else _found(cls, names)
    steps = [_db_name(one) for one in found]
    steps[1:] = [
        "$" if step == "S" and isinstance(one, (str, DynamicField)) else step
        for step, one in zip(steps[1:], found[1:], strict=True)
    ]
    position = None
    if op in ("push", "push_all") and len(steps) > 1 and steps[-1].isdigit():
        position = int(steps.pop())
    return ChangeName(op, steps, _last_field(found), _to_list(found), match, position)


def is_position(step: Any) -> bool:
    """Say whether a step of a path is a place in a list."""
    return isinstance(step, str) and (step.isdigit() or step[:1] == "$" or step == "S")


def _pop(names: list[str], among: Container[str]) -> str | None:
    """Remove and return the last name if it is one of these, and not the only one."""
    return names.pop() if len(names) > 1 and names[-1] in among else None


def _found(cls: Any, names: list[str]) -> list[Any]:
    """Return the fields, and keys, that names stand for."""
    try:
        found: list[Any] = cls._lookup_field(names)
    except (LookUpError, NotRegistered) as error:
        raise InvalidQueryError(str(error)) from error
    return found


def _found_around_positions(cls: Any, names: list[str]) -> list[Any]:
    """Return the fields and keys; a position may stand anywhere but in front."""
    found = _found(cls, [n for i, n in enumerate(names) if not (i and n.isdigit())])
    for index, name in enumerate(names):
        if index and name.isdigit():
            found.insert(index, name)
    return found


def _db_name(step: Any) -> str:
    name: str = step if isinstance(step, str) else step.db_field
    return name


def _last_field(found: Iterable[Any]) -> Any:
    return next((one for one in reversed([*found]) if not isinstance(one, str)), None)


def _reference(found: list[Any]) -> Any:
    """Return the field at the end if it stores a document about what it refers to."""
    field = next((one for one in reversed(found) if not is_position(one)), None)
    if isinstance(field, CachedReferenceField):
        return field
    inner = field.field if isinstance(field, ListField) else field
    return inner if isinstance(inner, GenericReferenceField) else None


def _to_list(found: list[Any]) -> int:
    """Return how many steps there are to the innermost list, or to the first field."""
    length = 1
    held: Any = None
    for index, step in enumerate(found):
        after_list = isinstance(held, ListField)
        held = getattr(held, "field", None) if isinstance(step, str) else step
        if isinstance(held, ListField) or (after_list and is_position(step)):
            length = index + 1
    return length
