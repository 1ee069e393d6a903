"""Distinct values of fields, and what they are in Python."""

import pytest
from _async.summing import (
    AsyncSumAnimal,
    AsyncSumDog,
    AsyncSumMaker,
    AsyncSumPart,
    AsyncSumThing,
    async_store_animals,
    async_stored_things,
)
from bson import DBRef, ObjectId

from mongoengine import (
    DictField,
    Document,
    DynamicDocument,
    DynamicField,
    EmbeddedDocument,
    IntField,
    ListField,
    MapField,
    ReferenceField,
)
from mongoengine.errors import NotRegistered


class AsyncDistinctPart(EmbeddedDocument):
    size = IntField(db_field="s")
    maker = ReferenceField(AsyncSumMaker)


class AsyncDistinctAny(Document):
    items = ListField()
    nested = ListField(ListField(DynamicField()))
    anything = DynamicField()
    info = DictField()
    lists = MapField(ListField())


class AsyncDistinctOpen(DynamicDocument):
    pass


@pytest.fixture
async def async_things(async_mongo_db):
    return await async_stored_things()


@pytest.fixture
async def async_animals(async_mongo_db):
    await async_store_animals()


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("name", ["a", "b", "c"]),
        ("n", ["a", "b", "c"]),
        ("age", [1, 3, 5]),
        ("part.size", [1, 2]),
        ("part__size", [1, 2]),
        ("p.s", [1, 2]),
        ("parts__size", [1, 5]),
        ("parts__0__size", [1]),
        ("tags", ["t", "u"]),
        ("part__tags", ["x", "y"]),
        ("nested", [[1, 2], [3]]),
        ("info__y__w", [2]),
        ("sizes", [{}, {"k": 7}]),
        ("nope", []),
    ],
)
async def test_distinct_values_of_a_field(async_things, field, values):
    assert await async_things.async_distinct(field) == values


async def test_distinct_values_are_of_the_documents_found(async_things):
    assert await async_things.filter(age__gt=1).async_distinct("age") == [3, 5]
    assert await async_things.where("this.age > 3").async_distinct("age") == [5]
    assert await async_things.order_by("age").limit(1).async_distinct("age") == [
        1,
        3,
        5,
    ]
    assert await async_things.filter(age=99).async_distinct("age") == []


async def test_distinct_id_and_class(async_animals):
    ids = await AsyncSumAnimal.objects.async_distinct("pk")
    assert [type(one) for one in ids] == [ObjectId, ObjectId]
    assert await AsyncSumAnimal.objects.async_distinct("_cls") == [
        "AsyncSumAnimal",
        "AsyncSumAnimal.AsyncSumDog",
    ]
    assert await AsyncSumDog.objects.async_distinct("legs") == [4]


async def test_distinct_embedded_documents_are_documents(async_things):
    first, second = await async_things.async_distinct("part")
    assert (type(first), first.size, first.tags) == (AsyncSumPart, 1, ["x", "y"])
    assert second == AsyncSumPart(size=2)
    parts = await async_things.async_distinct("parts")
    assert parts == [AsyncSumPart(size=1, tags=["q"]), AsyncSumPart(size=5)]


async def test_distinct_embedded_documents_of_any_class(async_things):
    await AsyncSumThing(any_part=AsyncSumPart(size=3)).async_save()
    (part,) = await async_things.async_distinct("any_part")
    assert part == AsyncSumPart(size=3)


async def test_null_is_a_value(async_things):
    await async_things.filter(age=5).async_update(__raw__={"$set": {"p": None}})
    values = await async_things.async_distinct("part")
    assert values[0] is None
    assert len(values) == 3


@pytest.fixture
async def async_made(async_things):
    """Give two makers, to whom the things refer."""
    ann = await AsyncSumMaker(name="ann").async_save()
    bob = await AsyncSumMaker(name="bob").async_save()
    await async_things.filter(age=1).async_update(
        set__maker=ann, set__makers=[ann, bob], set__anything=bob, set__part__maker=bob
    )
    await async_things.filter(age=3).async_update(set__maker=bob)
    return ann, bob


async def test_distinct_references_are_documents(async_things, async_made):
    assert await async_things.async_distinct("maker") == list(async_made)
    assert await async_things.async_distinct("makers") == list(async_made)
    (anything,) = await async_things.async_distinct("anything")
    assert (type(anything), anything.name) == (AsyncSumMaker, "bob")


async def test_those_in_embedded_documents_are_ids(async_things, async_made):
    assert await async_things.async_distinct("part__maker") == [async_made[1].pk]


async def test_references_that_lead_nowhere_stay_references(async_things, async_made):
    ann, bob = async_made
    await ann.async_delete()
    missing = DBRef("async_sum_maker", ann.pk)
    assert await async_things.async_distinct("maker") == [missing, bob]
    assert await async_things.async_distinct("makers") == [missing, bob]
    await bob.async_delete()
    (anything,) = await async_things.async_distinct("anything")
    assert anything == {
        "_cls": "AsyncSumMaker",
        "_ref": DBRef("async_sum_maker", bob.pk),
    }


async def test_without_dereferencing_values_are_as_stored(async_things, async_made):
    stored = async_things.no_dereference()
    assert await stored.async_distinct("maker") == [one.pk for one in async_made]
    assert (await stored.async_distinct("part"))[1]["s"] == 2


@pytest.mark.parametrize(
    ("field", "wrapped"),
    [
        ("items", lambda part: [part, {"k": part}, [part]]),
        ("nested", lambda part: [[part]]),
        ("anything", lambda part: [part]),
        ("info", lambda part: [{"p": part}]),
        ("info.p", lambda part: [part]),
        ("info__p", lambda part: [part]),
        ("lists.a", lambda part: [part]),
    ],
)
async def test_distinct_values_of_untyped_fields_are_documents(
    async_mongo_db, field, wrapped
):
    part = AsyncDistinctPart(size=1)
    await AsyncDistinctAny(
        items=[part, [part], {"k": part}],
        nested=[[part]],
        anything=part,
        info={"p": part},
        lists={"a": [part]},
    ).async_save()
    values = await AsyncDistinctAny.objects.async_distinct(field)
    assert values == wrapped(part)


async def test_distinct_values_of_dynamic_documents_are_documents(async_mongo_db):
    part = AsyncDistinctPart(size=1)
    await AsyncDistinctOpen(one=part, many=[part]).async_save()
    assert await AsyncDistinctOpen.objects.async_distinct("one") == [part]
    assert await AsyncDistinctOpen.objects.async_distinct("many") == [part]


async def test_what_untyped_embedded_documents_refer_to_is_loaded(async_mongo_db):
    maker = await AsyncSumMaker(name="ann").async_save()
    part = AsyncDistinctPart(maker=maker)
    await AsyncDistinctAny(items=[part]).async_save()
    (found,) = await AsyncDistinctAny.objects.async_distinct("items")
    assert (type(found), found.maker.name) == (AsyncDistinctPart, "ann")


async def test_an_unknown_class_among_distinct_values_is_told(async_mongo_db):
    await AsyncDistinctAny(info={"_cls": "Nope"}).async_save()
    with pytest.raises(NotRegistered, match="`Nope`"):
        await AsyncDistinctAny.objects.async_distinct("info")
    stored = AsyncDistinctAny.objects.no_dereference()
    assert await stored.async_distinct("info") == [{"_cls": "Nope"}]
