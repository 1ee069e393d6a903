"""Reading documents through querysets: one, many, how many, and in other forms."""

import json

import pytest
from bson import SON, ObjectId
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument

from mongoengine import (
    DictField,
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    InvalidDocumentError,
    InvalidQueryError,
    ListField,
    QuerySet,
    ReferenceField,
    StringField,
    ValidationError,
)
from mongoengine.base.state import LOADED_ASYNC  # async-only


class AsyncReadingPart(EmbeddedDocument):
    size = IntField(db_field="sz")


class AsyncReadingThing(Document):
    number = IntField()
    name = StringField(db_field="called")
    part = EmbeddedDocumentField(AsyncReadingPart, db_field="pt")
    parts = ListField(EmbeddedDocumentField(AsyncReadingPart))
    table = DictField()
    friend = ReferenceField("self")
    meta = {"indexes": ["number", {"fields": ["$name"]}]}


class AsyncReadingAnimal(Document):
    name = StringField()
    meta = {"allow_inheritance": True}


class AsyncReadingDog(AsyncReadingAnimal):
    tricks = IntField()


@pytest.fixture
async def async_things(async_mongo_db):
    """Store four documents, and give the queryset of all."""
    new = [
        AsyncReadingThing(
            number=number,
            name=f"n{number % 2}",
            part=AsyncReadingPart(size=number) if number else None,
            parts=[AsyncReadingPart(size=size) for size in range(number)],
            table={"key": number},
        )
        for number in range(4)
    ]
    await AsyncReadingThing.objects.async_insert(new)
    return AsyncReadingThing.objects


async def test_first_is_the_first_in_order(async_things):
    assert (await async_things.async_first()).number == 0
    assert (await async_things.order_by("-number").async_first()).number == 3
    assert (await async_things.skip(2).async_first()).number == 2
    assert (await async_things[1:3].async_first()).number == 1


async def test_first_of_nothing_is_none(async_things):
    assert await async_things(number=9).async_first() is None
    assert await async_things.skip(9).async_first() is None
    assert await async_things[1:1].async_first() is None


async def test_get_gives_the_only_one(async_things):
    assert (await async_things.async_get(number=2)).number == 2
    assert (await async_things(number=2).async_get()).number == 2


async def test_get_refuses_none_and_several(async_things):
    with pytest.raises(
        AsyncReadingThing.DoesNotExist,
        match="^AsyncReadingThing matching query does not exist.$",
    ):
        await async_things.async_get(number=9)
    with pytest.raises(
        AsyncReadingThing.MultipleObjectsReturned,
        match="^2 or more items returned, instead of 1$",
    ):
        await async_things.async_get(name="n1")


async def test_with_id_takes_no_filter(async_things):
    thing = await async_things.async_first()
    assert await async_things.async_with_id(thing.id) == thing
    assert await async_things.async_with_id(str(thing.id)) == thing
    assert await async_things.async_with_id(ObjectId()) is None
    with pytest.raises(ValidationError):
        await async_things.async_with_id("no id")
    with pytest.raises(
        InvalidQueryError, match="^Cannot use a filter whilst using `with_id`$"
    ):
        await async_things(number=1).async_with_id(thing.id)


async def test_in_bulk_gives_documents_by_id(async_things):
    one, two, *_ = await async_things.async_to_list()
    found = await async_things.async_in_bulk([two.id, ObjectId(), one.id])
    assert found == {one.id: one, two.id: two}
    assert await async_things.async_in_bulk([]) == {}
    scalars = async_things.scalar("number")
    assert await scalars.async_in_bulk([two.id]) == {two.id: 1}


async def test_in_bulk_ignores_conditions(async_things):
    one, *_ = await async_things.async_to_list()
    others = async_things(nope=1).where("false").skip(3).limit(1)
    assert await others.async_in_bulk([one.id]) == {one.id: one}
    assert await async_things.search_text("z").async_in_bulk([one.id]) == {one.id: one}


async def test_a_class_finds_its_own_and_those_of_subclasses(async_mongo_db):
    await AsyncReadingAnimal(name="a").async_save()
    dog = await AsyncReadingDog(name="d", tricks=3).async_save()
    animals = await AsyncReadingAnimal.objects.order_by("name").async_to_list()
    assert [type(one) for one in animals] == [AsyncReadingAnimal, AsyncReadingDog]
    assert animals[1].tricks == 3
    assert await AsyncReadingDog.objects.async_to_list() == [dog]
    assert await AsyncReadingDog.objects.async_count() == 1


@pytest.mark.parametrize(
    ("length", "expected"), [(None, 4), (0, 0), (1, 1), (4, 4), (99, 4)]
)
async def test_to_list_takes_a_length(async_things, length, expected):
    assert len(await async_things.async_to_list(length)) == expected
    assert len(await async_things.limit(2).async_to_list(length)) == min(expected, 2)
    await async_things.async_to_list()
    assert len(await async_things.async_to_list(length)) == expected


@pytest.mark.parametrize("kept", [False, True])
async def test_to_list_takes_no_negative_length(async_things, kept):
    if kept:
        await async_things.async_to_list()
    with pytest.raises(ValueError, match="0 or more"):
        await async_things.async_to_list(-1)


async def test_count_minds_limit_and_skip_if_asked(async_things):
    assert await async_things.async_count() == 4
    assert await async_things(number__gte=1).async_count() == 3
    assert await async_things.limit(2).async_count() == 4
    sliced = async_things[1:3]
    assert await sliced.async_count(with_limit_and_skip=True) == 2
    assert await async_things[9:12].async_count(with_limit_and_skip=True) == 0
    assert await async_things[1:1].async_count() == 0


async def test_count_minds_where(async_things):
    queryset = async_things(number__gte=1).where("this.number < 3")
    assert await queryset.async_count() == 2
    assert await queryset.limit(1).async_count() == 2
    assert await queryset.limit(1).async_count(with_limit_and_skip=True) == 1


async def test_exists(async_things):
    assert await async_things.async_exists() is True
    assert await async_things(number=9).async_exists() is False
    assert await async_things.skip(4).async_exists() is False


async def test_scalars_are_values_or_tuples(async_things):
    queryset = async_things.order_by("number")
    assert await queryset.scalar("number").async_to_list() == [0, 1, 2, 3]
    assert await queryset.scalar("number", "name").async_first() == (0, "n0")
    assert await queryset.scalar("part__size").async_to_list() == [None, 1, 2, 3]
    assert (await queryset.scalar("parts.size").async_to_list())[2] == [0, 1]


async def test_values_lead_to_positions_in_lists(async_things):
    queryset = async_things.order_by("number")
    assert await queryset.scalar("parts__1__size").async_to_list() == [None, None, 1, 1]
    assert await queryset.scalar("parts.2.size").async_to_list() == [None] * 3 + [2]
    assert (await queryset.scalar("parts__0").async_to_list())[1].size == 0
    wide = queryset.values("parts__1__size", "number")
    assert (await wide.async_to_list())[3] == {"parts__1__size": 1, "number": 3}
    assert (await queryset.values_list("table__key").async_to_list())[3] == 3


async def test_values_are_plain_dicts_by_the_names_asked_for(async_things):
    friend = await async_things.async_first()
    await async_things(number=2).async_update(set__friend=friend)
    queryset = async_things(number=2)
    names = ("number", "part__size", "part.size", "parts", "friend")
    assert await queryset.values(*names).async_to_list() == [
        {
            "number": 2,
            "part__size": 2,
            "part.size": 2,
            "parts": [{"size": 0}, {"size": 1}],
            "friend": friend.id,
        }
    ]
    (everything,) = await queryset.values().async_to_list()
    assert set(everything) == set(AsyncReadingThing._fields)


def as_class(queryset, collection, document_class):
    """Return the queryset of a collection whose rows are decoded as another class."""
    options: CodecOptions = CodecOptions(document_class=document_class)
    return QuerySet(queryset._document, collection.with_options(options))


async def test_a_client_may_decode_as_another_class(async_things):
    collection = await AsyncReadingThing._async_get_collection()
    other = as_class(async_things, collection, SON).order_by("number")
    found = await other.async_to_list()
    expected = await async_things.order_by("number").async_to_list()
    assert [one.to_mongo() for one in found] == [one.to_mongo() for one in expected]
    assert type(await other.as_pymongo().async_first()) is SON


async def test_raw_rows_are_for_those_who_want_them_so(async_things):
    collection = await AsyncReadingThing._async_get_collection()
    raw = as_class(async_things, collection, RawBSONDocument)
    assert type(await raw.as_pymongo().async_first()) is RawBSONDocument
    with pytest.raises(ValueError, match="needs to be of type 'dict'"):
        await raw.async_first()


async def test_a_text_score_comes_with_the_documents(async_things):
    found = async_things.search_text("n1").order_by("$text_score")
    assert (await found.async_first()).get_text_score() > 0
    async for thing in found:
        assert thing.get_text_score() > 0
    unscored = async_things.search_text("n1", text_score=False)
    with pytest.raises(InvalidDocumentError):
        (await unscored.async_first()).get_text_score()


async def test_explain_and_its_summary(async_things):
    plan = await async_things(number=1).async_explain()
    assert plan["executionStats"]["nReturned"] == 1
    usage = await async_things(number=1).async_index_usage()
    assert (usage.indexes, usage.collection_scan) == (("number_1",), False)
    assert (await async_things(table__key=1).async_index_usage()).collection_scan


@pytest.mark.filterwarnings("ignore:No 'json_options':DeprecationWarning")
async def test_json_and_back(async_things):
    text = await async_things.order_by("number").async_to_json()
    assert [row["called"] for row in json.loads(text)] == ["n0", "n1", "n0", "n1"]
    read = async_things.from_json(text)
    assert [thing.number for thing in read] == [0, 1, 2, 3]
    assert read == await async_things.order_by("number").async_to_list()
    assert await async_things.none().async_to_json() == "[]"


async def test_documents_know_which_family_loaded_them(async_things):  # async-only
    thing, *_ = await async_things
    assert thing._state_flags & LOADED_ASYNC
    assert (await async_things.async_first())._state_flags & LOADED_ASYNC


async def test_what_lists_at_once_is_as_the_chain(async_things):  # async-only
    queryset = async_things.order_by("number")
    assert await queryset.async_scalar("number") == [0, 1, 2, 3]
    assert await queryset.async_values("number") == [{"number": n} for n in range(4)]
    assert (await queryset.async_only("number"))[1].name is None
    assert (await queryset.async_exclude("number"))[1].number is None
    assert len(await queryset.async_hint("_id_")) == 4


async def test_lists_of_values_are_flat_or_not(async_things):  # async-only
    queryset = async_things.order_by("number").limit(2)
    assert await queryset.async_values_list("number") == [0, 1]
    assert await queryset.async_values_list("number", flat=True) == [0, 1]
    assert await queryset.async_values_list("number", flat=False) == [(0,), (1,)]
    pairs = await queryset.async_values_list("number", "name")
    assert pairs == [(0, "n0"), (1, "n1")]
    with pytest.raises(TypeError, match="takes one field, not 2"):
        await queryset.async_values_list("number", "name", flat=True)


async def test_references_are_listed_as_ids(async_things):  # async-only
    friend = await async_things.async_first()
    await async_things(number=2).async_update(set__friend=friend)
    assert await async_things(number=2).async_scalar("friend") == [friend.id]
