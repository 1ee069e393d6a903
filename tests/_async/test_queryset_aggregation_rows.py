"""The rows of a pipeline: how they are taken, and when their cursor is closed."""

import asyncio  # async-only
import time

import pytest
from _async.summing import NAMES, async_stored_things


@pytest.fixture
async def async_things(async_mongo_db):
    return await async_stored_things()


async def test_rows_can_be_taken_one_by_one(async_things):
    rows = await async_things.async_aggregate(NAMES)
    assert (await rows.next())["n"] == "a"
    assert rows.alive
    assert [row["n"] async for row in rows] == ["b", "c"]
    assert not rows.alive
    assert [row async for row in rows] == []


async def test_rows_can_be_taken_as_a_list(async_things):
    rows = await async_things.async_aggregate(NAMES)
    assert await rows.to_list(2) == [{"n": "a"}, {"n": "b"}]
    assert await rows.to_list() == [{"n": "c"}]


async def test_rows_need_not_be_awaited(async_things):  # async-only
    assert [row["n"] async for row in async_things.async_aggregate(NAMES)] == [*"abc"]
    assert await async_things.async_aggregate(NAMES).async_to_list(1) == [{"n": "a"}]
    assert await async_things.async_aggregate(NAMES).next() == {"n": "a"}
    async with async_things.async_aggregate(NAMES) as rows:
        assert await rows.to_list() == [{"n": "a"}, {"n": "b"}, {"n": "c"}]


async def test_rows_awaited_twice_are_the_same(async_things):  # async-only
    rows = async_things.async_aggregate(NAMES)
    assert rows.cursor_id is None
    assert await rows is rows
    assert (await rows.next())["n"] == "a"
    assert (await (await rows).next())["n"] == "b"


async def test_nothing_is_sent_before_rows_are_wanted(  # async-only
    async_things, async_mongo_db
):
    rows = async_things.async_aggregate([{"$out": "sum_out"}])
    assert rows.alive
    assert "sum_out" not in await async_mongo_db.list_collection_names()
    await rows.close()
    assert await rows.async_to_list() == []
    assert "sum_out" not in await async_mongo_db.list_collection_names()


async def async_open_cursors(async_mongo_db):
    """Count the idle cursors of this database alone: other tests have theirs."""
    pipeline = [
        {"$currentOp": {"idleCursors": True}},
        {
            "$match": {
                "type": "idleCursor",
                "ns": {"$regex": f"^{async_mongo_db.name}[.]"},
            }
        },
    ]
    return len(await (await async_mongo_db.client.admin.aggregate(pipeline)).to_list())


async def test_closing_closes_the_cursor_of_the_server(async_things, async_mongo_db):
    before = await async_open_cursors(async_mongo_db)
    rows = await async_things.async_aggregate([], batchSize=1)
    assert (await rows.next())["n"] == "a"
    assert rows.cursor_id
    assert await async_open_cursors(async_mongo_db) == before + 1
    await rows.close()
    assert await async_open_cursors(async_mongo_db) == before
    assert not rows.alive


async def test_leaving_the_block_closes_it_too(async_things, async_mongo_db):
    before = await async_open_cursors(async_mongo_db)
    async with await async_things.async_aggregate([], batchSize=1) as rows:
        async for _ in rows:
            break
        assert await async_open_cursors(async_mongo_db) == before + 1
    assert await async_open_cursors(async_mongo_db) == before
    assert [row async for row in rows] == []


async def test_a_loop_left_early_closes_it_too(async_things, async_mongo_db):
    before = await async_open_cursors(async_mongo_db)
    async for _ in async_things.async_aggregate([], batchSize=1):
        break
    deadline = time.monotonic() + 10  # the driver does it in the background
    while await async_open_cursors(async_mongo_db) > before:
        assert time.monotonic() < deadline


async def test_tasks_that_share_rows_run_it_once(async_things):  # async-only
    rows = async_things.async_aggregate([{"$group": {"_id": None}}])
    opened = await asyncio.gather(
        *(rows.next() for _ in range(3)), return_exceptions=True
    )
    assert opened[0] == {"_id": None}
    assert [type(one) for one in opened[1:]] == [StopAsyncIteration] * 2


async def test_a_pipeline_may_change_later(async_things):
    stages = [*NAMES]
    rows = async_things.async_aggregate(stages)
    stages.clear()
    assert [row async for row in rows] == [{"n": "a"}, {"n": "b"}, {"n": "c"}]


async def test_rows_that_nobody_wants_are_told_of(async_things):  # async-only
    with pytest.warns(RuntimeWarning, match="nothing was sent to the server"):
        async_things.async_aggregate(NAMES)
    rows = async_things.async_aggregate(NAMES)
    await rows.close()
    assert await rows.to_list() == []


async def test_closing_waits_for_the_cursor_that_opens(async_things):  # async-only
    rows = async_things.async_aggregate(NAMES)
    first = asyncio.create_task(rows.next())
    await asyncio.sleep(0)
    await rows.close()
    with pytest.raises(StopAsyncIteration):
        await first
    assert [row async for row in rows] == []
    assert not rows.alive
