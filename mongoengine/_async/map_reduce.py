"""Rows of map-reduce: the documents that their keys mean."""

from __future__ import annotations

from typing import Any


class AsyncMapReduceRow:
    """What a row of map-reduce can load."""

    _document: Any
    _key_object: Any = None
    key: Any

    @property
    async def async_object(self) -> Any:
        """The document that has the key as its primary key, loaded when first read."""
        if self._key_object is None:
            self._key_object = await self._document.objects.async_with_id(self.key)
        return self._key_object
