"""What files say where only the async family is connected: what to await."""

import copy

import pytest

from mongoengine import Document, FileField, GridFSError, ImageField, ValidationError


class ToAwaitLetter(Document):
    file = FileField()
    image = ImageField(thumbnail_size=(5, 5))


async def loaded(letter):
    return await ToAwaitLetter.objects.async_get(id=letter.id)


async def test_content_that_waits_cannot_be_read(async_mongo_db):
    letter = ToAwaitLetter(file=b"content")
    for read in (letter.file.async_get, letter.file.async_read):
        with pytest.raises(GridFSError, match="'file' is stored when its document is"):
            await read()


async def test_sync_methods_say_what_to_await(async_mongo_db):
    letter = await ToAwaitLetter(file=b"content").async_save()
    calls = {
        "read": letter.file.read,
        "get": letter.file.get,
        "put": lambda: ToAwaitLetter().file.put(b"x"),
        "replace": lambda: letter.file.replace(b"x"),
        "write": lambda: ToAwaitLetter().file.write(b"x"),
    }
    for name, call in calls.items():
        with pytest.raises(RuntimeError, match=rf"`{name}\(\)`.*`await async_{name}"):
            call()
    with pytest.raises(
        RuntimeError, match=r"use `async for chunk in async_chunks\(\)`"
    ):
        next(letter.file.chunks())
    with pytest.raises(RuntimeError, match="`fs` needs .*; use `async_fs`, or call"):
        letter.file.fs  # noqa: B018
    with pytest.raises(
        RuntimeError, match=r"`thumbnail` .*await async_get_thumbnail\(\)"
    ):
        letter.image.thumbnail  # noqa: B018


@pytest.mark.parametrize("name", ["file", "image"])
async def test_reading_no_file_says_what_to_await_as_well(async_mongo_db, name):
    letter = await ToAwaitLetter().async_save()
    for document in (ToAwaitLetter(), await loaded(letter)):
        file = getattr(document, name)
        for read in (file.read, file.get, file.chunks().__next__):
            with pytest.raises(RuntimeError, match=r"await async_(read|get)|async for"):
                read()
        assert await file.async_read() is None
        assert await file.async_get() is None
        assert [chunk async for chunk in file.async_chunks()] == []
    with pytest.raises(RuntimeError, match=r"`read\(\)`.*`await async_read\(\)`"):
        ToAwaitLetter.file.read(letter)


async def test_what_is_no_file_says_what_to_await(async_mongo_db):
    with pytest.raises(
        ValidationError, match=r"not int: `await async_put\(\)` the con"
    ):
        ToAwaitLetter(file=5).validate()


async def test_text_that_waits_is_refused_with_its_field(async_mongo_db):
    letter = ToAwaitLetter(file="text")
    with pytest.raises(TypeError, match="must specify an encoding") as raised:
        await letter.async_save()
    (note,) = raised.value.__notes__
    assert note.startswith("This was given for the file 'file', which takes bytes, a ")


def test_what_is_no_file_says_what_to_call(mongo_db):
    with pytest.raises(ValidationError, match=r"not int: `put\(\)` the content"):
        ToAwaitLetter(file=5).validate()


async def test_attributes_say_what_to_await(async_mongo_db):
    letter = await ToAwaitLetter(file=b"content").async_save()
    with pytest.raises(AttributeError, match="'filename'.*`await async_get"):
        letter.file.filename  # noqa: B018
    assert str(letter.file) == f"<GridFSProxy: <no file> ({letter.file.grid_id})>"
    letter.file.filename = "own"
    assert letter.file.filename == "own"


async def test_what_waits_says_what_to_await(async_mongo_db):
    file = ToAwaitLetter(file=b"content").file
    message = "'file' is stored when .* `await async_save.* `await` an async method"
    with pytest.raises(AttributeError, match=f"'length' is not known: .*{message}"):
        file.length  # noqa: B018
    for read in (file.read, file.get, file.chunks().__next__):
        with pytest.raises(GridFSError, match=message):
            read()
    assert not hasattr(file, "_length")
    copy.copy(file)
