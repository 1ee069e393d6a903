"""save(): commands, what is stored, errors, and what the document knows afterwards."""

# ruff: noqa: B023  # a step runs at once

from bson import ObjectId
from server import connect, sent

from mongoengine import (
    BooleanField,
    DictField,
    Document,
    DynamicDocument,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EmbeddedDocumentListField,
    FloatField,
    GenericReferenceField,
    IntField,
    LazyReferenceField,
    ListField,
    MapField,
    ReferenceField,
    SortedListField,
    StringField,
    signals,
)

db = connect()


class Part(EmbeddedDocument):
    width = IntField(db_field="w")
    name = StringField()


class Thing(Document):
    name = StringField(unique=True, sparse=True)
    number = IntField(default=3, db_field="n")
    tags = ListField(StringField())
    part = EmbeddedDocumentField(Part, db_field="p")
    parts = EmbeddedDocumentListField(Part)
    by_name = MapField(EmbeddedDocumentField(Part))
    data = DictField()
    sorted_numbers = SortedListField(IntField())


class Keyed(Document):
    key = StringField(primary_key=True)
    number = IntField()


class Sharded(Document):
    region = StringField(db_field="r")
    part = EmbeddedDocumentField(Part, db_field="p")
    number = IntField()
    meta = {"shard_key": ("region", "part.name")}


class Animal(Document):
    name = StringField()
    meta = {"allow_inheritance": True}


class Dog(Animal):
    tricks = IntField()


class Free(DynamicDocument):
    number = IntField()


class Voids(Document):
    null = IntField(null=True)
    text = StringField(default="d")
    many = ListField(IntField(), default=[1])
    truth = BooleanField()
    real = FloatField(default=0.0)


class Abstract(Document):
    number = IntField()
    meta = {"abstract": True}


class Made(Document):
    number = IntField(unique=True)
    meta = {"auto_create_index_on_save": True}


ALL = (Thing, Keyed, Sharded, Animal, Dog, Free, Voids)
for document_class in ALL:
    document_class._get_collection()


def known(document):
    """Return what a saved document knows of itself."""
    changed = getattr(document, "_changed_fields", None)
    return document._created, changed and sorted(changed), document.pk is None


def saved(label, make, *changes, **kwargs):
    """Make and save a document, and save it again after each change."""
    for document_class in ALL:
        db[document_class._get_collection_name()].delete_many({})
    made = []

    def first():
        made.append(make())
        return made[0].save(**kwargs) is made[0], known(made[0])

    def again(change):
        change(made[0])
        made[0].save(**kwargs)
        return known(made[0])

    sent(label, first)
    for number, change in enumerate(changes):
        sent(f"{label} | {number}", lambda: again(change))
        name = made[0]._get_collection_name()
        sent(
            f"{label} | {number} | leaves",
            lambda: list(db[name].find({}, {"_id": 0})),
        )


def full():
    return Thing(
        name="a",
        tags=["x", "y"],
        part=Part(width=1, name="p"),
        parts=[Part(width=1), Part(width=2)],
        by_name={"a": Part(width=3)},
        data={"k": {"l": [1, 2]}},
        sorted_numbers=[3, 1],
    )


def at(document, path, value):
    *inner, last = path.split(".")
    for name in inner:
        document = (
            document[int(name)]
            if name.isdigit()
            else (
                document[name]
                if isinstance(document, dict)
                else getattr(document, name)
            )
        )
    if isinstance(document, dict):
        document[last] = value
    elif last.isdigit():
        document[int(last)] = value
    else:
        setattr(document, last, value)


saved("empty", Thing, lambda d: None, lambda d: at(d, "number", 4))
saved("full", full, lambda d: None)
for path, value in [
    ("name", "b"),
    ("name", None),
    ("number", None),
    ("tags", []),
    ("tags.1", "z"),
    ("part", None),
    ("part.width", 9),
    ("part.width", None),
    ("part.name", ""),
    ("parts", []),
    ("parts.1.width", 9),
    ("by_name.a.width", 9),
    ("by_name.b", Part(width=7)),
    ("data.k", {}),
    ("data.k.l", [3]),
    ("data.k.l.0", 5),
    ("data", {}),
    ("sorted_numbers", [9, 2]),
]:
    saved(f"set {path}={value!r:.8}", full, lambda d: at(d, path, value))
for label, change in {
    "append": lambda d: d.tags.append("z"),
    "insert sorted": lambda d: d.sorted_numbers.insert(0, 2),
    "pop": lambda d: d.parts.pop(),
    "append part": lambda d: d.parts.append(Part(width=5)),
    "update": lambda d: d.data.update(m=1),
    "delete key": lambda d: d.by_name.pop("a"),
    "create": lambda d: d.parts.create(width=8),
    "replace part": lambda d: at(d, "part", Part(name="q")),
    "several": lambda d: (d.tags.append("z"), at(d, "part.width", 5)),
    "twice": lambda d: (at(d, "part.width", 5), at(d, "part", Part(width=6))),
    "there and back": lambda d: (at(d, "number", 5), at(d, "number", 3)),
    "delattr": lambda d: delattr(d, "number"),
}.items():
    saved(label, full, change, lambda d: None)

saved(
    "voids",
    Voids,
    lambda d: (at(d, "null", None), at(d, "text", None), at(d, "many", [])),
    lambda d: (at(d, "truth", False), at(d, "real", None), at(d, "text", "")),
    lambda d: at(d, "null", 3),
    lambda d: at(d, "null", None),
)
saved(
    "dynamic",
    lambda: Free(number=1, colour="red"),
    lambda d: (at(d, "size", [1]), at(d, "colour", "blue")),
    lambda d: delattr(d, "colour"),
    lambda d: d.size.append(2),
    lambda d: at(d, "size", None),
)
saved("subclass", lambda: Dog(name="a", tricks=1), lambda d: at(d, "tricks", 2))
saved("key", lambda: Keyed(key="a"), lambda d: at(d, "number", 1))
saved("key changes", lambda: Keyed(key="a"), lambda d: at(d, "key", "b"))
saved("no key", Keyed, validate=False)
saved("no key, validated", Keyed)
saved(
    "shard key",
    lambda: Sharded(region="eu", part=Part(name="n")),
    lambda d: at(d, "number", 1),
)
saved(
    "shard key and id",
    lambda: Sharded(id=ObjectId("5" * 24), region="eu", part=Part(name="n")),
)
saved(
    "shard key changes",
    lambda: Sharded(region="eu", part=Part(name="n")),
    lambda d: at(d, "region", "us"),
)
saved("abstract", lambda: Abstract(number=1))
saved("made", lambda: Made(number=1), lambda d: at(d, "number", 2), lambda d: None)

GIVEN = ObjectId("7" * 24)


def assigned():
    thing = Thing(name="a")
    thing.id = GIVEN
    return thing


saved("given id", lambda: Thing(id=GIVEN, name="a"), lambda d: at(d, "number", 9))
saved("assigned id", assigned, lambda d: at(d, "number", 9))
saved("from_json", lambda: Thing._from_son({"_id": GIVEN, "name": "a"}))
saved(
    "from_json, created",
    lambda: Thing._from_son({"_id": GIVEN, "name": "a"}, created=True),
)
for label, options in {
    "force_insert": {"force_insert": True},
    "no validate": {"validate": False},
    "no clean": {"clean": False},
    "write concern": {"write_concern": {"w": 1, "j": True}},
    "unacknowledged": {"write_concern": {"w": 0}},
    "too many members": {"write_concern": {"w": 50}},
    "unknown concern": {"write_concern": {"bogus": 1}},
    "condition": {"save_condition": {"number": 3}},
    "condition not met": {"save_condition": {"number__gt": 3}},
    "unknown condition": {"save_condition": {"colour": 3}},
    "empty condition": {"save_condition": {}},
    "others": {"colour": 3, "signal_kwargs": {"why": 1}},
    "cascade": {"cascade": True},
}.items():
    saved(label, lambda: Thing(name="a"), lambda d: at(d, "number", 4), **options)
    saved(f"{label}, given id", lambda: Thing(id=GIVEN, name="a"), **options)


def duplicate():
    Thing(name="a").save()
    return Thing(name="a")


def duplicate_id(**values):
    Keyed(key="a").save()
    return Keyed(key="a", **values)


saved("duplicate", duplicate)
saved("duplicate id", lambda: duplicate_id(number=1))
saved("duplicate id, forced", lambda: duplicate_id(number=1), force_insert=True)
saved("invalid", lambda: Thing(number="x"))
saved("cannot be encoded", lambda: Thing(data={"a": 2**70}), validate=False)


def loaded(**values):
    Thing(name="a", tags=["x"], part=Part(width=1, name="p")).save()
    return Thing.objects(**values)


saved("loaded", lambda: loaded().get(), lambda d: at(d, "part.width", 2))
saved("only", lambda: loaded().only("name").get(), lambda d: at(d, "name", "b"))
saved("exclude", lambda: loaded().exclude("tags").get(), lambda d: d.tags.append("z"))
saved(
    "only part of a part",
    lambda: loaded().only("part.width").get(),
    lambda d: at(d, "part.width", 2),
)
saved("without id", lambda: loaded().exclude("id").get())
saved("only, forced", lambda: loaded().only("name").get(), force_insert=True)

# Signals

told = []


def listener(name):
    def listen(sender, document, **more):
        changed = getattr(document, "_changed_fields", None)
        told.append((name, sender.__name__, changed, document._created, more))

    return listen


NAMES = ("pre_save", "pre_save_post_validation", "post_save")
listeners = {name: listener(name) for name in NAMES}
for name, listen in listeners.items():
    getattr(signals, name).connect(listen, sender=Keyed)


def telling(label, make, **kwargs):
    told.clear()
    sent(label, lambda: known(make().save(**kwargs)))
    sent(f"{label} | told", lambda: list(told))


document = Keyed(key="told")
telling("tells of a new one", lambda: document, signal_kwargs={"why": 1})
telling("tells of nothing changed", lambda: document)
document.number = 2
telling("tells of changes", lambda: document)
telling("tells unvalidated", lambda: document, validate=False)
telling("tells of the same key", lambda: Keyed(key="told"))
document.number = "x"
telling("tells of what is invalid", lambda: document)
for name, listen in listeners.items():
    getattr(signals, name).disconnect(listen, sender=Keyed)

# Cascades


class Target(Document):
    id = IntField(primary_key=True)
    name = StringField()
    again = ReferenceField("self")


class Referring(Document):
    id = IntField(primary_key=True)
    name = StringField()
    target = ReferenceField(Target)
    other = GenericReferenceField()
    several = ListField(ReferenceField(Target))
    lazy = LazyReferenceField(Target)


class Cascading(Document):
    id = IntField(primary_key=True)
    target = ReferenceField(Target)
    meta = {"cascade": True}


a, b = Target(id=1, name="a").save(), Target(id=2, name="b").save()
referring = Referring(id=1, target=a, other=b, several=[a], lazy=a)
cascading = Cascading(id=1, target=a)


def cascaded(label, document, *changed, **kwargs):
    for number, target in enumerate(changed):
        target.name = f"{label} {number}"
    sent(label, lambda: known(document.save(**kwargs)))


cascaded("cascade of a new one", referring, cascade=True)
cascaded("cascade of nothing", referring, cascade=True)
cascaded("cascade to one", referring, a, cascade=True)
cascaded("cascade to the other", referring, b, cascade=True)
cascaded("cascade to both", referring, a, b, cascade=True)
cascaded("cascade and itself", referring, referring, a, cascade=True)
cascaded("cascade by meta, new", cascading, a)
cascaded("cascade by meta", cascading, a)
cascaded("no cascade, in spite of meta", cascading, a, cascade=False)
cascaded("cascade by arguments", referring, a, cascade_kwargs={"validate": False})
cascaded("cascade by no arguments", referring, a, cascade_kwargs={})
cascaded(
    "cascade with concern",
    referring,
    a,
    referring,
    cascade=True,
    write_concern={"w": 1},
    cascade_kwargs={"write_concern": {"w": "majority"}},
)
cascaded(
    "no cascade, but arguments", referring, a, cascade=False, cascade_kwargs={"x": 1}
)
a.again, b.again = b, a
cascaded("cascade in a circle", a, b, cascade=True)
sent("cascade_save", lambda: (setattr(a, "name", "alone"), referring.cascade_save()))
unsaved = Referring(id=9, target=Target(name="new"))
sent("cascade to an unsaved one", lambda: unsaved.save(cascade=True))
