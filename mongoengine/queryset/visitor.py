"""Conditions that are combined with ``&``, ``|`` and ``~``, and what they compile to."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import Any

from mongoengine.errors import InvalidQueryError
from mongoengine.queryset import transform

__all__ = ("Q", "QNode")


def warn_empty_is_deprecated() -> None:
    """Warn that ``empty`` is another word for ``not``."""
    warnings.warn(
        "'empty' property is deprecated in favour of using 'not bool(filter)'",
        DeprecationWarning,
        stacklevel=3,
    )


class DuplicateQueryConditionsError(InvalidQueryError):
    """Two conditions have one name, so that they cannot be one query."""


class QNodeVisitor:
    """Walks a tree of conditions, children first; what it returns takes their place."""

    def visit_combination(self, combination: Any) -> Any:
        """Return what a combination becomes, its children visited."""
        return combination

    def visit_negation(self, negation: Any) -> Any:
        """Return what a negation becomes, its child visited."""
        return negation

    def visit_query(self, query: Any) -> Any:
        """Return what a leaf becomes."""
        return query


class SimplificationVisitor(QNodeVisitor):
    """Makes one query of conditions that all shall hold, if their names differ."""

    def visit_combination(self, combination: Any) -> Any:
        """Return a leaf in place of a conjunction of leaves."""
        children = combination.children
        if combination.operation != QNode.AND:
            return combination
        if not all(isinstance(child, Q) for child in children):
            return combination
        try:
            return Q(**self._query_conjunction(child.query for child in children))
        except DuplicateQueryConditionsError:
            return combination

    def _query_conjunction(self, queries: Iterable[dict[str, Any]]) -> dict[str, Any]:
        """Return all conditions as one dict."""
        together: dict[str, Any] = {}
        for query in queries:
            if not together.keys().isdisjoint(query):
                raise DuplicateQueryConditionsError
            together.update(query)
        return together


class QueryCompilerVisitor(QNodeVisitor):
    """Makes what the server understands, with the names and types of a document class."""

    def __init__(self, document: Any) -> None:
        self.document = document

    def visit_combination(self, combination: Any) -> dict[str, Any]:
        """Return the compiled children under their operator."""
        operator = "$or" if combination.operation == QNode.OR else "$and"
        return {operator: combination.children}

    def visit_negation(self, negation: Any) -> dict[str, Any]:
        """Return what matches where the compiled child does not."""
        return {"$nor": [negation.child]}

    def visit_query(self, query: Any) -> Any:
        """Return the query of a leaf."""
        return transform.query(self.document, **query.query)


class QNode:
    """A condition: a leaf, :class:`Q`, or what was made of several."""

    AND = 0
    OR = 1

    def to_query(self, document: Any) -> Any:
        """Return the query for documents of that class."""
        simple = self.accept(SimplificationVisitor())
        return simple.accept(QueryCompilerVisitor(document))

    def accept(self, visitor: Any) -> Any:
        """Return what the visitor makes of this condition."""
        raise NotImplementedError

    @property
    def empty(self) -> bool:
        """Whether there is nothing to meet; ``not condition`` says so."""
        warn_empty_is_deprecated()
        return False

    def __and__(self, other: Any) -> Any:
        return self._combine(other, self.AND)

    def __or__(self, other: Any) -> Any:
        return self._combine(other, self.OR)

    def __invert__(self) -> QNode:
        """Return the opposite; that of no condition is no condition."""
        return QNegation(self) if self else self

    def _combine(self, other: Any, operation: int) -> Any:
        """Return both conditions as one, or the one that is none if the other is."""
        if not other:
            return self
        if not self:
            return other
        return QCombination(operation, [self, other])


class QCombination(QNode):
    """Conditions that all shall hold, or at least one of them."""

    def __init__(self, operation: int, children: Iterable[Any]) -> None:
        """Combine conditions; those of the same operation take their children in."""
        self.operation = operation
        self.children: list[Any] = []
        for child in children:
            if isinstance(child, QCombination) and child.operation == operation:
                self.children += child.children
            else:
                self.children.append(child)

    def accept(self, visitor: Any) -> Any:
        """Return what the visitor makes of the children, and then of them together."""
        visited = [
            child.accept(visitor) if isinstance(child, QNode) else child
            for child in self.children
        ]
        return visitor.visit_combination(_with_children(self.operation, visited))

    @property
    def empty(self) -> bool:
        """Whether there are no children."""
        warn_empty_is_deprecated()
        return not self.children

    def __bool__(self) -> bool:
        return bool(self.children)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, QCombination)
            and self.operation == other.operation
            and self.children == other.children
        )

    __hash__ = None  # type: ignore[assignment]  # it changes

    def __repr__(self) -> str:
        operator = " & " if self.operation == self.AND else " | "
        return f"({operator.join(map(repr, self.children))})"


def _with_children(operation: int, children: list[Any]) -> QCombination:
    """Return a combination that has exactly these children."""
    combination = QCombination(operation, ())
    combination.children = children
    return combination


class QNegation(QNode):
    """A condition that shall not hold."""

    def __init__(self, child: Any) -> None:
        self.child = child

    def accept(self, visitor: Any) -> Any:
        """Return what the visitor makes of the child, and then of its negation."""
        return visitor.visit_negation(QNegation(self.child.accept(visitor)))

    def __invert__(self) -> Any:
        """Return what was negated."""
        return self.child

    def __eq__(self, other: object) -> bool:
        return isinstance(other, QNegation) and self.child == other.child

    __hash__ = None  # type: ignore[assignment]  # its child changes

    def __repr__(self) -> str:
        return f"~{self.child!r}"


class Q(QNode):
    """Conditions by keyword, as :meth:`QuerySet.filter` takes them.

    ``Q(age__gte=18) & ~Q(name="Ann") | Q(admin=True)`` goes wherever a query does.
    """

    def __init__(self, **query: Any) -> None:
        self.query = query

    def to_query(self, document: Any) -> Any:
        """Return the query for documents of that class: there is nothing to simplify."""
        return transform.query(document, **self.query) if self.query else {}

    def accept(self, visitor: Any) -> Any:
        """Return what the visitor makes of this leaf."""
        return visitor.visit_query(self)

    @property
    def empty(self) -> bool:
        """Whether no conditions were given."""
        warn_empty_is_deprecated()
        return not self.query

    def __bool__(self) -> bool:
        return bool(self.query)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Q) and self.query == other.query

    __hash__ = None  # type: ignore[assignment]  # it changes

    def __repr__(self) -> str:
        return f"Q(**{self.query!r})"
