"""Blocks in which classes, collections and commands behave otherwise.

What they change, they change for this task or thread and those that it starts within.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from mongoengine._async.switches import (
    async_no_dereference,
    async_query_counter,
    async_switch_collection,
    async_switch_db,
)
from mongoengine._async.transactions import (
    async_in_transaction,
    async_on_commit,
    async_run_in_transaction,
)
from mongoengine._sync.switches import (
    no_dereference,
    query_counter,
    switch_collection,
    switch_db,
)
from mongoengine._sync.transactions import _commit_with_retry as _commit_with_retry
from mongoengine._sync.transactions import (
    in_transaction,
    on_commit,
    run_in_transaction,
)
from mongoengine.base.connection_settings import (
    DEFAULT_CONNECTION_NAME as DEFAULT_CONNECTION_NAME,
)
from mongoengine.base.scopes import (
    OfClass,
    classes_in,
    enter,
    holds,
    leave,
    no_dereferencing,
    no_subclasses,
)
from mongoengine.queryset.writes import with_concerns

__all__ = (
    "async_in_transaction",
    "async_no_dereference",
    "async_on_commit",
    "async_query_counter",
    "async_run_in_transaction",
    "async_switch_collection",
    "async_switch_db",
    "in_transaction",
    "no_dereference",
    "no_dereferencing_active_for_class",
    "no_sub_classes",
    "on_commit",
    "query_counter",
    "run_in_transaction",
    "set_read_write_concern",
    "set_write_concern",
    "switch_collection",
    "switch_db",
)


class no_sub_classes:  # noqa: N801
    """Have the querysets of a class find no subclasses, for a block that gives the class."""

    def __init__(self, cls: Any) -> None:
        self.cls = cls
        self._entry = OfClass(cls)

    def __enter__(self) -> Any:
        enter(no_subclasses, self._entry)
        return self.cls

    def __exit__(self, *_: object) -> None:
        leave(no_subclasses, self._entry)


@contextmanager
def set_write_concern(
    collection: Any, write_concerns: Mapping[str, Any]
) -> Iterator[Any]:
    """Give a collection of the driver, of either family, that writes as told."""
    yield with_concerns(collection, dict(write_concerns))


@contextmanager
def set_read_write_concern(
    collection: Any,
    write_concerns: Mapping[str, Any] | None,
    read_concerns: Mapping[str, Any] | None,
) -> Iterator[Any]:
    """Give a collection of the driver, of either family, that writes and reads as told."""
    yield with_concerns(collection, write_concerns, read_concerns)


def no_dereferencing_active_for_class(cls: Any) -> bool:
    """Say whether a block is open in which the references of a class are not loaded."""
    return holds(no_dereferencing, cls)


def _register_no_dereferencing_for_class(cls: Any) -> None:
    enter(no_dereferencing, OfClass(cls))


def _unregister_no_dereferencing_for_class(cls: Any) -> None:
    """Take back the last time that a class was registered."""
    entries = [one for one in no_dereferencing.get() if one.document is cls]
    if not entries:
        raise KeyError(cls)
    leave(no_dereferencing, entries[-1])


class MyThreadLocals:
    """What is on for this task or thread: ``no_dereferencing_class``, how often by class."""

    @property
    def no_dereferencing_class(self) -> dict[Any, int]:
        """The classes whose references are not loaded, with the number of blocks."""
        return dict(Counter(classes_in(no_dereferencing)))


thread_locals = MyThreadLocals()
