"""insert() and create(): commands, results, errors, and what documents know then."""

# ruff: noqa: B023  # a step runs at once

from bson import ObjectId
from recorder import step
from server import connect, sent

from mongoengine import (
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    ListField,
    StringField,
    signals,
)

db = connect()


class Part(EmbeddedDocument):
    size = IntField()


class Thing(Document):
    number = IntField()
    name = StringField(db_field="called", max_length=5)
    sizes = ListField(IntField())
    part = EmbeddedDocumentField(Part)


class Unique(Document):
    number = IntField(unique=True)


class Other(Document):
    number = IntField()


class Keyed(Document):
    key = StringField(primary_key=True)
    number = IntField()


class Animal(Document):
    number = IntField()
    meta = {"allow_inheritance": True}


class Dog(Animal):
    tricks = IntField()


for document_class in (Thing, Unique, Other, Keyed, Animal, Dog):
    document_class._get_collection()


def things(*numbers):
    return [Thing(number=number) for number in numbers]


def known(documents):
    """Tell what documents know of themselves, leaving out what an error may change."""
    return [(one._created, one.pk is None) for one in documents]


sent("create", lambda: Thing.objects.create(number=1, sizes=[1], part=Part(size=2)))
sent("create, unknown field", lambda: Thing.objects.create(colour="red"))
sent("create, invalid", lambda: Thing.objects.create(name="much too long"))
sent("create, filtered", lambda: Thing.objects(number=5).create(name="a"))
sent("create, nothing", lambda: Thing.objects.create())
sent("create, duplicate", lambda: [Unique.objects.create(number=0) for _ in "ab"])

for load_bulk in (True, False):
    how = f"load_bulk={load_bulk}: "
    many = {
        "one": Thing(number=1, part=Part(size=2)),
        "several": things(1, 2, 3),
        "a tuple": tuple(things(1, 2)),
        "a list of one": things(7),
        "an id": Thing(id=ObjectId("5" * 24), number=1),
        "ids": [Thing(id=ObjectId("6" * 24)), Thing(number=1)],
        "invalid": Thing(name="much too long"),
    }
    for label, given in many.items():
        db.thing.delete_many({"_id": {"$in": [ObjectId("5" * 24), ObjectId("6" * 24)]}})
        sent(how + label, lambda: Thing.objects.insert(given, load_bulk=load_bulk))
        step(
            how + label + ", known",
            lambda: known(given if isinstance(given, (list, tuple)) else [given]),
        )

for label, given in {
    "nothing": [],
    "None": None,
    "a dict": {"number": 1},
    "dicts": [{"number": 1}],
    "another class": Other(number=1),
    "another class among": [Thing(), Other()],
    "an embedded document": Part(size=1),
    "a saved one": Thing(number=1).save(),
    "a saved one among": [Thing(), Thing(number=1).save()],
    "text": "abc",
    "a class": Thing,
}.items():
    sent("refused: " + label, lambda: Thing.objects.insert(given))

sent("keyed", lambda: Keyed.objects.insert([Keyed(key="b", number=1), Keyed(key="a")]))
sent("keyed, duplicate", lambda: Keyed.objects.insert(Keyed(key="a")))
sent("keyed, no key", lambda: Keyed.objects.insert(Keyed(number=1)))
sent("base and sub", lambda: Animal.objects.insert([Animal(number=1), Dog(tricks=2)]))
sent("base into sub", lambda: Dog.objects.insert(Animal()))
sent("sub into sub", lambda: Dog.objects.insert(Dog(tricks=2)))

new = Unique(number=0)
sent("duplicate", lambda: Unique.objects.insert(new))
step("duplicate, known", lambda: known([new]))
several = [Unique(number=number) for number in (5, 0, 6)]
sent("duplicate among", lambda: Unique.objects.insert(several))
step("stored", lambda: sorted(one["number"] for one in db.unique.find()))

for concern in (
    {"w": 1},
    {"w": 1, "j": True},
    {"w": 0},
    {},
    None,
    {"w": 5, "wtimeout": 20},
    {"wherever": 1},
):
    sent(
        f"write concern {concern}, one",
        lambda: Thing.objects.insert(Thing(), load_bulk=False, write_concern=concern),
    )
    sent(
        f"write concern {concern}, several",
        lambda: Thing.objects.insert(
            things(1, 2), load_bulk=False, write_concern=concern
        ),
    )

for label, queryset in {
    "none": Thing.objects.none(),
    "only": Thing.objects.only("number"),
    "ordered": Thing.objects.order_by("-number"),
    "limited": Thing.objects.limit(1),
    "filtered": Thing.objects(number=99),
}.items():
    sent(f"{label}, one", lambda: queryset.insert(Thing(number=3, name="a")))
    sent(f"{label}, several", lambda: queryset.insert(things(3, 4)))

heard = []


def receiver(name):
    def receive(sender, documents, **more):
        heard.append((name, sender, known(documents), more))

    return receive


before, after = receiver("before"), receiver("after")
with (
    signals.pre_bulk_insert.connected_to(before),
    signals.post_bulk_insert.connected_to(after),
):
    Thing.objects.insert(things(1, 2), signal_kwargs={"by": "me"})
    Thing.objects.insert(things(1, 2), load_bulk=False)
    Thing.objects.insert(Thing())
    Thing.objects.insert(Thing(), load_bulk=False)
    step("refused, with receivers", lambda: Thing.objects.insert(Other()))
    step("duplicate, with receivers", lambda: Unique.objects.insert(Unique(number=0)))
step("heard", lambda: heard)
