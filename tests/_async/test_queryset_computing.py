"""What all computations on the server have in common: empty querysets, transactions."""

import pytest
from _async.summing import NAMES, AsyncSumThing, async_names, async_stored_things
from joining import joined
from pymongo.errors import OperationFailure

from mongoengine.base.scopes import async_sessions


@pytest.fixture
async def async_things(async_mongo_db):
    return await async_stored_things()


async def test_none_asks_for_nothing(async_things, async_mongo_db):
    nothing = async_things.none()
    await async_mongo_db.command("profile", 2)
    assert await nothing.async_aggregate(NAMES).async_to_list() == []
    assert [row async for row in await nothing.async_aggregate(NAMES)] == []
    assert await async_things[2:2].async_aggregate(NAMES).async_to_list() == []
    assert await nothing.async_sum("age") == 0
    assert await nothing.async_average("age") == 0
    assert await nothing.async_distinct("age") == []
    assert await nothing.async_item_frequencies("age") == {}
    assert await nothing.async_item_frequencies("age", map_reduce=False) == {}
    assert await nothing.async_exec_js("function() { return 1 }") is None
    await async_mongo_db.command("profile", 0)
    asked = await async_mongo_db.system.profile.find(
        {"command.profile": {"$exists": False}}
    ).to_list()
    assert asked == []


async def test_all_take_part_in_a_transaction(async_things, async_mongo_db):
    session = async_mongo_db.client.start_session()
    async with session, await session.start_transaction():
        with joined(async_sessions, "default", session):
            await async_check_totals_of_a_transaction(async_things)
            await session.abort_transaction()
    assert await async_things.async_sum("age") == 9


async def async_check_totals_of_a_transaction(async_things):
    await AsyncSumThing(name="d", age=11, tags=["t"]).async_save()
    assert await async_things.async_sum("age") == 20
    assert await async_things.async_average("age") == 5.0
    assert await async_things.async_distinct("age") == [1, 3, 5, 11]
    assert await async_names(async_things.filter(age=11)) == ["d"]
    frequencies = await async_things.async_item_frequencies("age", map_reduce=False)
    assert frequencies[11] == 1
    with pytest.raises(OperationFailure, match="transaction"):
        await async_things.async_item_frequencies("age")
