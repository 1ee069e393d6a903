"""Switches and counters of many tasks and threads at the same time."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from mongoengine import (
    Document,
    IntField,
    StringField,
    connect,
    connect_async,
    disconnect_async,
    get_async_connection,
    get_db,
)
from mongoengine.base.scopes import sessions, switches
from mongoengine.context_managers import (
    async_no_dereference,
    async_query_counter,
    async_switch_collection,
    async_switch_db,
    no_dereferencing_active_for_class,
    query_counter,
    switch_collection,
    switch_db,
)

MANY = 50
EACH = 8


class SwitchedThing(Document):
    owner = IntField()
    name = StringField()


@pytest.fixture
async def things(async_mongo_db):
    await SwitchedThing.async_ensure_indexes()
    return async_mongo_db["switched_thing"]


# --- switches


@pytest.fixture
async def two_databases(async_mongo_db, mongo_db, mongo_uri):
    """The default alias and ``other``, each for both families."""
    name = f"{mongo_db.name}_other"
    settings = {"host": mongo_uri, "uuidRepresentation": "standard"}
    await connect_async(name, alias="other", **settings)
    connect(name, alias="other", **settings)
    yield
    await get_async_connection("other").drop_database(name)
    await disconnect_async("other")


def place_of(number):
    return ("default", "other")[number % 2], f"place{number % 5}"


def misplaced():
    """Return how many documents there are, and how many where they should not be."""
    total = wrong = 0
    for alias in ("default", "other"):
        db = get_db(alias)
        for name in db.list_collection_names():
            for row in db[name].find():
                total += 1
                home = ("default", "switched_thing")
                expected = home if row["owner"] < 0 else place_of(row["owner"])
                wrong += (alias, name) != expected
    return total, wrong


async def test_tasks_that_switch_do_not_meet(two_databases):
    async def switching(number):
        alias, name = place_of(number)
        database = async_switch_db(SwitchedThing, alias)
        async with database as cls, async_switch_collection(cls, name):
            for _ in range(EACH):
                await cls(owner=number).async_save()
                await asyncio.sleep(0)
                found = await cls.objects(owner=number).async_first()
                assert found.owner == number

    async def bystander():
        for _ in range(EACH):
            await SwitchedThing(owner=-1).async_save()
            await asyncio.sleep(0)

    await asyncio.gather(bystander(), *map(switching, range(MANY)))
    assert misplaced() == ((MANY + 1) * EACH, 0)


async def test_threads_that_switch_do_not_meet(two_databases):
    def switching(number):
        alias, name = place_of(number)
        with switch_db(SwitchedThing, alias) as cls, switch_collection(cls, name):
            for _ in range(EACH):
                cls(owner=number).save()
                assert cls.objects(owner=number).first().owner == number

    def bystander():
        for _ in range(EACH):
            SwitchedThing(owner=-1).save()

    with ThreadPoolExecutor(MANY + 1) as pool:
        waiting = [pool.submit(bystander)]
        waiting += [pool.submit(switching, number) for number in range(MANY)]
        for one in waiting:
            one.result()
    assert misplaced() == ((MANY + 1) * EACH, 0)


async def test_a_task_keeps_the_switch_it_began_in(two_databases):
    """It is what it is told to do, whether anybody waits for it or not."""
    over = asyncio.Event()

    async def late():
        await over.wait()
        await SwitchedThing(owner=1).async_save()

    collection = async_switch_collection(SwitchedThing, "place1")
    async with async_switch_db(SwitchedThing, "other"), collection:
        task = asyncio.create_task(late())
    over.set()
    await task
    assert misplaced() == (1, 0)


async def test_tasks_do_not_see_what_others_switch_off(things):
    async def one():
        async with async_no_dereference(SwitchedThing):
            await asyncio.sleep(0.02)
            assert no_dereferencing_active_for_class(SwitchedThing)

    async def other():
        await asyncio.sleep(0.01)
        assert not no_dereferencing_active_for_class(SwitchedThing)

    await asyncio.gather(one(), other())


async def test_a_switch_that_ends_in_another_order(things):
    one = async_switch_collection(SwitchedThing, "one")
    two = async_switch_collection(SwitchedThing, "two")
    await one.__aenter__()
    await two.__aenter__()
    await one.__aexit__(None, None, None)
    assert SwitchedThing._get_collection_name() == "two"
    await two.__aexit__(None, None, None)
    assert SwitchedThing._get_collection_name() == "switched_thing"
    assert switches.get() == ()


# --- counting


async def test_a_task_counts_its_own_commands_and_those_of_its_tasks(things):
    async def work(number):
        async with async_query_counter() as counter:
            for _ in range(number):
                await SwitchedThing.objects.async_first()
            await asyncio.gather(*(things.find_one() for _ in range(3)))
            return int(counter)

    counted = await asyncio.gather(*map(work, range(10)))
    assert counted == [number + 3 for number in range(10)]


def test_a_thread_counts_its_own_commands(mongo_db):
    SwitchedThing.ensure_indexes()

    def work(number):
        with query_counter() as counter:
            for _ in range(number):
                SwitchedThing.objects.first()
            return int(counter)

    with ThreadPoolExecutor(10) as pool:
        assert list(pool.map(work, range(10))) == list(range(10))
    assert sessions.get() == ()
