"""How often values are there, counted by map-reduce or by a pipeline."""

import pytest
from _async.summing import AsyncSumThing, async_stored_things
from bson import ObjectId

from mongoengine import LookUpError


@pytest.fixture
async def async_things(async_mongo_db):
    return await async_stored_things()


BOTH_WAYS = pytest.mark.parametrize("map_reduce", [True, False])


@BOTH_WAYS
@pytest.mark.parametrize(
    ("field", "frequencies"),
    [
        ("name", {"a": 1, "b": 1, "c": 1}),
        ("age", {1: 1, 3: 1, 5: 1}),
        ("price", {1.5: 1, None: 2}),
        ("tags", {"t": 1, "u": 2}),
        ("numbers", {1: 1, 2: 1, 3: 1}),
        ("part.size", {1: 1, 2: 1, None: 1}),
        ("part__size", {1: 1, 2: 1, None: 1}),
        ("part__tags", {"x": 1, "y": 1, None: 1}),
        ("parts__size", {1: 1, 5: 1}),
        ("info__y__w", {2: 1, None: 2}),
    ],
)
async def test_how_often_a_value_is_there(async_things, field, frequencies, map_reduce):
    found = await async_things.async_item_frequencies(field, map_reduce=map_reduce)
    assert found == frequencies
    assert {type(count) for count in found.values()} == {int}


@BOTH_WAYS
async def test_values_keep_their_types(async_things, map_reduce):
    ids = await async_things.async_item_frequencies("pk", map_reduce=map_reduce)
    assert {type(one) for one in ids} == {ObjectId}
    ages = await async_things.async_item_frequencies("age", map_reduce=map_reduce)
    assert {type(age) for age in ages} == {int}


@BOTH_WAYS
async def test_null_and_nothing_are_one_value(async_mongo_db, map_reduce):
    rows = [{"age": None}, {}, {"age": 1}, {"tags": None}, {"tags": []}]
    await async_mongo_db.async_sum_thing.insert_many(rows)
    things = AsyncSumThing.objects
    ages = await things.async_item_frequencies("age", map_reduce=map_reduce)
    assert ages == {None: 4, 1: 1}
    tags = await things.async_item_frequencies("tags", map_reduce=map_reduce)
    assert tags == {None: 4}


@BOTH_WAYS
@pytest.mark.parametrize("name", ["toString", "__proto__", "constructor", "it's"])
async def test_names_that_mean_something_to_javascript(
    async_mongo_db, map_reduce, name
):
    await AsyncSumThing(name=name, info={name: name}).async_save()
    await AsyncSumThing().async_save()
    things = AsyncSumThing.objects
    found = await things.async_item_frequencies("name", map_reduce=map_reduce)
    assert found == {name: 1, None: 1}
    path = f"info.{name}" if name.isalpha() else "name"
    found = await things.async_item_frequencies(path, map_reduce=map_reduce)
    assert found == {name: 1, None: 1}


@BOTH_WAYS
async def test_shares_of_all(async_things, map_reduce):
    shares = await async_things.async_item_frequencies(
        "tags", normalize=True, map_reduce=map_reduce
    )
    assert shares == {"t": pytest.approx(1 / 3), "u": pytest.approx(2 / 3)}
    nothing = async_things.filter(age=99)
    assert (
        await nothing.async_item_frequencies("tags", True, map_reduce=map_reduce) == {}
    )


@BOTH_WAYS
async def test_frequencies_are_of_the_documents_found(async_things, map_reduce):
    found = async_things.filter(age__gt=1)
    assert await found.async_item_frequencies("tags", map_reduce=map_reduce) == {"u": 1}
    where = async_things.where("this.age > 1")
    assert await where.async_item_frequencies("tags", map_reduce=map_reduce) == {"u": 1}
    few = async_things.order_by("age").limit(1)
    assert await few.async_item_frequencies("tags", map_reduce=map_reduce) == {
        "t": 1,
        "u": 2,
    }


@BOTH_WAYS
async def test_documents_are_no_keys(async_things, map_reduce):
    with pytest.raises(TypeError, match="unhashable type: 'dict'"):
        await async_things.async_item_frequencies("part", map_reduce=map_reduce)


@BOTH_WAYS
async def test_what_is_no_field_has_no_frequencies(async_things, map_reduce):
    with pytest.raises(LookUpError, match="Cannot resolve field"):
        await async_things.async_item_frequencies("nope", map_reduce=map_reduce)
