"""Books, authors and tags, for tests of ``prefetch_related()``."""

from mongoengine import (
    CachedReferenceField,
    DictField,
    Document,
    DynamicDocument,
    EmbeddedDocument,
    EmbeddedDocumentField,
    GenericEmbeddedDocumentField,
    GenericLazyReferenceField,
    GenericReferenceField,
    IntField,
    LazyReferenceField,
    ListField,
    MapField,
    ReferenceField,
    StringField,
)


class AsyncPreTag(Document):
    name = StringField(primary_key=True)


class AsyncPreAuthor(Document):
    name = StringField()
    mentor = ReferenceField("self")
    tags = ListField(ReferenceField(AsyncPreTag))
    meta = {"allow_inheritance": True}


class AsyncPrePoet(AsyncPreAuthor):
    favourite = ReferenceField(AsyncPreTag)


class AsyncPreComment(EmbeddedDocument):
    author = ReferenceField(AsyncPreAuthor, db_field="a")
    likes = ListField(ReferenceField(AsyncPreAuthor))
    replies = ListField(EmbeddedDocumentField("self"))


class AsyncPreBook(Document):
    number = IntField()
    author = ReferenceField(AsyncPreAuthor, db_field="a")
    editor = ReferenceField(AsyncPreAuthor, dbref=True)
    tags = ListField(ReferenceField(AsyncPreTag), db_field="t")
    rows = ListField(ListField(ReferenceField(AsyncPreTag)))
    roles = MapField(ReferenceField(AsyncPreAuthor))
    comment = EmbeddedDocumentField(AsyncPreComment)
    comments = ListField(EmbeddedDocumentField(AsyncPreComment))
    anything = GenericEmbeddedDocumentField()
    subject = GenericReferenceField()
    subjects = ListField(GenericReferenceField())
    reader = LazyReferenceField(AsyncPreAuthor)
    readers = ListField(LazyReferenceField(AsyncPreAuthor))
    thing = GenericLazyReferenceField()
    words = DictField()
    cached = CachedReferenceField(AsyncPreTag)


class AsyncPreFree(DynamicDocument):
    author = ReferenceField(AsyncPreAuthor)


class AsyncPreNumbered(Document):
    number = IntField()
    tag = ReferenceField(AsyncPreTag)
    author = ReferenceField(AsyncPreAuthor)
    tags = ListField(ReferenceField(AsyncPreTag))


AUTHOR, TAG, BOOK, NUMBERED = (
    document._get_collection_name()
    for document in (AsyncPreAuthor, AsyncPreTag, AsyncPreBook, AsyncPreNumbered)
)


async def async_with_collections(sent):
    """Make the collections; give what is sent from then on."""
    for document in (AsyncPreTag, AsyncPreAuthor, AsyncPreBook, AsyncPreNumbered):
        await document.async_ensure_indexes()
    sent.take()
    return sent


async def saved(*documents):
    """Save documents; return them."""
    return [await one.async_save() for one in documents]


async def make_authors(*names):
    """Return new authors of these names, saved."""
    return await saved(*(AsyncPreAuthor(name=name) for name in names))


def held(document, name):
    """Return what a document holds, without reading it."""
    return document.__dict__[name]
