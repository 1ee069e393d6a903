"""Transactions of many tasks and threads, and those that are cancelled."""

import asyncio
import contextvars
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress

import pymongo
import pytest
from pymongo.errors import PyMongoError
from pymongo.monitoring import CommandListener

from mongoengine import (
    Document,
    IntField,
    StringField,
    connect,
    connect_async,
    disconnect,
    disconnect_async,
    get_async_connection,
    get_async_db,
)
from mongoengine.base.scopes import async_sessions
from mongoengine.context_managers import (
    async_in_transaction,
    async_on_commit,
    async_run_in_transaction,
    on_commit,
    run_in_transaction,
)
from mongoengine.testing import local_mongod


class BlockThing(Document):
    owner = IntField()
    name = StringField()


class Stop(Exception):
    pass


@asynccontextmanager
async def aborted():
    """A transaction that is taken back at the end of the block."""
    with suppress(Stop):
        async with async_run_in_transaction() as session:
            yield session
            raise Stop


@contextmanager
def aborted_in_thread():
    """The same for the sync family."""
    with suppress(Stop), run_in_transaction():
        yield
        raise Stop


class Overlaps(CommandListener):
    """The most commands that were under way at a time, by session."""

    def __init__(self):
        self.under_way = {}
        self.sessions = {}
        self.most = 0
        self.commands = []

    def started(self, event):
        session = event.command.get("lsid", {}).get("id")
        self.commands.append(event.command)
        self.sessions[event.request_id] = session
        now = self.under_way[session] = self.under_way.get(session, 0) + 1
        self.most = max(self.most, now)

    def succeeded(self, event):
        self.under_way[self.sessions[event.request_id]] -= 1

    failed = succeeded


@pytest.fixture
def overlaps():
    return Overlaps()


@pytest.fixture
async def things(async_mongo_db, mongo_uri, overlaps):
    name = async_mongo_db.name
    await disconnect_async()
    settings = {"host": mongo_uri, "uuidRepresentation": "standard", "appname": name}
    await connect_async(name, event_listeners=[overlaps], **settings)
    await BlockThing.async_ensure_indexes()
    collection = get_async_db()["block_thing"]
    await collection.insert_one({"name": "first"})
    overlaps.commands.clear()
    return collection


async def open_transactions():
    pipeline = [
        {"$currentOp": {"idleSessions": True, "allUsers": True}},
        {"$match": {"transaction": {"$exists": True}, "appName": get_async_db().name}},
    ]
    async with await get_async_connection().admin.aggregate(pipeline) as cursor:
        return len(await cursor.to_list())


def checked_out(client):
    servers = client._topology._servers.values()
    return sum(server.pool.active_sockets for server in servers)


# --- tasks and threads within a block


async def test_the_tasks_of_a_block_join_it_one_at_a_time(things, overlaps):
    async def work(number):
        await BlockThing(owner=number).async_save()
        assert await BlockThing.objects(owner=number).async_count() == 1
        return [thing.owner async for thing in BlockThing.objects(owner=number)]

    async with aborted():
        found = await asyncio.gather(*map(work, range(20)))
    assert found == [[number] for number in range(20)]
    assert overlaps.most == 1
    assert await things.count_documents({}) == 1
    joined = [c for c in overlaps.commands if "aggregate" not in c or "txnNumber" in c]
    assert len(joined) == 61
    assert all("lsid" in command and "txnNumber" in command for command in joined)


def test_the_threads_of_a_block_join_it_one_at_a_time(mongo_db, mongo_uri, overlaps):
    disconnect()
    settings = {"host": mongo_uri, "uuidRepresentation": "standard"}
    connect(mongo_db.name, event_listeners=[overlaps], **settings)
    BlockThing.ensure_indexes()
    overlaps.commands.clear()

    def work(number):
        BlockThing(owner=number).save()
        return BlockThing.objects(owner=number).count()

    with ThreadPoolExecutor(10) as pool, aborted_in_thread():
        waiting = [
            pool.submit(contextvars.copy_context().run, work, number)
            for number in range(20)
        ]
        assert [one.result() for one in waiting] == [1] * 20
    assert overlaps.most == 1
    assert all("txnNumber" in command for command in overlaps.commands)
    assert BlockThing.objects.count() == 0


def test_other_threads_do_not_join(mongo_db):
    BlockThing.ensure_indexes()
    with aborted_in_thread():
        BlockThing(name="goes").save()
        thread = threading.Thread(target=BlockThing(name="stays").save)
        thread.start()
        thread.join()
    assert [thing.name for thing in BlockThing.objects] == ["stays"]


async def test_a_task_that_outlives_its_block_is_refused(things):
    over = asyncio.Event()

    async def late():
        await over.wait()
        await BlockThing(name="late").async_save()

    async def late_reader():
        async for _ in BlockThing.objects.batch_size(1):
            await over.wait()

    await things.insert_many([{"name": "x"} for _ in range(200)])
    async with async_run_in_transaction():
        await BlockThing(name="second").async_save()
        tasks = [asyncio.create_task(work()) for work in (late, late_reader)]
        await asyncio.sleep(0.05)
    over.set()
    for task in tasks:
        with pytest.raises(RuntimeError, match="'default' is over"):
            await task
    assert await things.count_documents({"name": "late"}) == 0
    await BlockThing(name="outside").async_save()


async def test_a_thread_that_outlives_its_block_is_refused(mongo_db):
    BlockThing.ensure_indexes()
    with run_in_transaction():
        context = contextvars.copy_context()
    with pytest.raises(RuntimeError, match="'default' is over"):
        context.run(BlockThing(name="late").save)


async def test_nothing_waits_for_a_commit_of_the_other_family(async_mongo_db, mongo_db):
    calls = []

    async def hook():
        calls.append(1)

    async with async_run_in_transaction():
        with pytest.raises(RuntimeError, match="is of the other family"):
            on_commit(lambda: calls.append(1))
    refused = pytest.raises(RuntimeError, match="is of the other family")
    with run_in_transaction(), refused:
        await async_on_commit(hook)
    assert calls == []
    on_commit(lambda: calls.append(1))
    await async_on_commit(hook)
    assert calls == [1, 1]


async def test_a_task_that_waited_for_its_turn_until_the_end_is_refused(things):
    async def work(number):
        await BlockThing(owner=number).async_save()

    async with async_run_in_transaction():
        await BlockThing(name="second").async_save()
        tasks = [asyncio.create_task(work(number)) for number in range(50)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    refused = [one for one in outcomes if isinstance(one, RuntimeError)]
    assert refused
    assert all("is over" in str(one) for one in refused)
    # Whoever was not refused is part of what was committed.
    assert await things.count_documents({"owner": {"$ne": None}}) == 50 - len(refused)


async def test_a_block_that_ends_in_another_context(things):
    block = async_run_in_transaction()
    begun = contextvars.copy_context()
    loop = asyncio.get_running_loop()
    await begun.run(loop.create_task, block.__aenter__())
    await begun.run(loop.create_task, BlockThing(name="second").async_save())
    await block.__aexit__(None, None, None)  # in the context of this test
    assert async_sessions.get() == ()
    assert await BlockThing.objects(name="second").async_count() == 1


# --- blocks that are cancelled


async def test_random_cancellations_leave_nothing_open(things):
    chance = random.Random(7)
    client = get_async_connection()
    outcomes = {}

    async def work(number):
        async with async_run_in_transaction():
            for _ in range(3):
                await BlockThing(owner=number).async_save()
                await BlockThing.objects(owner=number).async_count()

    for start in range(0, 200, 20):
        tasks = [asyncio.create_task(work(start + number)) for number in range(20)]
        for task in tasks:
            await asyncio.sleep(chance.random() * 0.004)
            task.cancel()
        done = await asyncio.gather(*tasks, return_exceptions=True)
        for number, error in enumerate(done, start):
            outcomes[number] = error
            assert error is None or isinstance(error, asyncio.CancelledError)
    assert checked_out(client) == 0
    assert await open_transactions() == 0
    cancelled = [number for number, error in outcomes.items() if error is not None]
    assert len(cancelled) > 100
    for number in outcomes:  # all or nothing
        assert await things.count_documents({"owner": number}) in (0, 3)


async def test_a_block_that_is_cancelled_again_and_again(things):
    started = asyncio.Event()

    async def work():
        async with async_run_in_transaction():
            await BlockThing(name="second").async_save()
            assert await open_transactions() == 1
            started.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(work())
    await started.wait()
    while not task.done():
        task.cancel()
        await asyncio.sleep(0)
    assert task.cancelled()
    assert await open_transactions() == 0
    assert await things.count_documents({}) == 1


@pytest.fixture
def own_uri():
    """A server of its own: what is slow there, is so for no other test."""
    with local_mongod() as server:
        yield server.uri


async def test_a_commit_that_has_begun_is_finished(async_mongo_db, own_uri, overlaps):
    await disconnect_async()
    settings = {"host": own_uri, "uuidRepresentation": "standard"}
    await connect_async("blocks", event_listeners=[overlaps], **settings)
    await BlockThing.async_ensure_indexes()
    things = get_async_db()["block_thing"]
    seen = []
    client = get_async_connection()
    thing = BlockThing(name="second")

    async def hook():
        seen.append(1)

    async def work():
        async with async_run_in_transaction():
            await thing.async_save()
            await async_on_commit(hook)
            data = {"failCommands": ["commitTransaction"], "blockConnection": True}
            data["blockTimeMS"] = 600
            await client.admin.command(
                "configureFailPoint", "failCommand", mode={"times": 1}, data=data
            )

    task = asyncio.create_task(work())
    while not any("configureFailPoint" in c for c in things_sent(client)):
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await things.count_documents({"name": "second"}) == 1
    assert seen == [1]
    assert thing._created is False


def things_sent(client):
    (listener,) = client.options.event_listeners
    return listener.commands


async def test_a_deadline_of_the_driver_ends_a_block_at_once(things):
    slow = BlockThing.objects(__raw__={"$where": "sleep(3000) || true"})

    async def work():
        async with async_run_in_transaction():
            await BlockThing(name="second").async_save()
            await slow.async_to_list()

    with pytest.raises(PyMongoError) as caught, pymongo.timeout(0.2):
        await work()
    assert caught.value.timeout
    assert await open_transactions() == 0
    assert await things.count_documents({"name": "second"}) == 0


async def test_a_block_whose_deadline_is_over_is_taken_back_at_once(things):
    with pymongo.timeout(0.2):
        async with aborted():
            await BlockThing(name="second").async_save()
            await asyncio.sleep(0.3)
    assert await open_transactions() == 0


def test_the_end_of_a_loop_ends_its_blocks(mongo_db, mongo_uri):
    outcomes = []
    disconnect()
    settings = {"host": mongo_uri, "uuidRepresentation": "standard"}
    settings["appname"] = mongo_db.name

    async def work():
        try:
            async with async_run_in_transaction():
                await BlockThing(name="second").async_save()
                await asyncio.sleep(60)
        except BaseException as error:
            outcomes.append(type(error))
            raise

    async def main():
        await connect_async(mongo_db.name, **settings)
        await BlockThing.async_ensure_indexes()
        tasks = [asyncio.create_task(work()) for _ in range(5)]
        await asyncio.sleep(0.3)
        return tasks

    asyncio.run(main())
    assert outcomes == [asyncio.CancelledError] * 5

    async def afterwards():
        await connect_async(mongo_db.name, **settings)
        return await open_transactions()

    assert asyncio.run(afterwards()) == 0


async def test_a_deadline_of_asyncio_ends_a_block_at_once(things):
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(endless(), 0.2)
    assert await open_transactions() == 0
    assert await things.count_documents({"name": "second"}) == 0


async def endless():
    async with async_run_in_transaction():
        await BlockThing(name="second").async_save()
        await asyncio.sleep(60)


async def test_a_function_is_not_called_beyond_a_deadline(things):
    calls = []

    async def work():
        calls.append(1)
        error = PyMongoError("again", error_labels={"TransientTransactionError"})
        raise error

    with pytest.raises(PyMongoError, match="again"), pymongo.timeout(0.3):
        await async_in_transaction(work)
    assert 2 < len(calls) < 100
