"""The two kinds of querysets: one keeps the documents that it found, one does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mongoengine.base.constants import CASCADE, DENY, DO_NOTHING, NULLIFY, PULL
from mongoengine.errors import OperationError
from mongoengine.queryset.base import REPR_OUTPUT_SIZE, BaseQuerySet
from mongoengine.queryset.batches import CHUNK_SIZE
from mongoengine.queryset.state import D

__all__ = (
    "CASCADE",
    "DENY",
    "DO_NOTHING",
    "ITER_CHUNK_SIZE",
    "NULLIFY",
    "PULL",
    "REPR_OUTPUT_SIZE",
    "QuerySet",
    "QuerySetNoCache",
)

ITER_CHUNK_SIZE = CHUNK_SIZE


class QuerySet(BaseQuerySet[D]):
    """A queryset that keeps the documents it found, for when it is iterated again.

    What was found by ``list()``, ``len()``, ``await`` or a loop that went to the end is
    kept, for each family by itself: documents know which one loaded them.
    """

    _keeps_rows = True

    def __len__(self) -> int:
        """Return the number of documents, which are all loaded and kept."""
        self._ensure()
        if self._len is None or self._result_cache is None:
            self._populate_cache()
            self._len = len(self._result_cache)
        return self._len

    def _populate_cache(self) -> None:
        """Load and keep all documents."""
        if self._result_cache is None:
            self._keep(self._rows())

    def no_cache(self) -> QuerySetNoCache[D]:
        """Return an equal queryset that keeps nothing."""
        if self._result_cache is not None or self._async_result_cache is not None:
            raise OperationError("QuerySet already cached")
        return self._clone_into(  # type: ignore[no-any-return]
            QuerySetNoCache(self._document, self._collection_obj)
        )


class QuerySetNoCache(BaseQuerySet[D]):
    """A queryset that asks the server each time it is iterated."""

    def cache(self) -> QuerySet[D]:
        """Return an equal queryset that keeps what it found."""
        return self._clone_into(  # type: ignore[no-any-return]
            QuerySet(self._document, self._collection_obj)
        )


if TYPE_CHECKING:

    class ValueQuerySet(QuerySet[Any]):
        """What type checkers take a queryset for that gives no documents.

        It is of the class that it was before, so that it has the methods of that.
        """

        def __getattr__(self, name: str) -> Any: ...
