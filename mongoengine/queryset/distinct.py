"""The values that ``distinct()`` found: documents are made of those that stand for one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bson import DBRef

from mongoengine.base.common import get_document
from mongoengine.base.connections import ConnectionType
from mongoengine.errors import LookUpError
from mongoengine.fields.containers import ListField
from mongoengine.fields.embedded import (
    EmbeddedDocumentField,
    GenericEmbeddedDocumentField,
)
from mongoengine.fields.references import ReferenceField

EMBEDDED = (EmbeddedDocumentField, GenericEmbeddedDocumentField)

Target = tuple[Any, Any]  # a document class, and a primary key


class DistinctValues:
    """The values of one field, to be asked for and then put in the form users get."""

    def __init__(self, document: Any, name: str, family: ConnectionType) -> None:
        """Look a name up; one that means no field goes to the server as it is."""
        self._is_async = family is ConnectionType.ASYNC
        parts = _looked_up(document, name) or _looked_up(
            document, name.replace("__", ".")
        )
        self.key = ".".join(getattr(part, "db_field", part) for part in parts) or name
        self._field = _held(parts)
        # Ids within embedded documents stay ids, as in MongoEngine.
        self._refers = isinstance(self._field, ReferenceField) and len(parts) == 1

    def targets(self, values: Iterable[Any]) -> dict[Any, list[Any]]:
        """Return the primary keys that the values refer to, by class."""
        keys: dict[Any, list[Any]] = {}
        for value in values:
            if target := self._target(value):
                keys.setdefault(target[0], []).append(target[1])
        return keys

    def built(self, values: Iterable[Any], loaded: dict[Target, Any]) -> list[Any]:
        """Return the values, with documents in place of what stands for them."""
        return [self._built(value, loaded) for value in values]

    def _built(self, value: Any, loaded: dict[Target, Any]) -> Any:
        if target := self._target(value):
            return loaded.get(target) or self._missing(value)
        if isinstance(self._field, EMBEDDED) and isinstance(value, dict):
            return self._embedded(value)
        return value

    def _embedded(self, value: dict[str, Any]) -> Any:
        """Return the embedded document that was decoded as a dict."""
        if isinstance(self._field, GenericEmbeddedDocumentField):
            document = get_document(value["_cls"])
        else:
            document = self._field.document_type
        return document._adopt_decoded(dict(value), is_async=self._is_async)

    def _target(self, value: Any) -> Target | None:
        """Return what a value refers to, if it is a reference."""
        if isinstance(value, dict):
            is_generic = "_cls" in value and isinstance(value.get("_ref"), DBRef)
            if not is_generic:
                return None
            return get_document(value["_cls"]), value["_ref"].id
        if not isinstance(self._field, ReferenceField) or value is None:
            return None
        if isinstance(value, DBRef):
            return self._field.document_type, value.id
        return (self._field.document_type, value) if self._refers else None

    def _missing(self, value: Any) -> Any:
        """Return what stands for a document that is not there."""
        if isinstance(value, (DBRef, dict)) or not self._field:
            return value
        return DBRef(self._field.document_type._get_collection_name(), value)


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
