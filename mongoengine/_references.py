"""How documents read references: each as the family that loaded it can."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from bson import DBRef

from mongoengine._async.fetching import (
    AsyncFetching,
    async_fetch_one,
    async_load_within,
)
from mongoengine._sync.fetching import Fetching, fetch_one, load_into, load_within
from mongoengine.base.reading import alias_of, keeps_references, reads_async
from mongoengine.base.reference_proxy import ReferenceProxy
from mongoengine.base.reference_walk import ReferenceWalk, are_top_level
from mongoengine.base.state import LOADED_ASYNC, State
from mongoengine.base.targets import is_lazy, led_to

__all__ = ("AsyncReferenceProxy",)


class AsyncReferenceProxy(ReferenceProxy):
    """A reference in a document that async code loaded: ``author = await book.author``.

    It is a DBRef, and has the key of the document as ``pk`` and ``id``.  Once awaited,
    the document takes its place.  Those awaited at the same time are loaded by one query
    per class; ``asyncio.gather()`` wants ``book.author.fetch()`` for that, because it
    awaits but one of several that are equal.
    """

    __slots__ = ()

    def __await__(self) -> Generator[Any, None, Any]:
        return self.async_fetch().__await__()

    async def async_fetch(self, force: bool = False) -> Any:
        """Return the document, loaded if it was not yet, or again with ``force``.

        DoesNotExist is raised if there is none; the reference stays as it is then.
        """
        if self._document is None or force:
            self._keep(await async_fetch_one(self._target, self._stored_pk, self))
        return self._document

    fetch = async_fetch

    def _fetch_in(self, container: Any) -> Any:
        return load_within(container, self._target.place.alias)

    async def _async_fetch_in(self, container: Any) -> Any:
        return await async_load_within(container, self._target.place.alias)


class _Proxying(ReferenceWalk):
    """Puts proxies in place of the references that a field holds."""

    def __init__(self, name: str) -> None:
        super().__init__(lazily=False)
        self._name = name

    def walk(self, document: Any, names: Any = ()) -> None:
        """Leave embedded documents alone, which do the same when they are read."""

    def _waiting_items(self, document: Any, item: Any, values: list[Any]) -> list[Any]:
        return [self._of_class(item, value) for value in values]

    def _of_class(self, field: Any, value: Any) -> Any:
        if isinstance(value, DBRef):
            return self._reference(field, value)
        target = self._target_of_ids(field)
        pk = target.document_type.id.to_python(value)
        return AsyncReferenceProxy.of_id(self._name, target, pk, value)

    def _reference(self, field: Any, value: Any) -> Any:
        if hasattr(field, "build_lazyref"):
            value = field.build_lazyref(value)
        if isinstance(value, ReferenceProxy) or is_lazy(value):
            return value
        if not isinstance(value, (DBRef, dict)) and value is not None:
            value = field.to_python(value)  # an id that was assigned
        led = led_to(field, value, self._alias)
        return value if led is None else AsyncReferenceProxy(self._name, value, *led)


class References(AsyncFetching, Fetching, State):
    """What documents do when a reference in them is read."""

    __slots__ = ()

    def _load_reference(self, field: Any, value: Any) -> Any:
        """Return what reading a reference gives, and keep it; nothing changes by that."""
        if isinstance(value, ReferenceProxy) and value._is_of(self, field):
            return value
        if keeps_references(self, field):
            return value
        led = led_to(field, value, alias_of(self))
        if led is None:
            return value
        if not reads_async(self):
            target, pk = led
            return self._put_value(field, fetch_one(target, pk, value))
        proxy = AsyncReferenceProxy(field.name, value, *led)
        proxy._belong(self, field)
        return self._put_value(field, proxy)

    def _proxy_of_waiting(self, field: Any) -> Any:
        """Return what reading an id gives that an async method has loaded, or None.

        It is what ``_load_reference()`` would give, without a DBRef in between.
        """
        if not self._state_flags & LOADED_ASYNC or field._own_target is None:
            return None
        value = self.__dict__.get(field.name)
        if value is None or isinstance(value, DBRef):
            return None
        if not field._auto_dereference or keeps_references(self, field):
            return None
        target = field._own_target()
        pk = target.document_type.id.to_python(value)
        proxy = AsyncReferenceProxy.of_id(field.name, target, pk, value)
        proxy._belong(self, field)
        return self._put_value(field, proxy)

    def _load_references(self, field: Any) -> bool:
        """Have documents, or proxies, in place of the references that a field holds.

        Say whether that is so, and not only for as long as a block is open.
        """
        value = self.__dict__.get(field.name)
        if type(value) is list and value and are_top_level(value):
            return True  # loaded already
        if keeps_references(self, field):
            return False
        if reads_async(self):
            _Proxying(field.name).walk_field(self, field)
        else:
            load_into(self, field)
        return True
