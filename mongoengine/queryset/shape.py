"""What a queryset gives of each document: which fields, and in what form."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING, Any

from mongoengine.queryset import prefetching
from mongoengine.queryset.field_list import QueryFieldList
from mongoengine.queryset.state import D, QuerySetState

if TYPE_CHECKING:
    from typing_extensions import Self

    from mongoengine.queryset.queryset import ValueQuerySet

# The projections that ``fields()`` spells as a prefix of the name.
OPERATORS = {"slice": "$slice", "elemMatch": "$elemMatch"}

# Servers take a number in a projection for the name of a field.
POSITIONS = re.compile(r"(__|\.)\d+((__|\.).*)?$")


class Shaping(QuerySetState[D]):
    """Chain methods that say what is loaded, and what rows are made of it."""

    def only(self, *fields: str) -> Self:
        """Load these fields alone; called again, load those as well."""
        chosen: dict[str, Any] = dict.fromkeys(fields, QueryFieldList.ONLY)
        return self.fields(True, **chosen)

    def exclude(self, *fields: str) -> Self:
        """Load all but these fields, and those excluded before."""
        left_out: dict[str, Any] = dict.fromkeys(fields, QueryFieldList.EXCLUDE)
        return self.fields(**left_out)

    def fields(self, _only_called: bool = False, **kwargs: Any) -> Self:
        """Load fields as told by name: ``comments=1``, ``tags=0``, ``slice__tags=5``."""
        asked = sorted(map(_projection, kwargs.items()), key=_rank)
        loaded = self._loaded_fields
        for value, group in groupby(asked, key=lambda one: one[1]):
            names = self._fields_to_dbfields([name for name, _ in group])
            loaded += QueryFieldList(names, value=value, _only_called=_only_called)
        return self._with(_loaded_fields=loaded)

    def all_fields(self) -> Self:
        """Load all fields again, whatever was said before."""
        loaded = QueryFieldList(always_include=self._loaded_fields.always_include)
        return self._with(_loaded_fields=loaded)

    def scalar(self, *fields: str) -> ValueQuerySet:
        """Give the value of a field, or a tuple of several, in place of documents.

        Without names, give documents again.
        """
        queryset = self.only(*_all_loaded(fields)) if fields else self.all_fields()
        return queryset._giving(_scalar=list(fields), _values=None)

    def values_list(self, *fields: str) -> ValueQuerySet:
        """Give what ``scalar()`` gives."""
        return self.scalar(*fields)

    def values(self, *fields: str) -> ValueQuerySet:
        """Give a dict of these fields, by the names given here, in place of documents.

        Without names, give all fields that are loaded.  References are given as ids;
        ``author__name`` and ``author.name`` lead into embedded documents.
        """
        queryset = self.only(*_all_loaded(fields)) if fields else self.clone()
        return queryset._giving(_values=list(fields), _scalar=())

    def as_pymongo(self) -> ValueQuerySet:
        """Give dicts as the driver decodes them, in place of documents."""
        return self._giving(_as_pymongo=True)

    def _giving(self, **changes: Any) -> ValueQuerySet:
        """Return a copy that gives something else in place of documents."""
        return self._with(**changes)  # type: ignore[return-value]

    def prefetch_related(self, *paths: str) -> Self:
        """Load what references lead to together with the documents, for a batch at once.

        ``"author"`` names a field, ``"comments__author"`` one in embedded documents or
        in what a reference leads to, and ``"*"`` all references.  Lazy references then
        know their documents; references to what is not stored stay as they are.
        ``scalar()`` gives the documents, ``values()`` ids, for which none are loaded.
        """
        before = self._prefetch.paths if self._prefetch else ()
        new = tuple(prefetching.parsed(self._document, paths))
        known = dict.fromkeys((*before, *new))
        return self._with(_prefetch=prefetching.Prefetch(tuple(known)))

    def no_dereference(self) -> Self:
        """Leave references in the documents as they are, without loading them."""
        return self._with(_auto_dereference=False)


def _all_loaded(paths: Iterable[str]) -> list[str]:
    """Return what to load for values at these paths: of a list, all or nothing."""
    return [POSITIONS.sub("", path) for path in paths]


def _projection(asked: tuple[str, Any]) -> tuple[str, Any]:
    """Return the dotted name of a field, and what is to be done with it."""
    name, value = asked
    first, *rest = name.split("__")
    if first in OPERATORS and rest:
        return ".".join(rest), {OPERATORS[first]: value}
    return name.replace("__", "."), value


def _rank(asked: tuple[str, Any]) -> int:
    """Put what is excluded first, then what is loaded, and operators last."""
    value = asked[1]
    return value if isinstance(value, int) else 2
