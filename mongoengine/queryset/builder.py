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
        if self._loaded_fields or self._search_text:
            args["projection"] = self._loaded_fields.as_dict()
            if self._search_text_score:
                args["projection"]["_text_score"] = {"$meta": "textScore"}
        return args

    @property
    def _find_args(self) -> dict[str, Any]:
        """All arguments for ``find()``."""
        args = {"filter": self._filter, **self._cursor_args}
        given = {
            "sort": self._sorting or None,
            "skip": self._skip,
            "limit": self._limit,
            "batch_size": self._batch_size,
            "collation": self._collation,
            "comment": self._comment,
            "max_time_ms": self._max_time_ms,
        }
        args.update((k, value) for k, value in given.items() if value is not None)
        if self._hint != UNSET_HINT:
            args["hint"] = self._hint
        return args
