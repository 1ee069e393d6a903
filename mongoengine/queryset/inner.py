"""Querysets as values of conditions: ``Post.objects(author__in=User.objects(age=3))``.

They are asked before the query that they are part of is compiled, as asking is I/O.
"""

from __future__ import annotations

from typing import Any

from mongoengine.queryset.state import QuerySetState
from mongoengine.queryset.visitor import Q, QCombination, QNegation, QNodeVisitor


def inner_querysets(condition: Any) -> list[Any]:
    """Return the querysets among the values of a condition."""
    if isinstance(condition, Q):
        values = condition.query.values()
        return [value for value in values if isinstance(value, QuerySetState)]
    if isinstance(condition, QNegation):
        return inner_querysets(condition.child)
    if isinstance(condition, QCombination):
        return [found for one in condition.children for found in inner_querysets(one)]
    return []


class RowsVisitor(QNodeVisitor):
    """Puts rows in place of the querysets that they were found by."""

    def __init__(self, rows: dict[int, list[Any]]) -> None:
        """Take the rows by the ids of the querysets."""
        self._rows = rows

    def visit_query(self, query: Any) -> Q:
        """Return a leaf without querysets."""
        rows = self._rows
        return Q(**{name: rows.get(id(it), it) for name, it in query.query.items()})
