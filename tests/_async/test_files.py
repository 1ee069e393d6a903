"""Files in GridFS: stored, read, replaced and removed."""

import copy
from io import BytesIO

import pytest
from bson import ObjectId
from gridfs.errors import CorruptGridFile, FileExists, NoFile
from pymongo import ReadPreference

from mongoengine import (
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EmbeddedDocumentListField,
    FileField,
    GridFSError,
    IntField,
    ListField,
    MapField,
    ValidationError,
)
from mongoengine.fields import GridFSProxy

LONG = bytes(range(256)) * 3000  # 768,000 bytes: three chunks


class AsyncFilePage(EmbeddedDocument):
    scan = FileField(db_field="s")


class AsyncFileLetter(Document):
    file = FileField(db_field="f")
    other = FileField(collection_name="attic")
    files = ListField(FileField())
    by_name = MapField(FileField())
    page = EmbeddedDocumentField(AsyncFilePage, db_field="p")
    pages = EmbeddedDocumentListField(AsyncFilePage)
    number = IntField()


@pytest.fixture
async def async_blank(async_mongo_db):
    return await AsyncFileLetter(number=1).async_save()


@pytest.fixture
async def async_stored(async_blank):
    await async_blank.file.async_put(LONG, filename="long.bin")
    return await async_blank.async_save()


async def loaded(letter):
    return await AsyncFileLetter.objects.async_get(id=letter.id)


async def left_in(db, name="fs"):
    """Return the ids of the files that there are, and of those that chunks are of."""
    files = await db[name].files.distinct("_id")
    chunks = await db[name].chunks.distinct("files_id")
    return set(files), set(chunks)


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


async def test_an_empty_file_is_a_file(async_blank, async_mongo_db):
    await async_blank.file.async_put(b"")
    assert async_blank.file
    assert await async_blank.file.async_read() == b""
    assert [chunk async for chunk in async_blank.file.async_chunks()] == []
    assert async_blank.file.length == 0


async def test_another_file_by_id(async_stored):
    proxy = GridFSProxy()
    gridout = await proxy.async_get(async_stored.file.grid_id)
    assert gridout.filename == "long.bin"
    assert proxy == async_stored.file
    assert await proxy.async_get(ObjectId()) is None


async def test_a_second_file_is_refused(async_stored):
    for store in (async_stored.file.async_put, async_stored.file.async_write):
        with pytest.raises(GridFSError, match="already has a file. Either delete it"):
            await store(b"x")
    assert await async_stored.file.async_read() == LONG


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


async def test_replace_changes_what_is_stored(async_stored, async_mongo_db):
    old = async_stored.file.grid_id
    await async_stored.file.async_replace(b"new", filename="n")
    new = async_stored.file.grid_id
    assert new != old
    assert (await loaded(async_stored)).file.grid_id == new
    assert await async_stored.file.async_read() == b"new"
    assert await left_in(async_mongo_db) == ({new}, {new})
    assert async_stored._get_changed_fields() == ["f"]
    await async_stored.async_save()
    assert (await loaded(async_stored)).file.grid_id == new


async def test_replace_of_an_unsaved_document(async_mongo_db):
    letter = AsyncFileLetter()
    await letter.file.async_replace(b"first")
    await letter.file.async_replace(b"second")
    assert await letter.file.async_read() == b"second"
    assert await left_in(async_mongo_db) == ({letter.file.grid_id},) * 2
    assert await AsyncFileLetter.objects.async_count() == 0


async def test_replace_of_another_state_leaves_that(async_stored):
    other = await loaded(async_stored)
    await other.file.async_replace(b"other")
    await async_stored.file.async_replace(b"new")
    assert (await loaded(async_stored)).file == other.file


async def test_files_in_embedded_documents(async_blank, async_mongo_db):
    async_blank.page = AsyncFilePage()
    async_blank.pages = [AsyncFilePage(), AsyncFilePage()]
    for page in (async_blank.page, *async_blank.pages):
        await page.scan.async_put(b"old")
    await async_blank.async_save()
    letter = await loaded(async_blank)
    await letter.page.scan.async_replace(b"new")
    await letter.pages[1].scan.async_replace(b"newest")
    assert letter._get_changed_fields() == ["p.s", "pages.1.s"]
    letter = await loaded(async_blank)
    assert await letter.page.scan.async_read() == b"new"
    assert await letter.pages[0].scan.async_read() == b"old"
    assert await letter.pages[1].scan.async_read() == b"newest"
    await letter.pages[1].scan.async_delete()
    letter = await loaded(async_blank)
    assert not letter.pages[1].scan
    assert len((await left_in(async_mongo_db))[0]) == 2


async def test_files_in_containers(async_blank, async_mongo_db):
    files = [GridFSProxy(), GridFSProxy()]
    await files[0].async_put(b"0")
    await files[1].async_put(b"1")
    async_blank.files, async_blank.by_name = files[:1], {"one": files[1]}
    await async_blank.async_save()
    letter = await loaded(async_blank)
    assert await letter.files[0].async_read() == b"0"
    assert await letter.by_name["one"].async_read() == b"1"
    await letter.async_delete()
    assert await left_in(async_mongo_db) == (set(), set())


async def test_delete_changes_what_is_stored(async_stored, async_mongo_db):
    await async_stored.file.async_delete()
    assert not async_stored.file
    assert await async_stored.file.async_read() is None
    assert not (await loaded(async_stored)).file
    assert await left_in(async_mongo_db) == (set(), set())
    await async_stored.file.async_put(b"again")
    assert await async_stored.file.async_read() == b"again"


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


async def test_a_new_file_takes_the_place_of_another(async_stored, async_mongo_db):
    old = async_stored.file.grid_id
    await async_stored.file.async_new_file()
    await async_stored.file.async_write(b"new")
    await async_stored.file.async_close()
    assert old in (await left_in(async_mongo_db))[0]
    await async_stored.async_save()
    assert await left_in(async_mongo_db) == ({async_stored.file.grid_id},) * 2


async def test_a_copy_reads_for_itself(async_stored):
    assert await async_stored.file.async_read(10) == LONG[:10]
    twin = copy.deepcopy(async_stored.file)
    assert twin == async_stored.file
    assert await twin.async_read(10) == LONG[:10]


async def test_deleting_a_document_removes_its_files(async_stored, async_mongo_db):
    await async_stored.other.async_put(b"x")
    page = async_stored.page = AsyncFilePage()
    await page.scan.async_put(b"y")
    await async_stored.async_save()
    await async_stored.async_delete()
    assert await left_in(async_mongo_db) == (set(), set())
    assert await left_in(async_mongo_db, "attic") == (set(), set())


async def test_a_deleted_document_has_no_file_any_more(async_stored):
    await async_stored.async_delete()
    assert not async_stored.file
    assert await async_stored.file.async_read() is None
    assert "f" not in async_stored.to_mongo()
    await async_stored.async_save(force_insert=True)
    assert not (await loaded(async_stored)).file


async def test_a_partly_loaded_document_removes_all_files(async_stored, async_mongo_db):
    letter = await AsyncFileLetter.objects.only("number").async_first()
    await letter.async_delete()
    assert await left_in(async_mongo_db) == (set(), set())


async def test_files_of_unsaved_changes_are_removed(async_blank, async_mongo_db):
    await async_blank.file.async_put(b"never saved")
    await async_blank.async_delete()
    assert not async_blank.file
    assert await left_in(async_mongo_db) == (set(), set())


@pytest.fixture
async def async_three(async_mongo_db):
    for number in range(3):
        letter = AsyncFileLetter(number=number)
        await letter.file.async_put(b"%d" % number)
        await letter.async_save()
    return AsyncFileLetter.objects


async def test_deleting_by_query_removes_files(async_three, async_mongo_db):
    assert await async_three(number__gt=0).async_delete() == 2
    (letter,) = await async_three.async_to_list()
    assert await left_in(async_mongo_db) == ({letter.file.grid_id},) * 2
    assert await async_three.async_delete_one() == 1
    assert await left_in(async_mongo_db) == (set(), set())


async def test_what_a_query_does_not_delete_keeps_its_file(async_three, async_mongo_db):
    assert await async_three(number=5).async_delete() == 0
    assert await async_three.skip(2).async_delete() == 1
    assert len((await left_in(async_mongo_db))[0]) == 2


async def test_files_are_looked_for_where_is_written(async_three, async_mongo_db):
    elsewhere = async_three.read_preference(ReadPreference.SECONDARY)  # there is none
    assert await elsewhere.async_delete() == 3
    assert await left_in(async_mongo_db) == (set(), set())


async def test_a_file_in_queries_and_updates(async_three):
    file, found = GridFSProxy(), async_three(number=1)
    await file.async_put(b"new")
    changes = {"set__file": file, "push__files": file, "set__by_name": {"one": file}}
    await found.async_update(**changes)
    letter = await async_three(file=file, files=file, other__ne=file).async_get()
    for one in (letter.file, letter.files[0], letter.by_name["one"]):
        assert await one.async_read() == b"new"
    await found.async_update(pull__files=file)
    assert (await found.async_get()).files == []


async def test_modify_hands_over_the_file(async_three):
    letter = await async_three(number=1).async_modify(remove=True)
    assert await letter.file.async_read() == b"1"


class AsyncFileChild(Document):
    file = FileField()
    meta = {"allow_inheritance": True}


class AsyncFileGrandchild(AsyncFileChild):
    more = FileField()


async def test_a_subclass_has_files_of_its_own(async_mongo_db):
    child = AsyncFileGrandchild()
    await child.file.async_put(b"a")
    await child.more.async_put(b"b")
    await child.async_save()
    assert await AsyncFileChild.objects.async_delete() == 1
    assert await left_in(async_mongo_db) == (set(), set())


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


async def test_an_id_that_is_no_object_id(async_blank):
    await async_blank.file.async_put(b"x", _id="mine")
    assert await async_blank.file.async_read() == b"x"
    with pytest.raises(ValidationError, match="Invalid GridFSProxy value"):
        await async_blank.async_save()
