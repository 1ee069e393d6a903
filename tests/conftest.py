"""What all tests share."""

import fcntl

import pytest
from listening import Sent

from mongoengine import connect, connect_async, disconnect, disconnect_async
from mongoengine.base.common import _document_registry


@pytest.fixture(autouse=True)
def _own_document_classes():
    """Forget the document classes that a test defined."""
    before = dict(_document_registry)
    yield
    _document_registry.clear()
    _document_registry.update(before)


@pytest.fixture(scope="session")
def mongo_uri(mongo_server, worker_id):
    """Give a URI that tells the server from which process a command comes."""
    return f"{mongo_server.uri}&appName={worker_id}"


@pytest.fixture
def fail_points(tmp_path_factory, worker_id):
    """Let one test at a time tell the server what shall fail: it knows one such order.

    Gives the ``appName`` to be named with it, so that nothing fails in other processes.
    """
    shared = tmp_path_factory.getbasetemp().parent
    with open(shared / "fail-points.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield worker_id


@pytest.fixture
def sent(mongo_db, mongo_uri):
    """Keep what is sent by the default alias, to the database of the test."""
    sent = Sent()
    disconnect()
    settings = {"host": mongo_uri, "uuidRepresentation": "standard"}
    client = connect(mongo_db.name, event_listeners=[sent], **settings)
    client.admin.command("ping")  # the driver says hello
    sent.commands.clear()
    return sent


@pytest.fixture
async def async_sent(async_mongo_db, mongo_uri):
    """Do what ``sent`` does, for the other family."""
    sent = Sent()
    await disconnect_async()
    settings = {"host": mongo_uri, "uuidRepresentation": "standard"}
    client = await connect_async(
        async_mongo_db.name, event_listeners=[sent], **settings
    )
    await client.admin.command("ping")
    sent.commands.clear()
    return sent
