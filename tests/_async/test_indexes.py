"""Making, listing and comparing the indexes of a document class."""

import pytest
from listening import Sent
from pymongo.errors import DuplicateKeyError, OperationFailure

from mongoengine import (
    DateTimeField,
    DictField,
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    GeoPointField,
    IntField,
    PointField,
    StringField,
    connect_async,
)
from mongoengine.errors import LookUpError


class AsyncIndexedPart(EmbeddedDocument):
    number = IntField()


@pytest.fixture
async def heard(async_mongo_db, mongo_uri):
    """Listen to what classes send that have the alias "heard"."""
    listener = Sent()
    client = await connect_async(
        async_mongo_db.name,
        alias="heard",
        host=mongo_uri,
        uuidRepresentation="standard",
        event_listeners=[listener],
    )
    await client.admin.command("ping")
    listener.take()
    return listener


def names_made(heard):
    """Return the names of the indexes that were asked for since the last time."""
    made = [one["indexes"] for one in heard.take() if "createIndexes" in one]
    return [index["name"] for indexes in made for index in indexes]


def model(*indexes, **meta):
    """Return a new class in the collection "indexed"."""
    attributes = {
        "text": StringField(),
        "other": StringField(db_field="o"),
        "at": DateTimeField(),
        "data": DictField(),
        "place": PointField(auto_index=False),
        "flat": GeoPointField(),
        "part": EmbeddedDocumentField(AsyncIndexedPart),
        "meta": {"collection": "indexed", "indexes": list(indexes), **meta},
    }
    return type("AsyncIndexed", (Document,), attributes)


async def stored(cls):
    """Return the indexes on the server by name, but for those that all classes have."""
    collection = await cls._async_get_collection()
    found = await collection.index_information()
    return {name: index for name, index in found.items() if name != "_id_"}


@pytest.mark.parametrize(
    ("index", "name", "expected"),
    [
        ("text", "text_1", {"key": [("text", 1)]}),
        ("-other", "o_-1", {"key": [("o", -1)]}),
        (
            ("part.number", "-other"),
            "part.number_1_o_-1",
            {"key": [("part.number", 1), ("o", -1)]},
        ),
        ("#text", "text_hashed", {"key": [("text", "hashed")]}),
        ("(place", "place_2dsphere", {"key": [("place", "2dsphere")]}),
        ("$text", "text_text", {"weights": {"text": 1}}),
        (
            {"fields": ["$text", "$other"], "weights": {"text": 5, "o": 2}},
            "text_text_o_text",
            {"weights": {"text": 5, "o": 2}},
        ),
        ({"fields": [("$**", 1)]}, "$**_1", {"key": [("$**", 1)]}),
        (
            {"fields": ["at"], "expireAfterSeconds": 60},
            "at_1",
            {"expireAfterSeconds": 60},
        ),
        (
            {"fields": ["text"], "partialFilterExpression": {"o": "x"}},
            "text_1",
            {"partialFilterExpression": {"o": "x"}},
        ),
        ({"fields": ["text"], "sparse": True}, "text_1", {"sparse": True}),
        ({"fields": ["text"], "unique": True}, "text_1", {"unique": True}),
        ({"fields": ["text"], "background": True}, "text_1", {"background": True}),
        ({"fields": ["text"], "name": "mine"}, "mine", {"key": [("text", 1)]}),
    ],
)
async def test_kinds_of_indexes(async_mongo_db, index, name, expected):
    indexed = model(index)
    found = await stored(indexed)
    assert sorted(found) == sorted([name, "flat_2d"])
    assert expected.items() <= found[name].items()
    assert await indexed.async_compare_indexes() == {"missing": [], "extra": []}


async def test_an_index_with_collation(async_mongo_db):
    indexed = model({"fields": ["text"], "collation": {"locale": "fr", "strength": 2}})
    collation = (await stored(indexed))["text_1"]["collation"]
    assert (collation["locale"], collation["strength"]) == ("fr", 2)


async def test_no_indexes_of_its_own(async_mongo_db):
    class AsyncIndexedNot(Document):
        meta = {"collection": "not_indexed"}

    await AsyncIndexedNot.async_ensure_indexes()
    assert await stored(AsyncIndexedNot) == {}
    assert await AsyncIndexedNot.async_list_indexes() == [[("_id", 1)]]


async def test_very_many_indexes(async_mongo_db):
    indexed = model(*(f"data.{n}" for n in range(60)))
    assert len(await stored(indexed)) == 61
    assert await indexed.async_compare_indexes() == {"missing": [], "extra": []}


async def test_options_for_all(async_mongo_db):
    indexed = model("text", index_background=True, index_opts={"sparse": True})
    for index in (await stored(indexed)).values():
        assert index["background"] is True
        assert index["sparse"] is True


@pytest.mark.parametrize(
    ("meta", "names"),
    [
        ({"indexes": ["text"]}, {"_cls_1_text_1"}),
        ({"indexes": [{"fields": ["text"], "cls": False}]}, {"text_1", "_cls_1"}),
        ({"indexes": ["text"], "index_cls": False}, {"text_1"}),
        ({}, {"_cls_1"}),
    ],
)
async def test_the_class_in_indexes(async_mongo_db, meta, names):
    indexed = model(allow_inheritance=True, **meta)
    assert set(await stored(indexed)) == {*names, "flat_2d"}


async def test_indexes_are_made_once(heard):
    indexed = model("text", "other", db_alias="heard")
    await indexed._async_get_collection()
    assert names_made(heard) == ["text_1", "o_1", "flat_2d"]
    await indexed._async_get_collection()
    assert names_made(heard) == []
    await indexed.async_ensure_indexes()
    assert names_made(heard) == ["text_1", "o_1", "flat_2d"]


async def test_ensuring_as_first_use_makes_them_once(heard):
    indexed = model("text", db_alias="heard")
    await indexed.async_ensure_indexes()
    assert names_made(heard) == ["text_1", "flat_2d"]
    await indexed._async_get_collection()
    assert names_made(heard) == []


async def test_listing_sends_nothing(heard):
    indexed = model("text", db_alias="heard")
    heard.commands.clear()
    await indexed.async_list_indexes()
    assert heard.commands == []


async def test_not_automatic(heard):
    indexed = model("text", db_alias="heard", auto_create_index=False)
    await indexed._async_get_collection()
    assert names_made(heard) == []
    missing = [[("text", 1)], [("flat", "2d")], [("_id", 1)]]
    assert (await indexed.async_compare_indexes())["missing"] == missing
    await indexed.async_ensure_indexes()
    assert names_made(heard) == ["text_1", "flat_2d"]


async def test_on_each_save(heard):
    indexed = model("text", db_alias="heard", auto_create_index_on_save=True)
    for _ in range(2):
        await indexed(text="a").async_save()
        assert names_made(heard) == ["text_1", "flat_2d"]


async def test_on_save_alone(heard):
    options = {"auto_create_index": False, "auto_create_index_on_save": True}
    indexed = model("text", db_alias="heard", **options)
    await indexed._async_get_collection()
    assert names_made(heard) == []
    await indexed(text="a").async_save()
    assert names_made(heard) == ["text_1", "flat_2d"]


async def test_not_on_save(heard):
    indexed = model("text", db_alias="heard", auto_create_index=False)
    await indexed(text="a").async_save()
    assert names_made(heard) == []


async def test_a_failure_is_not_remembered_as_success(async_mongo_db):
    await async_mongo_db["indexed"].insert_many(
        [{"_id": 1, "text": "a"}, {"text": "a"}]
    )
    indexed = model({"fields": ["text"], "unique": True})
    for _ in range(2):
        with pytest.raises(DuplicateKeyError):
            await indexed._async_get_collection()
    await async_mongo_db["indexed"].delete_one({"_id": 1})
    assert (await stored(indexed))["text_1"]["unique"]


async def test_options_that_contradict_those_on_the_server(async_mongo_db):
    await async_mongo_db["indexed"].create_index("text")
    indexed = model({"fields": ["text"], "sparse": True})
    with pytest.raises(OperationFailure, match="same name as the requested index"):
        await indexed._async_get_collection()
    await async_mongo_db["indexed"].drop_index("text_1")
    assert (await stored(indexed))["text_1"]["sparse"]


async def test_own_way_to_make_indexes(heard):
    class AsyncIndexedItself(Document):
        text = StringField()
        meta = {"indexes": ["text"], "db_alias": "heard", "collection": "itself"}

        @classmethod
        async def async_ensure_indexes(cls):
            await super().async_ensure_indexes()
            await cls.async_create_index("-text")

    await AsyncIndexedItself._async_get_collection()
    assert names_made(heard) == ["text_1", "text_-1"]
    await AsyncIndexedItself._async_get_collection()
    assert names_made(heard) == []


async def test_create_index(async_mongo_db):
    indexed = model()
    assert await indexed.async_create_index("text") == "text_1"
    assert await indexed.async_create_index(["other", "-at"]) == "o_1_at_-1"
    assert await indexed.async_create_index("-at", True, name="mine") == "mine"
    spec = {"fields": ["other"], "unique": True, "expireAfterSeconds": 3}
    assert await indexed.async_create_index(spec) == "o_1"
    found = await stored(indexed)
    assert set(found) == {"flat_2d", "text_1", "o_1_at_-1", "mine", "o_1"}
    assert found["mine"]["background"] is True
    assert found["o_1"]["unique"] is True
    assert found["o_1"]["expireAfterSeconds"] == 3


async def test_create_index_refuses(async_mongo_db):
    indexed = model()
    with pytest.raises(LookUpError, match='Cannot resolve field "nope"'):
        await indexed.async_create_index("nope")
    with pytest.raises(ValueError, match="must not be empty"):
        await indexed.async_create_index([])
    with pytest.raises(OperationFailure, match="'what' is not valid"):
        await indexed.async_create_index("text", what=1)
    assert set(await stored(indexed)) == {"flat_2d"}


async def test_the_family_shares_its_indexes(async_mongo_db):
    base = model("text", allow_inheritance=True)
    attributes = {"own": StringField(), "meta": {"indexes": ["own"]}}
    child = type("AsyncIndexedChild", (base,), attributes)
    expected = [
        [("_cls", 1), ("text", 1)],
        [("flat", "2d")],
        [("_cls", 1), ("own", 1)],
        [("_id", 1)],
        [("_cls", 1)],
    ]
    assert await base.async_list_indexes() == expected
    await base._async_get_collection()
    missing = {"missing": [[("_cls", 1), ("own", 1)]], "extra": []}
    assert await base.async_compare_indexes() == missing
    assert await child.async_compare_indexes() == {"missing": [], "extra": []}
    assert await base.async_compare_indexes() == {"missing": [], "extra": []}


async def test_differences(async_mongo_db):
    indexed = model(("text", "-at"), "other")
    collection = await indexed._async_get_collection()
    await collection.drop_index("text_1_at_-1")
    await collection.create_index([("at", -1)])
    await collection.create_index([("data", "hashed")])
    assert await indexed.async_compare_indexes() == {
        "missing": [[("text", 1), ("at", -1)]],
        "extra": [[("at", -1)], [("data", "hashed")]],
    }


@pytest.mark.parametrize(
    ("declared", "existing", "missing", "extra"),
    [
        (["$text", "$other"], [("o", "text"), ("text", "text")], [], []),
        (["at", "$text"], [("at", 1), ("text", "text")], [], []),
        (["$text", "at"], [("text", "text"), ("at", 1)], [], []),
        (
            ["$text"],
            [("text", "text"), ("o", "text")],
            [[("text", "text")]],
            [[("o", "text"), ("text", "text")]],
        ),
        (
            ["at", "$text"],
            [("text", "text"), ("at", 1)],
            [[("at", 1), ("text", "text")]],
            [[("text", "text"), ("at", 1)]],
        ),
    ],
)
async def test_comparing_texts(async_mongo_db, declared, existing, missing, extra):
    indexed = model({"fields": declared}, auto_create_index=False)
    await async_mongo_db["indexed"].create_index([("flat", "2d")])
    await async_mongo_db["indexed"].create_index(existing)
    compared = await indexed.async_compare_indexes()
    assert compared == {"missing": missing, "extra": extra}
