"""Errors name what was called, and what to call instead."""

import pytest

from mongoengine import (
    ConnectionFailure,
    Document,
    GenericReferenceField,
    IntField,
    LazyReferenceField,
    ListField,
    QuerySet,
    ReferenceField,
    ValidationError,
    connect,
    connect_async,
    disconnect,
    disconnect_all,
    disconnect_all_async,
)
from mongoengine import connection as registry
from mongoengine.context_managers import (
    async_in_transaction,
    async_query_counter,
    async_run_in_transaction,
    in_transaction,
    query_counter,
    run_in_transaction,
)


class MessageThing(Document):
    number = IntField()


class MessageBox(Document):
    one = ReferenceField(MessageThing)
    any_one = GenericReferenceField()
    many = ListField(ReferenceField(MessageThing))
    lazy = LazyReferenceField(MessageThing)


@pytest.fixture(autouse=True)
async def disconnected():
    yield
    disconnect_all()
    await disconnect_all_async()
    registry._connection_settings.clear()


@pytest.fixture
def settings(mongo_uri):
    return {"db": "messages", "host": mongo_uri, "uuidRepresentation": "standard"}


@pytest.fixture
async def async_only(settings):
    await connect_async(**settings)


@pytest.fixture
def sync_only(settings):
    connect(**settings)


def refused(needs, instead, called):
    call = "connect_async()" if needs == "an async" else "connect()"
    return (
        f"`{called}()` needs {needs} connection on alias 'default'; "
        f"use `{instead}`, or call {call}"
    )


@pytest.mark.parametrize("block", [run_in_transaction, query_counter])
async def test_a_sync_block_without_a_sync_connection(async_only, block):
    name = block.__name__
    with pytest.raises(RuntimeError) as caught, block():
        pass
    instead = f"async with async_{name}()"
    assert str(caught.value) == refused("a sync", instead, name)


@pytest.mark.parametrize("block", [async_run_in_transaction, async_query_counter])
async def test_an_async_block_without_an_async_connection(sync_only, block):
    name = block.__name__
    with pytest.raises(RuntimeError) as caught:
        async with block():
            pass
    instead = f"with {name.removeprefix('async_')}()"
    assert str(caught.value) == refused("an async", instead, name)


async def test_a_function_in_a_transaction(async_only):
    with pytest.raises(RuntimeError) as caught:
        in_transaction(list)
    instead = "await async_in_transaction()"
    assert str(caught.value) == refused("a sync", instead, "in_transaction")


async def test_an_async_function_in_a_transaction(sync_only):
    async def work():
        raise AssertionError

    with pytest.raises(RuntimeError) as caught:
        await async_in_transaction(work)
    instead = "in_transaction()"
    assert str(caught.value) == refused("an async", instead, "async_in_transaction")


@pytest.mark.parametrize("name", ["one", "any_one", "many", "lazy"])
async def test_fetching_what_a_field_refers_to(sync_only, name):
    thing = MessageThing().save()
    made = MessageBox(one=thing, any_one=thing, many=[thing], lazy=thing).save()
    box = MessageBox.objects.no_dereference().get(pk=made.pk)
    with pytest.raises(RuntimeError) as caught:
        await getattr(MessageBox, name).async_fetch(box)
    assert str(caught.value) == refused("an async", "fetch()", "async_fetch")


async def test_fetching_by_a_proxy(settings):
    await connect_async(**settings)
    thing = await MessageThing().async_save()
    made = await MessageBox(one=thing, many=[thing]).async_save()
    box = await MessageBox.objects.async_get(pk=made.pk)
    await disconnect_all_async()
    connect(**settings)
    for fetch in (box.one.fetch, box.one.async_fetch, box.many.async_fetch):
        with pytest.raises(RuntimeError) as caught:
            await fetch()
        assert str(caught.value) == refused("an async", "fetch()", "async_fetch")


DIFFERENT = "A different connection with alias `default` was already registered. Use "


async def test_other_settings_than_the_async_connection(settings, async_only):
    others = {**settings, "db": "others", "tz_aware": True}
    message = f"{DIFFERENT}disconnect_async() first, or give the same name, tz_aware"
    with pytest.raises(ConnectionFailure) as caught:
        await connect_async(**others)
    assert str(caught.value) == message
    with pytest.raises(ConnectionFailure) as caught:
        connect(**others)
    assert str(caught.value) == message


async def test_other_settings_than_the_sync_connection(settings, sync_only):
    others = {**settings, "db": "others"}
    with pytest.raises(ConnectionFailure) as caught:
        connect(**others)
    assert str(caught.value) == f"{DIFFERENT}disconnect() first"
    with pytest.raises(ConnectionFailure) as caught:
        await connect_async(**others)
    assert str(caught.value) == f"{DIFFERENT}disconnect() first"


async def test_other_settings_than_both_connections(settings, async_only, sync_only):
    both = (
        f"{DIFFERENT}disconnect() and disconnect_async() first, or give the same name"
    )
    with pytest.raises(ConnectionFailure) as caught:
        connect(**{**settings, "db": "others"})
    assert str(caught.value) == both
    disconnect()
    await disconnect_all_async()
    connect(**{**settings, "db": "others"})


GIVEN = (
    "A queryset was given as a value, and needs a sync connection on alias 'default' "
    "to be read; await it first: `await queryset`, or call connect()"
)


@pytest.mark.parametrize("make", [lambda qs: qs, lambda qs: qs.no_cache()])
async def test_a_queryset_as_the_value_of_a_field(async_only, make):
    things = make(MessageThing.objects)
    with pytest.raises(RuntimeError) as caught:
        await MessageBox(many=things).async_save()
    assert str(caught.value) == GIVEN
    with pytest.raises(ValidationError, match="of MessageThing: await it> could not"):
        await MessageThing(number=things).async_save()
    with pytest.raises(ValidationError, match="A queryset of MessageThing was given"):
        await MessageBox(lazy=things).async_save()


async def test_showing_a_queryset_that_has_to_be_awaited(async_only, settings):
    things = MessageThing.objects
    assert repr(things) == str(things) == "<QuerySet of MessageThing: await it>"
    assert repr(things.no_cache()) == "<QuerySetNoCache of MessageThing: await it>"
    own = QuerySet(MessageThing, await MessageThing._async_get_collection())
    assert repr(own) == "<QuerySet of MessageThing: await it>"
    assert repr(things.none()) == "[]"
    connect(**settings)
    assert repr(things.filter(number=-1)) == "[]"


def test_showing_a_queryset_without_a_connection():
    with pytest.raises(ConnectionFailure, match="not defined a default connection"):
        repr(MessageThing.objects)
