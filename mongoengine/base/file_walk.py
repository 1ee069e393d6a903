"""Where a document has files: in its fields, its containers and its embedded documents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mongoengine.base.common import _document_registry, get_document
from mongoengine.base.kinds import is_document, is_embedded


def is_file(value: Any) -> bool:
    """Say whether a value stands for a file."""
    return hasattr(value.__class__, "_has_parts")


def files_in(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the files in a document or a value of one, with paths of the database."""
    if is_file(value):
        yield path, value
    elif is_embedded(value) or (is_document(value) and not path):
        yield from _files_in_document(value, path and f"{path}.")
    elif isinstance(value, dict):
        for key, item in list(dict.items(value)):
            yield from files_in(item, f"{path}.{key}")
    elif isinstance(value, (list, tuple)):
        for number, item in enumerate(tuple(value)):
            yield from files_in(item, f"{path}.{number}")


def _files_in_document(document: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    names = names_with_files(document.__class__)
    for name in names:
        field = document._fields[name]
        value = document._read_value(field)
        yield from files_in(value, f"{prefix}{field.db_field}")
    for name, value in document._nesting_values():  # of no type, as far as is known
        if name not in names:
            yield from files_in(
                value, f"{prefix}{document._db_field_map.get(name, name)}"
            )


def names_with_files(cls: Any) -> list[str]:
    """Return the names of the fields of a class that may hold files."""
    return [name for name, field in cls._fields.items() if _may_hold(field, set())]


def keeps_files(cls: Any) -> bool:
    """Say whether documents of a class, or of one below it, may hold files."""
    return any(names_with_files(get_document(name)) for name in cls._subclasses)


def _may_hold(field: Any, seen: set[Any]) -> bool:
    if hasattr(field, "proxy_class"):
        return True
    item = getattr(field, "field", None)
    if item is not None:
        return _may_hold(item, seen)
    new = [cls for cls in _embedded_in(field) if cls not in seen]
    seen.update(new)
    inner = (field for cls in new for field in cls._fields.values())
    return any(_may_hold(field, seen) for field in inner)


def _embedded_in(field: Any) -> list[Any]:
    """Return the classes of embedded documents that a field may hold."""
    from mongoengine.fields.embedded import (  # whose package knows this module
        EmbeddedDocumentField,
        GenericEmbeddedDocumentField,
    )

    if isinstance(field, EmbeddedDocumentField):
        return [*map(get_document, field.document_type._subclasses)]
    if not isinstance(field, GenericEmbeddedDocumentField):
        return []
    return list(field.choices or _all_embedded())


def _all_embedded() -> list[Any]:
    return [cls for cls in _document_registry.values() if not cls._is_document]
