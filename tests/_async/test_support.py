"""The small questions of `pymongo_support` and `mongodb_support`."""

import pytest
from pymongo.errors import OperationFailure

from mongoengine.mongodb_support import async_get_mongodb_version
from mongoengine.pymongo_support import (
    async_count_documents,
    async_list_collection_names,
)


@pytest.fixture
async def async_numbers(async_mongo_db):
    """Give a collection of the numbers from 0 to 4."""
    await async_mongo_db.numbers.insert_many([{"n": number} for number in range(5)])
    return async_mongo_db.numbers


@pytest.mark.parametrize(
    ("arguments", "count"),
    [
        ({"filter": {}}, 5),
        ({"filter": None}, 5),
        ({"filter": {"n": {"$gt": 1}}}, 3),
        ({"filter": {}, "skip": 1}, 4),
        ({"filter": {}, "skip": 9}, 0),
        ({"filter": {}, "limit": 2}, 2),
        ({"filter": {}, "limit": 0}, 0),
        ({"filter": {}, "hint": "_id_"}, 5),
        ({"filter": {}, "hint": -1}, 5),
        ({"filter": {}, "collation": {"locale": "en"}}, 5),
        ({"filter": {"n": {"$gt": 0}}, "skip": 1, "limit": 2, "hint": "_id_"}, 2),
    ],
)
async def test_counting(async_numbers, arguments, count):
    assert await async_count_documents(async_numbers, **arguments) == count


async def test_counting_what_the_server_refuses(async_numbers):
    with pytest.raises(OperationFailure):
        await async_count_documents(async_numbers, {"n": {"$nope": 1}})
    with pytest.raises(OperationFailure):
        await async_count_documents(async_numbers, {}, hint="nope_1")


async def test_counting_in_a_transaction(async_numbers):
    session = async_numbers.database.client.start_session()
    async with session, await session.start_transaction():
        await async_numbers.insert_one({"n": 5}, session=session)
        count = await async_count_documents(async_numbers, {}, session=session)
        assert count == 6
        await session.abort_transaction()
    assert await async_count_documents(async_numbers, {}) == 5


async def test_names_of_collections(async_numbers):
    db = async_numbers.database
    await db.create_collection(
        "seen", viewOn="numbers"
    )  # so that there is system.views
    names = await async_list_collection_names(db)
    assert sorted(names) == ["numbers", "seen"]
    names = await async_list_collection_names(db, include_system_collections=True)
    assert sorted(names) == ["numbers", "seen", "system.views"]


async def test_the_version_of_the_server(async_mongo_db):
    info = await async_mongo_db.client.server_info()
    assert await async_get_mongodb_version() == tuple(info["versionArray"][:2])
