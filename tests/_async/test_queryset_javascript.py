"""JavaScript functions that the server runs for a queryset."""

import pytest
from _async.summing import async_stored_things

from mongoengine import LookUpError, OperationError


@pytest.fixture
async def async_things(async_mongo_db):
    return await async_stored_things()


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
