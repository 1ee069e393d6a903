"""Going through the documents of a queryset, all of them or a part."""

import gc
import pickle
import weakref
from collections.abc import Mapping

import pytest
from gathering import async_gather
from pymongo.errors import CursorNotFound, OperationFailure

from mongoengine import (
    Document,
    FieldDoesNotExist,
    IntField,
    OperationError,
    StringField,
)
from mongoengine._async.cursors import AsyncPlainChunks
from mongoengine.connection import get_async_connection, get_async_db
from mongoengine.queryset import batches
from mongoengine.queryset.batches import CHUNK_SIZE

MANY = 2 * CHUNK_SIZE + 30  # three chunks, and more than the first batch


class AsyncIterationItem(Document):
    number = IntField()
    name = StringField(db_field="called")
    meta = {"ordering": ["number"]}


@pytest.fixture
async def async_watch(async_sent):
    """Store many documents, and give what is sent after that."""
    stored = [{"number": number, "called": f"n{number}"} for number in range(MANY)]
    collection = await AsyncIterationItem._async_get_collection()
    await collection.insert_many(stored)
    return async_sent


async def async_walk(rows):
    return [row async for row in rows]


async def async_numbers(queryset):
    return [item.number async for item in queryset]


async def async_open_cursors():
    """Count the idle cursors of this database alone: other tests have theirs."""
    db = get_async_db()
    pipeline = [
        {"$currentOp": {"idleCursors": True}},
        {"$match": {"type": "idleCursor", "ns": {"$regex": f"^{db.name}[.]"}}},
    ]
    return len(await (await db.client.admin.aggregate(pipeline)).to_list())


async def test_all_documents_come_in_order(async_watch):
    assert await async_numbers(AsyncIterationItem.objects) == list(range(MANY))


async def test_a_queryset_keeps_what_a_loop_to_the_end_found(async_watch):
    queryset = AsyncIterationItem.objects
    first, second = await async_walk(queryset), await async_walk(queryset)
    assert all(one is other for one, other in zip(first, second, strict=True))
    assert await queryset.async_to_list() == first
    assert async_watch.names.count("find") == 1


async def test_a_list_is_kept_and_cannot_be_spoilt(async_watch):
    queryset = AsyncIterationItem.objects
    (await queryset.async_to_list()).clear()
    assert len(await async_walk(queryset)) == MANY
    assert async_watch.names.count("find") == 1


async def test_that_nothing_was_found_is_kept_as_well(async_watch):
    queryset = AsyncIterationItem.objects(number=-1)
    assert await async_walk(queryset) == await async_walk(queryset) == []
    assert async_watch.names.count("find") == 1


async def test_a_copy_asks_again(async_watch):
    queryset = AsyncIterationItem.objects
    await async_walk(queryset)
    await async_walk(queryset.all())
    assert async_watch.names.count("find") == 2


async def test_without_cache_each_loop_asks_again(async_watch):
    queryset = AsyncIterationItem.objects.no_cache()
    assert await async_numbers(queryset) == await async_numbers(queryset)
    assert async_watch.names.count("find") == 2
    assert queryset._async_result_cache is None


async def test_what_is_kept_is_pickled_as_well(async_watch):
    queryset = AsyncIterationItem.objects
    fresh = pickle.dumps(queryset)
    found = await queryset.async_to_list()
    assert await async_walk(pickle.loads(pickle.dumps(queryset))) == found
    assert async_watch.names.count("find") == 1
    assert await async_walk(pickle.loads(fresh)) == found
    assert async_watch.names.count("find") == 2


async def test_a_run_is_not_pickled(async_watch):
    queryset = AsyncIterationItem.objects
    await queryset.__anext__()
    twin = pickle.loads(pickle.dumps(queryset))
    assert (await twin.__anext__()).number == 0
    assert (await queryset.__anext__()).number == 1


async def test_without_cache_documents_are_let_go(async_watch):
    alive, most = weakref.WeakSet(), 0
    async for item in AsyncIterationItem.objects.no_cache():
        alive.add(item)
        most = max(most, len(alive))
    assert most <= 2  # the one at hand, and the one before


async def test_a_queryset_that_keeps_documents_cannot_become_one_without(async_watch):
    queryset = AsyncIterationItem.objects.limit(1)
    await async_walk(queryset)
    with pytest.raises(OperationError, match="QuerySet already cached"):
        queryset.no_cache()


async def test_a_loop_within_a_loop_finds_all(async_watch):
    for queryset in (AsyncIterationItem.objects, AsyncIterationItem.objects.no_cache()):
        seen = 0
        async for outer in queryset:
            if outer.number in (0, 3, MANY - 1):
                seen += len(await async_numbers(queryset))
        assert seen == 3 * MANY


async def test_a_loop_within_a_short_loop_sees_the_same_documents(async_watch):
    queryset = AsyncIterationItem.objects.limit(3)
    async for outer in queryset:
        assert [outer is item async for item in queryset].count(True) == 1
    assert async_watch.names.count("find") == 1


async def test_loops_at_the_same_time_find_all(async_watch):
    queryset = AsyncIterationItem.objects.batch_size(7)
    found = await async_gather([async_numbers(queryset) for _ in range(5)])
    assert found == [list(range(MANY))] * 5
    assert len(queryset._async_result_cache) == MANY


async def test_a_loop_left_early_does_not_shorten_the_next(async_watch):
    queryset = AsyncIterationItem.objects.batch_size(2)
    async for item in queryset:
        if item.number == 5:
            break
    assert len(await async_walk(queryset)) == MANY


@pytest.mark.parametrize("keeps", [True, False])
async def test_a_loop_left_early_closes_its_cursor(async_watch, keeps):
    queryset = AsyncIterationItem.objects.batch_size(2)
    queryset = queryset if keeps else queryset.no_cache()
    before = await async_open_cursors()
    async for item in queryset:
        assert item.number == 0
        assert await async_open_cursors() == before + 1
        break
    gc.collect()
    # The driver closes such cursors from time to time: here, now.
    await get_async_connection()._process_kill_cursors()
    assert await async_open_cursors() == before


async def test_a_run_can_be_closed_at_once(async_watch):
    before = await async_open_cursors()
    run = AsyncIterationItem.objects.batch_size(2).__aiter__()
    assert (await run.__anext__()).number == 0
    assert await async_open_cursors() == before + 1
    await run.aclose()
    assert await async_open_cursors() == before
    assert await async_walk(run) == []


async def test_next_goes_on_where_it_was_until_rewound(async_watch):
    queryset = AsyncIterationItem.objects.limit(2)
    assert (await queryset.__anext__()).number == 0
    assert len(await queryset.async_to_list()) == 2  # is not disturbed
    assert (await queryset.__anext__()).number == 1
    for _ in range(2):
        with pytest.raises(StopAsyncIteration):
            await queryset.__anext__()
    queryset.rewind()
    assert (await queryset.__anext__()).number == 0


async def test_a_loop_after_next_takes_the_rest_as_of_any_iterator(async_watch):
    """So does pandas.DataFrame.from_records(), which looks at the first row before."""
    queryset = AsyncIterationItem.objects.limit(3)
    first = await queryset.__anext__()
    assert [first.number, *await async_numbers(queryset)] == [0, 1, 2]
    assert await async_numbers(queryset) == [0, 1, 2]  # which was over
    assert (await queryset.__anext__()).number == 0
    assert await async_numbers(queryset) == [0, 1, 2]  # all are known
    assert async_watch.names.count("find") == 1


async def test_where_no_rows_are_kept_next_takes_none_from_a_loop(async_watch):
    queryset = AsyncIterationItem.objects.limit(3).no_cache()
    assert (await queryset.__anext__()).number == 0
    assert await async_numbers(queryset) == [0, 1, 2]


async def test_a_document_that_cannot_be_made_ends_the_loop_with_its_error(
    async_watch,
):
    collection = await AsyncIterationItem._async_get_collection()
    await collection.update_one({"number": 5}, {"$set": {"unknown": 1}})
    run = AsyncIterationItem.objects.no_cache().__aiter__()
    assert [(await run.__anext__()).number for _ in range(5)] == [0, 1, 2, 3, 4]
    with pytest.raises(FieldDoesNotExist, match="unknown"):
        await run.__anext__()
    queryset = AsyncIterationItem.objects
    for _ in range(2):  # and is not taken for the end of a complete list
        with pytest.raises(FieldDoesNotExist, match="unknown"):
            await async_walk(queryset)


async def test_a_cursor_that_the_server_lost_is_an_error(async_watch):
    queryset = AsyncIterationItem.objects.batch_size(10)
    run = queryset.__aiter__()
    assert (await run.__anext__()).number == 0
    await async_kill_cursors(await AsyncIterationItem._async_get_collection())
    with pytest.raises(CursorNotFound):
        await async_walk(run)
    assert len(await async_walk(queryset)) == MANY


async def async_kill_cursors(collection):
    """Kill the cursors that are open on a collection."""
    admin = get_async_connection().admin
    cursors = await admin.aggregate(
        [
            {"$currentOp": {"idleCursors": True}},
            {"$match": {"ns": collection.full_name, "type": "idleCursor"}},
        ]
    )
    ids = [one["cursor"]["cursorId"] async for one in cursors]
    await collection.database.command("killCursors", collection.name, cursors=ids)


async def test_an_error_of_the_server_comes_through(async_watch):
    with pytest.raises(OperationFailure, match="(?i)nonsense"):
        await async_walk(AsyncIterationItem.objects(__raw__={"$nonsense": 1}))


@pytest.mark.parametrize("batch_size", [1, 7, CHUNK_SIZE, MANY, 10 * MANY])
async def test_clients_without_raw_batches_give_the_same(
    async_watch, monkeypatch, batch_size
):
    queryset = AsyncIterationItem.objects.batch_size(batch_size).as_pymongo()
    expected = await async_walk(queryset)
    monkeypatch.setattr(
        "mongoengine._async.cursors.decodes_plainly", lambda collection: False
    )
    assert await async_walk(queryset.clone()) == expected
    assert len(expected) == MANY


async def test_without_raw_batches_rows_before_an_error_are_given(async_watch):
    class Broken:
        async def __aiter__(self):
            yield {"number": 1}
            raise OperationFailure("broken")

    chunks = AsyncPlainChunks(Broken())
    assert await chunks.async_next() == [{"number": 1}]
    with pytest.raises(OperationFailure, match="broken"):
        await chunks.async_next()


async def test_a_great_batch_is_decoded_a_chunk_at_a_time(async_watch, monkeypatch):
    sizes = []

    def counting(sent, options):
        rows = decode_all(sent, options)
        sizes.append(len(rows))
        return rows

    decode_all = batches.decode_all
    monkeypatch.setattr(batches, "decode_all", counting)
    assert len(await async_walk(AsyncIterationItem.objects.batch_size(MANY))) == MANY
    assert sizes == [CHUNK_SIZE, CHUNK_SIZE, MANY - 2 * CHUNK_SIZE]


async def test_rows_of_a_queryset_that_nobody_holds_are_not_kept(async_watch):
    queryset = AsyncIterationItem.objects.batch_size(2)
    held, free = queryset.__aiter__(), queryset.clone().__aiter__()
    assert len(await async_walk(held)) == len(await async_walk(free)) == MANY
    assert len(held._rows) == MANY
    assert free._rows == []


def kinds_within(value):
    """Return the types of what holds values, throughout."""
    if isinstance(value, Mapping):
        return {type(value)}.union(*map(kinds_within, value.values()))
    if isinstance(value, list):
        return {list}.union(*map(kinds_within, value))
    return set()


def check_told_plainly(error):
    """Check that an error has what the server said in dicts, and nothing else."""
    assert kinds_within(error.details) == {dict}
    assert "$clusterTime" in error.details
    assert str(error).endswith(f", full error: {error.details}")
    assert error.details["code"] == error.code
    assert error.__context__ is None


async def test_an_error_of_the_first_batch_tells_plainly_what_was_said(async_watch):
    with pytest.raises(OperationFailure) as caught:
        await async_walk(AsyncIterationItem.objects(__raw__={"$nonsense": 1}))
    assert type(caught.value) is OperationFailure
    check_told_plainly(caught.value)


async def test_an_error_of_a_later_batch_tells_plainly_what_was_said(async_watch):
    run = AsyncIterationItem.objects.batch_size(2).__aiter__()
    assert (await run.__anext__()).number == 0
    await async_kill_cursors(await AsyncIterationItem._async_get_collection())
    with pytest.raises(CursorNotFound) as caught:
        await async_walk(run)
    check_told_plainly(caught.value)
