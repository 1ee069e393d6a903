"""Connections: aliases, settings, and the clients of both families."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import pymongo
from pymongo import MongoClient
from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.read_preferences import ReadPreference

from mongoengine._async.connection import (
    connect_async,
    disconnect_all_async,
    disconnect_async,
    get_async_connection,
    get_async_db,
)
from mongoengine._clients import async_clients, clients, drop_orphans
from mongoengine._sync import connection as _sync
from mongoengine._sync.connection import connect, disconnect, disconnect_all
from mongoengine._sync.outcomes import outcome_of
from mongoengine.base.connection_settings import (
    DEFAULT_CONNECTION_NAME,
    DEFAULT_DATABASE_NAME,
    DEFAULT_HOST,
    DEFAULT_PORT,
    check_db_name,
    connection_settings,
)
from mongoengine.base.connections import (
    ConnectionFailure,
    ConnectionType,
    _connection_settings,
    _connection_types,
    _connections,
    _dbs,
    register,
)
from mongoengine.base.scopes import (
    current_session,
    enter_session,
    leave_session,
    sessions,
)

__all__ = [
    "DEFAULT_CONNECTION_NAME",
    "DEFAULT_DATABASE_NAME",
    "ConnectionFailure",
    "ConnectionType",
    "connect",
    "connect_async",
    "disconnect",
    "disconnect_all",
    "disconnect_all_async",
    "disconnect_async",
    "get_async_connection",
    "get_async_db",
    "get_connection",
    "get_db",
    "is_async_connection",
    "register_connection",
]

PYMONGO_VERSION = tuple(pymongo.version_tuple[:2])


def register_connection(
    alias: str,
    db: str | None = None,
    name: str | None = None,
    host: Any = None,
    port: int | None = None,
    read_preference: Any = ReadPreference.PRIMARY,
    username: str | None = None,
    password: str | None = None,
    authentication_source: str | None = None,
    authentication_mechanism: str | None = None,
    authmechanismproperties: Any = None,
    **kwargs: Any,
) -> None:
    """Name the settings of a connection, to be opened when it is first used.

    Both families can use the alias.  The arguments are those of :func:`connect`.
    """
    settings = connection_settings(
        db=db,
        name=name,
        host=host,
        port=port,
        read_preference=read_preference,
        username=username,
        password=password,
        authentication_source=authentication_source,
        authentication_mechanism=authentication_mechanism,
        authmechanismproperties=authmechanismproperties,
        **kwargs,
    )
    drop_orphans()
    register(alias, settings)


def get_connection(
    alias: str = DEFAULT_CONNECTION_NAME, reconnect: bool = False
) -> MongoClient[Any]:
    """Return the sync client of an alias; with ``reconnect``, a new one."""
    if reconnect:
        _sync._close(alias)
    try:
        return _connections[alias]  # nearly always, and nothing is faster
    except KeyError:
        pass  # what follows shall not raise "during handling" of this
    return _sync.get_connection(alias)


def get_db(
    alias: str = DEFAULT_CONNECTION_NAME, reconnect: bool = False
) -> Database[Any]:
    """Return the sync database of an alias; with ``reconnect``, on a new client."""
    if reconnect:
        _sync._close(alias)
    try:
        return _dbs[alias]
    except KeyError:
        pass
    return _sync.get_db(alias)


def is_async_connection(alias: str = DEFAULT_CONNECTION_NAME) -> bool:
    """Say whether an alias has an async client."""
    return alias in async_clients.aliases()


def _find_existing_connection(
    connection_settings: dict[str, Any],
) -> MongoClient[Any] | None:
    """Return the open sync client with these settings, whatever its database."""
    return clients.shared(connection_settings)


class _LocalSessions:
    """The sessions that commands of this task or thread join, the innermost last."""

    def append(self, session: ClientSession) -> None:
        """Have commands on the client of a session join it."""
        aliases = [a for a in clients.aliases() if clients.get(a) is session.client]
        enter_session(sessions, aliases, session, outcome_of(session))

    def get_current(self) -> ClientSession | None:
        """Return the innermost session."""
        session: ClientSession | None = current_session(sessions)
        return session

    def clear_current(self) -> None:
        """Have commands join the innermost session no more."""
        leave_session(sessions)

    def clear_all(self) -> None:
        """Have commands join no session."""
        sessions.set(())


_local_sessions = _LocalSessions()
_set_session = _local_sessions.append
_get_session = _local_sessions.get_current
_clear_session = _local_sessions.clear_current

_check_db_name = check_db_name
_get_connection_settings = connection_settings
_get_connection = get_connection
_get_db = get_db
_create_connection = _sync._create_connection

_STATE: dict[str, dict[str, Any]] = {
    "_connection_settings": _connection_settings,
    "_connection_types": _connection_types,
    "_connections": _connections,
    "_dbs": _dbs,
}


class _Module(ModuleType):
    """Let ``mongoengine.connection._connections = {}`` reset what it names.

    The mappings live elsewhere; binding new ones here alone would change nothing.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in _STATE:
            super().__setattr__(name, value)
        elif value is not _STATE[name]:
            _STATE[name].clear()
            _STATE[name].update(value)


sys.modules[__name__].__class__ = _Module
