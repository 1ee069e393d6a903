"""Transactions around what only the sync family does: load what is read, and wait."""

from functools import partial

import pytest

from mongoengine import (
    CachedReferenceField,
    Document,
    GenericReferenceField,
    LazyReferenceField,
    ListField,
    MapField,
    ReferenceField,
    StringField,
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


@pytest.fixture
def filled(sent):
    """What is sent to a database with documents."""
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
    sent.commands.clear()
    return sent


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
def test_what_is_read_without_a_method_joins(filled, name):
    with run_in_transaction():
        assert READING[name]()
    assert filled.commands
    assert all("txnNumber" in command for command in filled.commands)


# --- functions of the wrong kind


async def hook():
    raise AssertionError("is not to be called")


class Hook:
    async def __call__(self):
        raise AssertionError("is not to be called")


@pytest.mark.parametrize("given", [hook, Hook(), partial(hook)])
def test_sync_code_refuses_functions_that_are_to_be_awaited(filled, given):
    with run_in_transaction():
        InSyncTarget(name="second").save()
        with pytest.raises(TypeError, match="has to be awaited: give a function"):
            on_commit(given)
    with pytest.raises(TypeError, match="has to be awaited: give a function"):
        on_commit(given)
    assert InSyncTarget.objects.count() == 2


def test_a_transaction_of_what_is_to_be_awaited_is_taken_back(filled):
    def work():
        InSyncTarget(name="second").save()
        return hook()

    for given in (hook, work):
        with pytest.raises(TypeError, match="(hook|work) has to be awaited"):
            in_transaction(given)
    assert InSyncTarget.objects.count() == 1


def test_a_transaction_may_give_a_queryset(filled):
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
