"""Load references together with the documents that hold them, a class by one query."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mongoengine._async.fetching import async_load
from mongoengine.base.targets import Found
from mongoengine.queryset.prefetching import BATCH, Prefetch, Stage


async def async_prefetch(
    documents: list[Any], prefetch: Prefetch, before: Found | None = None
) -> Found:
    """Put what they refer to into documents, and into that what it refers to.

    Of what was found ``before`` nothing is loaded again.  Returns what the next batch
    may need again, unless more was put into that, which would keep it all alive.
    """
    known = Found()
    ways = [(documents, path) for path in prefetch.paths]
    is_deep = False
    while ways:
        stage = Stage(ways, prefetch)
        wanted = stage.wanted()
        known.take(wanted, before or Found())
        unknown = known.unknown(wanted)
        if unknown:
            known.update(await async_load(unknown))
        stage.put(known)
        ways = stage.further()
        is_deep = is_deep or bool(ways)
    return Found() if is_deep else known


class AsyncPrefetchedChunks:
    """Documents with what they refer to, made of chunks of decoded ones."""

    __slots__ = ("_chunks", "_known", "_load", "_prefetch", "_size")

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
        self._known = Found()
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
        self._known = await async_prefetch(documents, self._prefetch, self._known)
        return documents

    @property
    def ended(self) -> bool:
        """Whether it is known that there are no more documents."""
        return bool(self._chunks.ended)

    async def async_close(self) -> None:
        """Close the cursor on the server."""
        await self._chunks.async_close()
