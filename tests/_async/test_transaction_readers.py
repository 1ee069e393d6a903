"""Documents that read what a transaction wrote, and learn that it was aborted."""

import gc
from contextlib import asynccontextmanager, suppress
from weakref import WeakSet

import pytest

from mongoengine import (
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    ListField,
    ReferenceField,
    StringField,
)
from mongoengine.context_managers import async_run_in_transaction


class AsyncReadPart(EmbeddedDocument):
    size = IntField()
    colour = StringField()


class AsyncReadThing(Document):
    name = StringField(db_field="n")
    number = IntField(default=0)
    tags = ListField(StringField())
    part = EmbeddedDocumentField(AsyncReadPart)
    meta = {"allow_inheritance": True}


class AsyncReadHolder(Document):
    one = ReferenceField(AsyncReadThing)
    many = ListField(ReferenceField(AsyncReadThing))


class AsyncReadLenient(Document):
    name = StringField()
    number = IntField()
    meta = {"strict": False}


class Stop(Exception):
    pass


@asynccontextmanager
async def aborted():
    """A transaction that is taken back at the end of the block."""
    with suppress(Stop):
        async with async_run_in_transaction() as session:
            yield session
            raise Stop


@pytest.fixture(autouse=True)
async def things(async_mongo_db):
    """The collection, which exists: blocks then wait for nothing else."""
    await AsyncReadThing.async_ensure_indexes()
    holder = await AsyncReadHolder().async_save()
    await holder.async_delete()
    return async_mongo_db["async_read_thing"]


def new():
    return AsyncReadThing(
        name="new", number=3, tags=["a", "b"], part=AsyncReadPart(size=1, colour="red")
    )


WHOLE = {
    "_cls": "AsyncReadThing",
    "n": "new",
    "number": 3,
    "tags": ["a", "b"],
    "part": {"size": 1, "colour": "red"},
}


async def got(pk):
    return await AsyncReadThing.objects.async_get(pk=pk)


async def first(pk):
    return await AsyncReadThing.objects(pk=pk).async_first()


async def listed(pk):
    return (await AsyncReadThing.objects.async_to_list())[0]


async def iterated(pk):
    (thing,) = [thing async for thing in AsyncReadThing.objects]
    return thing


async def iterated_uncached(pk):
    (thing,) = [thing async for thing in AsyncReadThing.objects.no_cache()]
    return thing


async def in_bulk(pk):
    return (await AsyncReadThing.objects.async_in_bulk([pk]))[pk]


async def modified(pk):
    return await AsyncReadThing.objects(pk=pk).async_modify(set__number=3, new=True)


async def upserted(pk):
    return await AsyncReadThing.objects(pk=pk).async_upsert_one(set__number=3)


async def reloaded(pk):
    other = AsyncReadThing(pk=pk, name="other", number=9)
    return await other.async_reload()


async def modified_itself(pk):
    other = AsyncReadThing(pk=pk, name="other", number=9)
    assert await other.async_modify(set__number=3)
    return other


async def held(pk):
    """A document that refers to it, and to it again."""
    thing = AsyncReadThing(pk=pk)
    holder = await AsyncReadHolder(one=thing, many=[thing, thing]).async_save()
    return await AsyncReadHolder.objects.async_get(pk=holder.pk)


async def selected(pk):
    await held(pk)
    holders = await AsyncReadHolder.objects.async_select_related()
    return holders[0].one


async def prefetched(pk):
    await held(pk)
    return (await AsyncReadHolder.objects.prefetch_related("many").async_get()).many[1]


async def fetched(pk):  # async-only
    return await (await held(pk)).one.async_fetch()


async def fetched_with_others(pk):
    holder = await held(pk)
    await holder.many.async_fetch()
    return holder.many[0]


WAYS = [
    got,
    first,
    listed,
    iterated,
    iterated_uncached,
    in_bulk,
    modified,
    upserted,
    reloaded,
    modified_itself,
    selected,
    prefetched,
    fetched_with_others,
]
WAYS.append(fetched)  # async-only


@pytest.mark.parametrize("read", WAYS)
async def test_what_was_inserted_is_inserted_by_who_read_it(things, read):
    async with aborted():
        pk = (await new().async_save()).pk
        again = await read(pk)
    assert await things.find_one() is None
    again.number = 4
    await again.async_save()
    assert await things.find_one({}, {"_id": 0}) == {**WHOLE, "number": 4}


@pytest.mark.parametrize("read", WAYS)
async def test_what_was_changed_is_written_by_who_read_it(things, read):
    thing = await AsyncReadThing(name="old", tags=["z"]).async_save()
    async with aborted():
        thing.name, thing.number, thing.tags = "new", 3, ["a", "b"]
        thing.part = AsyncReadPart(size=1, colour="red")
        await thing.async_save()
        again = await read(thing.pk)
    assert (await things.find_one())["n"] == "old"
    again.number = 4
    await again.async_save()
    assert await things.find_one({}, {"_id": 0}) == {**WHOLE, "number": 4}


@pytest.mark.parametrize("read", WAYS)
async def test_what_was_committed_is_not_written_again(things, read):
    async with async_run_in_transaction():
        pk = (await new().async_save()).pk
        again = await read(pk)
    await things.update_one({}, {"$set": {"n": "by others"}})
    again.number = 4
    await again.async_save()
    found = await things.find_one({}, {"_id": 0})
    assert found == {**WHOLE, "n": "by others", "number": 4}


async def insert(thing):
    await AsyncReadThing.objects.async_insert(thing, load_bulk=False)


async def insert_loaded(thing):
    await AsyncReadThing.objects.async_insert([thing])


async def upsert(thing):
    found = AsyncReadThing.objects(pk=thing.pk)
    values = {"name": "new", "number": 3, "tags": thing.tags, "part": thing.part}
    await found.async_upsert_one(**values)


async def update_and_upsert(thing):
    found = AsyncReadThing.objects(pk=thing.pk)
    values = {"name": "new", "number": 3, "tags": thing.tags, "part": thing.part}
    await found.async_update_one(upsert=True, **values)


async def modify_and_upsert(thing):
    found = AsyncReadThing.objects(pk=thing.pk)
    values = {"name": "new", "number": 3, "tags": thing.tags, "part": thing.part}
    await found.async_modify(upsert=True, new=True, **values)


UPSERTS = [upsert, update_and_upsert, modify_and_upsert]


@pytest.mark.parametrize("write", [insert, insert_loaded, *UPSERTS])
async def test_querysets_that_insert(things, write):
    given = new()
    async with aborted():
        if write in UPSERTS:
            given.pk = "5" * 24
        await write(given)
        again = await AsyncReadThing.objects.async_get()
    again.number = 4
    await again.async_save()
    assert await things.find_one({}, {"_id": 0}) == {**WHOLE, "number": 4}


# --- parts


@pytest.mark.parametrize("is_new", [True, False])
async def test_a_part_replaces_nothing(things, is_new):
    """Neither what was stored since, nor what it has not read."""
    thing = new() if is_new else await AsyncReadThing(name="old").async_save()
    async with aborted():
        thing.name = "newest"
        thing.part = AsyncReadPart(size=1, colour="red")
        await thing.async_save()
        found = AsyncReadThing.objects
        parts = [
            await found.only("name").async_get(),
            await found.only("name", "part__size").async_get(),
            await found.exclude("number", "tags").async_get(),
            await found.fields(slice__tags=1, name=1).async_get(),
        ]
    row = {**WHOLE, "n": "stored since"}
    for part in parts:
        await things.replace_one({"_id": thing.pk}, row, upsert=True)
        await part.async_save()
        assert await things.find_one({}, {"_id": 0}) == {**row, "n": "newest"}


async def test_a_part_of_what_no_field_describes(async_mongo_db):
    await AsyncReadLenient.async_ensure_indexes()
    rows = async_mongo_db["async_read_lenient"]
    await rows.insert_one({"name": "old", "number": 1, "more": "of others"})
    async with aborted():
        thing = await AsyncReadLenient.objects.async_get()
        thing.name = "new"
        await thing.async_save()
        part = await AsyncReadLenient.objects.exclude("number").async_get()
    await part.async_save()
    row = {"name": "new", "number": 1, "more": "of others"}
    assert await rows.find_one({}, {"_id": 0}) == row


async def test_a_part_that_is_reloaded(things):
    thing = await AsyncReadThing(name="old", number=1).async_save()
    other = await AsyncReadThing.objects.async_get()
    async with aborted():
        thing.name, thing.number = "new", 2
        await thing.async_save()
        await other.async_reload("name")
    other.tags.append("a")
    await other.async_save()
    row = await things.find_one({}, {"_id": 0})
    assert row == {"_cls": "AsyncReadThing", "n": "new", "number": 1, "tags": ["a"]}


async def test_reading_more_and_more_of_it(things):
    thing = await AsyncReadThing(name="old", number=1).async_save()
    other = await AsyncReadThing.objects.async_get()
    async with aborted():
        thing.name, thing.number = "new", 2
        await thing.async_save()
        await other.async_reload("name")
        await other.async_reload("number")
    await other.async_save()
    row = await things.find_one()
    assert (row["n"], row["number"]) == ("new", 2)


# --- what is not told


async def test_what_others_wrote_is_left_alone(things):
    await AsyncReadThing(name="old").async_save()
    async with aborted():
        await new().async_save()
        other = await AsyncReadThing.objects.async_get(name="old")
    await things.delete_many({})
    await other.async_save()
    assert await things.find_one() is None


async def test_documents_of_another_collection_with_the_same_id(things):
    holder = await AsyncReadHolder().async_save()
    async with aborted():
        thing = new()
        thing.pk = holder.pk
        await thing.async_save()
        again = await AsyncReadHolder.objects.async_get()
    assert again._created is False
    assert again._changed_fields == []


async def test_a_change_and_a_modification_of_one_document(things):
    thing = await AsyncReadThing(name="old").async_save()
    async with aborted():
        thing.name = "new"
        await thing.async_save()
        assert await thing.async_modify(set__number=3)
        thing.tags.append("a")
        await thing.async_save()
    await thing.async_save()
    row = await things.find_one()
    assert (row["n"], row["number"], row["tags"]) == ("new", 3, ["a"])


async def test_an_abort_by_hand_tells_at_once(things):
    async with async_run_in_transaction() as session:
        pk = (await new().async_save()).pk
        again = await got(pk)
        await session.abort_transaction()
        assert again._created is True
        await session.start_transaction()
        await again.async_save()
        once_more = await got(pk)
        await session.commit_transaction()
        assert (again._created, once_more._created) == (False, False)
    assert (again._created, once_more._created) == (False, False)


# --- many


async def test_what_is_made_of_rows_after_the_abort(things):
    async with aborted():
        await new().async_save()
        await new().async_save()
        run = AsyncReadThing.objects.no_cache().__aiter__()
        await run.__anext__()
    late = await run.__anext__()
    assert late._created is True
    await run.aclose()


async def test_what_is_inserted_while_others_are_read(things):
    await things.insert_many(
        [{"_cls": "AsyncReadThing", "n": str(n)} for n in range(9)]
    )
    seen = []
    async with aborted():
        async for thing in AsyncReadThing.objects.batch_size(2).order_by("pk"):
            seen.append(thing)
            if len(seen) == 1:
                await new().async_save()
    assert [thing._created for thing in seen].count(True) == len(seen) - 9


async def test_readers_are_held_weakly(things):
    alive, most = WeakSet(), 0
    async with aborted():
        documents = [AsyncReadThing(number=number) for number in range(500)]
        await AsyncReadThing.objects.async_insert(documents, load_bulk=False)
        gc.disable()
        try:
            async for thing in AsyncReadThing.objects.no_cache():
                alive.add(thing)
                most = max(most, len(alive))
        finally:
            gc.enable()
    assert most < 10


async def test_a_save_that_has_nothing_to_write(things):
    thing = await AsyncReadThing(name="old").async_save()
    async with aborted():
        await thing.async_save()
        again = await AsyncReadThing.objects.async_get()
    await things.delete_many({})
    await again.async_save()
    assert await things.find_one() is None


class AsyncReadCrossed(Document):
    a = StringField(db_field="b")
    b = StringField(db_field="c")


async def test_names_that_are_stored_for_others(async_mongo_db):
    thing = await AsyncReadCrossed(a="1", b="2").async_save()
    async with aborted():
        thing.a = "3"
        await thing.async_save()
        part = await AsyncReadCrossed.objects.only("a").async_get()
    await part.async_save()
    row = await async_mongo_db["async_read_crossed"].find_one({}, {"_id": 0})
    assert row == {"b": "3", "c": "2"}
