"""Querysets as values: ``Post.objects(author__in=User.objects(age=3))``, or of updates.

They are asked before what they are part of is compiled, as asking is I/O.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mongoengine.base.kinds import is_queryset
from mongoengine.queryset.visitor import Q, QCombination, QNegation, QNodeVisitor

# A push is of one item, and what is unset needs no value.
OF_NO_ROWS = ("push__", "unset__")


def inner_querysets(condition: Any) -> list[Any]:
    """Return the querysets among the values of a condition."""
    if isinstance(condition, Q):
        values = condition.query.values()
        return [value for value in values if is_queryset(value)]
    if isinstance(condition, QNegation):
        return inner_querysets(condition.child)
    if isinstance(condition, QCombination):
        return [found for one in condition.children for found in inner_querysets(one)]
    return []


def to_ask(keywords: Mapping[str, Any]) -> dict[str, Any]:
    """Return the querysets among keywords, where these take the rows of one."""
    return {
        name: value
        for name, value in keywords.items()
        if is_queryset(value) and not name.startswith(OF_NO_ROWS)
    }


class RowsVisitor(QNodeVisitor):
    """Puts rows in place of the querysets that they were found by."""

    def __init__(self, rows: dict[int, list[Any]]) -> None:
        """Take the rows by the ids of the querysets."""
        self._rows = rows

    def visit_query(self, query: Any) -> Q:
        """Return a leaf without querysets."""
        rows = self._rows
        return Q(**{name: rows.get(id(it), it) for name, it in query.query.items()})
