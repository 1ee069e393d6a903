"""Classes that find their collection themselves, as those of many tenants do."""

from contextvars import ContextVar
from unittest import mock

import pytest

from mongoengine import (
    Document,
    IntField,
    ListField,
    ReferenceField,
    StringField,
    get_async_db,
)

TENANT = ContextVar("TENANT", default="red")


class AsyncOwnItem(Document):
    number = IntField()
    code = StringField(unique=True, sparse=True)

    @classmethod
    async def _async_get_collection(cls):
        return get_async_db()[f"items_of_{TENANT.get()}"]


class AsyncOwnOrder(Document):
    item = ReferenceField(AsyncOwnItem)
    items = ListField(ReferenceField(AsyncOwnItem))


class AsyncOwnPatched(Document):
    number = IntField()
    meta = {"allow_inheritance": True}


class AsyncOwnPatchedChild(AsyncOwnPatched):
    pass


class AsyncOwnPart(Document):
    number = IntField()
    calls = []
    meta = {"indexes": ["number"]}

    @classmethod
    async def _async_get_collection(cls):
        cls.calls.append("found")
        return await super()._async_get_collection()


@pytest.fixture
async def async_of_red(async_mongo_db):
    token = TENANT.set("red")
    yield async_mongo_db["items_of_red"]
    TENANT.reset(token)


async def async_numbers(collection):
    return [row["number"] async for row in collection.find(sort=[("number", 1)])]


async def test_documents_are_kept_where_their_class_says(async_of_red, async_mongo_db):
    await AsyncOwnItem(number=1).async_save()
    TENANT.set("blue")
    item = await AsyncOwnItem(number=2).async_save()
    await AsyncOwnItem.objects.async_insert([AsyncOwnItem(number=3)])
    assert await async_numbers(async_of_red) == [1]
    assert await async_numbers(async_mongo_db["items_of_blue"]) == [2, 3]
    assert await AsyncOwnItem.objects.async_count() == 2
    assert await AsyncOwnItem.objects.async_update(inc__number=1) == 2
    item.number = 5
    await (await item.async_save()).async_reload()
    assert item.number == 5
    await item.async_delete()
    assert await AsyncOwnItem.objects.async_distinct("number") == [4]
    assert await async_numbers(async_of_red) == [1]
    assert AsyncOwnItem._class_place().name not in (
        await async_mongo_db.list_collection_names()
    )


async def test_references_are_looked_for_where_their_class_says(async_of_red):
    item = await AsyncOwnItem(number=1).async_save()
    order = await AsyncOwnOrder(item=item, items=[item]).async_save()
    TENANT.set("blue")
    await AsyncOwnItem(id=item.id, number=2).async_save()
    for name, number in (("red", 1), ("blue", 2)):
        TENANT.set(name)
        found = await AsyncOwnOrder.objects.async_get(id=order.id)
        assert (await AsyncOwnOrder.item.async_fetch(found)).number == number
        assert (await AsyncOwnOrder.items.async_fetch(found))[0].number == number


async def test_one_document_can_be_sent_elsewhere(async_of_red, async_mongo_db):
    item = await AsyncOwnItem(number=1).async_save()
    await item.switch_collection("elsewhere", keep_created=False).async_save()
    assert await async_numbers(async_mongo_db["elsewhere"]) == [1]


async def test_indexes_are_made_when_asked_for(async_of_red):
    await AsyncOwnItem(number=1).async_save()
    assert set(await async_of_red.index_information()) == {"_id_"}
    await AsyncOwnItem.async_ensure_indexes()
    assert "code_1" in await async_of_red.index_information()


async def test_what_it_finds_can_be_what_it_would_find_anyway(async_mongo_db):
    await AsyncOwnPart(number=1).async_save()
    assert AsyncOwnPart.calls
    name = AsyncOwnPart._class_place().name
    assert "number_1" in await async_mongo_db[name].index_information()


async def test_what_finds_it_can_be_patched(async_mongo_db):
    await AsyncOwnPatched(number=1).async_save()
    await AsyncOwnPatchedChild(number=2).async_save()
    found = async_mongo_db["of_the_test"]
    with mock.patch.object(
        AsyncOwnPatched, "_async_get_collection", return_value=found
    ):
        await AsyncOwnPatched(number=3).async_save()
        await AsyncOwnPatchedChild(number=4).async_save()
        assert await AsyncOwnPatched.objects.async_count() == 2
    assert await async_numbers(found) == [3, 4]
    assert await AsyncOwnPatched.objects.async_count() == 2
