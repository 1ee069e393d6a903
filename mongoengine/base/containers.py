"""Lists and dicts that tell their document of changes.

A tracked container copies what it wraps, and knows its document weakly and its own path
in it (``"tags"``, ``"data.a.0"``).  What nests in it is wrapped when it is read, never
before: most of what is loaded is never looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import is_
from typing import Any
from weakref import proxy

from mongoengine.base.changes import holds_changes
from mongoengine.base.files import FileHandle
from mongoengine.base.kinds import is_embedded
from mongoengine.base.lazy_reference import LazyReference, read_from
from mongoengine.base.paths import path_below_key
from mongoengine.base.reference_proxy import ReferenceProxy
from mongoengine.base.state import building
from mongoengine.base.tracking import (
    SCALARS,
    Tracked,
    is_tracked,
    mark_as_changed_wrapper,
    mark_in,
    mark_key_as_changed_wrapper,
)

_MISSING = object()


def tracked(value: Any, cls: Any, document: Any, name: str | None) -> Any:
    """Wrap a plain list or dict that a document holds in a container class."""
    return _wrapped(cls, value, proxy(document), name)


def _wrapped(cls: Any, value: Any, instance: Any, name: str | None) -> Any:
    """Make a container without asking what its owner is."""
    made = cls._make(cls)
    made._fill(value)
    made._instance = instance
    made._name = name
    made._dereferenced = False
    return made


def _owned(value: Any, owner: Any, key: Any) -> Any:
    """Return what reading a value from a container gives.

    Containers are told their path anew each time, for they may have moved.  One that
    belongs to another document is copied.
    """
    kind = type(value)
    if is_embedded(value):
        if value._instance is not owner._instance is not None:
            value._learn_owner(owner._instance)
        return value
    if issubclass(kind, ReferenceProxy):
        return value if value._document is None else value._document
    if issubclass(kind, FileHandle):
        value._belong(owner._instance, owner._path_of(key))
        return value
    if kind is list:
        return _wrapped(BaseList, value, owner._instance, owner._path_of(key))
    if kind is dict:
        return _wrapped(BaseDict, value, owner._instance, owner._path_of(key))
    if issubclass(kind, LazyReference):
        return read_from(owner._instance, value)
    if owner._instance is not None and is_tracked(value):
        if value._instance is not None and value._instance is not owner._instance:
            return _wrapped(kind, value, owner._instance, owner._path_of(key))
        value._instance = owner._instance
        value._name = owner._path_of(key)
    return value


def _settled(kind: Any, container: Any, key: Any, value: Any, owned: Any) -> Any:
    """Put what reading gives in place of a value, and return it."""
    with building:  # so that threads get the same container
        held = kind.__getitem__(container, key)
        if held is not value:  # another thread was faster
            return held
        kind.__setitem__(container, key, owned)
        return owned


def is_at(value: Any, document: Any, name: Any) -> bool:
    """Say whether a value is the tracked container at a name of a document."""
    if not is_tracked(value) or value._name != name:
        return False
    return value._instance is proxy(document)


def placed(value: Any) -> Any:
    """Return what to store for a value: containers have one place, so they are copied.

    What is not tracked anywhere stays itself.
    """
    if isinstance(value, list):
        items = [placed(item) for item in list.__iter__(value)]
        same = all(map(is_, items, list.__iter__(value)))
        return value if same and not is_tracked(value) else items
    if isinstance(value, dict):
        items = [placed(item) for item in dict.values(value)]
        same = all(map(is_, items, dict.values(value)))
        if same and not is_tracked(value):
            return value
        return dict(zip(value, items, strict=True))
    return value


def _all_placed(values: Iterable[Any]) -> list[Any]:
    values = list(values)
    if SCALARS.issuperset(map(type, values)):
        return values
    return [placed(value) for value in values]


class BaseDict(Tracked, dict[Any, Any]):
    """A dict that marks in its document what changes in it."""

    __slots__ = ("__weakref__", "_dereferenced", "_instance", "_name")
    _fill = dict.update
    _make: Any = dict.__new__

    def __init__(self, dict_items: Any, instance: Any, name: str | None) -> None:
        """Copy ``dict_items``, which ``instance`` holds at the path ``name``."""
        super().__init__(dict_items)
        self._belong(instance, name)

    def _mark_as_changed(self, key: Any = None) -> None:
        mark_in(self._instance, self._name if key is None else self._path_of(key))

    def _path_of(self, key: Any) -> str:
        return path_below_key(self._name, key)

    def __getitem__(self, key: Any) -> Any:
        """Return a value, tracked."""
        value = dict.__getitem__(self, key)
        return value if type(value) in SCALARS else self._owned_at(key, value)

    def get(self, key: Any, default: Any = None) -> Any:
        """Return a value, tracked, or the default."""
        try:
            return self[key]
        except KeyError:
            return default

    def values(self) -> Any:
        """Return a view of the values, all tracked."""
        self._own_all()
        return super().values()

    def items(self) -> Any:
        """Return a view of keys and values, these tracked."""
        self._own_all()
        return super().items()

    def __iter__(self) -> Iterator[Any]:
        """Iterate over the keys; that it is ours makes ``dict()`` ask for the values."""
        return super().__iter__()

    def copy(self) -> dict[Any, Any]:
        """Return a plain dict of the values, all tracked."""
        return dict(self.items())

    def __or__(self, other: Any) -> Any:
        return self.copy() | other

    def __ror__(self, other: Any) -> Any:
        return other | self.copy()

    def _owned_at(self, key: Any, value: Any) -> Any:
        owned = _owned(value, self, key)
        return owned if owned is value else _settled(dict, self, key, value, owned)

    def _own_all(self) -> None:
        if not SCALARS.issuperset(map(type, dict.values(self))):
            for key, value in dict.items(self):
                # This replaces values alone, so the view stays valid.
                self._owned_at(key, value)

    def __setitem__(self, key: Any, value: Any) -> None:
        """Set a value, and mark its key if it is another one."""
        old = dict.get(self, key, _MISSING)
        if old is value:
            return
        is_same = old is not _MISSING and old == value and not holds_changes(old)
        super().__setitem__(key, placed(value))
        if not is_same:
            self._mark_as_changed(key)

    def setdefault(self, *args: Any, **kwargs: Any) -> Any:
        """Return the value of a key, tracked, which is set if it is missing."""
        super().setdefault(*map(placed, args), **kwargs)
        self._mark_as_changed()
        return self[args[0]]

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Set several values."""
        values = dict(*args, **kwargs)
        super().update(zip(values, _all_placed(values.values()), strict=True))
        self._mark_as_changed()

    def __ior__(self, other: Any) -> BaseDict:
        """Update, as ``|=``."""
        self.update(other)
        return self

    def __reduce_ex__(self, protocol: Any) -> Any:
        """Copy and pickle the values; a copy belongs to no document."""
        return type(self), (dict.copy(self), None, None)

    __delitem__ = mark_key_as_changed_wrapper(dict.__delitem__)
    pop = mark_as_changed_wrapper(dict.pop)
    popitem = mark_as_changed_wrapper(dict.popitem)
    clear = mark_as_changed_wrapper(dict.clear)


class BaseList(Tracked, list[Any]):
    """A list that marks in its document what changes in it."""

    __slots__ = ("__weakref__", "_dereferenced", "_instance", "_name")
    _fill = list.extend
    _make: Any = list.__new__

    def __init__(
        self, list_items: Iterable[Any], instance: Any, name: str | None
    ) -> None:
        """Copy ``list_items``, which ``instance`` holds at the path ``name``."""
        super().__init__(list_items)
        self._belong(instance, name)

    def _mark_as_changed(self, key: Any = None) -> None:
        path = self._name if key is None else self._path_of(key % len(self))
        mark_in(self._instance, path)

    def _path_of(self, index: int) -> str:
        return f"{self._name}.{index}"

    def __getitem__(self, key: Any) -> Any:
        """Return a value, tracked, or a plain list of such for a slice."""
        value = list.__getitem__(self, key)
        if type(value) in SCALARS:
            return value
        if isinstance(key, slice):
            self._own_all()
            return list.__getitem__(self, key)
        return self._owned_at(key % len(self), value)

    def __iter__(self) -> Iterator[Any]:
        """Iterate over the values, all tracked."""
        self._own_all()
        return super().__iter__()

    def __reversed__(self) -> Iterator[Any]:
        """Iterate over the values backwards, all tracked."""
        self._own_all()
        return super().__reversed__()

    def copy(self) -> list[Any]:
        """Return a plain list of the values, all tracked."""
        return list(self)

    def __add__(self, other: Any) -> Any:
        return self.copy() + other

    def __radd__(self, other: Any) -> Any:
        return other + self.copy()

    def __mul__(self, times: Any) -> Any:
        return self.copy() * times

    __rmul__ = __mul__

    def _owned_at(self, index: int, value: Any) -> Any:
        owned = _owned(value, self, index)
        return owned if owned is value else _settled(list, self, index, value, owned)

    def _own_all(self) -> None:
        kinds = set(map(type, list.__iter__(self))) - SCALARS
        if kinds and not all(
            getattr(kind, "_is_document", False) is True for kind in kinds
        ):
            for index, value in enumerate(list.__iter__(self)):
                if type(value) not in SCALARS:
                    self._owned_at(index, value)

    def __setitem__(self, key: Any, value: Any) -> None:
        """Set a value and mark its position, or a slice and mark the list."""
        if isinstance(key, slice):
            super().__setitem__(key, _all_placed(value))
            self._mark_as_changed()
            return
        if not (is_tracked(value) and list.__getitem__(self, key) is value):
            super().__setitem__(key, placed(value))
        self._mark_as_changed(key)

    def append(self, *args: Any) -> None:
        """Add a value at the end."""
        super().append(*map(placed, args))
        self._mark_as_changed()

    def insert(self, *args: Any) -> None:
        """Add a value before a position."""
        super().insert(*map(placed, args))
        self._mark_as_changed()

    def extend(self, *args: Any) -> None:
        """Add several values at the end."""
        super().extend(*map(_all_placed, args))
        self._mark_as_changed()

    def __iadd__(self, other: Iterable[Any]) -> BaseList:  # type: ignore[misc]
        """Add several values, as ``+=``."""
        self.extend(other)
        return self

    def __imul__(self, times: Any) -> BaseList:
        """Repeat the values, as ``*=``."""
        self[:] = list.__mul__(self, times)
        return self

    def __reduce_ex__(self, protocol: Any) -> Any:
        """Copy and pickle the values; a copy belongs to no document."""
        return type(self), (list.copy(self), None, None)

    __delitem__ = mark_as_changed_wrapper(list.__delitem__)
    clear = mark_as_changed_wrapper(list.clear)
    pop = mark_as_changed_wrapper(list.pop)
    remove = mark_as_changed_wrapper(list.remove)
    reverse = mark_as_changed_wrapper(list.reverse)
    sort = mark_as_changed_wrapper(list.sort)
