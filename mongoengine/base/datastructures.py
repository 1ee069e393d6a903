"""Lists and dicts that tell their document of changes.

A tracked container copies what it wraps, and knows its document weakly and its own path
in it (``"tags"``, ``"data.a.0"``).  What nests in it is wrapped when it is read, never
before: most of what is loaded is never looked at.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from datetime import datetime
from operator import is_
from typing import TYPE_CHECKING, Any, TypeVar, cast
from weakref import ProxyType, proxy

from bson import ObjectId

from mongoengine.base.changes import holds_changes
from mongoengine.base.lazy_reference import LazyReference
from mongoengine.base.paths import path_below_key
from mongoengine.base.reference_proxy import ReferenceProxy
from mongoengine.base.strict_dict import StrictDict
from mongoengine.errors import DoesNotExist, MultipleObjectsReturned

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = (
    "BaseDict",
    "BaseList",
    "EmbeddedDocumentList",
    "LazyReference",
    "StrictDict",
)

_MISSING = object()

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


def is_document(value: Any) -> bool:
    """Say whether a value is a document, embedded or not."""
    return getattr(type(value), "_is_document", None) is not None


def is_embedded(value: Any) -> bool:
    """Say whether a value is an embedded document."""
    return getattr(type(value), "_is_document", None) is False


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
    if getattr(kind, "_is_document", None) is False:
        if value._instance is not owner._instance is not None:
            value._learn_owner(owner._instance)
        return value
    if issubclass(kind, ReferenceProxy):
        return value if value._document is None else value._document
    if kind is list:
        return _wrapped(BaseList, value, owner._instance, owner._path_of(key))
    if kind is dict:
        return _wrapped(BaseDict, value, owner._instance, owner._path_of(key))
    if owner._instance is not None and _is_tracked(value):
        if value._instance is not None and value._instance is not owner._instance:
            return _wrapped(kind, value, owner._instance, owner._path_of(key))
        value._instance = owner._instance
        value._name = owner._path_of(key)
    return value


def _is_tracked(value: Any) -> bool:
    return isinstance(value, (BaseList, BaseDict))


def is_at(value: Any, document: Any, name: Any) -> bool:
    """Say whether a value is the tracked container at a name of a document."""
    if not _is_tracked(value) or value._name != name:
        return False
    return value._instance is proxy(document)


def placed(value: Any) -> Any:
    """Return what to store for a value: containers have one place, so they are copied.

    What is not tracked anywhere stays itself.
    """
    if isinstance(value, list):
        items = [placed(item) for item in list.__iter__(value)]
        same = all(map(is_, items, list.__iter__(value)))
        return value if same and not _is_tracked(value) else items
    if isinstance(value, dict):
        items = [placed(item) for item in dict.values(value)]
        same = all(map(is_, items, dict.values(value)))
        return (
            value
            if same and not _is_tracked(value)
            else dict(zip(value, items, strict=True))
        )
    return value


def _all_placed(values: Iterable[Any]) -> list[Any]:
    values = list(values)
    if SCALARS.issuperset(map(type, values)):
        return values
    return [placed(value) for value in values]


def _weak(instance: Any) -> Any:
    """Return a weak proxy of a document, or None for anything else."""
    if type(instance) is ProxyType:
        return instance
    return None if getattr(instance, "_is_document", None) is None else proxy(instance)


def _mark(instance: Any, path: Any) -> None:
    """Mark a path in a document that holds a container, if there still is one."""
    if instance is None:
        return
    try:
        mark = instance._mark_as_changed
    except ReferenceError:  # it is gone, and with it whatever could be saved
        return
    mark(path)


def _of_nobody(made: Any) -> Any:
    made._instance = made._name = None
    made._dereferenced = False
    return made


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


class BaseDict(dict[Any, Any]):
    """A dict that marks in its document what changes in it."""

    __slots__ = ("__weakref__", "_dereferenced", "_instance", "_name")
    _fill = dict.update
    _make: Any = dict.__new__

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        """Belong to nobody as yet: pickles of MongoEngine fill what is made here."""
        made: Self = _of_nobody(super().__new__(cls))
        return made

    def __init__(self, dict_items: Any, instance: Any, name: str | None) -> None:
        """Copy ``dict_items``, which ``instance`` holds at the path ``name``."""
        super().__init__(dict_items)
        self._instance: Any = _weak(instance)
        self._name = name
        self._dereferenced = False

    def _mark_as_changed(self, key: Any = None) -> None:
        _mark(self._instance, self._name if key is None else self._path_of(key))

    def _path_of(self, key: Any) -> str:
        return path_below_key(self._name, key)

    def fetch(self) -> Any:
        """Load what is referred to here, by one query per class, and return this.

        References to documents that are not there stay.
        """
        return _holder_of(self)._fetch_in(self)

    def async_fetch(self) -> Awaitable[Any]:
        """Do what ``fetch()`` does: ``await book.authors.async_fetch()``."""
        return cast("Awaitable[Any]", _holder_of(self)._async_fetch_in(self))

    def __getitem__(self, key: Any) -> Any:
        """Return a value, tracked."""
        value = dict.__getitem__(self, key)
        return value if type(value) in SCALARS else self._learn_owner(key, value)

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

    def _learn_owner(self, key: Any, value: Any) -> Any:
        owned = _owned(value, self, key)
        if owned is not value:
            dict.__setitem__(self, key, owned)
        return owned

    def _own_all(self) -> None:
        if not SCALARS.issuperset(map(type, dict.values(self))):
            for key, value in dict.items(self):
                self._learn_owner(
                    key, value
                )  # replaces values alone, so the view stays valid

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

    def __setstate__(self, state: Any) -> None:
        """Take no more: a pickle of MongoEngine holds the values twice."""

    __delitem__ = mark_key_as_changed_wrapper(dict.__delitem__)
    pop = mark_as_changed_wrapper(dict.pop)
    popitem = mark_as_changed_wrapper(dict.popitem)
    clear = mark_as_changed_wrapper(dict.clear)


class BaseList(list[Any]):
    """A list that marks in its document what changes in it."""

    __slots__ = ("__weakref__", "_dereferenced", "_instance", "_name")
    _fill = list.extend
    _make: Any = list.__new__

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        """Belong to nobody as yet: pickles of MongoEngine fill what is made here."""
        made: Self = _of_nobody(super().__new__(cls))
        return made

    def __init__(
        self, list_items: Iterable[Any], instance: Any, name: str | None
    ) -> None:
        """Copy ``list_items``, which ``instance`` holds at the path ``name``."""
        super().__init__(list_items)
        self._instance: Any = _weak(instance)
        self._name = name
        self._dereferenced = False

    def _mark_as_changed(self, key: Any = None) -> None:
        path = self._name if key is None else self._path_of(key % len(self))
        _mark(self._instance, path)

    def _path_of(self, index: int) -> str:
        return f"{self._name}.{index}"

    def fetch(self) -> Any:
        """Load what is referred to here, by one query per class, and return this.

        References to documents that are not there stay.
        """
        return _holder_of(self)._fetch_in(self)

    def async_fetch(self) -> Awaitable[Any]:
        """Do what ``fetch()`` does: ``await book.authors.async_fetch()``."""
        return cast("Awaitable[Any]", _holder_of(self)._async_fetch_in(self))

    def __getitem__(self, key: Any) -> Any:
        """Return a value, tracked, or a plain list of such for a slice."""
        value = list.__getitem__(self, key)
        if type(value) in SCALARS:
            return value
        if isinstance(key, slice):
            self._own_all()
            return list.__getitem__(self, key)
        return self._learn_owner(key % len(self), value)

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

    def _learn_owner(self, index: int, value: Any) -> Any:
        owned = _owned(value, self, index)
        if owned is not value:
            list.__setitem__(self, index, owned)
        return owned

    def _own_all(self) -> None:
        if not SCALARS.issuperset(map(type, list.__iter__(self))):
            for index, value in enumerate(list.__iter__(self)):
                if type(value) not in SCALARS:
                    self._learn_owner(index, value)

    def __setitem__(self, key: Any, value: Any) -> None:
        """Set a value and mark its position, or a slice and mark the list."""
        if isinstance(key, slice):
            super().__setitem__(key, _all_placed(value))
            self._mark_as_changed()
            return
        if not (_is_tracked(value) and list.__getitem__(self, key) is value):
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

    def __setstate__(self, state: Any) -> None:
        """Take no more: a pickle of MongoEngine holds the values twice."""

    __delitem__ = mark_as_changed_wrapper(list.__delitem__)
    clear = mark_as_changed_wrapper(list.clear)
    pop = mark_as_changed_wrapper(list.pop)
    remove = mark_as_changed_wrapper(list.remove)
    reverse = mark_as_changed_wrapper(list.reverse)
    sort = mark_as_changed_wrapper(list.sort)


class EmbeddedDocumentList(BaseList):
    """A list of embedded documents, with some of what querysets do."""

    __slots__ = ()

    def filter(self, **kwargs: Any) -> EmbeddedDocumentList:
        """Return the embedded documents that have all of these values."""
        return self._like([item for item in self if _matches(item, kwargs)])

    def exclude(self, **kwargs: Any) -> EmbeddedDocumentList:
        """Return the embedded documents that do not have all of these values."""
        return self._like([item for item in self if not _matches(item, kwargs)])

    def _like(self, items: list[Any]) -> EmbeddedDocumentList:
        return EmbeddedDocumentList(items, self._instance, self._name)

    def get(self, **kwargs: Any) -> Any:
        """Return the one embedded document that has these values, or raise."""
        found = self.filter(**kwargs)
        if not found:
            raise DoesNotExist(f"{self._name} matching query does not exist.")
        if len(found) > 1:
            raise MultipleObjectsReturned(f"{len(found)} items returned, instead of 1")
        return found[0]

    def first(self) -> Any:
        """Return the first embedded document, or None."""
        return self[0] if self else None

    def count(self) -> int:  # type: ignore[override]
        """Return how many there are."""
        return len(self)

    def create(self, **values: Any) -> Any:
        """Add an embedded document of these values to the list and return it."""
        field = self._instance._fields[self._name].field
        self._owner_list().append(field.document_type(**values))
        return self._owner_list()[-1]

    def update(self, **update: Any) -> int:
        """Set attributes of all the embedded documents; return how many there are."""
        if not update:
            return 0
        for item in self:
            for name, value in update.items():
                setattr(item, name, value)
        return len(self)

    def delete(self) -> int:
        """Remove these from the list in the document; return how many there are."""
        owner_list = self._owner_list()
        doomed = list(self)
        for item in doomed:
            owner_list.remove(item)
        return len(doomed)

    def _owner_list(self) -> Any:
        """Return the whole list: this one, or the one that it was filtered from."""
        return getattr(self._instance, cast(str, self._name))

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the document that holds the list."""
        self._instance.save(*args, **kwargs)

    def async_save(self, *args: Any, **kwargs: Any) -> Awaitable[Any]:
        """Save the document that holds the list: ``await post.comments.async_save()``."""
        return cast(Awaitable[Any], self._instance.async_save(*args, **kwargs))


def _matches(item: Any, wanted: Mapping[str, Any]) -> bool:
    """Say whether the attributes of an item, or their texts, are as wanted."""
    for name, value in wanted.items():
        held = getattr(item, name)
        if held != value and str(held) != value:
            return False
    return True
