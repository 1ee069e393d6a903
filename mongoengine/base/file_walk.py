"""Where a document has files: in its fields, its containers and its embedded documents.

What nobody has read of an untyped field holds none that anybody could have changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mongoengine.base.kinds import is_document, is_embedded


def is_file(value: Any) -> bool:
    """Say whether a value stands for a file."""
    return hasattr(value.__class__, "_has_parts")


def is_of_files(field: Any) -> bool:
    """Say whether the values of a field are files."""
    return hasattr(field, "proxy_class")


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
    from mongoengine.base.file_places import (
        typed_names_with_files,  # whose package knows this module
    )

    names = typed_names_with_files(document.__class__)
    for name in names:
        field = document._fields[name]
        value = document._read_value(field)
        yield from files_in(value, f"{prefix}{field.db_field}")
    for name, value in document._nesting_values():  # of no type, as far as is known
        if name not in names:
            yield from files_in(
                value, f"{prefix}{document._db_field_map.get(name, name)}"
            )
