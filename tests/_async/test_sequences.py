"""Sequences: numbers that are drawn when documents are saved, each of them once."""

import pytest
from _async.numbering import AsyncSeqKey, AsyncSeqTicket, async_with_counters, counters
from bson import ObjectId
from gathering import async_gather

from mongoengine import (
    Document,
    NotUniqueError,
    SequenceField,
    StringField,
    ValidationError,
)


class AsyncSeqBase(Document):
    number = SequenceField()
    meta = {"collection": "bases", "allow_inheritance": True}


class AsyncSeqSub(AsyncSeqBase):
    rank = SequenceField()


class AsyncSeqUnique(Document):
    number = SequenceField(required=True)
    name = StringField(unique=True)
    meta = {"collection": "uniques"}


@pytest.fixture(autouse=True)
async def db(async_mongo_db):
    return await async_with_counters(async_mongo_db)


async def test_saving_draws_a_number(db):
    first = await AsyncSeqTicket(name="a").async_save()
    second = await AsyncSeqTicket(name="b").async_save()
    assert (first.number, second.number) == (1, 2)
    assert (await AsyncSeqTicket.objects.async_get(number=2)).name == "b"
    assert await counters(db) == {"tickets.number": 2}


async def test_saving_again_draws_no_other(db):
    ticket = await AsyncSeqTicket().async_save()
    ticket.name = "b"
    await ticket.async_save()
    await (await AsyncSeqTicket.objects.async_get()).async_save()
    await ticket.async_reload()
    assert ticket.number == 1
    assert await counters(db) == {"tickets.number": 1}


async def test_a_given_number_is_kept(db):
    ticket = await AsyncSeqTicket(number=77).async_save()
    assert (await AsyncSeqTicket.objects.async_get()).number == 77
    assert ticket.number == 77
    assert await counters(db) == {}


async def test_an_id_that_is_assigned_does_not_stop_the_number():
    ticket = AsyncSeqTicket()
    ticket.id = ObjectId()
    await ticket.async_save()
    assert (await AsyncSeqTicket.objects.async_get()).number == 1


async def test_what_is_not_valid_draws_nothing(db):
    with pytest.raises(ValidationError):
        await AsyncSeqTicket(name=5).async_save()
    assert await counters(db) == {}


async def test_a_required_number_need_not_be_there():
    AsyncSeqUnique().validate()
    assert (await AsyncSeqUnique().async_save()).number == 1


async def test_a_document_that_could_not_be_saved_keeps_its_number(db):
    await AsyncSeqUnique(name="a").async_save()
    other = AsyncSeqUnique(name="a")
    with pytest.raises(NotUniqueError):
        await other.async_save()
    other.name = "b"
    await other.async_save()
    assert other.number == 2
    assert await counters(db) == {"uniques.number": 2}


async def test_a_number_as_the_key():
    keys = [await AsyncSeqKey(size=size).async_save() for size in (7, 8)]
    assert [key.pk for key in keys] == [1, 2]
    assert (await AsyncSeqKey.objects.async_with_id(2)).size == 8
    assert (await AsyncSeqKey.objects.async_create(size=9)).pk == 3


async def test_subclasses_share_the_sequence(db):
    await AsyncSeqBase().async_save()
    sub = await AsyncSeqSub().async_save()
    await AsyncSeqBase().async_save()
    assert (sub.number, sub.rank) == (2, 1)
    assert await counters(db) == {"bases.number": 3, "bases.rank": 1}


async def test_many_at_once_have_each_a_number(db):
    tickets = [AsyncSeqTicket() for _ in range(200)]
    await async_gather(ticket.async_save() for ticket in tickets)
    assert sorted(ticket.number for ticket in tickets) == list(range(1, 201))
    found = await AsyncSeqTicket.objects.async_distinct("number")
    assert sorted(found) == list(range(1, 201))
    assert await counters(db) == {"tickets.number": 200}


async def test_one_document_saved_twice_at_once_has_one_number(db):
    ticket = AsyncSeqTicket()
    await async_gather(ticket.async_save() for _ in range(10))
    assert await counters(db) == {"tickets.number": 1}
    assert await db.tickets.count_documents({"number": 1}) == 1


async def test_a_number_is_not_drawn_for_what_is_loaded_without(db):
    await AsyncSeqTicket(name="a").async_save()
    ticket = await AsyncSeqTicket.objects.only("name").async_first()
    ticket.name = "b"
    await ticket.async_save()
    assert await db.tickets.find_one({}, {"_id": 0}) == {"number": 1, "name": "b"}


async def test_setting_none_draws_another_number(db):
    ticket = await AsyncSeqTicket().async_save()
    ticket.number = None
    await ticket.async_save()
    assert ticket.number == 2
    assert (await db.tickets.find_one())["number"] == 2
    await db.tickets.update_one({}, {"$unset": {"number": 1}})
    ticket = await AsyncSeqTicket.objects.async_first()
    ticket.number = None
    await ticket.async_save()
    assert (await db.tickets.find_one())["number"] == 3
