"""Change for a block where classes are kept, and what reading them does.

Nothing of this reaches the server, nor another task or thread.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from mongoengine._async.connection import get_async_connection, get_async_db
from mongoengine._clients import async_clients
from mongoengine.base.connection_settings import DEFAULT_CONNECTION_NAME
from mongoengine.base.connections import ensure_family
from mongoengine.base.query_counting import Counter
from mongoengine.base.scopes import (
    OfClass,
    Switch,
    enter,
    leave,
    no_dereferencing,
    switches,
    within,
)


class async_switch_db:  # noqa: N801
    """Keep the documents of a class in another database, for a block.

    A collection of the same name is used there.  Subclasses stay where they are.  The
    block gives the class.
    """

    def __init__(self, cls: Any, db_alias: str) -> None:
        self.cls = cls
        self.db_alias = db_alias
        self.ori_db_alias = cls._class_place().alias
        self._switch = Switch(cls, alias=db_alias)

    async def __aenter__(self) -> Any:
        enter(switches, self._switch)
        return self.cls

    async def __aexit__(self, *_: object) -> None:
        leave(switches, self._switch)


class async_switch_collection:  # noqa: N801
    """Keep the documents of a class in another collection, for a block.

    Subclasses follow, unless they are switched themselves.  The block gives the class.
    """

    def __init__(self, cls: Any, collection_name: str) -> None:
        self.cls = cls
        self.collection_name = collection_name
        self.ori_collection_name = cls._class_place().name
        self._switch = Switch(cls, name=collection_name)

    async def __aenter__(self) -> Any:
        enter(switches, self._switch)
        return self.cls

    async def __aexit__(self, *_: object) -> None:
        leave(switches, self._switch)


@asynccontextmanager
async def async_no_dereference(cls: Any) -> AsyncIterator[None]:
    """Have the references of a class read as they are stored, for a block."""
    with within(no_dereferencing, OfClass(cls)):
        yield


class async_query_counter(Counter):  # noqa: N801
    """Count the commands that a block sends to the database of an alias.

    It equals the number of those sent so far, and can be compared with numbers.  Those
    of the driver's own methods count, and those of tasks that the block starts; what
    other tasks and threads do does not.
    """

    def __init__(self, alias: str = DEFAULT_CONNECTION_NAME) -> None:
        ensure_family(alias, async_clients.family, "async_query_counter")
        self.db = get_async_db(alias)
        super().__init__(get_async_connection(alias), self.db.name)

    async def __aenter__(self) -> Any:
        self._begin()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._end()
