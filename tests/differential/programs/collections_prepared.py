"""What prepares a collection on first use, and what is sent for it."""

from battery import new_model
from recorder import step
from server import connect, sent

from mongoengine import (
    DateTimeField,
    DictField,
    DynamicDocument,
    EmbeddedDocument,
    EmbeddedDocumentField,
    GeoPointField,
    IntField,
    PointField,
    StringField,
)

db = connect()
OPEN = {"allow_inheritance": True}


class Part(EmbeddedDocument):
    n = IntField()
    u = StringField(unique=True)


# Each class has a collection of its own.
METAS = {
    "none": {},
    "one": {"indexes": ["a"]},
    "descending": {"indexes": ["-a", "+b"]},
    "compound": {"indexes": [("a", "-b"), ["b", "d.x"]]},
    "options": {"indexes": [{"fields": ["a"], "unique": True, "name": "mine"}]},
    "expiring": {"indexes": [{"fields": ["t"], "expireAfterSeconds": 60}]},
    "sparse": {"indexes": [{"fields": ["a"], "sparse": True}]},
    "partial": {"indexes": [{"fields": ["a"], "partialFilterExpression": {"a": 1}}]},
    "hidden": {"indexes": [{"fields": ["a"], "hidden": True}]},
    "collation": {"indexes": [{"fields": ["a"], "collation": {"locale": "en"}}]},
    "text": {"indexes": ["$a"]},
    "texts": {"indexes": [{"fields": ["$b", "$a"], "weights": {"a": 9, "b": 2}}]},
    "text and else": {"indexes": [("b", "$a", "-t")]},
    "hashed": {"indexes": ["#a"]},
    "sphere": {"indexes": ["(g"]},
    "flat": {"indexes": ["*p"]},
    "wildcard": {"indexes": [{"fields": [("$**", 1)]}]},
    "wildcard below": {"indexes": [{"fields": [("d.$**", 1)]}]},
    "pairs": {"indexes": [{"fields": [("a", 1), ("b", -1)]}]},
    "embedded": {"indexes": ["part.n", ("part.u", "a")]},
    "twice": {"indexes": ["a", "a", ("a",)]},
    "id": {"indexes": ["_id"]},
    "id and else": {"indexes": [("pk", "a")]},
    "background": {"indexes": ["a"], "index_background": True},
    "common options": {"indexes": ["a"], "index_opts": {"sparse": True}},
    "no common options": {"indexes": ["a"], "index_opts": None},
    "drop duplicates": {"indexes": ["a"], "index_drop_dups": True},
    "drop duplicates each": {"indexes": [{"fields": ["a"], "drop_dups": True}]},
    "own background": {"indexes": [{"fields": ["a"], "background": True}]},
    "not automatic": {"indexes": ["a"], "auto_create_index": False},
    "open": OPEN,
    "open one": {**OPEN, "indexes": ["a"]},
    "open without cls": {**OPEN, "indexes": [{"fields": ["a"], "cls": False}]},
    "open sparse": {**OPEN, "indexes": [{"fields": ["a"], "sparse": True}]},
    "open sphere": {**OPEN, "indexes": ["(g", ("a", "(g")]},
    "open hashed": {**OPEN, "indexes": ["#a"]},
    "open text": {**OPEN, "indexes": ["$a"]},
    "open no cls indexes": {**OPEN, "indexes": ["a"], "index_cls": False},
    "open options": {**OPEN, "index_background": True, "index_opts": {"sparse": True}},
    "open not automatic": {**OPEN, "auto_create_index": False},
    "unknown option": {"indexes": [{"fields": ["a"], "what": 1}]},
    "two names": {"indexes": ["a", {"fields": ["a"], "name": "other"}]},
    "one name": {"indexes": ["a", {"fields": ["a"], "unique": True}]},
    "empty name": {"collection": ""},
    "name with dollar": {"collection": "a$b"},
    "name that is none": {"collection": 5},
    "unknown alias": {"db_alias": "nope"},
}


def model(label, base=None, **meta):
    meta.setdefault("collection", label.replace(" ", "_"))
    fields = {
        "a": StringField(),
        "b": StringField(),
        "d": DictField(),
        "g": PointField(auto_index=False),
        "p": GeoPointField(),
        "t": DateTimeField(),
        "part": EmbeddedDocumentField(Part),
    }
    return new_model(**fields, meta=meta)


def prepared(cls):
    return cls._get_collection().full_name


for label, meta in METAS.items():
    Model = model(label, **meta)
    sent(f"{label} | first use", prepared, Model)
    sent(f"{label} | ensured", Model.ensure_indexes)
    step(f"{label} | listed", Model.list_indexes)
    sent(f"{label} | compared", Model.compare_indexes)
    sent(f"{label} | dropped", Model.drop_collection)
    sent(f"{label} | compared when dropped", Model.compare_indexes)

Model = model("steps")
step("prepared before", lambda: Model._collection)
sent("second use", lambda: (prepared(Model), prepared(Model)))
step("prepared after", lambda: Model._collection.name)
sent("forgotten", lambda: setattr(Model, "_collection", None) or prepared(Model))
sent("dropped", Model.drop_collection)
step("prepared after drop", lambda: Model._collection)
sent("dropped again", Model.drop_collection)
sent("use after drop", prepared, Model)
step("database", lambda: Model._get_db().name)

# Classes of one collection.
Base = new_model(
    a=StringField(), meta={**OPEN, "collection": "family", "indexes": ["a"]}
)
Child = type(
    "Child", (Base,), {"b": StringField(), "meta": {"indexes": ["b", ("b", "a")]}}
)
Other = type("Other", (Base,), {"c": StringField(), "meta": {"indexes": ["c", "a"]}})
Grand = type(
    "Grand", (Child,), {"e": StringField(unique=True), "meta": {"indexes": ["e"]}}
)
FAMILY = (Base, Child, Other, Grand)
for cls in FAMILY:
    sent(f"family | {cls.__name__} used", prepared, cls)
for cls in FAMILY:
    step(f"family | {cls.__name__} listed", cls.list_indexes)
    sent(f"family | {cls.__name__} compared", cls.compare_indexes)
sent("family | Base dropped", Base.drop_collection)
sent("family | Base used", prepared, Base)
sent("family | Child used again", prepared, Child)

# Abstract ones.
Abstract = new_model(
    a=StringField(unique=True), meta={"abstract": True, "indexes": ["a"], **OPEN}
)
for label, base in {"abstract": Abstract, "Document": Abstract.__base__}.items():
    for name in (
        "_get_collection",
        "_get_collection_name",
        "ensure_indexes",
        "list_indexes",
        "compare_indexes",
    ):
        step(f"{label} | {name}", getattr(base, name))
    step(f"{label} | create_index", base.create_index, "a")
step("abstract | drop_collection", Abstract.drop_collection)
for name in ("one", "two"):
    meta = {"collection": "of_abstract", "indexes": ["b"]}
    Model = type(name, (Abstract,), {"b": StringField(), "meta": meta})
    sent(f"of abstract | {name} used", prepared, Model)
    step(f"of abstract | {name} listed", Model.list_indexes)
    sent(f"of abstract | {name} compared", Model.compare_indexes)


class Free(DynamicDocument):
    meta = {"indexes": ["whatever", ("x.y", "-z")]}


sent("dynamic | used", prepared, Free)
sent("dynamic | create_index", Free.create_index, "foo.bar")
sent("dynamic | compared", Free.compare_indexes)

# What is on the server differs from what is declared.
Model = model("changed", indexes=[("a", "-b"), "t"])
collection = Model._get_collection()
step("changed | dropped", collection.drop_index, "a_1_b_-1")
step("changed | more", collection.create_index, [("b", 1)])
step("changed | hashed", collection.create_index, [("zz", "hashed")])
step("changed | text", collection.create_index, [("b", "text"), ("a", "text")])
sent("changed | compared", Model.compare_indexes)
sent("changed | ensured", Model.ensure_indexes)
sent("changed | compared again", Model.compare_indexes)

# One index.
INDEXES = {
    "name": ("a",),
    "names": (["a", "-b"],),
    "tuple": (("b", "a"),),
    "background": ("-a", True),
    "dict": ({"fields": ["b", "-a"], "name": "dicts", "sparse": True},),
    "place": ({"fields": ["(g"], "background": True},),
    "text": ("$a",),
    "hashed": ("#a",),
    "pairs": ([("a", 1), ("zz", -1)],),
    "unknown field": ("nope",),
    "bad sign": (")a",),
    "nothing": ([],),
    "none": (None,),
    "number": (5,),
    "no fields": ({"name": "x"},),
    "same again": ("a",),
    "same, otherwise": ({"fields": ["a"], "unique": True},),
}
for base, meta in {"plain": {}, "open": OPEN}.items():
    Model = model(f"indexes {base}", **meta)
    for label, arguments in INDEXES.items():
        sent(f"create_index {base} | {label}", Model.create_index, *arguments)
    for option in (
        {"unique": True, "name": "n1"},
        {"sparse": True, "expireAfterSeconds": 3, "name": "n2"},
        {"foo": 1},
        {"session": None, "name": "n3"},
        {"comment": "hello", "name": "n4"},
    ):
        sent(f"create_index {base} | {option}", Model.create_index, "t", **option)
    sent(f"create_index {base} | compared", Model.compare_indexes)
fresh = model("fresh", indexes=["b"])
sent("create_index | first use", fresh.create_index, "a")
fresh = model("fresher", indexes=["b"])
sent("ensure_indexes | first use", fresh.ensure_indexes)
fresh = model("freshest", indexes=["b"], **OPEN)
heir = type("Heir", (fresh,), {"meta": {"indexes": ["a"]}})
sent("list_indexes | first use", fresh.list_indexes)

# Failures.
db.failing.insert_many([{"a": "1"}, {"a": "1"}])
Model = model("failing", indexes=[{"fields": ["a"], "unique": True}])
sent("failing | first use", prepared, Model)
sent("failing | second use", prepared, Model)
sent("failing | ensured", Model.ensure_indexes)
db.command("create", "a_view", viewOn="one", pipeline=[])
Model = model("a view", indexes=["a"])
sent("view | used", prepared, Model)
sent("view | compared", Model.compare_indexes)


class Renamed(new_model(meta={"abstract": True})):
    a = StringField()
    meta = {"indexes": ["a"]}

    @classmethod
    def _get_collection_name(cls):
        return "renamed_by_method"


sent("own name | used", prepared, Renamed)
sent("own name | dropped", Renamed.drop_collection)


class Ensuring(new_model(meta={"abstract": True})):
    a = StringField()
    meta = {"indexes": ["a"]}

    @classmethod
    def ensure_indexes(cls):
        step("ensure_indexes of the class called", lambda: None)
        super().ensure_indexes()
        cls.create_index("-a")


sent("own ensure_indexes | used", prepared, Ensuring)
