"""The part of querysets that does no I/O: what to ask, and how."""

from __future__ import annotations

from typing import Any

from mongoengine.queryset.filtering import Filtering
from mongoengine.queryset.options import Options
from mongoengine.queryset.shape import Shaping
from mongoengine.queryset.state import UNSET_HINT, D


class QueryBuilder(Filtering[D], Shaping[D], Options[D]):
    """A query that is put together step by step, each step giving a new one."""

    @property
    def _cursor_args(self) -> dict[str, Any]:
        """The part of the arguments for ``find()`` that is no option of the cursor."""
        args: dict[str, Any] = {}
        if not self._timeout:
            args["no_cursor_timeout"] = True
        if self._allow_disk_use:
            args["allow_disk_use"] = True
        if self._loaded_fields.fields or self._search_text:
            args["projection"] = self._loaded_fields.as_dict()
            if self._search_text_score:
                args["projection"]["_text_score"] = {"$meta": "textScore"}
        return args

    @property
    def _find_args(self) -> dict[str, Any]:
        """All arguments for ``find()``, asked one by one as any query waits for this."""
        args = self._cursor_args
        args["filter"] = self._filter
        if sorting := self._sorting:
            args["sort"] = sorting
        if self._skip is not None:
            args["skip"] = self._skip
        if self._limit is not None:
            args["limit"] = self._limit
        if self._hint != UNSET_HINT:
            args["hint"] = self._hint
        if self._batch_size is not None:
            args["batch_size"] = self._batch_size
        if self._collation is not None:
            args["collation"] = self._collation
        if self._comment is not None:
            args["comment"] = self._comment
        if self._max_time_ms is not None:
            args["max_time_ms"] = self._max_time_ms
        return args
