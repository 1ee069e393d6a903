"""Transactions that are cancelled, run out of time, or lose their event loop."""

import asyncio
import gc
import itertools
import random
from contextlib import asynccontextmanager, suppress
from functools import partial

import pymongo
import pytest
from listening import Sent
from pymongo.errors import PyMongoError

from mongoengine import (
    Document,
    IntField,
    StringField,
    connect_async,
    disconnect,
    disconnect_async,
    get_async_connection,
    get_async_db,
)
from mongoengine._async import transactions
from mongoengine.context_managers import (
    async_in_transaction,
    async_on_commit,
    async_run_in_transaction,
)
from mongoengine.testing import local_mongod

# PyMongo forgets a connection that was still being opened when it was cancelled.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed transport:ResourceWarning")


@pytest.fixture(autouse=True)
def _forgotten_connections():
    """Let go of them in the test that they belong to."""
    yield
    gc.collect()


class CancelledThing(Document):
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


async def connected(name, uri, **settings):
    """Give the collection, which exists: blocks then wait for nothing else."""
    settings |= {"host": uri, "uuidRepresentation": "standard", "appname": name}
    await disconnect_async()
    await connect_async(name, **settings)
    await CancelledThing.async_ensure_indexes()
    await CancelledThing(name="first").async_save()
    return get_async_db()["cancelled_thing"]


@pytest.fixture
async def things(async_mongo_db, mongo_uri):
    return await connected(async_mongo_db.name, mongo_uri)


async def open_transactions():
    pipeline = [
        {"$currentOp": {"idleSessions": True, "allUsers": True}},
        {"$match": {"transaction": {"$exists": True}, "appName": get_async_db().name}},
    ]
    async with await get_async_connection().admin.aggregate(pipeline) as cursor:
        return len(await cursor.to_list())


def checked_out():
    servers = get_async_connection()._topology._servers.values()
    return sum(server.pool.active_sockets for server in servers)


class Steps:
    """Awaits a coroutine, and cancels its own task when that waits the nth time."""

    def __init__(self, coroutine, number):
        self.coroutine = coroutine
        self.number = number

    def __await__(self):
        step = partial(self.coroutine.send, None)
        while True:
            try:
                waited_for = step()
            except StopIteration as ended:
                return ended.value
            self.number -= 1
            if self.number == 0:
                asyncio.current_task().cancel()
            try:
                yield waited_for
                step = partial(self.coroutine.send, None)
            except BaseException as error:
                step = partial(self.coroutine.throw, error)


async def outcome_of(block):
    try:
        await block
    except asyncio.CancelledError:
        return "cancelled"


async def test_random_cancellations_leave_nothing_open(things):
    chance = random.Random(7)
    outcomes = []

    async def work(number):
        async with async_run_in_transaction():
            for _ in range(3):
                await CancelledThing(owner=number).async_save()
                await CancelledThing.objects(owner=number).async_count()

    for start in range(0, 400, 20):
        outcomes += await asyncio.gather(
            *(
                outcome_of(Steps(work(number), chance.randint(1, 30)))
                for number in range(start, start + 20)
            )
        )
    assert checked_out() == 0
    assert await open_transactions() == 0
    assert outcomes.count("cancelled") >= 200
    for number in range(400):  # all or nothing
        assert await things.count_documents({"owner": number}) in (0, 3)


async def test_a_block_that_is_cancelled_wherever_it_waits(things):
    async def work(made):
        async with async_run_in_transaction():
            for thing in made:
                await thing.async_save()
            assert len(await CancelledThing.objects(owner=made[0].owner)) == 2

    for number in itertools.count(1):
        made = [CancelledThing(owner=number), CancelledThing(owner=number)]
        outcome = await asyncio.create_task(outcome_of(Steps(work(made), number)))
        found = await things.count_documents({"owner": number})
        assert found in (0, 2)
        assert (checked_out(), await open_transactions()) == (0, 0)
        assert all(thing._created is (found == 0) for thing in made)
        if outcome is None:
            break
    assert number > 4


async def test_a_block_that_is_cancelled_again_and_again(things):
    started = asyncio.Event()

    async def work():
        async with async_run_in_transaction():
            await CancelledThing(name="second").async_save()
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


class Begins(Sent):
    """Tells when a commit has begun."""

    def __init__(self):
        super().__init__()
        self.commit = asyncio.Event()

    def started(self, event):
        if event.command_name == "commitTransaction":
            self.commit.set()


@pytest.fixture
def own_server():
    """A server of its own: what is slow there, is so for no other test."""
    with local_mongod() as server:
        yield server


async def test_a_commit_that_has_begun_is_finished(async_mongo_db, own_server):
    begins = Begins()
    things = await connected(
        async_mongo_db.name, own_server.uri, event_listeners=[begins]
    )
    thing = CancelledThing(name="second")
    seen = []

    async def hook():
        seen.append(1)

    async def work():
        async with async_run_in_transaction():
            await thing.async_save()
            await async_on_commit(hook)
            data = {"failCommands": ["commitTransaction"], "blockConnection": True}
            data["blockTimeMS"] = 600
            await get_async_connection().admin.command(
                "configureFailPoint", "failCommand", mode={"times": 1}, data=data
            )

    task = asyncio.create_task(work())
    await begins.commit.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await things.count_documents({"name": "second"}) == 1
    assert seen == [1]
    assert thing._created is False


async def test_a_cancellation_is_not_lost_in_hooks(things):
    """All are called, and what they raise is its context."""
    seen, error = [], KeyError("mine")

    async def waits():
        asyncio.current_task().cancel()
        await asyncio.sleep(60)

    async def raises():
        seen.append(1)
        raise error

    async def work():
        try:
            async with async_run_in_transaction():
                await CancelledThing(name="second").async_save()
                for hook in (raises, waits, raises):
                    await async_on_commit(hook)
        except asyncio.CancelledError as cancelled:
            seen.append(cancelled.__context__)
            raise

    task = asyncio.create_task(work())
    await asyncio.wait({task})
    assert task.cancelled()
    assert seen == [1, 1, error]
    assert await things.count_documents({}) == 2


async def test_a_server_that_is_gone_is_not_waited_for(
    async_mongo_db, own_server, monkeypatch
):
    monkeypatch.setattr(transactions, "SECONDS_TO_ABORT", 0.5)
    await connected(async_mongo_db.name, own_server.uri)
    thing, (node,) = CancelledThing(name="second"), own_server.nodes
    gone = asyncio.Event()

    async def work():
        async with async_run_in_transaction():
            await thing.async_save()
            node.pause()
            gone.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(work())
    await gone.wait()
    task.cancel()
    try:
        await asyncio.wait({task}, timeout=10)
        assert task.cancelled()
    finally:
        node.resume()
    assert thing._created is True


async def test_a_deadline_of_the_driver_ends_a_block_at_once(things):
    slow = CancelledThing.objects(__raw__={"$where": "sleep(9000) || true"})

    async def work():
        async with async_run_in_transaction():
            await CancelledThing(name="second").async_save()
            await slow.async_to_list()

    with pytest.raises(PyMongoError) as caught, pymongo.timeout(1):
        await work()
    assert caught.value.timeout
    assert await open_transactions() == 0
    assert await things.count_documents({"name": "second"}) == 0


async def test_a_block_whose_deadline_is_over_is_taken_back_at_once(things):
    with pymongo.timeout(1):
        async with aborted():
            await CancelledThing(name="second").async_save()
            await asyncio.sleep(1.1)
    assert await open_transactions() == 0


def test_the_end_of_a_loop_ends_its_blocks(mongo_db, mongo_uri):
    saved, outcomes = [], []
    disconnect()
    settings = {"host": mongo_uri, "uuidRepresentation": "standard"}
    settings["appname"] = mongo_db.name

    async def work():
        try:
            async with async_run_in_transaction():
                await CancelledThing(name="second").async_save()
                saved.append(1)
                await asyncio.sleep(60)
        except BaseException as error:
            outcomes.append(type(error))
            raise

    async def main():
        await connect_async(mongo_db.name, **settings)
        await CancelledThing.async_ensure_indexes()
        tasks = [asyncio.create_task(work()) for _ in range(5)]
        while len(saved) < 5:
            await asyncio.sleep(0.01)
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
        await CancelledThing(name="second").async_save()
        await asyncio.sleep(60)


async def test_a_function_is_not_called_beyond_a_deadline(things):
    calls = []

    async def work():
        calls.append(1)
        error = PyMongoError("again", error_labels={"TransientTransactionError"})
        raise error

    with pytest.raises(PyMongoError, match="again"), pymongo.timeout(1):
        await async_in_transaction(work)
    assert 2 < len(calls) < 100
