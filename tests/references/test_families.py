"""What loaded a document decides how its references are read."""

import copy
import pickle

import pytest
from bson import DBRef

from mongoengine import (
    AsyncReferenceProxy,
    Document,
    DynamicField,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EmbeddedDocumentListField,
    GenericEmbeddedDocumentField,
    GenericReferenceField,
    ListField,
    ReferenceField,
    StringField,
    connect,
    disconnect,
)


class SideAuthor(Document):
    name = StringField()


class SidePart(EmbeddedDocument):
    author = ReferenceField(SideAuthor)
    authors = ListField(ReferenceField(SideAuthor))


class SideBook(Document):
    author = ReferenceField(SideAuthor)
    generic = GenericReferenceField()
    dynamic = DynamicField()
    authors = ListField(ReferenceField(SideAuthor))
    part = EmbeddedDocumentField(SidePart)
    parts = EmbeddedDocumentListField(SidePart)
    any_part = GenericEmbeddedDocumentField()


@pytest.fixture
async def both(async_mongo_db, mongo_uri):
    connect(async_mongo_db.name, host=mongo_uri, uuidRepresentation="standard")
    yield
    disconnect()


@pytest.fixture
async def pk(async_mongo_db):
    author = await SideAuthor(name="a").async_save()
    part = {"author": author, "authors": [author]}
    book = SideBook(
        author=author,
        generic=author,
        dynamic=author,
        authors=[author],
        part=SidePart(**part),
        parts=[SidePart(**part)],
        any_part=SidePart(**part),
    )
    return (await book.async_save()).pk


def read(book):
    return [
        book.author,
        book.generic,
        book.dynamic,
        *book.authors,
        book.part.author,
        *book.part.authors,
        book.parts[0].author,
        *book.parts[0].authors,
        book.any_part.author,
        *book.any_part.authors,
    ]


async def test_each_family_reads_in_its_way(both, pk):
    by_sync = SideBook.objects.get(pk=pk)
    by_async = await SideBook.objects.async_get(pk=pk)
    assert {type(one) for one in read(by_sync)} == {SideAuthor}
    assert {type(one) for one in read(by_async)} == {AsyncReferenceProxy}
    assert read(by_sync) == read(by_async)


async def test_a_reload_changes_the_family(both, pk):
    book = SideBook.objects.get(pk=pk)
    await book.async_reload()
    assert {type(one) for one in read(book)} == {AsyncReferenceProxy}
    book.reload()
    assert {type(one) for one in read(book)} == {SideAuthor}


async def test_without_a_sync_connection_nothing_blocks(pk, async_mongo_db):
    author = (await SideBook.objects.async_get(pk=pk)).author
    new = SideBook(author=author.pk, authors=[author.pk])
    assert type(new.author) is type(new.authors[0]) is AsyncReferenceProxy
    await new.async_save()
    new.author = author
    assert (await new.author).name == "a"


async def test_what_the_async_family_stored_does_not_block(both, pk):
    author = (await SideBook.objects.async_get(pk=pk)).author.as_dbref()
    saved = await SideBook(author=author, authors=[author]).async_save()
    inserted = SideBook(author=author, authors=[author])
    await SideBook.objects.async_insert([inserted], load_bulk=False)
    for book in (saved, inserted):
        assert type(book.author) is type(book.authors[0]) is AsyncReferenceProxy
        assert (await book.author).name == "a"


async def test_what_the_sync_family_stored_or_loaded_is_loaded(both, pk):
    by_sync = SideBook.objects.get(pk=pk)
    author = by_sync.to_mongo()["author"]
    await by_sync.async_save()
    assert type(by_sync.author) is SideAuthor
    reference = SideAuthor.objects.get(pk=author).to_dbref()
    saved = SideBook(author=reference, authors=[reference]).save()
    assert type(saved.author) is type(saved.authors[0]) is SideAuthor


async def test_the_sync_family_loads_a_level_on_reload(both, pk):
    book = SideBook.objects.get(pk=pk)
    book.reload()
    assert type(book._data["author"]) is SideAuthor
    await book.async_reload()
    assert type(book.author) is AsyncReferenceProxy
    await book.async_reload(1)
    assert {type(one) for one in read(book)} == {SideAuthor}


async def test_a_part_outlives_its_document(both, pk):
    part = (await SideBook.objects.async_get(pk=pk)).part
    assert type(part.author) is AsyncReferenceProxy
    parts = (await SideBook.objects.async_get(pk=pk)).parts
    assert type(parts[0].author) is AsyncReferenceProxy


@pytest.mark.parametrize(
    "copied",
    [copy.copy, copy.deepcopy, lambda document: pickle.loads(pickle.dumps(document))],
    ids=["copy", "deepcopy", "pickle"],
)
async def test_a_copy_is_read_as_its_original(both, pk, copied):
    book = await SideBook.objects.async_get(pk=pk)
    assert {type(one) for one in read(copied(book))} == {AsyncReferenceProxy}
    assert type(copied(book.part).author) is AsyncReferenceProxy
    by_sync = copied(SideBook.objects.get(pk=pk))
    assert {type(one) for one in read(by_sync)} == {SideAuthor}


async def test_a_class_that_is_loaded_slowly(both, pk):
    class SideSlowBook(Document):
        part = EmbeddedDocumentField(SidePart)
        author = ReferenceField(SideAuthor)
        meta = {"collection": "side_book", "strict": False}

        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)

    book = await SideSlowBook.objects.async_get(pk=pk)
    assert type(book.author) is type(book.part.author) is AsyncReferenceProxy
    part = (await SideSlowBook.objects.async_get(pk=pk)).part
    assert type(part.author) is AsyncReferenceProxy
    assert type(SideSlowBook.objects.get(pk=pk).part.author) is SideAuthor


async def test_proxies_in_a_document_of_the_sync_family(both, pk):
    by_async = await SideBook.objects.async_get(pk=pk)
    by_sync = SideBook.objects.get(pk=pk)
    by_sync.author = by_async.author
    by_sync.generic = by_async.generic
    by_sync.save()
    assert type(by_sync.author) is type(by_sync.generic) is SideAuthor
    by_async.author = by_sync.author
    assert type(by_async.author) is SideAuthor


async def test_fetching_is_for_either(both, pk):
    by_sync = SideBook.objects.no_dereference().get(pk=pk)
    assert type(by_sync.author) is DBRef
    assert (await SideBook.author.async_fetch(by_sync)).name == "a"
    by_async = await SideBook.objects.async_get(pk=pk)
    assert SideBook.author.fetch(by_async).name == "a"
    assert by_async.authors.fetch()[0].name == "a"
    assert SideBook.authors.fetch(by_async)[0].name == "a"
