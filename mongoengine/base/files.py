"""Which file in GridFS a document has: what is known without reading or writing it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple
from weakref import ProxyType, WeakValueDictionary

from mongoengine.base.connection_settings import DEFAULT_CONNECTION_NAME
from mongoengine.base.connections import ConnectionType, families
from mongoengine.base.file_walk import files_in
from mongoengine.base.kinds import is_document
from mongoengine.base.pending import Pending
from mongoengine.base.reading import reads_async
from mongoengine.base.scopes import async_sessions, in_transaction
from mongoengine.base.state import CREATED, TRACKED, UNSURE

# The files that wait for their documents to be saved: none, nearly always.
waiting: WeakValueDictionary[int, FileHandle] = WeakValueDictionary()


SHOWN = 10  # so many ids are told of those that an error is about


class GridFSError(Exception):
    """A file is used in a way that does not fit what is stored, or is not."""


class Bucket(NamedTuple):
    """Where files are: the prefix of their collections, and the alias of these."""

    alias: str
    name: str
    has_parts: bool = False  # whether files of their own belong to a file

    def left(self, ids: Sequence[Any]) -> str:
        """Return what to say of files that are to be removed, if that fails."""
        more = f" and {len(ids) - SHOWN} more" if len(ids) > SHOWN else ""
        return (
            f"Files of {self.name!r} on alias {self.alias!r} that were to be removed, "
            f"and may still be there: {', '.join(map(str, ids[:SHOWN]))}{more}"
        )


class FileHandle:
    """One file in GridFS, or a place for one, in a document or by itself."""

    _has_parts: ClassVar[bool] = False
    _pending: Pending | None = None  # what is stored when the document is saved
    _is_unread = False  # the database may have another one here, which was not loaded
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
        state = {**self.__dict__, "_replaced": list(self._replaced)}
        state |= {"newfile": None, "gridout": None, "_opened_in": None}
        if type(self.instance) is ProxyType:
            state["instance"] = None
        return state

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

    def __str__(self) -> str:
        """Show the name, if there is a file that can be opened, and the id."""
        gridout = self._to_be_asked() if self.grid_id else None
        name = "<no file>" if gridout is None else gridout.filename
        return f"<{type(self).__name__}: {name} ({self.grid_id})>"

    def __getattr__(self, name: str) -> Any:
        """Return an attribute of the file."""
        if not name.startswith("_") and self._pending is not None:
            raise AttributeError(f"{name!r} is not known: {self._what_to_await()}")
        if name.startswith("__") or not self.__dict__.get("grid_id"):
            raise AttributeError
        gridout = self._to_be_asked()
        if gridout is None:
            raise AttributeError(
                f"{name!r} is not known before the file is open: `await async_get()`"
                if self._is_async
                else ""
            )
        return getattr(gridout, name)

    def _to_be_asked(self) -> Any:
        """Return the open file, opened now if an attribute may do that."""
        is_known = bool(families(self.db_alias))
        if self.gridout is not None or self._is_async or not is_known:
            return self.gridout
        return self.get()

    def _belong(self, instance: Any, path: str) -> None:
        """Be at a path of a document, which a container in it knows weakly."""
        if instance is not None:
            self.instance, self.key = instance, path

    def _mark_as_changed(self) -> None:
        """Tell the document that it has another file."""
        if self.instance is None:
            return
        try:
            self.instance._mark_as_changed(self._path_to_mark())
        except ReferenceError:  # it is gone, and with it whatever could be saved
            return

    @property
    def _mark(self) -> Any:
        """What a document marks when it has another file in a field of its own."""
        return self.instance._db_field_map.get(self.key, self.key)

    def _path_to_mark(self) -> Any:
        """Return the path of this file, which may have moved in a container."""
        name, dot, rest = (self.key or "").partition(".")
        if not dot:
            return self.key
        _, _, now = (self._path_in(self.instance) or f".{rest}").partition(".")
        return f"{name}.{now}"

    @property
    def _is_async(self) -> bool:
        """Whether what looks like an attribute must not reach the server."""
        if self.instance is not None and reads_async(self.instance):
            return True
        if families(self.db_alias) is ConnectionType.ASYNC:
            return True
        return in_transaction(async_sessions, self.db_alias)

    def _keep(self, content: Pending) -> None:
        """Have content stored when the document is saved."""
        self._is_unread |= self._may_be_unread()
        self._pending = content
        self._mark_as_changed()
        self._wait_for_save()

    def _wait_for_save(self) -> None:
        """Note whether saving the document has something to do for this file."""
        if self._pending is not None or self._replaced or self._is_unread:
            waiting[id(self)] = self
        else:
            waiting.pop(id(self), None)

    def _hold(self, grid_id: Any) -> None:
        """Stand for another file from now on, or for none."""
        self._is_unread |= self._may_be_unread()
        self.grid_id = grid_id
        self.gridout = self.newfile = self._pending = None
        self._wait_for_save()
        self._mark_as_changed()

    def _count_as_stored(self, replaced: list[Any]) -> None:
        """Have the next save write nothing: the document in the database has this file."""
        self._replaced += [one for one in replaced if one not in self._replaced]
        self._is_unread = False
        self._forget_mark()
        self._wait_for_save()

    def _forget_mark(self) -> None:
        """Have the next save not write which file this is."""
        marks = self._marks() or []
        mine = self._path_in(self.instance) if marks else None
        if mine is not None and mine in marks:
            marks.remove(mine)

    def _is_marked(self) -> bool:
        marks = self._marks()
        return marks is not None and self._path_in(self.instance) in marks

    def _marks(self) -> list[str] | None:
        """Return what the document marked, None if it keeps no marks, or is gone."""
        document = self.instance
        try:
            if document is None or not document._state_flags & TRACKED:
                return None
            return document._changed_fields  # type: ignore[no-any-return]
        except ReferenceError:
            return None

    def _undoing(self) -> Callable[[], None]:
        """Return what has this be again what it is now.

        Content that waits then waits again.
        """
        grid_id, replaced, pending = self.grid_id, list(self._replaced), self._pending
        is_unread, was_marked = self._is_unread, self._is_marked()

        def undo() -> None:
            self._replaced = list(replaced)
            self._hold(grid_id)
            if not was_marked:
                self._forget_mark()
            self._is_unread = is_unread
            self._wait_for_save()
            if pending is not None:
                self._keep(pending)

        return undo

    def _forget(self) -> list[Any]:
        """Stand for no file any more, and return the ids of those that there were."""
        ids = [one for one in (self.grid_id, *self._replaced) if one]
        self._replaced = []
        self.grid_id = self.gridout = self.newfile = self._pending = None
        self._is_unread = False
        self._wait_for_save()
        return ids

    def _refuse_second(self) -> None:
        if self.grid_id:
            raise GridFSError(
                "This document already has a file. Either delete it or call "
                "replace to overwrite it"
            )

    def _refuse_spent(self, content: Pending) -> None:
        if content.is_spent:
            raise GridFSError(
                f"The content for {self.key!r} was read by a save that failed or was "
                "taken back, and cannot be read again: assign it once more"
            )

    def _refuse_pending(self) -> None:
        if self._pending is not None:
            raise GridFSError(self._what_to_await())

    def _what_to_await(self) -> str:
        return (
            f"The file for {self.key!r} is stored when its document is saved: "
            "`await async_save()` the document, then `await` an async method of the "
            "file, as `async_get()` or `async_read()`"
        )

    def _may_be_unread(self) -> bool:
        """Say whether the document may have been loaded without the file it has here."""
        if self.grid_id or self._pending is not None:
            return False
        if "." in (self.key or "."):  # in a container, which is loaded as a whole
            return False
        marks = self._marks()
        return marks is not None and self._mark not in marks

    @property
    def _owner_alias(self) -> str:
        """The alias of the document that has this file, or else of the file."""
        if self.instance is None:
            return self.db_alias
        try:
            top = self._whole_document()
        except GridFSError:  # the document is gone
            return self.db_alias
        alias: str = top._own_place().alias if top._is_document else self.db_alias
        return alias

    def _stored_path(self) -> tuple[Any, str] | None:
        """Return the document in the database and the path where it has this file.

        None if there is none yet, or this file is not in a field of a document.
        """
        if self.instance is None:
            return None
        top = self._whole_document()
        path = self._path_in(top) if top._is_document and is_stored(top) else None
        return None if path is None else (top, path)

    def _whole_document(self) -> Any:
        document = self.instance
        try:
            while not document._is_document and document._instance is not None:
                document = document._instance
        except ReferenceError as error:
            raise GridFSError(
                f"The document that has the file {self.key!r} is gone, and cannot be "
                "told of another one: keep it in a variable"
            ) from error
        return document

    def _path_in(self, document: Any) -> str | None:
        """Return where a document has just this file, in names of the database."""
        paths = (path for path, file in files_in(document) if file is self)
        return next(paths, None)


def is_content(value: Any) -> bool:
    """Say whether a value is what a file may hold, not a file that is stored."""
    if isinstance(value, (str, bytes, bytearray, memoryview)):
        return True
    return not (isinstance(value, FileHandle) or is_record(value)) and any(
        hasattr(value, name) for name in ("read", "__next__", "__anext__")
    )


def is_record(value: Any) -> bool:
    """Say whether a value has fields or keys, and so no content of its own."""
    return isinstance(value, Mapping) or is_document(value)


def itself(document: Any) -> Any:
    """Return a document, also for a weak proxy of it."""
    return document._mark_as_changed.__self__


def is_to_be_saved(place: tuple[Any, str]) -> bool:
    """Say whether the next save of a document writes what is at a path, or around it."""
    document, path = place
    marks = document._get_changed_fields()
    return any(f"{path}.".startswith(f"{mark}.") for mark in marks)


def may_have_moved(place: tuple[Any, str] | None) -> bool:
    """Say whether a document may have a file at another path: lists are reordered."""
    return place is not None and any(part.isdigit() for part in place[1].split("."))


def is_stored(document: Any) -> bool:
    """Say whether a document is in the database, as far as is known."""
    return not document._state_flags & (CREATED | UNSURE) and document.pk is not None
