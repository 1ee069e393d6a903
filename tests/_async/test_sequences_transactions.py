"""Numbers that are drawn in a transaction, which is committed or aborted."""

import pytest
from _async.numbering import (
    AsyncSeqBill,
    AsyncSeqKey,
    AsyncSeqLine,
    AsyncSeqTicket,
    async_with_counters,
    counters,
)

from mongoengine.context_managers import async_run_in_transaction


@pytest.fixture(autouse=True)
async def db(async_mongo_db):
    return await async_with_counters(async_mongo_db)


class Stop(Exception):
    pass


async def save_and_abort(*documents):
    """Save documents in a transaction that is aborted; return what was stored."""
    async with async_run_in_transaction():
        for document in documents:
            await document.async_save()
        raise Stop([document.to_mongo() for document in documents])


async def test_an_aborted_transaction_takes_its_numbers_back(db):
    await AsyncSeqTicket.async_ensure_indexes()
    await AsyncSeqKey.async_ensure_indexes()
    ticket, key = AsyncSeqTicket(), AsyncSeqKey()
    with pytest.raises(Stop) as caught:
        await save_and_abort(ticket, key)
    stored, stored_key = caught.value.args[0]
    assert (stored["number"], stored_key["_id"]) == (1, 1)
    assert await counters(db) == {}
    assert (ticket._data["number"], key._data["id"]) == (None, None)
    other = await AsyncSeqTicket().async_save()
    await ticket.async_save()
    await key.async_save()
    assert (other.number, ticket.number, key.pk) == (1, 2, 1)
    assert await db.tickets.distinct("number") == [1, 2]


async def test_numbers_of_parts_are_taken_back_as_well(db):
    await AsyncSeqBill().async_save()
    bill = await AsyncSeqBill.objects.async_get()
    bill.lines.append(AsyncSeqLine())
    bill.ids.append(None)
    with pytest.raises(Stop) as caught:
        await save_and_abort(bill)
    (stored,) = caught.value.args[0]
    assert (stored["lines"][0]["number"], stored["ids"]) == (1, [1])
    await AsyncSeqLine.number.async_generate()
    await bill.async_save()
    row = await db.bills.find_one()
    assert (row["lines"][0]["number"], row["ids"]) == (2, [1])


async def test_a_committed_transaction_keeps_its_numbers(db):
    await AsyncSeqTicket.async_ensure_indexes()
    async with async_run_in_transaction():
        ticket = await AsyncSeqTicket().async_save()
        assert await AsyncSeqTicket.number.async_get_next_value() == 2
        found = await AsyncSeqTicket.objects.async_insert([AsyncSeqTicket()])
    assert (ticket.number, found[0].number) == (1, 2)
    assert await counters(db) == {"tickets.number": 2}
