"""What all tests share."""

import fcntl

import pytest

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
