"""Single documents that are kept elsewhere than their class."""

import pickle

import pytest
from bson import DBRef

from mongoengine import (
    ConnectionFailure,
    Document,
    IntField,
    ListField,
    StringField,
    register_connection,
)


class AsyncPlacedThing(Document):
    name = StringField(unique=True, sparse=True)
    number = IntField(default=3, db_field="n")
    tags = ListField(StringField())


@pytest.fixture
async def async_placed(async_mongo_db):
    return await AsyncPlacedThing(name="a", tags=["x"]).async_save()


async def stored_of(document):
    place = document._own_place()
    collection = await document._async_collection_at(place)
    return await collection.find_one({"_id": document.pk})


@pytest.fixture
async def async_elsewhere(async_mongo_db, mongo_uri):
    """Name another database, under an alias of its own, and drop it afterwards."""
    name = f"{async_mongo_db.name}_elsewhere"
    register_connection(
        "elsewhere", name, host=mongo_uri, uuidRepresentation="standard"
    )
    yield async_mongo_db.client[name]
    await async_mongo_db.client.drop_database(name)


async def test_a_document_can_be_kept_in_another_database(
    async_placed, async_elsewhere
):
    name = AsyncPlacedThing._get_collection_name()
    assert async_placed.switch_db("elsewhere") is async_placed
    async_placed.number = 5
    await async_placed.async_save()
    await async_placed.async_update(push__tags="y")
    await async_placed.async_modify(set__name="moved")
    await async_placed.async_reload()
    assert await async_elsewhere[name].find_one() == {
        "_id": async_placed.id,
        "n": 5,
        "tags": ["y"],
        "name": "moved",
    }
    home = await AsyncPlacedThing.objects.async_get()
    assert (home.number, home.name) == (3, "a")
    await async_placed.async_delete()
    assert await async_elsewhere[name].count_documents({}) == 0
    assert await AsyncPlacedThing.objects.async_count() == 1


async def test_a_document_can_be_kept_in_another_collection(async_placed):
    async_placed.switch_collection("other_things", keep_created=False)
    await async_placed.async_save()
    db = await AsyncPlacedThing._async_get_collection()
    other = await db.database["other_things"].find_one()
    assert other == await stored_of(async_placed)
    assert other["tags"] == ["x"]
    assert async_placed.to_dbref() == DBRef(
        AsyncPlacedThing._get_collection_name(), async_placed.id
    )
    async_placed.switch_collection(AsyncPlacedThing._get_collection_name())
    await async_placed.async_update(number=8)
    assert (await AsyncPlacedThing.objects.async_get()).number == 8


async def test_a_document_knows_where_it_is_kept(async_placed, async_elsewhere):
    home = await AsyncPlacedThing._async_get_collection()
    assert await async_placed._async_get_collection() is home
    async_placed.switch_collection("other_things")
    assert (await async_placed._async_get_collection()).name == "other_things"
    assert async_placed._async_get_db() == home.database
    async_placed.switch_db("elsewhere")
    assert (await async_placed._async_get_collection()).name == home.name
    assert async_placed._async_get_db().name == async_elsewhere.name
    assert await AsyncPlacedThing._async_get_collection() is home
    assert await AsyncPlacedThing()._async_get_collection() is home


async def test_only_this_document_moves(async_placed):
    async_placed.switch_collection("other_things")
    same = await AsyncPlacedThing.objects.async_get()
    same.number = 6
    await same.async_save()
    assert (await AsyncPlacedThing.objects.async_get()).number == 6
    assert await stored_of(async_placed) is None


async def test_a_pickled_document_stays_where_it_is_kept(async_placed):
    async_placed.switch_collection("other_things", keep_created=False)
    await async_placed.async_save()
    again = pickle.loads(pickle.dumps(async_placed))
    again.number = 7
    await again.async_save()
    assert (await stored_of(async_placed))["n"] == 7
    assert (await AsyncPlacedThing.objects.async_get()).number == 3


async def test_wrong_places_are_refused(async_placed):
    with pytest.raises(ConnectionFailure, match='alias "bogus" has not been defined'):
        async_placed.switch_db("bogus")
    with pytest.raises(TypeError, match="name must be an instance of str"):
        async_placed.switch_collection(5)
    assert async_placed._own_place() == AsyncPlacedThing._class_place()
