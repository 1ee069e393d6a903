"""Read and write the files that documents have in GridFS."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import nullcontext
from contextvars import copy_context
from functools import partial
from typing import TYPE_CHECKING, Any

from gridfs.asynchronous import AsyncGridFS, AsyncGridOut
from gridfs.errors import FileExists, NoFile
from pymongo.errors import PyMongoError

from mongoengine._async.gridfs import AsyncFiles
from mongoengine._async.transactions import async_on_commit
from mongoengine._clients import async_clients
from mongoengine._seam import (
    async_open_block,
    async_open_session,
    async_to_the_end,
    async_turn,
)
from mongoengine._streams import async_pieces
from mongoengine.base.changes import value_at
from mongoengine.base.connections import ensure_family, ensure_family_if_known
from mongoengine.base.failures import add_note, is_unknown, noted, reported
from mongoengine.base.files import (
    Bucket,
    FileHandle,
    GridFSError,
    is_to_be_saved,
    itself,
    may_have_moved,
)
from mongoengine.base.joining import Joined

BOTH_KEPT = (
    "Nobody knows whether the document in the database still has the file {}, or by now "
    "{}; neither was removed"
)
TO_SAVE_AGAIN = (
    "Unless a transaction is taken back, the document has another file by now, or none; "
    "saving it again removes the old one"
)
FIT = (
    "This was given for the file {!r}, which takes bytes, a file or an iterator of bytes; "
    "and text by `await async_put()` with an `encoding`"
)


class AsyncFileAccess(FileHandle):
    """What a file can be asked to do."""

    @property
    def async_fs(self) -> AsyncGridFS:
        """The driver's view of all files in the same collections."""
        return AsyncFiles(self._bucket).fs

    async def async_get(self, grid_id: Any = None) -> AsyncGridOut | None:
        """Open the file to be read, and return it; None if there is none, or it is gone.

        With ``grid_id``, stand for that file from now on.
        """
        self._async_refuse_reading()
        if grid_id and grid_id != self.grid_id:
            self.grid_id, self.gridout = grid_id, None
        if not self.grid_id:
            return None
        try:
            return await self._async_opened()
        except NoFile:
            return None

    async def async_read(self, size: int = -1) -> bytes | None:
        """Return the next bytes of the file, all by default; None if there is none.

        The driver's NoFile is raised if it is gone, CorruptGridFile if a part of it is.
        """
        self._async_refuse_reading()
        if not self.grid_id:
            return None
        gridout = await self._async_opened()
        async with AsyncFiles(self._bucket).async_command():
            return await gridout.read(size)

    async def async_chunks(self) -> AsyncIterator[bytes]:
        """Yield the file from its beginning, piece by piece; nothing if there is none.

        That disturbs nobody who reads it at the same time.
        """
        self._async_refuse_reading()
        if not self.grid_id:
            return
        files = AsyncFiles(self._bucket)
        gridout = await files.async_open(self.grid_id)
        try:
            while True:
                async with files.async_command():
                    chunk = await gridout.readchunk()
                if not chunk:
                    return
                yield chunk
        finally:
            await gridout.close()

    def _async_refuse_reading(self) -> None:
        """Refuse what cannot be read here or now, also where there is no file."""
        self._refuse_pending()
        ensure_family_if_known(self.db_alias, async_clients.family)

    async def _async_opened(self) -> AsyncGridOut:
        """Return the file as this task or thread may read it, where it was left."""
        files = AsyncFiles(self._bucket)
        if self.gridout is None or not files.are_those(self._opened_in):
            self.gridout = await files.async_open(self.grid_id)
            self._opened_in = files
        return self.gridout  # type: ignore[no-any-return]

    async def async_put(self, file_obj: Any, **kwargs: Any) -> None:
        """Store content: bytes, or what is read from a file or an iterator.

        The keywords are stored with it, such as ``filename``, ``content_type``,
        ``metadata``; ``chunk_size`` is how many bytes are stored in one piece, and
        ``encoding`` that of text.  The document has to be saved afterwards.
        """
        self._refuse_second()
        new = await self._async_store(file_obj, **kwargs)
        try:
            self._refuse_second()  # which was put there meanwhile
        except GridFSError as error:
            await self._async_discard(new, error)
            raise
        self._async_become(new)

    async def async_replace(self, file_obj: Any, **kwargs: Any) -> None:
        """Store other content, as ``async_put()`` does, and remove what was there.

        A document that is saved is told in between, so that it always has a file.  What
        was there stays until the next save if the document may still have it.
        """
        place = self._stored_path()
        new = await self._async_store(file_obj, **kwargs)
        exchange = partial(self._async_exchange, place, new)
        await async_to_the_end(exchange, copy_context())

    async def async_delete(self) -> None:
        """Remove the file; a document that is saved is told before.

        The file stays until the next save if the document may still have it.
        """
        ensure_family(self.db_alias, async_clients.family)
        exchange = partial(self._async_exchange, self._stored_path(), None)
        await async_to_the_end(exchange, copy_context())

    async def _async_exchange(self, place: Any, new: Any) -> None:
        """Have another file, or none, in place of the one there is, which is removed."""
        async with async_turn(self, async_open_session(self._owner_alias)):
            old = [self.grid_id] if self.grid_id else []
            async with _async_turn_of(place):
                told = await self._async_told(place, new)
                self._async_become(new, keep_old=True)
                if told:
                    self._count_as_stored(told)
            gone = told or ([] if may_have_moved(place) else old)
            if gone:
                await self._async_remove_replaced(gone)

    async def _async_told(self, place: Any, new: Any) -> list[Any]:
        """Switch the document in the database; if that fails, nothing is left behind."""
        try:
            return await self._async_switch(place, self.grid_id, new)
        except BaseException as error:
            if is_unknown(error):
                add_note(error, BOTH_KEPT.format(self.grid_id, new or "none"))
            elif new:
                await self._async_discard(new, error)
            raise

    async def async_new_file(self, **kwargs: Any) -> None:
        """Begin a file to be written piece by piece and closed then."""
        newfile = await self._async_create(**kwargs)
        self._async_become(newfile._id, keep_old=self.newfile is None)
        self.newfile = newfile

    async def async_write(self, string: Any) -> None:
        """Add what ``async_put()`` takes to the file that is written, or to a new one."""
        if self.newfile is None:
            self._refuse_second()
            await self.async_new_file()
        async for piece in async_pieces(string):  # which may be read from a file, too
            async with AsyncFiles(self._bucket).async_command():
                await self.newfile.write(piece)

    async def async_writelines(self, lines: Any) -> None:
        """Add several pieces to the file that is written; begin one if there is none."""
        if self.newfile is None:
            await self.async_new_file()
        async for line in async_pieces(lines):
            await self.async_write(line)

    async def async_close(self) -> None:
        """Complete the file that is written."""
        if self.newfile is not None:
            async with AsyncFiles(self._bucket).async_command():
                await self.newfile.close()

    def _async_become(self, grid_id: Any, keep_old: bool = False) -> None:
        """Stand for another file, unless what is done now is taken back later.

        The old one may be kept for now: it goes when the document is saved.
        """
        self._async_undo_if_aborted()
        if keep_old and self.grid_id:
            self._replaced.append(self.grid_id)
            # Others may put one there as well before the save.
            self._is_unread |= self._marks() is not None
        self._hold(grid_id)

    async def _async_store(self, source: Any, **options: Any) -> Any:
        """Store a file, or nothing if that fails; return its id.

        A piece that is under way is waited for before all are removed.
        """
        files = AsyncFiles(self._bucket)
        new = await self._async_create(**options)
        try:
            async for piece in async_pieces(source):
                async with files.async_command():
                    await async_to_the_end(partial(new.write, piece), copy_context())
            async with files.async_command():
                await async_to_the_end(new.close, copy_context())
        except FileExists:
            raise
        except BaseException as error:
            if isinstance(error, TypeError) and self.key:
                add_note(error, FIT.format(self.key))
            await self._async_discard(new._id, error)
            raise
        return new._id

    async def _async_create(self, **options: Any) -> Any:
        """Begin a file, which goes if the transaction of its document is aborted."""
        new = await AsyncFiles(self._bucket).async_create(**options)
        block = self._async_block()
        if block is not None and self.db_alias not in block.aliases:
            block.call_after_abort(partial(_async_remove, self._bucket, [new._id]))
        return new

    def _async_block(self) -> Joined | None:
        """Return the block that decides on this file: its own, or its document's."""
        return async_open_block(self.db_alias) or async_open_block(self._owner_alias)

    def _async_undo_if_aborted(self) -> None:
        """Have this be again what it is now if that block is aborted."""
        block = self._async_block()
        if block is not None:
            block.on_abort(self._undoing())

    async def _async_discard(self, grid_id: Any, error: BaseException) -> None:
        """Remove what was stored for nothing; an error on its way tells if that fails."""
        try:
            await async_remove(self._bucket, [grid_id], self.db_alias)
        except PyMongoError as failed:
            if async_open_block(self.db_alias) is None:  # whose end would remove it
                add_note(error, f"{self._bucket.left([grid_id])} ({failed})")

    async def _async_switch(self, place: Any, old: Any, new: Any) -> list[Any]:
        """Have the document in the database stand for the new file.

        Return the ids of the files that are replaced there: none if that is left to a
        save, and also that which somebody else put there instead of the old one.
        """
        if place is None or not old:
            return []
        document, path = place
        change = {"$set": {path: new}} if new else {"$unset": {path: 1}}
        known = document._qs.filter(**document._object_key)
        if await known.filter(__raw__={path: old}).async_update_one(__raw__=change):
            return [old]
        if may_have_moved(place) or is_to_be_saved(place):
            return []
        other = await _async_replace_other(known, path, change)
        return [] if other is None else [old, other]

    async def _async_store_pending(self) -> None:
        """Store what was assigned, and keep the file that it replaces for now."""
        async with async_turn(self, async_open_session(self._owner_alias)):
            pending = self._pending
            if pending is None:  # also if it is stored by now
                return
            self._refuse_spent(pending)
            new = await self._async_store(pending.from_start())
            later = None if self._pending is pending else self._pending
            self._async_become(new, keep_old=True)
            if later is not None:  # assigned meanwhile
                self._keep(later)

    async def _async_remove_replaced(self, ids: list[Any]) -> None:
        """Remove files that the document does not have any more."""
        with noted(TO_SAVE_AGAIN):
            await async_remove(self._bucket, ids, self._owner_alias)
        self._async_undo_if_aborted()
        self._replaced = [one for one in self._replaced if one not in ids]
        self._wait_for_save()


class AsyncFieldAccess:
    """The same, asked of a field and a document."""

    if TYPE_CHECKING:

        def _file_of(self, instance: Any) -> Any: ...

    async def async_put(self, file_obj: Any, instance: Any, **kwargs: Any) -> Any:
        """Store content for a document, as the file itself does; return the file."""
        file = self._file_of(instance)
        await file.async_put(file_obj, **kwargs)
        return file

    async def async_get(self, instance: Any) -> Any:
        """Open and return the file of a document; None if it has none."""
        file = self._file_of(instance)
        return file if await file.async_get() is not None else None

    async def async_read(self, instance: Any, size: int = -1) -> bytes | None:
        """Return the next bytes of a document's file, all by default."""
        data: bytes | None = await self._file_of(instance).async_read(size)
        return data

    async def async_replace(self, file_obj: Any, instance: Any, **kwargs: Any) -> Any:
        """Store other content for a document; return the file."""
        file = self._file_of(instance)
        await file.async_replace(file_obj, **kwargs)
        return file

    async def async_delete(self, instance: Any) -> None:
        """Remove the file of a document."""
        await self._file_of(instance).async_delete()


def _async_turn_of(place: Any) -> Any:
    """Return the lock of a document in the database: a save may be under way."""
    if place is None:
        return nullcontext()
    document = itself(place[0])
    return async_turn(document, async_open_session(document._own_place().alias))


async def _async_replace_other(known: Any, path: str, change: Any) -> Any:
    """Replace a file of which nobody here knew, and return its id; None if there is none."""
    found = known.filter(__raw__={path: {"$ne": None}})
    collection = await found._async_get_collection()
    send = partial(collection.find_one_and_update, projection=[path])
    with reported("Update failed ({})"):
        stored = await found._async_send(send, found._filter, change)
    return stored and value_at(stored, path)


async def async_remove(bucket: Bucket, ids: list[Any], alias: str) -> None:
    """Remove files, and what belongs to them.

    Files that cannot join the transaction of their documents, on another alias, stay
    until it is committed.
    """
    remove = partial(_async_remove, bucket, ids)
    if async_open_block(bucket.alias) is None:
        remove = partial(async_on_commit, remove, alias)
    await async_to_the_end(remove, copy_context())


async def _async_remove(bucket: Bucket, ids: list[Any]) -> None:
    files = AsyncFiles(bucket)
    with noted(bucket.left(ids)):
        if bucket.has_parts:
            ids = await files.async_with_parts(ids)
        await files.async_remove(ids)
