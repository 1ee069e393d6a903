"""Run blocks, or functions, in transactions."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from contextvars import Context, copy_context
from functools import partial
from typing import Any, TypeVar

import pymongo
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import PyMongoError

from mongoengine._async.connection import get_async_connection
from mongoengine._async.outcomes import async_outcome_of
from mongoengine._clients import async_clients
from mongoengine._seam import (
    AsyncWork,
    async_called,
    async_open_block,
    async_sleep,
    async_to_the_end,
)
from mongoengine.base.connection_settings import DEFAULT_CONNECTION_NAME
from mongoengine.base.connections import ensure_family
from mongoengine.base.failures import Errors, add_note
from mongoengine.base.joining import Joined
from mongoengine.base.retrying import SECONDS_TO_ABORT, TRANSIENT, Patience
from mongoengine.base.scopes import async_sessions, within

T = TypeVar("T")
Options = dict[str, Any]


@asynccontextmanager
async def async_run_in_transaction(
    alias: str = DEFAULT_CONNECTION_NAME,
    session_kwargs: Options | None = None,
    transaction_kwargs: Options | None = None,
) -> AsyncIterator[AsyncClientSession]:
    """Have all that a block does on an alias done at its end, or not at all.

    Whatever is raised in the block, its cancellation too, takes everything back; the
    documents then know that they are not saved.  The block gives the session, which the
    driver's own methods have to be told.  ``session_kwargs`` go to ``start_session()``
    of the client, ``transaction_kwargs`` to ``start_transaction()`` of the session.

    A block within one on the same alias has a transaction of its own.  Tasks, and
    threads that are given a copy of the context, belong to the block that they are
    started in: their commands wait for each other, and have to come before its end.
    Methods of the other family have another client, and cannot join: they are refused.
    """
    async with _async_session(alias, session_kwargs) as session:
        block = Joined({alias}, session, async_outcome_of(session))
        async with _async_hooks(block), _async_attempt(block, transaction_kwargs):
            yield session


async def async_in_transaction(
    fn: AsyncWork[T],
    alias: str = DEFAULT_CONNECTION_NAME,
    session_kwargs: Options | None = None,
    transaction_kwargs: Options | None = None,
) -> T:
    """Call a function in a transaction, and return what it returns.

    It is called again, in a new transaction, when the server says that this may help:
    so what else it does must bear being done twice.  After 120 seconds, or a
    ``pymongo.timeout()``, the last error is raised.  The other arguments are those of
    ``async_run_in_transaction()``.
    """
    patience = Patience()
    async with _async_session(alias, session_kwargs) as session:
        while True:
            block = Joined({alias}, session, async_outcome_of(session))
            attempt = _async_attempt(block, transaction_kwargs, patience)
            try:
                async with _async_hooks(block), attempt:
                    return await async_called(fn)
            except Exception as error:
                is_done = block.outcome.is_committed
                pause = None if is_done else patience.pause(error)
                if pause is None:
                    raise
            await async_sleep(pause)


async def async_on_commit(
    fn: Callable[[], Any], alias: str = DEFAULT_CONNECTION_NAME
) -> None:
    """Call a function after the transaction of this block is committed, and only then.

    Without a transaction it is called at once.  Functions are called in order; when one
    raises, so does the block, after all were called, and the commit stands.
    """
    block = async_open_block(alias)
    if block is None or not block.session.in_transaction:
        await async_called(fn)
    else:
        block.call_after_commit(fn)


@asynccontextmanager
async def _async_session(
    alias: str, options: Options | None
) -> AsyncIterator[AsyncClientSession]:
    ensure_family(alias, async_clients.family)
    client = get_async_connection(alias)
    with async_clients.in_use(alias):
        async with client.start_session(**(options or {})) as session:
            yield session


@asynccontextmanager
async def _async_attempt(
    block: Joined, options: Options | None, patience: Patience | None = None
) -> AsyncIterator[None]:
    """Commit what is done in a block, or take it back if anything is raised."""
    await block.session.start_transaction(**(options or {}))
    try:
        try:
            with within(async_sessions, block):
                yield
        finally:
            block.is_over = True
    except BaseException as error:
        # Without the deadlines of the block, which may be over.
        await _async_taken_back(block)
        await async_to_the_end(partial(_async_clear, block, error), Context())
        raise
    try:
        commit = partial(_async_commit, block, patience)
        await async_to_the_end(commit, copy_context())
    except PyMongoError as error:
        if error.has_error_label(TRANSIENT):  # so it is not committed, for sure
            block.outcome.abort()
            await async_to_the_end(partial(_async_clear, block, error), Context())
        raise
    finally:
        block.outcome.undo()  # what is not known to be committed


async def _async_taken_back(block: Joined) -> None:
    try:
        await async_to_the_end(partial(_async_abort, block), Context())
    finally:
        block.outcome.undo()


async def _async_clear(block: Joined, error: BaseException) -> None:
    """Remove what an abort leaves; the error that was its reason tells if that fails."""
    for hook in block.outcome.take_leftovers():
        try:
            await hook()
        except PyMongoError as failed:
            notes = getattr(failed, "__notes__", ())
            add_note(error, " ".join([str(failed), *notes]))


async def _async_abort(block: Joined) -> None:
    async with block.lock:  # until a command that is under way has ended
        if block.session.in_transaction:
            # What the driver cannot abort, the server does by itself after a while.
            with suppress(PyMongoError), pymongo.timeout(SECONDS_TO_ABORT):
                await block.session.abort_transaction()


async def _async_commit(block: Joined, patience: Patience | None) -> None:
    async with block.lock:
        if block.session.in_transaction:
            await _async_commit_with_retry(block.session, patience)


async def _async_commit_with_retry(
    session: AsyncClientSession, patience: Patience | None = None
) -> None:
    """Commit, again and again as long as it is unknown whether that came about."""
    patience = patience or Patience()
    while True:
        try:
            await session.commit_transaction()
            return
        except PyMongoError as error:
            pause = patience.pause_to_commit(error)
            if pause is None:
                raise
        await async_sleep(pause)


@asynccontextmanager
async def _async_hooks(block: Joined) -> AsyncIterator[None]:
    """Call what waits for a commit, or an abort by hand, after a block."""
    errors = Errors()
    with errors.kept():
        yield
    for hook in (*block.outcome.take_leftovers(), *block.outcome.take_due()):
        with errors.kept():
            await async_called(hook)
    errors.raise_gravest()
