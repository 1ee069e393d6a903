"""What is assigned to the field of a file when only the async family is connected."""

from contextlib import suppress
from io import BytesIO

import pytest
from PIL import Image

from mongoengine import (
    Document,
    EmbeddedDocument,
    EmbeddedDocumentListField,
    FileField,
    GridFSError,
    ImageField,
    StringField,
    ValidationError,
)
from mongoengine.base.files import waiting
from mongoengine.context_managers import async_run_in_transaction


class PendingPage(EmbeddedDocument):
    scan = FileField()


class PendingLetter(Document):
    file = FileField()
    image = ImageField(thumbnail_size=(5, 5))
    name = StringField(max_length=3)
    pages = EmbeddedDocumentListField(PendingPage)


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


async def test_content_that_waits_cannot_be_read(async_mongo_db):
    letter = PendingLetter(file=b"content")
    for read in (letter.file.async_get, letter.file.async_read):
        with pytest.raises(GridFSError, match="'file' is stored when its document is"):
            await read()


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


async def test_sync_methods_say_what_to_await(async_mongo_db):
    letter = await PendingLetter(file=b"content").async_save()
    calls = {
        "read": letter.file.read,
        "get": letter.file.get,
        "put": lambda: PendingLetter().file.put(b"x"),
        "replace": lambda: letter.file.replace(b"x"),
        "chunks": lambda: next(letter.file.chunks()),
        "write": lambda: PendingLetter().file.write(b"x"),
    }
    for name, call in calls.items():
        with pytest.raises(RuntimeError, match=rf"`{name}\(\)`.*`await async_{name}"):
            call()


async def test_attributes_say_what_to_await(async_mongo_db):
    letter = await PendingLetter(file=b"content").async_save()
    with pytest.raises(AttributeError, match="'filename'.*`await async_get"):
        letter.file.filename  # noqa: B018
    assert str(letter.file) == f"<GridFSProxy: <no file> ({letter.file.grid_id})>"
    letter.file.filename = "own"
    assert letter.file.filename == "own"


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


async def test_content_that_was_read_up_does_not_wait_again(async_mongo_db):
    letter = await PendingLetter(file=b"old").async_save()
    letter.file = BytesIO(b"new")
    assert await save_and_abort(letter) == b"new"
    await letter.async_save()
    assert await (await loaded(letter)).file.async_read() == b"old"
