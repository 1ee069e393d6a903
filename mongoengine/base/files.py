"""Which file in GridFS a document has: what is known without reading or writing it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, ClassVar, NamedTuple
from weakref import WeakValueDictionary

from bson import decode, encode

from mongoengine.base.common import _document_registry, get_document
from mongoengine.base.connection_settings import DEFAULT_CONNECTION_NAME
from mongoengine.base.connections import ConnectionType, families
from mongoengine.base.reading import document_and_owners, reads_async
from mongoengine.base.state import CREATED, UNSURE

BATCH = 10_000  # so many ids fit into a query


class GridFSError(Exception):
    """A file is used in a way that does not fit what is stored, or is not."""


class Bucket(NamedTuple):
    """Where files are: the prefix of their collections, and the alias of these."""

    alias: str
    name: str
    has_parts: bool = False  # whether files of their own belong to a file


class FileHandle:
    """One file in GridFS, or a place for one, in a document or by itself."""

    _has_parts: ClassVar[bool] = False
    _pending: Any = None  # content that is stored when the document is saved
    _opened_in: Any = None

    def __init__(
        self,
        grid_id: Any = None,
        key: str | None = None,
        instance: Any = None,
        db_alias: str = DEFAULT_CONNECTION_NAME,
        collection_name: str = "fs",
    ) -> None:
        """Stand for the file ``grid_id``, in the field ``key`` of a document."""
        self.grid_id = grid_id
        self.key = key
        self.instance = instance
        self.db_alias = db_alias
        self.collection_name = collection_name
        self.newfile: Any = None  # being written
        self.gridout: Any = None  # being read
        self._replaced: list[Any] = []  # ids of files to remove after a save

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """Be a value also as an attribute of a class."""
        return self

    def __bool__(self) -> bool:
        """Say whether there is a file."""
        return bool(self.grid_id) or self._pending is not None

    def __eq__(self, other: object) -> bool:
        """Compare which file in which collection."""
        if not isinstance(other, FileHandle):
            return False
        return self._identity() == other._identity()

    def _identity(self) -> tuple[Any, ...]:
        return self.db_alias, self.collection_name, self.grid_id

    __hash__ = None  # type: ignore[assignment]  # it changes

    @property
    def _bucket(self) -> Bucket:
        return Bucket(self.db_alias, self.collection_name, self._has_parts)

    def __getstate__(self) -> dict[str, Any]:
        """Copy and pickle all but what is open."""
        replaced = list(self._replaced)
        closed = {"newfile": None, "gridout": None, "_opened_in": None}
        return {**self.__dict__, **closed, "_replaced": replaced}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Stand for the same file of the same document."""
        self.__dict__.update(state)
        self._wait_for_save()

    def __copy__(self) -> Any:
        """Stand for the same file of the same document."""
        copied = type(self)()
        copied.__setstate__(self.__getstate__())
        return copied

    def __deepcopy__(self, memo: Any) -> Any:
        """Stand for the same file of the same document."""
        return self.__copy__()

    def __repr__(self) -> str:
        """Show the id of the file."""
        return f"<{type(self).__name__}: {self.grid_id}>"

    def _mark_as_changed(self) -> None:
        """Tell the document that it has another file."""
        if self.instance is not None:
            self.instance._mark_as_changed(self.key)

    @property
    def _is_async(self) -> bool:
        """Whether what looks like an attribute must not reach the server."""
        if self.instance is not None and reads_async(self.instance):
            return True
        return families(self.db_alias) is ConnectionType.ASYNC

    def _keep(self, content: Any) -> None:
        """Have content stored when the document is saved."""
        self._pending = content
        self._mark_as_changed()
        self._wait_for_save()

    def _wait_for_save(self) -> None:
        """Note whether saving the document has something to do for this file."""
        if self._pending is not None or self._replaced:
            waiting[id(self)] = self
        else:
            waiting.pop(id(self), None)

    def _hold(self, grid_id: Any) -> None:
        """Stand for another file from now on, or for none."""
        self.grid_id = grid_id
        self.gridout = self.newfile = self._pending = None
        self._wait_for_save()
        self._mark_as_changed()

    def _forget(self) -> list[Any]:
        """Stand for no file any more, and return the ids of those that there were."""
        ids = [one for one in (self.grid_id, *self._replaced) if one]
        self._replaced = []
        self.grid_id = self.gridout = self.newfile = self._pending = None
        self._wait_for_save()
        return ids

    def _refuse_second(self) -> None:
        if self.grid_id:
            raise GridFSError(
                "This document already has a file. Either delete it or call "
                "replace to overwrite it"
            )

    def _refuse_pending(self) -> None:
        if self._pending is not None:
            raise GridFSError(
                f"The file for {self.key!r} is stored when its document is saved: "
                "it cannot be read before"
            )

    def _stored_path(self) -> tuple[Any, str] | None:
        """Return the document in the database and the path where it has this file.

        None if there is none yet, or this file is not in a field of a document.
        """
        if self.instance is None:
            return None
        *_, top = document_and_owners(self.instance)
        if not (top._is_document and _is_stored(top)):
            return None
        for path, file in files_in(top):
            if file is self:
                return top, path
        return None


# The files that wait for their documents to be saved: none, nearly always.
waiting: WeakValueDictionary[int, FileHandle] = WeakValueDictionary()


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


def is_content(value: Any) -> bool:
    """Say whether a value is what a file may hold, not a file that is stored."""
    if isinstance(value, (str, bytes)):
        return True
    return not isinstance(value, FileHandle) and any(
        hasattr(value, name) for name in ("read", "__next__", "__anext__")
    )


def waiting_in(document: Any) -> list[FileHandle]:
    """Return the files of a document that wait for it to be saved."""
    if not waiting:
        return []
    return [file for _, file in files_in(document) if waiting.get(id(file)) is file]


def unsaved_files(document: Any) -> list[FileHandle]:
    """Return the files of which the database does not know that a document has them."""
    files = list(files_in(document))
    if _is_stored(document):
        changed = document._get_changed_fields()
        files = [
            (path, file)
            for path, file in files
            if any(f"{path}.".startswith(f"{mark}.") for mark in changed)
        ]
    return [file for _, file in files]


def _is_stored(document: Any) -> bool:
    return not document._state_flags & (CREATED | UNSURE) and document.pk is not None


def files_in(value: Any, path: str = "") -> Iterator[tuple[str, FileHandle]]:
    """Yield the files in a document or a value of one, with paths of the database."""
    if isinstance(value, FileHandle):
        yield path, value
    elif hasattr(value.__class__, "_fields_ordered"):
        yield from _files_in_document(value, path and f"{path}.")
    elif isinstance(value, dict):
        for key, item in list(dict.items(value)):
            yield from files_in(item, f"{path}.{key}")
    elif isinstance(value, (list, tuple)):
        for number, item in enumerate(tuple(value)):
            yield from files_in(item, f"{path}.{number}")


def _files_in_document(document: Any, prefix: str) -> Iterator[tuple[str, FileHandle]]:
    for name in names_with_files(document.__class__):
        field = document._fields[name]
        path = f"{prefix}{field.db_field}"
        yield from files_in(document._read_value(field), path)


def names_with_files(cls: Any) -> list[str]:
    """Return the names of the fields of a class that may hold files."""
    return [name for name, field in cls._fields.items() if _may_hold(field, {cls})]


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
