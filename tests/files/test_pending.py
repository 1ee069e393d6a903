"""What is assigned to the field of a file when only the async family is connected."""

import asyncio
import copy
import pickle
from contextlib import suppress
from io import BytesIO

import pytest
from PIL import Image

from mongoengine import (
    DictField,
    Document,
    DynamicDocument,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EmbeddedDocumentListField,
    FileField,
    GridFSError,
    ImageField,
    ReferenceField,
    StringField,
    ValidationError,
)
from mongoengine.base.files import waiting
from mongoengine.context_managers import async_run_in_transaction


class PendingPage(EmbeddedDocument):
    scan = FileField()
    inner = EmbeddedDocumentField("self")


class PendingLetter(Document):
    file = FileField()
    image = ImageField(thumbnail_size=(5, 5))
    name = StringField(max_length=3)
    pages = EmbeddedDocumentListField(PendingPage)
    by_name = DictField()


class PendingLoose(DynamicDocument):
    pass


class PendingNote(Document):
    letter = ReferenceField(PendingLetter)


async def loaded(letter):
    return await PendingLetter.objects.async_get(id=letter.id)


async def ids_in(db):
    return set(await db.fs.files.distinct("_id"))


async def test_content_is_stored_when_the_document_is_saved(async_mongo_db):
    letter = PendingLetter()
    letter.file = BytesIO(b"content")
    assert letter.file
    assert letter.file.grid_id is None
    assert await ids_in(async_mongo_db) == set()
    await letter.async_save()
    assert await letter.file.async_read() == b"content"
    assert await (await loaded(letter)).file.async_read() == b"content"
    assert not waiting


async def test_content_given_by_keyword(async_mongo_db):
    letter = await PendingLetter(file=b"content").async_save()
    assert await (await loaded(letter)).file.async_read() == b"content"


def pickled(document):
    return pickle.loads(pickle.dumps(document))


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, pickled])
async def test_copies_have_what_waits(async_mongo_db, copied):
    page = PendingPage(scan=b"scan", inner=PendingPage(scan=BytesIO(b"inner")))
    letter = copied(PendingLetter(file=b"one", pages=[page]))
    await letter.async_save()
    stored = await loaded(letter)
    assert await stored.file.async_read() == b"one"
    assert await stored.pages[0].scan.async_read() == b"scan"
    assert await stored.pages[0].inner.scan.async_read() == b"inner"
    letter.file = b"two"
    twin = copied(letter)
    await letter.async_save()
    await twin.async_save()
    assert await (await loaded(letter)).file.async_read() == b"two"


async def test_content_that_cannot_be_copied_is_an_error(async_mongo_db):
    letter = PendingLetter(file=(piece for piece in [b"content"]))
    with pytest.raises(TypeError, match="cannot pickle"):
        copy.deepcopy(letter)


async def test_another_file_goes_after_the_save(async_mongo_db):
    letter = await PendingLetter(file=b"old").async_save()
    letter = await loaded(letter)
    letter.file = b"new"
    assert letter._get_changed_fields() == ["file"]
    assert await (await loaded(letter)).file.async_read() == b"old"
    await letter.async_save()
    assert await (await loaded(letter)).file.async_read() == b"new"
    assert await ids_in(async_mongo_db) == {letter.file.grid_id}


async def test_a_save_that_fails_keeps_the_old_file(async_mongo_db):
    letter = await PendingLetter(file=b"old").async_save()
    letter.file, letter.name = b"new", "too long"
    with pytest.raises(ValidationError):
        await letter.async_save()
    assert await (await loaded(letter)).file.async_read() == b"old"
    letter.name = "ok"
    await letter.async_save()
    assert await (await loaded(letter)).file.async_read() == b"new"
    assert await ids_in(async_mongo_db) == {letter.file.grid_id}


async def test_a_refused_write_keeps_the_old_file(async_mongo_db):
    letter = await PendingLetter(file=b"old").async_save()
    letter.file = b"new"
    with pytest.raises(Exception, match="Race condition"):
        await letter.async_save(save_condition={"name": "other"})
    assert await (await loaded(letter)).file.async_read() == b"old"
    await letter.async_save()
    assert await ids_in(async_mongo_db) == {letter.file.grid_id}
    assert await (await loaded(letter)).file.async_read() == b"new"


async def test_content_in_embedded_documents(async_mongo_db):
    letter = PendingLetter(pages=[PendingPage(), PendingPage(scan=b"1")])
    letter.pages[0].scan = b"0"
    await letter.async_save()
    letter = await loaded(letter)
    assert [await page.scan.async_read() for page in letter.pages] == [b"0", b"1"]
    letter.pages[1].scan = b"2"
    await letter.async_save()
    assert await (await loaded(letter)).pages[1].scan.async_read() == b"2"
    assert len(await ids_in(async_mongo_db)) == 2


async def test_an_image(async_mongo_db):
    content = BytesIO()
    Image.new("RGB", (20, 10)).save(content, "PNG")
    letter = PendingLetter()
    letter.image = content
    await letter.async_save()
    letter = await loaded(letter)
    await letter.image.async_get()
    assert letter.image.size == (20, 10)
    assert (await letter.image.async_get_thumbnail()).width == 5


async def test_bulk_insert(async_mongo_db):
    letters = [PendingLetter(file=b"%d" % number) for number in range(3)]
    stored = await PendingLetter.objects.async_insert(letters)
    assert [await one.file.async_read() for one in stored] == [b"0", b"1", b"2"]


async def test_content_that_nobody_saves(async_mongo_db):
    letter = PendingLetter(file=b"content")
    letter.file = None
    await letter.async_save()
    assert not (await loaded(letter)).file
    letter.file = b"again"
    await letter.file.async_delete()
    await letter.async_save()
    assert await ids_in(async_mongo_db) == set()


async def test_put_wins_over_what_waits(async_mongo_db):
    letter = PendingLetter(file=b"content")
    await letter.file.async_put(b"now")
    await letter.async_save()
    assert await (await loaded(letter)).file.async_read() == b"now"
    assert len(await ids_in(async_mongo_db)) == 1


async def save_and_abort(letter):
    """Save in a transaction that is taken back, and return what was in the file."""
    with suppress(ZeroDivisionError):
        async with async_run_in_transaction():
            await letter.async_save()
            content = await letter.file.async_read()
            raise ZeroDivisionError
    return content


async def test_content_waits_again_if_it_was_taken_back(async_mongo_db):
    letter = await PendingLetter(file=b"old").async_save()
    letter.file = b"new"
    assert await save_and_abort(letter) == b"new"
    assert await (await loaded(letter)).file.async_read() == b"old"
    await letter.async_save()
    assert await (await loaded(letter)).file.async_read() == b"new"
    assert await ids_in(async_mongo_db) == {letter.file.grid_id}


async def test_a_file_is_read_again_if_it_was_taken_back(async_mongo_db):
    letter = await PendingLetter(file=b"old").async_save()
    file = BytesIO(b"before new")
    file.seek(7)
    letter.file = file
    assert await save_and_abort(letter) == b"new"
    await letter.async_save()
    assert await (await loaded(letter)).file.async_read() == b"new"


async def test_what_is_read_but_once_is_asked_for_again(async_mongo_db):
    letter = await PendingLetter(file=b"old").async_save()
    letter.file = iter([b"n", b"ew"])
    assert await save_and_abort(letter) == b"new"
    with pytest.raises(GridFSError, match="'file'.*assign it once more"):
        await letter.async_save()
    assert await (await loaded(letter)).file.async_read() == b"old"
    letter.file = b"new"
    await letter.async_save()
    assert await (await loaded(letter)).file.async_read() == b"new"
    assert await ids_in(async_mongo_db) == {letter.file.grid_id}


class Failing(BytesIO):
    """A file whose second piece cannot be read at first."""

    fails = True

    def read(self, size=-1):
        if self.tell() and self.fails:
            self.fails = False
            raise OSError("unreadable")
        return super().read(size)


async def test_a_file_that_fails_midway_is_stored_as_a_whole(async_mongo_db):
    long = bytes(range(256)) * 8000
    letter = PendingLetter(file=Failing(long))
    with pytest.raises(OSError, match="unreadable"):
        await letter.async_save()
    await letter.async_save()
    assert await (await loaded(letter)).file.async_read() == long
    assert await ids_in(async_mongo_db) == {letter.file.grid_id}


async def test_what_is_assigned_during_a_save_is_for_the_next(async_mongo_db):
    letter = PendingLetter()

    async def pieces():
        yield b"first"
        letter.file = b"second"

    letter.file = pieces()
    await letter.async_save()
    assert await (await loaded(letter)).file.async_read() == b"first"
    assert await ids_in(async_mongo_db) == set(
        await async_mongo_db.pending_letter.distinct("file")
    )
    await letter.async_save()
    assert await (await loaded(letter)).file.async_read() == b"second"
    assert await ids_in(async_mongo_db) == {letter.file.grid_id}


async def test_content_within_what_is_within_itself(async_mongo_db):
    page = PendingPage(inner=PendingPage(scan=b"content"))
    letter = await PendingLetter(pages=[page]).async_save()
    page = (await loaded(letter)).pages[0]
    assert await page.inner.scan.async_read() == b"content"
    await letter.async_delete()
    assert await ids_in(async_mongo_db) == set()


async def test_content_in_fields_of_no_type(async_mongo_db):
    letter = PendingLetter(by_name={"a": [PendingPage(scan=b"old")]})
    await letter.async_save()
    letter = await loaded(letter)
    letter.by_name["a"][0].scan = b"new"
    await letter.async_save()
    page = (await loaded(letter)).by_name["a"][0]
    assert await page.scan.async_read() == b"new"
    assert await ids_in(async_mongo_db) == {page.scan.grid_id}


async def test_content_in_dynamic_fields(async_mongo_db):
    loose = PendingLoose(page=PendingPage(scan=b"one"))
    loose.pages = [PendingPage(scan=b"two")]
    await loose.async_save()
    again = await PendingLoose.objects.async_get()
    assert await again.page.scan.async_read() == b"one"
    assert await again.pages[0].scan.async_read() == b"two"


async def test_saves_at_once_store_content_once(async_mongo_db):
    letter = PendingLetter(file=iter([b"con", b"tent"]))
    await asyncio.gather(*(letter.async_save() for _ in range(5)))
    assert await (await loaded(letter)).file.async_read() == b"content"
    assert await ids_in(async_mongo_db) == {letter.file.grid_id}


async def test_updates_store_what_they_are_given(async_mongo_db):
    found = PendingLetter.objects(id=(await PendingLetter().async_save()).id)
    await found.async_update(push__pages=PendingPage(scan=b"one"))
    letter = await found.async_modify(new=True, push__pages=PendingPage(scan=b"two"))
    contents = [await page.scan.async_read() for page in letter.pages]
    assert contents == [b"one", b"two"]


async def test_an_update_stores_nothing_of_what_it_refers_to(async_mongo_db):
    letter = PendingLetter(file=b"content")
    letter = await letter.async_save()
    letter.file = b"new"
    note = await PendingNote().async_save()
    await PendingNote.objects.async_update(set__letter=letter)
    assert len(await ids_in(async_mongo_db)) == 1
    assert (await PendingNote.objects.async_get(id=note.id)).letter.pk == letter.pk


async def test_an_insertion_removes_what_was_replaced_before(async_mongo_db):
    letter = PendingLetter()
    await letter.file.async_put(b"old")
    letter.file = b"new"
    await PendingLetter.objects.async_insert([letter])
    assert await ids_in(async_mongo_db) == {letter.file.grid_id}


@pytest.mark.parametrize("kind", [bytearray, memoryview])
async def test_content_that_may_be_changed(async_mongo_db, kind):
    letter = PendingLetter(file=kind(b"old"))
    assert await save_and_abort(letter) == b"old"
    await letter.async_save()
    assert await (await loaded(letter)).file.async_read() == b"old"
    letter.file = kind(b"new")
    await letter.async_save()
    assert await (await loaded(letter)).file.async_read() == b"new"
