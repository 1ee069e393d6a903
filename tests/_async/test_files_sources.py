"""What files are made of: bytes, files and iterators, at once or piece by piece."""

from io import BytesIO
from types import MappingProxyType

import pytest
from _async.filing import LONG, AsyncFileLetter, AsyncFilePage, left_in, loaded
from bson import SON, ObjectId
from gridfs.errors import FileExists

from mongoengine import EmbeddedDocument, GridFSError, StringField, ValidationError
from mongoengine.fields import GridFSProxy


@pytest.fixture
async def async_blank(async_mongo_db):
    return await AsyncFileLetter(number=1, page=AsyncFilePage()).async_save()


@pytest.fixture
async def async_stored(async_blank):
    await async_blank.file.async_put(LONG, filename="long.bin")
    return await async_blank.async_save()


async def test_every_option_is_kept(async_blank, async_mongo_db):
    key = ObjectId()
    await async_blank.other.async_put(
        "häuser",
        _id=key,
        filename="a.txt",
        content_type="text/plain",
        chunk_size=4,
        metadata={"a": 1},
        encoding="utf-8",
        custom=7,
    )
    assert async_blank.other.grid_id == key
    found = await async_mongo_db.attic.files.find_one(key)
    del found["uploadDate"]
    assert found == {
        "_id": key,
        "filename": "a.txt",
        "contentType": "text/plain",
        "chunkSize": 4,
        "length": 7,
        "metadata": {"a": 1},
        "encoding": "utf-8",
        "custom": 7,
    }
    assert await async_mongo_db.attic.chunks.count_documents({"files_id": key}) == 2


def in_pieces(size=100_000):
    for start in range(0, len(LONG), size):
        yield LONG[start : start + size]


class Endless:
    """A file that is read in pieces of its own choice."""

    def __init__(self):
        self.rest = BytesIO(LONG)

    def read(self, size):
        return self.rest.read(min(size, 1000))


@pytest.mark.parametrize(
    "make",
    [
        lambda: BytesIO(LONG),
        in_pieces,
        lambda: list(in_pieces()),
        lambda: map(bytearray, in_pieces()),
        lambda: memoryview(LONG),
        lambda: bytearray(LONG),
        Endless,
    ],
)
async def test_sources(async_blank, make):
    await async_blank.file.async_put(make())
    assert await async_blank.file.async_read() == LONG
    assert async_blank.file.length == len(LONG)


async def test_a_file_on_disk(async_blank, tmp_path):
    path = tmp_path / "long"
    path.write_bytes(LONG)
    with path.open("rb") as opened:
        await async_blank.file.async_put(opened, filename="long")
    assert await async_blank.file.async_read() == LONG


async def test_another_file_is_copied(async_stored, async_mongo_db):
    await async_stored.other.async_put(async_stored.file)
    assert await async_stored.other.async_read() == LONG
    assert len((await left_in(async_mongo_db, "attic"))[0]) == 1


@pytest.mark.parametrize("content", [5, None, "text", ["text"], [5], object()])
async def test_what_is_no_content_is_refused(async_blank, async_mongo_db, content):
    with pytest.raises(TypeError):
        await async_blank.file.async_put(content)
    assert not async_blank.file
    assert await left_in(async_mongo_db) == (set(), set())


class AsyncFileReading(EmbeddedDocument):
    read = StringField()


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"a": 1},
        SON(a=1),
        MappingProxyType({b"a": 1}),
        AsyncFileLetter(),
        AsyncFilePage(note="a"),
        AsyncFileReading(read="a"),
    ],
)
async def test_what_has_fields_is_no_content(async_blank, async_mongo_db, content):
    file, message = async_blank.file, "can only write strings or file-like objects"
    for store in (file.async_put, file.async_replace):
        with pytest.raises(TypeError, match=message):
            await store(content)
    assert await left_in(async_mongo_db) == (set(), set())
    async_blank.file = content
    with pytest.raises(ValidationError, match="only accepts GridFSProxy values, not"):
        await async_blank.async_save()
    await file.async_new_file()
    with pytest.raises(TypeError, match=message):
        await file.async_write(content)


async def test_refused_content_is_told_with_its_field(async_blank):
    with pytest.raises(TypeError, match="must specify an encoding") as raised:
        await async_blank.page.scan.async_put("text")
    (note,) = raised.value.__notes__
    assert note.startswith("This was given for the file 'scan', which takes bytes, a ")
    assert note.endswith("; and text by `await async_put()` with an `encoding`")
    with pytest.raises(TypeError, match="must specify an encoding") as raised:
        await GridFSProxy().async_put("text")
    assert not hasattr(raised.value, "__notes__")


def breaking_down():
    yield LONG * 50  # more than the driver buffers
    raise RuntimeError("broken")


async def test_a_source_that_breaks_down_leaves_nothing(async_stored, async_mongo_db):
    before = await left_in(async_mongo_db)
    for store in (GridFSProxy().async_put, async_stored.file.async_replace):
        with pytest.raises(RuntimeError, match="broken"):
            await store(breaking_down())
    assert await left_in(async_mongo_db) == before
    assert await async_stored.file.async_read() == LONG


async def test_an_id_that_is_taken(async_stored, async_mongo_db):
    proxy = GridFSProxy()
    with pytest.raises(FileExists):
        await proxy.async_put(b"other", _id=async_stored.file.grid_id)
    assert not proxy
    assert await async_stored.file.async_read() == LONG


async def test_an_id_that_is_no_object_id(async_blank):
    await async_blank.file.async_put(b"x", _id="mine")
    assert await async_blank.file.async_read() == b"x"
    with pytest.raises(ValidationError, match="Invalid GridFSProxy value"):
        await async_blank.async_save()


async def test_write_piece_by_piece(async_blank):
    file = async_blank.file
    await file.async_new_file(filename="pieces")
    assert file
    await file.async_write(b"a")
    await file.async_writelines([b"b", b"c"])
    assert await file.async_get() is None  # before it is complete
    await file.async_close()
    await file.async_close()
    assert await file.async_read() == b"abc"
    assert file.filename == "pieces"
    with pytest.raises(ValueError, match="closed file"):
        await file.async_write(b"d")
    await async_blank.async_save()
    assert await (await loaded(async_blank)).file.async_read() == b"abc"


@pytest.mark.parametrize("method", ["async_write", "async_writelines"])
async def test_writing_begins_a_file(async_blank, method):
    await getattr(async_blank.file, method)([b"a"] if "lines" in method else b"a")
    await async_blank.file.async_close()
    assert await async_blank.file.async_read() == b"a"


async def test_an_empty_file_is_a_file(async_blank, async_mongo_db):
    await async_blank.file.async_put(b"")
    assert async_blank.file
    assert await async_blank.file.async_read() == b""
    assert [chunk async for chunk in async_blank.file.async_chunks()] == []
    assert async_blank.file.length == 0


async def test_a_second_file_is_refused(async_stored):
    for store in (async_stored.file.async_put, async_stored.file.async_write):
        with pytest.raises(GridFSError, match="already has a file. Either delete it"):
            await store(b"x")
    assert await async_stored.file.async_read() == LONG
