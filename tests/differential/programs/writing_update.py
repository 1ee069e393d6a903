"""update(), update_one() and upsert_one(): commands, results and errors."""

# ruff: noqa: B023  # a step runs at once

from server import connect, sent

from mongoengine import (
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    ListField,
    MapField,
    StringField,
)

db = connect()


class Part(EmbeddedDocument):
    width = IntField()
    name = StringField(db_field="called")


class Thing(Document):
    id = IntField(primary_key=True)
    number = IntField()
    name = StringField(db_field="called", max_length=5)
    sizes = ListField(IntField())
    part = EmbeddedDocumentField(Part)
    parts = ListField(EmbeddedDocumentField(Part))
    table = MapField(IntField())
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


def updated(label, function):
    """Compare an update of three documents, and what it makes of them."""
    db.thing.delete_many({})
    db.thing.insert_many(
        [
            {"_id": 1, "number": 1, "called": "a", "sizes": [1, 2, 3]},
            {
                "_id": 2,
                "number": 2,
                "called": "b",
                "parts": [{"width": 1}, {"width": 2}],
            },
            {"_id": 3, "number": 2, "called": "c", "table": {"x": 1}},
        ]
    )
    sent(label, function)
    sent(f"{label} | leaves", lambda: list(db.thing.find({}, {"opTime": 0})))


MISSING, TWO = Thing.objects(id=9), Thing.objects(number=2)
FULL = {"full_result": True}


def told(result):
    """Tell what the driver's result says."""
    return type(result).__name__, result.matched_count, result.modified_count


updated("all", lambda: Thing.objects.update(set__number=5))
updated("the same", lambda: TWO.update(number=2))
updated("no match", lambda: MISSING.update(number=2))
updated("multi=False", lambda: TWO.update(multi=False, number=7))
updated("multi=0", lambda: TWO.update(multi=0, number=7))
updated("full", lambda: told(TWO.update(number=7, **FULL)))
updated("full, one", lambda: told(TWO.update_one(number=2, **FULL)))
updated("full, upsert", lambda: told(MISSING.update(upsert=True, name="x", **FULL)))
updated("by position", lambda: TWO.update(True, False, None, None, number=3))
updated("one", lambda: TWO.update_one(number=3))
for name in ("update", "update_one", "upsert_one"):
    updated(f"{name}, no update", lambda: getattr(TWO, name)())
    updated(f"{name}, unknown field", lambda: getattr(TWO, name)(colour=1))
    updated(f"{name}, unknown operator", lambda: getattr(TWO, name)(paint__number=1))
    updated(f"{name}, wrong value", lambda: getattr(TWO, name)(number="x"))
    updated(f"{name}, invalid value", lambda: getattr(TWO, name)(name="too long"))
    updated(f"{name}, raw replacement", lambda: getattr(TWO, name)(__raw__={"a": 1}))
    updated(f"{name}, raw nothing", lambda: getattr(TWO, name)(__raw__={}))
    updated(
        f"{name}, duplicate",
        lambda: [
            getattr(Thing.objects(name="a"), name)(code=1),
            getattr(Thing.objects(name="b"), name)(code=1),
        ],
    )
    updated(
        f"{name}, server's error",
        lambda: getattr(TWO, name)(__raw__={"$paint": {"number": 1}}),
    )
for name in ("update", "update_one"):
    updated(f"{name}, upsert", lambda: getattr(MISSING, name)(upsert=True, name="x"))
    updated(f"{name}, upsert, there", lambda: getattr(TWO, name)(upsert=True, name="x"))
    updated(f"{name}, upsert=None", lambda: getattr(TWO, name)(upsert=None, number=1))
    updated(f"{name}, upsert nothing", lambda: getattr(TWO, name)(upsert=True))
    updated(f"{name}, raw", lambda: getattr(TWO, name)(__raw__={"$inc": {"number": 1}}))
    updated(
        f"{name}, pipeline",
        lambda: getattr(TWO, name)(__raw__=[{"$set": {"number": 7}}]),
    )
    updated(
        f"{name}, array filters",
        lambda: getattr(Thing.objects, name)(
            __raw__={"$set": {"parts.$[x].width": 5}}, array_filters=[{"x.width": 2}]
        ),
    )
    updated(f"{name}, none", lambda: getattr(Thing.objects.none(), name)(number=1))
    updated(f"{name}, none, upsert", lambda: getattr(TWO.none(), name)(upsert=True))
    updated(f"{name}, none, no update", lambda: getattr(TWO.none(), name)())
    updated(f"{name}, none, unknown", lambda: getattr(TWO.none(), name)(colour=1))
    updated(f"{name}, empty slice", lambda: getattr(TWO[1:1], name)(number=1))
    for concern in ({"w": 1, "j": True}, {"w": 0}, {}, {"w": 5, "wtimeout": 20}):
        updated(
            f"{name}, write concern {concern}",
            lambda: getattr(TWO, name)(write_concern=concern, number=1),
        )
    updated(
        f"{name}, wrong concern",
        lambda: getattr(TWO, name)(write_concern={"wherever": 1}, number=1),
    )
    for label, queryset in {
        "limit": Thing.objects.limit(1),
        "skip": Thing.objects.skip(1),
        "slice": Thing.objects[1:2],
        "order": Thing.objects.order_by("-name"),
        "only": Thing.objects.only("name"),
        "scalar": Thing.objects.scalar("name"),
        "as_pymongo": Thing.objects.as_pymongo(),
        "batch_size": Thing.objects.batch_size(1),
        "read_concern": Thing.objects.read_concern({"level": "majority"}),
        "text": Thing.objects.search_text("x"),
    }.items():
        updated(f"{name}, {label}", lambda: getattr(queryset, name)(number=1))
updated("read concern", lambda: TWO.update(read_concern={"level": "local"}, number=1))
updated("wrong read concern", lambda: TWO.update(read_concern={"x": 1}, number=1))
updated(
    "position", lambda: Thing.objects(parts__width=2).update(set__parts__S__width=9)
)
updated(
    "operators",
    lambda: TWO.update(
        set__name="q", unset__table=1, inc__number=1, push__sizes=1, min__code=4
    ),
)
updated("raw and others", lambda: TWO.update(__raw__={"$inc": {"number": 1}}, name="q"))
updated("embedded", lambda: TWO.update(part=Part(width=1), push__parts=Part(name="x")))

updated("upsert_one, new", lambda: MISSING.upsert_one(name="z").name)
updated("upsert_one, there", lambda: Thing.objects(number=1).upsert_one(name="z"))
updated("upsert_one, several", lambda: TWO.upsert_one(name="z"))
updated(
    "upsert_one, only",
    lambda: Thing.objects(number=1).only("name").upsert_one(name="z"),
)
updated(
    "upsert_one, concerns",
    lambda: Thing.objects(number=1).upsert_one(
        write_concern={"w": 1}, read_concern={"level": "local"}, name="z"
    ),
)

db.animal.insert_many([{"_cls": "Animal", "number": 1}, {"_cls": "Animal.Dog"}])
sent("subclass", lambda: Dog.objects.update(number=3))
sent("base class", lambda: Animal.objects.update(number=3))
sent("set the class", lambda: Animal.objects(number=3).update(set___cls="Animal.Dog"))
sent("ordered class", lambda: Sorted.objects.update_one(number=1))

kept = Thing.objects(number=2)
sent("kept rows", lambda: (len(kept), kept.update(number=9), [t.number for t in kept]))
