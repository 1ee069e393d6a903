"""Reading and writing instances as attributes and as mappings, equality, hashing."""

from bson import DBRef, ObjectId
from recorder import step

from mongoengine import (
    DictField,
    Document,
    DynamicDocument,
    DynamicEmbeddedDocument,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    ListField,
    ReferenceField,
    StringField,
)

ID = ObjectId("5" * 24)
OTHER_ID = ObjectId("6" * 24)


class Part(EmbeddedDocument):
    city = StringField(db_field="c")
    code = IntField(default=1)


class PartChild(EmbeddedDocument):
    city = StringField(db_field="c")
    code = IntField(default=1)


class Open(EmbeddedDocument):
    a = IntField()
    meta = {"allow_inheritance": True}


class OpenChild(Open):
    pass


class Thing(Document):
    name = StringField(db_field="n")
    age = IntField(default=3)
    part = EmbeddedDocumentField(Part)
    tags = ListField(StringField())
    data = DictField()
    size = StringField(choices=(("s", "Small"), ("m", "Medium")))
    sizes = ListField(StringField(choices=(("s", "Small"), ("m", "Medium"))))
    shade = StringField(choices=("red", "blue"), default="red")
    meta = {"allow_inheritance": True}

    extra = 5

    @property
    def title(self):
        return self.name.title()


class ThingChild(Thing):
    pass


class Twin(Document):
    name = StringField()
    meta = {"collection": "thing"}


class Named(Document):
    name = StringField()

    def __str__(self):
        return f"Named {self.name}"


class NonText(Document):
    def __str__(self):
        return 5


class Unicode(Document):
    name = StringField()

    def __unicode__(self):
        return "unicode"


class Keyed(Document):
    slug = StringField(primary_key=True)


class Free(DynamicDocument):
    name = StringField()


class FreePart(DynamicEmbeddedDocument):
    name = StringField()


class Holder(Document):
    thing = ReferenceField(Thing)


def new():
    return Thing(id=ID, name="ann", part=Part(city="x"), tags=["a"], data={"k": 1})


def then(action, tell=lambda document: document):
    document = new()
    action(document)
    return tell(document), getattr(document, "_changed_fields", "absent")


# As a mapping.
for name in (
    *("name", "n", "id", "_id", "pk", "part", "age", "size", "extra", "title", "save"),
    *("nope", "_data", "_cls", "tags", "", 5, None, ("a",), "part.city", "part__city"),
):
    step(f"[{name!r}]", lambda n=name: new()[n])
    step(f"{name!r} in", lambda n=name: n in new())
    step(f"[{name!r}] = ", lambda n=name: then(lambda d: d.__setitem__(n, "v")))
step("del []", lambda: new().__delitem__("name"))
step("len", lambda: (len(new()), len(Part()), len(Free(a=1)), len(Free())))
step("iter", lambda: (list(new()), list(Part()), list(Free(a=1)), list(ThingChild())))
step("iter free part", lambda: list(FreePart(a=1, name=2)))
step("bool", lambda: (bool(new()), bool(Part())))
step(
    "bool of a fieldless part",
    lambda: bool(type(Part)("Void", (EmbeddedDocument,), {})()),
)
step("keys", lambda: new().keys())
step("dict()", lambda: dict(new()))
step("get", lambda: new().get("name"))
step("items", lambda: new().items())
step("in free", lambda: ("a" in Free(a=1), "b" in Free(a=1), "a" in Free(a=None)))
step("free []", lambda: (Free(a=1)["a"], Free(a=[1])["a"]))
step("free [] unknown", lambda: Free()["a"])
step("free [] = unknown", lambda: Free().__setitem__("a", 1))
step("free [] = known", lambda: Free(a=1).__setitem__("a", 2))
step("part []", lambda: (Part(city="x")["city"], "city" in Part(), "code" in Part()))
step("part [] = ", lambda: Part().__setitem__("nope", 1))

# As attributes.
step("unknown attribute", lambda: new().nope)
step("set unknown", lambda: then(lambda d: setattr(d, "nope", 1), lambda d: d.nope))
step(
    "unknown in to_mongo",
    lambda: then(lambda d: setattr(d, "nope", 1), lambda d: d.to_mongo()),
)
step("set extra", lambda: then(lambda d: setattr(d, "extra", 1), lambda d: d.extra))
step("set property", lambda: then(lambda d: setattr(d, "title", 1)))
step("set a method", lambda: then(lambda d: setattr(d, "clean", 1), lambda d: d.clean))
step("set same value", lambda: then(lambda d: setattr(d, "name", "ann")))
step("set equal value of other type", lambda: then(lambda d: setattr(d, "age", 3.0)))
step("set other value", lambda: then(lambda d: setattr(d, "name", "bob")))
step("set None", lambda: then(lambda d: setattr(d, "name", None)))
step("set None where None", lambda: then(lambda d: setattr(d, "size", None)))
step("set None where default", lambda: then(lambda d: setattr(d, "age", None)))
step("set same list", lambda: then(lambda d: setattr(d, "tags", d.tags)))
step("set equal list", lambda: then(lambda d: setattr(d, "tags", ["a"])))
step("set equal part", lambda: then(lambda d: setattr(d, "part", Part(city="x"))))
step("set same part", lambda: then(lambda d: setattr(d, "part", d.part)))
step(
    "set pk", lambda: then(lambda d: setattr(d, "pk", OTHER_ID), lambda d: (d.id, d.pk))
)
step("set id", lambda: then(lambda d: setattr(d, "id", OTHER_ID), lambda d: d.pk))
step("set id on loaded", lambda: setattr(Thing._from_son({"_id": ID}), "id", OTHER_ID))
step("set same id on loaded", lambda: setattr(Thing._from_son({"_id": ID}), "id", ID))
step("del field", lambda: then(lambda d: delattr(d, "name"), lambda d: d.name))
step(
    "del field with default", lambda: then(lambda d: delattr(d, "age"), lambda d: d.age)
)
step("del list", lambda: then(lambda d: delattr(d, "tags"), lambda d: d.tags))
step("del unknown", lambda: then(lambda d: delattr(d, "nope")))
step("del id", lambda: then(lambda d: delattr(d, "id"), lambda d: d.pk))
step("del pk", lambda: then(lambda d: delattr(d, "pk")))
step("del method", lambda: then(lambda d: delattr(d, "save")))
step("list type", lambda: (type(new().tags), type(new().data)))
step("list is kept", lambda: (lambda d: d.tags is d.tags)(new()))
step("part's owner", lambda: (lambda d: d.part._instance is not None)(new()))


def _read_once():
    document = new()
    before = type(document._data["tags"]), type(document._data["data"])
    for name in ("tags", "data"):
        getattr(document, name)
    return before, type(document._data["tags"]), type(document._data["data"])


def _owner_is(document):
    return document.part._instance == document


step("_data types by reading", _read_once)
step("owner", lambda: _owner_is(Thing._from_son({"_id": ID, "part": {"c": "x"}})))
step(
    "_instance after set", lambda: then(lambda d: setattr(d, "part", Part()), _owner_is)
)

# Choices told for people.
step("get_size_display", lambda: Thing(size="s").get_size_display())
step("get_size_display None", lambda: Thing().get_size_display())
step("get_size_display unknown", lambda: Thing(size="z").get_size_display())
step("get_sizes_display", lambda: Thing(sizes=["s", "m"]).get_sizes_display())
step("get_shade_display", lambda: Thing().get_shade_display())
step("get_name_display", lambda: Thing().get_name_display())
step("display on the class", lambda: Thing.get_size_display)

# Texts.
for document in (
    new(),
    Part(city="x"),
    Named(name="bob"),
    Named(),
    Unicode(),
    Free(a=1),
):
    kind = type(document).__name__
    step(f"repr {kind}", lambda d=document: repr(d))
    step(f"str {kind}", lambda d=document: str(d))
    step(f"format {kind}", lambda d=document: f"{d} {d!r} {d!s}")
step("repr NonText", lambda: repr(NonText()))
step("str NonText", lambda: str(NonText()))
step("non-ascii repr", lambda: repr(Named(name="\N{HANGUL SYLLABLE HAN}")))

# Equality.
SIDES = {
    "thing": new(),
    "same id": Thing(id=ID),
    "other id": Thing(id=OTHER_ID),
    "child of same id": ThingChild(id=ID),
    "twin of same id": Twin(id=ID),
    "no id": Thing(),
    "no id too": Thing(),
    "loaded": Thing._from_son({"_id": ID, "n": "other"}),
    "keyed": Keyed(slug="5" * 24),
    "dbref": DBRef("thing", ID),
    "dbref elsewhere": DBRef("other", ID),
    "dbref with db": DBRef("thing", ID, "base"),
    "dbref without id": DBRef("thing", None),
    "id": ID,
    "text": "5" * 24,
    "None": None,
    "lazy": Holder(thing=new()).thing,
}
for left, one in SIDES.items():
    for right, other in SIDES.items():
        step(f"{left} == {right}", lambda a=one, b=other: (a == b, a != b))

PARTS = {
    "part": Part(city="x"),
    "same part": Part(city="x"),
    "other part": Part(city="y"),
    "empty": Part(),
    "None given": Part(city=None),
    "no default": Part(code=None),
    "other class": PartChild(city="x"),
    "open": Open(a=1),
    "open child": OpenChild(a=1),
    "free": FreePart(a=1),
    "free too": FreePart(a=1),
    "free other": FreePart(a=2),
    "free more": FreePart(a=1, b=None),
    "dict": {"c": "x", "code": 1},
    "number": 5,
    "converted": Part(code="1", city="x"),
}
for left, one in PARTS.items():
    for right, other in PARTS.items():
        if isinstance(one, EmbeddedDocument):
            step(f"part {left} == {right}", lambda a=one, b=other: (a == b, a != b))
step("owners do not matter", lambda: new().part == Part(city="x"))

# Hashing.
step("hash of saved", lambda: hash(new()) == hash(ID))
step("hash of keyed", lambda: hash(Keyed(slug="a")) == hash("a"))
step(
    "hash of unsaved is the object's",
    lambda: (lambda d: hash(d) == object.__hash__(d))(Thing()),
)
step("hash of a part", lambda: hash(Part()))
step("part in a set", lambda: {Part()})
step("documents in a set", lambda: len({new(), Thing(id=ID), Thing(id=OTHER_ID)}))
step(
    "hash changes with the id",
    lambda: (
        lambda d: (hash(d) == hash(ID), setattr(d, "id", ID), hash(d) == hash(ID))
    )(Thing()),
)
step("unhashable id", lambda: hash(Thing(id=["x"])))
step("to_dbref", lambda: new().to_dbref())
step("to_dbref unsaved", lambda: Thing().to_dbref())
step("to_dbref of child", lambda: ThingChild(id=ID).to_dbref())
step("to_dbref of a part", lambda: Part().to_dbref())
step("ordering", lambda: new() < new())
