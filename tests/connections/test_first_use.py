"""Who uses a class for the first time at the same time, and what only sync code has."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from unittest import mock

import pytest
from listening import Sent
from pymongo.errors import DuplicateKeyError

import mongoengine.connection as registry
from mongoengine import (
    Document,
    InvalidCollectionError,
    StringField,
    connect,
    connect_async,
    disconnect,
    disconnect_async,
    get_db,
)

STANDARD = {"uuidRepresentation": "standard"}
MANY = 50


class FirstUsed(Document):
    text = StringField()
    meta = {"indexes": ["text", "-text"], "db_alias": "first", "collection": "used"}


class FirstCapped(Document):
    meta = {"max_documents": 5, "db_alias": "first"}


class Heard(Sent):
    """Keeps what was sent, and tells when indexes begin to be made."""

    def __init__(self):
        super().__init__()
        self.began = threading.Event()

    def started(self, event):
        super().started(event)
        if event.command_name == "createIndexes":
            self.began.set()


@pytest.fixture
def settings(mongo_db, mongo_uri):
    """Return what connects the alias "first" to the database of the test."""
    return {"db": mongo_db.name, "alias": "first", "host": mongo_uri, **STANDARD}


@pytest.fixture
def heard(settings):
    settings["event_listeners"] = [Heard()]
    return settings["event_listeners"][0]


@pytest.fixture
async def connected_async(async_mongo_db, heard, settings):
    client = await connect_async(**settings)
    await client.admin.command("ping")
    return client


async def test_many_tasks_make_the_indexes_once(heard, connected_async):
    waiting = [FirstUsed._async_get_collection() for _ in range(MANY)]
    collections = await asyncio.gather(*waiting)
    assert len(set(map(id, collections))) == 1
    assert heard.names.count("createIndexes") == 2


def test_many_threads_make_the_indexes_once(heard, settings):
    connect(**settings)
    together = threading.Barrier(MANY)

    def use(_):
        together.wait()
        return FirstUsed._get_collection()

    with ThreadPoolExecutor(MANY) as pool:
        collections = list(pool.map(use, range(MANY)))
    assert len(set(map(id, collections))) == 1
    assert heard.names.count("createIndexes") == 2


async def test_a_cancelled_task_leaves_the_work_to_another(heard, connected_async):
    first = asyncio.create_task(FirstUsed._async_get_collection())
    others = [asyncio.create_task(FirstUsed._async_get_collection()) for _ in range(9)]
    while not heard.began.is_set():
        await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    collections = await asyncio.gather(*others)
    assert len(set(map(id, collections))) == 1
    found = await collections[0].index_information()
    assert set(found) == {"_id_", "text_1", "text_-1"}


async def test_all_who_wait_are_told_of_a_failure(connected_async, mongo_db):
    class FirstFailing(Document):
        text = StringField(unique=True)
        meta = {"db_alias": "first", "collection": "failing"}

    mongo_db.failing.insert_many([{"text": "a"}, {"text": "a"}])
    waiting = [FirstFailing._async_get_collection() for _ in range(5)]
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert {type(result) for result in results} == {DuplicateKeyError}
    mongo_db.failing.delete_many({})
    await FirstFailing._async_get_collection()
    assert "text_1" in mongo_db.failing.index_information()


def test_processes_that_create_a_capped_collection_at_once(settings):
    """Each finds that there is none, and creates it."""
    connect(**settings)
    together = threading.Barrier(8)

    def create(number):
        other = type(f"FirstCapped{number}", (Document,), {"meta": FirstCapped._meta})
        together.wait()
        return other._get_collection().options()

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(create, range(8)))
    assert all(options["max"] == 5 for options in found)


async def test_tasks_that_create_a_capped_collection_at_once(connected_async):
    others = [
        type(f"FirstCapped{number}", (Document,), {"meta": FirstCapped._meta})
        for number in range(8)
    ]
    waiting = [other._async_get_collection() for other in others]
    for collection in await asyncio.gather(*waiting):
        assert (await collection.options())["max"] == 5


async def test_a_reconnected_alias_does_not_get_what_was_prepared_before(
    heard, connected_async, settings
):
    waiting = asyncio.create_task(FirstUsed._async_get_collection())
    while not heard.began.is_set():
        await asyncio.sleep(0)
    disconnecting = asyncio.create_task(disconnect_async("first"))
    await asyncio.gather(waiting, disconnecting, return_exceptions=True)
    client = await connect_async(**settings)
    collection = await FirstUsed._async_get_collection()
    assert collection.database.client is client
    await collection.insert_one({})


def test_each_event_loop_has_collections_of_its_own(heard, settings):
    async def use():
        await connect_async(**settings)
        collection = await FirstUsed._async_get_collection()
        assert await FirstUsed._async_get_collection() is collection
        await collection.insert_one({})
        return collection

    assert asyncio.run(use()) is not asyncio.run(use())
    assert heard.names.count("createIndexes") == 4


async def test_each_family_has_a_collection_of_its_own(connected_async, settings):
    connect(**settings)
    theirs = await FirstUsed._async_get_collection()
    ours = FirstUsed._get_collection()
    assert type(theirs).__name__ == "AsyncCollection"
    assert type(ours).__name__ == "Collection"
    assert ours.full_name == theirs.full_name
    assert await FirstUsed._async_get_collection() is theirs
    assert FirstUsed._get_collection() is ours


async def test_dropping_in_one_family_is_noticed_in_the_other(
    heard, connected_async, settings
):
    connect(**settings)
    collection = await FirstUsed._async_get_collection()
    FirstUsed.drop_collection()
    await FirstUsed._async_get_collection()
    assert "text_1" in await collection.index_information()


@pytest.mark.parametrize(
    "name", ["drop_collection", "ensure_indexes", "compare_indexes", "create_index"]
)
async def test_the_other_family_is_named(connected_async, name):
    arguments = ["text"] if name == "create_index" else []
    with pytest.raises(RuntimeError, match=f"`await async_{name}\\(\\)`"):
        getattr(FirstUsed, name)(*arguments)


@pytest.mark.parametrize(
    "name", ["drop_collection", "ensure_indexes", "compare_indexes", "create_index"]
)
async def test_the_sync_family_is_named(settings, name):
    connect(**settings)
    arguments = ["text"] if name == "create_index" else []
    with pytest.raises(RuntimeError, match=f"use `{name}\\(\\)`"):
        await getattr(FirstUsed, f"async_{name}")(*arguments)


def test_the_attribute_for_those_who_reach_in(heard, settings):
    assert FirstUsed._collection is None
    connect(**settings)
    assert FirstUsed._collection is None
    collection = FirstUsed._get_collection()
    assert FirstUsed._collection is collection
    FirstUsed._collection = None
    assert FirstUsed._get_collection() is not collection
    assert heard.names.count("createIndexes") == 4
    FirstUsed._collection = collection
    assert FirstUsed._get_collection() is collection
    disconnect("first")
    assert FirstUsed._collection is None


def test_the_attribute_may_be_patched_for_a_test(settings):
    client = connect(**settings)
    FirstUsed(text="own").save()
    own = FirstUsed._get_collection()
    other = client[settings["db"]]["other"]
    with mock.patch.object(FirstUsed, "_collection", other):
        assert FirstUsed.objects.count() == 0
    assert FirstUsed.objects.count() == 1
    assert FirstUsed._get_collection() == own


@pytest.mark.parametrize("mapping", ["_connection_settings", "_dbs"])
def test_a_cleared_mapping_resets_classes(settings, mapping):
    client = connect(**settings)
    old = FirstUsed._get_collection()
    getattr(registry, mapping).clear()
    connect(**{**settings, "db": f"{settings['db']}"})
    new = FirstUsed._get_collection()
    assert new is not old
    assert new.database is get_db("first")
    client.close()


def test_a_database_of_its_own(settings, mongo_db):
    class FirstElsewhere(Document):
        text = StringField(unique=True)
        meta = {"db_alias": "first", "collection": "elsewhere"}

        @classmethod
        def _get_db(cls):
            return mongo_db.client[mongo_db.name]

    connect(**settings)
    collection = FirstElsewhere._get_collection()
    assert collection.database.client is mongo_db.client
    assert FirstElsewhere._get_collection() is collection


def test_an_unused_class_is_not_kept_alive(settings):
    import gc
    import weakref

    from mongoengine.base.common import _DocumentRegistry

    connect(**settings)
    passing = type("FirstPassing", (Document,), {"meta": {"db_alias": "first"}})
    passing._get_collection()
    alive = weakref.ref(passing)
    _DocumentRegistry.unregister("FirstPassing")
    del passing
    gc.collect()
    gc.collect()
    assert alive() is None


def test_capped_otherwise(settings, mongo_db):
    connect(**settings)
    mongo_db.create_collection("first_capped", capped=True, size=256)
    with pytest.raises(InvalidCollectionError, match='"first_capped"'):
        FirstCapped._get_collection()
