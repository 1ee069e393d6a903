"""How much of what a document refers to is loaded along with the document again."""

import pytest
from bson import ObjectId

from mongoengine import (
    Document,
    DynamicDocument,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    ListField,
    MapField,
    ReferenceField,
    StringField,
)


class AsyncAgainAuthor(Document):
    name = StringField()
    mentor = ReferenceField("self")


class AsyncAgainPart(EmbeddedDocument):
    author = ReferenceField(AsyncAgainAuthor)


class AsyncAgainBook(Document):
    number = IntField()
    author = ReferenceField(AsyncAgainAuthor)
    authors = ListField(ReferenceField(AsyncAgainAuthor))
    mapped = MapField(ReferenceField(AsyncAgainAuthor))
    part = EmbeddedDocumentField(AsyncAgainPart)


class AsyncAgainFree(DynamicDocument):
    pass


class AsyncAgainNumber(Document):
    number = IntField()


@pytest.fixture
async def async_book(async_sent):
    """Return a book whose author has a mentor, as it was loaded."""
    mentor = await AsyncAgainAuthor(name="m").async_save()
    author = await AsyncAgainAuthor(name="a", mentor=mentor).async_save()
    book = await AsyncAgainBook(
        author=author,
        authors=[author, mentor],
        mapped={"x": author},
        part=AsyncAgainPart(author=mentor),
    ).async_save()
    found = await AsyncAgainBook.objects.async_get(pk=book.pk)
    async_sent.take()
    return found


async def test_one_level_takes_one_query_more(async_book, async_sent):
    assert await async_book.async_reload(1) is async_book
    assert async_sent.take_names() == ["find", "find"]
    read = [async_book.author, *async_book.authors, async_book.mapped["x"]]
    assert [author.name for author in read] == ["a", "a", "m", "a"]
    assert async_book.part.author.name == "m"
    assert async_sent.take() == []
    assert async_book._delta() == ({}, {})


async def test_further_levels(async_book, async_sent):
    await async_book.async_reload(max_depth=2)
    assert async_book.author.mentor.name == "m"
    assert len(async_sent.take()) == 2  # the mentor was loaded with the authors


async def test_only_what_is_named(async_book, async_sent):
    await async_book.async_reload(1, "author", "number")
    assert async_sent.take_names() == ["find", "find"]
    assert async_book.author.name == "a"
    assert async_sent.take() == []
    await async_book.async_reload(1, "number")
    await async_book.async_reload(1, "part")
    assert async_sent.take_names() == ["find", "find", "find"]
    assert async_book.part.author.name == "m"


async def test_no_level(async_book, async_sent):
    await async_book.async_reload(0)
    assert async_sent.take_names() == ["find"]
    assert (await AsyncAgainBook.author.async_fetch(async_book)).name == "a"


async def test_what_is_missing_stays_a_reference(async_book, async_sent):
    missing = ObjectId()
    await AsyncAgainBook.objects.async_update(author=missing, push__authors=missing)
    await async_book.async_reload(1)
    assert async_book.to_mongo()["author"] == missing
    assert async_book.authors[2].id == missing
    assert async_book.authors[1].name == "m"
    async_book.validate()
    with pytest.raises(AsyncAgainAuthor.DoesNotExist):
        await AsyncAgainBook.author.async_fetch(async_book)


async def test_dynamic_documents(async_book, async_sent):
    author = (await AsyncAgainAuthor.objects.async_get(name="a")).to_dbref()
    generic = {"_cls": "AsyncAgainAuthor", "_ref": author}
    free = await AsyncAgainFree(one=author, many=[author], any=generic).async_save()
    async_sent.take()
    await free.async_reload(1)
    assert len(async_sent.take()) <= 3
    assert free.one.name == free.many[0].name == free.any.name == "a"
    await free.async_save()
    assert async_sent.take() == []


async def test_without_references_there_is_nothing_to_ask(async_sent):
    number = await AsyncAgainNumber(number=1).async_save()
    async_sent.take()
    await number.async_reload(5)
    assert async_sent.take_names() == ["find"]
