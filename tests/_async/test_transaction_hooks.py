"""What is called once a transaction is committed."""

from contextlib import asynccontextmanager, suppress

import pytest

from mongoengine import Document, StringField
from mongoengine.context_managers import async_on_commit, async_run_in_transaction


class AsyncHookThing(Document):
    name = StringField()


class Stop(Exception):
    pass


@asynccontextmanager
async def aborted():
    """A transaction that is taken back at the end of the block."""
    with suppress(Stop):
        async with async_run_in_transaction() as session:
            yield session
            raise Stop


@pytest.fixture
async def things(async_mongo_db):
    """The collection, which exists: blocks then wait for nothing else."""
    await AsyncHookThing.async_ensure_indexes()
    await AsyncHookThing(name="first").async_save()
    return async_mongo_db["async_hook_thing"]


async def names_in(collection):
    return [row["name"] async for row in collection.find().sort("name")]


async def test_hooks_are_called_after_the_commit(things):
    seen = []

    async def hook():
        seen.append(await names_in(things))

    async with async_run_in_transaction():
        await AsyncHookThing(name="second").async_save()
        await async_on_commit(hook)
        await async_on_commit(hook)
        assert seen == []
    assert seen == [["first", "second"]] * 2


async def test_hooks_are_not_called_after_an_abort(things):
    seen = []

    async def hook():
        seen.append(1)

    async with aborted():
        await async_on_commit(hook)
    assert seen == []
    await async_on_commit(hook)  # no transaction, nothing to wait for
    assert seen == [1]


async def test_a_hook_that_is_no_function(things):
    async with async_run_in_transaction():
        with pytest.raises(TypeError, match="None cannot be called: give a function"):
            await async_on_commit(None)


async def test_a_hook_that_raises_keeps_none_from_being_called(things):
    seen = []

    async def good():
        seen.append(1)

    async def bad():
        raise Stop

    async def work():
        async with async_run_in_transaction():
            await AsyncHookThing(name="second").async_save()
            for hook in (good, bad, good):
                await async_on_commit(hook)

    with pytest.raises(Stop):
        await work()
    assert seen == [1, 1]
    assert await names_in(things) == ["first", "second"]


async def test_a_hook_that_begins_a_transaction(things):
    async def hook():
        async with aborted():
            await AsyncHookThing(name="lost").async_save()
        async with async_run_in_transaction():
            await AsyncHookThing(name="third").async_save()

    async with async_run_in_transaction():
        await AsyncHookThing(name="second").async_save()
        await async_on_commit(hook)
    assert await names_in(things) == ["first", "second", "third"]


async def test_what_a_hook_has_called_after_the_commit_is_called_at_once(things):
    seen = []

    async def inner():
        seen.append("inner")

    async def hook():
        await async_on_commit(inner)
        seen.append("hook")

    async with async_run_in_transaction():
        await async_on_commit(hook)
    assert seen == ["inner", "hook"]


async def test_an_inner_block_calls_its_own_hooks(things):
    seen = []

    async def inner():
        seen.append(await names_in(things))

    async with aborted():
        await AsyncHookThing(name="lost").async_save()
        async with async_run_in_transaction():
            await AsyncHookThing(name="second").async_save()
            await async_on_commit(inner)
    assert seen == [["first", "second"]]


async def test_all_errors_are_told(things):
    """The last is raised, and leads to those before it."""
    errors = [KeyError("body"), ValueError("one"), ValueError("two")]

    async def one():
        raise errors[1]

    async def two():
        raise errors[2]

    async def work():
        async with async_run_in_transaction() as session:
            await async_on_commit(one)
            await async_on_commit(two)
            await session.commit_transaction()
            raise errors[0]

    with pytest.raises(ValueError, match="two") as caught:
        await work()
    assert caught.value.__context__ is errors[1]
    assert errors[1].__context__ is errors[0]
