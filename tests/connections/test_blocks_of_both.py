"""Transactions on an alias that has clients of both families."""

import asyncio
from contextlib import suppress

import pytest

from mongoengine import Document, FileField, StringField
from mongoengine.context_managers import (
    async_on_commit,
    async_run_in_transaction,
    on_commit,
    run_in_transaction,
)


class Stop(Exception):
    pass


class BothThing(Document):
    name = StringField()


class BothFile(Document):
    content = FileField()


async def test_nothing_waits_for_a_commit_of_the_other_family(async_mongo_db, mongo_db):
    calls = []

    async def hook():
        calls.append(1)

    async with async_run_in_transaction():
        with pytest.raises(RuntimeError, match="use async methods in its block"):
            on_commit(lambda: calls.append(1))
    refused = pytest.raises(RuntimeError, match="use sync methods in its block")
    with run_in_transaction(), refused:
        await async_on_commit(hook)
    assert calls == []
    on_commit(lambda: calls.append(1))
    await async_on_commit(hook)
    assert calls == [1, 1]


async def test_nothing_is_written_past_a_transaction_of_the_other_family(
    async_mongo_db, mongo_db
):
    BothThing.ensure_indexes()
    refused = pytest.raises(
        RuntimeError,
        match="Sync methods cannot join the async transaction that is open on alias "
        "'default': use async methods in its block, or call this outside of it",
    )
    async with async_run_in_transaction():
        with refused:
            BothThing(name="sync").save()
        with refused:
            await asyncio.to_thread(BothThing(name="thread").save)
        with refused:
            BothThing.objects.first()
    refused = pytest.raises(RuntimeError, match="Async methods cannot join the sync")
    with run_in_transaction():
        with refused:
            await BothThing(name="async").async_save()
        with refused:
            await BothThing.objects.async_count()
    assert await BothThing.objects.async_count() == BothThing.objects.count() == 0


async def test_a_block_of_the_same_family_comes_first(async_mongo_db, mongo_db):
    BothThing(name="before").save()
    with run_in_transaction():
        async with async_run_in_transaction():
            BothThing(name="sync").save()
            await BothThing(name="async").async_save()
    assert BothThing.objects.count() == 3


async def test_a_file_assigned_in_an_async_transaction_waits_for_the_save(
    async_mongo_db, mongo_db
):
    with suppress(Stop):
        async with async_run_in_transaction():
            await BothFile(content=b"x").async_save()
            raise Stop
    assert await async_mongo_db["fs.files"].count_documents({}) == 0
    async with async_run_in_transaction():
        await BothFile(content=b"y").async_save()
    assert BothFile.objects.get().content.read() == b"y"
