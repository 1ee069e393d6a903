"""Lists of embedded documents, where they reach the server."""

from mongoengine import (
    Document,
    EmbeddedDocument,
    EmbeddedDocumentListField,
    IntField,
)


class AsyncListedPart(EmbeddedDocument):
    size = IntField()


class AsyncListedWhole(Document):
    parts = EmbeddedDocumentListField(AsyncListedPart)


async def test_saving_a_list_saves_its_document_and_gives_nothing(async_mongo_db):
    whole = await AsyncListedWhole(parts=[AsyncListedPart(size=1)]).async_save()
    whole.parts.filter(size=1).update(size=2)
    assert await whole.parts.async_save() is None
    assert (await AsyncListedWhole.objects.async_get()).parts[0].size == 2


async def test_what_is_given_to_save_reaches_the_document(async_mongo_db):
    whole = AsyncListedWhole(parts=[AsyncListedPart(size=1)])
    await whole.parts.async_save(validate=False, write_concern={"w": 0})
    assert whole.pk is not None
