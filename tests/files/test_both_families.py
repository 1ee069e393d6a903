"""Files where both families are connected, and the sources that one of them has."""

import asyncio
from io import BytesIO

import pytest
from gridfs import GridOut
from gridfs.asynchronous import AsyncGridOut

from mongoengine import Document, FileField, ImageField
from mongoengine.connection import connect_async, disconnect_async
from mongoengine.fields import AsyncGridFSProxy, GridFSProxy

LONG = bytes(range(256)) * 3000


class SharedLetter(Document):
    file = FileField()
    image = ImageField()


@pytest.fixture
async def letter(mongo_db, async_mongo_db):
    letter = SharedLetter()
    letter.file.put(LONG, filename="long")
    return letter.save()


def test_one_class_has_both():
    assert AsyncGridFSProxy is GridFSProxy


async def test_each_family_opens_the_file_for_itself(letter):
    assert isinstance(letter.file.get(), GridOut)
    assert isinstance(await letter.file.async_get(), AsyncGridOut)
    assert await letter.file.async_read(5) == LONG[:5]
    assert letter.file.read(5) == LONG[:5]


async def test_what_was_loaded_async_does_no_io_by_itself(letter):
    loaded = await SharedLetter.objects.async_first()
    with pytest.raises(AttributeError, match="await async_get"):
        loaded.file.filename  # noqa: B018
    loaded.file = b"new"
    assert SharedLetter.objects.first().file.read() == LONG
    await loaded.async_save()
    assert SharedLetter.objects.first().file.read() == b"new"


async def test_what_waits_is_saved_by_either_family(letter):
    loaded = await SharedLetter.objects.async_first()
    loaded.file = b"new"
    loaded.save()
    assert SharedLetter.objects.first().file.read() == b"new"


def test_each_event_loop_opens_the_file_for_itself(mongo_uri, mongo_db):
    proxy = GridFSProxy()
    proxy.put(LONG)

    async def read():
        await connect_async(
            mongo_db.name, host=mongo_uri, uuidRepresentation="standard"
        )
        try:
            return await proxy.async_read()
        finally:
            await disconnect_async()

    assert asyncio.run(read()) == LONG
    assert asyncio.run(read()) == LONG


async def test_async_methods_say_what_to_call(mongo_db):
    letter = SharedLetter()
    letter.file.put(b"content")
    letter.save()
    calls = {
        "read": letter.file.async_read,
        "get": letter.file.async_get,
        "put": lambda: SharedLetter().file.async_put(b"x"),
        "replace": lambda: letter.file.async_replace(b"x"),
        "delete": letter.file.async_delete,
        "new_file": letter.file.async_new_file,
        "chunks": lambda: anext(letter.file.async_chunks()),
        "write": lambda: SharedLetter().file.async_write(b"x"),
    }
    for name, call in calls.items():
        with pytest.raises(RuntimeError, match=rf"`async_{name}\(\)`.*[` ]{name}\(\)`"):
            await call()
    with pytest.raises(RuntimeError, match="`async_fs` needs .*; use `fs`, or call"):
        letter.file.async_fs  # noqa: B018
    assert letter.file.read() == b"content"


async def test_async_methods_say_what_to_call_where_no_file_is(mongo_db):
    file = SharedLetter().file
    calls = (file.async_read, file.async_get, lambda: anext(file.async_chunks()))
    for call in calls:
        with pytest.raises(RuntimeError, match=r"`async_\w+\(\)`.*use `[^_]+\(\)`"):
            await call()
    assert file.read() is None


class AsyncFile:
    """What aiofiles and frameworks for the web give."""

    def __init__(self, content):
        self._content = BytesIO(content)

    async def read(self, size=-1):
        await asyncio.sleep(0)
        return self._content.read(size)


async def pieces():
    for start in range(0, len(LONG), 100_000):
        await asyncio.sleep(0)
        yield LONG[start : start + 100_000]


@pytest.mark.parametrize("make", [lambda: AsyncFile(LONG), pieces])
async def test_async_sources(async_mongo_db, make):
    proxy = GridFSProxy()
    await proxy.async_put(make())
    assert await proxy.async_read() == LONG


async def test_an_async_source_can_wait_for_the_save(async_mongo_db):
    letter = SharedLetter()
    letter.file = pieces()
    await letter.async_save()
    assert await letter.file.async_read() == LONG


@pytest.mark.parametrize("make", [lambda: AsyncFile(LONG), pieces])
def test_sync_methods_refuse_async_sources(mongo_db, make):
    letter = SharedLetter()
    for proxy in (letter.file, letter.image):
        with pytest.raises(TypeError, match="is read by `await`"):
            proxy.put(make())
    assert not mongo_db.fs.chunks.count_documents({})


async def test_cancelled_uploads_leave_nothing(async_mongo_db):
    async def endless():
        while True:
            yield LONG
            await asyncio.sleep(0)

    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(GridFSProxy().async_put(endless()), 0.5)
    assert await async_mongo_db.fs.chunks.count_documents({}) == 0
    assert await async_mongo_db.fs.files.count_documents({}) == 0


async def test_many_at_the_same_time(async_mongo_db):
    letters = [SharedLetter() for _ in range(20)]

    async def exchange(number, letter):
        await letter.file.async_put(b"%d" % number * 1000)
        await letter.async_save()
        await letter.file.async_replace(b"%d" % number * 2000)
        return await letter.file.async_read()

    read = await asyncio.gather(*(exchange(*pair) for pair in enumerate(letters)))
    assert read == [b"%d" % number * 2000 for number in range(20)]
    assert await async_mongo_db.fs.files.count_documents({}) == 20


async def cancelled_after(steps, work):
    """Do something, but cancel it when the event loop has turned so many times."""
    task = asyncio.create_task(work)
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def state_of(db):
    """Return the ids of files that documents have, that there are, and of all chunks."""
    had = {row["file"] async for row in db.shared_letter.find()}
    files = set(await db.fs.files.distinct("_id"))
    return had, files, set(await db.fs.chunks.distinct("files_id"))


@pytest.mark.parametrize("steps", [1, 3, 10, 30, 60, 100, 150, 200, 300])
async def test_what_is_cancelled_is_done_or_not(async_mongo_db, steps):
    for change in (
        lambda letter: letter.file.async_replace(b"new"),
        lambda letter: letter.async_delete(),
    ):
        letter = SharedLetter()
        await letter.file.async_put(b"old")
        await letter.async_save()
        await cancelled_after(steps, change(letter))
        had, files, chunks = await state_of(async_mongo_db)
        assert had == files == chunks


@pytest.mark.parametrize("steps", range(0, 120, 4))
async def test_a_file_is_replaced_while_its_document_is_saved(async_mongo_db, steps):
    letter = SharedLetter()
    await letter.file.async_put(b"old")
    await letter.async_save()
    await letter.file.async_new_file()
    await letter.file.async_close()
    replacing = asyncio.create_task(letter.file.async_replace(b"new"))
    for _ in range(steps):
        await asyncio.sleep(0)
    await asyncio.gather(letter.async_save(), replacing)
    await letter.async_save()
    loaded = await SharedLetter.objects.async_get()
    assert await loaded.file.async_read() == b"new"
    had, files, chunks = await state_of(async_mongo_db)
    assert had == files == chunks


async def test_requests_of_both_families_that_replace_at_once(letter, async_mongo_db):
    def request(number):
        loaded = SharedLetter.objects.get()
        loaded.file.replace(b"%d" % number)
        loaded.save()

    async def async_request(number):
        loaded = await SharedLetter.objects.async_get()
        await loaded.file.async_replace(b"%d" % number)
        await loaded.async_save()

    await asyncio.gather(
        *(asyncio.to_thread(request, number) for number in range(10)),
        *(async_request(number) for number in range(10, 20)),
    )
    assert int(SharedLetter.objects.get().file.read()) in range(20)
    had, files, chunks = await state_of(async_mongo_db)
    assert had == files == chunks
    assert len(had) == 1
