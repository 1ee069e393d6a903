"""Sums and averages of fields."""

import pytest
from _async.summing import (
    AsyncSumAnimal,
    AsyncSumDog,
    async_store_animals,
    async_stored_things,
)

from mongoengine import LookUpError


@pytest.fixture
async def async_things(async_mongo_db):
    return await async_stored_things()


@pytest.fixture
async def async_animals(async_mongo_db):
    await async_store_animals()


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
