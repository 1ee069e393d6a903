"""Which files a document has that is saved, copied or gone, as far as it was read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mongoengine.base.changes import value_at
from mongoengine.base.file_walk import files_in
from mongoengine.base.files import FileHandle, is_stored, is_to_be_saved, waiting
from mongoengine.base.pending import Pending

Replaced = list[tuple[Any, list[Any]]]  # files, and the ids of those that they were
Unread = list[tuple[str, Any]]  # files by path, and there may be others in the database


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
        files = [(path, f) for path, f in files if is_to_be_saved((document, path))]
    return [file for _, file in files]


def unread_in(document: Any) -> Unread:
    """Return the files in whose place the database may have some that nobody loaded."""
    if not waiting or not is_stored(document):
        return []
    unread = [(path, file) for path, file in files_in(document) if file._is_unread]
    # What is in another list, or another embedded document, replaces nothing.
    marks = document._get_changed_fields() if unread else ()
    return [(path, file) for path, file in unread if path in marks]


def names_of(document: Any, files: Unread) -> set[str]:
    """Return the names of the fields of a document that have these files."""
    keys = (path.partition(".")[0] for path, _ in files)
    return {document._reverse_db_field_map.get(key, key) for key in keys}


def replace_unread(document: Any, unread: Unread, stored: dict[str, Any]) -> None:
    """Have files that nobody loaded removed once the document is saved without them."""
    kept = [file.grid_id for _, file in files_in(document)]
    for path, file in unread:
        grid_id = value_at(stored, path)
        if grid_id is not None and grid_id not in (*kept, *file._replaced):
            file._replaced.append(grid_id)
        file._is_unread = False
        file._wait_for_save()
