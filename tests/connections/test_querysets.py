"""Querysets on aliases that serve one family, and on those that serve both."""

import pytest
from pymongo import AsyncMongoClient, MongoClient

from mongoengine import (
    DictField,
    Document,
    IntField,
    ListField,
    QuerySet,
    ReferenceField,
)
from mongoengine.base.datastructures import BaseList
from mongoengine.base.state import LOADED_ASYNC
from mongoengine.dereference import DeReference


class ConnectedThing(Document):
    number = IntField()


class ConnectedList(Document):
    things = ListField(ReferenceField(ConnectedThing))
    table = DictField()
    matrix = ListField(ListField(ReferenceField(ConnectedThing)))


@pytest.mark.parametrize(
    ("ask", "text"),
    [
        (len, r"`len\(\)` needs a sync .* use `await async_count\(\)`"),
        (bool, r"`bool\(\)` needs a sync .* use `await async_exists\(\)`"),
        (lambda qs: qs[0], r"`\[\]` needs a sync .* use `await async_to_list\(\)`"),
        (lambda qs: list(qs[1:2]), "`for` needs a sync .* use `async for`"),
        (list, "`for` needs a sync .* use `async for`"),
        (next, "`for` needs a sync .* use `async for`"),
        (lambda qs: qs.first(), r"`first\(\)` needs .* `await async_first\(\)`"),
        (lambda qs: qs.get(), r"`get\(\)` needs .* `await async_get\(\)`"),
        (lambda qs: qs.count(), r"`count\(\)` needs .* `await async_count\(\)`"),
        (lambda qs: qs.to_list(), r"`to_list\(\)` needs .* `await async_to_list\(\)`"),
    ],
)
async def test_an_async_alias_says_what_to_write_instead(async_mongo_db, ask, text):
    await ConnectedThing.objects.async_insert([ConnectedThing(), ConnectedThing()])
    queryset = ConnectedThing.objects
    await queryset  # what it keeps is for the async family
    with pytest.raises(RuntimeError, match=text):
        ask(queryset)


async def loop(queryset):
    async for _ in queryset:
        pass


async def wait(queryset):
    await queryset


@pytest.mark.parametrize(
    "give",
    [
        lambda qs: ConnectedList(things=qs),
        lambda qs: ConnectedList(table={"key": qs}),
        lambda qs: setattr(ConnectedList(), "things", qs),
        lambda qs: ConnectedList().things.extend(qs),
        lambda qs: ConnectedList.objects(things__in=qs)._query,
        DeReference(),
    ],
)
async def test_a_queryset_as_a_value_is_to_be_awaited_first(async_mongo_db, give):
    with pytest.raises(
        RuntimeError, match="A queryset was given .* `await queryset`, or"
    ):
        give(ConnectedThing.objects)


async def test_a_queryset_as_a_value_does_not_hide_what_was_called(async_mongo_db):
    things = ConnectedThing.objects
    for call in (
        lambda: ConnectedList.objects.update(set__things=things),
        lambda: ConnectedList.objects.create(things=things),
        lambda: things.limit(1).delete(),
    ):
        name = call.__code__.co_names[-1]
        with pytest.raises(RuntimeError, match=rf"use `await async_{name}\(\)`"):
            call()


async def test_what_sends_nothing_is_refused_as_well(async_mongo_db):
    with pytest.raises(RuntimeError, match=r"use `await async_list_indexes\(\)`"):
        ConnectedThing.list_indexes()
    with pytest.raises(RuntimeError, match=r"use `await async_cascade_save\(\)`"):
        ConnectedThing().cascade_save()


async def test_what_sends_nothing_is_refused_of_a_sync_alias(mongo_db):
    with pytest.raises(RuntimeError, match=r"use `list_indexes\(\)`"):
        await ConnectedThing.async_list_indexes()
    with pytest.raises(RuntimeError, match=r"use `cascade_save\(\)`"):
        await ConnectedThing().async_cascade_save()


def test_what_sends_nothing_needs_no_connection():
    assert ConnectedThing.list_indexes() == [[("_id", 1)]]
    assert ConnectedThing().cascade_save() is None


def test_a_list_is_assigned_the_rows_of_a_queryset(mongo_db):
    thing = ConnectedThing(number=1).save()
    listed = ConnectedList()
    listed.things = ConnectedThing.objects
    assert type(listed.things) is BaseList
    assert ConnectedList.objects.get(id=listed.save().id).things == [thing]


def test_a_list_of_lists_is_stored_with_the_rows_of_querysets(mongo_db):
    thing = ConnectedThing(number=1).save()
    listed = ConnectedList()
    listed.matrix = [ConnectedThing.objects, []]
    assert ConnectedList.objects.get(id=listed.save().id).matrix == [[thing], []]


def test_a_document_knows_the_collection_that_has_been_used(mongo_db):
    thing = ConnectedThing()
    assert thing._collection is None
    thing.save()
    assert thing._collection is ConnectedThing._get_collection()
    thing.switch_collection("connected_elsewhere")
    assert thing._collection == mongo_db["connected_elsewhere"]


@pytest.mark.parametrize(
    ("ask", "text"),
    [
        (loop, "`async for` needs an async .* use `for`"),
        (wait, r"`await` needs an async .* use `list\(\)`"),
        (lambda qs: qs.__anext__(), "`async for` needs an async .* use `for`"),
        (lambda qs: qs.async_first(), r"`async_first\(\)` needs .* use `first\(\)`"),
        (lambda qs: qs.async_count(), r"`async_count\(\)` needs .* use `count\(\)`"),
    ],
)
async def test_a_sync_alias_says_what_to_write_instead(mongo_db, ask, text):
    with pytest.raises(RuntimeError, match=text):
        await ask(ConnectedThing.objects)


async def test_each_family_keeps_documents_that_it_loaded(mongo_db, async_mongo_db):
    ConnectedThing(number=1).save()
    queryset = ConnectedThing.objects
    (one,), (other,) = await queryset, list(queryset)
    assert one == other
    assert one._state_flags & LOADED_ASYNC
    assert not other._state_flags & LOADED_ASYNC
    assert (await queryset)[0] is one
    assert next(iter(queryset)) is other


async def test_a_collection_of_the_other_family_is_refused(async_mongo_db, mongo_uri):
    given = MongoClient(mongo_uri, connect=False).shop.things
    with pytest.raises(RuntimeError, match="is of the other family"):
        await QuerySet(ConnectedThing, given).async_first()
    given.database.client.close()


def test_an_async_collection_is_refused_where_nothing_awaits(mongo_db, mongo_uri):
    given = AsyncMongoClient(mongo_uri, connect=False).shop.things
    with pytest.raises(RuntimeError, match="is of the other family"):
        QuerySet(ConnectedThing, given).first()


def test_indexes_and_slices(mongo_db):
    ConnectedThing.objects.insert([ConnectedThing(number=n) for n in range(30)])
    queryset = ConnectedThing.objects.order_by("number")
    assert queryset[3].number == 3
    assert queryset[10:][2].number == 12
    assert [one.number for one in queryset[3:5]] == [3, 4]
    assert queryset.scalar("number")[7] == 7
    with pytest.raises(IndexError, match="no such item"):
        queryset[30]
    with pytest.raises(IndexError, match="no such item"):
        queryset.none()[0]
    with pytest.raises(IndexError, match="negative"):
        queryset[-1]
    with pytest.raises(TypeError, match="Provide a slice or an integer index"):
        queryset["3"]


def test_length_truth_and_text(mongo_db):
    ConnectedThing.objects.insert([ConnectedThing(number=n) for n in range(30)])
    queryset = ConnectedThing.objects.order_by("number")
    assert bool(queryset)
    assert not ConnectedThing.objects(number=-1)
    numbers = queryset.scalar("number")
    assert repr(numbers[:2]) == "[0, 1]"
    assert repr(numbers).endswith("18, 19, '...(remaining elements truncated)...']")
    assert repr(queryset.none()) == "[]"
    assert len(queryset) == 30
    assert queryset[0] in queryset
    assert next(repr(numbers) for _ in numbers) == ".. queryset mid-iteration .."
    with pytest.raises(TypeError):
        len(queryset.clone().no_cache())
