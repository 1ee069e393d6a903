"""Transactions that many tasks and threads have a part in."""

import asyncio
import contextvars
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress

import pytest
from pymongo.monitoring import CommandListener

from mongoengine import (
    Document,
    IntField,
    StringField,
    connect,
    connect_async,
    disconnect,
    disconnect_async,
    get_async_db,
)
from mongoengine.base.scopes import async_sessions
from mongoengine.context_managers import (
    async_run_in_transaction,
    run_in_transaction,
)


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
    settings = {"host": mongo_uri, "uuidRepresentation": "standard"}
    await connect_async(name, event_listeners=[overlaps], **settings)
    await BlockThing.async_ensure_indexes()
    collection = get_async_db()["block_thing"]
    await collection.insert_one({"name": "first"})
    overlaps.commands.clear()
    return collection


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


def test_a_save_elsewhere_waits_for_a_transaction_and_not_it_for_that(mongo_db):
    thing = BlockThing(owner=0).save()
    has_saved = threading.Event()

    def within():
        with run_in_transaction():
            thing.owner = 1
            thing.save()
            has_saved.set()
            time.sleep(0.2)  # until the other waits for the server
            thing.owner = 2
            thing.save()

    def outside():
        has_saved.wait(60)
        thing.name = "outside"
        thing.save()

    pool = ThreadPoolExecutor(2)
    try:
        for done in [pool.submit(within), pool.submit(outside)]:
            done.result(30)
    finally:
        pool.shutdown(wait=False)
    assert BlockThing.objects.get().name == "outside"


async def test_tasks_outside_of_a_transaction_wait_for_it_alone(async_mongo_db):
    thing = await BlockThing(owner=0).async_save()
    has_saved = asyncio.Event()

    async def within():
        async with async_run_in_transaction():
            thing.owner = 1
            await thing.async_save()
            has_saved.set()
            await asyncio.sleep(0.2)
            thing.owner = 2
            await thing.async_save()

    async def outside():
        await has_saved.wait()
        thing.name = "outside"
        await thing.async_save()

    await asyncio.wait_for(asyncio.gather(within(), outside()), 30)
    assert (await BlockThing.objects.async_get()).name == "outside"
