"""Numbers below the top: in embedded documents, lists, dicts and defaults."""

import copy
import pickle

import pytest
from _async.numbering import (
    AsyncSeqBill,
    AsyncSeqGroup,
    AsyncSeqLine,
    AsyncSeqTicket,
    async_with_counters,
    counters,
)
from bson import ObjectId

from mongoengine import (
    Document,
    DynamicDocument,
    EmbeddedDocumentField,
    SequenceField,
    signals,
)


class AsyncSeqDefault(Document):
    line = EmbeddedDocumentField(AsyncSeqLine, default=AsyncSeqLine)
    meta = {"collection": "defaults"}


class AsyncSeqAnything(DynamicDocument):
    number = SequenceField()
    meta = {"collection": "anything"}


@pytest.fixture(autouse=True)
async def db(async_mongo_db):
    return await async_with_counters(async_mongo_db)


async def test_numbers_in_embedded_documents(db):
    line = AsyncSeqLine
    bill = AsyncSeqBill(
        first=line(),
        lines=[line(number=50), line(text="b")],
        by_name={"a": line()},
        groups=[AsyncSeqGroup(lines=[line(), line()])],
        any=line(),
    )
    await bill.async_save()
    row = await db.bills.find_one()
    drawn = [
        row["first"]["number"],
        row["lines"][1]["number"],
        row["by_name"]["a"]["number"],
        *(part["number"] for part in row["groups"][0]["lines"]),
        row["any"]["number"],
    ]
    assert row["no"] == 1
    assert row["lines"][0]["number"] == 50
    assert drawn == [1, 2, 3, 4, 5, 6]
    assert bill.groups[0].lines[1].number == 5
    assert bill._get_changed_fields() == []


async def test_numbers_in_defaults(db):
    await AsyncSeqDefault().async_save()
    assert (await db.defaults.find_one())["line"] == {"number": 1}


async def test_an_embedded_document_that_is_added_later_has_its_number_drawn(db):
    await AsyncSeqBill(lines=[AsyncSeqLine()]).async_save()
    bill = await AsyncSeqBill.objects.async_get()
    bill.lines.append(AsyncSeqLine(text="new"))
    bill.by_name["x"] = AsyncSeqLine()
    await bill.async_save()
    row = await db.bills.find_one()
    numbers = [line["number"] for line in row["lines"]]
    numbers.append(row["by_name"]["x"]["number"])
    assert len(set(numbers)) == 3
    assert await counters(db) == {
        "bills.number": 1,
        "lines.number": max(numbers),
    }


async def test_numbers_in_lists(db):
    bill = AsyncSeqBill(ids=[None, 9, None])
    await bill.async_save()
    assert (await db.bills.find_one())["ids"] == [1, 9, 2]
    assert bill.ids == [1, 9, 2]


async def test_numbers_in_dynamic_documents(db):
    one = AsyncSeqAnything(part=AsyncSeqLine(), parts=[AsyncSeqLine()])
    await one.async_save()
    row = await db.anything.find_one()
    found = (row["number"], row["part"]["number"], row["parts"][0]["number"])
    assert found == (1, 1, 2)


async def test_documents_that_are_referred_to_are_not_numbered(db):
    ticket = AsyncSeqTicket(id=ObjectId())
    await AsyncSeqBill(ticket=ticket).async_save()
    assert "tickets.number" not in await counters(db)


async def test_a_receiver_may_add_what_has_a_number(db):
    async def add(sender, document, **more):
        document.lines.append(AsyncSeqLine())

    signals.pre_save_post_validation.connect(add, sender=AsyncSeqBill)
    bill = await AsyncSeqBill().async_save()
    signals.pre_save_post_validation.disconnect(add, sender=AsyncSeqBill)
    assert bill.lines[0].number == 1
    assert (await db.bills.find_one())["lines"][0]["number"] == 1


@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda bill: pickle.loads(pickle.dumps(bill))]
)
async def test_copies_of_new_documents_are_numbered_within(db, copied):
    bill = AsyncSeqBill(
        first=AsyncSeqLine(),
        lines=[AsyncSeqLine(), AsyncSeqLine()],
        groups=[AsyncSeqGroup(lines=[AsyncSeqLine()])],
    )
    await copied(bill).async_save()
    (stored,) = await db.bills.find().to_list()
    numbers = [line["number"] for line in (stored["first"], *stored["lines"])]
    assert [*numbers, stored["groups"][0]["lines"][0]["number"]] == [1, 2, 3, 4]
