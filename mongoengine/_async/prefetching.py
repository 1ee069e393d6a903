"""Load references together with the documents that hold them, a class by one query."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mongoengine._async.fetching import async_load
from mongoengine.base.targets import Found
from mongoengine.queryset.prefetching import BATCH, Prefetch, Stage


async def async_prefetch(documents: list[Any], prefetch: Prefetch) -> None:
    """Put what they refer to into documents, and into that what it refers to."""
    known = Found()
    ways = [(documents, path) for path in prefetch.paths]
    while ways:
        stage = Stage(ways, prefetch)
        wanted = stage.wanted(known)
        if wanted:
            known.update(await async_load(wanted))
        stage.put(known)
        ways = stage.further()


class AsyncPrefetchedChunks:
    """Documents with what they refer to, made of chunks of decoded ones."""

    __slots__ = ("_chunks", "_load", "_prefetch", "_size")

    def __init__(
        self,
        chunks: Any,
        load: Callable[[Any], Any],
        prefetch: Prefetch,
        batch_size: int | None,
    ) -> None:
        self._chunks = chunks
        self._load = load
        self._prefetch = prefetch
        self._size: float = batch_size or BATCH
        if not prefetch.is_batched:
            self._size = float("inf")

    async def async_next(self) -> list[Any]:
        """Return the next documents, none at the end."""
        documents: list[Any] = []
        while len(documents) < self._size and (
            chunk := await self._chunks.async_next()
        ):
            documents += map(self._load, chunk)
        await async_prefetch(documents, self._prefetch)
        return documents

    @property
    def ended(self) -> bool:
        """Whether it is known that there are no more documents."""
        return bool(self._chunks.ended)

    async def async_close(self) -> None:
        """Close the cursor on the server."""
        await self._chunks.async_close()
