"""Several calls at once, where a family has that: the sync one has them in turn."""

import asyncio
from collections.abc import Awaitable, Iterable
from typing import Any


async def async_gather(waiting: Iterable[Awaitable[Any]]) -> list[Any]:
    """Wait for all, which run at the same time, and return what they give."""
    return list(await asyncio.gather(*waiting))


def gather(done: Iterable[Any]) -> list[Any]:
    """Return what they gave: the sync family has them one after the other."""
    return list(done)
