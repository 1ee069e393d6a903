"""A class that finds its collection itself, but in one family only."""

import pytest

from mongoengine import Document, IntField, OperationError, get_async_db, get_db


class FoundBySync(Document):
    number = IntField()
    meta = {"allow_inheritance": True}

    @classmethod
    def _get_collection(cls):
        return get_db()["of_this_tenant"]


class FoundByAsync(FoundBySync):
    @classmethod
    async def _async_get_collection(cls):
        return get_async_db()["of_this_tenant"]


async def test_the_other_family_does_not_guess(mongo_db, async_mongo_db):
    FoundBySync(number=1).save()
    assert FoundBySync.objects.count() == 1
    message = (
        "FoundBySync finds its collection by itself, but for the other family only: "
        "define `_async_get_collection\\(\\)` as well"
    )
    with pytest.raises(OperationError, match=message):
        await FoundBySync(number=2).async_save()
    with pytest.raises(OperationError, match=message):
        await FoundBySync.objects.async_count()
    assert mongo_db["of_this_tenant"].count_documents({}) == 1


async def test_a_class_below_may_find_it_for_both(mongo_db, async_mongo_db):
    FoundByAsync(number=1).save()
    await FoundByAsync(number=2).async_save()
    assert FoundByAsync.objects.count() == 2
    assert await FoundByAsync.objects.async_count() == 2
    assert mongo_db["of_this_tenant"].count_documents({}) == 2
