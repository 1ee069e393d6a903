"""What a block sends, counted as the server's profiler does."""

import pytest
from pymongo import DeleteOne, InsertOne, UpdateOne
from pymongo.errors import OperationFailure

from mongoengine import (
    ConnectionFailure,
    Document,
    StringField,
    connect_async,
    disconnect_async,
    get_async_connection,
    get_async_db,
)
from mongoengine.context_managers import async_query_counter, async_run_in_transaction


class AsyncCountedThing(Document):
    name = StringField()


class AsyncCountedUnique(Document):
    name = StringField(unique=True)


@pytest.fixture
async def things(async_mongo_db):
    await AsyncCountedThing.async_ensure_indexes()
    collection = async_mongo_db["async_counted_thing"]
    await collection.insert_many([{"name": str(number)} for number in range(300)])
    return collection


async def test_nothing(things):
    async with async_query_counter() as counter:
        pass
    assert counter == 0


async def test_commands_of_querysets_and_documents(things):
    async with async_query_counter() as counter:
        await AsyncCountedThing.objects.async_first()
        assert counter == 1
        await AsyncCountedThing.objects.async_to_list()
        assert counter == 3  # a second batch
        document = await AsyncCountedThing(name="x").async_save()
        assert counter == 4
        document.name = "y"
        await document.async_save()
        assert counter == 5
        await AsyncCountedThing.objects(name="y").async_delete()
        assert counter == 6


async def test_the_index_of_a_new_collection(things):
    async with async_query_counter() as counter:
        await AsyncCountedUnique(name="x").async_save()
    assert counter == 2


async def test_commands_of_the_driver(things):
    operations = [UpdateOne({"name": "1"}, {"$set": {"n": n}}) for n in range(3)]
    operations += [DeleteOne({"name": "1"}), DeleteOne({"name": "2"})]
    operations += [InsertOne({"name": "x"}), InsertOne({"name": "x"})]
    async with async_query_counter() as counter:
        await things.find_one()
        assert counter == 1
        await things.insert_many([{"name": "y"} for _ in range(10)])
        assert counter == 2
        await things.bulk_write(operations)
        assert counter == 8  # updates and deletes one by one
        await counter.db.command("dbStats")
        assert counter == 9
        async with things.find(batch_size=2) as cursor:
            await cursor.next()
        assert counter == 10  # without the end of the cursor


async def test_commands_that_are_not_counted(things):
    async with async_query_counter() as counter:
        for name in ("ping", "hello", "buildInfo"):
            await things.database.command(name)
        await things.database.list_collection_names()
        await things.database.client.admin.command("ping")
        await things.database.client["another"]["c"].find_one()
    assert counter == 0


async def test_commands_of_a_transaction(things):
    async with async_query_counter() as counter:
        async with async_run_in_transaction():
            await AsyncCountedThing(name="x").async_save()
            await AsyncCountedThing.objects.async_first()
        assert counter == 2


async def test_commands_that_fail_count(things):
    async with async_query_counter() as counter:
        with pytest.raises(OperationFailure):
            await things.find_one({"$nonsense": 1})
    assert counter == 1


async def test_a_counter_is_like_a_number(things):
    async with async_query_counter() as counter:
        await things.find_one()
        assert counter == 1
        assert counter == 1.0
        assert counter != 0
        assert 0 < counter < 2
        assert 1 <= counter <= 1
        assert counter > 0
        assert counter >= 1
        assert (int(counter), repr(counter), str(counter)) == (1, "1", "1")
        assert counter != "1"
        assert counter is not None
        with pytest.raises(TypeError, match="'int' and 'str'"):
            assert counter < "1"
        with pytest.raises(TypeError, match="unhashable"):
            hash(counter)


async def test_counters_within_counters(things):
    async with async_query_counter() as outer:
        await things.find_one()
        async with async_query_counter() as inner:
            await things.find_one()
            assert (inner, outer) == (1, 2)
            assert inner < outer
        await things.find_one()
        assert (inner, outer) == (1, 3)


async def test_a_counter_used_again(things):
    counter = async_query_counter()
    for _ in range(2):
        async with counter as same:
            assert same is counter
            await things.find_one()
        assert counter == 1
    await things.find_one()
    assert counter == 1


async def test_the_driver_tells_nobody_outside_of_blocks(things):
    client = things.database.client
    async with async_query_counter():
        async with async_query_counter():
            pass
        assert len(client.options.event_listeners) == 1
    assert client.options.event_listeners == []
    assert not client.options.pool_options._event_listeners.enabled_for_commands


async def test_another_alias(things, mongo_uri):
    settings = {"host": mongo_uri, "uuidRepresentation": "standard"}
    name = f"{things.database.name}_other"
    await connect_async(name, alias="other", **settings)
    try:
        async with async_query_counter("other") as counter:
            await things.find_one()
            await get_async_db("other")["c"].find_one()
        assert counter == 1
        assert counter.db.name == name
    finally:
        await get_async_connection("other").drop_database(name)
        await disconnect_async("other")


async def test_an_alias_that_nobody_knows(async_mongo_db):
    with pytest.raises(ConnectionFailure, match='"nobody" has not been defined'):
        async_query_counter("nobody")
