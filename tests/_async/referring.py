"""Books that refer to authors in every way there is, for tests of references."""

from mongoengine import (
    DictField,
    Document,
    DynamicField,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EmbeddedDocumentListField,
    GenericLazyReferenceField,
    GenericReferenceField,
    IntField,
    LazyReferenceField,
    ListField,
    MapField,
    ReferenceField,
    StringField,
)


class AsyncRefAuthor(Document):
    name = StringField()
    friends = ListField(ReferenceField("self"))


class AsyncRefBase(Document):
    name = StringField()
    meta = {"allow_inheritance": True}


class AsyncRefChild(AsyncRefBase):
    size = IntField()


class AsyncRefAbstract(Document):
    name = StringField()
    meta = {"abstract": True}


class AsyncRefConcrete(AsyncRefAbstract):
    pass


class AsyncRefNumbered(Document):
    number = IntField(primary_key=True)


class AsyncRefProfile(Document):
    author = ReferenceField(AsyncRefAuthor, primary_key=True)
    text = StringField()


class AsyncRefRemote(Document):
    name = StringField()
    meta = {"db_alias": "async_ref_other"}


class AsyncRefPart(EmbeddedDocument):
    author = ReferenceField(AsyncRefAuthor)
    authors = ListField(ReferenceField(AsyncRefAuthor))


class AsyncRefBook(Document):
    author = ReferenceField(AsyncRefAuthor)
    by_dbref = ReferenceField(AsyncRefAuthor, dbref=True, db_field="d")
    base = ReferenceField(AsyncRefBase)
    abstract = ReferenceField(AsyncRefAbstract)
    numbered = ReferenceField(AsyncRefNumbered)
    profile = ReferenceField(AsyncRefProfile)
    remote = ReferenceField(AsyncRefRemote)
    generic = GenericReferenceField()
    part = EmbeddedDocumentField(AsyncRefPart)
    parts = EmbeddedDocumentListField(AsyncRefPart)
    authors = ListField(ReferenceField(AsyncRefAuthor))
    dbrefs = ListField(ReferenceField(AsyncRefAuthor, dbref=True))
    abstracts = ListField(ReferenceField(AsyncRefAbstract))
    generics = ListField(GenericReferenceField())
    things = ListField()
    matrix = ListField(ListField(ReferenceField(AsyncRefAuthor)))
    mapped = MapField(ReferenceField(AsyncRefAuthor))
    data = DictField()
    dynamic = DynamicField()
    lazy = LazyReferenceField(AsyncRefAuthor)
    through = LazyReferenceField(AsyncRefAuthor, passthrough=True)
    generic_lazy = GenericLazyReferenceField()
    lazies = ListField(LazyReferenceField(AsyncRefAuthor))


async def async_with_collections(sent):
    """Make the collections; give what is sent from then on."""
    for cls in (AsyncRefAuthor, AsyncRefBase, AsyncRefBook, AsyncRefConcrete):
        await cls.async_ensure_indexes()
    sent.take()
    return sent


async def async_make(cls, **values):
    """Return a new document of a class, saved."""
    return await cls(**values).async_save()


async def async_saved_authors(number=3):
    """Return authors named a0, a1, and so on."""
    return [await async_make(AsyncRefAuthor, name=f"a{n}") for n in range(number)]


async def async_stored(sent, **values):
    """Return a book of these values, saved and loaded again."""
    book = await async_make(AsyncRefBook, **values)
    found = await AsyncRefBook.objects.async_get(pk=book.pk)
    sent.take()
    return found


async def async_stored_raw(sent, **stored):
    """Return a book that was stored by somebody else."""
    collection = await AsyncRefBook._async_get_collection()
    pk = (await collection.insert_one(stored)).inserted_id
    found = await AsyncRefBook.objects.async_get(pk=pk)
    sent.take()
    return found
