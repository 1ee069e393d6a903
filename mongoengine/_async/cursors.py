"""One run through the rows of a query, with a cursor of its own."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pymongo.errors import PyMongoError

from mongoengine._seam import AsyncCommand
from mongoengine.queryset.batches import (
    CHUNK_SIZE,
    Batch,
    decodes_plainly,
    tell_plainly,
)

if TYPE_CHECKING:
    from typing_extensions import Self

T = TypeVar("T")


def async_chunks(
    collection: Any, find_args: dict[str, Any], keeps_all: bool = False
) -> Any:
    """Return what finds documents and gives them decoded, a chunk at a time.

    Where all are kept, the driver may as well decode whatever came at once.
    """
    if decodes_plainly(collection):
        if keeps_all:
            return AsyncKeptChunks(collection.find(**find_args))
        if not 0 < find_args.get("limit", 0) <= CHUNK_SIZE:
            return AsyncRawChunks(collection, find_args)
    return AsyncPlainChunks(collection.find(**find_args))


async def async_find_all(collection: Any, **find_args: Any) -> list[Any]:
    """Return all documents that are found, if they are few or little of each."""
    return [decoded async for decoded in collection.find(**find_args)]


class AsyncRawChunks:
    """Chunks that are decoded here, which is quicker than row by row."""

    __slots__ = ("_batch", "_cursor", "_options")

    def __init__(self, collection: Any, find_args: dict[str, Any]) -> None:
        self._cursor = collection.find_raw_batches(**find_args)
        self._options = collection.codec_options
        self._batch = Batch(b"", self._options)

    async def async_next(self) -> list[Any]:
        """Return the next rows, none at the end."""
        while not self._batch:
            try:
                async with AsyncCommand(self._cursor.session):
                    sent = await self._cursor.next()
            except StopAsyncIteration:
                return []
            except PyMongoError as error:
                tell_plainly(error)
                raise
            self._batch = Batch(sent, self._options)
        return self._batch.take()

    @property
    def ended(self) -> bool:
        """Whether it is known that there are no more rows."""
        return not (self._batch or self._cursor.alive)

    async def async_close(self) -> None:
        """Close the cursor on the server."""
        await self._cursor.close()


class AsyncKeptChunks:
    """Chunks of rows that are of use only if all of them come."""

    __slots__ = ("_cursor",)

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor

    async def async_next(self) -> list[Any]:
        """Return the next rows, none at the end."""
        async with AsyncCommand(self._cursor.session):
            rows: list[Any] = await self._cursor.to_list(CHUNK_SIZE)
        return rows


class AsyncPlainChunks:
    """Chunks of the rows that a cursor gives, for clients that cannot do better."""

    __slots__ = ("_cursor", "_error", "ended")

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor
        self._error: PyMongoError | None = None
        self.ended = False

    async def async_next(self) -> list[Any]:
        """Return the next rows, none at the end."""
        if self._error is not None:
            raise self._error
        rows: list[Any] = []
        try:
            async with AsyncCommand(getattr(self._cursor, "session", None)):
                async for row in self._cursor:
                    rows.append(row)
                    if len(rows) == CHUNK_SIZE:
                        return rows
        except PyMongoError as error:
            if not rows:
                raise
            self._error = error  # after the rows that came before it
            return rows
        self.ended = True
        return rows

    async def async_close(self) -> None:
        """Close the cursor on the server."""
        await self._cursor.close()


def _opened_already() -> None:
    """Stand for what has opened a run, which may hold a queryset."""


class AsyncRun(Generic[T]):
    """The rows of a query, one by one.

    Like a generator, it is over after an error.  Left early, it closes its cursor on
    the server: at once by ``aclose()``, else soon after nobody refers to it.
    """

    __slots__ = ("_chunks", "_make", "_opening", "_over", "_ready")

    def __init__(self, opening: Callable[[], Any], make: Callable[[Any], T]) -> None:
        """Take what opens the chunks, and what makes a row of a decoded document."""
        self._opening = opening
        self._make = make
        self._chunks: Any = None
        self._ready: list[Any] = []  # the next one last
        self._over = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        if not self._ready:
            await self._async_get_ready()
        return self._make(self._ready.pop())

    async def _async_get_ready(self) -> None:
        self._ready = await self.async_next_chunk()
        if not self._ready:
            raise StopAsyncIteration
        self._ready.reverse()

    async def async_next_chunk(self) -> list[Any]:
        """Return the next rows as they were decoded, none at the end."""
        if self._over:
            return []
        self._over = True  # unless this succeeds
        if self._chunks is None:
            self._chunks = await self._opening()
            self._opening = _opened_already
        if self._chunks is None:  # nothing to find
            return []
        chunk: list[Any] = await self._chunks.async_next()
        self._over = not chunk
        return chunk

    @property
    def ended(self) -> bool:
        """Whether it is known that there are no more rows."""
        return self._over or bool(self._chunks.ended)

    @property
    def is_for_all(self) -> bool:
        """Whether these rows are those that a queryset is going to keep."""
        return False

    async def aclose(self) -> None:
        """Close the cursor on the server; there are no more rows then."""
        self._over = True
        self._ready = []
        if self._chunks is not None:
            await self._chunks.async_close()


class AsyncKeptRun(AsyncRun[T]):
    """The rows of a queryset that keeps them, once all of them were seen.

    Runs that began before that do not notice: each has rows of its own.  Where nobody
    else refers to the queryset, as in ``for user in User.objects``, none are kept.
    """

    __slots__ = ("_keeper", "_rows")

    def __init__(
        self,
        opening: Callable[[], Any],
        make: Callable[[Any], T],
        keeper: Any,
    ) -> None:
        """Take what plain runs take, and the queryset."""
        super().__init__(opening, make)
        self._keeper = weakref.ref(keeper)
        self._rows: list[T] = []

    async def __anext__(self) -> T:
        if not self._ready:
            await self._async_get_ready()
        row: T = self._ready.pop()
        return row

    async def _async_get_ready(self) -> None:
        rows = self._kept() or await self._async_made()
        if not rows:
            raise StopAsyncIteration
        self._ready = rows[::-1]

    @property
    def is_for_all(self) -> bool:
        """Whether these rows are those that the queryset keeps, or will keep."""
        return self._chunks is not None

    def _kept(self) -> list[T]:
        """Return what the queryset has kept since, if this run did not begin yet."""
        keeper = self._keeper()
        if keeper is None or self._over or self._chunks is not None:
            return []
        kept: list[T] | None = keeper._async_result_cache
        self._over = kept is not None
        return kept or []

    async def _async_made(self) -> list[T]:
        """Return the next rows; have the queryset keep all if these are the last."""
        if self._over:
            return []
        chunk = await self.async_next_chunk()
        self._over, was_over = True, self._over  # unless all rows can be made
        rows = list(map(self._make, chunk))
        self._over = was_over
        keeper = self._keeper()
        if keeper is None:
            return rows
        self._rows += rows
        if self.ended:
            keeper._async_keep(self._rows)
        return rows
