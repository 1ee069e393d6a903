"""The values that ``distinct()`` found: documents are made of those that stand for one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mongoengine.base.common import get_document
from mongoengine.base.connections import ConnectionType
from mongoengine.base.reference_walk import Placement, ReferenceWalk, Search
from mongoengine.base.targets import Found, Wanted, is_generic
from mongoengine.errors import LookUpError
from mongoengine.fields.cached_references import CachedReferenceField
from mongoengine.fields.containers import ListField
from mongoengine.fields.embedded import (
    EmbeddedDocumentField,
    GenericEmbeddedDocumentField,
)
from mongoengine.fields.references import ReferenceField

# What is stored of these is all that their documents are made of.
EMBEDDED = (EmbeddedDocumentField, GenericEmbeddedDocumentField, CachedReferenceField)


class DistinctValues:
    """The values of one field, to be asked for and then put in the form users get."""

    def __init__(self, document: Any, name: str, family: ConnectionType) -> None:
        """Look a name up; one that means no field goes to the server as it is."""
        self._is_async = family is ConnectionType.ASYNC
        self._alias = document._get_db_alias()
        parts = _looked_up(document, name) or _looked_up(
            document, name.replace("__", ".")
        )
        self.key = ".".join(getattr(part, "db_field", part) for part in parts) or name
        self._field = _held(parts)
        # Ids within embedded documents stay ids, as in MongoEngine.
        refers = len(parts) == 1 and isinstance(_innermost(self._field), ReferenceField)
        self._referring = self._field if refers else None

    def converted(self, values: Iterable[Any]) -> list[Any]:
        """Return the values with documents and references in place of what is stored."""
        return [None if value is None else self._converted(value) for value in values]

    def wanted(self, values: list[Any]) -> Wanted:
        """Return what the values refer to."""
        search = Search(lazily=False)
        self._walk(search, values)
        return search.wanted

    def put(self, values: list[Any], found: Found) -> list[Any]:
        """Put documents in place of the references to them, and return the values."""
        self._walk(Placement(found, lazily=False), values)
        return values

    def _walk(self, walk: ReferenceWalk, values: list[Any]) -> None:
        if not isinstance(self._field, EMBEDDED):
            walk.walk_items(self._alias, values, self._referring)

    def _converted(self, value: Any) -> Any:
        if self._referring is not None:
            return self._referring.to_python(value)
        if not isinstance(self._field, EMBEDDED):
            return self._with_documents(value)
        return self._embedded(value) if isinstance(value, dict) else value

    def _embedded(self, stored: dict[str, Any]) -> Any:
        if isinstance(self._field, GenericEmbeddedDocumentField):
            return self._document(get_document(stored["_cls"]), stored)
        return self._document(self._field.document_type, stored)

    def _with_documents(self, value: Any) -> Any:
        """Return a value with documents in place of the dicts that name their class."""
        if isinstance(value, list):
            return [self._with_documents(item) for item in value]
        if not isinstance(value, dict) or is_generic(value):
            return value
        if "_cls" in value:
            return self._document(get_document(value["_cls"]), value)
        return {key: self._with_documents(item) for key, item in value.items()}

    def _document(self, cls: Any, stored: dict[str, Any]) -> Any:
        return cls._adopt_decoded(dict(stored), is_async=self._is_async)


def _looked_up(document: Any, name: str) -> list[Any]:
    """Return the fields that a dotted name goes through, or nothing."""
    try:
        return document._lookup_field(name.split("."))  # type: ignore[no-any-return]
    except LookUpError:
        return []


def _held(parts: list[Any]) -> Any:
    """Return the field of a value: of a list, that of its items."""
    field = next((part for part in reversed(parts) if not isinstance(part, str)), None)
    return field.field if isinstance(field, ListField) else field


def _innermost(field: Any) -> Any:
    """Return the field of what lists and maps hold, however deep."""
    while field is not None and field._holds_many:
        field = field.field
    return field
