"""Scopes: what is entered is left, in whatever order and context."""

import contextvars
from contextlib import suppress

import pytest
from joining import joined
from pymongo import MongoClient

from mongoengine import connect, connection, disconnect
from mongoengine.async_utils import (
    _clear_async_session,
    _get_async_session,
    _set_async_session,
)
from mongoengine.base.scopes import (
    async_sessions,
    block_of,
    enter,
    leave,
    sessions,
    within,
)
from mongoengine.context_managers import on_commit


class Stop(Exception):
    pass


@pytest.fixture
def scope():
    return contextvars.ContextVar("scope", default=())


class Session:
    def __init__(self):
        self.has_ended = False
        self.in_transaction = True


def test_a_block_that_raises_leaves(scope):
    with suppress(Stop), within(scope, "a"):
        assert scope.get() == ("a",)
        raise Stop
    assert scope.get() == ()


def test_entries_are_left_in_any_order(scope):
    one, two, three = object(), object(), object()
    for entry in (one, two, three):
        enter(scope, entry)
    leave(scope, two)
    assert scope.get() == (one, three)
    leave(scope, two)  # it is no more
    leave(scope, one)
    assert scope.get() == (three,)


def test_another_context_keeps_its_own(scope):
    one = object()
    enter(scope, one)
    copy = contextvars.copy_context()
    leave(scope, one)
    assert copy[scope] == (one,)
    copy.run(leave, scope, one)
    assert copy[scope] == ()


def test_the_innermost_block_of_an_alias_counts():
    outer, inner, other = Session(), Session(), Session()
    assert block_of(sessions, async_sessions, "a") is None
    with joined(sessions, "a", outer), joined(sessions, "b", other):
        with joined(sessions, "a", inner):
            assert block_of(sessions, async_sessions, "a").session is inner
            assert block_of(sessions, async_sessions, "b").session is other
            assert block_of(sessions, async_sessions, "c") is None
            assert block_of(async_sessions, sessions, "c") is None
            with pytest.raises(RuntimeError, match="Async methods cannot join"):
                block_of(async_sessions, sessions, "a")
            inner.in_transaction = outer.in_transaction = False
            assert block_of(async_sessions, sessions, "a") is None
        assert block_of(sessions, async_sessions, "a").session is outer


def test_a_session_that_has_ended_is_refused():
    session = Session()
    with joined(sessions, "a", session):
        session.has_ended = True
        with pytest.raises(RuntimeError, match="transaction on alias 'a' is over"):
            block_of(sessions, async_sessions, "a")


# --- by hand, as MongoEngine has it


@pytest.fixture
def client():
    client = connect("scopes", uuidRepresentation="standard", connect=False)
    yield client
    connection._local_sessions.clear_all()
    disconnect()


def test_sessions_set_by_hand(client):
    assert connection._get_session() is None
    with client.start_session() as one, client.start_session() as two:
        connection._set_session(one)
        connection._set_session(two)
        assert connection._get_session() is two
        assert block_of(sessions, async_sessions, "default").session is two
        connection._clear_session()
        assert connection._get_session() is one
        connection._local_sessions.clear_all()
        assert connection._get_session() is None


def test_nobody_tells_when_a_session_set_by_hand_is_committed(client):
    seen = []
    with client.start_session() as session:
        connection._set_session(session)
        on_commit(lambda: seen.append(1))  # not in a transaction
        session.start_transaction()
        with pytest.raises(RuntimeError, match="alias 'default' was set by hand"):
            on_commit(lambda: seen.append(2))
    assert seen == [1]


def test_a_session_of_a_client_without_alias(client):
    refused = pytest.raises(ValueError, match="that of no alias")
    with MongoClient(connect=False) as other, other.start_session() as session, refused:
        connection._set_session(session)


async def test_async_sessions_set_by_hand():
    client = await connection.connect_async(
        "scopes", uuidRepresentation="standard", connect=False
    )
    try:
        async with client.start_session() as session:
            await _set_async_session(session)
            assert await _get_async_session() is session
            assert block_of(async_sessions, sessions, "default").session is session
            await _set_async_session(None)
            assert await _get_async_session() is None
            await _set_async_session(session)
            await _clear_async_session()
            assert await _get_async_session() is None
    finally:
        await connection.disconnect_async()
