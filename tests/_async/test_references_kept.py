"""References that stay references: querysets, blocks and fields that load none."""

import pytest
from _async.referring import (
    AsyncRefBook,
    AsyncRefPart,
    async_make,
    async_saved_authors,
    async_stored,
    async_with_collections,
)
from bson import DBRef

from mongoengine.base.fields import _no_dereference_for_fields
from mongoengine.context_managers import async_no_dereference


@pytest.fixture
async def async_ref_sent(async_sent):
    """Give what was sent, once the collections are there."""
    return await async_with_collections(async_sent)


async def test_no_dereference_keeps_references(async_ref_sent):
    one, two, three = await async_saved_authors()
    book = await async_make(
        AsyncRefBook,
        author=one,
        generic=two,
        authors=[one, two],
        mapped={"k": one},
        part=AsyncRefPart(author=three, authors=[one]),
    )
    kept = [await AsyncRefBook.objects.no_dereference().async_get(pk=book.pk)]
    async with async_no_dereference(AsyncRefBook):
        kept.append(await AsyncRefBook.objects.async_get(pk=book.pk))
    async_ref_sent.take_names()
    for found in kept:
        assert found.author == one.to_dbref()
        assert found.generic == {"_cls": "AsyncRefAuthor", "_ref": two.to_dbref()}
        assert found.authors == [one.to_dbref(), two.to_dbref()]
        assert found.mapped == {"k": one.to_dbref()}
        assert found.part.author == three.to_dbref()
        assert found.part.authors == [one.to_dbref()]
        assert type(found.author) is type(found.authors[0]) is DBRef
        assert async_ref_sent.take_names() == []
        assert await found.authors.async_fetch() == [one, two]
        assert await AsyncRefBook.author.async_fetch(found) == one
        async_ref_sent.take_names()


async def test_a_block_keeps_references_of_what_was_loaded_before(async_ref_sent):
    author = (await async_saved_authors(1))[0]
    book = await async_stored(async_ref_sent, author=author, authors=[author])
    async with async_no_dereference(AsyncRefBook):
        assert type(book.author) is type(book.authors[0]) is DBRef
    assert (await book.author).name == "a0"
    assert (await book.authors.async_fetch())[0].name == "a0"


async def test_a_field_that_is_told_to_keep_references(async_ref_sent):
    author = (await async_saved_authors(1))[0]
    AsyncRefBook.author.set_auto_dereferencing(False)
    try:
        book = await async_stored(async_ref_sent, author=author)
        assert type(book.author) is DBRef
        assert async_ref_sent.take_names() == []
    finally:
        AsyncRefBook.author.set_auto_dereferencing(True)


async def test_a_block_for_fields(async_ref_sent):
    author = (await async_saved_authors(1))[0]
    book = await async_stored(async_ref_sent, author=author, authors=[author])
    with _no_dereference_for_fields(AsyncRefBook.author, AsyncRefBook.authors):
        assert type(book.author) is type(book.authors[0]) is DBRef
    assert async_ref_sent.take_names() == []
    assert (await book.author).name == "a0"
    assert (await book.authors.async_fetch())[0].name == "a0"


async def test_a_dynamic_field_keeps_references(async_ref_sent):
    author = (await async_saved_authors(1))[0]
    book = await async_stored(async_ref_sent, dynamic=[author.to_dbref()])
    assert book.dynamic == [author.to_dbref()]
    assert async_ref_sent.take_names() == []
