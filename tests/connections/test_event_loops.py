"""One async client per running event loop; threads, dead loops and forks."""

import asyncio
import os
import subprocess
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from mongoengine import (
    Document,
    IntField,
    connect_async,
    disconnect_all,
    disconnect_all_async,
    get_async_connection,
    get_async_db,
    get_connection,
)
from mongoengine import connection as registry
from mongoengine.context_managers import async_run_in_transaction


class LoopsRow(Document):
    n = IntField()


@pytest.fixture(autouse=True)
def disconnected():
    yield
    disconnect_all()
    asyncio.run(disconnect_all_async())
    registry._connection_settings.clear()


@pytest.fixture
def settings(mongo_uri):
    return {"db": "loops", "host": mongo_uri, "uuidRepresentation": "standard"}


async def ping():
    assert (await get_async_db().command("ping"))["ok"] == 1
    return get_async_connection()


def test_asyncio_run_twice(settings):
    async def first():
        return await connect_async(**settings)

    client = asyncio.run(first())
    assert registry.is_async_connection()
    assert asyncio.run(ping()) is not client


def test_connecting_again_in_a_second_loop(settings):
    async def connected():
        client = await connect_async(**settings)
        assert await ping() is client

    asyncio.run(connected())
    asyncio.run(connected())


def test_two_threads_with_a_loop_each(settings):
    clients = []

    async def work():
        await connect_async(**settings)
        clients.append(await ping())
        while len(clients) < 2:  # both loops live at the same time
            await asyncio.sleep(0.001)
        assert await ping() in clients

    threads = [threading.Thread(target=asyncio.run, args=(work(),)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(map(id, clients))) == 2


def test_many_threads_open_one_sync_client(settings):
    registry.register_connection("default", **settings)
    clients, barrier = [], threading.Barrier(8)

    def work():
        barrier.wait()
        clients.append(get_connection())

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(map(id, clients))) == 1


def test_outside_of_a_loop_there_is_no_async_client(settings):
    asyncio.run(connect_async(**settings))
    registry.register_connection("registered", **settings)
    for alias in ("default", "registered"):
        with pytest.raises(RuntimeError, match="call this from a coroutine"):
            get_async_connection(alias)


def test_disconnecting_waits_for_no_other_loop(settings):
    """The other loop is stuck in sync code; its client closes when it goes on."""
    started, release, seen = threading.Event(), threading.Event(), []

    async def stuck():
        client = await connect_async(**settings)
        await ping()
        started.set()
        release.wait(30)
        for _ in range(1000):
            if client._closed:
                break
            await asyncio.sleep(0.005)
        seen.append(client._closed)

    thread = threading.Thread(target=asyncio.run, args=(stuck(),))
    thread.start()
    assert started.wait(30)
    asyncio.run(asyncio.wait_for(disconnect_all_async(), 20))
    assert not registry.is_async_connection()
    release.set()
    thread.join()
    assert seen == [True]


def test_cancelling_every_task_of_a_loop_is_survived(settings):
    """Some servers do so on shutdown, and then write one last time."""

    async def main():
        first = await connect_async(**settings)
        await ping()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        assert await ping() is not first

    asyncio.run(main())


def test_loops_that_end_leave_no_warnings_and_no_connections(settings):
    """In a process of its own, where every warning is an error."""
    program = f"""
        import asyncio, gc, threading
        from mongoengine import connect_async, get_async_db

        async def main():
            asyncio.get_running_loop().slow_callback_duration = 60  # a busy machine
            await connect_async(**{settings!r})
            await asyncio.gather(*(get_async_db().command("ping") for _ in range(9)))

        asyncio.run(main())
        gc.collect()
        asyncio.run(main(), debug=True)
        thread = threading.Thread(target=asyncio.run, args=(main(),))
        thread.start()
        thread.join()
        gc.collect()
        print("done")
    """
    done = run(program)
    assert done.stdout.split() == ["done"]
    assert done.stderr == ""


def test_a_loop_ends_though_a_generator_holds_a_transaction(settings):
    kept = []

    async def rows():
        async with async_run_in_transaction():
            async for row in LoopsRow.objects:
                yield row

    async def main():
        await connect_async(**settings)
        await LoopsRow.async_drop_collection()
        await LoopsRow.objects.async_insert([LoopsRow(n=n) for n in range(3)])
        kept.append(rows())
        return (await anext(kept[0])).n

    pool = ThreadPoolExecutor(1)
    try:
        assert pool.submit(asyncio.run, main()).result(60) == 0
    finally:
        pool.shutdown(wait=False)


def test_a_loop_that_was_closed_without_a_runner_is_dropped(settings):
    """Its client cannot be closed any more; a new loop gets a new one."""
    program = f"""
        import asyncio
        from mongoengine import connect_async, get_async_connection, get_async_db
        from mongoengine.base.connections import _async_leases

        loop = asyncio.new_event_loop()
        loop.run_until_complete(connect_async(**{settings!r}))
        loop.close()

        async def main():
            await get_async_db().command("ping")
            assert len(_async_leases["default"]) == 1
        asyncio.run(main())
        print("done")
    """
    assert run(program, "-W", "ignore").stdout.split() == ["done"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks on this system")
def test_a_forked_child_opens_its_own_clients(settings):
    program = f"""
        import asyncio, os
        from mongoengine import connect, connect_async, get_async_db, get_connection

        async def ping():
            return (await get_async_db().command("ping"))["ok"]

        parent = connect(**{settings!r})
        parent.admin.command("ping")
        asyncio.run(connect_async(**{settings!r}))
        child = os.fork()
        if child == 0:
            assert get_connection() is not parent
            assert get_connection().admin.command("ping")["ok"] == 1
            assert asyncio.run(ping()) == 1
            os._exit(7)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert get_connection() is parent
        assert parent.admin.command("ping")["ok"] == 1
        parent.close()
        print(status)
    """
    done = run(program)
    assert done.stdout.split() == ["7"]
    assert done.stderr == ""


def run(program, *options):
    return subprocess.run(
        [sys.executable, *(options or ["-W", "error"]), "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
