"""Transactions that are tried again, as the specification of drivers says."""

import pytest
from listening import Sent
from pymongo.errors import OperationFailure

from mongoengine import (
    Document,
    IntField,
    StringField,
    connect_async,
    disconnect_async,
    get_async_connection,
    signals,
)
from mongoengine.context_managers import (
    async_in_transaction,
    async_on_commit,
    async_run_in_transaction,
)
from mongoengine.testing import local_mongod


class AsyncRetriedThing(Document):
    name = StringField()
    number = IntField(default=0)


class Stop(Exception):
    pass


@pytest.fixture
async def things(async_mongo_db):
    """The collection, which exists: blocks then wait for nothing else."""
    await AsyncRetriedThing.async_ensure_indexes()
    await AsyncRetriedThing(name="first").async_save()
    return async_mongo_db["async_retried_thing"]


async def stored(collection):
    return [row async for row in collection.find({}, {"_id": 0}).sort("name")]


async def names_in(collection):
    return [row["name"] for row in await stored(collection)]


def transient():
    labels = {"errorLabels": ["TransientTransactionError"]}
    return OperationFailure("again", 251, labels)


async def fail(client, times, command, code, label):
    data = {"failCommands": [command], "errorCode": code, "errorLabels": [label]}
    await client.admin.command(
        "configureFailPoint", "failCommand", mode={"times": times}, data=data
    )


@pytest.fixture(scope="module")
def own_uri():
    """A server of its own: what is told to fail there, fails for no other test."""
    with local_mongod() as server:
        yield server.uri


@pytest.fixture
async def counted(async_mongo_db, own_uri):
    """The default alias on that server, with all commands listed."""
    name = async_mongo_db.name
    await disconnect_async()
    listener = Sent()
    settings = {"host": own_uri, "uuidRepresentation": "standard"}
    client = await connect_async(name, event_listeners=[listener], **settings)
    await AsyncRetriedThing.async_ensure_indexes()
    await AsyncRetriedThing(name="first").async_save()
    yield listener
    await client.admin.command("configureFailPoint", "failCommand", mode="off")


@pytest.mark.parametrize(
    ("transients", "unknowns", "calls", "commits"),
    [(0, 0, 1, 1), (2, 0, 3, 1), (0, 2, 1, 3), (2, 2, 3, 3)],
)
async def test_a_function_is_called_as_often_as_it_helps(
    counted, transients, unknowns, calls, commits
):
    client = get_async_connection()
    done = []

    async def work():
        done.append(1)
        if len(done) == 1 + transients and unknowns:
            args = "commitTransaction", 8, "UnknownTransactionCommitResult"
            await fail(client, unknowns, *args)
        return await AsyncRetriedThing(name="second").async_save()

    if transients:
        args = "insert", 251, "TransientTransactionError"
        await fail(client, transients, *args)
    counted.take()
    thing = await async_in_transaction(work)
    assert len(done) == calls
    assert counted.names.count("commitTransaction") == commits
    assert await AsyncRetriedThing.objects(name="second").async_count() == 1
    assert thing._created is False


async def test_a_commit_that_is_refused_has_the_function_called_again(counted):
    client = get_async_connection()
    calls, seen = [], []

    async def hook():
        seen.append(1)

    async def work():
        calls.append(1)
        if len(calls) <= 2:
            await fail(client, 1, "commitTransaction", 251, "TransientTransactionError")
        await async_on_commit(hook)
        await AsyncRetriedThing(name="second").async_save()

    await async_in_transaction(work)
    assert (len(calls), counted.names.count("commitTransaction")) == (3, 3)
    assert seen == [1]
    assert await AsyncRetriedThing.objects(name="second").async_count() == 1


async def test_a_block_commits_until_it_is_known(counted):
    client = get_async_connection()
    async with async_run_in_transaction():
        await AsyncRetriedThing(name="second").async_save()
        await fail(client, 5, "commitTransaction", 8, "UnknownTransactionCommitResult")
    assert counted.names.count("commitTransaction") == 6
    assert await AsyncRetriedThing.objects(name="second").async_count() == 1


async def test_a_commit_out_of_time_is_not_tried_again(counted):
    client = get_async_connection()
    thing = AsyncRetriedThing(name="second")

    async def work():
        async with async_run_in_transaction():
            await thing.async_save()
            label = "UnknownTransactionCommitResult"
            await fail(client, 1, "commitTransaction", 50, label)

    with pytest.raises(OperationFailure):
        await work()
    assert counted.names.count("commitTransaction") == 1
    await thing.async_save()  # nobody knows, so it is saved again
    assert await AsyncRetriedThing.objects(name="second").async_count() == 1


async def test_a_function_that_fails_is_not_called_again(counted):
    calls = []

    async def work():
        calls.append(1)
        await AsyncRetriedThing(name="second").async_save()
        raise Stop

    with pytest.raises(Stop):
        await async_in_transaction(work)
    assert (len(calls), counted.names.count("commitTransaction")) == (1, 0)
    assert await AsyncRetriedThing.objects.async_count() == 1


async def test_two_functions_that_want_the_same_document(things):
    """The one that comes too late is told so, and is called again."""
    calls = []

    async def late():
        calls.append(1)
        thing = await AsyncRetriedThing.objects.async_get(name="first")
        if len(calls) == 1:
            await things.update_one({"name": "first"}, {"$inc": {"number": 1}})
        thing.number += 10
        await thing.async_save()

    await async_in_transaction(late)
    assert len(calls) == 2
    assert (await stored(things))[0]["number"] == 11


async def test_receivers_that_meet_a_conflict(things):
    """Both fail, since they share the transaction: that is as good as one."""
    calls = []

    async def add_one(sender, document, **more):
        await AsyncRetriedThing.objects(name="first").async_update(inc__number=1)

    async def add_two(sender, document, **more):
        await AsyncRetriedThing.objects(name="first").async_update(inc__number=2)

    async def work():
        calls.append(1)
        await AsyncRetriedThing.objects.async_count()
        if len(calls) == 1:
            await things.update_one({"name": "first"}, {"$inc": {"number": 10}})
        await AsyncRetriedThing(name="second").async_save()

    saved = signals.post_save
    with saved.connected_to(add_one), saved.connected_to(add_two):
        await async_in_transaction(work)
    assert len(calls) == 2
    assert [row["number"] for row in await stored(things)] == [13, 0]


async def test_a_function_gives_what_it_returns(things):
    async def work():
        return await AsyncRetriedThing.objects.async_count()

    assert await async_in_transaction(work) == 1


async def test_hooks_of_a_function_are_called_once(things):
    seen, calls = [], []

    async def hook():
        seen.append(1)
        raise transient()

    async def work():
        calls.append(1)
        await async_on_commit(hook)
        await AsyncRetriedThing(name="second").async_save()
        if len(calls) < 3:
            raise transient()

    with pytest.raises(OperationFailure):
        await async_in_transaction(work)
    assert (len(calls), len(seen)) == (3, 1)
    assert await names_in(things) == ["first", "second"]
