"""``save()`` that fails: what the document knows when the outcome is known, or not."""

import pytest
from _async.saving import AsyncSavePart, AsyncSaveThing, count_of, stored_of
from pymongo.errors import WriteConcernError

from mongoengine import BooleanField, DictField, Document, OperationError


class AsyncSaveFree(Document):
    data = DictField()
    done = BooleanField()


async def test_what_cannot_be_encoded_leaves_the_document_new(async_mongo_db):
    thing = AsyncSaveFree(data={"a": 2**70})
    with pytest.raises(OverflowError):
        await thing.async_save(validate=False)
    assert thing._created
    assert thing.id is None
    thing.data = {"a": "x" * 17_000_000}
    with pytest.raises(Exception, match="too large"):
        await thing.async_save()
    assert thing._created
    assert thing.id is None
    thing.data = {"a": 1}
    await thing.async_save()
    assert await count_of(AsyncSaveFree) == 1


async def test_a_write_concern_that_failed_leaves_the_insert_open(async_mongo_db):
    thing = AsyncSaveThing(name="a", number=5)
    with pytest.raises(OperationError, match="Could not save document") as caught:
        await thing.async_save(write_concern={"w": 50})
    assert isinstance(caught.value.__cause__, WriteConcernError)
    assert thing.id is not None
    assert thing._created
    thing.number = None
    thing.tags = ["x"]
    await thing.async_save()
    assert await count_of(AsyncSaveThing) == 1
    assert not thing._created
    assert thing._changed_fields == []
    assert await stored_of(thing) == {
        "_id": thing.id,
        "name": "a",
        "n": 3,
        "tags": ["x"],
        "parts": [],
    }


async def test_forcing_the_insert_again_does_not_fail_on_the_own_id(async_mongo_db):
    thing = AsyncSaveThing(name="a")
    with pytest.raises(OperationError):
        await thing.async_save(force_insert=True, write_concern={"w": 50})
    await thing.async_save(force_insert=True)
    assert await count_of(AsyncSaveThing) == 1


async def test_a_write_concern_that_failed_leaves_the_changes_marked(async_mongo_db):
    thing = await AsyncSaveThing(name="a", part=AsyncSavePart(size=1)).async_save()
    thing.number = 5
    thing.part.size = 2
    with pytest.raises(OperationError, match="Could not save document"):
        await thing.async_save(write_concern={"w": 50})
    assert sorted(thing._get_changed_fields()) == ["n", "part.s"]
    collection = await AsyncSaveThing._async_get_collection()
    await collection.update_one({}, {"$set": {"n": 0, "part.s": 0}})
    await thing.async_save()
    stored = await stored_of(thing)
    assert (stored["n"], stored["part"]) == (5, {"s": 2})


@pytest.fixture
async def async_failing(async_mongo_db, fail_points):
    """Give what has the server drop the connection on commands of a name."""
    admin = async_mongo_db.client.admin

    async def fail(name, times):
        await admin.command(
            "configureFailPoint",
            "failCommand",
            mode={"times": times} if times else "off",
            data={
                "failCommands": [name],
                "closeConnection": True,
                "appName": fail_points,
            },
        )

    yield fail
    await fail("ping", 0)


async def test_a_lost_connection_leaves_the_insert_open(async_mongo_db, async_failing):
    await AsyncSaveThing._async_get_collection()
    thing = AsyncSaveThing(name="a")
    await async_failing("insert", 2)  # the driver tries twice
    with pytest.raises(Exception, match="connection closed"):
        await thing.async_save()
    assert thing.id is not None
    assert thing._created
    first = thing.id
    await thing.async_save()
    assert thing.id == first
    assert await count_of(AsyncSaveThing) == 1
    assert (await stored_of(thing))["n"] == 3


async def test_a_lost_connection_leaves_the_changes_marked(
    async_mongo_db, async_failing
):
    thing = await AsyncSaveThing(name="a").async_save()
    thing.number = 5
    await async_failing("update", 2)
    with pytest.raises(Exception, match="connection closed"):
        await thing.async_save()
    assert thing._changed_fields == ["n"]
    await thing.async_save()
    assert (await stored_of(thing))["n"] == 5


async def test_one_lost_connection_is_made_up_for_by_the_driver(
    async_mongo_db, async_failing
):
    await AsyncSaveThing._async_get_collection()
    await async_failing("insert", 1)
    await AsyncSaveThing(name="a").async_save()
    assert await count_of(AsyncSaveThing) == 1
