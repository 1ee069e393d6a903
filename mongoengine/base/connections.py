"""Which alias names which connection: one registry for both families, no I/O.

An alias has settings, and the families (sync, async) that ``connect()`` and
``connect_async()`` gave it.  An alias that was only registered serves both, and
opens a client when one is asked for.  The mappings are plain, for those who
reach in; an alias without settings does not exist, whatever else is left of it.
"""

from __future__ import annotations

import asyncio
import enum
import inspect
import os
import threading
from typing import Any

from pymongo import MongoClient
from pymongo.database import Database

from mongoengine.base.callers import GIVEN, SPOKEN, call_instead, calling_method
from mongoengine.base.common import _get_documents_by_db
from mongoengine.base.connection_settings import DEFAULT_CONNECTION_NAME, Settings


class ConnectionFailure(Exception):
    """An alias cannot give the connection that was asked for."""


class ConnectionType(enum.Flag):
    """The families of clients that an alias may hold, one or both."""

    SYNC = enum.auto()
    ASYNC = enum.auto()


BOTH = ConnectionType.SYNC | ConnectionType.ASYNC
NEITHER = ConnectionType(0)
CLIENT_CLASS_KEY = {
    ConnectionType.SYNC: "mongo_client_class",
    ConnectionType.ASYNC: "async_mongo_client_class",
}

_connection_settings: dict[str, Settings] = {}
_connection_types: dict[str, ConnectionType] = {}
_connections: dict[str, MongoClient[Any]] = {}
_dbs: dict[str, Database[Any]] = {}
_async_leases: dict[str, dict[asyncio.AbstractEventLoop, Any]] = {}

# Threads may add families to an alias at the same time.
_changing_types = threading.Lock()
if hasattr(os, "register_at_fork"):  # a child must not inherit it locked
    os.register_at_fork(
        before=_changing_types.acquire,
        after_in_parent=_changing_types.release,
        after_in_child=_changing_types.release,
    )


def families(alias: str) -> ConnectionType:
    """Return the families that an alias serves."""
    if alias not in _connection_settings:
        return NEITHER
    return _connection_types.get(alias, BOTH)


def promised(alias: str, family: ConnectionType) -> bool:
    """Say whether ``connect()`` or ``connect_async()`` gave the alias a family."""
    known = alias in _connection_settings
    return known and family in _connection_types.get(alias, NEITHER)


def settings_for(alias: str, family: ConnectionType) -> Settings:
    """Return the settings to open a client of a family with."""
    if alias not in _connection_settings:
        raise not_defined(alias)
    if family not in families(alias):
        raise wrong_family(alias, family)
    return _connection_settings[alias]


def register(alias: str, settings: Settings) -> None:
    """Name settings by an alias."""
    _connection_settings[alias] = settings


def agree(alias: str, settings: Settings, family: ConnectionType) -> None:
    """Take settings for an alias that is free, or has the same already.

    An alias in use keeps its settings until it is disconnected.
    """
    own_class = CLIENT_CLASS_KEY[family]
    settings = _renamed(settings, "mongo_client_class", own_class)
    old = _connection_settings.get(alias)
    if old is None or not _in_use(alias):
        register(alias, settings)
        return
    ignored = _client_classes_of_others(alias, family)
    if differing := _differing(old, settings, ignored):
        raise _different(alias, differing)
    _connection_settings[alias] = {**_without(old, {own_class}), **settings}


def _in_use(alias: str) -> bool:
    return alias in _connections or _in_async_use(alias)


def _in_async_use(alias: str) -> bool:
    return bool(_async_leases.get(alias)) or promised(alias, ConnectionType.ASYNC)


def _different(alias: str, keys: list[str]) -> ConnectionFailure:
    """Return the error for settings that differ from those of an alias in use."""
    message = f"A different connection with alias `{alias}` was already registered. "
    if not _in_async_use(alias):
        return ConnectionFailure(f"{message}Use disconnect() first")
    calls = "disconnect() and disconnect_async()"
    if alias not in _connections:
        calls = "disconnect_async()"
    return ConnectionFailure(
        f"{message}Use {calls} first, or give the same {', '.join(keys)}"
    )


def _differing(one: Settings, other: Settings, ignored: set[str]) -> list[str]:
    keys = sorted({*one, *other} - ignored)
    missing = object()
    return [key for key in keys if one.get(key, missing) != other.get(key, missing)]


def _client_classes_of_others(alias: str, family: ConnectionType) -> set[str]:
    """Return the keys that name client classes which this family never opened."""
    return {
        key
        for kind, key in CLIENT_CLASS_KEY.items()
        if kind is not family or not promised(alias, family)
    }


def promise(alias: str, family: ConnectionType) -> None:
    """Record that ``connect()`` or ``connect_async()`` opened a family."""
    with _changing_types:
        _connection_types[alias] = _connection_types.get(alias, NEITHER) | family


def withdraw(alias: str, family: ConnectionType) -> None:
    """Take back the promise of a family."""
    with _changing_types:
        rest = _connection_types.pop(alias, NEITHER) & ~family
        if rest:
            _connection_types[alias] = rest


def detach_documents(alias: str) -> None:
    """Make the document classes of an alias drop the collections they cached."""
    for document in _get_documents_by_db(alias, DEFAULT_CONNECTION_NAME):
        if hasattr(document, "_disconnect"):  # embedded documents have none
            document._disconnect()


def same_client(one: Settings, other: Settings) -> bool:
    """Say whether two aliases can share a client: only their databases differ."""
    return _without(one, {"name"}) == _without(other, {"name"})


def not_defined(alias: str) -> ConnectionFailure:
    """Return the error for an alias that nobody registered."""
    if alias == DEFAULT_CONNECTION_NAME:
        return ConnectionFailure("You have not defined a default connection")
    return ConnectionFailure(f'Connection with alias "{alias}" has not been defined')


def wrong_family(alias: str, family: ConnectionType) -> ConnectionFailure:
    """Return the error for a client of a family that the alias was not given."""
    if family is ConnectionType.ASYNC:
        return ConnectionFailure(
            f'Connection with alias "{alias}" is not async; '
            f"call await connect_async(alias={alias!r}, ...) first"
        )
    return ConnectionFailure(
        f'Connection with alias "{alias}" is async only; use '
        f"get_async_connection({alias!r}), or call connect(alias={alias!r}, ...)"
    )


def disconnected_meanwhile(alias: str) -> ConnectionFailure:
    """Return the error for an alias that was disconnected before it was connected."""
    return ConnectionFailure(f"Alias `{alias}` was disconnected while it connected")


def cannot_connect(alias: str, error: Exception) -> ConnectionFailure:
    """Return the error for settings that the driver refused."""
    return ConnectionFailure(f"Cannot connect to database {alias} :\n{error}")


def refuse_other_family(alias: str, client: Any, family: ConnectionType) -> None:
    """Refuse a client class that makes clients of the other family."""
    is_async = inspect.iscoroutinefunction(client.close)
    if is_async is (family is ConnectionType.ASYNC):
        return
    if not is_async:
        client.close()
    use = "connect_async()" if is_async else "connect()"
    raise ConnectionFailure(
        f"Cannot connect to database {alias} :\nmongo_client_class makes "
        f"{type(client).__name__}, which is for {use}"
    )


def ensure_family(
    alias: str,
    family: ConnectionType,
    method: str | None = None,
    instead: str | None = None,
) -> None:
    """Refuse work whose family the alias lacks, naming what to call.

    ``method`` is a name (``"async_save"``), and the twin follows from it; or,
    with ``instead``, both are given as they shall be read (``"len()"``).  Without
    a name it is the method of ours that the user called.
    """
    if family in families(alias):
        return
    if alias not in _connection_settings:
        raise not_defined(alias)
    method = method or calling_method()
    method, instead = SPOKEN.get(method, (method, instead))
    raise RuntimeError(_advice(alias, family, method, instead))


def ensure_family_if_known(alias: str, family: ConnectionType) -> None:
    """Refuse what needs no connection, where the alias has one of the other family."""
    if families(alias):
        ensure_family(alias, family)


def _advice(
    alias: str, family: ConnectionType, method: str | None, instead: str | None
) -> str:
    is_async = family is ConnectionType.ASYNC
    need = "an async" if is_async else "a sync"
    connect = "connect_async()" if is_async else "connect()"
    if method is None:
        return f"This needs {need} connection on alias {alias!r}; call {connect}"
    if method == GIVEN:
        return (
            f"A queryset was given as a value, and needs {need} connection on alias "
            f"{alias!r} to be read; await it first: `await queryset`, or call {connect}"
        )
    if instead is None:
        instead = call_instead(method, is_async)
        method = f"{method}()"
    return (
        f"`{method}` needs {need} connection on alias {alias!r}; "
        f"use `{instead}`, or call {connect}"
    )


def _renamed(settings: Settings, old: str, new: str) -> Settings:
    return {new if key == old else key: value for key, value in settings.items()}


def _without(settings: Settings, keys: set[str]) -> Settings:
    return {key: value for key, value in settings.items() if key not in keys}
