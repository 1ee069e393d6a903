"""``save()``: what is sent, what is stored, and what the document knows afterwards."""

import pytest
from bson import ObjectId
from pymongo.errors import DuplicateKeyError, WriteConcernError

from mongoengine import (
    BooleanField,
    DictField,
    Document,
    DynamicDocument,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EmbeddedDocumentListField,
    IntField,
    InvalidDocumentError,
    InvalidQueryError,
    ListField,
    NotUniqueError,
    OperationError,
    SaveConditionError,
    StringField,
    ValidationError,
)
from mongoengine.base.scopes import async_sessions, joined


class AsyncSavePart(EmbeddedDocument):
    size = IntField(db_field="s")
    name = StringField()


class AsyncSaveThing(Document):
    name = StringField(unique=True, sparse=True)
    number = IntField(default=3, db_field="n")
    tags = ListField(StringField())
    part = EmbeddedDocumentField(AsyncSavePart)
    parts = EmbeddedDocumentListField(AsyncSavePart)


class AsyncSaveKeyed(Document):
    key = StringField(primary_key=True)
    number = IntField()


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


def take_update(commands):
    """Return filter, update and upsert of the one command, which is an update."""
    (command,) = commands.take()
    (update,) = command["updates"]
    assert not update["multi"]
    return update["q"], update["u"], update["upsert"]


async def stored_of(document):
    collection = await document._async_get_collection()
    return await collection.find_one({"_id": document.pk})


async def count_of(cls):
    return await (await cls._async_get_collection()).count_documents({})


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


async def test_a_condition_has_to_be_met_by_what_is_stored(async_commands):
    thing = await AsyncSaveThing(name="a", number=1).async_save()
    async_commands.take()
    thing.number = 2
    await thing.async_save(save_condition={"number": 1})
    assert take_update(async_commands) == (
        {"n": 1, "_id": thing.id},
        {"$set": {"n": 2}},
        False,
    )
    thing.number = 3
    with pytest.raises(SaveConditionError, match="Race condition preventing"):
        await thing.async_save(save_condition={"number__lt": 2})
    assert (await stored_of(thing))["n"] == 2
    assert thing._changed_fields == ["n"]
    await thing.async_save()
    assert (await stored_of(thing))["n"] == 3


async def test_a_condition_says_nothing_of_new_documents(async_mongo_db):
    thing = await AsyncSaveThing(number=1).async_save(save_condition={"number": 9})
    assert (await stored_of(thing))["n"] == 1


async def test_an_empty_condition_is_met_by_any_stored_document(async_mongo_db):
    thing = await AsyncSaveThing(number=1).async_save()
    thing.number = 2
    await thing.async_save(save_condition={})
    assert (await stored_of(thing))["n"] == 2
    await (await AsyncSaveThing._async_get_collection()).delete_many({})
    thing.number = 3
    with pytest.raises(SaveConditionError):
        await thing.async_save(save_condition={})
    assert await count_of(AsyncSaveThing) == 0


async def test_a_condition_must_make_sense(async_commands):
    thing = await AsyncSaveThing(number=1).async_save()
    async_commands.take()
    with pytest.raises(InvalidQueryError, match='Cannot resolve field "colour"'):
        await thing.async_save(save_condition={"colour": 1})
    assert async_commands.take() == []


@pytest.mark.parametrize("concern", [{"w": 1, "j": True}, {"w": "majority"}])
async def test_the_write_concern_reaches_every_write(async_commands, concern):
    thing = await AsyncSaveThing(name="a").async_save(write_concern=concern)
    thing.number = 5
    await thing.async_save(write_concern=concern)
    await AsyncSaveKeyed(key="k").async_save(write_concern=concern)
    sent = async_commands.take()
    assert len(sent) == 4
    assert [command["writeConcern"] for command in sent] == [concern] * 4


async def test_an_unacknowledged_save_returns(async_commands):
    thing = await AsyncSaveThing(name="a").async_save(write_concern={"w": 0})
    thing.number = 5
    await thing.async_save(write_concern={"w": 0})
    thing.number = 6
    await thing.async_save(write_concern={"w": 0}, save_condition={"number": 99})
    assert [c["writeConcern"] for c in async_commands.take()] == [{"w": 0}] * 3


async def test_an_unknown_write_concern_is_refused(async_mongo_db):
    with pytest.raises(TypeError, match="bogus"):
        await AsyncSaveThing(name="a").async_save(write_concern={"bogus": 1})
    assert await count_of(AsyncSaveThing) == 0


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


# Errors whose outcome is known, or not


async def test_what_cannot_be_encoded_leaves_the_document_new(async_mongo_db):
    thing = AsyncSaveFree(data={"a": 2**70})
    with pytest.raises(OverflowError):
        await thing.async_save(validate=False)
    assert thing._created
    assert thing.id is None
    thing.data = {"a": "x" * 17_000_000}
    with pytest.raises(Exception, match="too large"):
        await thing.async_save()
    assert thing._created
    assert thing.id is None
    thing.data = {"a": 1}
    await thing.async_save()
    assert await count_of(AsyncSaveFree) == 1


class AsyncSaveFree(Document):
    data = DictField()
    done = BooleanField()


async def test_a_write_concern_that_failed_leaves_the_insert_open(async_mongo_db):
    thing = AsyncSaveThing(name="a", number=5)
    with pytest.raises(OperationError, match="Could not save document") as caught:
        await thing.async_save(write_concern={"w": 50})
    assert isinstance(caught.value.__cause__, WriteConcernError)
    assert thing.id is not None
    assert thing._created
    thing.number = None
    thing.tags = ["x"]
    await thing.async_save()
    assert await count_of(AsyncSaveThing) == 1
    assert not thing._created
    assert thing._changed_fields == []
    assert await stored_of(thing) == {
        "_id": thing.id,
        "name": "a",
        "n": 3,
        "tags": ["x"],
        "parts": [],
    }


async def test_forcing_the_insert_again_does_not_fail_on_the_own_id(async_mongo_db):
    thing = AsyncSaveThing(name="a")
    with pytest.raises(OperationError):
        await thing.async_save(force_insert=True, write_concern={"w": 50})
    await thing.async_save(force_insert=True)
    assert await count_of(AsyncSaveThing) == 1


async def test_a_write_concern_that_failed_leaves_the_changes_marked(async_mongo_db):
    thing = await AsyncSaveThing(name="a", part=AsyncSavePart(size=1)).async_save()
    thing.number = 5
    thing.part.size = 2
    with pytest.raises(OperationError, match="Could not save document"):
        await thing.async_save(write_concern={"w": 50})
    assert sorted(thing._get_changed_fields()) == ["n", "part.s"]
    collection = await AsyncSaveThing._async_get_collection()
    await collection.update_one({}, {"$set": {"n": 0, "part.s": 0}})
    await thing.async_save()
    stored = await stored_of(thing)
    assert (stored["n"], stored["part"]) == (5, {"s": 2})


@pytest.fixture
async def async_failing(async_mongo_db, fail_points):
    """Give what has the server drop the connection on commands of a name."""
    admin = async_mongo_db.client.admin

    async def fail(name, times):
        await admin.command(
            "configureFailPoint",
            "failCommand",
            mode={"times": times} if times else "off",
            data={
                "failCommands": [name],
                "closeConnection": True,
                "appName": fail_points,
            },
        )

    yield fail
    await fail("ping", 0)


async def test_a_lost_connection_leaves_the_insert_open(async_mongo_db, async_failing):
    await AsyncSaveThing._async_get_collection()
    thing = AsyncSaveThing(name="a")
    await async_failing("insert", 2)  # the driver tries twice
    with pytest.raises(Exception, match="connection closed"):
        await thing.async_save()
    assert thing.id is not None
    assert thing._created
    first = thing.id
    await thing.async_save()
    assert thing.id == first
    assert await count_of(AsyncSaveThing) == 1
    assert (await stored_of(thing))["n"] == 3


async def test_a_lost_connection_leaves_the_changes_marked(
    async_mongo_db, async_failing
):
    thing = await AsyncSaveThing(name="a").async_save()
    thing.number = 5
    await async_failing("update", 2)
    with pytest.raises(Exception, match="connection closed"):
        await thing.async_save()
    assert thing._changed_fields == ["n"]
    await thing.async_save()
    assert (await stored_of(thing))["n"] == 5


async def test_one_lost_connection_is_made_up_for_by_the_driver(
    async_mongo_db, async_failing
):
    await AsyncSaveThing._async_get_collection()
    await async_failing("insert", 1)
    await AsyncSaveThing(name="a").async_save()
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
