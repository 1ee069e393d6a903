"""How ``prefetch_related()`` goes on from batch to batch: its queries, its memory."""

import gc

import pytest
from _async.prefetching import (
    AUTHOR,
    BOOK,
    NUMBERED,
    TAG,
    AsyncPreAuthor,
    AsyncPreBook,
    AsyncPreNumbered,
    AsyncPrePoet,
    AsyncPreTag,
    async_with_collections,
    make_authors,
    saved,
)
from bson import ObjectId


@pytest.fixture
async def async_prepared(async_sent):
    """Give what was sent, once the collections are there."""
    return await async_with_collections(async_sent)


async def test_a_query_per_class_level_and_batch(async_prepared):
    mentor, poet = await saved(AsyncPreAuthor(name="m"), AsyncPrePoet(name="p"))
    author = (await saved(AsyncPreAuthor(name="a", mentor=mentor)))[0]
    tags = await saved(AsyncPreTag(name="x"), AsyncPreTag(name="y"))
    await AsyncPreBook.objects.async_insert(
        [
            AsyncPreBook(author=author, editor=poet, tags=tags, subjects=[mentor])
            for _ in range(4)
        ],
        load_bulk=False,
    )
    async_prepared.take()
    paths = ("author__mentor", "editor", "tags", "subjects")
    books = AsyncPreBook.objects.prefetch_related(*paths).batch_size(2)
    seen = [
        (book.author.name, book.author.mentor.name, book.editor.name, len(book.tags))
        async for book in books
    ]
    assert seen == [("a", "m", "p", 2)] * 4
    asked = [one for one in async_prepared.asked if one != "getMore"]
    assert asked == [BOOK, *[AUTHOR, TAG] * 2]


@pytest.mark.parametrize("number", [10, 10_000])
async def test_the_number_of_queries_depends_on_batches_alone(async_prepared, number):
    authors = [AsyncPreAuthor(id=ObjectId(), name=str(n)) for n in range(number)]
    await AsyncPreAuthor.objects.async_insert(authors, load_bulk=False)
    tags = await saved(*(AsyncPreTag(name=name) for name in "abc"))
    await AsyncPreNumbered.objects.async_insert(
        [AsyncPreNumbered(author=one, tag=tags[0], tags=tags) for one in authors],
        load_bulk=False,
    )
    async_prepared.take()
    rows = await (
        AsyncPreNumbered.objects.prefetch_related("author", "tag", "tags")
        .batch_size(number + 1)
        .async_to_list()
    )
    names = {row.author.name for row in rows if len(row.tags) == 3 and row.tag.name}
    assert len(names) == number
    finds = [one for one in async_prepared.asked if one != "getMore"]
    assert sorted(finds) == sorted([NUMBERED, AUTHOR, TAG])


async def test_what_the_last_batch_referred_to_is_known(async_prepared):
    first, second, third = await make_authors("1", "2", "3")
    for author in (first, first, first, second, second, third, first):
        await saved(AsyncPreNumbered(author=author))
    async_prepared.take()
    rows = AsyncPreNumbered.objects.order_by("pk").prefetch_related("author")
    loaded = [row.author async for row in rows.batch_size(2)]
    assert [one.name for one in loaded] == ["1", "1", "1", "2", "2", "3", "1"]
    assert asked(async_prepared) == [[first.pk], [second.pk], [third.pk], [first.pk]]
    assert loaded[0] is loaded[2]
    assert loaded[0] is not loaded[6]


def asked(sent):
    """Return the ids of authors that were asked for, command by command."""
    finds = [one for one in sent.commands if one.get("find") == AUTHOR]
    return [one["filter"]["_id"]["$in"] for one in finds]


async def test_chains_do_not_grow_from_batch_to_batch(async_mongo_db):
    previous = None
    for number in range(400):
        author = AsyncPreAuthor(name=str(number), mentor=previous)
        previous = await author.async_save()
    del author, previous
    rows = AsyncPreAuthor.objects.order_by("pk").no_cache().batch_size(20)
    async for row in rows.prefetch_related("mentor__mentor"):
        last = row
    assert last.mentor.mentor.name == "397"
    del row
    assert number_of(AsyncPreAuthor) < 100


async def test_memory_stays_flat(async_mongo_db):
    authors = [AsyncPreAuthor(id=ObjectId(), name=str(n)) for n in range(2000)]
    await AsyncPreAuthor.objects.async_insert(authors, load_bulk=False)
    await AsyncPreNumbered.objects.async_insert(
        [AsyncPreNumbered(author=one) for one in authors], load_bulk=False
    )
    del authors
    rows = AsyncPreNumbered.objects.prefetch_related("author").no_cache()
    alive = []
    async for row in rows.batch_size(100):
        assert row.author.name
        if len(alive) * 400 < int(row.author.name):
            alive.append(number_of(AsyncPreAuthor))
    assert len(alive) == 5
    assert max(alive) <= 200


def number_of(document_class):
    """Return how many documents of a class there are in memory."""
    gc.collect()
    return sum(type(one) is document_class for one in gc.get_objects())
