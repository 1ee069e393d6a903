"""What querysets compute on the server: pipelines, totals, distinct values, JavaScript."""

import asyncio  # async-only
import time

import pytest
from bson import DBRef, ObjectId
from pymongo import ReadPreference
from pymongo.errors import OperationFailure

from mongoengine import (
    DictField,
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EmbeddedDocumentListField,
    FloatField,
    GenericEmbeddedDocumentField,
    GenericReferenceField,
    IntField,
    ListField,
    LookUpError,
    MapField,
    OperationError,
    PointField,
    ReferenceField,
    StringField,
)
from mongoengine.base.scopes import async_sessions, joined


class AsyncSumMaker(Document):
    name = StringField()


class AsyncSumPart(EmbeddedDocument):
    size = IntField(db_field="s")
    tags = ListField(StringField())
    maker = ReferenceField(AsyncSumMaker)


class AsyncSumThing(Document):
    name = StringField(db_field="n")
    age = IntField()
    part = EmbeddedDocumentField(AsyncSumPart, db_field="p")
    parts = EmbeddedDocumentListField(AsyncSumPart)
    any_part = GenericEmbeddedDocumentField()
    tags = ListField(StringField())
    numbers = ListField(IntField())
    nested = ListField(ListField(IntField()))
    maker = ReferenceField(AsyncSumMaker)
    makers = ListField(ReferenceField(AsyncSumMaker, dbref=True))
    anything = GenericReferenceField()
    info = DictField()
    sizes = MapField(IntField())
    price = FloatField()
    place = PointField()
    meta = {"ordering": ["-age"]}


class AsyncSumAnimal(Document):
    legs = IntField()
    meta = {"allow_inheritance": True}


class AsyncSumDog(AsyncSumAnimal):
    tricks = ListField(StringField())


@pytest.fixture
async def async_things(async_mongo_db):
    """Store three things, and give the queryset of all."""
    await AsyncSumThing.objects.async_insert(
        [
            AsyncSumThing(
                name="a",
                age=1,
                part=AsyncSumPart(size=1, tags=["x", "y"]),
                parts=[AsyncSumPart(size=1, tags=["q"]), AsyncSumPart(size=5)],
                tags=["t", "u"],
                numbers=[1, 2],
                nested=[[1, 2], [3]],
                info={"z": 1, "y": {"w": 2}},
                sizes={"k": 7},
                price=1.5,
            ),
            AsyncSumThing(
                name="b", age=3, part=AsyncSumPart(size=2), tags=["u"], numbers=[3]
            ),
            AsyncSumThing(name="c", age=5),
        ]
    )
    return AsyncSumThing.objects


@pytest.fixture
async def async_animals(async_mongo_db):
    await AsyncSumAnimal(legs=2).async_save()
    await AsyncSumDog(legs=4).async_save()


NAMES = [{"$project": {"n": 1, "_id": 0}}]


async def async_names(queryset, pipeline=()):
    rows = queryset.async_aggregate([*pipeline, *NAMES])
    return [row["n"] async for row in rows]


# Pipelines


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
    with pytest.raises(TypeError, match="positional argument"):
        async_things.async_aggregate([{"$match": {}}], [{"$limit": 1}])
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


# Rows


async def test_rows_can_be_taken_one_by_one(async_things):
    rows = await async_things.async_aggregate(NAMES)
    assert (await rows.next())["n"] == "a"
    assert rows.alive
    assert [row["n"] async for row in rows] == ["b", "c"]
    assert not rows.alive
    assert [row async for row in rows] == []


async def test_rows_can_be_taken_as_a_list(async_things):
    rows = await async_things.async_aggregate(NAMES)
    assert await rows.to_list(2) == [{"n": "a"}, {"n": "b"}]
    assert await rows.to_list() == [{"n": "c"}]


async def test_rows_need_not_be_awaited(async_things):  # async-only
    assert [row["n"] async for row in async_things.async_aggregate(NAMES)] == [*"abc"]
    assert await async_things.async_aggregate(NAMES).async_to_list(1) == [{"n": "a"}]
    assert await async_things.async_aggregate(NAMES).next() == {"n": "a"}
    async with async_things.async_aggregate(NAMES) as rows:
        assert await rows.to_list() == [{"n": "a"}, {"n": "b"}, {"n": "c"}]


async def test_rows_awaited_twice_are_the_same(async_things):  # async-only
    rows = async_things.async_aggregate(NAMES)
    assert rows.cursor_id is None
    assert await rows is rows
    assert (await rows.next())["n"] == "a"
    assert (await (await rows).next())["n"] == "b"


async def test_nothing_is_sent_before_rows_are_wanted(  # async-only
    async_things, async_mongo_db
):
    rows = async_things.async_aggregate([{"$out": "sum_out"}])
    assert rows.alive
    assert "sum_out" not in await async_mongo_db.list_collection_names()
    await rows.close()
    assert await rows.async_to_list() == []
    assert "sum_out" not in await async_mongo_db.list_collection_names()


async def async_open_cursors(async_mongo_db):
    """Count the idle cursors of this database alone: other tests have theirs."""
    pipeline = [
        {"$currentOp": {"idleCursors": True}},
        {
            "$match": {
                "type": "idleCursor",
                "ns": {"$regex": f"^{async_mongo_db.name}[.]"},
            }
        },
    ]
    return len(await (await async_mongo_db.client.admin.aggregate(pipeline)).to_list())


async def test_closing_closes_the_cursor_of_the_server(async_things, async_mongo_db):
    before = await async_open_cursors(async_mongo_db)
    rows = await async_things.async_aggregate([], batchSize=1)
    assert (await rows.next())["n"] == "a"
    assert rows.cursor_id
    assert await async_open_cursors(async_mongo_db) == before + 1
    await rows.close()
    assert await async_open_cursors(async_mongo_db) == before
    assert not rows.alive


async def test_leaving_the_block_closes_it_too(async_things, async_mongo_db):
    before = await async_open_cursors(async_mongo_db)
    async with await async_things.async_aggregate([], batchSize=1) as rows:
        async for _ in rows:
            break
        assert await async_open_cursors(async_mongo_db) == before + 1
    assert await async_open_cursors(async_mongo_db) == before
    assert [row async for row in rows] == []


async def test_a_loop_left_early_closes_it_too(async_things, async_mongo_db):
    before = await async_open_cursors(async_mongo_db)
    async for _ in async_things.async_aggregate([], batchSize=1):
        break
    deadline = time.monotonic() + 10  # the driver does it in the background
    while await async_open_cursors(async_mongo_db) > before:
        assert time.monotonic() < deadline


async def test_tasks_that_share_rows_run_it_once(async_things):  # async-only
    rows = async_things.async_aggregate([{"$group": {"_id": None}}])
    opened = await asyncio.gather(
        *(rows.next() for _ in range(3)), return_exceptions=True
    )
    assert opened[0] == {"_id": None}
    assert [type(one) for one in opened[1:]] == [StopAsyncIteration] * 2


async def test_a_pipeline_may_change_later(async_things):
    stages = [*NAMES]
    rows = async_things.async_aggregate(stages)
    stages.clear()
    assert [row async for row in rows] == [{"n": "a"}, {"n": "b"}, {"n": "c"}]


# Totals


@pytest.mark.parametrize(
    ("field", "total", "average"),
    [
        ("age", 9, 3.0),
        ("price", 1.5, 1.5),
        ("part.size", 3, 1.5),
        ("part__size", 3, 1.5),
        ("parts.size", 6, 3.0),
        ("parts__size", 6, 3.0),
        ("numbers", 6, 2.0),
        ("nested", 6, 2.0),
        ("info.z", 1, 1.0),
        ("info__y__w", 2, 2.0),
        ("sizes__k", 7, 7.0),
        ("name", 0, None),
        ("tags", 0, None),
    ],
)
async def test_sum_and_average_of_a_field(async_things, field, total, average):
    assert await async_things.async_sum(field) == total
    assert await async_things.async_average(field) == average


async def test_they_are_of_the_documents_found(async_things):
    found = async_things.filter(age__gt=1)
    assert (await found.async_sum("age"), await found.async_average("age")) == (8, 4.0)
    where = async_things.where("this.age < 5")
    assert (await where.async_sum("age"), await where.async_average("age")) == (4, 2.0)


async def test_they_do_not_care_for_order_limit_and_skip(async_things):
    few = async_things.order_by("age").skip(1).limit(1)
    assert (await few.async_sum("age"), await few.async_average("age")) == (9, 3.0)


async def test_without_documents_they_are_zero(async_things):
    nothing = async_things.filter(age=99)
    assert (await nothing.async_sum("age"), await nothing.async_average("age")) == (
        0,
        0,
    )


async def test_they_know_subclasses(async_animals):
    assert await AsyncSumAnimal.objects.async_sum("legs") == 6
    assert await AsyncSumDog.objects.async_average("legs") == 4.0


@pytest.mark.parametrize("field", ["nope", "part__nope", "n", "_id"])
async def test_what_is_no_field_has_no_total(async_things, field):
    with pytest.raises(LookUpError, match="Cannot resolve field"):
        await async_things.async_sum(field)
    with pytest.raises(LookUpError, match="Cannot resolve field"):
        await async_things.async_average(field)


# Distinct values


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


# Frequencies

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


# JavaScript


async def test_a_function_knows_its_queryset(async_things):
    code = "function(one, two) { return [one, two, collection, query, options] }"
    found = await async_things.filter(age__gt=1).async_exec_js(
        code, "name", "part.size", least="$age"
    )
    assert found == [
        "n",
        "p.s",
        "async_sum_thing",
        {"age": {"$gt": 1}},
        {"least": "$age"},
    ]


async def test_in_a_function_fields_have_their_names_in_the_database(async_things):
    code = "function() { return [[~name], '{{~part.size}}'] }"
    assert await async_things.async_exec_js(code) == [["n"], "p.s"]


async def test_a_function_that_fails(async_things):
    with pytest.raises(OperationError, match=r"sees no collections.*db is not defined"):
        await async_things.async_exec_js("function() { return db[collection].count() }")
    with pytest.raises(LookUpError):
        await async_things.async_exec_js("function(one) { return one }", "nope")


# Nothing


async def test_none_asks_for_nothing(async_things, async_mongo_db):
    nothing = async_things.none()
    await async_mongo_db.command("profile", 2)
    assert await nothing.async_aggregate(NAMES).async_to_list() == []
    assert [row async for row in await nothing.async_aggregate(NAMES)] == []
    assert await async_things[2:2].async_aggregate(NAMES).async_to_list() == []
    assert await nothing.async_sum("age") == 0
    assert await nothing.async_average("age") == 0
    assert await nothing.async_distinct("age") == []
    assert await nothing.async_item_frequencies("age") == {}
    assert await nothing.async_item_frequencies("age", map_reduce=False) == {}
    assert await nothing.async_exec_js("function() { return 1 }") is None
    await async_mongo_db.command("profile", 0)
    asked = await async_mongo_db.system.profile.find(
        {"command.profile": {"$exists": False}}
    ).to_list()
    assert asked == []


# Sessions


async def test_all_take_part_in_a_transaction(async_things, async_mongo_db):
    session = async_mongo_db.client.start_session()
    async with session, await session.start_transaction():
        with joined(async_sessions, "default", session):
            await async_check_totals_of_a_transaction(async_things)
            await session.abort_transaction()
    assert await async_things.async_sum("age") == 9


async def async_check_totals_of_a_transaction(async_things):
    await AsyncSumThing(name="d", age=11, tags=["t"]).async_save()
    assert await async_things.async_sum("age") == 20
    assert await async_things.async_average("age") == 5.0
    assert await async_things.async_distinct("age") == [1, 3, 5, 11]
    assert await async_names(async_things.filter(age=11)) == ["d"]
    frequencies = await async_things.async_item_frequencies("age", map_reduce=False)
    assert frequencies[11] == 1
    with pytest.raises(OperationFailure, match="transaction"):
        await async_things.async_item_frequencies("age")


async def test_the_members_asked_are_the_querysets(async_things):
    secondary = async_things.read_preference(ReadPreference.SECONDARY_PREFERRED)
    assert await async_names(secondary.read_concern({"level": "majority"})) == [
        "a",
        "b",
        "c",
    ]
