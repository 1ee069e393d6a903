"""What a reference reads as, how many queries that takes, and what stays as it is."""

import copy
import pickle

import pytest
from _async.referring import (
    AsyncRefAuthor,
    AsyncRefBase,
    AsyncRefBook,
    AsyncRefChild,
    AsyncRefConcrete,
    AsyncRefNumbered,
    AsyncRefPart,
    AsyncRefProfile,
    AsyncRefRemote,
    async_make,
    async_saved_authors,
    async_stored,
    async_stored_raw,
    async_with_collections,
)
from bson import DBRef, ObjectId

from mongoengine import NotRegistered, connect_async, disconnect_async


@pytest.fixture
async def async_ref_sent(async_sent):
    """Give what was sent, once the collections are there."""
    return await async_with_collections(async_sent)


@pytest.fixture
async def async_ref_other(async_mongo_db, mongo_uri):
    """Connect the alias of another database."""
    settings = {"host": mongo_uri, "uuidRepresentation": "standard"}
    other = f"{async_mongo_db.name}_other"
    client = await connect_async(other, alias="async_ref_other", **settings)
    yield
    await client.drop_database(other)
    await disconnect_async("async_ref_other")


@pytest.mark.parametrize("name", ["author", "by_dbref", "generic"])
async def test_a_reference_is_loaded_once_and_kept(async_ref_sent, name):
    author = (await async_saved_authors(1))[0]
    book = await async_stored(async_ref_sent, **{name: author})
    before = book.to_mongo()
    loaded = await getattr(book, name)
    assert (loaded, loaded.name) == (author, "a0")
    assert async_ref_sent.take_names() == ["find"]
    assert getattr(book, name) is loaded
    assert book._get_changed_fields() == []
    assert book._delta() == ({}, {})
    assert book.to_mongo() == before
    book.validate()
    await book.async_save()
    assert async_ref_sent.take_names() == []


async def test_references_of_any_kind_are_loaded(async_ref_sent, async_ref_other):
    author = (await async_saved_authors(1))[0]
    kept = {
        "base": await async_make(AsyncRefChild, name="c", size=3),
        "abstract": await async_make(AsyncRefConcrete, name="d"),
        "numbered": await async_make(AsyncRefNumbered, number=5),
        "profile": await async_make(AsyncRefProfile, author=author, text="p"),
        "remote": await async_make(AsyncRefRemote, name="r"),
        "generic": await async_make(AsyncRefBase, name="g"),
    }
    book = await async_stored(async_ref_sent, **kept)
    assert await book.base == kept["base"]
    assert await book.abstract == kept["abstract"]
    assert await book.numbered == kept["numbered"]
    assert await book.profile == kept["profile"]
    assert await book.remote == kept["remote"]
    assert await book.generic == kept["generic"]
    assert type(book.base) is AsyncRefChild
    assert type(book.abstract) is AsyncRefConcrete
    assert book.profile.text == "p"
    assert (await book.profile.author).name == "a0"


async def test_references_in_embedded_documents(async_ref_sent):
    one, two, three = await async_saved_authors()
    part = AsyncRefPart(author=one, authors=[two, three])
    book = await async_stored(async_ref_sent, part=part)
    assert async_ref_sent.take_names() == []
    assert (await book.part.author).name == "a0"
    assert [author.name for author in await book.part.authors.async_fetch()] == [
        "a1",
        "a2",
    ]
    assert async_ref_sent.take_names() == ["find", "find"]
    assert book.part.author.name == "a0"
    assert book._delta() == ({}, {})


@pytest.mark.parametrize("name", ["author", "by_dbref", "generic"])
async def test_a_missing_document(async_ref_sent, name):
    author = (await async_saved_authors(1))[0]
    book = await async_stored(async_ref_sent, **{name: author})
    await author.async_delete()
    async_ref_sent.take_names()
    for _ in range(2):
        with pytest.raises(AsyncRefAuthor.DoesNotExist, match="unknown document DBRef"):
            await getattr(book, name)
        assert async_ref_sent.take_names() == ["find"]
    reference = DBRef("async_ref_author", author.pk)
    generic = {"_cls": "AsyncRefAuthor", "_ref": reference}
    kept_as = book.to_mongo()[AsyncRefBook._fields[name].db_field]
    assert kept_as in (author.pk, reference, generic)
    book.validate()
    kept = await AsyncRefBook.objects.no_dereference().async_get(pk=book.pk)
    reference = getattr(kept, name)
    assert (reference["_ref"] if name == "generic" else reference).id == author.pk


async def test_nothing_is_nothing(async_ref_sent):
    book = await async_stored(async_ref_sent)
    assert (book.author, book.generic, book.lazy, book.part) == (None,) * 4
    assert (book.authors, book.things, book.mapped) == ([], [], {})
    assert await AsyncRefBook.author.async_fetch(book) is None
    assert await book.authors.async_fetch() == []
    assert await book.mapped.async_fetch() == {}
    assert async_ref_sent.take_names() == []


async def test_an_unknown_class_is_said(async_ref_sent):
    unknown = {"_cls": "AsyncRefNope", "_ref": DBRef("nope", ObjectId())}
    book = await async_stored_raw(async_ref_sent, generic=unknown, generics=[unknown])
    with pytest.raises(NotRegistered, match="AsyncRefNope"):
        await book.generic
    with pytest.raises(NotRegistered, match="AsyncRefNope"):
        await book.generics.async_fetch()
    assert book.to_mongo()["generic"] == unknown


async def test_a_reference_to_another_database_is_refused(async_ref_sent):
    reference = DBRef("async_ref_author", ObjectId(), "elsewhere")
    book = await async_stored_raw(async_ref_sent, author=reference)
    with pytest.raises(ValueError, match="another database"):
        await book.author
    assert async_ref_sent.take_names() == []


async def test_the_collection_that_a_dbref_names_is_read(async_ref_sent):
    other = await async_make(AsyncRefChild, name="c")
    reference = DBRef("async_ref_base", other.pk)
    book = await async_stored_raw(async_ref_sent, author=reference, authors=[reference])
    assert await book.author == other
    assert await book.authors.async_fetch() == [other]


# Documents with references are documents


async def test_copies_and_pickles(async_ref_sent):
    one, two, three = await async_saved_authors()
    book = await async_stored(
        async_ref_sent, author=one, generic=two, authors=[one, three], things=[two]
    )
    await book.author
    assert len([*book.authors, *book.things]) == 3
    for twin in (
        copy.copy(book),
        copy.deepcopy(book),
        pickle.loads(pickle.dumps(book)),
        AsyncRefBook._from_son(book.to_mongo()),
    ):
        assert twin.to_mongo() == book.to_mongo()


async def test_assigned_references(async_ref_sent):
    one, two = await async_saved_authors(2)
    source = await async_stored(
        async_ref_sent, author=one, generic=two, authors=[one, two], generics=[two]
    )
    book = AsyncRefBook(
        author=source.author,
        by_dbref=source.author,
        generic=source.generic,
        authors=source.authors,
        generics=source.generics,
        things=[source.author, source.generic],
    )
    await book.async_save()
    raw = await AsyncRefBook.objects.as_pymongo().async_get(pk=book.pk)
    generic = {"_cls": "AsyncRefAuthor", "_ref": two.to_dbref()}
    assert (raw["author"], raw["d"]) == (one.pk, one.to_dbref())
    assert (raw["generic"], raw["generics"]) == (generic, [generic])
    assert raw["authors"] == [one.pk, two.pk]
    assert await AsyncRefBook.objects(author=source.author).async_count() == 2
    assert await AsyncRefBook.objects(authors=source.author).async_count() == 2


async def test_a_reload_reads_references_again(async_ref_sent):
    one, two = await async_saved_authors(2)
    book = await async_stored(async_ref_sent, author=one, authors=[one])
    await book.author
    await AsyncRefBook.objects(pk=book.pk).async_update(author=two, authors=[two])
    await book.async_reload()
    book.validate()
    assert (await AsyncRefBook.author.async_fetch(book)).name == "a1"
    assert [one.name for one in await book.authors.async_fetch()] == ["a1"]
    await book.async_save()


async def test_an_alias_of_another_database_is_read(async_ref_sent, async_ref_other):
    remotes = [await async_make(AsyncRefRemote, name=str(n)) for n in range(2)]
    book = await async_stored(async_ref_sent, generics=remotes)
    assert await book.generics.async_fetch() == remotes
    assert async_ref_sent.take_names() == []  # nothing on this alias
