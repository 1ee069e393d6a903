"""The counters of sequences: where they are, and ways to ask, set and use them."""

import pytest
from _async.numbering import COUNTERS, AsyncSeqTicket, async_with_counters, counters
from pymongo.errors import OperationFailure

from mongoengine import Document, SequenceField, connect_async, disconnect_async


class AsyncSeqCode(Document):
    code = SequenceField(
        collection_name="codes",
        sequence_name="letters",
        value_decorator=lambda number: f"A{number:03}",
    )


class AsyncSeqElsewhere(Document):
    number = SequenceField(db_alias="elsewhere", sequence_name="s")


@pytest.fixture(autouse=True)
async def db(async_mongo_db):
    return await async_with_counters(async_mongo_db)


async def test_decorated_values_of_a_collection_of_their_own(db):
    field = AsyncSeqCode.code
    assert await field.async_get_next_value() == "A001"
    assert (await AsyncSeqCode().async_save()).code == "A001"
    assert await field.async_set_next_value(41) == "A041"
    assert await field.async_generate() == "A042"
    assert await AsyncSeqCode.objects(code=1).async_count() == 1
    assert await counters(db, "codes") == {"letters.code": 42}
    assert await counters(db) == {}


async def test_the_next_value_is_seen_and_set(db):
    field = AsyncSeqTicket.number
    assert await field.async_get_next_value() == 1
    assert await counters(db) == {}
    assert await field.async_generate() == 1
    assert await field.async_get_next_value() == 2
    assert await field.async_set_next_value(100) == 100
    assert await field.async_get_next_value() == 101
    assert (await AsyncSeqTicket().async_save()).number == 101


async def test_a_value_that_is_no_number_is_refused_before_it_is_stored(db):
    await AsyncSeqTicket.number.async_generate()
    with pytest.raises(ValueError, match="invalid literal"):
        await AsyncSeqTicket.number.async_set_next_value("x")
    assert await counters(db) == {"tickets.number": 1}


async def test_a_counter_that_cannot_count_is_an_error(db):
    await db[COUNTERS].insert_one({"_id": "tickets.number", "next": "x"})
    with pytest.raises(OperationFailure, match="non-numeric"):
        await AsyncSeqTicket().async_save()
    assert await AsyncSeqTicket.objects.async_count() == 0


async def test_a_sequence_on_another_alias(db, mongo_uri):
    name = f"{db.name}_b"
    client = await connect_async(
        name, alias="elsewhere", host=mongo_uri, uuidRepresentation="standard"
    )
    try:
        assert (await AsyncSeqElsewhere().async_save()).number == 1
        assert await AsyncSeqElsewhere.number.async_get_next_value() == 2
        assert await AsyncSeqElsewhere.number.async_set_next_value(7) == 7
        assert await counters(client[name]) == {"s.number": 7}
        assert await counters(db) == {}
    finally:
        await client.drop_database(name)
        await disconnect_async("elsewhere")


class AsyncSeqEven(SequenceField):
    """Draws even numbers, in a way of its own."""

    async def async_generate(self):
        return 2 * await super().async_generate()


class AsyncSeqEvenly(Document):
    number = AsyncSeqEven()
    meta = {"collection": "evenly"}


async def test_a_way_of_ones_own_to_draw_numbers(db):
    found = [(await AsyncSeqEvenly().async_save()).number for _ in range(3)]
    assert found == [2, 4, 6]
    assert await counters(db) == {"evenly.number": 3}


async def test_an_alias_that_is_not_connected(db):
    with pytest.raises(Exception, match='alias "elsewhere" has not been defined'):
        await AsyncSeqElsewhere().async_save()
