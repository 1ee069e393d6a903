"""Open and close the clients of aliases."""

from __future__ import annotations

from typing import Any

from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.driver_info import DriverInfo
from pymongo.errors import PyMongoError  # async-only

from mongoengine._clients import async_clients, drop_orphans, forget
from mongoengine._version import __version__
from mongoengine.base.connection_settings import (
    DEFAULT_CONNECTION_NAME,
    client_options,
    connection_settings,
)
from mongoengine.base.connections import (
    CLIENT_CLASS_KEY,
    _connection_settings,
    agree,
    cannot_connect,
    detach_documents,
    promise,
    refuse_other_family,
    settings_for,
)


async def connect_async(
    db: str | None = None, alias: str = DEFAULT_CONNECTION_NAME, **kwargs: Any
) -> AsyncMongoClient[Any]:
    """Open a client for an alias, and make it the alias's connection.

    ``db`` names the database; ``host`` takes names or MongoDB URIs, and a URI
    wins over the other arguments.  ``port``, ``username``, ``password``,
    ``authentication_source``, ``authentication_mechanism``, ``replicaSet``,
    ``read_preference``, ``uuidRepresentation``, ``tz_aware`` and whatever else
    PyMongo's client takes is passed on; ``mongo_client_class`` replaces the class.

    Calling it again with the same settings returns the same client; with others
    it raises :class:`ConnectionFailure`.
    """
    settings = connection_settings(db, **kwargs)
    with async_clients.lock:  # no thread changes the settings before they are used
        drop_orphans()
        agree(alias, settings, async_clients.family)
        client = _async_open(alias)
    await _async_start(alias)  # async-only
    promise(alias, async_clients.family)
    return client


async def disconnect_async(alias: str = DEFAULT_CONNECTION_NAME) -> None:
    """Close the client of an alias, unless another alias shares it.

    An alias that was connected for both families keeps the other one.
    """
    await _async_close(alias)
    forget(alias, async_clients.family)
    detach_documents(alias)


async def disconnect_all_async() -> None:
    """Close the clients of all aliases."""
    for alias in async_clients.aliases():
        await disconnect_async(alias)


def get_async_connection(
    alias: str = DEFAULT_CONNECTION_NAME,
) -> AsyncMongoClient[Any]:
    """Return the client of an alias, opened on first use."""
    client = async_clients.get(alias)
    if client is None:
        settings_for(alias, async_clients.family)
        client = _async_open(alias)
    return client


def get_async_db(alias: str = DEFAULT_CONNECTION_NAME) -> AsyncDatabase[Any]:
    """Return the database of an alias."""
    db = async_clients.get_db(alias)
    if db is None:
        client = get_async_connection(alias)
        db = client[_connection_settings[alias]["name"]]
        async_clients.add_db(alias, db)
    return db


def _async_open(alias: str) -> AsyncMongoClient[Any]:
    with async_clients.lock:
        client = async_clients.get(alias)  # another thread may have been faster
        if client is None:
            settings = _connection_settings[alias]
            client = async_clients.shared(settings) or _async_create(alias)
            async_clients.add(alias, client)
        return client


def _async_create(alias: str) -> AsyncMongoClient[Any]:
    settings = _connection_settings[alias]
    client_class = settings.get(
        CLIENT_CLASS_KEY[async_clients.family], AsyncMongoClient
    )
    options = {"driver": DriverInfo("MongoEngine", __version__)}
    options |= client_options(settings)
    client: AsyncMongoClient[Any] = _async_create_connection(
        alias, client_class, **options
    )
    refuse_other_family(alias, client, async_clients.family)
    return client


def _async_create_connection(
    alias: str, mongo_client_class: Any, **connection_settings: Any
) -> Any:
    """Return a client, or raise ConnectionFailure with what the driver refused."""
    try:
        return mongo_client_class(**connection_settings)
    except Exception as error:
        raise cannot_connect(alias, error) from error


async def _async_start(alias: str) -> None:  # async-only
    """Begin to connect in the background, as a sync client does when created."""
    if not _connection_settings[alias].get("connect", True):
        return
    try:
        await async_clients.connect(alias)
    except PyMongoError as error:
        raise cannot_connect(alias, error) from error


async def _async_close(alias: str) -> None:
    client = async_clients.remove(alias)
    if client is not None:
        await client.close()
