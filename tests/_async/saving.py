"""Things to save, and what became of them, for tests of ``save()``."""

from mongoengine import (
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EmbeddedDocumentListField,
    IntField,
    ListField,
    StringField,
)


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


def take_update(commands):
    """Return filter, update and upsert of the one command, which is an update."""
    (command,) = commands.take()
    (update,) = command["updates"]
    assert not update["multi"]
    return update["q"], update["u"], update["upsert"]


async def stored_of(document):
    """Return what is stored under the key of a document."""
    collection = await document._async_get_collection()
    return await collection.find_one({"_id": document.pk})


async def count_of(cls):
    """Return how many documents of a class are stored."""
    return await (await cls._async_get_collection()).count_documents({})
