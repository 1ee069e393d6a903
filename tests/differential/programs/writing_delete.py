"""delete(): commands, results, errors and signals."""

# ruff: noqa: B023  # a step runs at once

from server import connect, sent

from mongoengine import Document, IntField, StringField, signals

db = connect()


class Thing(Document):
    id = IntField(primary_key=True)
    number = IntField()
    name = StringField(db_field="called")


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


def deleted(label, function):
    """Compare a deletion among three documents, and what it leaves."""
    db.thing.delete_many({})
    db.thing.insert_many(
        [
            {"_id": 1, "number": 1, "called": "a"},
            {"_id": 2, "number": 2, "called": "b"},
            {"_id": 3, "number": 2, "called": "c"},
        ]
    )
    sent(label, function)
    sent(f"{label} | leaves", lambda: list(db.thing.find()))


ALL, TWO, MISSING = Thing.objects, Thing.objects(number=2), Thing.objects(number=9)
heard = []


def before(sender, document, **more):
    heard.append(("before", sender, document.id, document.name, more))


def after(sender, document, **more):
    heard.append(("after", sender, document.id, document.name, more))


def delete_all_ways(prefix):
    for label, queryset in {
        "all": ALL,
        "some": TWO,
        "no match": MISSING,
        "limit": ALL.limit(1),
        "limit 0": ALL.limit(0),
        "skip": ALL.skip(1),
        "skip 0": ALL.skip(0),
        "slice": ALL[1:2],
        "empty slice": ALL[1:1],
        "ordered limit": ALL.order_by("-name").limit(1),
        "ordered": ALL.order_by("-name"),
        "only": TWO.only("number"),
        "limit, only": TWO.only("number").limit(1),
        "limit, where": ALL.where("this.number == 2").limit(1),
        "read_concern": ALL.read_concern({"level": "majority"}),
        "no_dereference": TWO.no_dereference(),
    }.items():
        deleted(f"{prefix}{label}", lambda: queryset.delete())
        deleted(
            f"{prefix}{label}, concern",
            lambda: queryset.delete(write_concern={"w": 1, "j": True}),
        )
    for concern in ({"w": 0}, {}, {"w": 5, "wtimeout": 20}, {"wherever": 1}):
        deleted(f"{prefix}concern {concern}", lambda: TWO.delete(concern))
    deleted(f"{prefix}from a document", lambda: TWO.delete(_from_doc_delete=True))
    deleted(f"{prefix}a document", lambda: TWO.first().delete())
    deleted(f"{prefix}no operator", lambda: ALL(__raw__={"$paint": 1}).delete())


delete_all_ways("")
with signals.pre_delete.connected_to(before):
    delete_all_ways("told before: ")
with (
    signals.pre_delete.connected_to(before, sender=Thing),
    signals.post_delete.connected_to(after, sender=Thing),
):
    delete_all_ways("told of both: ")
with signals.post_delete.connected_to(after, sender=Animal):
    deleted("told of another class", lambda: TWO.delete())
sent("heard", lambda: heard)

db.animal.insert_many([{"_cls": "Animal", "number": 1}, {"_cls": "Animal.Dog"}])
sent("subclass", lambda: Dog.objects.delete())
sent("base class", lambda: Animal.objects.delete())
sent("ordered class", lambda: Sorted.objects.delete())
