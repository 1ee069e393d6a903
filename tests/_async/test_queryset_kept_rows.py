"""Rows that are all kept come in the driver's batches, however big these are."""

import pytest

from mongoengine import Document, IntField, ListField
from mongoengine.queryset.batches import CHUNK_SIZE

MANY = 2 * CHUNK_SIZE + 50


class AsyncKeptRow(Document):
    number = IntField()
    anything = ListField()


@pytest.fixture(autouse=True)
async def _async_stored(async_mongo_db):
    rows = [AsyncKeptRow(number=n, anything=[{"n": n}]) for n in range(MANY)]
    await AsyncKeptRow.objects.async_insert(rows, load_bulk=False)


@pytest.mark.parametrize("size", [2, 7, CHUNK_SIZE, MANY, 10 * MANY])
async def test_all_rows_come_in_order(size):
    queryset = AsyncKeptRow.objects.order_by("number").batch_size(size)
    rows = await queryset.async_to_list()
    assert [row.number for row in rows] == list(range(MANY))
    assert [row.anything[0]["n"] for row in rows] == list(range(MANY))


@pytest.mark.parametrize("limit", [1, CHUNK_SIZE, CHUNK_SIZE + 1])
async def test_a_limit_holds(limit):
    queryset = AsyncKeptRow.objects.order_by("number").limit(limit)
    assert [row.number for row in await queryset.async_to_list()] == list(range(limit))


async def test_all_come_by_their_ids():
    ids = await AsyncKeptRow.objects.async_distinct("id")
    found = await AsyncKeptRow.objects.async_in_bulk(ids)
    assert sorted(row.number for row in found.values()) == list(range(MANY))
    assert set(found) == set(ids)
