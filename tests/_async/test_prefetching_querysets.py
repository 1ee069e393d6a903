"""How ``prefetch_related()`` goes with what else a queryset does."""

import pytest
from _async.prefetching import (
    AUTHOR,
    BOOK,
    AsyncPreBook,
    AsyncPreTag,
    async_with_collections,
    held,
    make_authors,
    saved,
)
from bson import DBRef, ObjectId
from joining import joined

from mongoengine.base.scopes import async_sessions


@pytest.fixture
async def async_prepared(async_sent):
    """Give what was sent, once the collections are there."""
    return await async_with_collections(async_sent)


async def test_it_goes_with_the_other_chain_methods(async_prepared):
    first, second = await make_authors("1", "2")
    await saved(
        *(
            AsyncPreBook(number=n, author=first if n % 2 else second, editor=first)
            for n in range(5)
        )
    )
    books = AsyncPreBook.objects.order_by("number").prefetch_related("author")
    assert [b.author.name for b in await books.limit(2).async_to_list()] == ["2", "1"]
    assert [b.author.name async for b in books.skip(3)] == ["1", "2"]
    assert [b.author.name async for b in books.no_cache()] == ["2", "1", "2", "1", "2"]
    assert (await books.async_get(number=3)).author.name == "1"
    assert (await books.filter(number=9).async_first()) is None
    assert await books.none().async_to_list() == []
    assert await books.filter(number=9).async_to_list() == []
    assert await books.async_count() == 5
    partly = await books.only("number", "author").async_first()
    assert (partly.author.name, held(partly, "author").name) == ("2", "2")
    assert "author" not in (await books.only("number").async_first()).to_mongo()
    by_id = await books.async_in_bulk([book.id for book in await books.async_to_list()])
    assert {book.author.name for book in by_id.values()} == {"1", "2"}
    unread = books.no_dereference()
    assert (await unread.async_first()).author.name == "2"
    async_prepared.take()
    rows = await books.as_pymongo().async_to_list()
    assert rows[0]["a"] == second.id
    assert async_prepared.asked == [BOOK]
    assert await books.scalar("number").async_to_list() == [0, 1, 2, 3, 4]


async def test_scalars_are_documents_where_these_are_loaded(async_prepared):
    (author,) = await make_authors("a")
    await saved(AsyncPreBook(number=1, author=author))
    books = AsyncPreBook.objects.prefetch_related("author")
    async_prepared.take()
    assert await books.scalar("number", "author").async_to_list() == [(1, author)]
    assert (await books.scalar("author").async_first()).name == "a"
    assert async_prepared.asked == [BOOK, AUTHOR] * 2


async def test_values_are_ids_which_takes_no_query_more(async_prepared):
    author, editor = await make_authors("a", "e")
    gone = ObjectId()
    for one in (author, gone):
        await saved(AsyncPreBook(author=one, editor=editor))
    books = AsyncPreBook.objects.order_by("id").prefetch_related("author")
    async_prepared.take()
    assert await books.values("author", "editor").async_to_list() == [
        {"author": author.id, "editor": editor.id},
        {"author": gone, "editor": editor.id},
    ]
    first = await books.values("author").async_first()
    assert first == {"author": author.id}
    assert async_prepared.asked == [BOOK, BOOK]


async def test_iterations_at_the_same_time(async_mongo_db):
    authors = await make_authors(*"abcd")
    await saved(*(AsyncPreBook(author=one) for one in authors))
    books = AsyncPreBook.objects.prefetch_related("author").batch_size(2)
    pairs = [
        one.author.name + other.author.name
        async for one in books
        async for other in books
    ]
    assert len(set(pairs)) == 16
    async for book in books:
        assert book.author.name == "a"
        break
    assert [book.author.name async for book in books] == list("abcd")


async def test_rows_are_kept_with_what_was_loaded(async_prepared):
    (author,) = await make_authors("a")
    await saved(AsyncPreBook(author=author))
    books = AsyncPreBook.objects.prefetch_related("author")
    first = await books.async_to_list()
    async_prepared.take()
    again = [book async for book in books]
    assert again[0] is first[0]
    assert again[0].author.name == "a"
    assert async_prepared.commands == []


async def test_every_query_joins_the_session(async_prepared):
    (author,) = await make_authors("a")
    await saved(AsyncPreBook(author=author, tags=[AsyncPreTag(name="x").to_dbref()]))
    client = (await AsyncPreBook._async_get_collection()).database.client
    async with client.start_session() as session:
        with joined(async_sessions, "default", session):
            await session.start_transaction()
            await saved(AsyncPreTag(name="x"))
            async_prepared.take()
            book = await AsyncPreBook.objects.prefetch_related("*").async_first()
            assert book.tags[0].name == "x"
            used = {one["lsid"]["id"] for one in async_prepared.commands}
            assert used == {session.session_id["id"]}
            await session.abort_transaction()
    book = await AsyncPreBook.objects.prefetch_related("*").async_first()
    assert isinstance(held(book, "tags")[0], (DBRef, str))


def test_copies_and_pickles_of_querysets_know_their_paths():
    books = AsyncPreBook.objects.prefetch_related("author", "tags")
    assert books.clone()._prefetch.paths == (("author",), ("tags",))
    assert books.prefetch_related("author")._prefetch == books._prefetch
    assert AsyncPreBook.objects._prefetch is None


@pytest.mark.parametrize("options", [{"new": True}, {"new": False}, {"remove": True}])
async def test_modify_loads_references(async_prepared, options):
    (author,) = await make_authors("a")
    await saved(AsyncPreBook(number=1, author=author))
    books = AsyncPreBook.objects.prefetch_related("author")
    changes = {} if "remove" in options else {"set__number": 2}
    book = await books.async_modify(**options, **changes)
    async_prepared.take()
    assert book.author.name == "a"
    assert async_prepared.commands == []
    assert await books.filter(number=9).async_modify(set__number=1) is None
