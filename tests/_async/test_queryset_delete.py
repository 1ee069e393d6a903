"""``delete()`` and ``delete_one()``: what goes, what is counted, who is told."""

import pytest
from pymongo.errors import OperationFailure, WriteConcernError

from mongoengine import (
    Document,
    IntField,
    StringField,
    connect_async,
    get_async_connection,
    signals,
)

STANDARD = {"uuidRepresentation": "standard"}


class AsyncDeleteThing(Document):
    number = IntField()
    name = StringField(db_field="called")
    meta = {"indexes": ["number"]}


class AsyncDeleteSorted(Document):
    number = IntField()
    meta = {"ordering": ["-number"]}


class AsyncDeleteAnimal(Document):
    number = IntField()
    meta = {"allow_inheritance": True}


class AsyncDeleteDog(AsyncDeleteAnimal):
    tricks = IntField()


@pytest.fixture
async def async_things(async_mongo_db):
    """Store three documents, and give the queryset of all."""
    await AsyncDeleteThing.objects.async_insert(
        [
            AsyncDeleteThing(number=1, name="a"),
            AsyncDeleteThing(number=2, name="b"),
            AsyncDeleteThing(number=2, name="c"),
        ]
    )
    return AsyncDeleteThing.objects


@pytest.fixture
def told():
    """Give the list of what receivers of both signals were told."""
    heard = []

    def before(sender, document, **more):
        heard.append(("before", document.name, more))

    def after(sender, document, **more):
        heard.append(("after", document.name, more))

    with (
        signals.pre_delete.connected_to(before, sender=AsyncDeleteThing),
        signals.post_delete.connected_to(after, sender=AsyncDeleteThing),
    ):
        yield heard


async def names():
    return [one.name async for one in AsyncDeleteThing.objects.order_by("name")]


async def test_what_matches_is_deleted_and_counted(async_things):
    assert await async_things(number=9).async_delete() == 0
    assert await async_things(number=2).async_delete() == 2
    assert await names() == ["a"]
    assert await async_things.async_delete() == 1
    assert await async_things.async_delete() == 0


async def test_none_deletes_nothing(async_things, told):
    for nothing in (async_things.none(), async_things._sliced(slice(1, 1))):
        assert await nothing.async_delete() == 0
        assert await nothing.async_delete_one() == 0
    assert (len(await names()), told) == (3, [])


async def test_none_deletes_nothing_without_receivers(async_things):
    assert await async_things.none().async_delete() == 0
    assert await async_things.none().async_delete(write_concern={"w": 1}) == 0
    assert await async_things(name="a").none().async_delete_one() == 0
    assert len(await names()) == 3


async def test_limits_and_skips_hold(async_things):
    ordered = async_things.order_by("-name")
    assert await ordered.limit(1).async_delete() == 1
    assert await names() == ["a", "b"]
    assert await ordered.skip(1).async_delete() == 1
    assert await names() == ["b"]
    assert await ordered.limit(0).async_delete() == 1


async def test_a_slice_holds(async_things):
    assert await async_things.order_by("name")._sliced(slice(1, 2)).async_delete() == 1
    assert await names() == ["a", "c"]


@pytest.mark.parametrize("limit", [None, 1])
async def test_javascript_conditions_hold(async_things, limit):
    found = async_things.where("this.called == 'b'").limit(limit)
    assert await found.async_delete() == 1
    assert await names() == ["a", "c"]


async def test_collations_hold(async_things):
    loose = {"locale": "en", "strength": 2}
    assert await async_things(name="B").async_delete() == 0
    assert await async_things(name="B").collation(loose).async_delete() == 1
    assert await async_things(name="C").collation(loose).async_delete_one() == 1
    assert await names() == ["a"]


async def test_a_hint_that_cannot_be_followed_is_the_drivers_error(async_things):
    assert await async_things(number=1).hint("number_1").async_delete() == 1
    with pytest.raises(OperationFailure):
        await async_things(number=2).hint("no_such_index").async_delete()
    with pytest.raises(OperationFailure):
        await async_things(number=2).hint("no_such_index").async_delete_one()
    assert len(await names()) == 2


async def test_the_form_of_rows_does_not_matter(async_things, told):
    assert await async_things.scalar("name").limit(1).async_delete() == 1
    assert await async_things.as_pymongo().limit(1).async_delete() == 1
    assert await async_things.only("number").async_delete() == 1


async def test_write_concerns_with_receivers(async_things, told):
    assert await async_things(name="a").async_delete(write_concern={"w": 1}) == 1
    assert await async_things(name="b").async_delete(write_concern={"w": 0}) == 1


async def test_write_concerns_without_receivers(async_things):
    assert await async_things(name="a").async_delete(write_concern={"w": 1}) == 1
    assert await async_things(name="b").async_delete(write_concern={"w": 0}) is None
    with pytest.raises(WriteConcernError):
        await async_things.async_delete(write_concern={"w": 5, "wtimeout": 50})
    with pytest.raises(TypeError):
        await async_things.async_delete(write_concern={"wherever": 1})


async def test_receivers_are_told_of_each_document(async_things, told):
    assert await async_things(number=2).order_by("-name").async_delete() == 2
    assert told == [
        ("before", "c", {}),
        ("after", "c", {}),
        ("before", "b", {}),
        ("after", "b", {}),
    ]
    assert await names() == ["a"]


async def test_a_document_that_deletes_itself_is_told_of_once(async_things, told):
    await (await async_things.async_first()).async_delete()
    assert len(told) == 2
    assert await async_things(name="b").async_delete(_from_doc_delete=True) == 1
    assert len(told) == 2


async def test_rows_that_were_kept_stay(async_things):
    found = async_things(number=2)
    assert len(await found.async_to_list()) == 2
    assert await found.async_delete() == 2
    assert await found.async_count() == 0


async def test_deletion_stays_within_a_class(async_mongo_db):
    await AsyncDeleteAnimal.objects.async_insert(
        [AsyncDeleteAnimal(), AsyncDeleteDog(), AsyncDeleteDog()]
    )
    assert await AsyncDeleteDog.objects.async_delete() == 2
    assert await AsyncDeleteAnimal.objects.async_delete() == 1


async def test_delete_one_deletes_the_first_document(async_things):
    assert await async_things.order_by("-name").async_delete_one() == 1
    assert await names() == ["a", "b"]
    assert await async_things.order_by("name").skip(1).async_delete_one() == 1
    assert await names() == ["a"]
    assert await async_things(number=9).async_delete_one() == 0
    assert await async_things.limit(5).async_delete_one() == 1
    assert await async_things.async_delete_one() == 0


async def test_delete_one_deletes_one_and_no_more(async_things):
    assert await async_things(number=2).async_delete_one(write_concern={"w": 1}) == 1
    assert len(await names()) == 2


async def test_delete_one_keeps_to_the_order_of_the_class(async_mongo_db):
    await AsyncDeleteSorted.objects.async_insert(
        [AsyncDeleteSorted(number=n) for n in (1, 3, 2)]
    )
    assert await AsyncDeleteSorted.objects.async_delete_one() == 1
    assert await AsyncDeleteSorted.objects.scalar("number").async_to_list() == [2, 1]


async def test_delete_one_tells_receivers_of_one(async_things, told):
    assert await async_things.order_by("-name").async_delete_one() == 1
    assert [name for _, name, _ in told] == ["c", "c"]
    assert await names() == ["a", "b"]


async def test_very_many_are_deleted_one_by_one(async_mongo_db, told):
    await AsyncDeleteThing.objects.async_insert(
        [AsyncDeleteThing(number=number, name="x") for number in range(500)],
        load_bulk=False,
    )
    assert await AsyncDeleteThing.objects(number__gte=10).async_delete() == 490
    assert len(told) == 980
    assert await AsyncDeleteThing.objects.async_count() == 10


async def test_another_database_is_kept_to(async_things, mongo_uri, told):
    name = f"{async_things._document._class_place().name}_elsewhere"
    await connect_async(name, "elsewhere", host=mongo_uri, **STANDARD)
    elsewhere = async_things.using("elsewhere")
    thing = await elsewhere.async_create(number=7, name="z")
    thing.number = 8
    await thing.async_save()
    assert await elsewhere.scalar("number").async_to_list() == [8]
    assert len(await names()) == 3
    assert await elsewhere.limit(5).async_delete() == 1
    assert await elsewhere.async_count() == 0
    assert len(await names()) == 3
    await get_async_connection("elsewhere").drop_database(name)


async def test_a_time_limit_is_kept(async_things):
    slow = async_things.where("sleep(300) || true").max_time_ms(50)
    with pytest.raises(Exception, match="time"):
        await slow.async_delete()
    with pytest.raises(Exception, match="time"):
        await slow.async_delete_one()
    assert len(await names()) == 3
