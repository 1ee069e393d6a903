"""modify(): commands, results and errors."""

# ruff: noqa: B023  # a step runs at once

from server import connect, sent

from mongoengine import (
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    ListField,
    StringField,
)

db = connect()


class Part(EmbeddedDocument):
    width = IntField()


class Thing(Document):
    id = IntField(primary_key=True)
    number = IntField()
    name = StringField(db_field="called", max_length=5)
    parts = ListField(EmbeddedDocumentField(Part))
    code = IntField(unique=True, sparse=True)


class Animal(Document):
    number = IntField()
    meta = {"allow_inheritance": True}


class Dog(Animal):
    tricks = IntField()


class Sorted(Document):
    number = IntField()
    meta = {"ordering": ["-number"]}


for document_class in (Thing, Animal, Dog, Sorted):
    document_class._get_collection()


def modified(label, function):
    """Compare a modification of one of three documents, and what it makes of them."""
    db.thing.delete_many({})
    db.thing.insert_many(
        [
            {
                "_id": 1,
                "number": 1,
                "called": "a",
                "parts": [{"width": 1}, {"width": 2}],
            },
            {"_id": 2, "number": 2, "called": "b"},
            {"_id": 3, "number": 2, "called": "c"},
        ]
    )
    sent(label, function)
    sent(f"{label} | leaves", lambda: list(db.thing.find()))


ONE, TWO, MISSING = (Thing.objects(number=n) for n in (1, 2, 9))

modified("old", lambda: TWO.modify(number=3))
modified("new", lambda: TWO.modify(new=True, number=3))
modified("by position", lambda: ONE.modify(True, number=3))
modified("knows", lambda: (TWO.modify(number=3)._created, TWO.modify(number=3)))
for new in (True, False):
    modified(f"no match, new={new}", lambda: MISSING.modify(new=new, number=3))
    modified(
        f"upsert, there, new={new}", lambda: TWO.modify(upsert=True, new=new, number=7)
    )
    modified(f"nothing, new={new}", lambda: TWO.modify(new=new))
modified("upsert", lambda: Thing.objects(id=8).modify(upsert=True, number=8))
modified("upsert, new", lambda: Thing.objects(id=8).modify(True, new=True, number=8))
modified("upsert, nothing", lambda: Thing.objects(id=8).modify(upsert=True))
modified("remove", lambda: TWO.modify(remove=True))
modified("remove, no match", lambda: MISSING.modify(remove=True))
modified("remove and new", lambda: TWO.modify(remove=True, new=True))
modified("remove and upsert", lambda: TWO.modify(remove=True, upsert=True))
modified("remove and update", lambda: TWO.modify(remove=True, number=1))
modified("unknown field", lambda: TWO.modify(colour=1))
modified("unknown operator", lambda: TWO.modify(paint__number=1))
modified("wrong value", lambda: TWO.modify(number="x"))
modified("invalid value", lambda: TWO.modify(name="too long"))
modified("multi", lambda: TWO.modify(multi=True, number=1))
modified("write concern", lambda: TWO.modify(write_concern={"w": 1}, number=1))
modified("raw", lambda: TWO.modify(__raw__={"$set": {"number": 5}}))
modified("raw replacement", lambda: TWO.modify(__raw__={"number": 5}))
modified("raw nothing", lambda: TWO.modify(__raw__={}))
modified("server's error", lambda: TWO.modify(__raw__={"$paint": {"number": 5}}))
modified(
    "position", lambda: Thing.objects(parts__width=2).modify(set__parts__S__width=5)
)
modified(
    "array filters",
    lambda: ONE.modify(
        __raw__={"$set": {"parts.$[x].width": 5}}, array_filters=[{"x.width": 2}]
    ),
)
modified(
    "duplicate",
    lambda: [Thing.objects(id=1).modify(code=1), Thing.objects(id=2).modify(code=1)],
)
for label, queryset in {
    "order": Thing.objects.order_by("-name"),
    "only": TWO.only("number"),
    "exclude": TWO.exclude("number"),
    "slice of a list": ONE.fields(slice__parts=1),
    "scalar": TWO.scalar("number"),
    "as_pymongo": TWO.as_pymongo(),
    "limit and skip": TWO.limit(1).skip(1),
    "none": Thing.objects.none(),
    "empty slice": Thing.objects[1:1],
    "read_concern": TWO.read_concern({"level": "majority"}),
    "no_dereference": TWO.no_dereference(),
}.items():
    modified(f"{label}, old", lambda: queryset.modify(number=7))
    modified(f"{label}, new", lambda: queryset.modify(new=True, number=7))
    modified(f"{label}, remove", lambda: queryset.modify(remove=True))
    modified(f"{label}, nothing", lambda: queryset.modify())
    modified(f"{label}, unknown", lambda: queryset.modify(colour=1))

db.animal.insert_many([{"_cls": "Animal", "number": 1}, {"_cls": "Animal.Dog"}])
sent("subclass", lambda: Dog.objects.modify(number=3))
sent("base class", lambda: Animal.objects(number=3).modify(new=True, number=4))
sent("ordered class", lambda: Sorted.objects.modify(number=7))
