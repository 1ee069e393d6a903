"""CachedReferenceField: what it copies is kept as it is in the document."""

import pytest

from mongoengine import (
    CachedReferenceField,
    Document,
    DoesNotExist,
    IntField,
    ListField,
    StringField,
)
from mongoengine.context_managers import async_no_dereference


class AsyncCopyAuthor(Document):
    name = StringField(db_field="n")
    age = IntField()
    town = StringField()


class AsyncCopyBook(Document):
    author = CachedReferenceField(AsyncCopyAuthor, fields=["name", "age"], db_field="a")
    whole = CachedReferenceField(AsyncCopyAuthor)
    still = CachedReferenceField(AsyncCopyAuthor, fields=["name"], auto_sync=False)
    authors = ListField(CachedReferenceField(AsyncCopyAuthor, fields=["name"]))


@pytest.fixture
async def async_author(async_mongo_db):
    return await AsyncCopyAuthor(name="x", age=1, town="t").async_save()


@pytest.fixture
async def async_book(async_author):
    one = async_author
    book = AsyncCopyBook(author=one, whole=one, still=one, authors=[one])
    await book.async_save()
    return await AsyncCopyBook.objects.async_get(pk=book.pk)


async def async_raw(book):
    return await AsyncCopyBook.objects.as_pymongo().async_get(pk=book.pk)


async def test_it_reads_as_the_document(async_author, async_book):
    assert await async_book.author == async_author
    assert (await AsyncCopyBook.author.async_fetch(async_book)).town == "t"
    assert async_book.author.town == "t"
    assert (await async_book.authors.async_fetch())[0].town == "t"
    assert async_book._delta() == ({}, {})
    async_book.validate()
    assert async_book.to_mongo() == await async_raw(async_book)


async def test_it_reads_as_the_document_where_references_are_kept(async_book):
    books = AsyncCopyBook.objects.no_dereference()
    found = await books.async_get(pk=async_book.pk)
    assert (await found.author).town == "t"
    assert [(await one).town for one in found.authors] == ["t"]
    async with async_no_dereference(AsyncCopyBook):
        assert (await async_book.whole).town == "t"


async def test_what_nobody_read_is_stored_as_it_was(async_book):
    assert async_book.to_mongo() == await async_raw(async_book)
    async_book.validate()
    assert async_book._delta() == ({}, {})


async def test_saving_the_document_updates_the_copies(async_author, async_book):
    async_author.name = "y"
    del async_author.age
    await async_author.async_save()
    found = await async_raw(async_book)
    assert found["a"] == {"_id": async_author.pk, "n": "y"}
    assert found["whole"] == {"_id": async_author.pk, "n": "y", "town": "t"}
    assert found["still"] == {"_id": async_author.pk, "n": "x"}


async def test_other_copies_stay(async_author, async_book):
    other = await AsyncCopyAuthor(name="o").async_save()
    other.name = "p"
    await other.async_save()
    async_author.town = "u"
    await async_author.async_save()
    found = await async_raw(async_book)
    assert found["a"] == {"_id": async_author.pk, "n": "x", "age": 1}
    assert found["whole"]["town"] == "u"


async def test_all_copies_are_brought_up_to_date(async_author, async_book):
    await AsyncCopyAuthor.objects.async_update(name="z")
    assert (await async_raw(async_book))["still"]["n"] == "x"
    await AsyncCopyBook.still.async_sync_all()
    await AsyncCopyBook.author.async_sync_all()
    found = await async_raw(async_book)
    assert (found["still"]["n"], found["a"]["n"]) == ("z", "z")
    assert found["whole"]["n"] == "x"


async def test_a_deleted_document_is_missing(async_author, async_book):
    await async_author.async_delete()
    with pytest.raises(DoesNotExist, match="unknown document DBRef"):
        await async_book.author
    assert async_book.to_mongo() == await async_raw(async_book)
    await AsyncCopyBook.author.async_sync_all()
    assert (await async_raw(async_book))["a"]["n"] == "x"
