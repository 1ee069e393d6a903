"""Tasks and threads that connect and disconnect at the same time."""

import asyncio
import contextvars
import gc
import sys
import threading
import weakref

import pytest
from pymongo import AsyncMongoClient

from mongoengine import (
    ConnectionFailure,
    ConnectionType,
    connect,
    connect_async,
    disconnect,
    disconnect_all,
    disconnect_all_async,
    disconnect_async,
    get_async_connection,
    is_async_connection,
    register_connection,
)
from mongoengine import connection as registry


@pytest.fixture(autouse=True)
def disconnected():
    yield
    disconnect_all()
    asyncio.run(disconnect_all_async())
    registry._connection_settings.clear()


@pytest.fixture
def settings(mongo_uri):
    return {"host": mongo_uri, "uuidRepresentation": "standard"}


# --- tasks


class SlowClient(AsyncMongoClient):
    """Takes its time to connect, as a client does that asks the DNS.

    Like such a client it does not hear that it is closed before the answer came.
    """

    asking = 0

    def __init__(self, **options):
        super().__init__(**options)
        self.go_on = asyncio.Event()

    async def aconnect(self):
        assert not self.asking
        self.asking += 1
        try:
            await self.go_on.wait()
            await super().aconnect()
        finally:
            self.asking -= 1

    async def close(self):
        if self.go_on.is_set():
            await super().close()


@pytest.fixture
def slow(settings):
    return {**settings, "mongo_client_class": SlowClient}


async def begun(**settings):
    """Return a task that connects, once it waits for the client."""
    task = asyncio.create_task(connect_async(**settings))
    await asyncio.sleep(0)
    return task


async def answers(client):
    assert (await client.admin.command("ping"))["ok"] == 1


async def test_many_tasks_connect_one_client_once(slow):
    tasks = [await begun(**slow) for _ in range(200)]
    get_async_connection().go_on.set()
    clients = await asyncio.gather(*tasks)
    assert set(clients) == {get_async_connection()}
    await answers(clients[0])


async def test_a_task_that_gives_up_leaves_the_client_to_the_others(slow):
    first, second = await begun(**slow), await begun(**slow)
    first.cancel()
    await asyncio.wait([first])
    get_async_connection().go_on.set()
    await answers(await second)
    assert first.cancelled()


async def test_the_last_task_that_gives_up_frees_the_alias(slow, settings):
    tasks = [await begun(**slow), await begun(**slow)]
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    assert not is_async_connection()
    client = await connect_async("other", **settings)
    assert type(client) is AsyncMongoClient
    await answers(client)


async def test_giving_up_leaves_the_clients_of_other_loops_alone(slow):
    elsewhere, done = [], threading.Event()

    async def other_loop():
        task = await begun(**slow)
        get_async_connection().go_on.set()
        elsewhere.append(await task)
        await answers(elsewhere[0])
        ready.set()
        await asyncio.to_thread(done.wait)
        assert get_async_connection() is elsewhere[0]

    ready = threading.Event()
    running = asyncio.create_task(asyncio.to_thread(asyncio.run, other_loop()))
    await asyncio.to_thread(ready.wait)
    task = await begun(**slow)
    task.cancel()
    await asyncio.wait([task])
    done.set()
    await running


async def test_disconnecting_what_connects(slow):
    task = await begun(**slow)
    client = get_async_connection()
    await disconnect_async()
    client.go_on.set()
    with pytest.raises(ConnectionFailure, match="`default` was disconnected while"):
        await task
    assert client._closed
    assert not is_async_connection()


async def test_other_settings_are_refused_before_the_first_have_connected(slow):
    task = await begun(db="one", **slow)
    with pytest.raises(ConnectionFailure, match="already registered"):
        await connect_async(db="two", **slow)
    get_async_connection().go_on.set()
    await answers(await task)


async def test_a_client_keeps_nothing_of_the_task_that_opened_it(settings):
    class Session:
        pass

    variable = contextvars.ContextVar("variable")

    async def work():
        register_connection("default", connect=False, **settings)
        session = Session()
        variable.set(session)
        get_async_connection()
        return weakref.ref(session)

    session = await asyncio.create_task(work())
    await asyncio.sleep(0)  # the event loop lets go of the task
    gc.collect()
    assert session() is None


# --- threads


@pytest.fixture
def hasty():
    """Switch threads as often as can be."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def in_threads(*functions):
    """Run the functions at the same time; return what they return or raise."""
    barrier, results = threading.Barrier(len(functions)), []

    def run(function):
        barrier.wait()
        try:
            results.append(function())
        except Exception as error:
            results.append(error)

    threads = [threading.Thread(target=run, args=(f,)) for f in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_nobody_gets_a_client_that_another_thread_closes(settings, hasty):
    def work(alias):
        for _ in range(50):
            assert not connect(alias=alias, **settings)._closed
            disconnect(alias)

    assert in_threads(*(lambda a=a: work(a) for a in "abcd")) == [None] * 4


def test_one_of_several_threads_settles_the_settings(settings, hasty):
    for _ in range(100):
        connects = [
            lambda db=db: connect(db, connect=False, **settings) for db in "abcd"
        ]
        results = in_threads(*connects)
        refused = [r for r in results if isinstance(r, ConnectionFailure)]
        assert len(refused) == 3
        disconnect()


def test_both_families_connect_at_the_same_time(settings, hasty):
    settings["connect"] = False

    async def opened():
        await connect_async(**settings)

    for _ in range(100):
        in_threads(lambda: connect(**settings), lambda: asyncio.run(opened()))
        assert registry._connection_types["default"] == (
            ConnectionType.SYNC | ConnectionType.ASYNC
        )
        disconnect()
        asyncio.run(disconnect_all_async())
