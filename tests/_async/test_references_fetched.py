"""References that are loaded when told to: by their fields, and lazy ones."""

import pytest
from _async.referring import (
    AsyncRefAuthor,
    AsyncRefBook,
    async_saved_authors,
    async_stored,
    async_with_collections,
)
from bson import ObjectId

from mongoengine import (
    Document,
    DoesNotExist,
    DynamicDocument,
    GenericReferenceField,
    ReferenceField,
)
from mongoengine.base import LazyReference


class AsyncFetchedMixin:
    mixed = ReferenceField(AsyncRefAuthor)


class AsyncFetchedBase(AsyncFetchedMixin, Document):
    author = ReferenceField(AsyncRefAuthor)
    base = ReferenceField(AsyncRefBook)
    meta = {"allow_inheritance": True}


class AsyncFetchedSpecial(AsyncFetchedBase):
    base = GenericReferenceField()


class AsyncFetchedLoose(DynamicDocument):
    pass


class AsyncFetchedOther(AsyncFetchedMixin, Document):
    author = ReferenceField(AsyncRefAuthor)


@pytest.fixture
async def async_ref_sent(async_sent):
    """Give what was sent, once the collections are there."""
    return await async_with_collections(async_sent)


async def test_a_field_fetches(async_ref_sent):
    one, two, three = await async_saved_authors()
    book = await async_stored(
        async_ref_sent, author=one, generic=two, authors=[one, three], lazy=three
    )
    assert await AsyncRefBook.author.async_fetch(book) == one
    assert await AsyncRefBook.generic.async_fetch(book) == two
    assert await AsyncRefBook.authors.async_fetch(book) == [one, three]
    assert await AsyncRefBook.lazy.async_fetch(book) == three
    assert async_ref_sent.take_names() == ["find"] * 4
    assert (book.author.name, book.generic.name) == ("a0", "a1")
    assert await AsyncRefBook.author.async_fetch(book) is book.author
    assert async_ref_sent.take_names() == []
    assert book._delta() == ({}, {})


async def test_a_field_says_what_it_cannot_fetch(async_ref_sent):
    book = await async_stored(async_ref_sent, author=ObjectId())
    with pytest.raises(DoesNotExist, match=r"unknown document DBRef\("):
        await AsyncRefBook.author.async_fetch(book)


async def test_a_field_fetches_for_its_class_and_those_derived(async_ref_sent):
    one, two = await async_saved_authors(2)
    made = await AsyncFetchedSpecial(author=one, base=two, mixed=one).async_save()
    found = await AsyncFetchedBase.objects.async_get(pk=made.pk)
    assert await AsyncFetchedBase.author.async_fetch(found) == one
    assert await AsyncFetchedBase.base.async_fetch(found) == two
    assert type(found.base) is AsyncRefAuthor
    assert await AsyncFetchedOther.mixed.async_fetch(found) == one


@pytest.mark.parametrize(
    "given",
    [
        None,
        "book",
        AsyncRefBook,
        AsyncRefAuthor(),
        LazyReference(AsyncRefBook, ObjectId()),
    ],
)
async def test_a_field_refuses_what_is_not_of_its_class(async_ref_sent, given):
    message = (
        r"`AsyncRefBook.authors` is a field of AsyncRefBook, and cannot be fetched"
    )
    with pytest.raises(TypeError, match=message):
        await AsyncRefBook.authors.async_fetch(given)
    same_name = AsyncFetchedOther(author=AsyncRefAuthor(id=ObjectId()))
    with pytest.raises(TypeError, match="of <AsyncFetchedOther: "):
        await AsyncRefBook.author.async_fetch(same_name)
    assert async_ref_sent.take_names() == []


async def test_lazy_references(async_ref_sent):
    one, two, three = await async_saved_authors()
    book = await async_stored(
        async_ref_sent, lazy=one, through=two, generic_lazy=three, lazies=[one, two]
    )
    lazies = [book.lazy, book.through, book.generic_lazy, *book.lazies]
    assert {type(lazy) for lazy in lazies} == {LazyReference}
    assert async_ref_sent.take_names() == []
    assert [await lazy.async_fetch() for lazy in lazies] == [one, two, three, one, two]
    assert async_ref_sent.take_names() == ["find"] * 5
    assert (await book.lazy.async_fetch()).name == "a0"
    assert book.through.name == book.through["name"] == "a1"
    assert async_ref_sent.take_names() == []
    one.name = "new"
    await one.async_save()
    async_ref_sent.take_names()
    assert (await book.lazy.async_fetch()).name == "a0"
    assert (await book.lazy.async_fetch(force=True)).name == "new"
    assert async_ref_sent.take_names() == ["find"]
    assert book._delta() == ({}, {})


async def test_a_lazy_reference_to_nothing(async_ref_sent):
    lazy = LazyReference(AsyncRefAuthor, ObjectId())
    with pytest.raises(AsyncRefAuthor.DoesNotExist):
        await lazy.async_fetch()
    known = LazyReference(AsyncRefAuthor, ObjectId(), cached_doc=AsyncRefAuthor())
    assert type(await known.async_fetch()) is AsyncRefAuthor
    assert async_ref_sent.take_names() == ["find"]


async def test_a_reference_in_a_field_of_no_type(async_ref_sent):
    (one,) = await async_saved_authors(1)
    book = await async_stored(async_ref_sent, dynamic=one)
    before = book.to_mongo()
    assert await AsyncRefBook.dynamic.async_fetch(book) == one
    assert type(book.dynamic) is AsyncRefAuthor
    assert await AsyncRefBook.dynamic.async_fetch(book) is book.dynamic
    assert async_ref_sent.take_names() == ["find"]
    assert book._delta() == ({}, {})
    assert book.to_mongo() == before
    book.dynamic = one.to_dbref()
    assert await AsyncRefBook.dynamic.async_fetch(book) == one
    assert type(book.dynamic) is AsyncRefAuthor
    for nothing in (None, 1, "a", []):
        book.dynamic = nothing
        assert await AsyncRefBook.dynamic.async_fetch(book) == nothing


async def test_references_within_a_field_of_no_type(async_ref_sent):
    one, two, three = await async_saved_authors()
    book = await async_stored(async_ref_sent, dynamic={"k": [one, two], "z": three})
    assert await book.dynamic["k"][1].async_fetch() == two
    assert book.dynamic["k"][1].name == "a1"
    assert book.dynamic["k"][0]["_cls"] == "AsyncRefAuthor"
    await book.dynamic.async_fetch()
    assert book.dynamic == {"k": [one, two], "z": three}
    book = await async_stored(async_ref_sent, dynamic=[one, {"k": two}])
    assert await AsyncRefBook.dynamic.async_fetch(book) == [one, {"k": two}]
    assert async_ref_sent.take_names() == ["find"]


async def test_a_reference_in_a_field_of_no_type_to_nothing(async_ref_sent):
    missing = AsyncRefAuthor(id=ObjectId())
    book = await async_stored(async_ref_sent, dynamic=missing)
    with pytest.raises(AsyncRefAuthor.DoesNotExist, match=str(missing.id)):
        await AsyncRefBook.dynamic.async_fetch(book)
    assert book.to_mongo()["dynamic"]["_ref"] == missing.to_dbref()


async def test_a_reference_in_a_dynamic_document(async_ref_sent):
    (one,) = await async_saved_authors(1)
    made = await AsyncFetchedLoose(x=one, y=AsyncRefAuthor(id=ObjectId())).async_save()
    loose = await AsyncFetchedLoose.objects.async_get(pk=made.pk)
    async_ref_sent.take_names()
    assert await loose.x.async_fetch() == one
    assert async_ref_sent.take_names() == ["find"]
    assert type(loose.x) is AsyncRefAuthor
    assert loose._delta() == ({}, {})
    reference = loose.y
    assert await reference.async_fetch() is reference is loose.y
    del loose.y
    assert await reference.async_fetch() is reference


async def test_a_dict_that_only_looks_like_a_reference(async_ref_sent):
    (one,) = await async_saved_authors(1)
    data = {"_ref": one.to_dbref(), "_cls": "AsyncRefAuthor"}
    book = await async_stored(async_ref_sent, data=data)
    assert (await book.data.async_fetch())["_ref"].name == "a0"
    assert book.data["_ref"] == one
