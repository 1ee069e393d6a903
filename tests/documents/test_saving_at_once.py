"""One document in several tasks, threads and families at the same time."""

import asyncio
import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor

import pymongo
import pytest

from mongoengine import (
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    ListField,
    NotUniqueError,
    StringField,
    signals,
)
from mongoengine._seam import _async_turns, _turns
from mongoengine.base.state import LOADED_ASYNC


class AtOncePart(EmbeddedDocument):
    size = IntField()


class AtOnce(Document):
    name = StringField()
    number = IntField()
    tags = ListField(StringField())
    part = EmbeddedDocumentField(AtOncePart)


@pytest.fixture
async def collection(async_mongo_db):
    return await AtOnce._async_get_collection()


@pytest.fixture
async def slow(async_mongo_db, fail_points):
    """Give what makes the server slow about commands of a name, a number of times."""
    admin = async_mongo_db.client.admin

    async def block(name, times=1, milliseconds=500):
        data = {
            "failCommands": [name],
            "blockConnection": True,
            "appName": fail_points,
            "blockTimeMS": milliseconds,
        }
        await admin.command(
            "configureFailPoint", "failCommand", mode={"times": times}, data=data
        )

    yield block
    await admin.command("configureFailPoint", "failCommand", mode="off")


async def test_many_tasks_save_one_new_document_once(collection):
    thing = AtOnce(name="a")
    await asyncio.gather(*(thing.async_save() for _ in range(20)))
    assert await collection.find().to_list() == [
        {"_id": thing.id, "name": "a", "tags": []}
    ]


async def test_the_second_save_of_a_new_document_follows_the_first(collection, slow):
    await slow("insert")
    thing = AtOnce(name="a", number=1)
    first = asyncio.create_task(thing.async_save())
    await asyncio.sleep(0.05)
    thing.number = 2
    await thing.async_save()
    assert first.done()
    assert (await collection.find_one())["number"] == 2
    assert thing._changed_fields == []


def test_many_threads_save_one_new_document_once(mongo_db):
    thing = AtOnce(name="a")
    start = threading.Barrier(10)

    def save(number):
        start.wait()
        thing.save()

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(save, range(10)))
    stored = list(AtOnce._get_collection().find())
    assert stored == [{"_id": thing.id, "name": "a", "tags": []}]


async def test_both_families_at_once_store_one_document(mongo_db, collection):
    AtOnce._get_collection()
    thing = AtOnce(name="a")
    saving = asyncio.create_task(thing.async_save())
    await asyncio.sleep(0)
    thing.save()
    with contextlib.suppress(NotUniqueError):  # whichever comes second may say so
        await saving
    assert await collection.find().to_list() == [
        {"_id": thing.id, "name": "a", "tags": []}
    ]
    thing.number = 1
    thing.save()
    assert (await collection.find().to_list())[0]["number"] == 1


async def test_nobody_waits_for_ever_and_no_lock_is_left(collection, mongo_db):
    for _ in range(3):
        thing = AtOnce(name="a")
        await asyncio.gather(*(thing.async_save() for _ in range(3)))
        thing.number = 1
        thing.save()
    assert not _async_turns
    assert not _turns


async def test_the_next_one_saves_when_the_first_fails(collection, slow):
    await slow("insert")
    thing = AtOnce(name="a")
    first = asyncio.create_task(thing.async_save())
    await asyncio.sleep(0.05)
    second = asyncio.create_task(thing.async_save())
    await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    await second
    assert await collection.count_documents({}) == 1
    assert not thing._created


async def test_who_waits_can_be_cancelled(collection, slow):
    await slow("insert")
    thing = AtOnce(name="a")
    first = asyncio.create_task(thing.async_save())
    await asyncio.sleep(0.05)
    second = asyncio.create_task(thing.async_save())
    await asyncio.sleep(0)
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    await first
    assert thing._changed_fields == []
    assert not thing._created


@pytest.mark.parametrize("is_new", [True, False])
async def test_what_changes_meanwhile_is_saved_the_next_time(collection, slow, is_new):
    thing = AtOnce(name="a", number=1, tags=["x"], part=AtOncePart(size=1))
    if not is_new:
        await thing.async_save()
        thing.name, thing.number, thing.part.size = "b", 2, 2
    await slow("insert" if is_new else "update")
    saving = asyncio.create_task(thing.async_save())
    await asyncio.sleep(0.05)
    thing.number = 3  # again
    thing.tags.append("y")
    thing.part.size = 3  # again
    await saving
    assert sorted(thing._get_changed_fields()) == ["number", "part.size", "tags"]
    stored = await collection.find_one()
    assert stored["tags"] == ["x"]
    await thing.async_save()
    stored = await collection.find_one({}, {"_id": 0})
    name = "a" if is_new else "b"
    assert stored == {
        "name": name,
        "number": 3,
        "tags": ["x", "y"],
        "part": {"size": 3},
    }


async def test_what_changes_while_a_save_fails_is_saved_as_well(collection, slow):
    thing = await AtOnce(name="a", part=AtOncePart(size=1)).async_save()
    thing.number, thing.part.size = 1, 2
    await slow("update")
    saving = asyncio.create_task(thing.async_save())
    await asyncio.sleep(0.05)
    thing.tags.append("y")
    saving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await saving
    assert sorted(thing._get_changed_fields()) == ["number", "part.size", "tags"]
    await thing.async_save()
    assert await collection.find_one({}, {"_id": 0}) == {
        "name": "a",
        "number": 1,
        "tags": ["y"],
        "part": {"size": 2},
    }


async def test_a_cancelled_insert_can_be_saved_again(collection, slow):
    await slow("insert")
    thing = AtOnce(name="a", number=1)
    saving = asyncio.create_task(thing.async_save())
    await asyncio.sleep(0.05)
    saving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await saving
    assert thing._created
    assert thing.id is not None
    thing.number = 2
    await asyncio.gather(thing.async_save(), thing.async_save())
    await asyncio.sleep(0.8)  # the server may come to the first one only now
    assert await collection.count_documents({}) == 1
    assert (await collection.find_one())["number"] == 2


async def test_a_deadline_covers_all_of_a_save(collection, slow):
    thing = await AtOnce(name="a").async_save()
    thing.number = 1
    await slow("update", milliseconds=500)
    with pytest.raises(pymongo.errors.PyMongoError) as caught, pymongo.timeout(0.1):
        await thing.async_save()
    assert caught.value.timeout
    assert thing._changed_fields == ["number"]
    await thing.async_save()
    assert (await collection.find_one())["number"] == 1


async def test_what_changes_while_receivers_wait_is_saved_the_next_time(collection):
    waiting, go_on = asyncio.Event(), asyncio.Event()

    async def wait(sender, document, **more):
        waiting.set()
        await go_on.wait()

    thing = await AtOnce(name="a", number=1, tags=["x"]).async_save()
    thing.name = "b"
    thing.number = 2
    with signals.post_save.connected_to(wait, sender=AtOnce):
        saving = asyncio.create_task(thing.async_save())
        await waiting.wait()
        thing.number = 3
        thing.tags.append("y")
        go_on.set()
        await saving
    assert sorted(thing._changed_fields) == ["number", "tags"]


async def test_a_document_knows_which_family_loaded_it(collection, mongo_db):
    thing = await AtOnce(name="a").async_save()
    by_async = await AtOnce.objects.async_get(id=thing.id)
    by_sync = AtOnce.objects.get(id=thing.id)
    assert by_async._state_flags & LOADED_ASYNC
    assert not by_sync._state_flags & LOADED_ASYNC
    await by_sync.async_reload()
    by_async.reload("name")
    assert by_sync._state_flags & LOADED_ASYNC
    assert not by_async._state_flags & LOADED_ASYNC
    assert by_sync == by_async
