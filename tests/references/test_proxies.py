"""AsyncReferenceProxy: a DBRef in every respect, until it is awaited."""

import asyncio
import copy
import gc
import pickle

import pytest
from bson import DBRef, ObjectId, decode, encode, json_util

from mongoengine import (
    AsyncReferenceProxy,
    CachedReferenceField,
    Document,
    DynamicDocument,
    DynamicField,
    EmbeddedDocument,
    EmbeddedDocumentField,
    GenericReferenceField,
    ListField,
    ReferenceField,
    StringField,
)


class ProxyAuthor(Document):
    name = StringField()


class ProxyPart(EmbeddedDocument):
    author = ReferenceField(ProxyAuthor)


class ProxyBook(Document):
    author = ReferenceField(ProxyAuthor)
    generic = GenericReferenceField(choices=[ProxyAuthor])
    cached = CachedReferenceField(ProxyAuthor, fields=["name"])
    authors = ListField(ReferenceField(ProxyAuthor))
    generics = ListField(GenericReferenceField())
    things = ListField()
    part = EmbeddedDocumentField(ProxyPart)


class ProxyAny(Document):
    thing = DynamicField()


class ProxyLoose(DynamicDocument):
    pass


@pytest.fixture
async def author(async_mongo_db):
    return await ProxyAuthor(name="a").async_save()


@pytest.fixture
async def book(author):
    values = dict.fromkeys(("author", "generic", "cached"), author)
    lists = {name: [author] for name in ("authors", "generics", "things")}
    made = await ProxyBook(
        part=ProxyPart(author=author), **values, **lists
    ).async_save()
    return await ProxyBook.objects.async_get(pk=made.pk)


def proxies(book):
    return [
        book.author,
        book.generic,
        book.cached,
        *book.authors,
        *book.generics,
        *book.things,
        book.part.author,
    ]


async def test_what_is_read_is_a_dbref(book, author):
    reference = author.to_dbref()
    for proxy in proxies(book):
        assert type(proxy) is AsyncReferenceProxy
        assert isinstance(proxy, DBRef)
        assert (proxy.pk, proxy.id, proxy.collection) == (
            author.pk,
            author.pk,
            "proxy_author",
        )
        assert proxy == reference == proxy
        assert proxy == author == proxy
        assert not (proxy != reference)  # noqa: SIM202
        assert proxy != DBRef("proxy_author", ObjectId())
        assert len({proxy, reference}) == 1
        assert encode({"x": proxy}) == encode({"x": reference})
        assert decode(encode({"x": [proxy]})) == {"x": [reference]}
        assert json_util.dumps(proxy) == json_util.dumps(reference)


async def test_it_tells_what_to_do(book):
    assert repr(book.author) == "<AsyncReferenceProxy: author (unfetched)>"
    assert repr(book.authors[0]) == "<AsyncReferenceProxy: authors (unfetched)>"
    with pytest.raises(AttributeError, match="`author = await document.author`"):
        assert book.author.name
    item = r"'authors' .* 'name' .* `await document.authors.async_fetch\(\)`, or await"
    with pytest.raises(AttributeError, match=item):
        assert book.authors[0].name
    proxy = book.author
    await proxy
    assert repr(proxy) == "<AsyncReferenceProxy: author (fetched)>"
    assert not hasattr(book.generic, "__len__")
    assert not hasattr(book.generic, "_private")


async def test_a_proxy_stays_the_same_until_it_is_fetched(book):
    assert book.author is book.author
    assert book.authors[0] is book.authors[0]
    proxy, item = book.author, book.authors[0]
    fetched = [await proxy, await item]
    assert [book.author, book.authors[0]] == fetched
    assert book.author is fetched[0]
    assert book.authors[0] is fetched[1]
    assert await proxy is await proxy.fetch() is await proxy.async_fetch() is fetched[0]
    assert book._delta() == ({}, {})


async def test_a_forced_fetch_loads_again(book, author):
    proxy = book.author
    await proxy
    await ProxyAuthor.objects(pk=author.pk).async_update(name="new")
    assert (await proxy.fetch()).name == "a"
    assert (await proxy.fetch(force=True)).name == "new"
    assert book.author.name == "new"


async def test_one_that_outlives_its_document(author, book):
    proxy, authors = book.author, book.authors
    pk = book.pk
    del book
    gc.collect()
    assert (await proxy).name == "a"
    assert (await authors.async_fetch())[0].name == "a"
    async_book = ProxyBook.objects(pk=pk)
    assert (await (await async_book.async_get()).author).name == "a"


async def test_something_else_was_assigned_meanwhile(book):
    proxy = book.author
    other = await ProxyAuthor(name="b").async_save()
    book.author = other
    assert (await proxy).name == "a"
    assert book.author is other
    assert book._delta() == ({"author": other.pk}, {})


async def test_copies_and_pickles(book, author):
    for proxy in proxies(book):
        for twin in (
            copy.copy(proxy),
            copy.deepcopy(proxy),
            pickle.loads(pickle.dumps(proxy)),
        ):
            assert type(twin) is AsyncReferenceProxy
            assert twin == proxy
            assert await twin == author
    stored = book.to_mongo()
    for twin in (copy.deepcopy(book), pickle.loads(pickle.dumps(book))):
        assert twin.to_mongo() == stored


async def test_what_is_stored_holds_no_proxies(book):
    proxies(book)
    stored = book.to_mongo()
    found = [stored["generic"]["_ref"], stored["generics"][0]["_ref"]]
    found.append(stored["things"][0])
    assert {type(one) for one in found} == {DBRef}
    assert stored["author"] == stored["authors"][0] == stored["cached"]["_id"]
    book.validate()
    raw = await ProxyBook.objects.as_pymongo().async_get(pk=book.pk)
    assert stored == raw
    assert book._delta() == ({}, {})


async def test_proxies_can_be_assigned_anywhere(book, author):
    proxies(book)
    other = ProxyBook(
        author=book.generic, generic=book.author, cached=book.cached, authors=[]
    )
    other.authors.append(book.generic)
    other.generics.append(book.author)
    other.things.append(book.generic)
    other.validate()
    await other.async_save()
    raw = await ProxyBook.objects.as_pymongo().async_get(pk=other.pk)
    generic = {"_cls": "ProxyAuthor", "_ref": author.to_dbref()}
    assert (raw["author"], raw["authors"]) == (author.pk, [author.pk])
    assert (raw["generic"], raw["generics"]) == (generic, [generic])
    assert raw["cached"] == {"_id": author.pk, "name": "a"}
    assert raw["things"] in ([generic], [author.to_dbref()])
    assert [await other.author, await other.generic] == [author, author]


async def test_proxies_can_be_queried_by(book):
    proxies(book)
    for query in (
        {"author": book.author},
        {"author__in": [book.author]},
        {"authors": book.author},
        {"generic": book.generic},
        {"generics": book.generic},
        {"part__author": book.part.author},
        {"cached": book.cached},
        {"cached__in": [book.cached]},
    ):
        assert await ProxyBook.objects(**query).async_count() == 1, query
    await ProxyBook.objects.async_update(
        set__author=book.author, push__authors=book.author
    )
    await book.async_reload()
    assert len(book.authors) == 2


async def test_a_proxy_of_a_field_of_no_type_is_like_any_other(book, author):
    await ProxyAny(thing=author).async_save()
    thing = (await ProxyAny.objects.async_get()).thing
    assert type(thing) is AsyncReferenceProxy
    assert await ProxyBook.objects(generic=thing).async_count() == 1
    await ProxyBook.objects.async_update(generic=thing, author=thing)
    assert await ProxyBook.objects(generic=author, author=author).async_count() == 1
    raw = await ProxyBook.objects.as_pymongo().async_get()
    assert list(raw["generic"]) == ["_cls", "_ref"]


async def test_a_proxy_that_knows_no_class_is_a_dbref_to_a_generic_field(book, author):
    other = ProxyBook(generics=[book.things[0]])
    await other.async_save()
    raw = await ProxyBook.objects.as_pymongo().async_get(pk=other.pk)
    assert raw["generics"] == [author.to_dbref()]
    assert await ProxyBook.objects(generics=book.things[0]).async_count() == 1


async def test_what_is_not_in_the_field_choices_is_refused(book):
    other = await ProxyBook(part=ProxyPart()).async_save()
    holder = await ProxyBook(generics=[other]).async_save()
    holder = await ProxyBook.objects.async_get(pk=holder.pk)
    book.generic = holder.generics[0]
    with pytest.raises(Exception, match="Value must be one of"):
        book.validate()


async def test_reading_is_no_io(book, monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("reached the server")

    monkeypatch.setattr("mongoengine._references.fetch_one", refuse)
    monkeypatch.setattr("mongoengine._references.load_into", refuse)
    assert len(proxies(book)) == 7


async def test_scalars_are_ids(book, author):
    assert await ProxyBook.objects.async_scalar("author") == [author.pk]
    assert await ProxyBook.objects.async_values("authors") == [{"authors": [author.pk]}]


async def test_changes_of_a_fetched_document_are_cascaded(book, author):
    (await book.author).name = "changed"
    await book.async_save(cascade=True)
    assert (await ProxyAuthor.objects.async_get(pk=author.pk)).name == "changed"


async def test_tasks_fetch_what_one_document_refers_to(book):
    found = await asyncio.gather(*(book.author for _ in range(10)))
    assert len({id(one) for one in found}) == 1


async def test_a_fetch_that_is_awaited_later(book, author):
    await ProxyLoose(things=[author]).async_save()
    fetching = [one.things.async_fetch() async for one in ProxyLoose.objects]
    gc.collect()
    assert await asyncio.gather(*fetching) == [[author]]
