"""References: loaded with what holds them, on first reading, one by one, and deleted.

MongoEngine has no ``prefetch_related()``: what it does instead is ``select_related()``.
One by one, references are read where it cannot await them; against the driver's
``find_one()``, each against its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import mongoengine
from benchmarks.database import name_of_database, uri
from benchmarks.library import (
    BOOKS,
    TAGS,
    Book,
    Going,
    Leaving,
    Shelf,
    fill,
    store_leaving,
)
from benchmarks.measures import AgainstRaw, Timing, WrongResultError
from mongoengine import connect
from mongoengine.queryset import QuerySet

DATABASE = name_of_database("references")
CLIENT: Any = connect(DATABASE, host=uri())
DB = CLIENT[DATABASE]
fill(DB)
LOOP = asyncio.new_event_loop()
ONE_BY_ONE = 1_000


def read(books: Any) -> int:
    """Read what books refer to; return how much that was."""
    found = 0
    for book in books:
        book.author.name  # noqa: B018
        found += 1 + len([tag.name for tag in book.tags])
    return found


def related() -> Any:
    return Book.objects.select_related()


def prefetched() -> Any:
    if not hasattr(QuerySet, "prefetch_related"):
        return related()
    return list(Book.objects.prefetch_related("author", "tags"))


def related_and_read() -> int:
    return read(related())


def first_read() -> int:
    shelf = Shelf.objects.first()
    return len([tag.name for tag in shelf.tags])


def delete() -> None:
    Leaving.objects.delete()


def delete_by_driver() -> None:
    ids = [stored["_id"] for stored in DB["leaving"].find({}, {"_id": 1})]
    DB["going"].delete_many({"author": {"$in": ids}})
    DB["leaving"].delete_many({"_id": {"$in": ids}})


def timing(work: Callable[[], Any], proof: Callable[[], bool]) -> Timing:
    return Timing("work()", names={"work": work}, proof=proof)


def deleting() -> AgainstRaw:
    """Delete authors and their books, most of which time the server takes for itself."""

    def store_again() -> None:
        left: int = DB["leaving"].count_documents({}) + DB["going"].count_documents({})
        if left:
            raise WrongResultError(f"{left} documents are left")
        store_leaving(DB)

    Going.ensure_indexes()
    store_leaving(DB)
    return AgainstRaw(delete, delete_by_driver, store_again)


def read_one_by_one() -> AgainstRaw:
    """Read the references of loaded books, against finding the same by the driver."""
    keys = [book["author"] for book in DB["book"].find().limit(ONE_BY_ONE)]
    if not hasattr(mongoengine, "connect_async"):
        loaded: list[Any] = []

        def load() -> None:
            loaded[:] = Book.objects.limit(ONE_BY_ONE)

        load()
        return AgainstRaw(
            lambda: [book.author for book in loaded],
            lambda: [DB["author"].find_one({"_id": key}) for key in keys],
            load,
        )
    return AwaitedOneByOne(keys).against_raw()


class AwaitedOneByOne:
    """The same on an event loop: proxies are awaited there."""

    def __init__(self, keys: list[Any]) -> None:
        self._keys = keys
        self._loaded: list[Any] = []
        self._client = self._wait(mongoengine.connect_async(DATABASE, host=uri()))

    def against_raw(self) -> AgainstRaw:
        self._load()
        return AgainstRaw(
            lambda: self._wait(self._proxies()),
            lambda: self._wait(self._raw()),
            self._load,
        )

    def _wait(self, awaitable: Any) -> Any:
        return LOOP.run_until_complete(awaitable)

    def _load(self) -> None:
        books: Any = Book.objects.limit(ONE_BY_ONE)
        self._loaded = self._wait(books.async_to_list())

    async def _proxies(self) -> None:
        for book in self._loaded:
            await book.author

    async def _raw(self) -> None:
        authors = self._client[DATABASE]["author"]
        for key in self._keys:
            await authors.find_one({"_id": key})


EVERY_ONE = BOOKS * 11  # an author and ten tags each
WORKS: dict[str, Any] = {
    "select_related, 3,000 documents": timing(
        related, lambda: read(related()) == EVERY_ONE
    ),
    "prefetch_related, 3,000 documents": timing(
        prefetched, lambda: read(prefetched()) == EVERY_ONE
    ),
    "select_related, and all of it read": timing(
        related_and_read, lambda: related_and_read() == EVERY_ONE
    ),
    "first read of a list of 1,000": timing(first_read, lambda: first_read() == TAGS),
    "1,000 references one by one": read_one_by_one(),
    "delete 1,000 cascading to 10,000": deleting(),
}
