"""Helpers for code that works with async connections by hand."""

from __future__ import annotations

from typing import Any

from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase

from mongoengine._async.connection import get_async_db
from mongoengine._async.javascript import async_exec_js
from mongoengine.base.connection_settings import DEFAULT_CONNECTION_NAME
from mongoengine.base.connections import ConnectionType, ensure_family

__all__ = [
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


async def async_get_db(alias: str = DEFAULT_CONNECTION_NAME) -> AsyncDatabase[Any]:
    """Return the async database of an alias."""
    return get_async_db(alias)
