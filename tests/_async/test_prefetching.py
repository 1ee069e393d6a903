"""Querysets that load what their documents refer to, a batch at a time."""

import gc

import pytest
from bson import DBRef, ObjectId

from mongoengine import (
    CachedReferenceField,
    DictField,
    Document,
    DynamicDocument,
    EmbeddedDocument,
    EmbeddedDocumentField,
    GenericEmbeddedDocumentField,
    GenericLazyReferenceField,
    GenericReferenceField,
    IntField,
    LazyReferenceField,
    ListField,
    MapField,
    ReferenceField,
    StringField,
)
from mongoengine.base.scopes import async_sessions, joined
from mongoengine.errors import InvalidQueryError


class AsyncPreTag(Document):
    name = StringField(primary_key=True)


class AsyncPreAuthor(Document):
    name = StringField()
    mentor = ReferenceField("self")
    tags = ListField(ReferenceField(AsyncPreTag))
    meta = {"allow_inheritance": True}


class AsyncPrePoet(AsyncPreAuthor):
    favourite = ReferenceField(AsyncPreTag)


class AsyncPreComment(EmbeddedDocument):
    author = ReferenceField(AsyncPreAuthor, db_field="a")
    likes = ListField(ReferenceField(AsyncPreAuthor))
    replies = ListField(EmbeddedDocumentField("self"))


class AsyncPreBook(Document):
    number = IntField()
    author = ReferenceField(AsyncPreAuthor, db_field="a")
    editor = ReferenceField(AsyncPreAuthor, dbref=True)
    tags = ListField(ReferenceField(AsyncPreTag), db_field="t")
    rows = ListField(ListField(ReferenceField(AsyncPreTag)))
    roles = MapField(ReferenceField(AsyncPreAuthor))
    comment = EmbeddedDocumentField(AsyncPreComment)
    comments = ListField(EmbeddedDocumentField(AsyncPreComment))
    anything = GenericEmbeddedDocumentField()
    subject = GenericReferenceField()
    subjects = ListField(GenericReferenceField())
    reader = LazyReferenceField(AsyncPreAuthor)
    readers = ListField(LazyReferenceField(AsyncPreAuthor))
    thing = GenericLazyReferenceField()
    words = DictField()
    cached = CachedReferenceField(AsyncPreTag)


class AsyncPreFree(DynamicDocument):
    author = ReferenceField(AsyncPreAuthor)


class AsyncPreNumbered(Document):
    number = IntField()
    tag = ReferenceField(AsyncPreTag)
    author = ReferenceField(AsyncPreAuthor)
    tags = ListField(ReferenceField(AsyncPreTag))


@pytest.fixture
async def async_prepared(async_sent):
    """Give what was sent, once the collections are there."""
    for document in (AsyncPreTag, AsyncPreAuthor, AsyncPreBook, AsyncPreNumbered):
        await document.async_ensure_indexes()
    async_sent.take()
    return async_sent


AUTHOR, TAG, BOOK, NUMBERED = (
    document._get_collection_name()
    for document in (AsyncPreAuthor, AsyncPreTag, AsyncPreBook, AsyncPreNumbered)
)


async def saved(*documents):
    return [await one.async_save() for one in documents]


async def make_authors(*names):
    return await saved(*(AsyncPreAuthor(name=name) for name in names))


def held(document, name):
    """Return what a document holds, without reading it."""
    return document.__dict__[name]


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


async def test_all_kinds_of_fields(async_prepared):
    first, second, third = await make_authors("1", "2", "3")
    tag, other = await saved(AsyncPreTag(name="x"), AsyncPreTag(name="y"))
    part = AsyncPreComment(
        author=first, likes=[second], replies=[AsyncPreComment(author=third)]
    )
    book = AsyncPreBook(
        author=first,
        editor=second,
        tags=[tag, other],
        rows=[[tag], [other, tag]],
        roles={"a": third},
        comment=part,
        comments=[part, AsyncPreComment(author=second)],
        anything=part,
        subject=tag,
        subjects=[first, tag],
        reader=first,
        readers=[second],
        thing=tag,
        words={"a": [third, {"b": tag}]},
        cached=tag,
    )
    await book.async_save()
    plain = await AsyncPreBook.objects.as_pymongo().async_first()
    async_prepared.take()
    book = await AsyncPreBook.objects.prefetch_related("*").async_get()
    loaded = len(async_prepared.commands)
    assert book.author.name == "1"
    assert book.editor.name == "2"
    assert [one.name for one in book.tags] == ["x", "y"]
    assert [[one.name for one in row] for row in book.rows] == [["x"], ["y", "x"]]
    assert book.roles["a"].name == "3"
    for comment in (book.comment, book.comments[0], book.anything):
        assert comment.author.name == "1"
        assert [one.name for one in comment.likes] == ["2"]
        assert comment.replies[0].author.name == "3"
    assert book.comments[1].author.name == "2"
    assert book.subject.name == "x"
    assert [one.name for one in book.subjects] == ["1", "x"]
    assert (await book.reader.async_fetch()).name == "1"
    assert (await book.readers[0].async_fetch()).name == "2"
    assert (await book.thing.async_fetch()).name == "x"
    assert book.words["a"][0].name == "3"
    assert book.words["a"][1]["b"].name == "x"
    assert book.cached.name == "x"
    assert book.author is book.subjects[0] is book.comments[0].author
    assert len(async_prepared.commands) == loaded
    assert book._get_changed_fields() == []
    stored = book.to_mongo().to_dict()
    del stored["words"], plain["words"]  # where a document is stored with its class
    assert stored == plain


async def test_only_what_is_named_is_loaded(async_mongo_db):
    first, second = await make_authors("1", "2")
    part = AsyncPreComment(author=first, likes=[second])
    book = AsyncPreBook(author=first, editor=second, comments=[part, part])
    await book.async_save()
    books = AsyncPreBook.objects.prefetch_related("comments__author")
    found = await books.async_first()
    assert held(found, "author") == first.id
    assert [held(one, "author").name for one in found.comments] == ["1", "1"]
    assert [type(held(one, "likes")[0]) for one in found.comments] != [AsyncPreAuthor]
    more = await books.prefetch_related("editor").async_first()
    assert more.editor.name == "2"
    assert more.comments[1].author.name == "1"
    every = await AsyncPreBook.objects.prefetch_related("comments").async_first()
    assert every.comments[1].likes[0].name == "2"
    dotted = await AsyncPreBook.objects.prefetch_related("comments.likes").async_get()
    assert dotted.comments[0].likes[0].name == "2"


async def test_paths_go_on_in_what_is_loaded(async_prepared):
    (tag,) = await saved(AsyncPreTag(name="x"))
    (top,) = await saved(AsyncPreAuthor(name="top", tags=[tag]))
    (middle,) = await saved(AsyncPreAuthor(name="middle", mentor=top))
    (low,) = await saved(AsyncPrePoet(name="low", mentor=middle, favourite=tag))
    await saved(
        AsyncPreBook(number=1, author=low, subject=low, subjects=[low, tag]),
        AsyncPreBook(number=2, reader=low, comments=[AsyncPreComment(author=low)]),
    )
    books = AsyncPreBook.objects.order_by("number")
    async_prepared.take()
    first = await books.prefetch_related("author__mentor__mentor__tags").async_first()
    assert first.author.mentor.mentor.tags[0].name == "x"
    assert async_prepared.asked == [BOOK, AUTHOR, AUTHOR, AUTHOR, TAG]
    first = await books.prefetch_related("author__favourite").async_first()
    assert first.author.favourite.name == "x"
    first = await books.prefetch_related("subjects__mentor__*").async_first()
    assert first.subjects[0].mentor.mentor.name == "top"
    async_prepared.take()
    first, second = await books.prefetch_related(
        "subject__mentor", "reader__mentor", "comments__author__mentor"
    ).async_to_list()
    assert first.subject.mentor.name == "middle"
    assert (await second.reader.async_fetch()).mentor.name == "middle"
    assert second.comments[0].author.mentor.name == "middle"
    assert async_prepared.asked == [BOOK, AUTHOR, AUTHOR]


async def test_cycles_and_references_to_oneself(async_prepared):
    one, other = await make_authors("one", "other")
    one.mentor, other.mentor = other, one
    (alone,) = await make_authors("alone")
    alone.mentor = alone
    await saved(one, other, alone)
    async_prepared.take()
    found = await (
        AsyncPreAuthor.objects.order_by("name")
        .prefetch_related("mentor__mentor__mentor__mentor")
        .async_to_list()
    )
    names = [one.mentor.mentor.mentor.mentor.name for one in found]
    assert names == ["alone", "one", "other"]
    assert async_prepared.asked == [AUTHOR, AUTHOR]


async def test_missing_targets_stay_references(async_prepared):
    (author,) = await make_authors("a")
    gone = ObjectId()
    book = AsyncPreBook(
        author=gone,
        editor=DBRef(AUTHOR, gone),
        tags=["none"],
        subject={"_cls": AsyncPreTag._class_name, "_ref": DBRef(TAG, "none")},
        roles={"a": author, "b": gone},
        reader=gone,
    )
    await book.async_save()
    plain = await AsyncPreBook.objects.as_pymongo().async_first()
    found = await AsyncPreBook.objects.prefetch_related("*").async_first()
    assert found.roles["a"].name == "a"
    number = len(async_prepared.commands)
    assert found.tags[0].id == "none"
    assert found.roles["b"].id == gone
    assert len(async_prepared.commands) == number
    assert found.to_mongo().to_dict() == plain
    assert found._get_changed_fields() == []


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("auther", "'auther' in BOOK"),
        ("number", "'number' in BOOK"),
        ("author__nobody", "'nobody' in AUTHOR"),
        ("comments__nobody", "'comments.nobody' in BOOK"),
        ("author__mentor__name", "'name' in AUTHOR"),
        ("", "'' in BOOK"),
        ("author____mentor", "'.mentor' in AUTHOR"),
    ],
)
async def test_unknown_paths_are_refused_at_once(async_mongo_db, path, where):
    where = where.replace("BOOK", AsyncPreBook.__name__)
    where = where.replace("AUTHOR", AsyncPreAuthor.__name__)
    with pytest.raises(InvalidQueryError) as caught:
        AsyncPreBook.objects.prefetch_related("tags", path)
    assert str(caught.value) == (
        f"prefetch_related() cannot follow {path!r}: there is no reference at {where}"
    )


async def test_what_is_no_path_is_refused(async_mongo_db):
    with pytest.raises(InvalidQueryError, match="paths such as 'comments__author'"):
        AsyncPreBook.objects.prefetch_related(AsyncPreBook.author)


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
    values = await books.values("number", "author").async_to_list()
    assert values[0] == {"number": 0, "author": second.id}
    assert await books.scalar("number").async_to_list() == [0, 1, 2, 3, 4]


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


async def test_what_is_loaded_can_be_changed_and_saved(async_mongo_db):
    first, second = await make_authors("1", "2")
    await saved(AsyncPreBook(author=first, tags=["x"], roles={"a": first}))
    await saved(AsyncPreTag(name="x"), AsyncPreTag(name="y"))
    book = await AsyncPreBook.objects.prefetch_related("*").async_first()
    assert (await book.async_save()).id == book.id
    book.author, book.roles["b"] = second, second
    book.tags.append(AsyncPreTag(name="y"))
    assert sorted(book._get_changed_fields()) == ["a", "roles.b", "t"]
    await book.async_save()
    stored = await AsyncPreBook.objects.as_pymongo().async_first()
    assert stored["a"] == stored["roles"]["b"] == second.id
    assert stored["t"] == ["x", "y"]
    assert (await book.async_reload()).id == book.id


async def test_dynamic_documents_are_searched_too(async_mongo_db):
    first, second = await make_authors("1", "2")
    await saved(AsyncPreFree(author=first, many=[first, {"a": second}]))
    free = await AsyncPreFree.objects.prefetch_related("many").async_first()
    assert type(held(free, "author")) is DBRef
    assert free.many[0].name == "1"
    assert free.many[1]["a"].name == "2"


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
