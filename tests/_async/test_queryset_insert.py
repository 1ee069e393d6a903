"""``insert()`` and ``create()``: what is stored, returned, and known afterwards."""

import asyncio  # async-only

import pymongo
import pytest
from bson import ObjectId
from joining import joined
from pymongo.errors import AutoReconnect
from pymongo.errors import BulkWriteError as DriverBulkWriteError

from mongoengine import (
    BulkWriteError,
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    FieldDoesNotExist,
    IntField,
    ListField,
    NotUniqueError,
    OperationError,
    StringField,
    ValidationError,
    signals,
)
from mongoengine.base.scopes import async_sessions


class AsyncInsertPart(EmbeddedDocument):
    size = IntField()


class AsyncInsertThing(Document):
    name = StringField(db_field="called", max_length=8)
    number = IntField(unique=True, sparse=True)
    sizes = ListField(IntField())
    part = EmbeddedDocumentField(AsyncInsertPart)


class AsyncInsertKeyed(Document):
    key = StringField(primary_key=True)
    number = IntField()


class AsyncInsertAnimal(Document):
    name = StringField()
    meta = {"allow_inheritance": True}


class AsyncInsertDog(AsyncInsertAnimal):
    tricks = ListField(StringField())


async def stored_in(document_class):
    collection = await document_class._async_get_collection()
    return await collection.find().sort("_id").to_list()


async def test_create_saves_and_returns(async_mongo_db):
    thing = await AsyncInsertThing.objects.async_create(name="a", number=1)
    assert not thing._created
    assert await stored_in(AsyncInsertThing) == [
        {"_id": thing.id, "called": "a", "number": 1, "sizes": []}
    ]


async def test_create_validates_and_refuses_unknown_fields(async_mongo_db):
    with pytest.raises(ValidationError):
        await AsyncInsertThing.objects.async_create(name="much too long")
    with pytest.raises(FieldDoesNotExist):
        await AsyncInsertThing.objects.async_create(colour="red")
    assert await stored_in(AsyncInsertThing) == []


async def test_one_document_comes_back_loaded(async_mongo_db):
    thing = AsyncInsertThing(name="a", number=1)
    loaded = await AsyncInsertThing.objects.async_insert(thing)
    assert loaded is not thing
    assert loaded == thing
    assert (loaded.name, loaded.number) == ("a", 1)
    assert not thing._created
    assert thing.id == loaded.id


async def test_without_loading_one_id_comes_back(async_mongo_db):
    thing = AsyncInsertThing(name="a")
    key = await AsyncInsertThing.objects.async_insert(thing, load_bulk=False)
    assert key == thing.id
    assert isinstance(key, ObjectId)


@pytest.mark.parametrize("kind", [list, tuple, iter])
async def test_several_come_back_in_their_order(async_mongo_db, kind):
    things = [AsyncInsertThing(name=name) for name in "cab"]
    loaded = await AsyncInsertThing.objects.async_insert(kind(things))
    assert [one.name for one in loaded] == ["c", "a", "b"]
    assert loaded == things
    assert not any(one._created for one in things)


async def test_without_loading_several_ids_come_back(async_mongo_db):
    things = [AsyncInsertThing(name=name) for name in "cab"]
    keys = await AsyncInsertThing.objects.async_insert(things, load_bulk=False)
    assert keys == [one.id for one in things]


async def test_a_list_of_one_gives_a_list(async_mongo_db):
    assert (
        len(await AsyncInsertThing.objects.async_insert([AsyncInsertThing(name="a")]))
        == 1
    )


async def test_nothing_is_refused_by_the_driver(async_mongo_db):
    with pytest.raises(TypeError, match="non-empty list"):
        await AsyncInsertThing.objects.async_insert([])


async def test_nothing_is_validated(async_mongo_db):
    await AsyncInsertThing.objects.async_insert(AsyncInsertThing(name="much too long"))
    assert (await stored_in(AsyncInsertThing))[0]["called"] == "much too long"


async def test_keys_of_all_kinds_stay(async_mongo_db):
    await AsyncInsertKeyed.objects.async_insert(
        [AsyncInsertKeyed(key="a"), AsyncInsertKeyed(key="b")]
    )
    thing = AsyncInsertThing(id=ObjectId())
    key = thing.id
    await AsyncInsertThing.objects.async_insert(thing)
    assert thing.id == key
    assert [one["_id"] for one in await stored_in(AsyncInsertKeyed)] == ["a", "b"]


async def test_subclasses_are_inserted_as_what_they_are(async_mongo_db):
    animals = [AsyncInsertAnimal(name="a"), AsyncInsertDog(name="b", tricks=["roll"])]
    loaded = await AsyncInsertAnimal.objects.async_insert(animals)
    assert [type(one) for one in loaded] == [AsyncInsertAnimal, AsyncInsertDog]
    assert loaded[1].tricks == ["roll"]


@pytest.mark.parametrize(
    "wrong",
    [{"name": "a"}, [{"name": "a"}], AsyncInsertKeyed(), [AsyncInsertThing(), "x"]],
)
async def test_other_things_are_refused(async_mongo_db, wrong):
    with pytest.raises(
        OperationError, match="Some documents inserted aren't instances"
    ):
        await AsyncInsertThing.objects.async_insert(wrong)
    assert await stored_in(AsyncInsertThing) == []


async def test_a_class_refuses_its_base(async_mongo_db):
    with pytest.raises(OperationError, match="aren't instances of <class"):
        await AsyncInsertDog.objects.async_insert(AsyncInsertAnimal())


async def test_what_is_saved_is_refused(async_mongo_db):
    saved = await AsyncInsertThing.objects.async_create(name="a")
    with pytest.raises(OperationError) as caught:
        await AsyncInsertThing.objects.async_insert([AsyncInsertThing(name="b"), saved])
    assert str(caught.value) == (
        "Some documents have ObjectIds, use doc.update() instead"
    )
    assert len(await stored_in(AsyncInsertThing)) == 1


async def test_a_duplicate_leaves_the_document_new(async_mongo_db):
    await AsyncInsertThing.objects.async_create(number=1)
    thing = AsyncInsertThing(number=1)
    with pytest.raises(NotUniqueError, match=r"Could not save document \(E11000") as e:
        await AsyncInsertThing.objects.async_insert(thing)
    assert e.value.code == 11000
    assert thing._created
    assert thing.id is None
    thing.number = 2
    await thing.async_save()
    assert len(await stored_in(AsyncInsertThing)) == 2


async def test_of_a_bulk_those_before_the_duplicate_are_stored_and_know_it(
    async_mongo_db,
):
    await AsyncInsertThing.objects.async_create(number=3)
    things = [AsyncInsertThing(number=number) for number in range(1, 6)]
    with pytest.raises(BulkWriteError, match=r"Bulk write error: \(\{'writeErr") as e:
        await AsyncInsertThing.objects.async_insert(things)
    assert isinstance(e.value.__cause__, DriverBulkWriteError)
    assert e.value.details["nInserted"] == 2
    assert [one._created for one in things] == [False, False, True, True, True]
    assert [one.id is None for one in things] == [False, False, True, True, True]
    for thing in things:
        thing.number += 10
        await thing.async_save()
    assert sorted(one["number"] for one in await stored_in(AsyncInsertThing)) == [
        *(3, 11, 12, 13, 14, 15)
    ]


async def test_an_insert_in_a_transaction_that_fails_stores_none(async_mongo_db):
    await AsyncInsertThing.objects.async_create(number=3)
    things = [AsyncInsertThing(number=number) for number in range(1, 6)]
    async with async_mongo_db.client.start_session() as session:
        with joined(async_sessions, "default", session):
            await session.start_transaction()
            with pytest.raises(BulkWriteError):
                await AsyncInsertThing.objects.async_insert(things)
            await session.abort_transaction()
    assert all(one._created and one.id is None for one in things)
    assert len(await stored_in(AsyncInsertThing)) == 1


async def test_after_an_unknown_outcome_saving_makes_no_second_document(async_mongo_db):
    things = [AsyncInsertThing(name="a"), AsyncInsertThing(name="b", sizes=[1])]
    with pytest.raises(BulkWriteError, match="writeConcernErrors"):
        await AsyncInsertThing.objects.async_insert(
            things, write_concern={"w": 5, "wtimeout": 50}
        )
    assert all(one.id for one in things)
    things[1].name = "c"
    for thing in things:
        await thing.async_save()
    assert [one["called"] for one in await stored_in(AsyncInsertThing)] == ["a", "c"]


async def test_a_lost_connection_makes_no_second_document(async_mongo_db, fail_points):
    thing = AsyncInsertThing(name="a", sizes=[1])
    await AsyncInsertThing._async_get_collection()
    await fail_inserts(async_mongo_db, appName=fail_points, closeConnection=True)
    with pytest.raises(AutoReconnect):
        await AsyncInsertThing.objects.async_insert(thing)
    assert thing.id
    await thing.async_save()
    assert await stored_in(AsyncInsertThing) == [
        {"_id": thing.id, "called": "a", "sizes": [1]}
    ]


async def fail_inserts(db, **how):
    """Have the server fail the next inserts, the driver's second attempt included."""
    await db.client.admin.command(
        {
            "configureFailPoint": "failCommand",
            "mode": {"times": 2},
            "data": {"failCommands": ["insert"], **how},
        }
    )


async def test_what_is_inserted_is_known_to_be_clean(async_mongo_db):
    thing = AsyncInsertThing(name="a", sizes=[1], part=AsyncInsertPart(size=1))
    await AsyncInsertThing.objects.async_insert(thing, load_bulk=False)
    assert thing._delta() == ({}, {})
    thing.part.size = 2
    thing.sizes.append(3)
    assert thing._delta() == ({"part.size": 2, "sizes": [1, 3]}, {})


async def test_write_concerns_are_sent_and_wrong_ones_refused(async_mongo_db):
    key = await AsyncInsertThing.objects.async_insert(
        AsyncInsertThing(name="a"), load_bulk=False, write_concern={"w": 1, "j": True}
    )
    assert key
    with pytest.raises(TypeError):
        await AsyncInsertThing.objects.async_insert(
            AsyncInsertThing(name="a"), write_concern={"wherever": 1}
        )
    with pytest.raises(OperationError, match="Could not save document"):
        await AsyncInsertThing.objects.async_insert(
            AsyncInsertThing(name="a"), write_concern={"w": 5, "wtimeout": 50}
        )


async def test_the_signals_of_a_bulk_see_documents_before_and_after(async_mongo_db):
    seen = []

    def before(sender, documents, **more):
        seen.append(("before", sender, [one.id for one in documents], more))
        documents[0].name = "changed"

    def after(sender, documents, **more):
        seen.append(("after", sender, [one.name for one in documents], more))

    with (
        signals.pre_bulk_insert.connected_to(before, sender=AsyncInsertThing),
        signals.post_bulk_insert.connected_to(after, sender=AsyncInsertThing),
    ):
        await AsyncInsertThing.objects.async_insert(
            [AsyncInsertThing(name="a"), AsyncInsertThing(name="b")],
            signal_kwargs={"by": "me"},
        )
        await AsyncInsertThing.objects.async_insert(
            AsyncInsertThing(name="c"), load_bulk=False
        )
    assert seen == [
        ("before", AsyncInsertThing, [None, None], {"by": "me"}),
        ("after", AsyncInsertThing, ["changed", "b"], {"loaded": True, "by": "me"}),
        ("before", AsyncInsertThing, [None], {}),
        ("after", AsyncInsertThing, ["changed"], {"loaded": False}),
    ]


async def test_rows_of_another_form_come_back_in_that_form(async_mongo_db):
    things = [AsyncInsertThing(name="a"), AsyncInsertThing(name="b")]
    assert await AsyncInsertThing.objects.scalar("name").async_insert(things) == [
        "a",
        "b",
    ]
    thing = AsyncInsertThing(name="c")
    row = await AsyncInsertThing.objects.as_pymongo().async_insert(thing)
    assert row["called"] == "c"


async def test_many_are_inserted_at_once(async_mongo_db):
    things = [AsyncInsertThing(name=str(number)) for number in range(3000)]
    keys = await AsyncInsertThing.objects.async_insert(things, load_bulk=False)
    assert keys == [one.id for one in things]
    assert await AsyncInsertThing.objects.async_count() == 3000


async def test_a_time_limit_is_kept(async_mongo_db, fail_points):
    await AsyncInsertThing._async_get_collection()
    await fail_inserts(
        async_mongo_db, appName=fail_points, blockConnection=True, blockTimeMS=400
    )
    thing = AsyncInsertThing(name="a")
    try:
        with pytest.raises(pymongo.errors.PyMongoError) as caught:
            await AsyncInsertThing.objects.max_time_ms(100).async_insert(thing)
        assert caught.value.timeout
    finally:
        await async_mongo_db.client.admin.command(
            {"configureFailPoint": "failCommand", "mode": "off"}
        )
    assert thing.id


async def test_a_cancelled_insert_leaves_the_id(  # async-only
    async_mongo_db, fail_points
):
    await AsyncInsertThing._async_get_collection()
    await fail_inserts(
        async_mongo_db, appName=fail_points, blockConnection=True, blockTimeMS=600
    )
    thing = AsyncInsertThing(name="a")
    task = asyncio.create_task(AsyncInsertThing.objects.async_insert(thing))
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert thing.id
    await asyncio.sleep(0.8)
    await thing.async_save()
    assert len(await stored_in(AsyncInsertThing)) == 1
