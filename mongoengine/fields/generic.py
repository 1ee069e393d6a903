"""Fields that refer to documents of any class."""

from __future__ import annotations

from typing import Any

from bson import SON, DBRef, ObjectId

from mongoengine.base.common import get_document
from mongoengine.base.fetchable import Fetchable
from mongoengine.base.field import BaseField
from mongoengine.base.kinds import is_document_class, is_top_level
from mongoengine.base.lazy_reference import LazyReference, ReadLazily, with_passthrough
from mongoengine.base.reference_proxy import ReferenceProxy
from mongoengine.base.targets import target_of_generic
from mongoengine.fields.document_types import id_field_of, unsaved_object_error

__all__ = ("GenericLazyReferenceField", "GenericReferenceField")


class GenericReferenceField(Fetchable, BaseField["Any"]):
    """A reference to a document of any class, which is loaded when it is read.

    ``choices`` are the permitted classes, or their names.  The name of the class is
    stored with the reference: ``{"_cls": "Person", "_ref": DBRef(…)}``.
    """

    _native_type = dict
    _may_lead = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Describe a reference."""
        choices = kwargs.pop("choices", None)
        super().__init__(*args, **kwargs)
        self.choices = [self._class_name(choice) for choice in choices or ()]

    def _class_name(self, choice: Any) -> str:
        if isinstance(choice, str):
            return choice
        if not is_document_class(choice):
            self.error(
                "Invalid choices provided: must be a list of"
                "Document subclasses and/or str"
            )
        name: str = choice._class_name
        return name

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """Return the document that is referred to, if it can be loaded."""
        if instance is None:
            return self
        value = instance._read_value(self)
        if isinstance(value, (dict, ReferenceProxy)) and self._auto_dereference:
            return instance._load_reference(self, value)
        return value

    def _target_of(self, value: Any, alias: str) -> Any:
        """Return what a reference leads to, and the id there; None for another value."""
        return target_of_generic(value) if isinstance(value, dict) else None

    def _accepts_native(self) -> bool:
        """Look into each dict."""
        return False

    def to_mongo(self, document: Any) -> Any:
        """Return class and DBRef of a document; what refers to one stays."""
        if isinstance(document, ReferenceProxy):
            return document.as_generic()
        if document is None or isinstance(document, (dict, ObjectId, DBRef)):
            return document
        cls = document.__class__
        id_field = id_field_of(cls)
        if document.pk is None:
            self.error(unsaved_object_error(document))
        return _stored(cls, id_field.to_mongo(document.pk))

    def validate(self, value: Any, clean: bool = True) -> None:
        """Accept saved documents and what refers to one."""
        if not is_top_level(value) and not _is_reference(value):
            self.error("GenericReferences can only contain documents")
        if is_top_level(value) and value.pk is None:
            self.error(unsaved_object_error(value))

    def prepare_query_value(self, op: str | None, value: Any) -> Any:
        """Convert to what is stored; None stays."""
        return self.to_mongo(value)

    def _validate_choices(self, value: Any) -> None:
        """Look for the name of the class among the choices."""
        if isinstance(value, ReferenceProxy):
            value = value.as_generic()
        if isinstance(value, dict):
            value = value.get("_cls")
        elif is_top_level(value):
            value = value._class_name
        super()._validate_choices(value)


class GenericLazyReferenceField(ReadLazily, GenericReferenceField):
    """A reference to a document of any class, loaded when ``fetch()`` says so.

    With ``passthrough`` the attributes of the document can be read without it.
    """

    _native_type = dict

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Describe a lazy reference."""
        self.passthrough = kwargs.pop("passthrough", False)
        super().__init__(*args, **kwargs)

    def build_lazyref(self, value: Any) -> Any:
        """Make a LazyReference of a document or its stored form; anything else stays."""
        if isinstance(value, LazyReference):
            return with_passthrough(value, self.passthrough)
        if isinstance(value, dict):
            return self._lazy_to(get_document(value["_cls"]), value["_ref"].id)
        if is_top_level(value):
            return self._lazy_to(value.__class__, value.pk)
        return value

    def _lazy_to(self, cls: Any, pk: Any) -> LazyReference:
        return LazyReference(cls, pk, passthrough=self.passthrough)

    def to_mongo(self, document: Any) -> Any:
        """Return class and DBRef of a document; what else refers to one stays."""
        if isinstance(document, LazyReference):
            return _stored(document.document_type, document.pk)
        return super().to_mongo(document)

    def validate(self, value: Any, clean: bool = True) -> None:
        """Accept saved documents and what refers to one."""
        if isinstance(value, LazyReference) and value.pk is None:
            self.error(unsaved_object_error(value))
        super().validate(value)

    def _validate_choices(self, value: Any) -> None:
        """Look for the name of the class among the choices."""
        if isinstance(value, LazyReference):
            value = value.document_type._class_name
        super()._validate_choices(value)


def _stored(cls: Any, pk: Any) -> SON[str, Any]:
    reference = DBRef(cls._get_collection_name(), pk)
    return SON([("_cls", cls._class_name), ("_ref", reference)])


def _is_reference(value: Any) -> bool:
    """Say whether a value is the stored form of a reference, or an older one."""
    if isinstance(value, dict):
        return "_cls" in value and "_ref" in value
    return isinstance(value, DBRef)
