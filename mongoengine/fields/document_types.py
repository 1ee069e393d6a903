"""What the fields have in common that refer to documents of one class.

What is stored is an id or a DBRef.  Nothing here reads from the database: reading a
reference asks the document for it (``_load_reference``), which knows how to load.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from bson import DBRef, ObjectId

from mongoengine.base.common import get_document
from mongoengine.base.constants import RECURSIVE_REFERENCE_CONSTANT
from mongoengine.base.fetchable import Fetchable
from mongoengine.base.field import BaseField
from mongoengine.base.field_traits import is_native
from mongoengine.base.kinds import is_document_class
from mongoengine.base.targets import stored_id, target_of_dbref
from mongoengine.errors import NotRegistered


def unsaved_object_error(document: Any) -> str:
    """Say that a document cannot be referred to, as it has no id yet."""
    return (
        f"{document!r} has no id. You can only reference documents once they have "
        "been saved to the database"
    )


def id_field_of(document_type: Any) -> Any:
    """Return the field of the primary key."""
    name = document_type._meta["id_field"]
    return document_type._fields[name]


class DocumentTypeField(Fetchable, BaseField["Any"]):
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
        if self.name in instance._unbuilt_names:
            proxy = instance._proxy_of_waiting(self)
            if proxy is not None:
                return proxy
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

    def _saved_pk(self, document: Any) -> Any:
        if document.pk is None:
            self.error(unsaved_object_error(document))
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

    def _adopted_types(self) -> frozenset[type]:
        """Return the types of what may wait, none if that is not known yet."""
        kind = DBRef if self.dbref else self._adopted_id or self._find_adopted_id()
        return frozenset({kind} if kind else ())

    def _keeps_decoded(self) -> bool:
        """Store again what nobody asked for."""
        return True

    def _refuse_unread(self, pk: Any) -> None:
        """Refuse what was given for an id, and was to be awaited or asked first."""
        self._refuse_coroutine(pk)
        self._refuse_queryset(pk)

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
