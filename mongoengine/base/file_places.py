"""Which fields may hold files, as far as classes tell.

Where no field says what the values are, there may be embedded documents of any class.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from mongoengine.base.common import _document_registry
from mongoengine.base.field_traits import adopts_anything
from mongoengine.base.file_walk import is_of_files
from mongoengine.base.lookup import forgotten_with_plans
from mongoengine.fields.dynamic import DynamicField
from mongoengine.fields.embedded import (
    EmbeddedDocumentField,
    GenericEmbeddedDocumentField,
)


@forgotten_with_plans
@cache
def names_with_files(cls: Any) -> tuple[str, ...]:
    """Return the names of the fields of a class that may hold files."""
    return tuple(name for name, f in cls._fields.items() if _may_hold(f, set()))


@forgotten_with_plans
@cache
def typed_names_with_files(cls: Any) -> tuple[str, ...]:
    """Return the same names, without those of fields that take whatever there is."""
    names = names_with_files(cls)
    return tuple(name for name in names if not is_untyped(innermost(cls._fields[name])))


def keeps_files(cls: Any) -> bool:
    """Say whether documents of a class, or of one below it, may hold files."""
    return any(names_with_files(c) or is_searched_whole(c) for c in _from(cls))


def is_searched_whole(cls: Any) -> bool:
    """Say whether files of a document may be where no field of its class is."""
    return bool(cls._dynamic) and embedded_have_files()


@forgotten_with_plans
@cache
def embedded_have_files() -> bool:
    """Say whether there is an embedded document that may hold files, of any class."""
    embedded = [c for c in _document_registry.copy().values() if not c._is_document]
    fields = (field for cls in embedded for field in cls._fields.values())
    return any(is_of_files(innermost(field)) for field in fields)


def is_untyped(field: Any) -> bool:
    """Say whether the values of a field may be, or hold, anything."""
    return isinstance(field, DynamicField) or adopts_anything(field)


def innermost(field: Any) -> Any:
    """Return the field of what is in a container, at any depth; else the field."""
    while getattr(field, "field", None) is not None:
        field = field.field
    return field


def _may_hold(field: Any, seen: set[Any]) -> bool:
    field = innermost(field)
    if is_of_files(field):
        return True
    if is_untyped(field):
        return embedded_have_files()
    if isinstance(field, GenericEmbeddedDocumentField) and not field.choices:
        return embedded_have_files()
    new = [cls for cls in _embedded_in(field) if cls not in seen]
    seen.update(new)
    return any(
        is_searched_whole(cls) or any(_may_hold(f, seen) for f in cls._fields.values())
        for cls in new
    )


def _embedded_in(field: Any) -> list[Any]:
    """Return the classes of embedded documents that a field may hold."""
    if isinstance(field, GenericEmbeddedDocumentField):
        return list(field.choices)
    if not isinstance(field, EmbeddedDocumentField):
        return []
    return _from(field.document_type)


def _from(cls: Any) -> list[Any]:
    """Return a class and those below it, as far as they are registered."""
    classes = (_document_registry.get(name) for name in cls._subclasses)
    return [cls for cls in classes if cls is not None]
