"""The open clients of each family: what a connection is differs by colour.

The sync family has one client an alias.  The async family has one an alias and
event loop, because a client is bound to the loop it was first used in; a keeper
task closes it when that loop ends.  ``_async/connection.py`` and its twin use
the two objects at the end of this module, ``async_clients`` and ``clients``.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any

from pymongo import AsyncMongoClient, MongoClient
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.collection import Collection
from pymongo.database import Database

from mongoengine._leases import Lease, running_loop
from mongoengine.base.connection_settings import Settings
from mongoengine.base.connections import (
    ConnectionType,
    _async_leases,
    _connection_settings,
    _connection_types,
    _connections,
    _dbs,
    detach_documents,
    disconnected_meanwhile,
    promised,
    same_client,
    withdraw,
)
from mongoengine.base.places import Place
from mongoengine.base.prepared import Prepared


class _Family:
    """What the two stores have in common."""

    family: ConnectionType

    def __init__(self) -> None:
        # Two threads that use an alias for the first time open one client, and none
        # closes what another has just begun to share.
        self.lock = threading.RLock()

    def aliases(self) -> list[str]:
        """Return the aliases that have a client of this family, or a promise of one."""
        opened = set(self._opened())
        known = opened.union(_connection_settings)
        return [a for a in known if a in opened or promised(a, self.family)]

    def _opened(self) -> Iterable[str]:
        raise NotImplementedError

    def all_prepared(self) -> Iterable[Prepared]:
        """Return what document classes have prepared, on all clients."""
        raise NotImplementedError


class Clients(_Family):
    """The sync clients, kept in the plain mappings of the registry."""

    family = ConnectionType.SYNC

    def __init__(self) -> None:
        super().__init__()
        self._prepared = Prepared(threading.Lock)

    def _opened(self) -> Iterable[str]:
        return list(_connections)

    def all_prepared(self) -> Iterable[Prepared]:
        """Return what document classes have prepared."""
        return [self._prepared]

    def get(self, alias: str) -> MongoClient[Any] | None:
        """Return the open client of an alias."""
        return _connections.get(alias)

    def add(self, alias: str, client: MongoClient[Any]) -> None:
        """Keep the client of an alias."""
        _connections[alias] = client

    def shared(self, settings: Settings) -> MongoClient[Any] | None:
        """Return the client of another alias with the same settings."""
        for alias, client in list(_connections.items()):
            if same_client(_connection_settings.get(alias, {}), settings):
                return client
        return None

    def remove(self, alias: str) -> MongoClient[Any] | None:
        """Drop the client of an alias; return it if nobody else uses it."""
        with self.lock:
            client = _connections.pop(alias, None)
            _dbs.pop(alias, None)
            others = list(_connections.values())
        return None if any(client is other for other in others) else client

    def get_db(self, alias: str) -> Database[Any] | None:
        """Return the database of an alias, if it was asked for before."""
        return _dbs.get(alias)

    def add_db(self, alias: str, db: Database[Any]) -> None:
        """Keep the database of an alias."""
        _dbs[alias] = db

    def prepared(self, document: Any, place: Place) -> Collection[Any] | None:
        """Return the collection that a document class has prepared at a place."""
        alias = place.alias
        if alias not in _connection_settings:  # cleared by hand
            return None
        found: Collection[Any] | None = self._prepared.get(
            document, place, _dbs.get(alias)
        )
        return found

    def keep_prepared(
        self, document: Any, place: Place, db: Any, collection: Collection[Any]
    ) -> None:
        """Keep a collection that is ready, for as long as the alias has that database."""
        self._prepared.keep(document, place, db, collection)

    def preparing(self, document: Any, place: Place) -> Any:
        """Return the lock to hold while preparing a collection."""
        return self._prepared.lock(document, place)

    def in_use(self, alias: str) -> AbstractContextManager[None]:
        """Keep the client of an alias for the length of a block: nothing ends it."""
        return contextlib.nullcontext()

    def abandon(self) -> list[Any]:
        """Drop all clients without closing them, and return them."""
        dropped = list(_connections.values())
        self.lock = threading.RLock()
        self._prepared = Prepared(threading.Lock)
        _connections.clear()
        _dbs.clear()
        return dropped


class AsyncClients(_Family):
    """The async clients, by alias and running event loop."""

    family = ConnectionType.ASYNC

    def _opened(self) -> Iterable[str]:
        return [alias for alias, loops in list(_async_leases.items()) if loops]

    def get(self, alias: str) -> AsyncMongoClient[Any] | None:
        """Return the client of an alias in the running loop."""
        lease = self._lease(alias)
        return None if lease is None else lease.client

    def add(self, alias: str, client: AsyncMongoClient[Any]) -> None:
        """Keep the client of an alias for as long as the running loop lives."""
        loop = running_loop()
        self.drop_dead_loops()
        lease = self._sharing(client) or Lease(client, lambda: self._lapse(client))
        _async_leases.setdefault(alias, {})[loop] = lease

    async def connect(self, alias: str) -> None:
        """Connect the client of an alias; close it if that fails or nobody waits."""
        lease: Lease = _async_leases[alias][running_loop()]
        lease.waiting[alias] += 1
        try:
            async with lease.connecting:
                await lease.client.aconnect()
            if self._lease(alias) is not lease:
                raise disconnected_meanwhile(alias)
        except BaseException:
            if lease.waiting[alias] == 1:
                await self._undo(alias, lease)
            raise
        finally:
            lease.waiting[alias] -= 1

    async def _undo(self, alias: str, lease: Lease) -> None:
        """Close a client that did not connect, unless another alias shares it."""
        if self._lease(alias) is lease:
            del _async_leases[alias][running_loop()]
        if not self._sharing(lease.client):
            await lease.hand_over().close()

    def shared(self, settings: Settings) -> AsyncMongoClient[Any] | None:
        """Return the client of another alias with the same settings, in this loop."""
        for alias in list(_async_leases):
            if same_client(_connection_settings.get(alias, {}), settings):
                client = self.get(alias)
                if client is not None:
                    return client
        return None

    def remove(self, alias: str) -> AsyncMongoClient[Any] | None:
        """Drop the clients of an alias; return this loop's if nobody else uses it.

        Those of other loops are closed there: nothing here waits for them.
        """
        own = None
        this_loop = running_loop()
        with self.lock:
            for loop, lease in _async_leases.pop(alias, {}).items():
                if self._sharing(lease.client):
                    lease.dbs.pop(alias, None)
                elif loop is this_loop:
                    own = lease.hand_over()
                else:
                    lease.end()
        return own

    def drop_orphans(self) -> None:
        """Close the clients of aliases that have no settings any more."""
        for alias in set(_async_leases).difference(_connection_settings):
            for lease in _async_leases.pop(alias, {}).values():
                if not self._sharing(lease.client):
                    lease.end()

    def get_db(self, alias: str) -> AsyncDatabase[Any] | None:
        """Return the database of an alias, if this loop asked for it before."""
        if alias not in _connection_settings:  # cleared by hand
            return None
        try:  # as `_lease` does, without a call: this has to be fast
            lease: Lease = _async_leases[alias][asyncio.get_running_loop()]
            return lease.dbs[alias]
        except (KeyError, RuntimeError):
            return None

    def add_db(self, alias: str, db: AsyncDatabase[Any]) -> None:
        """Keep the database of an alias for the running loop."""
        _async_leases[alias][running_loop()].dbs[alias] = db

    def prepared(self, document: Any, place: Place) -> AsyncCollection[Any] | None:
        """Return the collection that a document class has prepared at a place."""
        alias = place.alias
        if alias not in _connection_settings:  # cleared by hand
            return None
        try:
            lease: Lease = _async_leases[alias][asyncio.get_running_loop()]
        except (KeyError, RuntimeError):
            return None
        found: AsyncCollection[Any] | None = lease.prepared.get(
            document, place, lease.dbs.get(alias)
        )
        return found

    def keep_prepared(
        self, document: Any, place: Place, db: Any, collection: AsyncCollection[Any]
    ) -> None:
        """Keep a collection that is ready, for as long as the alias has that database."""
        lease = self._lease(place.alias)
        if lease is not None:  # else disconnected meanwhile
            lease.prepared.keep(document, place, db, collection)

    def preparing(self, document: Any, place: Place) -> Any:
        """Return the lock to hold while preparing a collection."""
        lease: Lease = _async_leases[place.alias][running_loop()]
        return lease.prepared.lock(document, place)

    def in_use(self, alias: str) -> AbstractContextManager[None]:
        """Keep the client of an alias until a block ends, which the loop may end."""
        lease: Lease = _async_leases[alias][running_loop()]
        return lease.in_use()

    def abandon(self) -> list[Any]:
        """Drop all clients without closing them, and return what held them."""
        dropped = list(_async_leases.values())
        self.lock = threading.RLock()
        _async_leases.clear()
        return dropped

    def _lease(self, alias: str) -> Lease | None:
        if alias not in _connection_settings:  # cleared by hand
            return None
        try:
            lease: Lease = _async_leases[alias][asyncio.get_running_loop()]
        except (KeyError, RuntimeError):
            return None
        return lease

    def _sharing(self, client: AsyncMongoClient[Any]) -> Lease | None:
        """Return the lease of a client that some alias uses."""
        for lease in self._all():
            if lease.client is client:
                return lease
        return None

    def all_prepared(self) -> Iterable[Prepared]:
        """Return what document classes have prepared, in each loop."""
        return [lease.prepared for lease in self._all()]

    def _all(self) -> list[Lease]:
        every = list(_async_leases.values())  # other threads may be adding theirs
        return [lease for loops in every for lease in list(loops.values())]

    def _lapse(self, client: AsyncMongoClient[Any]) -> None:
        """Drop a client whose loop is ending."""
        for loops in list(_async_leases.values()):
            for loop, lease in list(loops.items()):
                if lease.client is client:
                    loops.pop(loop, None)

    def drop_dead_loops(self) -> None:
        """Forget the clients of loops that were closed without cancelling their tasks."""
        for loops in list(_async_leases.values()):
            for loop in [loop for loop in list(loops) if loop.is_closed()]:
                loops.pop(loop, None)


clients = Clients()
async_clients = AsyncClients()


def forget_class(document: Any) -> None:
    """Drop the collections that a document class has prepared, in both families."""
    for prepared in [*clients.all_prepared(), *async_clients.all_prepared()]:
        prepared.forget_class(document)


def forget_place(place: Place) -> None:
    """Drop the collections that classes have prepared at a place, in both families."""
    for prepared in [*clients.all_prepared(), *async_clients.all_prepared()]:
        prepared.forget_place(place)


def drop_orphans() -> None:
    """Drop what is left of aliases whose settings somebody cleared by hand."""
    for mapping in (_connection_types, _connections, _dbs):
        for alias in set(mapping).difference(_connection_settings):
            mapping.pop(alias, None)
    async_clients.drop_orphans()
    async_clients.drop_dead_loops()


def forget(alias: str, family: ConnectionType) -> None:
    """Take a family from an alias, and the alias itself with its last one."""
    withdraw(alias, family)
    other = clients if family is ConnectionType.ASYNC else async_clients
    if alias not in other.aliases():
        _connection_settings.pop(alias, None)


_inherited: list[Any] = []


def _after_fork() -> None:
    """Leave the parent's clients alone: a child opens its own.

    They are kept, not closed or collected, because their sockets are shared
    with the parent.
    """
    _inherited.extend([clients.abandon(), async_clients.abandon()])
    for alias in _connection_settings:
        detach_documents(alias)


if hasattr(os, "register_at_fork"):  # not on Windows, where nothing forks
    os.register_at_fork(after_in_child=_after_fork)
