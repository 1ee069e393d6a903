"""Map-reduce: where its rows go, what they are, and what the functions know."""

import pytest
from bson import SON, Code
from pymongo.errors import OperationFailure

from mongoengine import (
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    ListField,
    LookUpError,
    OperationError,
    StringField,
)
from mongoengine.connection import register_connection
from mongoengine.document import MapReduceDocument


class AsyncReducedPart(EmbeddedDocument):
    kind = StringField(db_field="k")


class AsyncReduced(Document):
    name = StringField(db_field="nm")
    number = IntField()
    tags = ListField(StringField(), db_field="tg")
    part = EmbeddedDocumentField(AsyncReducedPart, db_field="pt")
    meta = {"ordering": ["-number"]}


@pytest.fixture
async def async_things(async_mongo_db):
    """Store three documents, and give the queryset of all."""
    part = AsyncReducedPart(kind="x")
    await AsyncReduced.objects.async_insert(
        [
            AsyncReduced(name="a", number=0, tags=["x", "y"], part=part),
            AsyncReduced(name="b", number=1, tags=["x"]),
            AsyncReduced(name="c", number=2, tags=["z"]),
        ]
    )
    return AsyncReduced.objects


TAGS = "function() { this[~tags].forEach(tag => emit(tag, 1)) }"
ADD = "function(key, values) { return Array.sum(values) }"
ALL_TAGS = {"x": 2, "y": 1, "z": 1}


async def async_reduced(queryset, output="inline", map_f=TAGS, **more):
    rows = queryset.async_map_reduce(map_f, ADD, output, **more)
    return {row.key: row.value async for row in rows}


# Where the rows go


async def test_rows_in_the_answer(async_things):
    assert await async_reduced(async_things) == ALL_TAGS


async def test_rows_are_objects(async_things):
    rows = [row async for row in async_things.async_map_reduce(TAGS, ADD, "inline")]
    assert {type(row) for row in rows} == {MapReduceDocument}


async def test_rows_can_be_awaited_and_listed(async_things):  # async-only
    rows = await async_things.async_map_reduce(TAGS, ADD, "inline")
    assert len(await rows.async_to_list()) == 3
    rows = async_things.async_map_reduce(TAGS, ADD, "reduced_rows")
    assert {row.key for row in await rows.to_list()} == {"x", "y", "z"}


async def test_awaiting_runs_it(async_things, async_mongo_db):  # async-only
    await async_things.async_map_reduce(TAGS, ADD, "reduced_rows")
    assert await async_mongo_db.reduced_rows.count_documents({}) == 3


async def test_rows_in_a_collection_that_is_replaced(async_things, async_mongo_db):
    await async_mongo_db.reduced_rows.insert_one({"_id": "old", "value": 1})
    assert await async_reduced(async_things, "reduced_rows") == ALL_TAGS
    await async_mongo_db.reduced_rows.insert_one({"_id": "old", "value": 1})
    assert await async_reduced(async_things, {"replace": "reduced_rows"}) == ALL_TAGS
    assert await async_mongo_db.reduced_rows.count_documents({}) == 3


async def test_rows_are_merged(async_things, async_mongo_db):
    await async_mongo_db.reduced_rows.insert_one({"_id": "old", "value": 1})
    await async_mongo_db.reduced_rows.insert_one({"_id": "x", "value": 100})
    merged = await async_reduced(async_things, {"merge": "reduced_rows"})
    assert merged == {**ALL_TAGS, "old": 1}


async def test_rows_are_reduced_with_those_that_are_there(async_things):
    await async_reduced(async_things, "reduced_rows")
    again = await async_reduced(async_things, {"reduce": "reduced_rows"})
    assert again == {"x": 4, "y": 2, "z": 2}


async def test_rows_in_another_database(async_things, async_mongo_db, mongo_uri):
    name = f"{async_mongo_db.name}_other"
    register_connection("other", name, host=mongo_uri, uuidRepresentation="standard")
    client = async_mongo_db.client
    try:
        by_alias = {"replace": "reduced_rows", "db_alias": "other"}
        assert await async_reduced(async_things, by_alias) == ALL_TAGS
        assert await client[name].reduced_rows.count_documents({}) == 3
        by_name = SON([("merge", "more_rows"), ("db", name)])
        assert await async_reduced(async_things, by_name) == ALL_TAGS
        assert await client[name].more_rows.count_documents({}) == 3
    finally:
        await client.drop_database(name)


@pytest.mark.parametrize("output", [{}, {"inline": 1}, {"db_alias": "default"}])
async def test_an_output_without_action(async_things, output):
    with pytest.raises(OperationError, match="actionData not specified for output"):
        await async_reduced(async_things, output)


@pytest.mark.parametrize("output", ["", 5, None])
async def test_an_output_that_the_server_refuses(async_things, output):
    with pytest.raises(OperationFailure):
        await async_reduced(async_things, output)


# What goes in, and in what order it comes out


async def test_only_documents_found_go_in(async_things):
    assert await async_reduced(async_things.filter(number__gt=0)) == {"x": 1, "z": 1}
    where = async_things.where("this.number > 0")
    assert await async_reduced(where) == {"x": 1, "z": 1}
    both = async_things.filter(number__lt=2).where("function() { return this.number }")
    assert await async_reduced(both) == {"x": 1}
    assert await async_reduced(async_things.filter(number=99)) == {}


async def test_a_limit_is_of_the_documents_that_go_in(async_things):
    assert await async_reduced(async_things, limit=1) == {"x": 1, "y": 1}
    assert await async_reduced(async_things.limit(1)) == ALL_TAGS


@pytest.mark.parametrize("output", ["inline", "reduced_rows"])
async def test_an_order_is_that_of_the_rows(async_things, output):
    ordered = async_things.order_by("-value", "_id")
    assert list(await async_reduced(ordered, output)) == ["x", "y", "z"]
    ordered = async_things.order_by("value", "_id")
    assert list(await async_reduced(ordered, output)) == ["y", "z", "x"]


@pytest.mark.parametrize("output", ["inline", "reduced_rows"])
@pytest.mark.parametrize("direction", ["", "-"])
async def test_values_of_all_types_can_be_ordered(async_things, output, direction):
    values = '[null, 1, 2.5, "a", {a: 1, b: 2}, {a: 2}, new ObjectId(), true]'
    map_f = f"function() {{ {values}.forEach((value, at) => emit(at, {{v: value}})) }}"
    ordered = async_things.filter(number=0).order_by(f"{direction}value.v")
    found = list(await async_reduced(ordered, output, map_f))
    assert found == list(range(8))[:: -1 if direction else 1]


async def test_an_order_leaves_no_collection_behind(async_things, async_mongo_db):
    await async_reduced(async_things.order_by("value"))
    assert "inline" not in await async_mongo_db.list_collection_names()


async def test_none_sends_nothing(async_things, async_mongo_db):
    await async_mongo_db.reduced_rows.insert_one({"_id": "old", "value": 1})
    assert await async_reduced(async_things.none(), "reduced_rows") == {}
    assert await async_mongo_db.reduced_rows.count_documents({}) == 1


# What the functions know


async def test_a_function_that_finishes_and_variables(async_things):
    finalize_f = "function(key, value) { return value * times }"
    found = await async_reduced(
        async_things, finalize_f=finalize_f, scope={"times": 10}
    )
    assert found == {"x": 20, "y": 10, "z": 10}


async def test_fields_have_their_names_in_the_database(async_things):
    nested = "function() { if (this.pt) emit(this.{{~part.kind}}, 1) }"
    assert await async_reduced(async_things, map_f=nested) == {"x": 1}
    key = "function() { emit(this[~name], 1) }"
    assert await async_reduced(async_things, map_f=key) == {"a": 1, "b": 1, "c": 1}


async def test_functions_may_be_code(async_things):
    rows = async_things.async_map_reduce(Code(TAGS), Code(ADD), "inline")
    assert {row.key async for row in rows} == {"x", "y", "z"}


async def test_a_field_that_is_none(async_things):
    with pytest.raises(LookUpError, match='Cannot resolve field "nope"'):
        await async_reduced(async_things, map_f="function() { emit(this[~nope], 1) }")


@pytest.mark.parametrize(
    ("map_f", "complaint"),
    [("function() { nope( }", "SyntaxError"), ("function() { throw 'up' }", "up")],
)
@pytest.mark.parametrize("output", ["inline", "reduced_rows"])
async def test_a_function_that_fails(async_things, output, map_f, complaint):
    with pytest.raises(OperationFailure, match=complaint):
        await async_reduced(async_things, output, map_f)


# The documents that keys mean


async def test_the_document_of_a_row(async_things):
    map_f = "function() { emit(this._id, this.number) }"
    rows = [row async for row in async_things.async_map_reduce(map_f, ADD, "inline")]
    found = {row.value: (await row.async_object).name for row in rows}
    assert found == {0: "a", 1: "b", 2: "c"}
    assert await rows[0].async_object is await rows[0].async_object


async def test_a_document_that_is_gone(async_things):
    map_f = "function() { emit(this._id, this.number) }"
    rows = [row async for row in async_things.async_map_reduce(map_f, ADD, "inline")]
    await async_things.async_delete()
    assert await rows[0].async_object is None
