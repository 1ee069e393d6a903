"""Fields that refer to documents of one class.

What is stored is an id or a DBRef.  Nothing here reads from the database: reading a
reference asks the document for it (``_load_reference``), which knows how to load.
"""

from __future__ import annotations

from collections.abc import Awaitable
from copy import deepcopy
from typing import Any, cast
from uuid import UUID

from bson import SON, DBRef, ObjectId

from mongoengine import signals
from mongoengine.base.common import get_document
from mongoengine.base.constants import DO_NOTHING, RECURSIVE_REFERENCE_CONSTANT
from mongoengine.base.field import BaseField
from mongoengine.base.field_traits import is_native
from mongoengine.base.lazy_reference import LazyReference
from mongoengine.base.reference_proxy import ReferenceProxy
from mongoengine.base.targets import Target, stored_id, target_of_dbref
from mongoengine.errors import NotRegistered, ValidationError

__all__ = (
    "RECURSIVE_REFERENCE_CONSTANT",
    "CachedReferenceField",
    "LazyReferenceField",
    "ReferenceField",
)


def _unsaved_object_error(document: Any) -> str:
    """Say that a document cannot be referred to, as it has no id yet."""
    return (
        f"{document!r} has no id. You can only reference documents once they have "
        "been saved to the database"
    )


def is_top_level(value: Any) -> bool:
    """Say whether a value is a document with a collection, saved or not."""
    return getattr(value.__class__, "_is_document", False) is True


def is_any_document(value: Any) -> bool:
    """Say whether a value is a document, be it an embedded one."""
    return hasattr(value.__class__, "_is_document")


def is_document_class(value: Any) -> bool:
    """Say whether a value is a class of top-level documents, or Document itself."""
    if not isinstance(value, type):
        return False
    return getattr(value, "_is_document", hasattr(value, "_meta")) is True


def id_field_of(document_type: Any) -> Any:
    """Return the field of the primary key."""
    name = document_type._meta["id_field"]
    return document_type._fields[name]


def with_passthrough(lazy: LazyReference, passthrough: bool) -> LazyReference:
    """Return a lazy reference that passes through, or does not."""
    if lazy.passthrough == passthrough:
        return lazy
    return LazyReference(lazy.document_type, lazy.pk, passthrough=passthrough)


def _is_valid(field: Any, value: Any) -> bool:
    try:
        field.validate(value)
    except ValidationError:
        return False
    return True


class DocumentTypeField(BaseField["Any"]):
    """What the fields have in common that refer to documents of one class."""

    _may_lead = True

    def __init__(self, document_type: Any, **kwargs: Any) -> None:
        if not isinstance(document_type, str) and not is_document_class(document_type):
            self.error(
                f"Argument to {type(self).__name__} constructor must be a "
                "document class or a string"
            )
        self.document_type_obj = document_type
        super().__init__(**kwargs)

    @property
    def document_type(self) -> Any:
        """The class that is referred to; a name is looked up when first asked for."""
        if self.document_type_obj == RECURSIVE_REFERENCE_CONSTANT:
            self.document_type_obj = self.owner_document
        elif isinstance(self.document_type_obj, str):
            self.document_type_obj = get_document(self.document_type_obj)
        return self.document_type_obj

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """Return the document that is referred to, if it can be loaded."""
        if instance is None:
            return self
        value = instance._read_value(self)
        if isinstance(value, DBRef) and self._auto_dereference:
            return instance._load_reference(self, value)
        return value

    def _target_of(self, value: Any, alias: str) -> Any:
        """Return what a DBRef leads to, and the id there; None for what is no DBRef."""
        if not isinstance(value, DBRef):
            return None
        target = target_of_dbref(self.document_type, alias, value)
        return target, stored_id(target.document_type, value.id)

    def lookup_member(self, member_name: str) -> Any:
        """Return the field of that name in the documents that are referred to."""
        return self.document_type._fields.get(member_name)

    def fetch(self, document: Any) -> Any:
        """Load what this field of a document refers to; keep it there, and return it."""
        return document._fetch_field(self)

    def async_fetch(self, document: Any) -> Awaitable[Any]:
        """Do what ``fetch()`` does: ``await Book.author.async_fetch(book)``."""
        return cast("Awaitable[Any]", document._async_fetch_field(self))

    def _saved_pk(self, document: Any) -> Any:
        if document.pk is None:
            self.error(_unsaved_object_error(document))
        return document.pk


class AdoptingField(DocumentTypeField):
    """References of which the stored form can wait in a document until it is read."""

    _builds_later = True
    _decoded_types = (ObjectId, DBRef, str, int, UUID)
    _adopts_by_type = True
    _adopted_id: type | None = None

    def __init__(
        self, document_type: Any, dbref: bool, reverse_delete_rule: Any, **kwargs: Any
    ) -> None:
        self.dbref = dbref
        self.reverse_delete_rule = reverse_delete_rule
        super().__init__(document_type, **kwargs)

    def _adopts_decoded(self, value: Any) -> bool:
        """Adopt what is stored today, not what an earlier model has left."""
        if self.dbref:
            return type(value) is DBRef
        return type(value) is (self._adopted_id or self._find_adopted_id())

    def _keeps_decoded(self) -> bool:
        """Store again what nobody asked for."""
        return True

    def _find_adopted_id(self) -> type | None:
        """Return the type of ids that need no conversion, if there is one."""
        try:
            id_field = self.document_type.id
        except (NotRegistered, AttributeError):  # to_python says what is wrong
            return None
        if is_native(id_field):
            self._adopted_id = id_field._native_type
        return self._adopted_id

    def prepare_query_value(self, op: str | None, value: Any) -> Any:
        """Convert to what is stored; None stays."""
        if value is None:
            return None
        super().prepare_query_value(op, value)
        return self.to_mongo(value)


class ReferenceField(AdoptingField):
    """A reference to a document, which is loaded when it is read.

    ``document_type`` is a class, its name, or ``"self"`` for the class at hand.  With
    ``dbref`` a DBRef is stored, by default the id alone.  ``reverse_delete_rule`` says
    what happens when the other document is deleted: DO_NOTHING, NULLIFY (the reference
    is removed), CASCADE (the referring document is deleted too), DENY (nothing is
    deleted) or PULL (it is taken out of a list of references).
    """

    def __init__(
        self,
        document_type: Any,
        dbref: bool = False,
        reverse_delete_rule: Any = DO_NOTHING,
        **kwargs: Any,
    ) -> None:
        """Describe a reference to documents of a class."""
        super().__init__(document_type, dbref, reverse_delete_rule, **kwargs)

    def _own_target(self) -> Target:
        """Return what the ids lead to that are stored."""
        return Target(self.document_type, self.document_type._class_place())

    def _target_of(self, value: Any, alias: str) -> Any:
        """Return what a DBRef or an id leads to, and the id there; else None."""
        if not isinstance(value, DBRef) and value is not None:
            value = self.to_python(value)
        return super()._target_of(value, alias)

    def to_python(self, value: Any) -> Any:
        """Make a DBRef of an id; documents and DBRefs stay."""
        if self.dbref or isinstance(value, DBRef) or is_any_document(value):
            return value
        target = self.document_type
        return DBRef(target._get_collection_name(), target.id.to_python(value))

    def to_mongo(self, document: Any) -> Any:
        """Return the id, or a DBRef, of a document or of what refers to one."""
        if isinstance(document, ReferenceProxy):
            document = document.as_dbref()
        if isinstance(document, DBRef):
            return document if self.dbref else document.id
        if is_top_level(document):
            return self._stored_form(document.__class__, self._saved_pk(document))
        return self._stored_form(self.document_type, document)

    def _stored_form(self, cls: Any, pk: Any) -> Any:
        pk = id_field_of(cls).to_mongo(pk)
        if self.document_type._meta.get("abstract"):
            # No collection belongs to the class, so the stored form names one.
            return DBRef(cls._get_collection_name(), pk, cls=cls._class_name)
        return DBRef(cls._get_collection_name(), pk) if self.dbref else pk

    def validate(self, value: Any, clean: bool = True) -> None:
        """Accept documents of the class once they are saved, DBRefs and ids."""
        if not isinstance(value, (self.document_type, DBRef, ObjectId)):
            self.error(
                "A ReferenceField only accepts DBRef, LazyReference, ObjectId or "
                "documents"
            )
        if is_top_level(value):
            self._saved_pk(value)


class LazyReferenceField(AdoptingField):
    """A reference to a document, which is loaded when ``fetch()`` says so.

    With ``passthrough`` the attributes of the document can be read without it.
    ``dbref`` and ``reverse_delete_rule`` are those of a ReferenceField.
    """

    def __init__(
        self,
        document_type: Any,
        passthrough: bool = False,
        dbref: bool = False,
        reverse_delete_rule: Any = DO_NOTHING,
        **kwargs: Any,
    ) -> None:
        """Describe a lazy reference to documents of a class."""
        if not isinstance(document_type, (str, type)):
            raise TypeError("issubclass() arg 1 must be a class")
        self.passthrough = passthrough
        super().__init__(document_type, dbref, reverse_delete_rule, **kwargs)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """Return a LazyReference."""
        if instance is None:
            return self
        value = instance._read_value(self)
        lazy = self.build_lazyref(value)
        return value if lazy is value else instance._put_value(self, lazy)

    def _keeps_decoded(self) -> bool:
        """Store again an id nobody asked for; a DBRef may name another collection."""
        return not self.dbref

    def build_lazyref(self, value: Any) -> Any:
        """Make a LazyReference of a document, a DBRef or an id; None stays."""
        if isinstance(value, LazyReference):
            return with_passthrough(value, self.passthrough)
        return None if value is None else self._lazy_to(self._pk_of(value))

    def _lazy_to(self, pk: Any) -> LazyReference:
        return LazyReference(self.document_type, pk, passthrough=self.passthrough)

    def _pk_of(self, value: Any) -> Any:
        if isinstance(value, DBRef):
            return value.id
        return value.pk if isinstance(value, self.document_type) else value

    def to_python(self, value: Any) -> Any:
        """Make a LazyReference of an id; documents and DBRefs stay."""
        if isinstance(value, DBRef) or is_any_document(value):
            return value
        return self._lazy_to(self.document_type.id.to_python(value))

    def to_mongo(self, value: Any) -> Any:
        """Return the id, or a DBRef, of a document or of what refers to one."""
        target = self.document_type
        pk = id_field_of(target).to_mongo(self._pk_of(value))
        return DBRef(target._get_collection_name(), pk) if self.dbref else pk

    def validate(self, value: Any, clean: bool = True) -> None:
        """Accept what refers to a saved document of the class."""
        target = self.document_type
        collection = target._get_collection_name()
        if isinstance(value, LazyReference):
            if value.collection != collection:
                self.error(f"Reference must be on a `{target}` document.")
        elif isinstance(value, DBRef):
            if value.collection != collection:
                self.error(f"DBRef on bad collection (must be on `{collection}`)")
        elif not isinstance(value, target):
            self._validate_id(id_field_of(target), value)
        if self._pk_of(value) is None:
            self.error(_unsaved_object_error(value))

    def _validate_id(self, id_field: Any, value: Any) -> None:
        name = self.document_type.__name__
        if not _is_valid(id_field, value):
            self.error(
                f"value should be `{name}` document, LazyReference or DBRef on "
                f"`{name}` or `{name}`'s primary key (i.e. `{type(id_field).__name__}`)"
            )


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
        """Return the id and the chosen fields of a document; None stays."""
        if value is None:
            return None
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
        update = {} if created else self._update_for(document)
        if update:
            pk = document.to_mongo()["_id"]
            self.owner_document._update_copies(self, pk, update)

    async def _async_on_document_pre_save(
        self, sender: Any, document: Any, created: bool, **kwargs: Any
    ) -> None:
        update = {} if created else self._update_for(document)
        if update:
            pk = document.to_mongo()["_id"]
            await self.owner_document._async_update_copies(self, pk, update)

    def _update_for(self, document: Any) -> dict[str, dict[str, Any]]:
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
