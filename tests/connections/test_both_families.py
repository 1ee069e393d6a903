"""Sync and async clients side by side on one alias, and what the other lacks."""

import pytest
from pymongo import AsyncMongoClient, MongoClient

from mongoengine import (
    ConnectionFailure,
    ConnectionType,
    connect,
    connect_async,
    disconnect,
    disconnect_all,
    disconnect_all_async,
    disconnect_async,
    get_async_connection,
    get_async_db,
    get_connection,
    get_db,
    is_async_connection,
    register_connection,
)
from mongoengine import connection as registry
from mongoengine.async_utils import (
    async_exec_js,
    async_get_collection,
    async_get_db,
    ensure_async_connection,
    ensure_sync_connection,
    get_async_collection,
)


@pytest.fixture(autouse=True)
async def disconnected():
    yield
    disconnect_all()
    await disconnect_all_async()
    registry._connection_settings.clear()


@pytest.fixture
def settings(mongo_uri):
    return {"db": "shop", "host": mongo_uri, "uuidRepresentation": "standard"}


@pytest.fixture(params=["sync first", "async first"])
async def both(request, settings):
    if request.param == "sync first":
        connect(**settings)
        await connect_async(**settings)
    else:
        await connect_async(**settings)
        connect(**settings)


async def test_one_alias_holds_a_client_of_each_family(both):
    assert type(get_connection()) is MongoClient
    assert type(get_async_connection()) is AsyncMongoClient
    assert registry._connection_types["default"] == (
        ConnectionType.SYNC | ConnectionType.ASYNC
    )
    get_db().pairs.insert_one({"_id": 1})
    assert await get_async_db().pairs.find_one({}) == {"_id": 1}
    await get_async_db().pairs.drop()


async def test_other_settings_on_one_alias_are_refused(settings):
    connect(**settings)
    with pytest.raises(ConnectionFailure, match="alias `default` was already"):
        await connect_async(**{**settings, "db": "other"})
    assert not is_async_connection()
    disconnect()
    await connect_async(**settings)
    with pytest.raises(ConnectionFailure, match="alias `default` was already"):
        connect(**{**settings, "db": "other"})
    with pytest.raises(ConnectionFailure, match="async only"):
        get_connection()


async def test_disconnecting_one_family_keeps_the_other(both):
    disconnect()
    assert (await get_async_connection().admin.command("ping"))["ok"] == 1
    with pytest.raises(ConnectionFailure, match="async only"):
        get_connection()
    connect(db="shop", **uri_of("default"))
    await disconnect_async()
    assert get_connection().admin.command("ping")["ok"] == 1
    with pytest.raises(ConnectionFailure, match="not async"):
        get_async_connection()


def uri_of(alias):
    settings = registry._connection_settings[alias]
    return {key: settings[key] for key in ("host", "uuidRepresentation")}


async def test_disconnecting_all_of_one_family_keeps_the_other(both):
    disconnect_all()
    assert is_async_connection()
    await disconnect_all_async()
    assert not is_async_connection()
    assert registry._connection_settings == {}


async def test_is_async_connection(settings):
    assert not is_async_connection()
    connect(**settings)
    assert not is_async_connection()
    await connect_async(**settings)
    assert is_async_connection()
    assert not is_async_connection("other")


async def test_a_registered_alias_serves_both_families(settings):
    register_connection("later", **settings)
    assert get_db("later").command("ping")["ok"] == 1
    assert (await get_async_db("later").command("ping"))["ok"] == 1
    ensure_sync_connection("later")
    ensure_async_connection("later")
    disconnect("later")
    assert (await get_async_db("later").command("ping"))["ok"] == 1


async def test_a_client_of_the_missing_family(settings):
    connect(**settings)
    message = r'"default" is not async; call await connect_async\(alias=\'default\''
    for get in (get_async_connection, get_async_db):
        with pytest.raises(ConnectionFailure, match=message):
            get()
    disconnect()
    await connect_async(**settings)
    for get in (get_connection, get_db):
        with pytest.raises(ConnectionFailure, match="use get_async_connection"):
            get()


async def test_the_guards_name_the_method_to_call(settings):
    await connect_async(**settings)
    ensure_async_connection("default", "async_save")
    with pytest.raises(RuntimeError) as caught:
        ensure_sync_connection("default", "save")
    assert str(caught.value) == (
        "`save()` needs a sync connection on alias 'default'; "
        "use `await async_save()`, or call connect()"
    )
    with pytest.raises(RuntimeError) as caught:
        ensure_sync_connection("default", "len()", instead="await async_count()")
    assert str(caught.value) == (
        "`len()` needs a sync connection on alias 'default'; "
        "use `await async_count()`, or call connect()"
    )


async def test_the_guards_of_the_other_family(settings):
    connect(**settings)
    ensure_sync_connection("default", "save")
    with pytest.raises(RuntimeError) as caught:
        ensure_async_connection("default", "async_save")
    assert str(caught.value) == (
        "`async_save()` needs an async connection on alias 'default'; "
        "use `save()`, or call connect_async()"
    )
    with pytest.raises(RuntimeError) as caught:
        ensure_async_connection()
    assert str(caught.value) == (
        "This needs an async connection on alias 'default'; call connect_async()"
    )


async def test_javascript_asks_the_guard(settings):
    connect(**settings)
    with pytest.raises(RuntimeError, match="needs an async connection on alias"):
        await async_exec_js("function() {}")


@pytest.mark.parametrize("ensure", [ensure_async_connection, ensure_sync_connection])
def test_the_guards_know_an_alias_that_nobody_defined(ensure):
    with pytest.raises(ConnectionFailure, match="not defined a default connection"):
        ensure()
    with pytest.raises(ConnectionFailure, match='alias "x" has not been defined'):
        ensure("x", "save")


async def test_a_client_class_of_the_other_family_is_refused(settings):
    with pytest.raises(ConnectionFailure, match="AsyncMongoClient, which is for conn"):
        connect(mongo_client_class=AsyncMongoClient, **settings)
    with pytest.raises(ConnectionFailure, match=r"MongoClient, which is for connect\("):
        await connect_async(mongo_client_class=MongoClient, **settings)
    assert registry._connections == {}
    assert not is_async_connection()


async def test_each_family_has_its_own_client_class(settings):
    class OwnClient(MongoClient):
        pass

    own = connect(mongo_client_class=OwnClient, **settings)
    assert type(await connect_async(**settings)) is AsyncMongoClient
    assert connect(mongo_client_class=OwnClient, **settings) is own


async def test_a_failing_second_family_leaves_the_first_alone(settings):
    connect(**settings)

    def broken(**options):
        raise ValueError("out of order")

    with pytest.raises(ConnectionFailure, match="out of order"):
        await connect_async(mongo_client_class=broken, **settings)
    assert not is_async_connection()
    assert get_connection().admin.command("ping")["ok"] == 1
    assert (await (await connect_async(**settings)).admin.command("ping"))["ok"] == 1


def test_reconnect_opens_a_new_sync_client(settings):
    first = connect(**settings)
    second = get_connection(reconnect=True)
    assert second is not first
    assert second.admin.command("ping")["ok"] == 1
    assert get_db(reconnect=True).client is not second


async def test_collections_by_hand(settings):
    class Shelf:
        @staticmethod
        def _get_db_alias():
            return "default"

        @staticmethod
        def _get_collection_name():
            return "shelves"

    await connect_async(**settings)
    assert await async_get_db() is get_async_db()
    assert get_async_collection(Shelf) == get_async_db().shelves
    assert await async_get_collection(Shelf, "default") == get_async_db().shelves
