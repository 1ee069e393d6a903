"""What ``prefetch_related()`` loads: fields of any kind, on the paths named."""

import pytest
from _async.prefetching import (
    AUTHOR,
    BOOK,
    TAG,
    AsyncPreAuthor,
    AsyncPreBook,
    AsyncPreComment,
    AsyncPreFree,
    AsyncPrePoet,
    AsyncPreTag,
    async_with_collections,
    held,
    make_authors,
    saved,
)
from bson import DBRef, ObjectId

from mongoengine import Document, ReferenceField
from mongoengine.errors import InvalidQueryError


@pytest.fixture
async def async_prepared(async_sent):
    """Give what was sent, once the collections are there."""
    return await async_with_collections(async_sent)


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


class AsyncPreAnything(Document):
    any = ReferenceField(Document)


async def test_paths_go_on_where_any_class_may_be(async_mongo_db):
    (mentor,) = await make_authors("1")
    author = await AsyncPreAuthor(name="2", mentor=mentor).async_save()
    await AsyncPreAnything(any=author).async_save()
    found = await AsyncPreAnything.objects.prefetch_related("any__mentor").async_get()
    assert held(held(found, "any"), "mentor").name == "1"


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
