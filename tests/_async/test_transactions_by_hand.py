"""Transactions that are begun and ended by hand, within a block or without one."""

import gc
from contextlib import suppress
from contextvars import copy_context
from weakref import ref

import pymongo
import pytest
from pymongo.errors import InvalidOperation, OperationFailure, PyMongoError

from mongoengine import (
    Document,
    IntField,
    StringField,
    connect_async,
    disconnect_async,
    get_async_connection,
)
from mongoengine._async.outcomes import async_outcome_of
from mongoengine.context_managers import (
    async_in_transaction,
    async_on_commit,
    async_run_in_transaction,
)
from mongoengine.testing import local_mongod

UNKNOWN = "UnknownTransactionCommitResult"
TRANSIENT = "TransientTransactionError"


class AsyncHandThing(Document):
    name = StringField()
    number = IntField(default=0)


class Stop(Exception):
    pass


@pytest.fixture
async def things(async_mongo_db):
    """The collection, which exists: blocks then wait for nothing else."""
    await AsyncHandThing.async_ensure_indexes()
    return async_mongo_db["async_hand_thing"]


@pytest.fixture(scope="module")
def own_uri():
    """A server of its own: what is told to fail there, fails for no other test."""
    with local_mongod() as server:
        yield server.uri


@pytest.fixture
async def failing(async_mongo_db, own_uri):
    """Give what has commits fail on a server of its own."""
    name = async_mongo_db.name
    await disconnect_async()
    settings = {"host": own_uri, "uuidRepresentation": "standard"}
    client = await connect_async(name, **settings)
    await AsyncHandThing.async_ensure_indexes()

    async def fail(times, code, label):
        data = {"failCommands": ["commitTransaction"], "errorCode": code}
        data["errorLabels"] = [label]
        await client.admin.command(
            "configureFailPoint", "failCommand", mode={"times": times}, data=data
        )

    yield fail
    await client.admin.command("configureFailPoint", "failCommand", mode="off")
    await client.admin.command("killAllSessions", [])  # and what they did not commit


@pytest.fixture
def seen():
    return []


@pytest.fixture
def hook(seen):
    async def hook():
        seen.append(await names())

    return hook


async def names():
    return [thing.name async for thing in AsyncHandThing.objects.order_by("name")]


# --- aborted


async def test_an_abort_is_seen_at_once(things):
    thing = AsyncHandThing(name="a")
    async with async_run_in_transaction() as session:
        await thing.async_save()
        await session.abort_transaction()
        assert thing._created is True
        await session.start_transaction()
        await AsyncHandThing(name="b").async_save()
    assert (thing._created, await names()) == (True, ["b"])


async def test_what_was_changed_before_an_abort_is_written_again(things):
    thing = await AsyncHandThing(name="a").async_save()
    async with async_run_in_transaction() as session:
        thing.number = 7
        await thing.async_save()
        await session.abort_transaction()
        await session.start_transaction()
        await thing.async_save()
    assert (await things.find_one())["number"] == 7


async def test_hooks_of_what_was_aborted_are_not_called(things, hook, seen):
    async with async_run_in_transaction() as session:
        await async_on_commit(hook)
        await session.abort_transaction()
        await session.start_transaction()
        await AsyncHandThing(name="b").async_save()
        await async_on_commit(hook)
    assert seen == [["b"]]


async def test_an_abort_that_is_refused_takes_nothing_back(things, hook, seen):
    thing = AsyncHandThing(name="a")
    async with async_run_in_transaction() as session:
        await thing.async_save()
        await async_on_commit(hook)
        await session.commit_transaction()
        with pytest.raises(InvalidOperation):
            await session.abort_transaction()
    assert (thing._created, seen) == (False, [["a"]])


async def test_what_follows_an_abort_is_no_part_of_a_transaction(things):
    thing = AsyncHandThing(name="a")

    async def work():
        async with async_run_in_transaction() as session:
            await session.abort_transaction()
            await thing.async_save()
            raise Stop

    with pytest.raises(Stop):
        await work()
    assert (thing._created, await names()) == (False, ["a"])


# --- committed


async def test_a_commit_stands_whatever_follows(things, hook, seen):
    kept, lost = AsyncHandThing(name="a"), AsyncHandThing(name="b")

    async def work():
        async with async_run_in_transaction() as session:
            await kept.async_save()
            await async_on_commit(hook)
            await session.commit_transaction()
            await session.start_transaction()
            await lost.async_save()
            await async_on_commit(hook)
            assert seen == []
            raise Stop

    with pytest.raises(Stop):
        await work()
    assert (kept._created, lost._created) == (False, True)
    assert (await names(), seen) == (["a"], [["a"]])


async def test_a_commit_that_is_repeated_has_hooks_called_once(things, hook, seen):
    async with async_run_in_transaction() as session:
        await AsyncHandThing(name="a").async_save()
        await async_on_commit(hook)
        await session.commit_transaction()
        await session.commit_transaction()
    assert seen == [["a"]]


async def test_blocks_of_the_driver_within_a_block(things, hook, seen):
    kept, lost = AsyncHandThing(name="a"), AsyncHandThing(name="b")
    async with async_run_in_transaction() as session:
        await session.abort_transaction()
        async with await session.start_transaction():
            await kept.async_save()
            await async_on_commit(hook)
        with suppress(Stop):
            async with await session.start_transaction():
                await lost.async_save()
                await async_on_commit(hook)
                raise Stop
    assert (kept._created, lost._created) == (False, True)
    assert (await names(), seen) == (["a"], [["a"]])


async def test_a_function_that_has_committed_is_not_called_again(things):
    """Once more, it would do what it has done already."""
    calls = []

    async def work():
        calls.append(1)
        await AsyncHandThing(name="a").async_save()
        await open_session().commit_transaction()
        raise PyMongoError("again", error_labels={TRANSIENT})

    with pytest.raises(PyMongoError, match="again"):
        await async_in_transaction(work)
    assert (len(calls), await names()) == (1, ["a"])


def open_session():
    block = AsyncHandThing.objects._async_command()._block
    return block.session


# --- not known to be committed


async def test_a_commit_that_comes_about_later(failing, hook, seen):
    thing = AsyncHandThing(name="a")
    async with async_run_in_transaction() as session:
        await thing.async_save()
        await async_on_commit(hook)
        await failing(1, 64, UNKNOWN)
        with pytest.raises(OperationFailure):
            await session.commit_transaction()
        await session.commit_transaction()
        assert thing._created is False
    assert (thing._created, seen) == (False, [["a"]])


@pytest.mark.parametrize("again", [False, True])
async def test_a_commit_that_does_not_come_about(failing, hook, seen, again):
    thing = AsyncHandThing(name="a")
    async with async_run_in_transaction() as session:
        await thing.async_save()
        await async_on_commit(hook)
        await failing(1, 251, TRANSIENT)
        with pytest.raises(OperationFailure):
            await session.commit_transaction()
        if again:
            await session.start_transaction()
            assert thing._created is True
            await thing.async_save()
    assert thing._created is not again
    assert (await names(), seen) == (["a"] if again else [], [])
    await thing.async_save()
    assert await names() == ["a"]


async def test_what_the_driver_tries_again(failing):
    thing, calls = AsyncHandThing(name="a"), []

    async def work(session):
        calls.append(1)
        await thing.async_save()
        if len(calls) == 1:
            await failing(1, 251, TRANSIENT)

    async with async_run_in_transaction() as session:
        await session.abort_transaction()
        await session.with_transaction(work)
    assert (len(calls), thing._created, await names()) == (2, False, ["a"])


# --- sessions


async def test_the_end_of_a_session_aborts(things):
    thing = AsyncHandThing(name="a")
    async with async_run_in_transaction() as session:
        await thing.async_save()
        await session.end_session()
        assert thing._created is True
    assert await names() == []


async def test_an_abort_without_a_server_is_seen(things):
    thing = AsyncHandThing(name="a")
    async with async_run_in_transaction() as session:
        await thing.async_save()
        key = session.session_id
        with pymongo.timeout(1e-9):
            await session.abort_transaction()
        assert thing._created is True
    admin = get_async_connection().admin
    await admin.command("killSessions", [key])


@pytest.mark.parametrize("stops", [False, True])
async def test_documents_are_let_go_of(things, stops):
    context = None
    with suppress(Stop):
        async with async_run_in_transaction():
            thing = await AsyncHandThing(name="a").async_save()
            context = copy_context()  # as what was opened in the block has
            if stops:
                raise Stop
    kept = ref(thing)
    del thing
    gc.collect()
    assert context is not None
    assert kept() is None


async def test_sessions_are_let_go_of_at_once(things):
    gc.disable()
    try:
        async with things.database.client.start_session() as session:
            async_outcome_of(session)
            async with await session.start_transaction():
                pass
        kept = ref(session)
        del session
        assert kept() is None
    finally:
        gc.enable()
