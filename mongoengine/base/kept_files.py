"""Which files a document has that is saved or deleted, and what is to become of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from bson import decode, encode

from mongoengine.base.file_walk import files_in
from mongoengine.base.files import Bucket, FileHandle, is_stored, waiting
from mongoengine.base.pending import Pending

Replaced = list[tuple[Any, list[Any]]]  # files, and the ids of those that they were

BATCH = 10_000  # so many ids fit into a query


class Gone:
    """The files of documents that are being deleted."""

    def __init__(self) -> None:
        self._files: dict[bytes, list[tuple[Bucket, Any]]] = {}

    def add(self, document: Any) -> None:
        """Note the files of a document."""
        files = [(f._bucket, f.grid_id) for _, f in files_in(document) if f.grid_id]
        if files:
            key = document.to_mongo(fields=[document._id_name()])["_id"]
            self._files[encode({"_id": key})] = files

    def spare(self, keys: Iterable[Any]) -> None:
        """Leave the files of documents that were not deleted after all."""
        for key in keys:
            self._files.pop(encode({"_id": key}), None)

    def batches(self) -> Iterator[list[Any]]:
        """Yield the ids of the documents, so many at a time."""
        keys = iter(list(self._files))
        while some := list(islice(keys, BATCH)):
            yield [decode(key)["_id"] for key in some]

    def files(self) -> Iterator[tuple[Bucket, list[Any]]]:
        """Yield the ids of the files, so many at a time."""
        ids: dict[Bucket, list[Any]] = {}
        for files in self._files.values():
            for bucket, grid_id in files:
                ids.setdefault(bucket, []).append(grid_id)
        for bucket, every in ids.items():
            for start in range(0, len(every), BATCH):
                yield bucket, every[start : start + BATCH]


def waiting_in(document: Any) -> list[Any]:
    """Return the files of a document that wait for it to be saved."""
    if not waiting:
        return []
    files = (file for _, file in files_in(document))
    return [file for file in files if waiting.get(id(file)) is file]


def replaced_in(documents: Iterable[Any]) -> Replaced:
    """Return what is to be removed once these documents are saved."""
    if not waiting:
        return []
    files = (file for document in documents for file in waiting_in(document))
    return [(file, list(file._replaced)) for file in files]


def pending_in(document: Any) -> dict[str, Pending]:
    """Return the content that waits for a document to be saved, by path."""
    if not waiting:
        return {}
    return {
        path: f._pending for path, f in files_in(document) if f._pending is not None
    }


def keep_pending(document: Any, pending: dict[str, Pending]) -> None:
    """Have content wait for a copy of a document to be saved."""
    for path, file in files_in(document):
        if path in pending:
            file._pending = pending[path]
            file._wait_for_save()


def unsaved_files(document: Any) -> list[FileHandle]:
    """Return the files of which the database does not know that a document has them."""
    files = list(files_in(document))
    if is_stored(document):
        changed = document._get_changed_fields()
        files = [
            (path, file)
            for path, file in files
            if any(f"{path}.".startswith(f"{mark}.") for mark in changed)
        ]
    return [file for _, file in files]
