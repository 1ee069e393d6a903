"""A list of embedded documents, with some of what querysets do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from mongoengine.base.containers import BaseList
from mongoengine.errors import DoesNotExist, MultipleObjectsReturned


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

    async def async_save(self, *args: Any, **kwargs: Any) -> None:
        """Save the document that holds the list: ``await post.comments.async_save()``."""
        await self._instance.async_save(*args, **kwargs)


def _matches(item: Any, wanted: Mapping[str, Any]) -> bool:
    """Say whether the attributes of an item, or their texts, are as wanted."""
    for name, value in wanted.items():
        held = getattr(item, name)
        if held != value and str(held) != value:
            return False
    return True
