"""References that are loaded when they are told to be."""

from __future__ import annotations

from typing import Any

from bson import DBRef

from mongoengine.base.connections import ConnectionType, families
from mongoengine.base.reading import is_loaded_async

_NOT_PASSED = (
    "{0!r} is of the document that this lazy reference leads to: read it from "
    "`fetch()`, or `await async_fetch()`"
)


class LazyReference(DBRef):
    """A reference that is loaded when ``fetch()`` says so, and then remembered.

    With ``passthrough`` the attributes of the document can be read as its own.
    """

    __slots__ = ("_cached_doc", "_is_async", "document_type", "passthrough")

    def __init__(
        self,
        document_type: Any,
        pk: Any,
        cached_doc: Any = None,
        passthrough: bool = False,
    ) -> None:
        """Refer to the document of a class that has this primary key."""
        self.document_type = document_type
        self._cached_doc = cached_doc
        self.passthrough = passthrough
        self._is_async = False  # whether the async family loaded what it was read from
        super().__init__(document_type._get_collection_name(), pk)

    @property
    def pk(self) -> Any:
        """The primary key of the document."""
        return self.id

    def fetch(self, force: bool = False) -> Any:
        """Return the document, loaded if it was not yet, or again with ``force``."""
        if not self._cached_doc or force:
            self._cached_doc = self.document_type._fetch_lazily(self.pk)
        return self._cached_doc

    async def async_fetch(self, force: bool = False) -> Any:
        """Return the document, loaded if it was not yet, or again with ``force``."""
        if not self._cached_doc or force:
            self._cached_doc = await self.document_type._async_fetch_lazily(self.pk)
        return self._cached_doc

    def __getitem__(self, name: str) -> Any:
        """Return a field of the document, if passing through."""
        if not self.passthrough:
            raise KeyError(_NOT_PASSED.format(name))
        return self._passed_through(name)

    def __getattr__(self, name: str) -> Any:
        """Return an attribute of the document, if passing through."""
        if name.startswith("__") or not self.passthrough:
            raise AttributeError(_NOT_PASSED.format(name))
        try:
            return self._passed_through(name)
        except KeyError:
            raise AttributeError(
                f"{self.document_type.__name__} has no field {name!r}"
            ) from None

    def _passed_through(self, name: str) -> Any:
        if not self._cached_doc and self._reads_async():
            raise RuntimeError(
                f"`{name}` is of a document that is not loaded yet, and reading it here "
                "does no I/O: `await` the `async_fetch()` of the lazy reference first"
            )
        return self.fetch()[name]

    def _reads_async(self) -> bool:
        alias = self.document_type._get_db_alias()
        return self._is_async or families(alias) is ConnectionType.ASYNC

    def __repr__(self) -> str:
        """Show the class and the primary key."""
        return f"<LazyReference({self.document_type}, {self.pk!r})>"

    def __reduce__(self) -> Any:
        """Copy and pickle what was given; a copy knows no loaded document."""
        return LazyReference, (self.document_type, self.pk, None, self.passthrough)

    def __deepcopy__(self, memo: Any) -> LazyReference:
        """Refer to the same document."""
        return LazyReference(self.document_type, self.pk, None, self.passthrough)


class ReadLazily:
    """What the fields have in common whose values read as lazy references."""

    def __get__(self: Any, instance: Any, owner: Any = None) -> Any:
        """Return a LazyReference."""
        if instance is None:
            return self
        value = instance._read_value(self)
        lazy = self.build_lazyref(value)
        if lazy is not value:
            lazy = instance._put_value(self, lazy)
        return read_from(instance, lazy)


def read_from(document: Any, value: Any) -> Any:
    """Return what a field of a document holds; a lazy reference learns who reads it."""
    if isinstance(value, LazyReference) and value.passthrough:
        value._is_async = is_loaded_async(document)
    return value


def with_passthrough(lazy: LazyReference, passthrough: bool) -> LazyReference:
    """Return a lazy reference that passes through, or does not."""
    if lazy.passthrough == passthrough:
        return lazy
    return LazyReference(lazy.document_type, lazy.pk, passthrough=passthrough)
