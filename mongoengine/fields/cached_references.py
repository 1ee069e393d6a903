"""References that keep a copy of what they refer to, along with its id."""

from __future__ import annotations

from collections.abc import Awaitable
from copy import deepcopy
from typing import Any, cast

from bson import SON, DBRef

from mongoengine import signals
from mongoengine.base.kinds import is_top_level
from mongoengine.base.reference_proxy import ReferenceProxy
from mongoengine.fields.document_types import DocumentTypeField, id_field_of

__all__ = ("CachedReferenceField",)


class CachedReference(DBRef):
    """A document of which a CachedReferenceField keeps a copy, not loaded yet."""

    def __init__(self, collection: str, pk: Any, copy: dict[str, Any]) -> None:
        """Refer to a document, and keep the ``copy`` that was stored of it."""
        super().__init__(collection, pk)
        self.copy = copy

    def __reduce__(self) -> Any:
        """Copy and pickle what was given."""
        return CachedReference, (self.collection, self.id, self.copy)

    def __deepcopy__(self, memo: Any) -> CachedReference:
        """Refer to the same document, with a copy of the copy."""
        return CachedReference(self.collection, self.id, deepcopy(self.copy, memo))


class CachedReferenceField(DocumentTypeField):
    """A reference that stores some fields of the document along with its id.

    So documents can be queried by them.  ``fields`` names them (by default all), and
    with ``auto_sync`` they are kept as they are in the document when that is saved.
    """

    def __init__(
        self,
        document_type: Any,
        fields: list[str] | None = None,
        auto_sync: bool = True,
        **kwargs: Any,
    ) -> None:
        """Describe a reference to documents of a class."""
        self.auto_sync = auto_sync
        self.fields = fields or []
        super().__init__(document_type, **kwargs)

    def to_python(self, value: Any) -> Any:
        """Make a reference of what is stored; anything else stays."""
        if not isinstance(value, dict):
            return value
        target = self.document_type
        pk = target.id.to_python(value["_id"])
        return CachedReference(target._get_collection_name(), pk, value)

    def to_mongo(
        self, document: Any, use_db_field: bool = True, fields: Any = None
    ) -> Any:
        """Return the id and the chosen fields of a document."""
        if isinstance(document, ReferenceProxy):
            document = document.as_stored()
        if isinstance(document, CachedReference):
            return SON(document.copy)
        id_field = id_field_of(self.document_type)
        if not is_top_level(document):
            self.error("Only accept a document object")
        stored = SON([("_id", id_field.to_mongo(self._saved_pk(document)))])
        chosen = [n for n in self.fields if n in fields] if fields else self.fields
        stored.update(document.to_mongo(use_db_field=use_db_field, fields=chosen))
        return stored

    def _to_mongo_safe_call(
        self, value: Any, use_db_field: bool = True, fields: Any = None
    ) -> Any:
        return self.to_mongo(value, use_db_field=use_db_field, fields=fields)

    def prepare_query_value(self, op: str | None, value: Any) -> Any:
        """Return the id and the chosen fields of a document, or a copy; None stays."""
        if value is None:
            return None
        if isinstance(value, ReferenceProxy):
            value = value.as_stored()
        if isinstance(value, CachedReference):
            return SON(value.copy)
        if not is_top_level(value):
            raise NotImplementedError
        query = {"_id": self._saved_pk(value)}
        query.update((name, value[name]) for name in self.fields)
        return query

    def validate(self, value: Any, clean: bool = True) -> None:
        """Accept documents of the class once they are saved."""
        if isinstance(value, ReferenceProxy):
            value = value.as_stored()
        if isinstance(value, CachedReference):
            return
        if not isinstance(value, self.document_type):
            self.error("A CachedReferenceField only accepts documents")
        self._saved_pk(value)

    def start_listener(self) -> None:
        """Keep the copies as they are in the documents when those are saved."""
        self._listener = signals.TwinReceiver(
            self.on_document_pre_save, self._async_on_document_pre_save
        )
        signals.post_save.connect(self._listener, sender=self.document_type, weak=False)

    def on_document_pre_save(
        self, sender: Any, document: Any, created: bool, **kwargs: Any
    ) -> None:
        """Bring the copies of a saved document up to date."""
        if not created:
            self.owner_document._follow_change(self, document)

    async def _async_on_document_pre_save(
        self, sender: Any, document: Any, created: bool, **kwargs: Any
    ) -> None:
        if not created:
            await self.owner_document._async_follow_change(self, document)

    def update_of_copies(self, document: Any) -> dict[str, dict[str, Any]]:
        """Return the update of the copies that a change of a document calls for."""
        changed = {key.partition(".")[0] for part in document._delta() for key in part}
        keys = changed & self._keys_of_copies()
        stored = document.to_mongo()
        there = {f"{self.db_field}.{k}": stored[k] for k in keys if k in stored}
        gone = {f"{self.db_field}.{k}": 1 for k in keys if k not in stored}
        return {op: what for op, what in (("$set", there), ("$unset", gone)) if what}

    def _keys_of_copies(self) -> set[str]:
        fields = self.document_type._fields
        return {fields[name].db_field for name in self.fields or fields}

    def sync_all(self) -> None:
        """Bring all copies up to date, of every document of the class."""
        self.owner_document._sync_copies(self)

    def async_sync_all(self) -> Awaitable[None]:
        """Bring all copies up to date, of every document of the class."""
        return cast("Awaitable[None]", self.owner_document._async_sync_copies(self))
