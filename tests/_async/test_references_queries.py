"""What is loaded by one query, because it is in one collection and asked for at once."""

import copy
import pickle

import pytest
from bson import DBRef, ObjectId, json_util

from mongoengine import (
    CachedReferenceField,
    DictField,
    Document,
    DoesNotExist,
    EmbeddedDocument,
    EmbeddedDocumentField,
    GenericLazyReferenceField,
    GenericReferenceField,
    LazyReferenceField,
    ListField,
    MapField,
    ReferenceField,
    StringField,
)
from mongoengine.base import LazyReference

RELAXED = {"json_options": json_util.RELAXED_JSON_OPTIONS}


class AsyncTogetherBase(Document):
    name = StringField()
    meta = {"abstract": True}


class AsyncTogetherAuthor(AsyncTogetherBase):
    meta = {"allow_inheritance": True}


class AsyncTogetherPoet(AsyncTogetherAuthor):
    pass


class AsyncTogetherTag(Document):
    name = StringField(primary_key=True)


class AsyncTogetherPart(EmbeddedDocument):
    author = ReferenceField(AsyncTogetherAuthor)


class AsyncTogetherBook(Document):
    anything = ListField(GenericReferenceField())
    abstract = ListField(ReferenceField(AsyncTogetherBase))
    lazies = ListField(LazyReferenceField(AsyncTogetherAuthor))
    any_lazies = ListField(GenericLazyReferenceField())
    mapped = MapField(ReferenceField(AsyncTogetherAuthor))
    lists = MapField(ListField(ReferenceField(AsyncTogetherAuthor)))
    matrix = ListField(ListField(ReferenceField(AsyncTogetherAuthor)))
    data = DictField()
    part = EmbeddedDocumentField(AsyncTogetherPart)
    copied = CachedReferenceField(AsyncTogetherAuthor, fields=["name"])


@pytest.fixture
async def async_people(async_sent):
    """Return an author and a poet, who share a collection."""
    author = await AsyncTogetherAuthor(name="a").async_save()
    return [author, await AsyncTogetherPoet(name="p").async_save()]


async def async_stored(async_sent, **values):
    book = await AsyncTogetherBook(**values).async_save()
    found = await AsyncTogetherBook.objects.async_get(pk=book.pk)
    async_sent.take()
    return found


@pytest.mark.parametrize("name", ["anything", "abstract"])
async def test_classes_of_one_collection(async_people, async_sent, name):
    book = await async_stored(async_sent, **{name: async_people * 2})
    loaded = await getattr(book, name).async_fetch()
    assert [(type(one), one.name) for one in loaded] == [
        (AsyncTogetherAuthor, "a"),
        (AsyncTogetherPoet, "p"),
    ] * 2
    assert async_sent.take_names() == ["find"]


async def test_references_to_abstract_classes_survive_copies(async_people, async_sent):
    book = await async_stored(async_sent, abstract=async_people)
    for copied in (pickle.loads(pickle.dumps(book)), copy.deepcopy(book)):
        assert await copied.abstract.async_fetch() == async_people
    again = AsyncTogetherBook.from_json(book.to_json(**RELAXED), **RELAXED)
    again.id = None
    await again.async_save()
    kept = await AsyncTogetherBook.objects.async_get(pk=again.pk)
    assert await kept.abstract.async_fetch() == async_people


async def test_lazy_references_are_loaded_when_asked_for(async_people, async_sent):
    tag = await AsyncTogetherTag(name="t").async_save()
    book = await async_stored(
        async_sent, lazies=async_people, any_lazies=[tag, *async_people]
    )
    lazies = [*book.lazies, *book.any_lazies]
    assert {type(lazy) for lazy in lazies} == {LazyReference}
    assert async_sent.take() == []
    await book.lazies.async_fetch()
    await AsyncTogetherBook.any_lazies.async_fetch(book)
    assert async_sent.take_names() == ["find"] * 3
    assert {type(lazy) for lazy in [*book.lazies, *book.any_lazies]} == {LazyReference}
    names = [(await lazy.async_fetch()).name for lazy in lazies]
    assert names == ["a", "p", "t", "a", "p"]
    assert async_sent.take() == []
    assert book._delta() == ({}, {})


async def test_a_lazy_reference_is_looked_for_as_it_always_was(
    async_people, async_sent
):
    lazy = LazyReference(AsyncTogetherPoet, str(async_people[1].pk))
    assert await lazy.async_fetch() == async_people[1]
    (find,) = async_sent.of("find")[-1:]
    assert find["filter"]["_id"] == async_people[1].pk
    assert find["limit"] == 2
    wrong = LazyReference(AsyncTogetherPoet, async_people[0].pk)
    with pytest.raises(AsyncTogetherPoet.DoesNotExist, match="matching query does not"):
        await wrong.async_fetch()
    with pytest.raises(DoesNotExist):
        await LazyReference(AsyncTogetherTag, None).async_fetch()


async def test_distinct_values_hold_documents(async_people, async_sent):
    author, poet = async_people
    missing = ObjectId()
    await async_stored(
        async_sent,
        mapped={"x": author, "y": poet},
        lists={"x": [poet, author]},
        matrix=[[author, poet]],
        anything=[poet],
        data={"x": poet.to_dbref(), "y": [{"z": author.to_dbref()}], "n": 1},
    )
    books = AsyncTogetherBook.objects
    assert await books.async_distinct("mapped") == [{"x": author, "y": poet}]
    assert async_sent.take_names() == ["distinct", "find"]
    assert await books.async_distinct("lists") == [{"x": [poet, author]}]
    assert await books.async_distinct("matrix") == [[author, poet]]
    assert await books.async_distinct("anything") == [poet]
    assert await books.async_distinct("data") == [
        {"x": poet, "y": [{"z": author}], "n": 1}
    ]
    assert await books.async_distinct("data.x") == [poet]
    assert await books.async_distinct("mapped.x") == [author.pk]
    await books.async_update(mapped={"x": missing})
    name = AsyncTogetherAuthor._get_collection_name()
    assert await books.async_distinct("mapped") == [{"x": DBRef(name, missing)}]


async def test_distinct_copies_are_documents(async_people, async_sent):
    await async_stored(async_sent, copied=async_people[0])
    (copy,) = await AsyncTogetherBook.objects.async_distinct("copied")
    assert (type(copy), copy.name) == (AsyncTogetherAuthor, "a")
    assert async_sent.take_names() == ["distinct"]
