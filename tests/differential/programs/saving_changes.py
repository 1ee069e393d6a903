"""update(), modify(), delete(), reload() of a document, and places of its own."""

from bson import ObjectId
from recorder import step
from server import connect, sent

from mongoengine import (
    DictField,
    Document,
    DynamicDocument,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EmbeddedDocumentListField,
    IntField,
    ListField,
    Q,
    StringField,
)

db = connect()
elsewhere = connect("elsewhere")


class Part(EmbeddedDocument):
    width = IntField(db_field="w")
    name = StringField()


class Thing(Document):
    name = StringField(unique=True, sparse=True)
    number = IntField(default=3, db_field="n")
    tags = ListField(StringField())
    data = DictField()
    part = EmbeddedDocumentField(Part, db_field="p")
    parts = EmbeddedDocumentListField(Part)


class Animal(Document):
    name = StringField(db_field="nm")
    meta = {"allow_inheritance": True}


class Dog(Animal):
    tricks = IntField()


class Sharded(Document):
    region = StringField(db_field="r")
    number = IntField()
    meta = {"shard_key": ("region",)}


class Free(DynamicDocument):
    number = IntField()


ALL = (Thing, Animal, Dog, Sharded, Free)
GIVEN = ObjectId("5" * 24)
OTHER = ObjectId("6" * 24)


def thing():
    return Thing(
        id=GIVEN,
        name="a",
        tags=["x"],
        data={"k": [1]},
        part=Part(width=1, name="p"),
        parts=[Part(width=2)],
    ).save()


def dog():
    return Dog(id=GIVEN, name="d", tricks=1).save()


def sharded():
    return Sharded(id=GIVEN, region="eu", number=1).save()


def free():
    return Free(id=GIVEN, number=1, colour="red", size=[1]).save()


for document_class in ALL:
    document_class._get_collection()


def state(document):
    values = {
        name: getattr(document, name) for name in sorted(document._fields_ordered)
    }
    changed = getattr(document, "_changed_fields", None)
    return values, changed and sorted(changed), document._created


def after(label, make, function, behind=None):
    """Compare what comes of a call on a document that was just saved."""
    for document_class in ALL:
        db[document_class._get_collection_name()].delete_many({})
    made = make()
    collection = db[made._get_collection_name()]
    if behind:
        collection.update_one({}, behind)
    sent(label, function, made)
    sent(f"{label} | knows", lambda: state(made))
    sent(f"{label} | leaves", lambda: list(collection.find()))


# update

after("update", thing, lambda d: d.update(number=4, set__name="b"))
after("update push", thing, lambda d: d.update(push__tags="z", unset__part=1))
after("update raw", thing, lambda d: d.update(__raw__={"$set": {"n": 9}}))
after("update pipeline", thing, lambda d: d.update(__raw__=[{"$set": {"n": 9}}]))
after("update nothing", thing, lambda d: d.update())
after("update unknown", thing, lambda d: d.update(colour=1))
after("update wrong", thing, lambda d: d.update(number="x"))
after("update concern", thing, lambda d: d.update(number=1, write_concern={"w": 1}))
after(
    "update full", thing, lambda d: d.update(number=1, full_result=True).raw_result["n"]
)
after("update upsert", thing, lambda d: d.update(number=1, upsert=True))
after("update multi", thing, lambda d: d.update(number=1, multi=True))
after(
    "update array filters",
    thing,
    lambda d: d.update(
        __raw__={"$set": {"tags.$[a]": "z"}}, array_filters=[{"a": "x"}]
    ),
)
after("update duplicate", thing, lambda d: (Thing(name="b").save(), d.update(name="b")))
after("update subclass", dog, lambda d: d.update(tricks=2))
after("update sharded", sharded, lambda d: d.update(number=2))
after("update dynamic", free, lambda d: d.update(colour="blue", shape=1))
after("update unsaved", Thing, lambda d: d.update(number=1))
after("update unsaved, nothing", Thing, lambda d: d.update())
after("update unsaved with id", lambda: Thing(id=OTHER), lambda d: d.update(number=1))
after("update deleted", thing, lambda d: (d.delete(), d.update(number=1)))

# modify

after("modify", thing, lambda d: d.modify(number=4))
after("modify several", thing, lambda d: d.modify(inc__number=1, push__tags="y"))
after("modify unset", thing, lambda d: d.modify(unset__number=1, unset__part=1))
after("modify local", thing, lambda d: (setattr(d, "name", "z"), d.modify(number=4)))
after(
    "modify loads others",
    thing,
    lambda d: d.modify(number=4),
    {"$set": {"tags": ["q"], "p": {"w": 8}}},
)
after("modify query", thing, lambda d: d.modify({"number": 3}, number=4))
after("modify query not met", thing, lambda d: d.modify({"number": 9}, number=4))
after("modify Q", thing, lambda d: d.modify(Q(number=3), number=4))
after("modify Q not met", thing, lambda d: d.modify(Q(number=9), number=4))
after("modify own id", thing, lambda d: d.modify({"id": GIVEN}, number=4))
after("modify other id", thing, lambda d: d.modify({"id": OTHER}, number=4))
after("modify nothing", thing, lambda d: d.modify())
after("modify unknown", thing, lambda d: d.modify(colour=1))
after("modify unsaved", Thing, lambda d: d.modify(number=1))
after("modify deleted", thing, lambda d: (d.delete(), d.modify(number=1)))
after("modify upsert", thing, lambda d: d.modify(upsert=True, number=1))
after("modify duplicate", thing, lambda d: (Thing(name="b").save(), d.modify(name="b")))
after("modify subclass", dog, lambda d: d.modify(tricks=2))
after("modify sharded", sharded, lambda d: d.modify(number=2))

# delete

after("delete", thing, lambda d: d.delete())
after("delete twice", thing, lambda d: (d.delete(), d.delete()))
after("delete concern", thing, lambda d: d.delete(w=1))
after("delete too many members", thing, lambda d: d.delete(w=50))
after("delete unknown concern", thing, lambda d: d.delete(bogus=1))
after("delete unsaved", Thing, lambda d: d.delete())
after("delete subclass", dog, lambda d: d.delete())
after("delete sharded", sharded, lambda d: d.delete())
after(
    "delete and save",
    thing,
    lambda d: (d.delete(), setattr(d, "number", 9), d.save())[1],
)

# reload

BEHIND = {"$set": {"n": 9, "tags": ["y"], "p.w": 7}, "$unset": {"name": 1}}
after("reload", thing, lambda d: d.reload() is d, BEHIND)
after("reload one", thing, lambda d: d.reload("number") is d, BEHIND)
after("reload path", thing, lambda d: d.reload("part.width").part.width, BEHIND)
after("reload depth", thing, lambda d: d.reload(max_depth=2) is d, BEHIND)
after("reload depth first", thing, lambda d: d.reload(2) is d, BEHIND)
after("reload depth and field", thing, lambda d: d.reload(2, "number") is d, BEHIND)
after("reload unknown", thing, lambda d: d.reload("colour"), BEHIND)
after("reload other keyword", thing, lambda d: d.reload(colour=1) is d, BEHIND)
after("reload changed", thing, lambda d: (d.tags.append("z"), d.reload() is d), BEHIND)
after(
    "reload and save",
    thing,
    lambda d: (d.reload(), setattr(d.part, "width", 3), d.tags.append("q"), d.save())[
        2
    ],
    BEHIND,
)
after("reload unsaved", Thing, lambda d: d.reload())
after("reload unsaved with id", lambda: Thing(id=OTHER), lambda d: d.reload())
after("reload deleted", thing, lambda d: (d.delete(), d.reload()))
after("reload subclass", dog, lambda d: d.reload() is d, {"$set": {"tricks": 5}})
after("reload sharded", sharded, lambda d: d.reload() is d, {"$set": {"number": 5}})
after("reload dynamic", free, lambda d: d.reload() is d, {"$set": {"shape": [1]}})
after(
    "reload dynamic one", free, lambda d: d.reload("size") is d, {"$set": {"size": 2}}
)

# Places of one document


def moved(label, function, **options):
    def move(document):
        function(document, **options)
        created = document._created
        document.number = 7
        document.save()
        document.update(push__tags="z")
        document.reload()
        document.delete()
        return created

    after(label, thing, move)


moved("switch_db", Thing.switch_db, db_alias="elsewhere")
moved("switch_db, new", Thing.switch_db, db_alias="elsewhere", keep_created=False)
moved("switch_db, unknown", Thing.switch_db, db_alias="bogus")
moved("switch_collection", Thing.switch_collection, collection_name="others")
moved(
    "switch_collection, new",
    Thing.switch_collection,
    collection_name="others",
    keep_created=False,
)
moved("switch_collection, no name", Thing.switch_collection, collection_name=5)


def places(switch=None, **told):
    """Return where a document is kept, as it and its class say before and after."""
    thing = Thing()
    before = place_of(thing)
    if switch is not None:
        switch(thing, **told)
    return before, place_of(thing), place_of(Thing)


def place_of(it):
    found = it._get_collection()
    return found.full_name, it._get_db().name, it._collection == found


step("places, home", places)
step("places, db", places, Thing.switch_db, db_alias="elsewhere")
step("places, collection", places, Thing.switch_collection, collection_name="others")


class Unused(Document):
    pass


step("places, before use", lambda: (Unused._collection, Unused()._collection))
