"""Which fields of a document a query loads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ("QueryFieldList",)


class QueryFieldList:
    """Names of fields in the database, to be loaded alone or to be left out.

    Adding a list gives what both say together, later words outweighing earlier ones.
    """

    ONLY = 1
    EXCLUDE = 0

    def __init__(
        self,
        fields: Iterable[str] | None = None,
        value: Any = ONLY,
        always_include: Iterable[str] | None = None,
        _only_called: bool = False,
    ) -> None:
        """Start with some names; ``value`` is ONLY, EXCLUDE or an operator's dict.

        What is in ``always_include`` is loaded with the others, and never left out.
        """
        self.value = value
        self.fields = set(fields or ())
        self.always_include = set(always_include or ())
        self.slice: dict[str, Any] = {}
        self._id: Any = None
        self._only_called = _only_called

    def __add__(self, other: QueryFieldList) -> QueryFieldList:
        together = QueryFieldList(self.fields, self.value, self.always_include)
        together.slice = dict(self.slice)
        if isinstance(other.value, Mapping):
            together._take_operator(other)
        else:
            together._take_names(other, self._only_called)
        together._include_always()
        together._id = other.value if "_id" in other.fields else self._id
        together._only_called = self._only_called or other._only_called
        return together

    def _take_operator(self, other: QueryFieldList) -> None:
        """Load these fields in part."""
        self.slice.update(dict.fromkeys(sorted(other.fields), other.value))
        self.fields = self.fields or set(other.fields)

    def _take_names(self, other: QueryFieldList, is_growing: bool) -> None:
        """Load these fields alone, or leave them out."""
        values = (self.value, other.value)
        if not self.fields:
            self.fields, self.value, self.slice = set(other.fields), other.value, {}
        elif values == (self.ONLY, self.ONLY):
            self._keep_operators()
            self.fields = (
                self.fields | other.fields if is_growing else set(other.fields)
            )
        elif values == (self.ONLY, self.EXCLUDE):
            self.fields -= other.fields
            self._keep_operators()
        elif values == (self.EXCLUDE, self.ONLY):
            self.fields, self.value = other.fields - self.fields, self.ONLY
            self._keep_operators()
        elif values == (self.EXCLUDE, self.EXCLUDE):
            self.fields |= other.fields
            self._keep_operators()

    def _keep_operators(self) -> None:
        """Forget to load in part what is not named besides."""
        self.slice = {k: v for k, v in self.slice.items() if k in self.fields}

    def _include_always(self) -> None:
        if self.value == self.EXCLUDE:
            self.fields -= self.always_include
        elif self.value == self.ONLY and self.fields and self.fields != set(self.slice):
            self.fields |= self.always_include

    def __bool__(self) -> bool:
        return bool(self.fields)

    def as_dict(self) -> dict[str, Any]:
        """Return the projection, in a steady order."""
        projection = dict.fromkeys(sorted(self.fields), self.value)
        projection.update(self.slice)
        if self._id is not None:
            projection["_id"] = self._id
        return projection

    def reset(self) -> None:
        """Load all fields again."""
        self.fields = set()
        self.slice = {}
        self.value = self.ONLY
