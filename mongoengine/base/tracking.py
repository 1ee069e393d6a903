"""What lists and dicts have in common that tell their document of changes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar, cast
from weakref import ProxyType, proxy

from bson import ObjectId

from mongoengine.base.reference_proxy import ReferenceProxy

if TYPE_CHECKING:
    from typing_extensions import Self

Method = TypeVar("Method", bound=Callable[..., Any])

# Most values are of these types, and reading them is nothing but that.
SCALARS = frozenset({type(None), bool, int, float, str, bytes, datetime, ObjectId})


def mark_as_changed_wrapper(parent_method: Method) -> Method:
    """Have a method mark its container as changed, once it has succeeded."""

    def marking(self: Any, *args: Any, **kwargs: Any) -> Any:
        result = parent_method(self, *args, **kwargs)
        self._mark_as_changed()
        return result

    return _named_like(parent_method, marking)


def mark_key_as_changed_wrapper(parent_method: Method) -> Method:
    """Have a method mark the key that it is given, once it has succeeded."""

    def marking(self: Any, key: Any, *args: Any, **kwargs: Any) -> Any:
        result = parent_method(self, key, *args, **kwargs)
        self._mark_as_changed(key)
        return result

    return _named_like(parent_method, marking)


def _named_like(method: Method, replacement: Callable[..., Any]) -> Method:
    replacement.__name__ = method.__name__
    replacement.__doc__ = method.__doc__
    return cast(Method, replacement)


class Tracked:
    """A list or dict that knows which document holds it, and at which path."""

    __slots__ = ()

    if TYPE_CHECKING:
        _instance: Any
        _name: Any
        _dereferenced: Any

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        """Belong to nobody as yet: pickles of MongoEngine fill what is made here."""
        made = super().__new__(cls)
        made._belong(None, None)
        return made

    def _belong(self, instance: Any, name: str | None) -> None:
        """Be at the path ``name`` of ``instance``, which is known weakly."""
        self._instance = _weak(instance)
        self._name = name
        self._dereferenced = False

    def fetch(self) -> Any:
        """Load what is referred to here, by one query per class, and return this.

        References to documents that are not there stay.
        """
        return _holder_of(self)._fetch_in(self)

    def async_fetch(self) -> Awaitable[Any]:
        """Do what ``fetch()`` does: ``await book.authors.async_fetch()``."""
        return async_fetch(_holder_of(self)._async_fetch_in, self)

    def __setstate__(self, state: Any) -> None:
        """Take no more: a pickle of MongoEngine holds the values twice."""


def is_tracked(value: Any) -> bool:
    """Say whether a value is a list or dict that knows its document."""
    return isinstance(value, Tracked)


def _weak(instance: Any) -> Any:
    """Return a weak proxy of a document, or None for anything else."""
    if type(instance) is ProxyType:
        return instance
    return None if getattr(instance, "_is_document", None) is None else proxy(instance)


def mark_in(instance: Any, path: Any) -> None:
    """Mark a path in a document that holds a container, if there still is one."""
    if instance is None:
        return
    try:
        mark = instance._mark_as_changed
    except ReferenceError:  # it is gone, and with it whatever could be saved
        return
    mark(path)


async def async_fetch(fetch_in: Callable[[Any], Any], container: Any) -> Any:
    """Load what a container refers to, by a method that keeps its document alive."""
    return await fetch_in(container)


def _holder_of(container: Any) -> Any:
    """Return what can load: the document of a container, or else a reference in it."""
    if _is_alive(container._instance):
        return container._instance
    return next(_references_in(container), _Nothing)


def _is_alive(instance: Any) -> bool:
    """Say whether there still is the document that a weak proxy stands for."""
    try:
        return instance is not None and instance._is_document is not None
    except ReferenceError:
        return False


class _Nothing:
    """Loads what a container refers to that refers to nothing."""

    @staticmethod
    def _fetch_in(container: Any) -> Any:
        return container

    @staticmethod
    async def _async_fetch_in(container: Any) -> Any:
        return container


def _references_in(container: Any) -> Iterator[Any]:
    for value in _values_of(container):
        if isinstance(value, ReferenceProxy):
            yield value
        elif isinstance(value, (list, dict)):
            yield from _references_in(value)


def _values_of(container: Any) -> Iterable[Any]:
    if isinstance(container, dict):
        return dict.values(container)
    return list.__iter__(container)
