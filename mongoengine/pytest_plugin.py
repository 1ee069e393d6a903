"""Fixtures for tests against a real MongoDB.

- `mongo_server`: a `mongoengine.testing.Server`, one a run, started when first needed;
  the workers of pytest-xdist share it
- `mongo_uri`: its URI
- `mongo_db`: connects the default alias to a new database, and yields that
- `async_mongo_db`: the same with an async client, for async tests

Used in one test, the last two are one database on one alias. After each test all
aliases are disconnected and the database is dropped.

`async_mongo_db` lives in the event loop that pytest-asyncio gives to fixtures; set
`asyncio_default_fixture_loop_scope` if your tests share a loop. Where pytest-asyncio is
not installed, anyio's pytest plugin runs it.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

# Every pytest run of an environment loads this module: what only tests with a server
# need is imported when used.
if TYPE_CHECKING:
    from pymongo import MongoClient
    from pymongo.asynchronous.database import AsyncDatabase
    from pymongo.database import Database

    from mongoengine._testing.desk import Desk
    from mongoengine.testing import Server

_async_fixture: Callable[..., Any]
try:
    from pytest_asyncio import fixture as _async_fixture
except ImportError:
    _async_fixture = pytest.fixture

_DESK: pytest.StashKey[Desk] = pytest.StashKey()
_DESK_PORT = "mongoengine_desk_port"


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist where to ask for the server."""
    from mongoengine._testing.desk import Desk

    stash = node.config.stash
    if _DESK not in stash:
        stash[_DESK] = Desk()
    node.workerinput[_DESK_PORT] = stash[_DESK].port


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the server that the workers shared."""
    if desk := config.stash.get(_DESK, None):
        desk.close()


@pytest.fixture(scope="session")
def mongo_server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """Give a replica set of one member; under pytest-xdist it has no `nodes`."""
    from mongoengine._testing.desk import ask
    from mongoengine.testing import Server, local_mongod

    port = getattr(request.config, "workerinput", {}).get(_DESK_PORT)
    if port is not None:
        yield Server(ask(port))
        return
    with local_mongod() as server:
        yield server


@pytest.fixture(scope="session")
def mongo_uri(mongo_server: Server) -> str:
    """Give the URI of the test server."""
    return mongo_server.uri


@pytest.fixture
def mongo_db(_mongo_name: str, mongo_uri: str) -> Database[dict[str, Any]]:
    """Connect the default alias to a database of the test's own."""
    from mongoengine.connection import connect, get_db

    connect(_mongo_name, host=mongo_uri, uuidRepresentation="standard")
    return get_db()


@_async_fixture
async def async_mongo_db(
    _async_runner: None, _mongo_name: str, mongo_uri: str
) -> AsyncIterator[AsyncDatabase[dict[str, Any]]]:
    """Connect the default alias, async, to a database of the test's own."""
    from mongoengine import connection

    await connection.disconnect_all_async()
    client = await connection.connect_async(
        _mongo_name, host=mongo_uri, uuidRepresentation="standard"
    )
    # A client that is closed while it opens its first connection leaks the socket.
    await client.admin.command("ping")
    yield connection.get_async_db()
    await connection.disconnect_all_async()


@pytest.fixture
def _async_runner(request: pytest.FixtureRequest) -> None:
    by_asyncio = request.config.pluginmanager.hasplugin("asyncio")
    if not by_asyncio and "anyio_backend" not in request.fixturenames:
        pytest.fail("async_mongo_db needs pytest-asyncio: pip install pytest-asyncio")


@pytest.fixture
def _mongo_name(_mongo_cleaner: MongoClient[dict[str, Any]]) -> Iterator[str]:
    """Name the database that both families share; clean up after both."""
    _forget_connections()  # such as those an application opened when imported
    name = f"test_{uuid.uuid4().hex}"
    yield name
    _forget_connections()
    _mongo_cleaner.drop_database(name)


def _forget_connections() -> None:
    from mongoengine.base.connections import _connection_settings
    from mongoengine.connection import disconnect_all

    disconnect_all()
    # Async clients that a test left open end with its loop; their aliases would not.
    _connection_settings.clear()


@pytest.fixture(scope="session")
def _mongo_cleaner(mongo_uri: str) -> Iterator[MongoClient[dict[str, Any]]]:
    """Give a client that stays open, because opening one takes longer than dropping."""
    from pymongo import MongoClient

    with MongoClient[dict[str, Any]](mongo_uri) as client:
        yield client
