"""Transactions: all or nothing, and documents that know which of it."""

from contextlib import asynccontextmanager, suppress

import pytest
from listening import Sent
from pymongo.errors import OperationFailure

from mongoengine import (
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    ListField,
    OperationError,
    StringField,
    connect_async,
    disconnect_async,
    get_async_db,
    signals,
)
from mongoengine.context_managers import (
    async_on_commit,
    async_run_in_transaction,
)


class AsyncTxPart(EmbeddedDocument):
    size = IntField()


class AsyncTxThing(Document):
    name = StringField()
    number = IntField(default=0)
    tags = ListField(StringField())
    part = EmbeddedDocumentField(AsyncTxPart)


class AsyncTxElsewhere(Document):
    name = StringField()
    meta = {"db_alias": "elsewhere"}


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
    await AsyncTxThing.async_ensure_indexes()
    await AsyncTxThing(name="first").async_save()
    return async_mongo_db["async_tx_thing"]


async def stored(collection):
    return [row async for row in collection.find({}, {"_id": 0}).sort("name")]


async def names_in(collection):
    return [row["name"] for row in await stored(collection)]


async def open_transactions(client, session_id):
    pipeline = [
        {"$currentOp": {"idleSessions": True, "allUsers": True}},
        {"$match": {"transaction": {"$exists": True}, "lsid.id": session_id["id"]}},
    ]
    async with await client.admin.aggregate(pipeline) as cursor:
        return await cursor.to_list()


# --- blocks


async def test_a_block_is_committed(things):
    async with async_run_in_transaction():
        await AsyncTxThing(name="second").async_save()
        assert await names_in(things) == ["first"]
        assert await AsyncTxThing.objects.async_count() == 2
    assert await names_in(things) == ["first", "second"]


async def test_a_block_that_raises_is_taken_back(things):
    keys = []

    async def work():
        async with async_run_in_transaction() as session:
            keys.append(session.session_id)
            await AsyncTxThing(name="second").async_save()
            assert len(await open_transactions(things.database.client, *keys)) == 1
            raise Stop

    with pytest.raises(Stop):
        await work()
    assert await names_in(things) == ["first"]
    assert not await open_transactions(things.database.client, *keys)


async def test_a_block_without_commands(things):
    async with async_run_in_transaction():
        pass
    async with aborted():
        pass
    assert await names_in(things) == ["first"]


async def test_a_block_gives_the_session(things):
    async with aborted() as session:
        await things.insert_one({"name": "raw"}, session=session)
        assert await AsyncTxThing.objects(name="raw").async_count() == 1
    assert await names_in(things) == ["first"]
    assert session.has_ended


async def test_arguments_reach_the_driver(things):
    async with async_run_in_transaction(
        session_kwargs={"causal_consistency": False},
        transaction_kwargs={"max_commit_time_ms": 4321},
    ) as session:
        assert session.options.causal_consistency is False
        options = session._transaction.opts
        assert options.max_commit_time_ms == 4321
    with pytest.raises(TypeError):
        async with async_run_in_transaction(transaction_kwargs={"nonsense": 1}):
            pass


async def test_an_inner_block_has_a_transaction_of_its_own(things):
    async with aborted():
        await AsyncTxThing(name="outer").async_save()
        async with async_run_in_transaction():
            await AsyncTxThing(name="inner").async_save()
        await AsyncTxThing(name="still outer").async_save()
    assert await names_in(things) == ["first", "inner"]


async def test_an_inner_block_that_raises_leaves_the_outer_one(things):
    async with async_run_in_transaction():
        await AsyncTxThing(name="outer").async_save()
        async with aborted():
            await AsyncTxThing(name="inner").async_save()
        await AsyncTxThing(name="still outer").async_save()
    assert await names_in(things) == ["first", "outer", "still outer"]


async def test_other_aliases_do_not_join(things, mongo_uri):
    listener = Sent()
    name = f"{things.database.name}_elsewhere"
    settings = {"host": mongo_uri, "uuidRepresentation": "standard"}
    client = await connect_async(
        name, alias="elsewhere", event_listeners=[listener], **settings
    )
    try:
        async with aborted():
            await AsyncTxElsewhere(name="stays").async_save()
            await AsyncTxThing(name="goes").async_save()
        kept = get_async_db("elsewhere")["async_tx_elsewhere"]
        assert await names_in(kept) == ["stays"]
        assert "abortTransaction" not in listener.names
    finally:
        await client.drop_database(name)
        await disconnect_async("elsewhere")
    assert await names_in(things) == ["first"]


async def test_an_error_of_the_server_is_raised_as_it_is(things):
    async def work():
        async with async_run_in_transaction():
            await AsyncTxThing(name="second").async_save()
            await AsyncTxThing.objects.async_update(__raw__={"$nonsense": {"a": 1}})

    with pytest.raises(OperationError, match="Update failed"):
        await work()
    assert await names_in(things) == ["first"]


async def test_an_error_that_the_block_catches_has_taken_all_back(things):
    """The server aborts by itself; committing then says so, and that it is worth a retry."""
    thing = AsyncTxThing(name="second")

    async def work():
        async with async_run_in_transaction():
            await thing.async_save()
            with suppress(OperationError):
                await AsyncTxThing.objects.async_update(__raw__={"$nonsense": {"a": 1}})

    with pytest.raises(OperationFailure) as caught:
        await work()
    assert caught.value.has_error_label("TransientTransactionError")
    assert thing._created is True
    assert await names_in(things) == ["first"]


async def test_a_transaction_that_is_aborted_by_hand(things):
    thing, seen = AsyncTxThing(name="second"), []

    async def hook():
        seen.append(1)

    async with async_run_in_transaction() as session:
        await thing.async_save()
        await async_on_commit(hook)
        await session.abort_transaction()
    assert (thing._created, seen) == (True, [])
    await thing.async_save()
    assert await names_in(things) == ["first", "second"]


async def test_commands_after_an_abort_by_hand(things):
    thing, later = AsyncTxThing(name="second"), AsyncTxThing(name="third")
    seen = []

    async def hook():
        seen.append(1)

    async with async_run_in_transaction() as session:
        await thing.async_save()
        await async_on_commit(hook)
        await session.abort_transaction()
        await later.async_save()
    assert (thing._created, later._created, seen) == (True, False, [])
    await thing.async_save()
    assert await names_in(things) == ["first", "second", "third"]


async def test_a_transaction_that_is_committed_by_hand(things):
    thing, seen = AsyncTxThing(name="second"), []

    async def hook():
        seen.append(await names_in(things))

    async with async_run_in_transaction() as session:
        await thing.async_save()
        await async_on_commit(hook)
        await session.commit_transaction()
        await async_on_commit(hook)  # there is nothing to wait for any more
    assert (thing._created, seen) == (False, [["first", "second"]] * 2)


@pytest.mark.parametrize("fails", [False, True])
async def test_a_function_that_is_a_block(things, fails):
    @async_run_in_transaction()
    async def work(name):
        await AsyncTxThing(name=name).async_save()
        if fails:
            raise Stop
        return name

    for name in ("second", "third"):
        with suppress(Stop):
            assert await work(name) == name
    kept = [] if fails else ["second", "third"]
    assert await names_in(things) == ["first", *kept]


# --- documents


async def test_what_was_inserted_is_inserted_again(things):
    thing = AsyncTxThing(name="second", number=5)
    async with aborted():
        await thing.async_save()
        thing.tags.append("a")
        await thing.async_save()
    key = thing.pk
    await thing.async_save()
    assert thing.pk == key
    assert (await stored(things))[1] == {"name": "second", "number": 5, "tags": ["a"]}


async def test_what_was_changed_is_written_again(things):
    thing = await AsyncTxThing.objects.async_get()
    async with aborted():
        thing.number = 7
        await thing.async_save()
        thing.part = AsyncTxPart(size=1)
        await thing.async_save()
        thing.part.size = 2
        await thing.async_save()
    thing.tags.append("later")
    await thing.async_save()
    (row,) = await stored(things)
    assert (row["number"], row["part"], row["tags"]) == (7, {"size": 2}, ["later"])


async def test_what_was_written_as_a_whole_is_written_so_again(things):
    def refuse(sender, document, **_):
        raise Stop

    thing = AsyncTxThing(name="second", number=5)
    with signals.post_save.connected_to(refuse), suppress(Stop):
        await thing.async_save()  # and nobody knows what the receiver changed
    async with aborted():
        thing.name = "third"
        await thing.async_save()
    await things.update_one({"name": "second"}, {"$set": {"number": 99}})
    await thing.async_save()
    row = (await stored(things))[1]
    assert (row["name"], row["number"]) == ("third", 5)


async def test_what_was_modified_is_written_again(things):
    thing = await AsyncTxThing.objects.async_get()
    async with aborted():
        await thing.async_modify(set__number=9)
    assert (await stored(things))[0]["number"] == 0
    await thing.async_save()
    assert (await stored(things))[0]["number"] == 9


@pytest.mark.parametrize("load_bulk", [True, False])
async def test_what_was_inserted_in_bulk_is_inserted_again(things, load_bulk):
    given = [AsyncTxThing(name=name) for name in ("x", "y")]
    async with aborted():
        made = await AsyncTxThing.objects.async_insert(given, load_bulk=load_bulk)
    assert await names_in(things) == ["first"]
    for thing in made if load_bulk else given:
        await thing.async_save()
    assert await names_in(things) == ["first", "x", "y"]


async def test_what_was_committed_is_saved(things):
    thing = AsyncTxThing(name="second")
    async with async_run_in_transaction():
        await thing.async_save()
    await things.delete_many({})
    await thing.async_save()  # nothing has changed, nothing is sent
    assert await names_in(things) == []


async def test_a_document_that_an_inner_block_committed_is_saved(things):
    thing = AsyncTxThing(name="second")
    async with aborted(), async_run_in_transaction():
        await thing.async_save()
    assert thing._created is False


async def test_what_an_upsert_inserted_is_saved_again_as_a_whole(things):
    async with aborted():
        thing = await AsyncTxThing.objects(name="upserted").async_upsert_one(
            set__name="u"
        )
    assert await names_in(things) == ["first"]
    await thing.async_save()
    assert await names_in(things) == ["first", "u"]
