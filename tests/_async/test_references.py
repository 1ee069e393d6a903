"""What a reference reads as, how many queries that takes, and what stays as it is."""

import copy
import pickle

import pytest
from bson import DBRef, ObjectId

from mongoengine import (
    DictField,
    Document,
    DoesNotExist,
    DynamicField,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EmbeddedDocumentListField,
    GenericLazyReferenceField,
    GenericReferenceField,
    IntField,
    LazyReferenceField,
    ListField,
    MapField,
    NotRegistered,
    ReferenceField,
    StringField,
    connect_async,
    disconnect_async,
)
from mongoengine.base import LazyReference
from mongoengine.base.fields import _no_dereference_for_fields
from mongoengine.context_managers import async_no_dereference


class AsyncRefAuthor(Document):
    name = StringField()
    friends = ListField(ReferenceField("self"))


class AsyncRefBase(Document):
    name = StringField()
    meta = {"allow_inheritance": True}


class AsyncRefChild(AsyncRefBase):
    size = IntField()


class AsyncRefAbstract(Document):
    name = StringField()
    meta = {"abstract": True}


class AsyncRefConcrete(AsyncRefAbstract):
    pass


class AsyncRefNumbered(Document):
    number = IntField(primary_key=True)


class AsyncRefProfile(Document):
    author = ReferenceField(AsyncRefAuthor, primary_key=True)
    text = StringField()


class AsyncRefRemote(Document):
    name = StringField()
    meta = {"db_alias": "async_ref_other"}


class AsyncRefPart(EmbeddedDocument):
    author = ReferenceField(AsyncRefAuthor)
    authors = ListField(ReferenceField(AsyncRefAuthor))


class AsyncRefBook(Document):
    author = ReferenceField(AsyncRefAuthor)
    by_dbref = ReferenceField(AsyncRefAuthor, dbref=True, db_field="d")
    base = ReferenceField(AsyncRefBase)
    abstract = ReferenceField(AsyncRefAbstract)
    numbered = ReferenceField(AsyncRefNumbered)
    profile = ReferenceField(AsyncRefProfile)
    remote = ReferenceField(AsyncRefRemote)
    generic = GenericReferenceField()
    part = EmbeddedDocumentField(AsyncRefPart)
    parts = EmbeddedDocumentListField(AsyncRefPart)
    authors = ListField(ReferenceField(AsyncRefAuthor))
    dbrefs = ListField(ReferenceField(AsyncRefAuthor, dbref=True))
    abstracts = ListField(ReferenceField(AsyncRefAbstract))
    generics = ListField(GenericReferenceField())
    things = ListField()
    matrix = ListField(ListField(ReferenceField(AsyncRefAuthor)))
    mapped = MapField(ReferenceField(AsyncRefAuthor))
    data = DictField()
    dynamic = DynamicField()
    lazy = LazyReferenceField(AsyncRefAuthor)
    through = LazyReferenceField(AsyncRefAuthor, passthrough=True)
    generic_lazy = GenericLazyReferenceField()
    lazies = ListField(LazyReferenceField(AsyncRefAuthor))


@pytest.fixture
async def async_ref_sent(async_sent, async_mongo_db, mongo_uri):
    settings = {"host": mongo_uri, "uuidRepresentation": "standard"}
    other = f"{async_mongo_db.name}_other"
    client = await connect_async(other, alias="async_ref_other", **settings)
    for cls in (AsyncRefAuthor, AsyncRefBase, AsyncRefBook, AsyncRefConcrete):
        await cls.async_ensure_indexes()
    async_sent.take()
    yield async_sent
    await client.drop_database(other)
    await disconnect_async("async_ref_other")


async def async_make(cls, **values):
    return await cls(**values).async_save()


async def async_saved_authors(number=3):
    return [await async_make(AsyncRefAuthor, name=f"a{n}") for n in range(number)]


async def async_stored(sent, **values):
    """Return a book of these values, saved and loaded again."""
    book = await async_make(AsyncRefBook, **values)
    found = await AsyncRefBook.objects.async_get(pk=book.pk)
    sent.take()
    return found


async def async_stored_raw(sent, **stored):
    """Return a book that was stored by somebody else."""
    collection = await AsyncRefBook._async_get_collection()
    pk = (await collection.insert_one(stored)).inserted_id
    found = await AsyncRefBook.objects.async_get(pk=pk)
    sent.take()
    return found


# One reference


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


async def test_references_of_any_kind_are_loaded(async_ref_sent):
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


# Many references


async def test_a_list_is_loaded_by_one_query(async_ref_sent):
    authors = await async_saved_authors()
    book = await async_stored(async_ref_sent, authors=authors * 2)
    loaded = await book.authors.async_fetch()
    assert loaded == authors * 2
    assert [author.name for author in book.authors] == ["a0", "a1", "a2"] * 2
    assert async_ref_sent.take_names() == ["find"]
    assert book.authors[0] is book.authors[3]
    assert book._delta() == ({}, {})
    await book.async_save()
    assert async_ref_sent.take_names() == []


@pytest.mark.parametrize("name", ["dbrefs", "generics", "things"])
async def test_lists_of_other_kinds(async_ref_sent, name):
    authors = await async_saved_authors()
    book = await async_stored(async_ref_sent, **{name: authors})
    assert await getattr(book, name).async_fetch() == authors
    assert async_ref_sent.take_names() == ["find"]
    assert getattr(book, name)[2].name == "a2"
    assert book._delta() == ({}, {})
    await book.async_save()
    assert async_ref_sent.take_names() == []


async def test_each_class_is_asked_once(async_ref_sent):
    authors = await async_saved_authors()
    others = [await async_make(AsyncRefBase, name="b"), await async_make(AsyncRefChild)]
    book = await async_stored(async_ref_sent, generics=[*authors, *others])
    assert await book.generics.async_fetch() == [*authors, *others]
    assert sorted(async_ref_sent.take_names()) in (["find"] * 2, ["find"] * 3)


async def test_nested_containers_are_loaded_by_one_query(async_ref_sent):
    one, two, three = await async_saved_authors()
    values = {
        "matrix": [[one], [two, three], []],
        "mapped": {"x": one, "y": two},
        "data": {"x": one.to_dbref(), "y": [{"z": two.to_dbref()}], "n": 1},
        "things": [1, "x", [one.to_dbref()], {"k": two}],
    }
    for name, value in values.items():
        book = await async_stored(async_ref_sent, **{name: value})
        await getattr(book, name).async_fetch()
        assert async_ref_sent.take_names() == ["find"], name
        assert book._delta() == ({}, {})
        if name == "matrix":
            assert book.matrix == [[one], [two, three], []]
            assert book.matrix[1][0].name == "a1"
        elif name == "mapped":
            assert book.mapped["y"].name == "a1"
        elif name == "data":
            assert book.data["y"][0]["z"].name == "a1"
        else:
            assert (book.things[2][0].name, book.things[3]["k"].name) == ("a0", "a1")
    assert async_ref_sent.take_names() == []


async def test_what_embedded_documents_in_a_list_refer_to(async_ref_sent):
    one, two, three = await async_saved_authors()
    parts = [AsyncRefPart(author=one, authors=[two]), AsyncRefPart(author=three)]
    book = await async_stored(async_ref_sent, parts=parts)
    await book.parts.async_fetch()
    assert [part.author.name for part in book.parts] == ["a0", "a2"]
    assert [author.name for author in book.parts[0].authors] == ["a1"]
    assert async_ref_sent.take_names() == ["find"]
    assert book._delta() == ({}, {})


async def test_missing_ones_stay_references(async_ref_sent):
    one, two, three = await async_saved_authors()
    book = await async_stored(
        async_ref_sent, authors=[one, two, three], generics=[one, two]
    )
    before = book.to_mongo()
    await two.async_delete()
    async_ref_sent.take_names()
    found = await book.authors.async_fetch()
    assert (found[0], found[2]) == (one, three)
    assert isinstance(found[1], DBRef)
    assert found[1].id == two.pk
    assert (await book.generics.async_fetch())[0] == one
    assert set(async_ref_sent.take_names()) == {"find"}
    assert (len(book.authors), len(book.generics)) == (3, 2)
    assert async_ref_sent.take_names() == []  # reading does not ask again
    assert (book.to_mongo(), book._delta()) == (before, ({}, {}))
    book.validate()


async def test_references_to_abstract_classes_in_a_list(async_ref_sent):
    concrete = await async_make(AsyncRefConcrete, name="d")
    book = await async_stored(async_ref_sent, abstracts=[concrete, concrete])
    assert await book.abstracts.async_fetch() == [concrete, concrete]
    assert async_ref_sent.take_names() == ["find"]


async def test_an_untyped_dbref_finds_its_class(async_ref_sent):
    child = await async_make(AsyncRefChild, name="c", size=2)
    author = (await async_saved_authors(1))[0]
    things = [child.to_dbref(), author.to_dbref(), DBRef("async_ref_no", ObjectId())]
    book = await async_stored(async_ref_sent, things=things)
    found = await book.things.async_fetch()
    assert [type(one) for one in found[:2]] == [AsyncRefChild, AsyncRefAuthor]
    assert found[2] == things[2]


async def test_many_are_loaded_by_one_query(async_ref_sent):
    authors = [AsyncRefAuthor(name=str(number)) for number in range(1000)]
    await AsyncRefAuthor.objects.async_insert(authors)
    book = await async_stored(async_ref_sent, authors=authors)
    names = [author.name for author in await book.authors.async_fetch()]
    assert names == [author.name for author in authors]
    assert async_ref_sent.take_names().count("find") == 1


async def test_a_list_can_be_changed_before_and_after(async_ref_sent):
    one, two, three = await async_saved_authors()
    for is_loaded in (False, True):
        book = await async_stored(async_ref_sent, authors=[one, two])
        if is_loaded:
            await book.authors.async_fetch()
        book.authors.append(three)
        book.authors.remove(one)
        assert book._delta() == ({"authors": [two.pk, three.pk]}, {})
        await book.async_save()
        await book.async_reload()
        assert await book.authors.async_fetch() == [two, three]


async def test_circles_are_fine(async_ref_sent):
    one, two = await async_saved_authors(2)
    one.friends, two.friends = [two, one], [one]
    await one.async_save()
    await two.async_save()
    found = await AsyncRefAuthor.objects.async_get(pk=one.pk)
    friends = await found.friends.async_fetch()
    assert (await friends[0].friends.async_fetch())[0] == one
    assert found.to_mongo()["friends"] == [two.pk, one.pk]


# Without loading


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


# Told to load


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


async def test_an_alias_of_another_database_is_read(async_ref_sent):
    remotes = [await async_make(AsyncRefRemote, name=str(n)) for n in range(2)]
    book = await async_stored(async_ref_sent, generics=remotes)
    assert await book.generics.async_fetch() == remotes
    assert async_ref_sent.take_names() == []  # nothing on this alias
