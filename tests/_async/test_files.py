"""Files in GridFS: stored and read."""

import copy
from io import BytesIO

import pytest
from _async.filing import LONG, AsyncFileLetter, left_in, loaded
from bson import ObjectId
from gridfs.errors import CorruptGridFile, NoFile

from mongoengine.fields import GridFSProxy


@pytest.fixture
async def async_blank(async_mongo_db):
    return await AsyncFileLetter(number=1).async_save()


@pytest.fixture
async def async_stored(async_blank):
    await async_blank.file.async_put(LONG, filename="long.bin")
    return await async_blank.async_save()


async def test_put_and_read(async_blank, async_mongo_db):
    file = async_blank.file
    assert not file
    assert await file.async_put(b"content", filename="a.txt") is None
    assert file
    assert await file.async_read() == b"content"
    assert await file.async_read() == b""
    await async_blank.async_save()
    again = await loaded(async_blank)
    assert again.file == file
    assert await again.file.async_read(3) == b"con"
    assert await again.file.async_read(3) == b"ten"
    assert await again.file.async_read() == b"t"


async def test_attributes_are_those_of_the_open_file(async_stored):
    letter = await loaded(async_stored)
    gridout = await letter.file.async_get()
    assert letter.file.gridout is gridout
    assert await letter.file.async_get() is gridout
    assert letter.file.filename == "long.bin"
    assert letter.file.length == len(LONG)
    assert letter.file._id == letter.file.grid_id
    assert await letter.file.seek(5) == 5
    assert letter.file.tell() == 5
    assert await letter.file.async_read(2) == LONG[5:7]
    assert str(letter.file) == f"<GridFSProxy: long.bin ({letter.file.grid_id})>"
    assert not hasattr(letter.file, "nope")


async def test_no_file(async_blank, async_mongo_db):
    file = async_blank.file
    assert await file.async_get() is None
    assert await file.async_read() is None
    assert [chunk async for chunk in file.async_chunks()] == []
    assert await file.async_close() is None
    assert await file.async_delete() is None
    assert not hasattr(file, "filename")
    assert await left_in(async_mongo_db) == (set(), set())


async def test_another_file_by_id(async_stored):
    proxy = GridFSProxy()
    gridout = await proxy.async_get(async_stored.file.grid_id)
    assert gridout.filename == "long.bin"
    assert proxy == async_stored.file
    assert await proxy.async_get(ObjectId()) is None


async def test_chunks(async_stored):
    letter = await loaded(async_stored)
    assert await letter.file.async_read(10) == LONG[:10]
    chunks = [chunk async for chunk in letter.file.async_chunks()]
    assert [len(chunk) for chunk in chunks] == [261120, 261120, 245760]
    assert b"".join(chunks) == LONG
    assert await letter.file.async_read(10) == LONG[10:20]


async def test_two_read_at_the_same_time(async_stored):
    one, two = async_stored.file.async_chunks(), async_stored.file.async_chunks()
    pairs = []
    async for first in one:
        pairs.append((first, await two.__anext__()))
    assert [b"".join(part) for part in zip(*pairs, strict=True)] == [LONG, LONG]
    await two.aclose()


async def test_a_copy_reads_for_itself(async_stored):
    assert await async_stored.file.async_read(10) == LONG[:10]
    twin = copy.deepcopy(async_stored.file)
    assert twin == async_stored.file
    assert await twin.async_read(10) == LONG[:10]


async def test_a_missing_file(async_stored, async_mongo_db):
    await async_mongo_db.fs.files.delete_many({})
    letter = await loaded(async_stored)
    assert await letter.file.async_get() is None
    with pytest.raises(NoFile, match=str(letter.file.grid_id)):
        await letter.file.async_read()
    with pytest.raises(NoFile):
        _ = [chunk async for chunk in letter.file.async_chunks()]
    assert letter.file
    assert str(letter.file) == f"<GridFSProxy: <no file> ({letter.file.grid_id})>"
    await letter.file.async_delete()
    assert await left_in(async_mongo_db) == (set(), set())


@pytest.mark.parametrize("number", [0, 1, 2])
async def test_a_missing_chunk(async_stored, async_mongo_db, number):
    await async_mongo_db.fs.chunks.delete_one({"n": number})
    with pytest.raises(CorruptGridFile):
        await async_stored.file.async_read()
    with pytest.raises(CorruptGridFile):
        _ = [chunk async for chunk in async_stored.file.async_chunks()]


async def test_the_field_does_it_too(async_blank, async_mongo_db):
    field = AsyncFileLetter.file
    assert await field.async_get(async_blank) is None
    assert await field.async_read(async_blank) is None
    proxy = await field.async_put(BytesIO(b"a"), instance=async_blank, filename="n")
    assert proxy is async_blank.file
    assert await field.async_get(async_blank) is proxy
    assert proxy.filename == "n"
    assert await field.async_read(async_blank, 1) == b"a"
    assert await field.async_replace(b"b", instance=async_blank) is proxy
    assert await field.async_read(async_blank) == b"b"
    await field.async_delete(async_blank)
    assert await left_in(async_mongo_db) == (set(), set())


async def test_the_drivers_view(async_stored):
    fs = async_stored.file.async_fs
    assert await fs.exists(async_stored.file.grid_id)
