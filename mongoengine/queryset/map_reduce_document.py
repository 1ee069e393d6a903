"""The rows that map-reduce gives."""

from __future__ import annotations

from typing import Any

from mongoengine._async.map_reduce import AsyncMapReduceRow
from mongoengine._sync.map_reduce import MapReduceRow


class MapReduceDocument(AsyncMapReduceRow, MapReduceRow):
    """A row that map-reduce gave: a key, usually of a document, and a value.

    ``object``, or ``await row.async_object``, is the document that has the key.
    """

    def __init__(self, document: Any, collection: Any, key: Any, value: Any) -> None:
        """Keep the row, and the class and collection to look the key up in."""
        self._document = document
        self._collection = collection
        self.key = key
        self.value = value


def row_of(queryset: Any, row: dict[str, Any]) -> MapReduceDocument:
    """Return what users get of a row."""
    document, collection = queryset._document, queryset._collection_obj
    return MapReduceDocument(document, collection, row["_id"], row["value"])
