"""Blocks in which classes are kept elsewhere or read otherwise."""

from contextlib import suppress

import pytest
from pymongo import ReadPreference, WriteConcern

from mongoengine import (
    ConnectionFailure,
    Document,
    EmbeddedDocument,
    ReferenceField,
    StringField,
    connect_async,
    disconnect_async,
    get_async_connection,
    get_async_db,
)
from mongoengine.base.scopes import no_dereferencing, switches
from mongoengine.context_managers import (
    _register_no_dereferencing_for_class,
    _unregister_no_dereferencing_for_class,
    async_no_dereference,
    async_switch_collection,
    async_switch_db,
    no_dereferencing_active_for_class,
    no_sub_classes,
    set_read_write_concern,
    set_write_concern,
    thread_locals,
)


class AsyncSwitchBase(Document):
    name = StringField(unique=True, sparse=True)
    meta = {"allow_inheritance": True}


class AsyncSwitchSub(AsyncSwitchBase):
    pass


class AsyncSwitchSubSub(AsyncSwitchSub):
    pass


class AsyncSwitchPlain(Document):
    base = ReferenceField(AsyncSwitchBase)


class Stop(Exception):
    pass


@pytest.fixture
async def other(async_mongo_db, mongo_uri):
    """A second alias, with a database of its own."""
    name = f"{async_mongo_db.name}_other"
    settings = {"host": mongo_uri, "uuidRepresentation": "standard"}
    await connect_async(name, alias="other", **settings)
    yield get_async_db("other")
    await get_async_connection("other").drop_database(name)
    await disconnect_async("other")


async def kept(db, collection="async_switch_base"):
    """Return the names of what is stored in a collection."""
    return [row["name"] async for row in db[collection].find().sort("name")]


# --- databases


async def test_a_class_in_another_database(async_mongo_db, other):
    async with async_switch_db(AsyncSwitchBase, "other") as cls:
        assert cls is AsyncSwitchBase
        assert cls._get_db_alias() == "other"
        await cls(name="there").async_save()
        assert await cls.objects.async_count() == 1
        indexes = await other["async_switch_base"].index_information()
        assert "name_1" in indexes
    await AsyncSwitchBase(name="here").async_save()
    assert await kept(other) == ["there"]
    assert await kept(async_mongo_db) == ["here"]


async def test_subclasses_stay_in_their_database(async_mongo_db, other):
    async with async_switch_db(AsyncSwitchBase, "other"):
        await AsyncSwitchSub(name="sub").async_save()
    async with async_switch_db(AsyncSwitchSub, "other"):
        await AsyncSwitchBase(name="base").async_save()
        await AsyncSwitchSub(name="other sub").async_save()
    assert await kept(async_mongo_db) == ["base", "sub"]
    assert await kept(other) == ["other sub"]


async def test_querysets_keep_the_place_they_were_made_for(async_mongo_db, other):
    before = AsyncSwitchBase.objects
    await AsyncSwitchBase(name="here").async_save()
    async with async_switch_db(AsyncSwitchBase, "other"):
        within = AsyncSwitchBase.objects
        await AsyncSwitchBase(name="there").async_save()
        assert (await before.filter().async_get()).name == "here"
    assert (await within.filter().async_get()).name == "there"


async def test_a_document_goes_where_its_class_is_kept_then(async_mongo_db, other):
    document = await AsyncSwitchBase(name="a").async_save()
    async with async_switch_db(AsyncSwitchBase, "other"):
        document.name = "b"
        await document.async_save()
        own = AsyncSwitchBase(name="own").switch_db("default")
        await own.async_save()
    assert await kept(other) == ["b"]
    assert await kept(async_mongo_db) == ["a", "own"]


@pytest.mark.parametrize("alias", ["nobody", "", None])
async def test_an_alias_that_nobody_knows(async_mongo_db, alias):
    async with async_switch_db(AsyncSwitchBase, alias):  # nothing is asked yet
        pass
    async with async_switch_db(AsyncSwitchBase, alias):
        with pytest.raises(ConnectionFailure, match=f'"{alias}" has not been defined'):
            await AsyncSwitchBase.objects.async_count()


# --- collections


async def test_a_class_in_another_collection(async_mongo_db):
    async with async_switch_collection(AsyncSwitchBase, "there") as cls:
        assert cls is AsyncSwitchBase
        assert cls._get_collection_name() == "there"
        await cls(name="there").async_save()
        assert await cls.objects.async_count() == 1
        indexes = await async_mongo_db["there"].index_information()
        assert "name_1" in indexes
    await AsyncSwitchBase(name="here").async_save()
    assert await kept(async_mongo_db, "there") == ["there"]
    assert await kept(async_mongo_db) == ["here"]


async def test_subclasses_follow_into_a_collection(async_mongo_db):
    async with async_switch_collection(AsyncSwitchSub, "there"):
        assert AsyncSwitchSubSub._get_collection_name() == "there"
        assert AsyncSwitchBase._get_collection_name() == "async_switch_base"
        async with async_switch_collection(AsyncSwitchBase, "elsewhere"):
            assert AsyncSwitchSubSub._get_collection_name() == "there"
            await AsyncSwitchSubSub(name="a").async_save()
            await AsyncSwitchBase(name="b").async_save()
    await AsyncSwitchSubSub(name="c").async_save()
    assert await kept(async_mongo_db, "there") == ["a"]
    assert await kept(async_mongo_db, "elsewhere") == ["b"]
    assert await kept(async_mongo_db) == ["c"]


@pytest.mark.parametrize("name", [5, None])
async def test_a_name_that_is_no_name(async_mongo_db, name):
    async with async_switch_collection(AsyncSwitchBase, name) as cls:
        with pytest.raises(TypeError, match="name must be an instance of str"):
            await cls.objects.async_count()


async def test_embedded_documents_are_kept_nowhere(async_mongo_db):
    for switch in (async_switch_db, async_switch_collection):
        with pytest.raises(AttributeError):
            switch(EmbeddedDocument, "other")


# --- both


async def test_switches_within_switches(async_mongo_db, other):
    async with async_switch_db(AsyncSwitchBase, "other"):
        async with async_switch_collection(AsyncSwitchBase, "cc"):
            await AsyncSwitchBase(name="1").async_save()
            async with async_switch_db(AsyncSwitchBase, "default"):
                await AsyncSwitchBase(name="2").async_save()
            await AsyncSwitchBase(name="3").async_save()
        await AsyncSwitchBase(name="4").async_save()
    await AsyncSwitchBase(name="5").async_save()
    assert await kept(other, "cc") == ["1", "3"]
    assert await kept(async_mongo_db, "cc") == ["2"]
    assert await kept(other) == ["4"]
    assert await kept(async_mongo_db) == ["5"]


async def test_a_block_that_raises_is_left(async_mongo_db):
    blocks = [
        async_switch_db(AsyncSwitchBase, "other"),
        async_switch_collection(AsyncSwitchBase, "there"),
        async_no_dereference(AsyncSwitchBase),
    ]
    with suppress(Stop):
        async with blocks[0], blocks[1], blocks[2]:
            assert len(switches.get()) == 2
            raise Stop
    assert AsyncSwitchBase._class_place() == ("default", "async_switch_base")
    assert (switches.get(), no_dereferencing.get()) == ((), ())


async def test_a_switch_used_again(async_mongo_db):
    switch = async_switch_collection(AsyncSwitchBase, "there")
    for _ in range(2):
        async with switch as cls:
            assert cls._get_collection_name() == "there"
        assert cls._get_collection_name() == "async_switch_base"


# --- how classes are read


async def test_no_dereference_is_for_the_class_alone():
    async with async_no_dereference(AsyncSwitchBase):
        async with async_no_dereference(AsyncSwitchBase):
            pass
        assert no_dereferencing_active_for_class(AsyncSwitchBase)
        assert not no_dereferencing_active_for_class(AsyncSwitchSub)
        assert thread_locals.no_dereferencing_class == {AsyncSwitchBase: 1}
    assert not no_dereferencing_active_for_class(AsyncSwitchBase)


async def test_no_dereference_by_hand():
    _register_no_dereferencing_for_class(AsyncSwitchBase)
    _register_no_dereferencing_for_class(AsyncSwitchBase)
    _unregister_no_dereferencing_for_class(AsyncSwitchBase)
    assert no_dereferencing_active_for_class(AsyncSwitchBase)
    _unregister_no_dereferencing_for_class(AsyncSwitchBase)
    assert not no_dereferencing_active_for_class(AsyncSwitchBase)
    with pytest.raises(KeyError):
        _unregister_no_dereferencing_for_class(AsyncSwitchBase)


async def test_without_subclasses(async_mongo_db):
    for cls in (AsyncSwitchBase, AsyncSwitchSub, AsyncSwitchSubSub):
        await cls(name=cls._class_name).async_save()
    with no_sub_classes(AsyncSwitchBase) as cls:
        assert cls is AsyncSwitchBase
        assert [one.name for one in await cls.objects.async_to_list()] == [
            cls._class_name
        ]
        assert await AsyncSwitchSub.objects.async_count() == 2
    assert await AsyncSwitchBase.objects.async_count() == 3
    with no_sub_classes(AsyncSwitchPlain) as cls:
        assert cls.objects._query == {}


async def test_querysets_find_the_subclasses_they_were_made_for():
    before = AsyncSwitchSub.objects
    with no_sub_classes(AsyncSwitchSub):
        assert len(before.filter()._query["_cls"]["$in"]) == 2
        within = AsyncSwitchSub.objects
    assert within.filter()._query == {"_cls": "AsyncSwitchBase.AsyncSwitchSub"}


# --- collections of the driver


async def test_a_collection_that_writes_as_told(async_mongo_db):
    collection = async_mongo_db.get_collection(
        "c", write_concern=WriteConcern(w=1, j=True)
    )
    with set_write_concern(collection, {"wtimeout": 100}) as told:
        assert told.write_concern.document == {"w": 1, "j": True, "wtimeout": 100}
        assert told.name == "c"
    assert collection.write_concern.document == {"w": 1, "j": True}


@pytest.mark.parametrize("reads", [{"level": "majority"}, None])
@pytest.mark.parametrize("writes", [{"w": 1}, None])
async def test_a_collection_that_reads_as_told(async_mongo_db, writes, reads):
    collection = async_mongo_db.get_collection(
        "c", read_preference=ReadPreference.NEAREST
    )
    with set_read_write_concern(collection, writes, reads) as told:
        assert told.write_concern.document == (writes or {})
        assert told.read_concern.document == (reads or {})
        assert told.read_preference == ReadPreference.NEAREST
