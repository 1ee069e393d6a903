"""The collections that document classes have prepared, and what is being prepared."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from weakref import WeakKeyDictionary, WeakValueDictionary

import pymongo
from pymongo.errors import PyMongoError

from mongoengine.base.places import Place
from mongoengine.base.state import building
from mongoengine.errors import OperationError

SECONDS_IN_TRANSACTION = 5
MOST_PLACES = 4096

_in_preparation: ContextVar[tuple[Any, Any] | None] = ContextVar(
    "in_preparation", default=None
)


class Prepared:
    """Collections by place and document class, with a lock for preparing each.

    A class is not kept alive by this.
    """

    def __init__(self, make_lock: Any) -> None:
        self._make_lock = make_lock
        self._collections: dict[Place, WeakKeyDictionary[Any, Any]] = {}
        self._locks: WeakValueDictionary[tuple[int, Place], Any] = WeakValueDictionary()

    def get(self, cls: Any, place: Place, db: Any) -> Any:
        """Return the collection that a class has at a place, or None.

        ``db`` is the database of the alias now; what was prepared with another one is
        of a connection that has been closed since.
        """
        try:
            old_db, collection = self._collections[place][cls]
        except KeyError:
            return None
        return collection if db is old_db else None

    def keep(self, cls: Any, place: Place, db: Any, collection: Any) -> None:
        """Remember a collection that is ready to be used."""
        if len(self._collections) >= MOST_PLACES and place not in self._collections:
            self._collections.clear()  # what is used again is prepared again
        classes = self._collections.setdefault(place, WeakKeyDictionary())
        classes[cls] = db, collection

    def lock(self, cls: Any, place: Place) -> Any:
        """Return what one holds who prepares a collection."""
        with building:
            return self._locks.setdefault((id(cls), place), self._make_lock())

    def forget_class(self, cls: Any) -> None:
        """Drop what a class has prepared."""
        for classes in list(self._collections.values()):
            classes.pop(cls, None)

    def forget_place(self, place: Place) -> None:
        """Drop what any class has prepared at a place."""
        self._collections.pop(place, None)


@contextmanager
def preparing(cls: Any, collection: Any) -> Iterator[None]:
    """Have a class find the collection that it is preparing, for a block."""
    before = _in_preparation.get()
    _in_preparation.set((cls, collection))
    try:
        yield
    finally:
        _in_preparation.set(before)


def in_preparation(cls: Any) -> Any:
    """Return the collection that this task or thread is preparing for a class."""
    found = _in_preparation.get()
    return found[1] if found and found[0] is cls else None


@contextmanager
def in_time(session: Any, message: str) -> Iterator[None]:
    """Give up soon within a transaction, which may hold the lock that is waited for."""
    if session is None or not session.in_transaction:
        yield
        return
    try:
        with pymongo.timeout(SECONDS_IN_TRANSACTION):
            yield
    except PyMongoError as error:
        if not error.timeout:
            raise
        raise OperationError(message) from error
