"""Primary keys of all kinds: read as stored, referred to, and deleted by."""

from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from uuid import UUID

import pytest
from bson import ObjectId

from mongoengine import (
    CASCADE,
    CachedReferenceField,
    DateField,
    DateTimeField,
    DecimalField,
    Document,
    DynamicField,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EnumField,
    GenericReferenceField,
    IntField,
    LazyReferenceField,
    ListField,
    ObjectIdField,
    ReferenceField,
    StringField,
    UUIDField,
)


class AsyncKeysColour(Enum):
    RED = "red"


class AsyncKeysPart(EmbeddedDocument):
    number = UUIDField()
    name = StringField()


KEYS = {
    "UUID": (UUIDField(primary_key=True), str(UUID(int=1)), UUID(int=1)),
    "date and time": (
        DateTimeField(primary_key=True),
        "2026-01-02",
        datetime(2026, 1, 2),
    ),
    "date": (DateField(primary_key=True), "2026-01-02", date(2026, 1, 2)),
    "number": (IntField(primary_key=True), "5", 5),
    "decimal": (DecimalField(primary_key=True), 2.5, Decimal("2.50")),
    "enum": (EnumField(AsyncKeysColour, primary_key=True), "red", AsyncKeysColour.RED),
    "id": (ObjectIdField(primary_key=True), "5" * 24, ObjectId("5" * 24)),
    "text": (StringField(primary_key=True), "a", "a"),
}


def class_with(name):
    """Return a class of documents with a key of a kind, and one of its values."""
    field, given, value = KEYS[name]
    attributes = {"key": field, "size": IntField(), "__module__": __name__}
    return type("AsyncKeysOf", (Document,), attributes), given, value


@pytest.mark.parametrize("way", ["new", "assigned", "pk", "forced", "changed"])
@pytest.mark.parametrize("name", KEYS)
async def test_a_key_reads_as_stored_once_it_is_saved(async_mongo_db, name, way):
    cls, given, value = class_with(name)
    document = cls(key=given, size=1) if way == "new" else cls(size=1)
    if way != "new":
        setattr(document, "pk" if way == "pk" else "key", given)
    await document.async_save(force_insert=way == "forced")
    if way == "changed":
        document.key, document.size = given, 2
        await document.async_save()
    assert (document.pk, type(document.pk)) == (value, type(value))
    assert document == await cls.objects.async_get()
    assert document._get_changed_fields() == []


class AsyncKeysAuthor(Document):
    key = UUIDField(primary_key=True)
    name = StringField()
    boss = ReferenceField("self", reverse_delete_rule=CASCADE)


class AsyncKeysRoom(Document):
    key = EmbeddedDocumentField(AsyncKeysPart, primary_key=True)


class AsyncKeysBook(Document):
    plain = ReferenceField(AsyncKeysAuthor)
    dbref = ReferenceField(AsyncKeysAuthor, dbref=True)
    generic = GenericReferenceField()
    lazy = LazyReferenceField(AsyncKeysAuthor)
    cached = CachedReferenceField(AsyncKeysAuthor, fields=["name"])
    several = ListField(ReferenceField(AsyncKeysAuthor))
    lazies = ListField(LazyReferenceField(AsyncKeysAuthor))
    room = ReferenceField(AsyncKeysRoom)


@pytest.fixture
async def book(async_mongo_db):
    author = await AsyncKeysAuthor(key=UUID(int=1), name="a").async_save()
    part = AsyncKeysPart(number=UUID(int=2), name="n")
    room = await AsyncKeysRoom(key=part).async_save()
    names = ("plain", "dbref", "generic", "lazy", "cached")
    several = {"several": [author], "lazies": [author], "room": room}
    await AsyncKeysBook(**dict.fromkeys(names, author), **several).async_save()
    return await AsyncKeysBook.objects.async_get()


@pytest.mark.parametrize("name", ["plain", "dbref", "generic", "lazy", "cached"])
async def test_references_to_uuids_load(book, name):
    author = await getattr(AsyncKeysBook, name).async_fetch(book)
    assert (author.pk, author.name) == (UUID(int=1), "a")


async def test_lists_of_references_to_uuids_load(book):
    assert (await AsyncKeysBook.several.async_fetch(book))[0].name == "a"
    assert (await book.lazies[0].async_fetch()).name == "a"
    found = await AsyncKeysBook.objects.prefetch_related("*").async_get()
    assert (found.several[0].name, found.room.key.name) == ("a", "n")


async def test_references_to_embedded_documents_with_uuids_load(book):
    room = await AsyncKeysBook.room.async_fetch(book)
    assert (room.key.number, room.key.name) == (UUID(int=2), "n")


@pytest.mark.parametrize("by", ["document", "queryset"])
async def test_rules_find_documents_by_uuids(async_mongo_db, by):
    boss = await AsyncKeysAuthor(key=UUID(int=1)).async_save()
    below = await AsyncKeysAuthor(key=UUID(int=2), boss=boss).async_save()
    boss.boss = below
    await boss.async_save()
    if by == "document":
        await boss.async_delete()
    else:
        assert await AsyncKeysAuthor.objects(key=boss.pk).async_delete() == 1
    assert await AsyncKeysAuthor.objects.async_count() == 0


def class_referring_to(cls):
    """Return a class of documents with references of all kinds."""
    attributes = {
        "plain": ReferenceField(cls),
        "dbref": ReferenceField(cls, dbref=True),
        "generic": GenericReferenceField(),
        "lazy": LazyReferenceField(cls),
        "several": ListField(ReferenceField(cls)),
        "untyped": ListField(),
        "any": DynamicField(),
        "__module__": __name__,
    }
    return type("AsyncKeysReferring", (Document,), attributes)


@pytest.mark.parametrize("name", KEYS)
async def test_what_was_read_is_stored_as_it_was(async_mongo_db, name):
    cls, _, key = class_with(name)
    target = await cls(key=key).async_save()
    referring = class_referring_to(cls)
    one = dict.fromkeys(["plain", "dbref", "generic", "lazy", "any"], target)
    many = {"several": [target], "untyped": [target]}
    await referring(**one, **many).async_save()
    read = await referring.objects.async_get()
    again = {field: getattr(read, field) for field in one}
    again |= {field: list(getattr(read, field)) for field in many}
    twin = await referring(**again).async_save()
    first, second = await referring.objects.exclude("id").as_pymongo().async_to_list()
    assert first == second
    for field, value in again.items():
        if field not in ("any", "untyped"):
            assert await referring.objects(**{field: value}).async_count() == 2
    changes = {f"set__{field}": again[field] for field in one}
    changes["push__several"] = again["several"][0]
    changes["push__untyped"] = target
    await referring.objects(pk=twin.pk).async_update(**changes)
    changed = await referring.objects.exclude("id").as_pymongo().async_get(pk=twin.pk)
    assert changed.pop("untyped")[1]["_ref"].id == first.pop("untyped")[0].id
    assert changed == first | {"several": first["several"] * 2}
