"""Querysets and documents against the server, in the async family; beside Beanie.

Figures are times of what the driver's async client needs for the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any

from bson import ObjectId
from pymongo import AsyncMongoClient

from benchmarks.database import MANY, NEW, fill, name_of_database, read_everything, uri
from benchmarks.measures import AgainstRaw

try:
    from benchmarks.beanie_models import FRAMEWORK
except ImportError:
    from benchmarks.our_models import FRAMEWORK

LOOP = asyncio.new_event_loop()
DATABASE = name_of_database("querying_async")
OPERATIONS = 200
numbers = count()


def waited(function: Callable[[], Awaitable[Any]]) -> Callable[[], Any]:
    """Make an async function one to call."""
    return lambda: LOOP.run_until_complete(function())


CLIENT: Any = AsyncMongoClient(uri())
RAW = CLIENT[DATABASE]["person"]
waited(lambda: FRAMEWORK.connect(DATABASE, uri()))()
waited(RAW.drop)()
waited(lambda: fill(RAW))()
FIRST = waited(RAW.find_one)()["_id"]


async def raw_two() -> None:
    async for person in RAW.find():
        person["name"], person["age"]


async def raw_everything() -> None:
    async for person in RAW.find():
        read_everything(person)


async def raw_list() -> None:
    await RAW.find().to_list()


async def raw_first() -> None:
    for _ in range(OPERATIONS):
        await RAW.find_one()


async def raw_get() -> None:
    for _ in range(OPERATIONS):
        await RAW.find_one({"_id": FIRST})


async def raw_save_new() -> None:
    for _ in range(OPERATIONS):
        await RAW.insert_one({"_id": ObjectId(), **NEW})


async def raw_save_changed() -> None:
    for _ in range(OPERATIONS):
        await RAW.update_one({"_id": FIRST}, {"$set": {"age": next(numbers)}})


async def raw_insert() -> None:
    await RAW.insert_many([{"_id": ObjectId(), **NEW} for _ in range(MANY)])


async def remove_new() -> None:
    await RAW.delete_many({"name": NEW["name"]})


async def repeated_save_new() -> None:
    for _ in range(OPERATIONS):
        await FRAMEWORK.save_new()


async def repeated_first() -> None:
    for _ in range(OPERATIONS):
        await FRAMEWORK.first()


async def repeated_get() -> None:
    for _ in range(OPERATIONS):
        await FRAMEWORK.get(FIRST)


async def save_changed() -> None:
    person = await FRAMEWORK.get(FIRST)
    for _ in range(OPERATIONS):
        person.age = next(numbers)
        await FRAMEWORK.save(person)


def against(work: Any, raw: Any, clean: Any = None) -> AgainstRaw:
    prepare = waited(clean) if clean else lambda: None
    return AgainstRaw(waited(work), waited(raw), prepare)


WORKS: dict[str, Any] = {
    "iterate 20,000, read two": against(FRAMEWORK.read_two, raw_two),
    "iterate 20,000, read everything": against(
        FRAMEWORK.read_everything, raw_everything
    ),
    "list of 20,000": against(FRAMEWORK.read_list, raw_list),
    "first": against(repeated_first, raw_first),
    "get": against(repeated_get, raw_get),
    "save, new": against(repeated_save_new, raw_save_new, remove_new),
    "save, one changed field": against(save_changed, raw_save_changed),
    "insert of 5,000": against(lambda: FRAMEWORK.insert(MANY), raw_insert, remove_new),
}
