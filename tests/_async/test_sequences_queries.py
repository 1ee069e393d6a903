"""Numbers that are drawn by querysets: for what they insert, and in updates."""

import pytest
from _async.numbering import (
    AsyncSeqBill,
    AsyncSeqKey,
    AsyncSeqLine,
    AsyncSeqTicket,
    async_with_counters,
    counters,
)

from mongoengine import InvalidQueryError


@pytest.fixture(autouse=True)
async def db(async_mongo_db):
    return await async_with_counters(async_mongo_db)


async def test_inserted_documents_are_numbered(db):
    many = [AsyncSeqTicket(name=name) for name in "abc"]
    found = await AsyncSeqTicket.objects.async_insert(many)
    assert [one.number for one in found] == [1, 2, 3]
    assert [one.number for one in many] == [1, 2, 3]
    keys = [AsyncSeqKey(), AsyncSeqKey(id=9)]
    ids = await AsyncSeqKey.objects.async_insert(keys, load_bulk=False)
    assert ids == [1, 9]


async def test_documents_in_updates_are_numbered(db):
    await AsyncSeqBill().async_save()
    bills = AsyncSeqBill.objects
    await bills.async_update(push__lines=AsyncSeqLine(text="a"))
    await bills.async_update_one(push_all__lines=[AsyncSeqLine()])
    await bills.async_modify(set__by_name__x=AsyncSeqLine())
    row = await db.bills.find_one()
    assert [line["number"] for line in row["lines"]] == [1, 2]
    assert row["by_name"]["x"]["number"] == 3


async def test_dicts_of_documents_in_updates_are_numbered(db):
    bill = await AsyncSeqBill().async_save()
    bills = AsyncSeqBill.objects
    await bills.async_update(push__lines={"text": "a"})
    await bills.async_update_one(push_all__lines=[{"text": "b"}, {"number": 50}])
    await bills.async_modify(set__first={"text": "c"})
    await bill.async_update(push__groups={"lines": [{"text": "d"}, {}]})
    await bills(number=77).async_update(upsert=True, set_on_insert__first={"text": "e"})
    row, new = await db.bills.find().to_list()
    assert [line["number"] for line in row["lines"]] == [1, 2, 50]
    assert row["first"]["number"] == 3
    assert [line["number"] for line in row["groups"][0]["lines"]] == [4, 5]
    assert new["first"]["number"] == 6


@pytest.mark.parametrize(
    ("update", "line"),
    [
        ({"set__first": {"number": 9}}, {"number": 9}),
        ({"set__by_name__x": {"text": "a"}}, None),
        ({"__raw__": {"$set": {"first": {"text": "a"}}}}, {"text": "a"}),
        ({"set__first": None}, None),
        ({"unset__first": {"text": "a"}}, None),
    ],
)
async def test_updates_that_draw_no_number(db, update, line):
    await AsyncSeqBill().async_save()
    await AsyncSeqBill.objects.async_update(**update)
    assert (await db.bills.find_one()).get("first") == line
    assert await counters(db) == {"bills.number": 1}


async def test_updates_that_are_refused_draw_no_number(db):
    await AsyncSeqBill().async_save()
    for update in ({"set__lines": {"text": "a"}}, {"set__lines__0": {"text": "a"}}):
        with pytest.raises(InvalidQueryError, match="AsyncSeqLine"):
            await AsyncSeqBill.objects.async_update(**update)
    assert await counters(db) == {"bills.number": 1}
