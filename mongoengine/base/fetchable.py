"""Fields that load what they refer to when they are told to."""

from __future__ import annotations

from typing import Any

from mongoengine.base.kinds import is_document


class Fetchable:
    """What the fields have in common whose values may be, or hold, references."""

    def fetch(self, document: Any) -> Any:
        """Load what this field of a document refers to; keep it there, and return it."""
        field = _field_of(document, self)
        return document._fetch_field(field)

    async def async_fetch(self, document: Any) -> Any:
        """Do what ``fetch()`` does: ``await Book.author.async_fetch(book)``."""
        field = _field_of(document, self)
        return await document._async_fetch_field(field)


def _field_of(document: Any, field: Any) -> Any:
    """Return the field, or what a subclass has in its place; refuse other documents."""
    found = document._field_named(field.name) if is_document(document) else None
    owner = field.owner_document
    if found is field or (found is not None and isinstance(document, owner)):
        return found
    raise TypeError(
        f"`{owner.__name__}.{field.name}` is a field of {owner.__name__}, and cannot be "
        f"fetched of {document!r}"
    )
