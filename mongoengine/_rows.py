"""What computations on the server give: rows, in either family.

The sync family has the driver's cursor, or a generator.  The async one has an object
that can be iterated at once or awaited first, as its users expect either.
"""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any

from pymongo.command_cursor import CommandCursor

from mongoengine._seam import AsyncCommand

if TYPE_CHECKING:
    from typing_extensions import Self

    Opening = Callable[[], Awaitable[Any]]
    Conversion = Callable[[Any], Any]


def as_it_is(row: Any) -> Any:
    """Return a row unchanged."""
    return row


class AsyncRows(AsyncIterator[Any]):
    """Rows that an async operation gives, one by one; it runs when first asked.

    Awaiting it runs the operation and returns the rows still to be iterated.  It has
    what a cursor of the driver has, and closes its own when left by ``async with``.
    """

    def __init__(self, opening: Opening, conversion: Conversion = as_it_is) -> None:
        """Take what opens a cursor, and what to make of each of its rows."""
        self._opening = opening
        self._conversion = conversion
        self._cursor: Any = None
        self._asked = self._closed = False
        self._turn = asyncio.Lock()  # tasks that share it run it once

    def __del__(self) -> None:
        """Warn as Python does of coroutines that were never awaited."""
        if not self._asked:
            warnings.warn(
                "an aggregation or map-reduce was neither awaited nor looped over: "
                "nothing was sent to the server",
                RuntimeWarning,
                stacklevel=2,
                source=self,
            )

    def __await__(self) -> Generator[Any, None, Self]:
        return self._opened().__await__()

    async def _opened(self) -> Self:
        self._asked = True
        async with self._turn:
            if self._cursor is None and not self._closed:
                self._cursor = await self._opening()
        return self

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Any:
        if self._cursor is None:
            await self._opened()
        if self._closed:
            raise StopAsyncIteration
        async with AsyncCommand(self._cursor.session):
            row = await self._cursor.next()
        return self._conversion(row)

    async def next(self) -> Any:
        """Return the next row; ``StopAsyncIteration`` is raised after the last."""
        return await self.__anext__()

    async def async_to_list(self, length: int | None = None) -> list[Any]:
        """Return the rows that are left, or at most so many of them."""
        await self._opened()
        if self._closed:
            return []
        async with AsyncCommand(self._cursor.session):
            rows = await self._cursor.to_list(length)
        return [self._conversion(row) for row in rows]

    to_list = async_to_list  # as the driver calls it

    async def close(self) -> None:
        """Close the cursor on the server; there are no more rows then."""
        self._asked = self._closed = True
        async with self._turn:  # it may just be opening
            if self._cursor is not None:
                await self._cursor.close()

    async def __aenter__(self) -> Self:
        return await self._opened()

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def alive(self) -> bool:
        """Whether there may be more rows."""
        return not self._closed and (self._cursor is None or self._cursor.alive)

    @property
    def cursor_id(self) -> int | None:
        """The server's number for the cursor, once it is open."""
        return None if self._cursor is None else self._cursor.cursor_id


Rows = CommandCursor[Any]
AsyncConvertedRows = AsyncRows
ConvertedRows = Iterator[Any]


def async_rows(opening: Opening) -> AsyncRows:
    """Return the rows of a cursor that is opened when they are wanted."""
    return AsyncRows(opening)


def rows(opening: Callable[[], Rows]) -> Rows:
    """Return the rows of a cursor that is opened now."""
    return opening()


def async_converted_rows(
    opening: Opening, conversion: Conversion
) -> AsyncConvertedRows:
    """Return what is made of the rows of a cursor, opened when they are wanted."""
    return AsyncRows(opening, conversion)


def converted_rows(opening: Callable[[], Any], conversion: Conversion) -> ConvertedRows:
    """Return what is made of the rows of a cursor, opened when they are wanted."""
    for row in opening():
        yield conversion(row)
