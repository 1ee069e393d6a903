"""The few things that each family does in its own way, as pairs ``async_x`` and ``x``."""

from __future__ import annotations

import asyncio
import inspect
import threading
import time
from collections.abc import Awaitable, Callable
from contextvars import Context, copy_context
from functools import partial
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from bson import DBRef
from pymongo import _csot
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.client_session import ClientSession

from mongoengine.base import scopes
from mongoengine.base.awaiting import refuse_coroutine
from mongoengine.base.joining import Joined
from mongoengine.base.merging import ask_together
from mongoengine.base.places import key_of
from mongoengine.base.scopes import (
    async_sessions,
    block_of,
    block_with,
    no_dereferencing,
    sessions,
)
from mongoengine.base.state import building
from mongoengine.base.targets import Target

T = TypeVar("T")
AsyncWork = Callable[[], Awaitable[T]]
Work = Callable[[], T]

# Locks by what they are for, each as long as somebody holds it or waits for it.
_async_turns: WeakValueDictionary[tuple[int, int, int], asyncio.Lock]
_async_turns = WeakValueDictionary()
_turns: WeakValueDictionary[tuple[int, int], Any] = WeakValueDictionary()


def async_open_session(alias: str) -> AsyncClientSession | None:
    """Return the session that commands of an alias shall join, if there is one."""
    block = async_open_block(alias)
    return None if block is None else block.session


def open_session(alias: str) -> ClientSession | None:
    """Return the session that commands of an alias shall join, if there is one."""
    block = open_block(alias)
    return None if block is None else block.session


def async_open_block(alias: str) -> Joined | None:
    """Return the block that joins the commands of an alias to a session, if any."""
    if async_sessions.get() or sessions.get():
        return block_of(async_sessions, sessions, alias)
    return None


def open_block(alias: str) -> Joined | None:
    """Return the block that joins the commands of an alias to a session, if any."""
    if sessions.get() or async_sessions.get():
        return block_of(sessions, async_sessions, alias)
    return None


async_if_aborted = partial(scopes.if_aborted, async_sessions)
if_aborted = partial(scopes.if_aborted, sessions)

async_has_written = partial(scopes.has_written, async_sessions)
has_written = partial(scopes.has_written, sessions)

async_follow = partial(scopes.follow, async_sessions)
follow = partial(scopes.follow, sessions)


class AsyncCommand:
    """A context for one command, because a session does one thing at a time."""

    __slots__ = ("_block",)

    def __init__(self, session: Any) -> None:
        self._block = block_with(async_sessions, session)

    async def __aenter__(self) -> None:
        if self._block is not None:
            await self._block.lock.acquire()
            _check(self._block)

    async def __aexit__(self, *_: object) -> None:
        if self._block is not None:
            self._block.lock.release()


class Command:
    """A context for one command, because a session does one thing at a time."""

    __slots__ = ("_block",)

    def __init__(self, session: Any) -> None:
        self._block = block_with(sessions, session)

    def __enter__(self) -> None:
        if self._block is not None:
            self._block.lock.acquire()
            _check(self._block)

    def __exit__(self, *_: object) -> None:
        if self._block is not None:
            self._block.lock.release()


def _check(block: Joined) -> None:
    """Refuse a command that waited until the block was over."""
    try:
        block.check()
    except RuntimeError:
        block.lock.release()
        raise


async def async_to_the_end(work: AsyncWork[T], context: Context) -> T:
    """Do something in a context and to its end; cancelling waits until then."""
    task: Any = context.run(asyncio.ensure_future, work())
    cancelled = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled from (None if task.cancelled() else task.exception())
    return task.result()  # type: ignore[no-any-return]


def to_the_end(work: Work[T], context: Context) -> T:
    """Do something in a context."""
    return context.run(work)


async def async_called(work: AsyncWork[T]) -> T:
    """Return what a function gives: one that is not to be awaited will do as well."""
    given: Any = work()
    result: T = await given if inspect.isawaitable(given) else given
    return result


def called(work: Work[T]) -> T:
    """Return what a function gives; refuse one that is to be awaited."""
    given = work()
    refuse_coroutine(work, given)
    return given


async def async_off_loop(function: Callable[..., T], *args: Any) -> T:
    """Call a function that takes a while, and let the event loop go on meanwhile."""
    return await asyncio.to_thread(function, *args)


def off_loop(function: Callable[..., T], *args: Any) -> T:
    """Call a function."""
    return function(*args)


async def async_sleep(seconds: float) -> None:
    """Wait."""
    await asyncio.sleep(seconds)


def sleep(seconds: float) -> None:
    """Wait."""
    time.sleep(seconds)


def async_turn(document: Any, session: Any) -> asyncio.Lock:
    """Return the lock that lets one task at a time write a document.

    Those of another session may go on: one would wait for what the server has locked.
    """
    key = (id(document), id(asyncio.get_running_loop()), id(session))
    return _async_turns.setdefault(key, asyncio.Lock())


def turn(document: Any, session: Any) -> Any:
    """Return the lock that lets one thread at a time write a document.

    A thread that holds it may write in between, as code of users does.
    """
    with building:
        return _turns.setdefault((id(document), id(session)), threading.RLock())


def _surroundings() -> frozenset[tuple[int, int]]:
    """Return what is equal for tasks that see the same values in context variables."""
    return frozenset((id(name), id(value)) for name, value in copy_context().items())


async def async_together(
    target: Target, dbref: DBRef, answer: Any, by_users: bool
) -> Any:
    """Return what a DBRef leads to, asked for along with those of other tasks.

    One query serves those alone that join the same session and have the same deadline,
    and where code of users has a say in the answer, see the same context variables.
    """
    session = async_open_session(target.place.alias)
    seen = _surroundings() if by_users else no_dereferencing.get()
    kind = (answer, target, dbref.database, id(session), _csot.get_deadline(), seen)
    return await ask_together(kind, key_of(dbref.id), dbref, partial(answer, target))


def together(target: Target, dbref: DBRef, answer: Any, by_users: bool) -> Any:
    """Return what a DBRef leads to."""
    key = key_of(dbref.id)
    return answer(target, {key: dbref}).get(key)
