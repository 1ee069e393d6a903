"""Aliases and clients, in either family."""

import uuid
import warnings
from datetime import datetime, timezone

import pytest
from pymongo import AsyncMongoClient, ReadPreference
from pymongo.errors import InvalidName, InvalidOperation, OperationFailure

import mongoengine.connection as registry
from mongoengine import (
    ConnectionFailure,
    connect_async,
    disconnect_all_async,
    disconnect_async,
    get_async_connection,
    get_async_db,
    register_connection,
)
from mongoengine._async.javascript import async_exec_js
from mongoengine.base.common import _DocumentRegistry

STANDARD = {"uuidRepresentation": "standard"}


class AsyncOwnClient(AsyncMongoClient):
    pass


@pytest.fixture(autouse=True)
async def async_disconnected():
    yield
    await disconnect_all_async()
    registry._connection_settings.clear()


@pytest.fixture
def settings(mongo_uri):
    return {"host": mongo_uri, **STANDARD}


async def test_connect_opens_a_client_of_the_driver_that_answers(settings):
    client = await connect_async("shop", **settings)
    assert type(client) is AsyncMongoClient
    assert (await client.admin.command("ping"))["ok"] == 1
    assert get_async_connection() is client
    assert get_async_db().name == "shop"
    assert get_async_db() is get_async_db()
    assert get_async_db().client is client


async def test_the_database_of_a_uri_wins(mongo_uri):
    uri = mongo_uri.replace("/?", "/of_the_uri?")
    await connect_async("argument", host=uri, **STANDARD)
    assert get_async_db().name == "of_the_uri"


async def test_without_a_name_the_database_is_test(settings):
    await connect_async(**settings)
    assert get_async_db().name == "test"


async def test_connecting_again_with_the_same_settings_is_the_same_client(settings):
    client = await connect_async("shop", **settings)
    assert await connect_async("shop", **settings) is client


@pytest.mark.parametrize(
    "change", [{"db": "other"}, {"tz_aware": True}, {"host": "mongodb://127.0.0.1:9"}]
)
async def test_connecting_again_with_other_settings_is_refused(settings, change):
    client = await connect_async("shop", alias="a", **settings)
    with pytest.raises(ConnectionFailure, match="alias `a` was already registered"):
        await connect_async(**{"db": "shop", "alias": "a", **settings, **change})
    assert get_async_connection("a") is client
    assert get_async_db("a").name == "shop"


async def test_an_alias_is_free_again_after_disconnect(settings):
    await connect_async("shop", **settings)
    await disconnect_async()
    await connect_async("other", **settings)
    assert get_async_db().name == "other"


async def test_aliases_with_equal_settings_share_a_client(settings):
    client = await connect_async("one", **settings)
    assert await connect_async("two", alias="two", **settings) is client
    assert get_async_db("two").name == "two"
    assert (
        await connect_async("two", alias="tz", tz_aware=True, **settings) is not client
    )


async def test_a_shared_client_closes_with_its_last_alias(settings):
    client = await connect_async("one", **settings)
    await connect_async("two", alias="two", **settings)
    await disconnect_async()
    assert (await client.admin.command("ping"))["ok"] == 1
    await disconnect_async("two")
    with pytest.raises(InvalidOperation):
        await client.admin.command("ping")


async def test_disconnect_forgets_the_alias(settings):
    await connect_async("shop", **settings)
    await disconnect_async()
    with pytest.raises(ConnectionFailure, match="not defined a default connection"):
        get_async_connection()
    assert registry._connection_settings == {}


async def test_disconnecting_what_is_not_connected_does_nothing():
    await disconnect_async()
    await disconnect_async("nobody")
    await disconnect_all_async()


async def test_disconnect_all_closes_every_client(settings):
    clients = [
        await connect_async("shop", alias="one", **settings),
        await connect_async("shop", alias="two", tz_aware=True, **settings),
    ]
    await disconnect_all_async()
    for client in clients:
        with pytest.raises(InvalidOperation):
            await client.admin.command("ping")
    assert registry._connection_settings == {}


@pytest.mark.parametrize("get", [get_async_connection, get_async_db])
async def test_an_alias_that_nobody_defined(get):
    with pytest.raises(ConnectionFailure, match="not defined a default connection"):
        get()
    with pytest.raises(ConnectionFailure, match='alias "x" has not been defined'):
        get("x")


async def test_a_registered_alias_opens_when_it_is_used(settings):
    register_connection("later", "shop", **settings)
    db = get_async_db("later")
    assert db.name == "shop"
    assert (await db.command("ping"))["ok"] == 1


async def test_connect_replaces_settings_that_were_only_registered(settings):
    register_connection("later", "before", host="mongodb://127.0.0.1:9", **STANDARD)
    await connect_async("after", alias="later", **settings)
    assert get_async_db("later").name == "after"


async def test_the_settings_of_a_client_in_use_stay(settings):
    register_connection("later", "before", **settings)
    client = get_async_connection("later")
    with pytest.raises(ConnectionFailure, match="alias `later` was already registered"):
        await connect_async("after", alias="later", **settings)
    assert get_async_db("later").name == "before"
    assert await connect_async("before", alias="later", **settings) is client


async def test_what_the_driver_refuses_names_the_alias_and_the_option(settings):
    with pytest.raises(ConnectionFailure, match=r"database bad :\nUnknown option: foo"):
        await connect_async(alias="bad", foo=3, **settings)
    await connect_async("shop", alias="bad", **settings)
    assert get_async_db("bad").name == "shop"


async def test_a_database_name_the_server_would_refuse():
    with pytest.raises(InvalidName, match="cannot contain the character '.'"):
        await connect_async("a.b", **STANDARD)
    with pytest.raises(TypeError, match="instance of <class 'str'>"):
        await connect_async(5, **STANDARD)


async def test_credentials_by_keyword_and_by_uri(settings, mongo_uri):
    admin = (await connect_async("shop", alias="admin", **settings)).admin
    await admin.command("createUser", "amy", pwd="p@ss", roles=["readWriteAnyDatabase"])
    try:
        by_keyword = await connect_async(
            username="amy", password="p@ss", authentication_source="admin", **settings
        )
        assert await logged_in(by_keyword) == "amy"
        await disconnect_async()
        uri = mongo_uri.replace("://", "://amy:p%40ss@") + "&authSource=admin"
        assert await logged_in(await connect_async(host=uri, **STANDARD)) == "amy"
        await disconnect_async()
        wrong = await connect_async(
            username="amy",
            password="guess",
            authentication_source="admin",
            authentication_mechanism="SCRAM-SHA-256",
            **settings,
        )
        with pytest.raises(OperationFailure, match="Authentication failed"):
            await wrong.admin.command("ping")
    finally:
        await admin.command("dropUser", "amy")


async def logged_in(client):
    status = await client.admin.command("connectionStatus")
    return status["authInfo"]["authenticatedUsers"][0]["user"]


async def test_options_reach_the_driver(settings):
    client = await connect_async(
        "shop", tz_aware=True, read_preference=ReadPreference.NEAREST, **settings
    )
    assert client.read_preference == ReadPreference.NEAREST
    stamp, name = datetime(2026, 1, 1, tzinfo=timezone.utc), uuid.uuid4()
    collection = client.shop[f"options_{name.hex}"]
    await collection.insert_one({"_id": name, "stamp": stamp})
    assert await collection.find_one() == {"_id": name, "stamp": stamp}
    await collection.drop()


async def test_the_server_is_told_who_connects(settings):
    client = await connect_async("shop", **settings)
    assert "MongoEngine" in client.options.pool_options.metadata["driver"]["name"]


async def test_without_a_uuid_representation_there_is_a_warning(mongo_uri):
    with pytest.warns(DeprecationWarning, match="No uuidRepresentation") as caught:
        await connect_async("shop", host=mongo_uri)
    assert caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        uri = mongo_uri + "&uuidRepresentation=standard"
        await connect_async("shop", alias="b", host=uri)


async def test_a_client_class_of_ones_own(settings):
    client = await connect_async(mongo_client_class=AsyncOwnClient, **settings)
    assert type(client) is AsyncOwnClient
    assert await connect_async(mongo_client_class=AsyncOwnClient, **settings) is client
    with pytest.raises(ConnectionFailure, match="already registered"):
        await connect_async(**settings)


async def test_disconnect_detaches_documents(settings):
    class Shelf:
        _class_name = "Shelf"
        _meta: dict = {}
        detached = 0

        @classmethod
        def _disconnect(cls):
            cls.detached += 1

    _DocumentRegistry.register(Shelf)
    try:
        await connect_async("shop", **settings)
        await connect_async("shop", alias="other", **settings)
        await disconnect_async("other")
        assert Shelf.detached == 0
        await disconnect_async()
        assert Shelf.detached == 1
    finally:
        _DocumentRegistry.unregister("Shelf")


async def test_clearing_the_mappings_resets_everything(settings):
    first = await connect_async("shop", **settings)
    for name in ("_connection_settings", "_connection_types", "_connections", "_dbs"):
        getattr(registry, name).clear()
    with pytest.raises(ConnectionFailure, match="not defined"):
        get_async_connection()
    second = await connect_async("other", **settings)
    assert second is not first
    assert get_async_db().name == "other"
    await first.close()


async def test_binding_new_mappings_resets_everything(settings):
    """Test suites written for MongoEngine do so."""
    first = await connect_async("shop", **settings)
    registry._connection_settings = {}
    registry._connections = {}
    registry._dbs = {}
    with pytest.raises(ConnectionFailure, match="not defined"):
        get_async_connection()
    assert await connect_async("other", **settings) is not first
    assert get_async_db().name == "other"
    await first.close()


async def test_javascript_on_the_server(settings):
    await connect_async("shop", **settings)
    assert await async_exec_js("function(a, b) { return a * b }", 6, 7) == 42
    with pytest.raises(OperationFailure, match="out of luck"):
        await async_exec_js("function() { throw new Error('out of luck') }")
