"""``save()`` with a condition on what is stored, or with a write concern."""

import pytest
from _async.saving import (
    AsyncSaveKeyed,
    AsyncSaveThing,
    count_of,
    stored_of,
    take_update,
)

from mongoengine import InvalidQueryError, SaveConditionError


@pytest.fixture
async def async_commands(async_sent):
    """Give what was sent, once the collections are there."""
    for cls in (AsyncSaveThing, AsyncSaveKeyed):
        await cls._async_get_collection()
    async_sent.take()
    return async_sent


async def test_a_condition_has_to_be_met_by_what_is_stored(async_commands):
    thing = await AsyncSaveThing(name="a", number=1).async_save()
    async_commands.take()
    thing.number = 2
    await thing.async_save(save_condition={"number": 1})
    assert take_update(async_commands) == (
        {"n": 1, "_id": thing.id},
        {"$set": {"n": 2}},
        False,
    )
    thing.number = 3
    with pytest.raises(SaveConditionError, match="Race condition preventing"):
        await thing.async_save(save_condition={"number__lt": 2})
    assert (await stored_of(thing))["n"] == 2
    assert thing._changed_fields == ["n"]
    await thing.async_save()
    assert (await stored_of(thing))["n"] == 3


async def test_a_condition_says_nothing_of_new_documents(async_mongo_db):
    thing = await AsyncSaveThing(number=1).async_save(save_condition={"number": 9})
    assert (await stored_of(thing))["n"] == 1


async def test_an_empty_condition_is_met_by_any_stored_document(async_mongo_db):
    thing = await AsyncSaveThing(number=1).async_save()
    thing.number = 2
    await thing.async_save(save_condition={})
    assert (await stored_of(thing))["n"] == 2
    await (await AsyncSaveThing._async_get_collection()).delete_many({})
    thing.number = 3
    with pytest.raises(SaveConditionError):
        await thing.async_save(save_condition={})
    assert await count_of(AsyncSaveThing) == 0


async def test_a_condition_must_make_sense(async_commands):
    thing = await AsyncSaveThing(number=1).async_save()
    async_commands.take()
    with pytest.raises(InvalidQueryError, match='Cannot resolve field "colour"'):
        await thing.async_save(save_condition={"colour": 1})
    assert async_commands.take() == []


@pytest.mark.parametrize("concern", [{"w": 1, "j": True}, {"w": "majority"}])
async def test_the_write_concern_reaches_every_write(async_commands, concern):
    thing = await AsyncSaveThing(name="a").async_save(write_concern=concern)
    thing.number = 5
    await thing.async_save(write_concern=concern)
    await AsyncSaveKeyed(key="k").async_save(write_concern=concern)
    sent = async_commands.take()
    assert len(sent) == 4
    assert [command["writeConcern"] for command in sent] == [concern] * 4


async def test_an_unacknowledged_save_returns(async_commands):
    thing = await AsyncSaveThing(name="a").async_save(write_concern={"w": 0})
    thing.number = 5
    await thing.async_save(write_concern={"w": 0})
    thing.number = 6
    await thing.async_save(write_concern={"w": 0}, save_condition={"number": 99})
    assert [c["writeConcern"] for c in async_commands.take()] == [{"w": 0}] * 3


async def test_an_unknown_write_concern_is_refused(async_mongo_db):
    with pytest.raises(TypeError, match="bogus"):
        await AsyncSaveThing(name="a").async_save(write_concern={"bogus": 1})
    assert await count_of(AsyncSaveThing) == 0
