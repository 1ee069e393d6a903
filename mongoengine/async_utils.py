"""Helpers for code that works with async connections by hand."""

from __future__ import annotations

from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase

from mongoengine._async.connection import get_async_db
from mongoengine._async.javascript import async_exec_js
from mongoengine._async.outcomes import async_outcome_of
from mongoengine._clients import async_clients
from mongoengine._references import AsyncReferenceProxy
from mongoengine.base.connection_settings import DEFAULT_CONNECTION_NAME
from mongoengine.base.connections import ConnectionType, ensure_family
from mongoengine.base.scopes import (
    async_sessions,
    current_session,
    enter_session,
    leave_session,
)

__all__ = [
    "AsyncReferenceProxy",
    "async_exec_js",
    "async_get_collection",
    "async_get_db",
    "ensure_async_connection",
    "ensure_sync_connection",
    "get_async_collection",
]


def ensure_async_connection(
    alias: str = DEFAULT_CONNECTION_NAME,
    method: str | None = None,
    instead: str | None = None,
) -> None:
    """Raise RuntimeError, naming what to call, unless the alias serves async code.

    ``method`` is the async method that asks (``"async_save"``); its sync twin
    follows from the name, unless ``instead`` names it.
    """
    ensure_family(alias, ConnectionType.ASYNC, method, instead)


def ensure_sync_connection(
    alias: str = DEFAULT_CONNECTION_NAME,
    method: str | None = None,
    instead: str | None = None,
) -> None:
    """Raise RuntimeError, naming what to await, unless the alias serves sync code."""
    ensure_family(alias, ConnectionType.SYNC, method, instead)


def get_async_collection(
    document: Any, alias: str | None = None
) -> AsyncCollection[Any]:
    """Return the async collection of a document class, in its alias or another."""
    db = get_async_db(alias or document._get_db_alias())
    return db[document._get_collection_name()]


async def async_get_collection(
    document: Any, alias: str | None = None
) -> AsyncCollection[Any]:
    """Return the async collection of a document class, in its alias or another."""
    return get_async_collection(document, alias)


async def _set_async_session(session: AsyncClientSession | None) -> None:
    """Have async commands on the client of a session join it; None ends the last one."""
    if session is None:
        leave_session(async_sessions)
        return
    client = session.client
    known = [a for a in async_clients.aliases() if async_clients.get(a) is client]
    enter_session(async_sessions, known, session, async_outcome_of(session))


async def _get_async_session() -> AsyncClientSession | None:
    """Return the session that async commands joined last, None if there is none."""
    session: AsyncClientSession | None = current_session(async_sessions)
    return session


async def _clear_async_session() -> None:
    """Have async commands join what they did before the session that was joined last."""
    leave_session(async_sessions)


async def async_get_db(alias: str = DEFAULT_CONNECTION_NAME) -> AsyncDatabase[Any]:
    """Return the async database of an alias."""
    return get_async_db(alias)
