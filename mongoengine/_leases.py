"""Async clients in their event loops, which they do not outlive."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase

from mongoengine.base.prepared import Prepared

KEEPER = "mongoengine keeper"


class Lease:
    """An async client in its event loop, closed at the end of either."""

    def __init__(self, client: AsyncMongoClient[Any], on_end: Callable[[], None]):
        self.client = client
        self.dbs: dict[str, AsyncDatabase[Any]] = {}
        self.prepared = Prepared(asyncio.Lock)
        self.waiting: Counter[str] = Counter()  # tasks that connect, by alias
        # The driver cannot be asked twice at a time to resolve a mongodb+srv host.
        self.connecting = asyncio.Lock()
        self._on_end = on_end
        self._handed_over = False
        self._ended = False
        self._uses = 0
        self._loop = running_loop()
        # The keeper outlives its maker, whose deadlines and sessions are not for it.
        self._keeper = contextvars.Context().run(
            self._loop.create_task, self._keep(), name=KEEPER
        )

    async def _keep(self) -> None:
        """Sleep until the loop's runner, or ``end()``, cancels; then clean up."""
        try:
            await self._loop.create_future()
        except asyncio.CancelledError:
            if not self._handed_over:
                await self._clean_up()
            raise

    async def _clean_up(self) -> None:
        """Close the client, after what the end of the loop has cancelled as well."""
        try:
            while self._uses and not self._ended and (others := _others()):
                await asyncio.wait(others, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._on_end()
            await self.client.close()

    @contextlib.contextmanager
    def in_use(self) -> Iterator[None]:
        """Have the end of the loop wait for the end of a block."""
        self._uses += 1
        try:
            yield
        finally:
            self._uses -= 1

    def hand_over(self) -> AsyncMongoClient[Any]:
        """Give the client to a caller in this loop, who will close it."""
        self._handed_over = True
        self._keeper.cancel()
        return self.client

    def end(self) -> None:
        """Have the client closed in its own loop, without waiting for it."""
        self._ended = True
        with contextlib.suppress(RuntimeError):  # the loop is closed: nothing to do
            self._loop.call_soon_threadsafe(self._keeper.cancel)


def _others() -> set[asyncio.Task[Any]]:
    """Return the tasks that may still end a block; generators end after all tasks."""
    return {t for t in asyncio.all_tasks() if t.get_name() != KEEPER}


def running_loop() -> asyncio.AbstractEventLoop:
    """Return the running event loop, without which there is no async client."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        raise RuntimeError(
            "Async clients belong to a running event loop: call this from a coroutine"
        ) from None
