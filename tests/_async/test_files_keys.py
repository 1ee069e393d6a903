"""Files of documents whose ids are no plain ones."""

from decimal import Decimal
from uuid import uuid4

import pytest
from bson import Decimal128
from bson.codec_options import TypeCodec, TypeRegistry

from mongoengine import (
    DateTimeField,
    Document,
    DynamicField,
    EmbeddedDocument,
    EmbeddedDocumentField,
    FileField,
    UUIDField,
)
from mongoengine.connection import connect_async, disconnect_async


class AsyncKeyPart(EmbeddedDocument):
    number = UUIDField()
    at = DateTimeField()


class AsyncKeyUuid(Document):
    key = UUIDField(primary_key=True)
    file = FileField()


class AsyncKeyText(Document):
    key = UUIDField(primary_key=True, binary=False)
    file = FileField()


class AsyncKeyEmbedded(Document):
    key = EmbeddedDocumentField(AsyncKeyPart, primary_key=True)
    file = FileField()


class AsyncKeyAnything(Document):
    key = DynamicField(primary_key=True)
    file = FileField()


KEYS = {
    AsyncKeyUuid: uuid4,
    AsyncKeyText: uuid4,
    AsyncKeyEmbedded: lambda: AsyncKeyPart(number=uuid4()),
    AsyncKeyAnything: uuid4,
}


async def delete_all(cls, keys, db):
    """Delete one document by itself, and then the others by a query."""
    for key in keys:
        document = cls(key=key)
        await document.file.async_put(b"content")
        await document.async_save()
    await (await cls.objects.async_first()).async_delete()
    assert await db.fs.files.count_documents({}) == len(keys) - 1
    await cls.objects.async_delete()
    assert await db.fs.files.count_documents({}) == 0


@pytest.mark.parametrize("cls", KEYS)
async def test_files_go_with_documents_of_such_keys(async_mongo_db, cls):
    await delete_all(cls, [KEYS[cls]() for _ in range(3)], async_mongo_db)


class DecimalCodec(TypeCodec):
    python_type = Decimal
    bson_type = Decimal128

    def transform_python(self, value):
        return Decimal128(value)

    def transform_bson(self, value):
        return value.to_decimal()


class AsyncKeyDecimal(Document):
    key = DynamicField(primary_key=True)
    file = FileField(db_alias="coded")
    meta = {"db_alias": "coded"}


@pytest.fixture
async def async_coded(async_mongo_db, mongo_uri):
    """Give a database of a client with types of its own."""
    name = f"{async_mongo_db.name}_c"
    types = TypeRegistry([DecimalCodec()])
    client = await connect_async(
        name,
        "coded",
        host=mongo_uri,
        uuidRepresentation="standard",
        type_registry=types,
    )
    yield client[name]
    await client.drop_database(name)
    await disconnect_async("coded")


async def test_keys_of_types_that_the_client_knows(async_coded):
    keys = [Decimal("1.5"), Decimal("2.5"), uuid4()]
    await delete_all(AsyncKeyDecimal, keys, async_coded)
