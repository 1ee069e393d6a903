"""What the fields in a class body become in the document class."""

from __future__ import annotations

from collections import Counter
from copy import copy
from typing import Any

from mongoengine.base.class_bases import (
    flattened,
)
from mongoengine.base.constants import DO_NOTHING
from mongoengine.base.field import BaseField
from mongoengine.errors import (
    InvalidDocumentError,
)
from mongoengine.fields.containers import DictField

Namespace = dict[str, Any]


def gather_fields(bases: tuple[type, ...], attrs: Namespace) -> Namespace:
    """Return the fields of the bases, of mixins and of the body, by name."""
    fields: Namespace = {}
    for base in reversed(flattened(bases)):
        if hasattr(base, "_fields"):
            fields.update(base._fields)
        elif not hasattr(base, "_meta"):
            fields.update(named_fields(vars(base)))
    own = named_fields(attrs)
    attrs.update(own)
    _refuse_shared_db_fields(own)
    fields.update(own)
    return fields


def named_fields(attrs: Any) -> Namespace:
    """Return the fields among attributes, each told its name."""
    fields = {n: value for n, value in attrs.items() if isinstance(value, BaseField)}
    for name, field in fields.items():
        if field.owner_document is not None and field.name != name:
            field = fields[name] = copy_of(field)
        field.name = name
        if not field.db_field:
            field.db_field = name
    return fields


def copy_of(field: Any) -> Any:
    """Return a copy of a field that another class knows by another name."""
    twin = copy(field)
    twin._planning_classes = []
    twin._owner_document = None
    return twin


def _refuse_shared_db_fields(fields: Namespace) -> None:
    counts = Counter(field.db_field for field in fields.values())
    shared = [db_field for db_field, count in counts.items() if count > 1]
    if shared:
        names = ", ".join(shared)
        raise InvalidDocumentError(f"Multiple db_fields defined for: {names} ")


def field_tables(fields: Namespace) -> Namespace:
    """Return the tables of fields that a document class has, by attribute."""
    ordered = sorted(fields.values(), key=lambda field: field.creation_counter)
    db_names = {name: field.db_field for name, field in fields.items()}
    return {
        "_fields": fields,
        "_fields_ordered": tuple(field.name for field in ordered),
        "_db_field_map": db_names,
        "_reverse_db_field_map": {db: name for name, db in db_names.items()},
    }


def own_fields(cls: Any) -> None:
    """Tell fields whom they belong to, and others of the rules they come with."""
    for name, field in cls._fields.items():
        if field.owner_document is None:
            field.owner_document = cls
        register_delete_rule(cls, name, field)
        start_cached_reference(cls, field)
        if cls._is_document and hasattr(_document_class(), name) and name != "id":
            raise InvalidDocumentError(
                f"{name} is a document method and not a valid field name"
            )


def _document_class() -> Any:
    from mongoengine.document import Document

    return Document


def register_delete_rule(cls: Any, name: str, field: Any) -> None:
    """Have the class that a reference leads to keep its delete rule."""
    reference = getattr(field, "field", None) or field
    rule = getattr(reference, "reverse_delete_rule", DO_NOTHING)
    if rule == DO_NOTHING:
        return
    if reference is not field and isinstance(field, DictField):
        raise InvalidDocumentError(
            f"Reverse delete rules are not supported for {type(field).__name__} "
            f"(field: {field.name})"
        )
    if not cls._is_document:
        raise InvalidDocumentError(
            f"Reverse delete rules are not supported for EmbeddedDocuments (field: {name})"
        )
    reference.document_type.register_delete_rule(cls, name, rule)


def start_cached_reference(cls: Any, field: Any) -> None:
    """Have a cached reference follow the documents it copies from."""
    if not hasattr(field, "start_listener"):
        return
    if not cls._is_document:
        raise InvalidDocumentError(
            "CachedReferenceFields is not allowed in EmbeddedDocuments"
        )
    if field.auto_sync:
        field.start_listener()
    field.document_type._cached_reference_fields.append(field)


def displayer(field: Any) -> Any:
    """Return the method ``get_x_display`` of a field."""

    def display(self: Any) -> Any:
        return field._display_label(getattr(self, field.name))

    display.__name__ = f"get_{field.name}_display"
    display.__doc__ = f"Return the label of {field.name}."
    return display
