"""Files of GridFS, opened by the driver.

The driver takes no session with a transaction, in none of its methods, because it makes
indexes on the way.  Within a transaction these are made before, outside of it.  Then a
file that is written is told of the session afterwards, by attributes that are the
driver's own since it has async files; and one that is read finds its chunks in another
way.  All that either does can be part of a transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gridfs.asynchronous import AsyncGridFS, AsyncGridIn, AsyncGridOut
from gridfs.errors import CorruptGridFile, FileExists, NoFile
from pymongo.asynchronous.collection import AsyncCollection

from mongoengine._async.connection import get_async_db
from mongoengine._clients import async_clients
from mongoengine._seam import AsyncCommand, async_open_session
from mongoengine.base.connections import ensure_family
from mongoengine.base.files import Bucket
from mongoengine.base.prepared import in_time

BY_NAME = [("filename", 1), ("uploadDate", 1)]
BY_NUMBER = [("files_id", 1), ("n", 1)]
_TOO_LATE = (
    "Could not prepare the files in {0!r} within a transaction, which may hold their "
    "collections locked; store a file there before"
)


class AsyncFiles:
    """The files of a bucket, for the task or thread that asks for them now."""

    def __init__(self, bucket: Bucket) -> None:
        ensure_family(bucket.alias, async_clients.family)
        self.bucket = bucket
        self.db = get_async_db(bucket.alias)
        self.session = async_open_session(bucket.alias)
        self.fs = AsyncGridFS(self.db, bucket.name)
        self._root = self.db[bucket.name]
        self._joins = self.session is not None and self.session.in_transaction

    def are_those(self, others: AsyncFiles | None) -> bool:
        """Say whether a file that was opened before can still be read."""
        if not isinstance(others, AsyncFiles):
            return False
        return self.db is others.db and self.session is others.session

    def async_command(self) -> AsyncCommand:
        """Return a context for one command of a file."""
        return AsyncCommand(self.session)

    async def async_create(self, **options: Any) -> AsyncGridIn:
        """Begin a new file."""
        if "_id" in options:
            await self._async_refuse_existing(options["_id"])
        if not self._joins:
            return self.fs.new_file(session=self.session, **options)
        with in_time(self.session, _TOO_LATE.format(self.bucket.name)):
            await _async_make_index(self._root.files, BY_NAME, unique=False)
            await _async_make_index(self._root.chunks, BY_NUMBER, unique=True)
        file = self.fs.new_file(**options)
        object.__setattr__(file, "_session", self.session)
        object.__setattr__(file, "_ensured_index", True)
        return file

    async def _async_refuse_existing(self, file_id: Any) -> None:
        """Raise the driver's error: what fails later could not be told from its file."""
        async with self.async_command():
            found = await self._root.files.find_one(
                {"_id": {"$eq": file_id}}, session=self.session
            )
        if found is not None:
            raise FileExists(f"file with _id {file_id!r} already exists")

    async def async_open(self, file_id: Any) -> AsyncGridOut:
        """Open a file; NoFile is raised if it is gone."""
        async with self.async_command():
            found = await self._root.files.find_one(
                {"_id": {"$eq": file_id}}, session=self.session
            )
        if found is None:
            raise NoFile(
                f"no file in gridfs collection {self._root.files!r} "
                f"with _id {file_id!r}"
            )
        if self._joins:
            return AsyncJoinedOut(self._root, found, self.session)
        return AsyncGridOut(self._root, file_document=found, session=self.session)

    async def async_remove(self, ids: Sequence[Any]) -> None:
        """Delete files, and all that is left of them if they are gone."""
        for collection, key in (self._root.files, "_id"), (
            self._root.chunks,
            "files_id",
        ):
            async with self.async_command():
                await collection.delete_many({key: {"$in": ids}}, session=self.session)

    async def async_with_parts(self, ids: Sequence[Any]) -> list[Any]:
        """Return ids of files, and of those that belong to these."""
        async with self.async_command():
            found = await self._root.files.find(
                {"_id": {"$in": ids}, "thumbnail_id": {"$ne": None}},
                ["thumbnail_id"],
                session=self.session,
            ).to_list()
        return [*(file["thumbnail_id"] for file in found), *ids]


class AsyncJoinedOut(AsyncGridOut):
    """A file that is read within a transaction, each chunk by a command of its own."""

    def __init__(
        self, root: AsyncCollection[Any], document: dict[str, Any], session: Any
    ) -> None:
        super().__init__(root, file_document=document)
        self._joined = session

    async def readchunk(self) -> bytes:
        """Return the next chunk, or what is left of the last one."""
        if self._buffer_pos < len(self._buffer) or self._position >= self.length:
            return await super().readchunk()
        number, start = divmod(self._position, self.chunk_size)
        key = {"files_id": self._id, "n": number}
        found = await self._chunks.find_one(key, session=self._joined)
        data: bytes = found["data"][start:] if found else b""
        if not data:
            raise CorruptGridFile(f"no chunk #{number}")
        self._position += len(data)
        self._buffer, self._buffer_pos = b"", 0
        return data


async def _async_make_index(
    collection: AsyncCollection[Any], keys: list[tuple[str, int]], unique: bool
) -> None:
    """Make an index, as the driver would, unless there are documents already."""
    if await collection.find_one(projection=["_id"]) is None:
        await collection.create_index(keys, unique=unique)
