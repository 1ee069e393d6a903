"""Things of many fields, for tests of what the server computes of them."""

from mongoengine import (
    DictField,
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EmbeddedDocumentListField,
    FloatField,
    GenericEmbeddedDocumentField,
    GenericReferenceField,
    IntField,
    ListField,
    MapField,
    PointField,
    ReferenceField,
    StringField,
)


class AsyncSumMaker(Document):
    name = StringField()


class AsyncSumPart(EmbeddedDocument):
    size = IntField(db_field="s")
    tags = ListField(StringField())
    maker = ReferenceField(AsyncSumMaker)


class AsyncSumThing(Document):
    name = StringField(db_field="n")
    age = IntField()
    part = EmbeddedDocumentField(AsyncSumPart, db_field="p")
    parts = EmbeddedDocumentListField(AsyncSumPart)
    any_part = GenericEmbeddedDocumentField()
    tags = ListField(StringField())
    numbers = ListField(IntField())
    nested = ListField(ListField(IntField()))
    maker = ReferenceField(AsyncSumMaker)
    makers = ListField(ReferenceField(AsyncSumMaker, dbref=True))
    anything = GenericReferenceField()
    info = DictField()
    sizes = MapField(IntField())
    price = FloatField()
    place = PointField()
    meta = {"ordering": ["-age"]}


class AsyncSumAnimal(Document):
    legs = IntField()
    meta = {"allow_inheritance": True}


class AsyncSumDog(AsyncSumAnimal):
    tricks = ListField(StringField())


async def async_stored_things():
    """Store three things, and give the queryset of all."""
    await AsyncSumThing.objects.async_insert(
        [
            AsyncSumThing(
                name="a",
                age=1,
                part=AsyncSumPart(size=1, tags=["x", "y"]),
                parts=[AsyncSumPart(size=1, tags=["q"]), AsyncSumPart(size=5)],
                tags=["t", "u"],
                numbers=[1, 2],
                nested=[[1, 2], [3]],
                info={"z": 1, "y": {"w": 2}},
                sizes={"k": 7},
                price=1.5,
            ),
            AsyncSumThing(
                name="b", age=3, part=AsyncSumPart(size=2), tags=["u"], numbers=[3]
            ),
            AsyncSumThing(name="c", age=5),
        ]
    )
    return AsyncSumThing.objects


async def async_store_animals():
    """Store an animal, and one of a subclass."""
    await AsyncSumAnimal(legs=2).async_save()
    await AsyncSumDog(legs=4).async_save()


NAMES = [{"$project": {"n": 1, "_id": 0}}]


async def async_names(queryset, pipeline=()):
    """Return the names of the things that come out of a pipeline."""
    rows = queryset.async_aggregate([*pipeline, *NAMES])
    return [row["n"] async for row in rows]
