"""Attributes that lazy references pass through, and who may load for that."""

import pytest

from mongoengine import (
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    GenericLazyReferenceField,
    LazyReferenceField,
    ListField,
    MapField,
    StringField,
    connect,
    disconnect,
)
from mongoengine.base import LazyReference


class ThroughAuthor(Document):
    name = StringField()


class ThroughPart(EmbeddedDocument):
    author = LazyReferenceField(ThroughAuthor, passthrough=True)


class ThroughBook(Document):
    author = LazyReferenceField(ThroughAuthor, passthrough=True)
    generic = GenericLazyReferenceField(passthrough=True)
    authors = ListField(LazyReferenceField(ThroughAuthor, passthrough=True))
    by_name = MapField(LazyReferenceField(ThroughAuthor, passthrough=True))
    part = EmbeddedDocumentField(ThroughPart)


def lazies(book):
    return [
        book.author,
        book.generic,
        book.authors[0],
        *book.authors,
        book.by_name["a"],
        *book.by_name.values(),
        book.part.author,
    ]


@pytest.fixture
async def pk(async_mongo_db):
    author = await ThroughAuthor(name="a").async_save()
    book = ThroughBook(
        author=author,
        generic=author,
        authors=[author],
        by_name={"a": author},
        part=ThroughPart(author=author),
    )
    return (await book.async_save()).pk


@pytest.fixture(params=["async only", "both"])
async def connections(request, async_mongo_db, mongo_uri):
    if request.param == "both":
        connect(async_mongo_db.name, host=mongo_uri, uuidRepresentation="standard")
    yield
    disconnect()


async def test_the_async_family_loads_nothing_by_reading(pk, connections):
    book = await ThroughBook.objects.async_get(pk=pk)
    for lazy in lazies(book):
        with pytest.raises(
            RuntimeError, match=r"`name` .* `await` the `async_fetch\(\)"
        ):
            lazy.name  # noqa: B018
        with pytest.raises(
            RuntimeError, match=r"`name` .* `await` the `async_fetch\(\)"
        ):
            lazy["name"]
    for lazy in lazies(book):
        await lazy.async_fetch()
        assert lazy.name == lazy["name"] == "a"
        with pytest.raises(AttributeError):
            lazy.nothing  # noqa: B018
        with pytest.raises(KeyError):
            lazy["nothing"]


async def test_what_nobody_has_loaded(pk, async_mongo_db, mongo_uri):
    author = (await ThroughBook.objects.async_get(pk=pk)).author
    lazy = LazyReference(ThroughAuthor, author.pk, passthrough=True)
    with pytest.raises(RuntimeError, match="`name` is of a document that is not"):
        lazy.name  # noqa: B018
    connect(async_mongo_db.name, host=mongo_uri, uuidRepresentation="standard")
    try:
        assert lazy.name == "a"
    finally:
        disconnect()


@pytest.mark.parametrize("connections", ["both"], indirect=True)
async def test_the_sync_family_loads_by_reading(pk, connections):
    assert [lazy.name for lazy in lazies(ThroughBook.objects.get(pk=pk))] == ["a"] * 7
    by_async = await ThroughBook.objects.async_get(pk=pk)
    assert by_async.author.fetch().name == "a"
    by_sync = ThroughBook.objects.get(pk=pk)
    by_sync.author = (await ThroughBook.objects.async_get(pk=pk)).author
    assert by_sync.author.name == "a"


def test_a_list_that_belongs_to_nobody(mongo_db):
    author = ThroughAuthor(name="a").save()
    book = ThroughBook(authors=[author]).save()
    authors = ThroughBook.objects.get(pk=book.pk).authors
    assert authors[0].name == "a"
