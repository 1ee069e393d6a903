"""Which files stored documents have.

They are found in what is stored, for what is to be deleted may be of classes, or have
values, of which no document can be built any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from bson import decode, encode
from bson.codec_options import CodecOptions

from mongoengine.base.common import get_document
from mongoengine.base.file_places import is_untyped
from mongoengine.base.file_walk import is_of_files
from mongoengine.base.files import Bucket
from mongoengine.base.places import IDS_A_QUERY
from mongoengine.errors import NotRegistered
from mongoengine.fields.embedded import (
    EmbeddedDocumentField,
    GenericEmbeddedDocumentField,
)

Files = Iterator[tuple[Bucket, Any]]


class Gone:
    """The files of documents that are being deleted, whose ids the options encode."""

    def __init__(self, options: CodecOptions[Any]) -> None:
        self._options = options
        self._files: dict[bytes, list[tuple[Bucket, Any]]] = {}

    def add(self, cls: Any, stored: dict[str, Any]) -> None:
        """Note the files of a stored document of a class."""
        files = list(stored_files(cls, stored))
        if files:
            self._files[self._encoded(stored["_id"])] = files

    def spare(self, keys: Iterable[Any]) -> None:
        """Leave the files of documents that were not deleted after all."""
        for key in keys:
            self._files.pop(self._encoded(key), None)

    def batches(self) -> Iterator[list[Any]]:
        """Yield the ids of the documents, so many at a time."""
        keys = iter(list(self._files))
        while some := list(islice(keys, IDS_A_QUERY)):
            yield [decode(key, self._options)["_id"] for key in some]

    def _encoded(self, key: Any) -> bytes:
        return encode({"_id": key}, codec_options=self._options)

    def files(self) -> Iterator[tuple[Bucket, list[Any]]]:
        """Yield the ids of the files, so many at a time."""
        ids: dict[Bucket, list[Any]] = {}
        for files in self._files.values():
            for bucket, grid_id in files:
                ids.setdefault(bucket, []).append(grid_id)
        for bucket, every in ids.items():
            for start in range(0, len(every), IDS_A_QUERY):
                yield bucket, every[start : start + IDS_A_QUERY]


def stored_files(cls: Any, stored: dict[str, Any]) -> Files:
    """Yield where the files of a stored document of a class are, and their ids."""
    cls = cls._class_of(stored) or cls
    for key, value in stored.items():
        field = cls._fields.get(cls._reverse_db_field_map.get(key, key))
        if field is not None:
            yield from _in_field(field, value)
        elif cls._dynamic:
            yield from _in_untyped(value)


def _in_field(field: Any, value: Any) -> Files:
    if is_of_files(field):
        file = field.to_python(value)
        if file:
            yield file._bucket, file.grid_id
    elif getattr(field, "field", None) is not None:
        for item in _items_of(value):
            yield from _in_field(field.field, item)
    elif isinstance(field, EmbeddedDocumentField):
        if isinstance(value, dict):
            yield from stored_files(field.document_type, value)
    elif is_untyped(field) or isinstance(field, GenericEmbeddedDocumentField):
        yield from _in_untyped(value)


def _in_untyped(value: Any) -> Files:
    """Look into what no field describes; embedded documents name their class there."""
    cls = _embedded_class_of(value)
    if cls is not None:
        yield from stored_files(cls, value)
    else:
        for item in _items_of(value):
            yield from _in_untyped(item)


def _items_of(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _embedded_class_of(value: Any) -> Any:
    name = value.get("_cls") if isinstance(value, dict) else None
    if not isinstance(name, str):
        return None
    try:
        cls = get_document(name)
    except NotRegistered:  # it is a mere dict by now
        return None
    return None if cls._is_document else cls
