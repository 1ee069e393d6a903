"""``save()``: what is sent, what is stored, and what the document knows afterwards."""

import pytest
from _async.saving import (
    AsyncSaveKeyed,
    AsyncSavePart,
    AsyncSaveThing,
    count_of,
    stored_of,
    take_update,
)
from bson import ObjectId
from joining import joined
from pymongo.errors import DuplicateKeyError

from mongoengine import (
    Document,
    DynamicDocument,
    EmbeddedDocumentField,
    IntField,
    InvalidDocumentError,
    NotUniqueError,
    OperationError,
    StringField,
    ValidationError,
)
from mongoengine.base.scopes import async_sessions


class AsyncSaveSharded(Document):
    region = StringField(db_field="r")
    part = EmbeddedDocumentField(AsyncSavePart, db_field="p")
    number = IntField()
    meta = {"shard_key": ("region", "part.size")}


class AsyncSaveDynamic(DynamicDocument):
    number = IntField()


@pytest.fixture
async def async_commands(async_sent):
    """Give what was sent, once the collections are there."""
    for cls in (AsyncSaveThing, AsyncSaveKeyed, AsyncSaveSharded, AsyncSaveDynamic):
        await cls._async_get_collection()
    async_sent.take()
    return async_sent


async def test_a_new_document_is_inserted(async_commands):
    thing = AsyncSaveThing(name="a", tags=["x"])
    assert await thing.async_save() is thing
    (command,) = async_commands.take()
    assert command["insert"] == AsyncSaveThing._get_collection_name()
    assert command["documents"] == [
        {"name": "a", "n": 3, "tags": ["x"], "parts": [], "_id": thing.id}
    ]
    assert isinstance(thing.id, ObjectId)
    assert not thing._created
    assert thing._changed_fields == []
    assert await stored_of(thing) == command["documents"][0]


async def test_nothing_changed_sends_nothing(async_commands):
    thing = await AsyncSaveThing(name="a").async_save()
    async_commands.take()
    assert await thing.async_save() is thing
    assert async_commands.take() == []


async def test_only_what_changed_is_sent(async_commands):
    thing = await AsyncSaveThing(
        name="a", tags=["x"], part=AsyncSavePart(size=1), parts=[AsyncSavePart(size=1)]
    ).async_save()
    async_commands.take()
    thing.name = "b"
    thing.tags = []
    thing.part.size = 2
    thing.parts[0].name = "c"
    await thing.async_save()
    assert take_update(async_commands) == (
        {"_id": thing.id},
        {
            "$set": {"name": "b", "part.s": 2, "parts.0.name": "c"},
            "$unset": {"tags": 1},
        },
        True,
    )
    assert thing._get_changed_fields() == []
    await thing.async_save()
    assert async_commands.take() == []


async def test_a_loaded_document_is_never_new(async_commands):
    await AsyncSaveThing(name="a", tags=["x"]).async_save()
    thing = await AsyncSaveThing.objects.async_first()
    async_commands.take()
    thing.number = 4
    await thing.async_save()
    assert take_update(async_commands) == ({"_id": thing.id}, {"$set": {"n": 4}}, True)


async def test_a_partly_loaded_document_erases_nothing(async_mongo_db):
    await AsyncSaveThing(
        name="a", number=7, tags=["x"], part=AsyncSavePart(size=1)
    ).async_save()
    for things in (
        AsyncSaveThing.objects.only("name"),
        AsyncSaveThing.objects.exclude("tags", "part"),
    ):
        partial = await things.async_first()
        partial.name += "!"
        await partial.async_save()
    stored = await stored_of(partial)
    assert stored == {
        "_id": partial.id,
        "name": "a!!",
        "n": 7,
        "tags": ["x"],
        "part": {"s": 1},
        "parts": [],
    }


async def test_what_was_deleted_is_made_of_what_changed(async_mongo_db):
    thing = await AsyncSaveThing(name="a").async_save()
    await (await AsyncSaveThing._async_get_collection()).delete_one({})
    await thing.async_save()
    assert await stored_of(thing) is None
    thing.number = 5
    await thing.async_save()
    assert await stored_of(thing) == {"_id": thing.id, "n": 5}


async def test_a_given_id_replaces_or_inserts(async_commands):
    first = await AsyncSaveKeyed(key="k", number=1).async_save()
    replace, insert = async_commands.take()
    name = AsyncSaveKeyed._get_collection_name()
    assert replace["findAndModify"] == insert["insert"] == name
    assert replace["query"] == {"_id": "k"}
    assert replace["update"] == insert["documents"][0] == {"_id": "k", "number": 1}
    second = await AsyncSaveKeyed(key="k").async_save()
    (replace,) = async_commands.take()
    assert replace["update"] == {"_id": "k"}
    assert first == second
    assert await stored_of(first) == {"_id": "k"}


async def test_an_id_that_is_assigned_later_updates_or_inserts(async_commands):
    thing = AsyncSaveThing(name="a")
    thing.id = ObjectId()
    await thing.async_save()
    query, update, upserts = take_update(async_commands)
    assert (query, upserts) == ({"_id": thing.id}, True)
    assert update["$set"] == {"name": "a", "n": 3}
    assert await stored_of(thing) == {"_id": thing.id, "name": "a", "n": 3}


async def test_force_insert_refuses_an_id_that_is_taken(async_mongo_db):
    await AsyncSaveKeyed(key="k", number=1).async_save(force_insert=True)
    again = AsyncSaveKeyed(key="k", number=2)
    with pytest.raises(NotUniqueError, match="Tried to save duplicate unique keys"):
        await again.async_save(force_insert=True)
    assert (await stored_of(again))["number"] == 1
    assert again._created
    assert again.key == "k"


async def test_a_duplicate_is_told_and_can_be_mended(async_mongo_db):
    await AsyncSaveThing(name="a").async_save()
    other = AsyncSaveThing(name="a")
    with pytest.raises(NotUniqueError, match="E11000 duplicate key") as caught:
        await other.async_save()
    assert isinstance(caught.value.__cause__, DuplicateKeyError)
    assert caught.value.code == 11000
    assert other._created
    assert other.id is None
    other.name = "b"
    await other.async_save()
    other.name = "a"
    with pytest.raises(NotUniqueError):
        await other.async_save()
    assert other._changed_fields == ["name"]
    assert (await stored_of(other))["name"] == "b"


async def test_an_invalid_document_is_not_sent(async_commands):
    thing = AsyncSaveThing(number=3)
    thing.number = "many"
    with pytest.raises(ValidationError, match="number"):
        await thing.async_save()
    assert async_commands.take() == []
    await thing.async_save(validate=False)
    assert (await stored_of(thing))["n"] == "many"


class AsyncSaveCleaned(Document):
    name = StringField()

    def clean(self):
        self.name = self.name.strip()


async def test_clean_comes_first_unless_told_otherwise(async_mongo_db):
    thing = await AsyncSaveCleaned(name=" a ").async_save()
    assert (await stored_of(thing))["name"] == "a"
    thing.name = " b "
    await thing.async_save(clean=False)
    assert (await stored_of(thing))["name"] == " b "
    thing.name = " c "
    await thing.async_save(validate=False)
    assert (await stored_of(thing))["name"] == " c "


class AsyncSaveAbstract(Document):
    number = IntField()
    meta = {"abstract": True}


async def test_an_abstract_document_is_refused(async_mongo_db):
    with pytest.raises(InvalidDocumentError, match="Cannot save an abstract document"):
        await AsyncSaveAbstract(number=1).async_save()


async def test_the_shard_key_is_part_of_the_query(async_commands):
    thing = await AsyncSaveSharded(region="eu", part=AsyncSavePart(size=2)).async_save()
    async_commands.take()
    thing.number = 1
    await thing.async_save()
    key = {"_id": thing.id, "r": "eu", "p.s": 2}
    assert take_update(async_commands) == (key, {"$set": {"number": 1}}, True)
    other = await AsyncSaveSharded(id=ObjectId(), region="us").async_save()
    replace, _ = async_commands.take()
    assert replace["query"] == {"_id": other.id, "r": "us", "p.s": None}


async def test_dynamic_documents_save_what_they_got(async_commands):
    thing = await AsyncSaveDynamic(number=1, colour="red", words=["a"]).async_save()
    async_commands.take()
    thing.colour = "blue"
    thing.size = {"a": 1}
    await thing.async_save()
    _, update, _ = take_update(async_commands)
    assert update == {"$set": {"colour": "blue", "size": {"a": 1}}}
    thing.size["a"] = 2
    thing.words.append("b")
    del thing.colour
    await thing.async_save()
    assert await stored_of(thing) == {
        "_id": thing.id,
        "number": 1,
        "size": {"a": 2},
        "words": ["a", "b"],
    }


class AsyncSaveMade(Document):
    number = IntField(unique=True)
    meta = {"auto_create_index_on_save": True}


async def test_indexes_may_be_made_on_each_save(async_mongo_db):
    made = await AsyncSaveMade(number=1).async_save()
    collection = await AsyncSaveMade._async_get_collection()
    await collection.drop_indexes()
    made.number = 2
    await made.async_save()
    assert "number_1" in await collection.index_information()


async def test_arguments_may_be_given_by_position(async_mongo_db):
    await AsyncSaveThing(name="a").async_save(
        True, False, False, {"w": 1}, False, None, None, None, {}
    )
    assert await count_of(AsyncSaveThing) == 1


async def test_other_arguments_are_for_subclasses(async_mongo_db):
    await AsyncSaveThing(name="a").async_save(colour="red")
    assert await count_of(AsyncSaveThing) == 1


# Embedded documents


async def test_embedded_documents_save_what_they_are_part_of(async_mongo_db):
    thing = await AsyncSaveThing(
        part=AsyncSavePart(size=1), parts=[AsyncSavePart(size=1)]
    ).async_save()
    thing.part.size = 2
    assert await thing.part.async_save() is thing
    thing.parts[0].size = 3
    await thing.parts[0].async_save()
    thing.parts.create(size=4)
    await thing.parts.async_save(validate=True)
    stored = await stored_of(thing)
    assert stored["part"] == {"s": 2}
    assert stored["parts"] == [{"s": 3}, {"s": 4}]


async def test_an_embedded_document_on_its_own_cannot_be_saved(async_mongo_db):
    with pytest.raises(OperationError, match="SavePart is part of no document"):
        await AsyncSavePart(size=1).async_save()


# Sessions


async def test_what_is_rolled_back_was_saved_in_the_session(async_mongo_db):
    kept = await AsyncSaveThing(name="kept").async_save()
    await AsyncSaveKeyed._async_get_collection()
    async with async_mongo_db.client.start_session() as session:
        with joined(async_sessions, "default", session):
            await session.start_transaction()
            await AsyncSaveThing(name="b").async_save()
            await AsyncSaveKeyed(key="k").async_save()
            kept.number = 9
            await kept.async_save()
            await session.abort_transaction()
    assert await count_of(AsyncSaveThing) == 1
    assert await count_of(AsyncSaveKeyed) == 0
    assert (await stored_of(kept))["n"] == 3
