"""What all querysets have in common: the builder, and the I/O of both families."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, overload

from bson import json_util

from mongoengine._async.queryset_aggregation import AsyncAggregation
from mongoengine._async.queryset_reading import AsyncReading
from mongoengine._async.queryset_writing import AsyncWriting
from mongoengine._sync.queryset_aggregation import Aggregation
from mongoengine._sync.queryset_reading import Reading
from mongoengine._sync.queryset_writing import Writing
from mongoengine.base.constants import CASCADE, DENY, DO_NOTHING, NULLIFY, PULL
from mongoengine.base.twins import Twins
from mongoengine.queryset import reads
from mongoengine.queryset.builder import QueryBuilder
from mongoengine.queryset.state import D

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ("CASCADE", "DENY", "DO_NOTHING", "NULLIFY", "PULL", "BaseQuerySet")


REPR_OUTPUT_SIZE = 20  # rows

MID_ITERATION = ".. queryset mid-iteration .."


class BaseQuerySet(
    QueryBuilder[D],
    Twins,
    AsyncReading[D],
    AsyncWriting[D],
    AsyncAggregation[D],
    Reading[D],
    Writing[D],
    Aggregation[D],
):
    """A set of documents that a query finds, and what can be done with them."""

    @overload
    def __getitem__(self, key: int) -> D: ...
    @overload
    def __getitem__(self, key: slice) -> Self: ...
    def __getitem__(self, key: Any) -> Any:
        """Return the rows of a slice as a queryset, or one row."""
        if isinstance(key, slice):
            return self._sliced(key)
        reads.check_index(key)
        self._ensure()
        found = None if self._none else self._at(key)
        if found is None:
            raise IndexError("no such item for Cursor instance")
        return self._maker()(found)

    def __bool__(self) -> bool:
        """Say whether there is any document."""
        self._ensure()
        return self._has_data()

    def __repr__(self) -> str:
        """Show the first rows; sync code alone can ask for them."""
        if reads.is_awaited(self):
            return f"<{type(self).__name__} of {self._document.__name__}: await it>"
        self._ensure()
        if self._iter:
            return MID_ITERATION
        run = self._new_run()
        rows = list(islice(run, REPR_OUTPUT_SIZE + 1))
        run.close()
        return reads.shown(rows, REPR_OUTPUT_SIZE)

    def rewind(self) -> None:
        """Have ``next()`` begin anew."""
        self._async_iter = self._iter = False
        self._async_steps = self._steps = None

    def from_json(self, json_data: str) -> list[D]:
        """Return the documents of a JSON list; nothing is asked or stored."""
        adopt: Any = self._document._from_son
        options = {"_auto_dereference": self._auto_dereference}
        return [adopt(stored, **options) for stored in json_util.loads(json_data)]

    @property
    def _collection(self) -> Any:
        """The collection of the driver, of the family that does not await."""
        return self._get_collection()

    @property
    def _cursor(self) -> Any:
        """A cursor of the driver over the documents."""
        if self._cursor_obj is None:
            self._cursor_obj = self._open_cursor()
        return self._cursor_obj
