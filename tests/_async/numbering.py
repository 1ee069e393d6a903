"""Documents whose numbers are drawn, for tests of sequences."""

from mongoengine import (
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    GenericEmbeddedDocumentField,
    IntField,
    ListField,
    MapField,
    ReferenceField,
    SequenceField,
    StringField,
)

COUNTERS = "mongoengine.counters"


class AsyncSeqTicket(Document):
    number = SequenceField()
    name = StringField()
    meta = {"collection": "tickets"}


class AsyncSeqKey(Document):
    id = SequenceField(primary_key=True)
    size = IntField()
    meta = {"collection": "keys"}


class AsyncSeqLine(EmbeddedDocument):
    number = SequenceField(sequence_name="lines")
    text = StringField()


class AsyncSeqGroup(EmbeddedDocument):
    lines = ListField(EmbeddedDocumentField(AsyncSeqLine))


class AsyncSeqBill(Document):
    number = SequenceField(db_field="no")
    first = EmbeddedDocumentField(AsyncSeqLine)
    lines = ListField(EmbeddedDocumentField(AsyncSeqLine))
    by_name = MapField(EmbeddedDocumentField(AsyncSeqLine))
    groups = ListField(EmbeddedDocumentField(AsyncSeqGroup))
    any = GenericEmbeddedDocumentField()
    ids = ListField(SequenceField(sequence_name="ids"))
    ticket = ReferenceField(AsyncSeqTicket)
    meta = {"collection": "bills"}


async def async_with_counters(db):
    """Give a database in which nothing has to be made within a transaction."""
    for name in (COUNTERS, "codes"):
        await db.create_collection(name)
    return db


async def counters(db, collection=COUNTERS):
    """Return the last number of each sequence."""
    return {row["_id"]: row["next"] async for row in db[collection].find()}
