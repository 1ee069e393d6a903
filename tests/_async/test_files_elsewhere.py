"""Files on another alias than their documents, which cannot join the transaction."""

from contextlib import suppress
from io import BytesIO

import pytest
from gridfs.errors import NoFile
from PIL import Image
from pymongo.errors import OperationFailure

from mongoengine import (
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    FileField,
    ImageField,
    connect_async,
    disconnect_async,
)
from mongoengine.context_managers import async_in_transaction, async_run_in_transaction
from mongoengine.fields import GridFSProxy

ALIAS = "elsewhere"


class AsyncAfarPage(EmbeddedDocument):
    scan = FileField(db_alias=ALIAS)


class AsyncAfarBook(Document):
    file = FileField(db_alias=ALIAS)
    image = ImageField(db_alias=ALIAS, collection_name="fs", thumbnail_size=(5, 5))
    page = EmbeddedDocumentField(AsyncAfarPage)


@pytest.fixture
async def async_afar(async_mongo_db, mongo_uri):
    name = f"{async_mongo_db.name}_b"
    settings = {"host": mongo_uri, "uuidRepresentation": "standard"}
    client = await connect_async(name, alias=ALIAS, **settings)
    yield client[name].fs
    await client.drop_database(name)
    await disconnect_async(ALIAS)


@pytest.fixture
async def async_book(async_afar):
    book = AsyncAfarBook(page=AsyncAfarPage())
    await book.file.async_put(b"old")
    await book.page.scan.async_put(b"page")
    return await book.async_save()


def picture():
    content = BytesIO()
    Image.new("RGB", (40, 20)).save(content, "PNG")
    return content


async def ids_in(fs):
    """Return the ids of the files that there are, if all chunks are of these."""
    files = set(await fs.files.distinct("_id"))
    assert set(await fs.chunks.distinct("files_id")) <= files
    return files


async def replace(book):
    await book.file.async_replace(b"new")
    await book.page.scan.async_replace(b"new")


async def replace_by_saving(book):
    for file in (book.file, book.page.scan):
        await file.async_new_file()
        await file.async_write(b"new")
        await file.async_close()
    await book.async_save()


async def remove(book):
    await book.file.async_delete()
    await book.page.scan.async_delete()


async def add(book):
    await book.image.async_put(picture())
    await book.async_save()


async def delete(book):
    await book.async_delete()


async def delete_by_query(book):
    await AsyncAfarBook.objects.async_delete()


# How many files there are afterwards, thumbnails included.
CHANGES = {
    replace: 2,
    replace_by_saving: 2,
    remove: 0,
    add: 4,
    delete: 0,
    delete_by_query: 0,
}


@pytest.mark.parametrize("change", CHANGES)
async def test_an_abort_leaves_files_as_they_were(async_book, async_afar, change):
    before = await ids_in(async_afar)
    with suppress(ZeroDivisionError):
        async with async_run_in_transaction():
            await change(async_book)
            raise ZeroDivisionError
    assert await ids_in(async_afar) == before
    again = await AsyncAfarBook.objects.async_get()
    for one in (again, async_book):
        assert await one.file.async_read() == b"old"
        assert await one.page.scan.async_read() == b"page"
        assert not one.image
    await async_book.async_save()
    assert await ids_in(async_afar) == before


@pytest.mark.parametrize("change", CHANGES)
async def test_a_commit_removes_what_is_not_needed(async_book, async_afar, change):
    before = await ids_in(async_afar)
    async with async_run_in_transaction():
        await change(async_book)
        assert before <= await ids_in(async_afar)
    assert len(await ids_in(async_afar)) == CHANGES[change]
    for one in await AsyncAfarBook.objects.async_to_list():
        for file in filter(None, (one.file, one.page.scan, one.image)):
            assert await file.async_read()


async def test_a_function_that_is_called_again_leaves_one_file(async_book, async_afar):
    calls = []

    async def store():
        calls.append(1)
        await async_book.image.async_put(picture())
        await async_book.async_save()
        if len(calls) == 1:
            raise OperationFailure(
                "x", 112, {"errorLabels": ["TransientTransactionError"]}
            )

    await async_in_transaction(store)
    assert len(calls) == 2
    assert len(await ids_in(async_afar)) == 4
    assert await (await AsyncAfarBook.objects.async_get()).image.async_read()


async def test_an_abort_by_hand(async_book, async_afar):
    before = await ids_in(async_afar)
    async with async_run_in_transaction() as session:
        await replace(async_book)
        await session.abort_transaction()
    assert await ids_in(async_afar) == before
    assert await async_book.file.async_read() == b"old"


async def replace_in_vain(book):
    """Replace a file in a transaction that the server gives up before the commit."""
    async with async_run_in_transaction() as session:
        await replace(book)
        await session.client.admin.command("abortTransaction", session=session)


async def test_a_commit_that_is_refused(async_book, async_afar):
    before = await ids_in(async_afar)
    with pytest.raises(OperationFailure, match="has been aborted"):
        await replace_in_vain(async_book)
    assert await ids_in(async_afar) == before
    assert await async_book.file.async_read() == b"old"


async def test_a_block_on_both_aliases(async_book, async_afar):
    before = await ids_in(async_afar)
    with suppress(ZeroDivisionError):
        async with async_run_in_transaction(), async_run_in_transaction(ALIAS):
            await replace(async_book)
            raise ZeroDivisionError
    assert await ids_in(async_afar) == before
    assert await async_book.file.async_read() == b"old"


async def test_a_file_of_no_document_is_no_part_of_it(async_book, async_afar):
    file = GridFSProxy(db_alias=ALIAS)
    with suppress(ZeroDivisionError):
        async with async_run_in_transaction():
            await file.async_put(b"lone")
            raise ZeroDivisionError
    assert await file.async_read() == b"lone"
    async with async_run_in_transaction():
        copy = GridFSProxy(file.grid_id, db_alias=ALIAS)
        await file.async_delete()
        with pytest.raises(NoFile):
            await copy.async_read()
