"""The collection of a document class: prepared on first use, then remembered."""

from datetime import datetime

import pytest
from joining import joined
from pymongo.errors import InvalidName, OperationFailure

import mongoengine.connection as registry
from mongoengine import (
    ConnectionFailure,
    DateTimeField,
    Document,
    InvalidCollectionError,
    StringField,
    connect_async,
    disconnect_async,
    get_async_db,
)
from mongoengine.base import prepared
from mongoengine.base.places import Place
from mongoengine.base.scopes import async_sessions
from mongoengine.errors import OperationError

STANDARD = {"uuidRepresentation": "standard"}


class AsyncCollectionsBook(Document):
    title = StringField()
    isbn = StringField(unique=True)
    meta = {"allow_inheritance": True, "collection": "books"}


class AsyncCollectionsNovel(AsyncCollectionsBook):
    genre = StringField()
    meta = {"indexes": ["genre"]}


class AsyncCollectionsAbstract(Document):
    meta = {"abstract": True}


class AsyncCollectionsLog(Document):
    line = StringField()
    meta = {
        "max_size": 5000,
        "max_documents": 7,
        "indexes": ["line"],
        "collection": "log",
    }


class AsyncCollectionsReading(Document):
    at = DateTimeField()
    sensor = StringField()
    meta = {
        "collection": "readings",
        "timeseries": {
            "timeField": "at",
            "metaField": "sensor",
            "granularity": "hours",
            "expireAfterSeconds": 60,
        },
    }


async def names_of_indexes(collection):
    return set(await collection.index_information())


async def test_the_first_use_makes_the_indexes(async_mongo_db):
    collection = await AsyncCollectionsBook._async_get_collection()
    assert collection.full_name == f"{async_mongo_db.name}.books"
    assert await names_of_indexes(collection) == {"_id_", "isbn_1", "_cls_1"}


async def test_the_collection_is_remembered(async_mongo_db):
    first = await AsyncCollectionsBook._async_get_collection()
    await first.drop_indexes()
    assert await AsyncCollectionsBook._async_get_collection() is first
    assert (
        await AsyncCollectionsBook._async_collection_at(
            AsyncCollectionsBook._class_place()
        )
        is first
    )
    assert await names_of_indexes(first) == {"_id_"}


async def test_subclasses_make_their_own_indexes(async_mongo_db):
    collection = await AsyncCollectionsBook._async_get_collection()
    assert "_cls_1_genre_1" not in await names_of_indexes(collection)
    await AsyncCollectionsNovel._async_get_collection()
    assert "_cls_1_genre_1" in await names_of_indexes(collection)


async def test_a_class_knows_its_database(async_mongo_db):
    assert AsyncCollectionsBook._async_get_db() is async_mongo_db
    assert AsyncCollectionsBook._get_collection_name() == "books"
    assert AsyncCollectionsBook._class_place() == Place("default", "books")


async def test_a_collection_of_another_name_is_taken_as_it_is(async_mongo_db):
    place = Place("default", "archive")
    collection = await AsyncCollectionsBook._async_collection_at(place)
    assert collection.full_name == f"{async_mongo_db.name}.archive"
    assert await async_mongo_db.list_collection_names() == []


async def test_on_another_alias_the_collection_is_prepared_too(
    async_mongo_db, mongo_uri
):
    name = f"{async_mongo_db.name}_b"
    client = await connect_async(name, alias="second", host=mongo_uri, **STANDARD)
    try:
        place = Place("second", "books")
        collection = await AsyncCollectionsBook._async_collection_at(place)
        assert collection.full_name == f"{name}.books"
        assert "isbn_1" in await names_of_indexes(collection)
        assert await async_mongo_db.list_collection_names() == []
    finally:
        await client.drop_database(name)


async def test_a_disconnected_collection_is_not_remembered(async_mongo_db, mongo_uri):
    old = await AsyncCollectionsBook._async_get_collection()
    await disconnect_async()
    with pytest.raises(ConnectionFailure, match="not defined a default connection"):
        await AsyncCollectionsBook._async_get_collection()
    await connect_async(async_mongo_db.name, host=mongo_uri, **STANDARD)
    new = await AsyncCollectionsBook._async_get_collection()
    assert new is not old
    assert new.database is get_async_db()
    await new.insert_one({"isbn": "1"})


async def test_clearing_the_settings_resets_classes(async_mongo_db, mongo_uri):
    await AsyncCollectionsBook._async_get_collection()
    registry._connection_settings.clear()
    with pytest.raises(ConnectionFailure):
        await AsyncCollectionsBook._async_get_collection()
    other = f"{async_mongo_db.name}_c"
    client = await connect_async(other, host=mongo_uri, **STANDARD)
    try:
        collection = await AsyncCollectionsBook._async_get_collection()
        assert collection.database.name == other
        assert "isbn_1" in await names_of_indexes(collection)
    finally:
        await client.drop_database(other)
        await async_mongo_db.client.close()  # which nobody knows any more


async def test_dropping(async_mongo_db):
    collection = await AsyncCollectionsNovel._async_get_collection()
    await AsyncCollectionsBook._async_get_collection()
    await collection.insert_one({"isbn": "1"})
    await AsyncCollectionsBook.async_drop_collection()
    assert await async_mongo_db.list_collection_names() == []
    await AsyncCollectionsNovel._async_get_collection()
    assert "_cls_1_genre_1" in await names_of_indexes(collection)


async def test_dropping_what_is_not_there(async_mongo_db):
    await AsyncCollectionsBook.async_drop_collection()
    await AsyncCollectionsBook.async_drop_collection()
    assert await async_mongo_db.list_collection_names() == []


async def test_an_abstract_class_has_no_collection(async_mongo_db):
    with pytest.raises(OperationError, match="has no collection defined"):
        await AsyncCollectionsAbstract.async_drop_collection()
    with pytest.raises(TypeError, match="name must be an instance of str"):
        await AsyncCollectionsAbstract._async_get_collection()


async def test_a_bad_name_is_refused_by_the_driver(async_mongo_db):
    class CollectionsBadName(Document):
        meta = {"collection": "a$b"}

    with pytest.raises(InvalidName):
        await CollectionsBadName._async_get_collection()


async def test_a_capped_collection(async_mongo_db):
    collection = await AsyncCollectionsLog._async_get_collection()
    assert await collection.options() == {"capped": True, "size": 5120, "max": 7}
    assert await names_of_indexes(collection) == {"_id_", "line_1"}
    await collection.insert_many([{"line": str(n)} for n in range(20)])
    assert await collection.count_documents({}) == 7


@pytest.mark.parametrize(
    ("meta", "options"),
    [
        ({"max_size": 256}, {"capped": True, "size": 256}),
        ({"max_size": 257}, {"capped": True, "size": 512}),
        ({"max_documents": 3}, {"capped": True, "size": 10 * 2**20, "max": 3}),
        ({"max_size": 0, "max_documents": 0}, {}),
    ],
)
async def test_sizes_of_capped_collections(async_mongo_db, meta, options):
    model = type("CollectionsSized", (Document,), {"meta": meta})
    collection = await model._async_get_collection()
    await model._async_get_collection()
    await collection.insert_one({})
    assert await collection.options() == options


@pytest.mark.parametrize(
    "existing",
    [
        {},
        {"capped": True, "size": 4864, "max": 7},
        {"capped": True, "size": 5120},
        {"capped": True, "size": 5120, "max": 8},
    ],
)
async def test_a_collection_that_is_capped_otherwise(async_mongo_db, existing):
    await async_mongo_db.create_collection("log", **existing)
    message = 'collection "log" as a capped collection as it already exists'
    for _ in range(2):
        with pytest.raises(InvalidCollectionError, match=message):
            await AsyncCollectionsLog._async_get_collection()


async def test_a_collection_that_is_capped_already(async_mongo_db):
    options = {"capped": True, "size": 5000, "max": 7}
    await async_mongo_db.create_collection("log", **options)
    await AsyncCollectionsLog._async_get_collection()


async def test_a_capped_collection_is_capped_again_after_a_drop(async_mongo_db):
    await AsyncCollectionsLog._async_get_collection()
    await AsyncCollectionsLog.async_drop_collection()
    collection = await AsyncCollectionsLog._async_get_collection()
    assert (await collection.options())["capped"]


async def test_a_time_series(async_mongo_db):
    collection = await AsyncCollectionsReading._async_get_collection()
    options = await collection.options()
    assert options["expireAfterSeconds"] == 60
    assert options["timeseries"]["timeField"] == "at"
    assert options["timeseries"]["metaField"] == "sensor"
    assert options["timeseries"]["granularity"] == "hours"
    AsyncCollectionsReading._disconnect()
    assert await AsyncCollectionsReading._async_get_collection() == collection


@pytest.mark.parametrize(
    "given", [{"granularity": "minutes"}, {"metaField": "sensor"}, {}]
)
async def test_options_of_time_series(async_mongo_db, given):
    class CollectionsSeries(Document):
        meta = {"timeseries": {"timeField": "at", **given}}

    collection = await CollectionsSeries._async_get_collection()
    options = await collection.options()
    assert "expireAfterSeconds" not in options
    assert ({"timeField": "at"} | given).items() <= options["timeseries"].items()


@pytest.mark.parametrize(
    ("existing", "message"),
    [
        ({}, "and is no time series"),
        ({"capped": True, "size": 5120}, "and is no time series"),
        (
            {"timeseries": {"timeField": "when", "metaField": "sensor"}},
            "and its timeField is 'when' instead of 'at'",
        ),
        (
            {"timeseries": {"timeField": "at"}},
            "and its metaField is None instead of 'sensor'",
        ),
    ],
)
async def test_a_collection_that_is_another_series(async_mongo_db, existing, message):
    await async_mongo_db.create_collection("readings", **existing)
    expected = f'collection "readings" as a time series as it already exists, {message}'
    for _ in range(2):
        with pytest.raises(InvalidCollectionError, match=expected):
            await AsyncCollectionsReading._async_get_collection()


async def test_a_time_series_that_the_server_was_told_to_change(async_mongo_db):
    collection = await AsyncCollectionsReading._async_get_collection()
    await async_mongo_db.command("collMod", "readings", expireAfterSeconds=70)
    AsyncCollectionsReading._disconnect()
    assert await AsyncCollectionsReading._async_get_collection() == collection
    assert (await collection.options())["expireAfterSeconds"] == 70


async def test_readings_of_a_time_series_are_saved_and_found(async_mongo_db):
    at = datetime(2026, 5, 4, 3)
    first = await AsyncCollectionsReading(at=at, sensor="a").async_save()
    many = [AsyncCollectionsReading(at=at, sensor=name) for name in "bc"]
    await AsyncCollectionsReading.objects.async_insert(many)
    found = await AsyncCollectionsReading.objects.order_by("sensor").async_to_list()
    assert [one.sensor for one in found] == ["a", "b", "c"]
    assert (found[0].pk, found[0].at) == (first.pk, at)
    assert await AsyncCollectionsReading.objects(sensor="b").async_delete() == 1
    assert await AsyncCollectionsReading.objects.async_count() == 2


async def test_the_first_lines_leave_a_capped_collection(async_mongo_db):
    for number in range(10):
        line = await AsyncCollectionsLog(line=str(number)).async_save()
    line.line = "x"
    await line.async_save()
    found = [log.line async for log in AsyncCollectionsLog.objects.order_by("$natural")]
    assert found == [*"345678", "x"]


async def test_options_that_the_server_refuses(async_mongo_db):
    class CollectionsRefused(Document):
        meta = {"timeseries": {"metaField": "a"}}

    with pytest.raises(OperationFailure, match="timeField"):
        await CollectionsRefused._async_get_collection()
    assert await async_mongo_db.list_collection_names() == []


async def test_preparing_does_not_take_part_in_a_transaction(async_mongo_db):
    async with async_mongo_db.client.start_session() as session:
        await session.start_transaction()
        with joined(async_sessions, "default", session):
            log = await AsyncCollectionsLog._async_get_collection()
            books = await AsyncCollectionsBook._async_get_collection()
            await books.insert_one({"isbn": "a"}, session=session)
        await session.abort_transaction()
    assert await names_of_indexes(log) == {"_id_", "line_1"}
    assert await names_of_indexes(books) == {"_id_", "isbn_1", "_cls_1"}
    assert await books.count_documents({}) == 0


async def test_a_transaction_does_not_wait_for_itself(async_mongo_db, monkeypatch):
    monkeypatch.setattr(prepared, "SECONDS_IN_TRANSACTION", 0.5)
    books = await AsyncCollectionsBook._async_get_collection()
    async with async_mongo_db.client.start_session() as session:
        await session.start_transaction()
        await books.insert_one({"isbn": "a"}, session=session)
        refused = pytest.raises(OperationError, match=r"ensure_indexes\(\)` before")
        with refused, joined(async_sessions, "default", session):
            # Its index cannot be made before the transaction has ended.
            await AsyncCollectionsNovel._async_get_collection()
        await session.commit_transaction()
    await AsyncCollectionsNovel._async_get_collection()
    assert "_cls_1_genre_1" in await names_of_indexes(books)
