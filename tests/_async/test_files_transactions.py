"""Files join the transaction of a block."""

from contextlib import asynccontextmanager, nullcontext, suppress
from io import BytesIO

import pytest
from gridfs.errors import NoFile
from PIL import Image

from mongoengine import Document, FileField, ImageField, ListField
from mongoengine.context_managers import async_run_in_transaction
from mongoengine.fields import GridFSProxy

LONG = bytes(range(256)) * 3000


class AsyncFileJoined(Document):
    file = FileField()
    image = ImageField()
    files = ListField(FileField())


def picture():
    content = BytesIO()
    Image.new("RGB", (4, 3)).save(content, "PNG")
    return content


class Undone(Exception):
    """What aborts a transaction."""


@asynccontextmanager
async def async_aborted_transaction():
    with suppress(Undone):
        async with async_run_in_transaction():
            yield
            raise Undone


@pytest.fixture
async def async_stored(async_mongo_db):
    document = AsyncFileJoined()
    await document.file.async_put(LONG)
    return await document.async_save()


async def left_in(db):
    """Return the ids of the files that there are, and of those that chunks are of."""
    files = await db.fs.files.distinct("_id")
    chunks = await db.fs.chunks.distinct("files_id")
    return set(files), set(chunks)


async def test_what_is_committed_stays(async_stored, async_mongo_db):
    async with async_run_in_transaction():
        await async_stored.file.async_replace(LONG[::-1], filename="new")
        assert await async_stored.file.async_read() == LONG[::-1]
        pieces = [piece async for piece in async_stored.file.async_chunks()]
        assert b"".join(pieces) == LONG[::-1]
        await async_stored.async_save()
        outside = await left_in(async_mongo_db)
        assert async_stored.file.grid_id not in outside[0]
    assert await left_in(async_mongo_db) == ({async_stored.file.grid_id},) * 2
    assert async_stored.file.filename == "new"
    assert await async_stored.file.async_read() == LONG[::-1]
    again = await AsyncFileJoined.objects.async_get(id=async_stored.id)
    assert await again.file.async_read() == LONG[::-1]


async def test_an_abort_leaves_nothing_behind(async_stored, async_mongo_db):
    before, old = await left_in(async_mongo_db), async_stored.file.grid_id
    async with async_aborted_transaction():
        other = AsyncFileJoined()
        await other.file.async_put(b"other")
        await other.async_save()
        await async_stored.file.async_replace(b"new")
        await async_stored.async_save()
    assert await left_in(async_mongo_db) == before
    assert async_stored.file.grid_id == old
    assert await async_stored.file.async_read() == LONG
    assert not other.file
    assert await AsyncFileJoined.objects.async_count() == 1


async def test_the_first_file_of_all(async_mongo_db):
    await AsyncFileJoined._async_get_collection()
    document = AsyncFileJoined()
    async with async_run_in_transaction():
        await document.file.async_put(LONG)
        await document.async_save()
    assert await document.file.async_read() == LONG
    assert "files_id_1_n_1" in await async_mongo_db.fs.chunks.index_information()
    names = await async_mongo_db.fs.files.index_information()
    assert "filename_1_uploadDate_1" in names


async def test_a_deleted_document(async_stored, async_mongo_db):
    before = await left_in(async_mongo_db)
    async with async_aborted_transaction():
        await async_stored.async_delete()
        assert not async_stored.file
    assert await left_in(async_mongo_db) == before
    assert await async_stored.file.async_read() == LONG
    again = await AsyncFileJoined.objects.async_get()
    assert await again.file.async_read() == LONG
    async with async_run_in_transaction():
        await again.async_delete()
    assert await left_in(async_mongo_db) == (set(), set())


async def test_a_file_read_inside_is_read_anew_outside(async_stored):
    async with async_run_in_transaction():
        assert await async_stored.file.async_read() == LONG
    assert await async_stored.file.async_read() == LONG


async def test_a_file_of_an_aborted_block_is_gone(async_stored):
    proxy = GridFSProxy()
    async with async_aborted_transaction():
        await proxy.async_put(b"x")
        key = proxy.grid_id
    assert not proxy
    with pytest.raises(NoFile):
        await GridFSProxy(key).async_read()


async def test_writing_piece_by_piece(async_stored, async_mongo_db):
    before = await left_in(async_mongo_db)
    async with async_aborted_transaction():
        proxy = GridFSProxy()
        await proxy.async_write(b"x")
        await proxy.async_close()
        assert await proxy.async_read() == b"x"
    assert await left_in(async_mongo_db) == before


@pytest.mark.parametrize("joins", [True, False])
async def test_another_file_is_written(async_stored, joins):
    copy = AsyncFileJoined()
    async with async_run_in_transaction() if joins else nullcontext():
        await copy.file.async_new_file()
        await copy.file.async_write(async_stored.file)
        await copy.file.async_write(
            await GridFSProxy(async_stored.file.grid_id).async_get()
        )
        await copy.file.async_writelines([async_stored.file, b"end"])
        await copy.file.async_close()
        await copy.async_save()
    assert await copy.file.async_read() == LONG * 3 + b"end"


async def test_a_new_file_that_is_taken_back_leaves_the_old_one(
    async_stored, async_mongo_db
):
    before = await left_in(async_mongo_db)
    async with async_aborted_transaction():
        await async_stored.file.async_new_file()
        await async_stored.file.async_write(b"new")
        await async_stored.file.async_close()
    await async_stored.async_save()
    assert await left_in(async_mongo_db) == before
    assert await async_stored.file.async_read() == LONG


async def test_a_document_whose_removal_is_taken_back_has_its_unsaved_file(
    async_stored, async_mongo_db
):
    await async_stored.image.async_put(picture())
    assert async_stored.image
    async with async_aborted_transaction():
        await async_stored.async_delete()
        assert not async_stored.image
    assert await async_stored.image.async_read()
    await async_stored.async_save()
    again = await AsyncFileJoined.objects.async_get()
    assert await again.image.async_read()


async def test_two_changes_in_one_transaction_are_both_taken_back(
    async_stored, async_mongo_db
):
    before = await left_in(async_mongo_db)
    async with async_aborted_transaction():
        await async_stored.file.async_replace(b"second")
        await async_stored.file.async_delete()
        await async_stored.file.async_put(b"third")
    assert await async_stored.file.async_read() == LONG
    assert await left_in(async_mongo_db) == before


async def test_a_removal_that_is_taken_back_is_done_by_the_next_save(async_mongo_db):
    document = AsyncFileJoined(files=[GridFSProxy(), GridFSProxy()])
    for file in document.files:
        await file.async_put(b"old")
    await document.async_save()
    document.files.reverse()
    await document.files[0].async_replace(b"new")  # the old one is stored elsewhere
    async with async_aborted_transaction():
        await document.async_save()
    assert len((await left_in(async_mongo_db))[0]) == 3
    await document.async_save()
    ids = {file.grid_id for file in document.files}
    assert await left_in(async_mongo_db) == (ids, ids)
