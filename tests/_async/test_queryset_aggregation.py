"""Pipelines: what a queryset adds to the stages, and which stages are accepted."""

import pytest
from _async.summing import (
    NAMES,
    AsyncSumAnimal,
    AsyncSumDog,
    AsyncSumThing,
    async_names,
    async_store_animals,
    async_stored_things,
)
from pymongo import ReadPreference
from pymongo.errors import OperationFailure


@pytest.fixture
async def async_things(async_mongo_db):
    return await async_stored_things()


@pytest.fixture
async def async_animals(async_mongo_db):
    await async_store_animals()


async def test_a_pipeline_starts_from_the_query(async_things):
    assert await async_names(async_things.filter(age__gt=1).order_by("age")) == [
        "b",
        "c",
    ]
    assert await async_names(async_things.filter(age=99)) == []


async def test_its_rows_are_as_the_server_sends_them(async_things):
    stages = [{"$group": {"_id": None, "total": {"$sum": "$age"}}}]
    rows = async_things.scalar("name").only("name").async_aggregate(stages)
    assert [row async for row in rows] == [{"_id": None, "total": 9}]


async def test_order_limit_and_skip_are_part_of_it(async_things):
    ordered = async_things.order_by("-name")
    assert await async_names(ordered) == ["c", "b", "a"]
    assert await async_names(ordered.limit(2)) == ["c", "b"]
    assert await async_names(ordered.skip(1)) == ["b", "a"]
    assert await async_names(ordered.skip(1).limit(1)) == ["b"]
    assert await async_names(ordered[1:3]) == ["b", "a"]


async def test_the_order_of_meta_is_not(async_things):
    assert await async_names(async_things) == ["a", "b", "c"]


async def test_where_is_part_of_it(async_things):
    older = async_things.where("this.age > 1").order_by("name")
    assert await async_names(older) == ["b", "c"]
    assert await async_names(older.filter(age__lt=5)) == ["b"]
    as_function = async_things.where("function() { return this[~name] == 'c' }")
    assert await async_names(as_function) == ["c"]


async def test_where_that_is_no_javascript_is_refused(async_things):
    with pytest.raises(OperationFailure, match="SyntaxError"):
        await async_names(async_things.where("this.age >"))


async def test_a_text_search_is_part_of_it(async_things):
    await AsyncSumThing.async_create_index("$name")
    found = async_things.search_text("b").order_by("$text_score").limit(1)
    assert await async_names(found) == ["b"]


async def test_only_documents_of_the_class_are_aggregated(async_animals):
    count = [{"$count": "found"}]
    assert await AsyncSumAnimal.objects.async_aggregate(count).async_to_list() == [
        {"found": 2}
    ]
    assert await AsyncSumDog.objects.async_aggregate(count).async_to_list() == [
        {"found": 1}
    ]


async def test_geo_near_stays_first(async_things):
    await async_things.filter(name="a").async_update(set__place=[1, 2])
    await async_things.filter(name="b").async_update(set__place=[3, 4])
    await AsyncSumThing.async_create_index([("place", "2dsphere")])
    point = {"type": "Point", "coordinates": [3, 4]}
    near = {"$geoNear": {"near": point, "distanceField": "far"}}
    assert await async_names(async_things, [near]) == ["b", "a"]
    assert await async_names(async_things.filter(age=1), [near]) == ["a"]
    assert await async_names(async_things.limit(1), [near]) == ["b"]


async def test_a_report_on_the_collection_stays_first(async_animals):
    stages = [{"$collStats": {"count": {}}}]
    (report,) = await AsyncSumDog.objects.async_aggregate(stages).async_to_list()
    assert report["count"] == 2  # of the collection: a report has no class
    stages = [{"$indexStats": {}}, {"$match": {"name": "_id_"}}]
    (index,) = await AsyncSumDog.objects.async_aggregate(stages).async_to_list()
    assert index["key"] == {"_id": 1}


async def test_no_stages_give_the_documents(async_things):
    rows = await async_things.async_aggregate([]).async_to_list()
    assert [row["n"] for row in rows] == ["a", "b", "c"]


@pytest.mark.parametrize("wrong", [{"$limit": 1}, ({"$limit": 1},), None, "abc", 5])
async def test_a_pipeline_is_a_list(async_things, wrong):
    with pytest.raises(TypeError, match="one pipeline, a list of stages, and not"):
        async_things.async_aggregate(wrong)


async def test_there_is_one_pipeline(async_things):
    several = "a list of stages, and not several of them"
    with pytest.raises(TypeError, match=several):
        async_things.async_aggregate([{"$match": {}}], [{"$limit": 1}])
    with pytest.raises(TypeError, match=several):
        async_things.async_aggregate({"$match": {}}, {"$limit": 1})
    with pytest.raises(TypeError, match="pipeline"):
        async_things.async_aggregate()


async def test_what_the_server_refuses_is_the_drivers_error(async_things):
    with pytest.raises(OperationFailure, match="nope"):
        await async_things.async_aggregate([{"$nope": 1}]).async_to_list()


async def test_options_of_the_driver_are_passed_on(async_things):
    rows = async_things.order_by("age").async_aggregate(
        [{"$match": {"$expr": {"$gt": ["$age", "$$least"]}}}, *NAMES],
        let={"least": 1},
        allowDiskUse=True,
        maxTimeMS=5000,
        batchSize=1,
        collation={"locale": "en"},
        comment="mine",
        hint="_id_",
    )
    assert [row["n"] async for row in rows] == ["b", "c"]


async def test_an_index_is_hinted_by_its_keys_too(async_things):
    assert await async_names(async_things.hint([("_id", 1)])) == ["a", "b", "c"]
    with pytest.raises(OperationFailure, match="hint"):
        await async_names(async_things.hint("nope_1"))


async def test_many_rows_come_in_batches(async_mongo_db):
    await AsyncSumThing.objects.async_insert(
        [AsyncSumThing(age=number) for number in range(1000)], load_bulk=False
    )
    rows = AsyncSumThing.objects.order_by("age").async_aggregate([], batchSize=7)
    assert [row["age"] async for row in rows] == list(range(1000))


async def test_rows_can_be_written_to_a_collection(async_things, async_mongo_db):
    rows = await async_things.async_aggregate([*NAMES, {"$out": "sum_names"}])
    assert [row async for row in rows] == []
    assert await async_mongo_db.sum_names.count_documents({}) == 3


async def test_the_members_asked_are_the_querysets(async_things):
    secondary = async_things.read_preference(ReadPreference.SECONDARY_PREFERRED)
    assert await async_names(secondary.read_concern({"level": "majority"})) == [
        "a",
        "b",
        "c",
    ]
