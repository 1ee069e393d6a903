"""Fields that refer to documents of one class: loaded when read, or when told to."""

from __future__ import annotations

from typing import Any

from bson import DBRef, ObjectId

from mongoengine.base.constants import DO_NOTHING
from mongoengine.base.kinds import is_document, is_top_level
from mongoengine.base.lazy_reference import LazyReference, ReadLazily, with_passthrough
from mongoengine.base.reference_proxy import ReferenceProxy
from mongoengine.base.targets import Target
from mongoengine.errors import ValidationError
from mongoengine.fields.document_types import (
    AdoptingField,
    id_field_of,
    unsaved_object_error,
)

__all__ = ("LazyReferenceField", "ReferenceField")


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
        if self.dbref or isinstance(value, DBRef) or is_document(value):
            return value
        target = self.document_type
        return DBRef(target._get_collection_name(), target.id.to_python(value))

    def to_mongo(self, document: Any) -> Any:
        """Return the id, or a DBRef, of a document or of what refers to one."""
        if isinstance(document, ReferenceProxy):
            document = document.as_dbref()
        if isinstance(document, DBRef):
            is_whole = self.dbref or (type(document) is DBRef and self._is_to_any())
            return document if is_whole else document.id
        if is_top_level(document):
            return self._stored_form(document.__class__, self._saved_pk(document))
        return self._stored_form(self.document_type, document)

    def _stored_form(self, cls: Any, pk: Any) -> Any:
        pk = id_field_of(cls).to_mongo(pk)
        if self._is_to_any():
            return DBRef(cls._get_collection_name(), pk, cls=cls._class_name)
        return DBRef(cls._get_collection_name(), pk) if self.dbref else pk

    def _is_to_any(self) -> bool:
        """Say whether no collection belongs to the class: what is stored names one."""
        return bool(self.document_type._meta.get("abstract"))

    def validate(self, value: Any, clean: bool = True) -> None:
        """Accept documents of the class once they are saved, DBRefs and ids."""
        if not isinstance(value, (self.document_type, DBRef, ObjectId)):
            self.error(
                "A ReferenceField only accepts DBRef, LazyReference, ObjectId or "
                "documents"
            )
        if isinstance(value, DBRef):
            self._refuse_unread(value.id)
        elif is_top_level(value):
            self._saved_pk(value)


class LazyReferenceField(ReadLazily, AdoptingField):
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
        if isinstance(value, DBRef) or is_document(value):
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
        pk = self._pk_of(value)
        if pk is None:
            self.error(unsaved_object_error(value))
        self._refuse_unread(pk)

    def _validate_id(self, id_field: Any, value: Any) -> None:
        name = self.document_type.__name__
        if not _is_valid(id_field, value):
            self.error(
                f"value should be `{name}` document, LazyReference or DBRef on "
                f"`{name}` or `{name}`'s primary key (i.e. `{type(id_field).__name__}`)"
            )


def _is_valid(field: Any, value: Any) -> bool:
    try:
        field.validate(value)
    except ValidationError:
        return False
    return True
