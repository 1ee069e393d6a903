"""The few things that each family does in its own way, as pairs ``async_x`` and ``x``."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable
from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.client_session import ClientSession

from mongoengine.base.scopes import async_sessions, sessions


def async_open_session(alias: str) -> AsyncClientSession | None:
    """Return the session that commands of an alias shall join, if there is one."""
    return async_sessions.get().get(alias)


def open_session(alias: str) -> ClientSession | None:
    """Return the session that commands of an alias shall join, if there is one."""
    return sessions.get().get(alias)


async def async_gather(waiting: Iterable[Awaitable[Any]]) -> list[Any]:
    """Wait for all, which run at the same time, and return what they give."""
    return list(await asyncio.gather(*waiting))


def gather(done: Iterable[Any]) -> list[Any]:
    """Return what they gave: the sync family has them one after the other."""
    return list(done)
