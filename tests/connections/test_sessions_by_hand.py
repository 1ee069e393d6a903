"""Sessions that are set by hand, as MongoEngine has it, and their transactions."""

import pytest

from mongoengine import (
    Document,
    StringField,
    connection,
    get_async_connection,
    get_connection,
)
from mongoengine.async_utils import _clear_async_session, _set_async_session
from mongoengine.context_managers import on_commit, run_in_transaction


class HandSessionThing(Document):
    name = StringField()


@pytest.fixture
def prepared(mongo_db):
    HandSessionThing.ensure_indexes()
    HandSessionThing(name="first").save()
    return mongo_db["hand_session_thing"]


def names(things):
    return sorted(row["name"] for row in things.find())


async def test_an_async_session_tells_of_its_transactions(async_mongo_db, prepared):
    kept, lost = HandSessionThing(name="a"), HandSessionThing(name="b")
    async with get_async_connection().start_session() as session:
        for _ in range(2):
            await _set_async_session(session)
            async with await session.start_transaction():
                await kept.async_save()
            await _clear_async_session()
        await _set_async_session(session)
        await session.start_transaction()
        await lost.async_save()
        again = await HandSessionThing.objects.async_get(name="b")
        await _clear_async_session()
        await session.abort_transaction()
    assert (kept._created, lost._created, again._created) == (False, True, True)
    assert names(prepared) == ["a", "first"]


def test_a_session_tells_of_its_transactions(prepared):
    kept, lost = HandSessionThing(name="a"), HandSessionThing(name="b")
    with get_connection().start_session() as session:
        for _ in range(2):
            connection._set_session(session)
            with session.start_transaction():
                kept.save()
            connection._clear_session()
        connection._set_session(session)
        session.start_transaction()
        lost.save()
        again = HandSessionThing.objects.get(name="b")
        connection._clear_session()
        session.abort_transaction()
    assert (kept._created, lost._created, again._created) == (False, True, True)
    assert names(prepared) == ["a", "first"]


def test_a_session_is_wrapped_once(prepared):
    with get_connection().start_session() as session:
        wrapped = set()
        for _ in range(3):
            connection._set_session(session)
            wrapped.add(session.commit_transaction)
            connection._clear_session()
    assert len(wrapped) == 1


def test_what_is_written_without_a_transaction_stays(prepared):
    thing = HandSessionThing(name="a")
    with get_connection().start_session() as session:
        connection._set_session(session)
        thing.save()
        session.start_transaction()
        again = HandSessionThing.objects.get(name="a")
        session.abort_transaction()
        connection._clear_session()
    assert (thing._created, again._created) == (False, False)


def test_the_session_of_a_block_that_is_set_by_hand_too(prepared):
    thing, seen = HandSessionThing(name="a"), []
    with run_in_transaction() as session:
        on_commit(lambda: seen.append(1))
        connection._set_session(session)
        thing.save()
        again = HandSessionThing.objects.get(name="a")
        session.abort_transaction()
        connection._clear_session()
    assert (thing._created, again._created, seen) == (True, True, [])
