"""Inheritance: `_cls`, abstract bases, mixins, overridden fields, inherited meta."""

from recorder import step

from mongoengine import (
    Document,
    DynamicDocument,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    ListField,
    StringField,
)


def queryset_manager(function):
    """Stands in for a manager: any attribute will do."""
    return property(function)


class QuerySet:
    """Stands in for a custom queryset: only its name is looked at."""


OPEN = {"allow_inheritance": True}
FACTS = (
    *("_class_name", "_subclasses", "_types", "_superclasses", "_fields_ordered"),
    *("_db_field_map", "_reverse_db_field_map"),
)


def make(class_name, *bases, **namespace):
    return type(bases[0])(class_name, bases, {"__module__": __name__, **namespace})


def tell(cls):
    name = cls.__name__
    for fact in FACTS:
        step(f"{name}.{fact}", lambda f=fact: getattr(cls, f))
    step(f"{name} _meta", lambda: cls._meta)
    step(f"{name} collection", lambda: cls._get_collection_name())
    step(f"{name} to_mongo", lambda: cls().to_mongo())
    step(f"{name}()._cls", lambda: cls()._cls)


# A chain of three, and a diamond.
Animal = make("Animal", Document, name=StringField(), meta=dict(OPEN))
Fish = make("Fish", Animal, fins=IntField(db_field="f"))
Shark = make("Shark", Fish, teeth=IntField(), meta={"ordering": ["-teeth"]})
Mammal = make("Mammal", Animal, legs=IntField())
for cls in (Animal, Fish, Shark, Mammal):
    tell(cls)
step("diamond", lambda: make("Dolphin", Fish, Mammal, leaps=IntField()))
step("diamond, uneven", lambda: make("Dolphin2", Shark, Mammal))
step("base and child", lambda: make("Dolphin3", Fish, Animal)._fields_ordered)
step("child after base", lambda: make("Dolphin4", Animal, Fish)._fields_ordered)

Shape = make("Shape", EmbeddedDocument, name=StringField(), meta=dict(OPEN))
Round = make("Round", Shape, radius=IntField(db_field="r"))
Ball = make("Ball", Round, bounce=IntField())
Square = make("Square", Shape, side=IntField())
Puck = make("Puck", Round, Square)
for cls in (Shape, Round, Ball, Puck):
    tell(cls)

# Who may be inherited from.
Closed = make("Closed", Document, name=StringField())
ClosedToo = make("ClosedToo", Document, meta={"allow_inheritance": False})
ClosedPart = make("ClosedPart", EmbeddedDocument, name=StringField())
ClosedDynamic = make("ClosedDynamic", DynamicDocument)
for closed in (Closed, ClosedToo, ClosedPart, ClosedDynamic):
    name = closed.__name__
    step(f"below {name}", lambda c=closed, n=name: make(f"Below{n}", c))
    step(
        f"below {name}, opening",
        lambda c=closed, n=name: make(f"Opening{n}", c, meta=dict(OPEN)),
    )
step(
    "close below an open one",
    lambda: make("Shut", Animal, meta={"allow_inheritance": False}),
)
step(
    "close below, embedded",
    lambda: make("ShutPart", Shape, meta={"allow_inheritance": False}),
)
step(
    "None below", lambda: make("Unsaid", Animal, meta={"allow_inheritance": None})._meta
)
step(
    "collection below", lambda: make("Moved", Animal, meta={"collection": "elsewhere"})
)
step("db_alias below", lambda: make("Aliased", Animal, meta={"db_alias": "b"})._meta)
step("abstract below", lambda: make("Late", Animal, meta={"abstract": True}))
step(
    "abstract below a closed one",
    lambda: make("Late2", Closed, meta={"abstract": True}),
)
step("strict below", lambda: make("Loose", Animal, meta={"strict": False})._meta)
step(
    "shard_key below",
    lambda: make("Shard", Animal, meta={"shard_key": ("name",)})._meta,
)

# Abstract bases.
Root = make("Root", Document, name=StringField(), meta={"abstract": True, **OPEN})
RootChild = make("RootChild", Root, age=IntField())
RootGrandchild = make("RootGrandchild", RootChild)
Middle = make("Middle", Root, size=IntField(), meta={"abstract": True})
Leaf = make("Leaf", Middle, flag=IntField())
ClosedRoot = make("ClosedRoot", Document, meta={"abstract": True})
ClosedLeaf = make("ClosedLeaf", ClosedRoot, a=IntField())
for cls in (RootChild, RootGrandchild, Leaf, ClosedLeaf):
    tell(cls)
step("Root meta", lambda: Root._meta)
step("Root collection", lambda: Root._get_collection_name())
step("Root fields", lambda: (Root._fields_ordered, Root._class_name))
step("Root()", lambda: Root())
step("Root(name)", lambda: Root(name="a").to_mongo())
step("Root.objects", lambda: Root.objects)
step("Root id", lambda: Root.id)
step("Root pk", lambda: Root(name="a").pk)
step("Middle meta", lambda: Middle._meta)
step("below ClosedLeaf", lambda: make("TooFar", ClosedLeaf))
step("Document()", lambda: Document())
step("EmbeddedDocument()", lambda: EmbeddedDocument())
step("DynamicDocument()", lambda: DynamicDocument(a=1))

# What meta hands down.
Meta = make(
    "Meta",
    Document,
    name=StringField(),
    meta={
        "allow_inheritance": True,
        "indexes": ["name"],
        "ordering": ["name"],
        "index_background": True,
        "index_opts": {"a": 1},
        "index_cls": False,
        "strict": False,
        "max_documents": 3,
        "max_size": 4000,
        "shard_key": ("name",),
        "cascade": True,
        "db_alias": "x",
        "queryset_class": QuerySet,
        "own": [1],
    },
)
tell(make("MetaPlain", Meta))
tell(
    make(
        "MetaOver",
        Meta,
        size=IntField(),
        meta={
            "indexes": ["size"],
            "ordering": ["-size"],
            "index_background": False,
            "index_opts": {"b": 2},
            "strict": True,
            "cascade": False,
            "own": [2],
        },
    )
)
tell(make("MetaEmptied", Meta, meta={"ordering": [], "indexes": []}))
AbstractMeta = make(
    "AbstractMeta",
    Document,
    name=StringField(),
    meta={"abstract": True, "indexes": ["name"], "ordering": ["name"], "own": [1]},
)
tell(make("AbstractMetaLeaf", AbstractMeta))
tell(make("AbstractMetaOver", AbstractMeta, meta={"indexes": ["-name"], "own": [2]}))
step("the base's lists stay", lambda: (Meta._meta["indexes"], AbstractMeta._meta))


# Mixins.
class Named:
    name = StringField(db_field="n")
    tags = ListField(StringField())
    plain = 5
    meta = {"ordering": ["name"], "indexes": ["name"]}

    def shout(self):
        return self.name.upper()


class Deeper(Named):
    depth = IntField(default=2)


step("mixin first", lambda: type(Document)("MixedFirst", (Named, Document), {}))
Mixed = type(Document)("Mixed", (Deeper, Document), {"own": IntField()})
MixedAfter = make("MixedAfter", Document, Deeper, own=IntField())
MixedPart = make("MixedPart", EmbeddedDocument, Deeper)
for cls in (Mixed, MixedAfter, MixedPart):
    tell(cls)
step("mixin method", lambda: Mixed(name="a").shout())
step("mixin plain", lambda: (Mixed.plain, Mixed(name="a").plain))
step(
    "mixin shared fields",
    lambda: (Mixed.name is Named.name, Mixed.name is MixedAfter.name),
)
step("mixin field name", lambda: (Named.name.name, Named.name.db_field))
step(
    "mixin overridden",
    lambda: make("MixedOver", Document, Named, name=IntField())(name=1),
)


# Overridden fields.
Wide = make("Wide", Document, a=StringField(), b=StringField(), meta=dict(OPEN))
Narrow = make("Narrow", Wide, a=IntField(db_field="aa"), c=StringField())
tell(Narrow)
step("overridden value", lambda: Narrow(a="5", b="x").to_mongo())
step("overridden with None", lambda: make("Gone", Wide, a=None)._fields_ordered)
step("Gone(a=1)", lambda: make("Gone2", Wide, a=None)(a=1).to_mongo())
step(
    "overridden with a property",
    lambda: make("Prop", Wide, a=property(lambda s: 7))().a,
)
step("overridden with a method", lambda: make("Meth", Wide, a=lambda s: 7)().to_mongo())
step("base keeps its field", lambda: (type(Wide.a), Wide._db_field_map))
step("db_field stays on the base", lambda: Wide(a="x").to_mongo())
Both = make("Both", Document, x=IntField(), meta=dict(OPEN))
step("same field from two bases", lambda: make("TwoBases", Wide, Both)._fields_ordered)
step("two bases, to_mongo", lambda: make("TwoBases2", Wide, Both)().to_mongo())
step(
    "two bases, collection",
    lambda: make("TwoBases3", Both, Wide)._get_collection_name(),
)
step(
    "owner of inherited field",
    lambda: (Narrow.b.owner_document, Narrow.a.owner_document),
)
step("owner of id", lambda: (Wide.id.owner_document, Narrow.id.owner_document))
step("document below embedded", lambda: make("Odd", Document, EmbeddedDocument))
step("dynamic below plain", lambda: make("Odd2", DynamicDocument, Wide)._dynamic)
step("two documents closed", lambda: make("Odd3", Wide, Closed))

# `_cls` in values.
step("_cls given", lambda: Fish(_cls="Animal.Fish").to_mongo())
step("wrong _cls given", lambda: Fish(_cls="Other").to_mongo())
step("_cls set later", lambda: setattr(Fish(), "_cls", "Other"))
step("load base as child", lambda: Animal._from_son({"_cls": "Animal.Fish", "f": 2}))
step("load grandchild", lambda: type(Animal._from_son({"_cls": "Animal.Fish.Shark"})))
step("load without _cls", lambda: Animal._from_son({"name": "a"}).to_mongo())
step("load child without _cls", lambda: Fish._from_son({"name": "a"}).to_mongo())
step("load child with the base's", lambda: Fish._from_son({"_cls": "Animal"}))
step("load with unknown _cls", lambda: Animal._from_son({"_cls": "Animal.Nobody"}))
step("load with short _cls", lambda: Animal._from_son({"_cls": "Fish"}))
step("load other class", lambda: Animal._from_son({"_cls": "Shape.Round"}))
step("load closed with _cls", lambda: Closed._from_son({"_cls": "Closed", "name": "a"}))
step("load closed with strange _cls", lambda: Closed._from_son({"_cls": "Strange"}))

Box = make(
    "Box",
    Document,
    shape=EmbeddedDocumentField(Shape),
    rounds=ListField(EmbeddedDocumentField(Round)),
    part=EmbeddedDocumentField(ClosedPart),
)
BOX = Box(
    shape=Ball(name="b", radius=1), rounds=[Round(), Ball(bounce=2)], part=ClosedPart()
)
step("box to_mongo", lambda: BOX.to_mongo())
step("box round trip", lambda: Box._from_son(BOX.to_mongo()))
step("box validate", lambda: BOX.validate())
step("wrong branch", lambda: Box(rounds=[Shape()]).validate())
step("box load short _cls", lambda: Box._from_son({"shape": {"_cls": "Ball", "r": 3}}))
step("box load bad _cls", lambda: Box._from_son({"shape": {"_cls": "Bad"}}))
step("box load plain", lambda: Box._from_son({"shape": {"name": "x"}}).to_mongo())
step("part load with _cls", lambda: Box._from_son({"part": {"_cls": "ClosedPart"}}))
step("part with strange _cls", lambda: Box._from_son({"part": {"_cls": "Shape.Round"}}))


# Methods and managers come down; super() works.
class Parent(Document):
    name = StringField()
    meta = {"allow_inheritance": True}

    named = queryset_manager(lambda doc_cls, queryset: queryset)

    def clean(self):
        self.name = f"{self.name}!"


class Offspring(Parent):
    def clean(self):
        super().clean()
        self.name = f"<{self.name}>"


def cleaned():
    child = Offspring(name="a")
    child.validate()
    return child


step("clean through super", cleaned)
step(
    "manager type",
    lambda: (type(vars(Parent)["named"]).__name__, "named" in vars(Offspring)),
)
step("isinstance", lambda: (isinstance(Offspring(), Parent), issubclass(Shark, Animal)))
step("class order", lambda: [c.__name__ for c in Puck.__mro__[:4]])
