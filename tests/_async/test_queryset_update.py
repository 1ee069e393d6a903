"""``update()``, ``update_one()`` and ``upsert_one()``: what changes, what is returned."""

import pytest
from bson import ObjectId
from pymongo.errors import DuplicateKeyError
from pymongo.results import UpdateResult

from mongoengine import (
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    InvalidQueryError,
    ListField,
    MultipleObjectsReturned,
    NotUniqueError,
    OperationError,
    StringField,
    ValidationError,
)


class AsyncUpdatePart(EmbeddedDocument):
    width = IntField()
    name = StringField(db_field="called")


class AsyncUpdateThing(Document):
    number = IntField()
    name = StringField(db_field="called", max_length=5)
    sizes = ListField(IntField())
    parts = ListField(EmbeddedDocumentField(AsyncUpdatePart))
    code = IntField(unique=True, sparse=True)
    meta = {"indexes": ["number"]}


class AsyncUpdateAnimal(Document):
    number = IntField()
    meta = {"allow_inheritance": True}


class AsyncUpdateDog(AsyncUpdateAnimal):
    tricks = IntField()


@pytest.fixture
async def async_things(async_mongo_db):
    """Store three documents, and give the queryset of all."""
    await AsyncUpdateThing.objects.async_insert(
        [
            AsyncUpdateThing(number=1, name="a", sizes=[1, 2, 3]),
            AsyncUpdateThing(number=2, name="b", parts=[AsyncUpdatePart(width=1)]),
            AsyncUpdateThing(
                number=2,
                name="c",
                parts=[AsyncUpdatePart(width=1), AsyncUpdatePart(width=2)],
            ),
        ]
    )
    return AsyncUpdateThing.objects


async def numbers():
    return [one.number async for one in AsyncUpdateThing.objects.order_by("name")]


async def test_all_that_match_are_changed_and_counted(async_things):
    assert await async_things(number=2).async_update(set__number=7) == 2
    assert await numbers() == [1, 7, 7]


async def test_what_matches_counts_not_what_is_modified(async_things):
    assert await async_things(number=2).async_update(number=2) == 2
    assert await async_things(number=99).async_update(number=2) == 0


async def test_one_of_those_that_match_is_changed(async_things):
    assert await async_things(number=2).async_update_one(inc__number=5) == 1
    assert sorted(await numbers()) == [1, 2, 7]
    assert await async_things(number=2).async_update(multi=False, number=8) == 1
    assert sorted(await numbers()) == [1, 7, 8]


async def test_the_full_result_is_the_drivers(async_things):
    result = await async_things(number=2).async_update(full_result=True, number=2)
    assert isinstance(result, UpdateResult)
    assert (result.matched_count, result.modified_count) == (2, 0)
    result = await async_things(number=9).async_update_one(
        upsert=True, full_result=True, name="x"
    )
    assert isinstance(result.upserted_id, ObjectId)


async def test_an_upsert_inserts_what_is_not_there(async_things):
    assert await async_things(number=9).async_update(upsert=True, name="z") == 1
    assert await async_things(number=9).async_update_one(upsert=True, name="y") == 1
    assert await numbers() == [1, 2, 2, 9]
    assert (await async_things.async_get(number=9)).name == "y"


async def test_operators_go_together(async_things):
    await async_things(number=1).async_update(
        set__name="q", unset__code=1, push__sizes=4, inc__number=10
    )
    thing = await async_things.async_get(name="q")
    assert (thing.number, thing.sizes) == (11, [1, 2, 3, 4])


async def test_the_position_that_matched_is_changed(async_things):
    changed = await async_things(parts__width=2).async_update(set__parts__S__width=9)
    assert changed == 1
    thing = await async_things.async_get(name="c")
    assert [part.width for part in thing.parts] == [1, 9]


async def test_array_filters_choose_positions(async_things):
    change = {"$set": {"parts.$[small].called": "s"}}
    only_small = [{"small.width": 1}]
    query = async_things(number=2)
    await query.async_update(__raw__=change, array_filters=only_small)
    for thing in await query.async_to_list():
        assert [part.name for part in thing.parts][:1] == ["s"]
        assert "s" not in [part.name for part in thing.parts][1:]
    change = {"$set": {"parts.$[small].called": "t"}}
    assert await query.async_update_one(__raw__=change, array_filters=only_small) == 1


async def test_raw_updates_and_pipelines(async_things):
    await async_things(number=2).async_update(__raw__={"$inc": {"number": 1}})
    assert await numbers() == [1, 3, 3]
    double = [{"$set": {"number": {"$multiply": ["$number", 2]}}}]
    assert await async_things.async_update(__raw__=double) == 3
    assert await numbers() == [2, 6, 6]
    assert await async_things(name="a").async_update_one(__raw__=double) == 1
    assert await numbers() == [4, 6, 6]


@pytest.mark.parametrize("method", ["async_update", "async_update_one"])
async def test_no_update_is_refused(async_things, method):
    with pytest.raises(OperationError) as caught:
        await getattr(async_things, method)()
    assert str(caught.value) == "No update parameters, would remove data"


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"colour": "red"}, InvalidQueryError),
        ({"paint__number": 1}, InvalidQueryError),
        ({"number": "many"}, ValueError),
        ({"name": "much too long"}, ValidationError),
        ({"__raw__": {"number": 1}}, ValueError),
        ({"__raw__": {}}, ValueError),
    ],
)
async def test_wrong_updates_are_refused_before_they_are_sent(
    async_things, wrong, error
):
    with pytest.raises(error):
        await async_things.async_update(**wrong)
    assert await numbers() == [1, 2, 2]


async def test_what_the_server_refuses_is_an_operation_error(async_things):
    with pytest.raises(OperationError, match="Update failed \\(Unknown mod") as caught:
        await async_things.async_update(__raw__={"$paint": {"number": 1}})
    assert caught.value.code == 9


async def test_a_duplicate_is_not_unique(async_things):
    with pytest.raises(NotUniqueError, match=r"Update failed \(E11000") as caught:
        await async_things.async_update(code=1)
    assert isinstance(caught.value.__cause__, DuplicateKeyError)


async def test_none_is_never_changed(async_things):
    for nothing in (async_things.none(), async_things._sliced(slice(1, 1))):
        assert await nothing.async_update(number=9) == 0
        assert await nothing.async_update(upsert=True, number=9) == 0
        assert await nothing.async_update_one(number=9) == 0
        assert await nothing.async_upsert_one(number=9) is None
    assert await numbers() == [1, 2, 2]


async def test_limits_and_skips_do_not_hold_for_updates(async_things):
    assert await async_things.skip(1).limit(1).async_update(number=5) == 3


async def test_javascript_conditions_hold_for_updates(async_things):
    assert await async_things.where("this.number == 2").async_update(number=5) == 2
    assert await numbers() == [1, 5, 5]


async def test_collations_hold_for_updates(async_things):
    loose = async_things(name="A").collation({"locale": "en", "strength": 2})
    assert await loose.async_update(number=5) == 1
    assert await numbers() == [5, 2, 2]


async def test_a_hint_that_cannot_be_followed_is_an_error(async_things):
    assert await async_things(number=1).hint("number_1").async_update(number=5) == 1
    with pytest.raises(OperationError, match="Update failed"):
        await async_things(number=1).hint("no_such_index").async_update(number=5)


async def test_write_concerns(async_things):
    assert await async_things.async_update(write_concern={"w": 1}, number=5) == 3
    assert await async_things.async_update(write_concern={"w": 0}, number=6) is None
    with pytest.raises(OperationError, match="Update failed"):
        await async_things.async_update(
            write_concern={"w": 5, "wtimeout": 50}, number=7
        )
    with pytest.raises(TypeError):
        await async_things.async_update(write_concern={"wherever": 1}, number=8)


async def test_upsert_one_returns_what_it_changed_or_inserted(async_things):
    new = await async_things(number=9).async_upsert_one(name="new")
    assert (new.number, new.name, new._created) == (9, "new", False)
    same = await async_things(number=9).async_upsert_one(
        name="same", write_concern={"w": 1}, read_concern={"level": "local"}
    )
    assert (same.id, same.name) == (new.id, "same")
    assert len(await numbers()) == 4


async def test_upsert_one_of_several_is_refused_once_one_has_changed(async_things):
    with pytest.raises(MultipleObjectsReturned):
        await async_things(number=2).async_upsert_one(name="x")


async def test_updates_stay_within_a_class(async_mongo_db):
    await AsyncUpdateAnimal.objects.async_insert(
        [AsyncUpdateAnimal(number=1), AsyncUpdateDog()]
    )
    assert await AsyncUpdateDog.objects.async_update(number=5) == 1
    assert await AsyncUpdateAnimal.objects.async_update(number=6) == 2


@pytest.mark.parametrize("document_class", [AsyncUpdateAnimal, AsyncUpdateDog])
async def test_an_upserted_document_has_its_class(async_mongo_db, document_class):
    found = document_class.objects
    await found(number=1).async_update(upsert=True, set__number=2)
    assert type(await found.async_upsert_one(set__number=3)) is document_class
    double = [{"$set": {"number": {"$multiply": ["$number", 2]}}}]
    await found(number=10).async_update(upsert=True, __raw__=double)
    assert type(await found.async_get(number=20)) is document_class


async def test_an_upsert_leaves_the_class_of_what_is_there(async_mongo_db):
    await AsyncUpdateDog.objects.async_create(number=1, tricks=3)
    dog = await AsyncUpdateAnimal.objects(number=1).async_upsert_one(inc__number=0)
    assert type(dog) is AsyncUpdateDog
    await AsyncUpdateAnimal.objects(number=5).async_update(
        upsert=True, set___cls=AsyncUpdateDog._class_name
    )
    assert await AsyncUpdateDog.objects.async_count() == 2


async def test_a_time_limit_is_kept(async_things):
    slow = async_things.where("sleep(300) || true").max_time_ms(50)
    with pytest.raises(Exception, match="time") as caught:
        await slow.async_update(number=5)
    assert getattr(caught.value, "code", 50) == 50
