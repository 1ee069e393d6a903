"""Documents with files, for tests of these."""

from mongoengine import (
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EmbeddedDocumentListField,
    FileField,
    IntField,
    ListField,
    MapField,
    StringField,
)

LONG = bytes(range(256)) * 3000  # 768,000 bytes: three chunks


class AsyncFilePage(EmbeddedDocument):
    scan = FileField(db_field="s")
    note = StringField()


class AsyncFileLetter(Document):
    file = FileField(db_field="f")
    other = FileField(collection_name="attic")
    files = ListField(FileField())
    by_name = MapField(FileField())
    page = EmbeddedDocumentField(AsyncFilePage, db_field="p")
    pages = EmbeddedDocumentListField(AsyncFilePage)
    number = IntField()


async def loaded(letter):
    return await AsyncFileLetter.objects.async_get(id=letter.id)


async def left_in(db, name="fs"):
    """Return the ids of the files that there are, and of those that chunks are of."""
    files = await db[name].files.distinct("_id")
    chunks = await db[name].chunks.distinct("files_id")
    return set(files), set(chunks)
