"""Transactions around what only the sync family does: load what is read, and wait."""

from functools import partial

import pytest
from pymongo.monitoring import CommandListener

from mongoengine import (
    CachedReferenceField,
    Document,
    GenericReferenceField,
    LazyReferenceField,
    ListField,
    MapField,
    ReferenceField,
    StringField,
    connect,
    disconnect,
)
from mongoengine.context_managers import (
    async_in_transaction,
    async_on_commit,
    async_run_in_transaction,
    in_transaction,
    on_commit,
    run_in_transaction,
)


class InSyncTarget(Document):
    name = StringField()


class InSyncHolder(Document):
    one = ReferenceField(InSyncTarget)
    several = ListField(ReferenceField(InSyncTarget))
    named = MapField(ReferenceField(InSyncTarget))
    any = GenericReferenceField()
    lazy = LazyReferenceField(InSyncTarget)
    through = LazyReferenceField(InSyncTarget, passthrough=True)
    cached = CachedReferenceField(InSyncTarget)


class Sent(CommandListener):
    """The commands that were sent."""

    def __init__(self):
        self.commands = []

    def started(self, event):
        self.commands.append(event.command)

    def succeeded(self, event):
        pass

    def failed(self, event):
        pass


@pytest.fixture
def sent(mongo_db, mongo_uri):
    """What is sent to a database with documents."""
    listener = Sent()
    disconnect()
    settings = {"host": mongo_uri, "uuidRepresentation": "standard"}
    connect(mongo_db.name, event_listeners=[listener], **settings)
    target = InSyncTarget(name="target").save()
    InSyncHolder(
        one=target,
        several=[target],
        named={"a": target},
        any=target,
        lazy=target,
        through=target,
        cached=target,
    ).save()
    listener.commands.clear()
    return listener


READING = {
    "len": lambda: len(InSyncHolder.objects) == 1,
    "bool": lambda: bool(InSyncHolder.objects),
    "an index": lambda: InSyncHolder.objects[0],
    "a slice": lambda: list(InSyncHolder.objects[0:1]),
    "repr": lambda: repr(InSyncHolder.objects),
    "in": lambda: InSyncTarget.objects.first() in InSyncTarget.objects,
    "next": lambda: next(InSyncHolder.objects),
    "no cache": lambda: list(InSyncHolder.objects.no_cache()),
    "a call": lambda: InSyncHolder.objects(one__ne=None).first(),
    "aggregation": lambda: list(InSyncHolder.objects.aggregate([], batchSize=1)),
    "reference": lambda: InSyncHolder.objects.first().one.name,
    "references": lambda: InSyncHolder.objects.first().several[0].name,
    "map": lambda: InSyncHolder.objects.first().named["a"].name,
    "generic": lambda: InSyncHolder.objects.first().any.name,
    "lazy": lambda: InSyncHolder.objects.first().lazy.fetch().name,
    "through": lambda: InSyncHolder.objects.first().through.name,
    "cached": lambda: InSyncHolder.objects.first().cached.name,
    "values": lambda: list(InSyncHolder.objects.scalar("one", "several")),
}


@pytest.mark.parametrize("name", READING)
def test_what_is_read_without_a_method_joins(sent, name):
    with run_in_transaction():
        assert READING[name]()
    assert sent.commands
    assert all("txnNumber" in command for command in sent.commands)


# --- functions of the wrong kind


async def hook():
    raise AssertionError("is not to be called")


class Hook:
    async def __call__(self):
        raise AssertionError("is not to be called")


@pytest.mark.parametrize("given", [hook, Hook(), partial(hook)])
def test_sync_code_refuses_functions_that_are_to_be_awaited(sent, given):
    with run_in_transaction():
        InSyncTarget(name="second").save()
        with pytest.raises(TypeError, match="has to be awaited: give a function"):
            on_commit(given)
    with pytest.raises(TypeError, match="has to be awaited: give a function"):
        on_commit(given)
    assert InSyncTarget.objects.count() == 2


def test_a_transaction_of_what_is_to_be_awaited_is_taken_back(sent):
    def work():
        InSyncTarget(name="second").save()
        return hook()

    for given in (hook, work):
        with pytest.raises(TypeError, match="(hook|work) has to be awaited"):
            in_transaction(given)
    assert InSyncTarget.objects.count() == 1


def test_a_transaction_may_give_a_queryset(sent):
    """Which async code could await."""
    assert in_transaction(lambda: InSyncTarget.objects).count() == 1


async def test_async_code_takes_functions_of_both_kinds(async_mongo_db):
    seen = []

    async def later():
        seen.append("awaited")

    async with async_run_in_transaction():
        await InSyncTarget(name="second").async_save()
        await async_on_commit(lambda: seen.append("called"))
        await async_on_commit(later)
        assert seen == []
    assert seen == ["called", "awaited"]
    assert await async_in_transaction(InSyncTarget.objects.async_count) == 1
    assert await async_in_transaction(lambda: 5) == 5
