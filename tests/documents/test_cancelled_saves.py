"""Tasks that are cancelled while the server is at their document."""

import asyncio

import pytest

from mongoengine import (
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    ListField,
    StringField,
)


class CancelledPart(EmbeddedDocument):
    size = IntField(db_field="s")


class Cancelled(Document):
    name = StringField()
    number = IntField(db_field="n")
    tags = ListField(StringField())
    part = EmbeddedDocumentField(CancelledPart)


@pytest.fixture
async def thing(async_mongo_db):
    part = CancelledPart(size=1)
    return await Cancelled(name="a", number=1, tags=["x"], part=part).async_save()


@pytest.fixture
async def cancelled(async_mongo_db, fail_points):
    """Give what waits for something that the server is slow about, and gives up."""
    admin = async_mongo_db.client.admin

    async def give_up(command, work):
        data = {
            "failCommands": [command],
            "blockConnection": True,
            "appName": fail_points,
            "blockTimeMS": 400,
        }
        await admin.command(
            "configureFailPoint", "failCommand", mode={"times": 1}, data=data
        )
        task = asyncio.create_task(work)
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.sleep(0.5)  # until the server has done what it began

    yield give_up
    await admin.command("configureFailPoint", "failCommand", mode="off")


async def test_a_cancelled_update_is_sent_again(thing, cancelled):
    thing.number = 2
    thing.tags.append("y")
    thing.part.size = 2
    await cancelled("update", thing.async_save())
    assert sorted(thing._get_changed_fields()) == ["n", "part.s", "tags"]
    collection = await Cancelled._async_get_collection()
    await collection.update_one({}, {"$set": {"n": 0, "tags": [], "part.s": 0}})
    thing.name = "b"
    await thing.async_save()
    assert thing._get_changed_fields() == []
    assert await collection.find_one() == {
        "_id": thing.id,
        "name": "b",
        "n": 2,
        "tags": ["x", "y"],
        "part": {"s": 2},
    }


async def test_cancelled_loading_leaves_the_document_alone(thing, cancelled):
    await Cancelled.objects.async_update(number=7)
    thing.name = "b"
    await cancelled("find", thing.async_reload())
    assert (thing.name, thing.number) == ("b", 1)
    assert thing._get_changed_fields() == ["name"]
    await cancelled("findAndModify", thing.async_modify(inc__number=1))
    assert (thing.name, thing.number) == ("b", 1)
    assert thing._get_changed_fields() == ["name"]
    await thing.async_save()
    assert thing.to_mongo()["name"] == (await Cancelled.objects.async_get()).name


async def test_a_loop_can_be_cancelled_and_begun_again(thing, cancelled):
    queryset = Cancelled.objects
    await cancelled("find", queryset.async_to_list())
    assert await queryset == [thing]
    assert [found async for found in queryset] == [thing]
