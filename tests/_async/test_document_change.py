"""``update()``, ``modify()``, ``delete()`` and ``reload()`` of one document."""

import pytest
from bson import ObjectId

from mongoengine import (
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
    LookUpError,
    NotUniqueError,
    OperationError,
    Q,
    ReferenceField,
    StringField,
)


class AsyncChangePart(EmbeddedDocument):
    size = IntField(db_field="s")
    name = StringField()


class AsyncChangeThing(Document):
    name = StringField(unique=True, sparse=True)
    number = IntField(default=3, db_field="n")
    tags = ListField(StringField())
    data = DictField()
    part = EmbeddedDocumentField(AsyncChangePart, db_field="p")
    parts = EmbeddedDocumentListField(AsyncChangePart)


class AsyncChangeBase(Document):
    name = StringField(db_field="nm")
    meta = {"allow_inheritance": True}


class AsyncChangeSub(AsyncChangeBase):
    number = IntField()


class AsyncChangeSharded(Document):
    part = EmbeddedDocumentField(AsyncChangePart, db_field="p")
    number = IntField()
    meta = {"shard_key": ("part.name",)}


class AsyncChangeFree(DynamicDocument):
    number = IntField()


@pytest.fixture
async def async_thing(async_mongo_db):
    return await AsyncChangeThing(
        name="a",
        tags=["x"],
        data={"k": [1]},
        part=AsyncChangePart(size=1),
        parts=[AsyncChangePart(size=2)],
    ).async_save()


async def stored_of(document):
    place = document._own_place()
    collection = await document._async_collection_at(place)
    return await collection.find_one({"_id": document.pk})


async def change_behind(document, **operators):
    collection = await document._async_get_collection()
    await collection.update_one(
        {"_id": document.pk}, {f"${name}": change for name, change in operators.items()}
    )


# update


async def test_update_changes_what_is_stored_and_not_the_object(async_thing):
    assert await async_thing.async_update(number=4, push__tags="y") == 1
    stored = await stored_of(async_thing)
    assert (stored["n"], stored["tags"]) == (4, ["x", "y"])
    assert (async_thing.number, async_thing.tags) == (3, ["x"])


async def test_update_takes_the_options_of_a_queryset(async_thing):
    result = await async_thing.async_update(number=4, full_result=True)
    assert result.modified_count == 1
    await async_thing.async_update(
        __raw__={"$set": {"tags.$[a]": "z"}}, array_filters=[{"a": "x"}]
    )
    assert (await stored_of(async_thing))["tags"] == ["z"]
    with pytest.raises(OperationError, match="No update parameters"):
        await async_thing.async_update()
    await AsyncChangeThing(name="b").async_save()
    with pytest.raises(NotUniqueError, match="Update failed"):
        await async_thing.async_update(name="b")


async def test_update_needs_a_saved_document_or_upserts(async_mongo_db):
    with pytest.raises(OperationError, match="update a document not yet saved"):
        await AsyncChangeSub(name="n").async_update(number=1)
    new = AsyncChangeSub(name="n")
    assert await new.async_update(number=1, upsert=True) == 1
    collection = await AsyncChangeSub._async_get_collection()
    stored = await collection.find_one({}, {"_id": 0})
    assert stored == {"_cls": AsyncChangeSub._class_name, "nm": "n", "number": 1}
    gone = AsyncChangeSub(id=ObjectId())
    assert await gone.async_update(number=1) == 0


# modify


async def test_modify_changes_and_loads_in_one_step(async_thing):
    await change_behind(async_thing, set={"tags": ["z"]}, unset={"p": 1})
    async_thing.name = "local"
    assert await async_thing.async_modify(inc__number=1) is True
    assert (async_thing.name, async_thing.number) == ("a", 4)
    assert async_thing.tags == ["z"]
    assert async_thing.part is None
    assert async_thing._changed_fields == []
    async_thing.tags.append("y")
    async_thing.parts[0].size = 5
    assert sorted(async_thing._get_changed_fields()) == ["parts.0.s", "tags"]
    assert (await stored_of(async_thing))["n"] == 4


async def test_modify_changes_nothing_unless_the_query_is_met(async_thing):
    async_thing.name = "local"
    assert await async_thing.async_modify({"number": 99}, number=1) is False
    assert await async_thing.async_modify(Q(number=99), number=1) is False
    assert async_thing.name == "local"
    assert (await stored_of(async_thing))["n"] == 3
    assert await async_thing.async_modify({"number": 3}, number=1) is True
    assert await async_thing.async_modify(Q(number=1), number=2) is True
    assert async_thing.number == 2


@pytest.mark.parametrize("name", ["id", "pk"])
async def test_modify_is_about_this_document_only(async_thing, name):
    with pytest.raises(InvalidQueryError, match="must modify only this document"):
        await async_thing.async_modify({name: ObjectId()}, number=1)
    assert await async_thing.async_modify({name: async_thing.id}, number=1) is True


async def test_modify_needs_a_key_and_a_change(async_thing):
    with pytest.raises(InvalidDocumentError, match="does not have a primary key"):
        await AsyncChangeThing().async_modify(number=1)
    with pytest.raises(OperationError, match="No update parameters"):
        await async_thing.async_modify()


async def test_modify_finds_nothing_that_is_deleted(async_thing):
    await AsyncChangeThing.objects.async_delete()
    assert await async_thing.async_modify(number=1) is False


# delete


async def test_delete_removes_this_document(async_thing):
    other = await AsyncChangeThing(name="b").async_save()
    assert await async_thing.async_delete() is None
    assert await stored_of(async_thing) is None
    assert await stored_of(other) is not None
    await async_thing.async_delete(w="majority")  # there is nothing left, and no error


async def test_delete_says_what_went_wrong(async_thing):
    with pytest.raises(OperationError, match="Could not delete document") as caught:
        await async_thing.async_delete(w=50)
    assert caught.value.code == 100
    with pytest.raises(TypeError, match="bogus"):
        await async_thing.async_delete(bogus=1)


async def test_a_document_without_a_key_deletes_nothing(async_thing):
    await AsyncChangeThing().async_delete()
    assert await stored_of(async_thing) is not None


# reload


async def test_reload_takes_everything_anew(async_thing):
    await change_behind(
        async_thing,
        set={"n": 9, "tags": ["y"], "p.s": 7, "data": {"k": [2]}},
        unset={"name": 1},
    )
    async_thing.tags.append("lost")
    async_thing.part.name = "lost"
    assert await async_thing.async_reload() is async_thing
    assert async_thing.name is None
    assert async_thing.number == 9
    assert async_thing.tags == ["y"]
    assert async_thing.data == {"k": [2]}
    assert (async_thing.part.size, async_thing.part.name) == (7, None)
    assert async_thing._get_changed_fields() == []
    async_thing.data["k"].append(3)
    async_thing.part.size = 8
    assert sorted(async_thing._get_changed_fields()) == ["data.k", "p.s"]
    await async_thing.async_save()
    stored = await stored_of(async_thing)
    assert (stored["data"], stored["p"]) == ({"k": [2, 3]}, {"s": 8})


async def test_reload_of_some_fields_leaves_the_others(async_thing):
    await change_behind(async_thing, set={"n": 9, "p.s": 7, "tags": ["y"]})
    async_thing.name = "local"
    async_thing.number = 5
    async_thing.part.size = 5
    await async_thing.async_reload("number", "part")
    assert (async_thing.number, async_thing.part.size) == (9, 7)
    assert async_thing.tags == ["x"]
    assert async_thing._get_changed_fields() == ["name"]
    await async_thing.async_save()
    assert (await stored_of(async_thing))["name"] == "local"


@pytest.mark.parametrize("path", ["part__size", "part.size"])
async def test_reload_below_a_field(async_thing, path):
    await change_behind(async_thing, set={"p": {"s": 7, "name": "b"}})
    await async_thing.async_reload(path)
    assert (async_thing.part.size, async_thing.part.name) == (7, "b")
    async_thing.part.size = 8
    await async_thing.async_save()
    assert (await stored_of(async_thing))["p"] == {"s": 8, "name": "b"}


async def test_reload_takes_a_depth_in_both_ways(async_thing):
    await change_behind(async_thing, set={"n": 9})
    await async_thing.async_reload(2, "number")
    assert async_thing.number == 9
    await change_behind(async_thing, set={"n": 10})
    await async_thing.async_reload(max_depth=2)
    assert async_thing.number == 10


async def test_reload_completes_a_partly_loaded_document(async_thing):
    partial = await AsyncChangeThing.objects.only("name").async_get(name="a")
    assert partial.tags == []
    await partial.async_reload()
    assert partial.tags == ["x"]
    partial.tags.append("y")
    await partial.async_save()
    assert (await stored_of(partial))["tags"] == ["x", "y"]


async def test_reload_of_a_subclass_is_of_that(async_mongo_db):
    sub = await AsyncChangeSub(name="s", number=1).async_save()
    found = await AsyncChangeBase.objects.async_first()
    await sub.async_update(number=2)
    await found.async_reload()
    assert type(found) is AsyncChangeSub
    assert found.number == 2


async def test_reload_of_a_dynamic_document_takes_and_drops_fields(async_mongo_db):
    free = await AsyncChangeFree(number=1, colour="red", size=1).async_save()
    await change_behind(free, set={"shape": ["round"]}, unset={"colour": 1})
    await free.async_reload()
    assert not hasattr(free, "colour")
    assert free.shape == ["round"]
    free.shape.append("flat")
    assert free._get_changed_fields() == ["shape"]
    await change_behind(free, set={"size": 2})
    await free.async_reload("size")
    assert free.size == 2
    assert free._get_changed_fields() == ["shape"]


async def test_reload_of_what_is_not_stored(async_thing):
    for missing in (AsyncChangeThing(), AsyncChangeThing(id=ObjectId())):
        with pytest.raises(
            AsyncChangeThing.DoesNotExist, match="Document does not exist"
        ):
            await missing.async_reload()
    await async_thing.async_delete()
    with pytest.raises(AsyncChangeThing.DoesNotExist):
        await async_thing.async_reload("name")
    assert async_thing.name == "a"


async def test_reload_of_an_unknown_field(async_thing):
    with pytest.raises(LookUpError, match='Cannot resolve field "colour"'):
        await async_thing.async_reload("colour")
    with pytest.raises(LookUpError, match='Cannot resolve field "colour"'):
        await async_thing.async_reload("part.colour")


async def test_a_document_that_was_made_of_a_key_can_be_loaded(async_thing):
    same = AsyncChangeThing(id=async_thing.id)
    await same.async_reload()
    assert same.name == "a"
    same.number = 5
    await same.async_save()
    assert (await stored_of(same))["tags"] == ["x"]


async def test_the_shard_key_finds_the_document(async_mongo_db):
    thing = AsyncChangeSharded(part=AsyncChangePart(name="a"), number=1)
    await thing.async_save()
    key = {"pk": thing.pk, "part__name": "a"}
    assert thing._object_key == key
    await thing.async_update(number=2)
    await thing.async_reload()
    assert thing.number == 2
    await thing.async_modify(number=3)
    assert thing.number == 3
    await thing.async_delete()
    assert await stored_of(thing) is None


class AsyncChangeReferring(Document):
    thing = ReferenceField(AsyncChangeThing, reverse_delete_rule=2)


async def test_deleting_a_document_applies_the_delete_rules(async_thing):
    await AsyncChangeReferring(thing=async_thing).async_save()
    await async_thing.async_delete()
    assert await AsyncChangeReferring.objects.async_count() == 0
