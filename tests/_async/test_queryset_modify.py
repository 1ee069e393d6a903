"""``modify()``: one document is found, changed and returned in one go."""

import pytest

from mongoengine import (
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    InvalidQueryError,
    ListField,
    NotUniqueError,
    OperationError,
    StringField,
)


class AsyncModifyPart(EmbeddedDocument):
    width = IntField()


class AsyncModifyThing(Document):
    number = IntField()
    name = StringField(db_field="called")
    parts = ListField(EmbeddedDocumentField(AsyncModifyPart))
    code = IntField(unique=True, sparse=True)
    meta = {"indexes": ["number"]}


class AsyncModifyAnimal(Document):
    number = IntField()
    meta = {"allow_inheritance": True}


class AsyncModifyDog(AsyncModifyAnimal):
    tricks = IntField()


@pytest.fixture
async def async_things(async_mongo_db):
    """Store three documents, and give the queryset of all."""
    parts = [AsyncModifyPart(width=1), AsyncModifyPart(width=2)]
    await AsyncModifyThing.objects.async_insert(
        [
            AsyncModifyThing(number=1, name="a"),
            AsyncModifyThing(number=2, name="b", parts=parts),
            AsyncModifyThing(number=2, name="c"),
        ]
    )
    return AsyncModifyThing.objects


async def numbers():
    return [one.number async for one in AsyncModifyThing.objects.order_by("name")]


async def test_the_old_document_is_returned(async_things):
    thing = await async_things(name="b").async_modify(set__number=7)
    assert (type(thing), thing.number, thing._created) == (AsyncModifyThing, 2, False)
    assert await numbers() == [1, 7, 2]


async def test_the_new_document_is_returned_on_demand(async_things):
    thing = await async_things(name="b").async_modify(new=True, inc__number=5)
    assert thing.number == 7
    assert thing._delta() == ({}, {})


async def test_none_matches(async_things):
    assert await async_things(name="z").async_modify(number=7) is None
    assert await async_things(name="z").async_modify(remove=True) is None


async def test_upserts(async_things):
    assert await async_things(name="x").async_modify(upsert=True, number=8) is None
    new = await async_things(name="y").async_modify(upsert=True, new=True, number=9)
    assert (new.name, new.number) == ("y", 9)
    assert await numbers() == [1, 2, 2, 8, 9]


async def test_removing_returns_what_was(async_things):
    thing = await async_things(name="b").async_modify(remove=True)
    assert thing.name == "b"
    assert await numbers() == [1, 2]


async def test_the_first_by_order_is_changed(async_things):
    assert (await async_things.order_by("-name").async_modify(number=7)).name == "c"
    assert (await async_things.order_by("-name").async_modify(remove=True)).number == 7
    assert (await async_things.order_by().async_modify(number=7)).name == "a"


async def test_fields_left_out_are_not_loaded(async_things):
    thing = await async_things(name="b").only("number").async_modify(number=7)
    assert (thing.number, thing.name) == (2, None)
    thing = await async_things(name="b").exclude("number").async_modify(number=8)
    assert (thing.number, thing.name) == (None, "b")
    sliced = async_things(name="b").fields(slice__parts=1)
    assert len((await sliced.async_modify(number=8)).parts) == 1


@pytest.mark.parametrize("form", ["scalar", "as_pymongo"])
async def test_a_document_is_returned_whatever_the_form_of_rows(async_things, form):
    rows = async_things.scalar("number") if form == "scalar" else async_things
    if form == "as_pymongo":
        rows = rows.as_pymongo()
    assert isinstance(await rows.async_modify(number=7), AsyncModifyThing)


async def test_raw_updates_pipelines_positions_and_array_filters(async_things):
    raw = {"$set": {"number": 5}}
    assert (await async_things.async_modify(new=True, __raw__=raw)).number == 5
    raw = [{"$set": {"number": {"$add": ["$number", 1]}}}]
    found = async_things(name="a")
    assert (await found.async_modify(new=True, __raw__=raw)).number == 6
    found = async_things(parts__width=2)
    thing = await found.async_modify(new=True, set__parts__S__width=9)
    assert [part.width for part in thing.parts] == [1, 9]
    thing = await async_things(name="b").async_modify(
        new=True,
        __raw__={"$set": {"parts.$[one].width": 4}},
        array_filters=[{"one.width": 1}],
    )
    assert [part.width for part in thing.parts] == [4, 9]


async def test_javascript_conditions_and_collations_hold(async_things):
    assert (await async_things.where("this.called == 'b'").async_modify(number=7)).name
    assert await numbers() == [1, 7, 2]
    loose = async_things(name="C").collation({"locale": "en", "strength": 2})
    assert (await loose.async_modify(number=8)).name == "c"
    await async_things.where("this.called == 'b'").async_modify(remove=True)
    assert await numbers() == [1, 8]


async def test_a_hint_that_cannot_be_followed_is_an_error(async_things):
    assert await async_things(number=1).hint("number_1").async_modify(number=5)
    with pytest.raises(OperationError, match="Update failed"):
        await async_things(number=1).hint("no_such_index").async_modify(number=5)


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({}, "No update parameters, must either update or remove"),
        ({"new": True}, "No update parameters, must either update or remove"),
        ({"remove": True, "new": True}, "Conflicting parameters: remove and new"),
    ],
)
async def test_contradictions_are_refused(async_things, wrong, text):
    for queryset in (async_things, async_things.none()):
        with pytest.raises(OperationError) as caught:
            await queryset.async_modify(**wrong)
        assert str(caught.value) == text
    assert await numbers() == [1, 2, 2]


@pytest.mark.parametrize("name", ["colour", "full_response", "multi", "write_concern"])
async def test_what_is_no_field_is_refused(async_things, name):
    with pytest.raises(InvalidQueryError, match=f'Cannot resolve field "{name}"'):
        await async_things.async_modify(**{name: True})


async def test_none_is_never_changed(async_things):
    for nothing in (async_things.none(), async_things._sliced(slice(1, 1))):
        assert await nothing.async_modify(number=9) is None
        assert await nothing.async_modify(remove=True) is None
        assert await nothing.async_modify(upsert=True, number=9) is None
    assert await numbers() == [1, 2, 2]


async def test_a_duplicate_is_not_unique(async_things):
    await async_things(name="a").async_modify(code=1)
    with pytest.raises(NotUniqueError, match=r"Update failed \(Plan exec") as caught:
        await async_things(name="b").async_modify(code=1)
    assert caught.value.code == 11000


async def test_subclasses(async_mongo_db):
    await AsyncModifyDog.objects.async_create(number=1)
    assert (
        type(await AsyncModifyAnimal.objects.async_modify(number=2)) is AsyncModifyDog
    )
    for document_class in (AsyncModifyAnimal, AsyncModifyDog):
        found = document_class.objects(number=9)
        new = await found.async_modify(upsert=True, new=True, number=10)
        assert type(new) is document_class
        assert await document_class.objects.async_get(id=new.id) == new
