"""Querysets and documents against the server, in the sync family.

Figures are times of what the driver alone needs for the same, so both packages are
measured against one thing; ``MONGO_URI`` names the server.
"""

from __future__ import annotations

from itertools import count
from typing import Any

from bson import ObjectId

from benchmarks.database import MANY, NEW, fill, name_of_database, read_everything, uri
from benchmarks.measures import AgainstRaw, Timing
from benchmarks.models import Person, read_person
from mongoengine import connect

DATABASE = name_of_database("querying")
CLIENT: Any = connect(DATABASE, host=uri())
RAW = CLIENT[DATABASE]["person"]
RAW.drop()
fill(RAW)
FIRST = RAW.find_one()["_id"]
OPERATIONS = 200
numbers = count()


def ours_two() -> None:
    for person in Person.objects:
        person.name, person.age  # noqa: B018


def raw_two() -> None:
    for person in RAW.find():
        person["name"], person["age"]


def ours_everything() -> None:
    for person in Person.objects:
        read_person(person)


def raw_everything() -> None:
    for person in RAW.find():
        read_everything(person)


def ours_first() -> None:
    for _ in range(OPERATIONS):
        Person.objects.first()


def raw_first() -> None:
    for _ in range(OPERATIONS):
        RAW.find_one()


def ours_get() -> None:
    for _ in range(OPERATIONS):
        Person.objects.get(id=FIRST)


def raw_get() -> None:
    for _ in range(OPERATIONS):
        RAW.find_one({"_id": FIRST})


def ours_save_new() -> None:
    for _ in range(OPERATIONS):
        Person(**NEW).save()


def raw_save_new() -> None:
    for _ in range(OPERATIONS):
        RAW.insert_one({"_id": ObjectId(), **NEW})


def ours_save_changed() -> None:
    person = Person.objects.get(id=FIRST)
    for _ in range(OPERATIONS):
        person.age = next(numbers)
        person.save()


def raw_save_changed() -> None:
    for _ in range(OPERATIONS):
        RAW.update_one({"_id": FIRST}, {"$set": {"age": next(numbers)}})


def ours_insert() -> None:
    Person.objects.insert([Person(**NEW) for _ in range(MANY)], load_bulk=False)


def raw_insert() -> None:
    RAW.insert_many([{"_id": ObjectId(), **NEW} for _ in range(MANY)])


def remove_new() -> None:
    RAW.delete_many({"name": NEW["name"]})


WORKS: dict[str, Any] = {
    "iterate 20,000, read two": AgainstRaw(ours_two, raw_two),
    "iterate 20,000, read everything": AgainstRaw(ours_everything, raw_everything),
    "list of 20,000": AgainstRaw(
        lambda: list(Person.objects), lambda: list(RAW.find())
    ),
    "first": AgainstRaw(ours_first, raw_first),
    "get": AgainstRaw(ours_get, raw_get),
    "save, new": AgainstRaw(ours_save_new, raw_save_new, remove_new),
    "save, one changed field": AgainstRaw(ours_save_changed, raw_save_changed),
    "insert of 5,000": AgainstRaw(ours_insert, raw_insert, remove_new),
    "build a query": Timing(
        'Person.objects.filter(age=1, score__gte=2).order_by("-name")._query',
        names={"Person": Person},
    ),
}
