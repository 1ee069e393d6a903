"""Dynamic documents and dynamic embedded documents."""

from datetime import datetime
from decimal import Decimal

from bson import DBRef, ObjectId
from recorder import step

from mongoengine import (
    Document,
    DynamicDocument,
    DynamicEmbeddedDocument,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    ListField,
    StringField,
)

ID = ObjectId("5" * 24)


class Known(EmbeddedDocument):
    text = StringField()


class FreePart(DynamicEmbeddedDocument):
    text = StringField(db_field="t")


class Free(DynamicDocument):
    name = StringField(db_field="n")
    part = EmbeddedDocumentField(FreePart, db_field="p")
    parts = ListField(EmbeddedDocumentField(FreePart))


class OpenFree(DynamicDocument):
    name = StringField()
    meta = {"allow_inheritance": True}


class OpenFreeChild(OpenFree):
    age = IntField()


class Strict(DynamicDocument):
    name = StringField(required=True)
    meta = {"strict": True}


class Host(Document):
    part = EmbeddedDocumentField(FreePart)


def _set(document, name, value):
    setattr(document, name, value)
    return document


def load(**more):
    stored = {
        "_id": ID,
        "n": "x",
        "a": 1,
        "l": [1, 2],
        "d": {"k": 1},
        "p": {"t": 1, "m": 2},
    }
    return Free._from_son({**stored, **more})


VALUES = {
    "int": 1,
    "text": "x",
    "none": None,
    "list": [1, [2, {"a": 3}]],
    "tuple": (1, 2),
    "set": {1},
    "dict": {"a": {"b": [1]}},
    "empty list": [],
    "empty dict": {},
    "date": datetime(2020, 1, 2),
    "decimal": Decimal("1.5"),
    "id": ID,
    "dbref": DBRef("x", ID),
    "embedded": Known(text="x"),
    "free embedded": FreePart(text="x", more=1),
    "list of embedded": [Known(text="x")],
    "dict of embedded": {"k": Known(text="x")},
    "document": Free(id=ID, name="other"),
    "unsaved document": Free(name="other"),
    "dict with _cls": {"_cls": "Known", "text": "x"},
    "dict with unknown _cls": {"_cls": "Nobody", "text": "x"},
    "dict with wrong keys and _cls": {"_cls": "FreePart", "t": "x"},
    "class": Known,
    "callable": len,
    "object": object(),
}
for label, value in VALUES.items():
    step(f"init {label}", lambda v=value: Free(x=v))
    step(f"set {label}", lambda v=value: _set(Free(), "x", v))
    step(f"value type {label}", lambda v=value: type(_set(Free(), "x", v).x))
    step(f"to_mongo {label}", lambda v=value: Free(x=v).to_mongo())
    step(f"validate {label}", lambda v=value: Free(x=v).validate())
    step(f"delta {label}", lambda v=value: _set(load(), "x", v)._delta())
    step(f"load {label}", lambda v=value: Free._from_son({"x": v}).x)
    step(f"in a part {label}", lambda v=value: Free(part=FreePart(x=v)).to_mongo())


def told(document):
    return (
        document._get_changed_fields(),
        document._delta(),
        document._fields_ordered,
        list(document._dynamic_fields),
    )


for code in """
d.new = 1
d.new = None
d.new = []
d.new = {'x': 1}
d.a = 2
d.a = 1
d.a = None
del d.a
del d.new
del d.name
d.name = 'y'
d.l.append(3)
d.l[0] = 5
d.l = []
d.l = [1, 2]
del d.l[:]
d.d['k'] = 2
d.d['z'] = 2
del d.d['k']
d.d.update(k=3)
d.d = {}
d.part.text = 'new'
d.part.m = 3
d.part.new = 3
del d.part.m
d.part.new = [1]; d.part.new.append(2)
d.part = FreePart(q=1)
d['a'] = 5
d['new'] = 5
d._private = 5
d.n = 7
d.p = 7
d.id = ID
d._id = 7
d.pk = ID
d.save = 5
d.objects = 5
d.x_y = 5
d.made = 1; del d.made
d.made = 1; d.made = 2
d.made = None; d.made = 1
""".strip().splitlines():

    def run(code=code):
        d = load()
        exec(code, {"d": d, "FreePart": FreePart, "ID": ID})
        return told(d), d.to_mongo()

    step(code, run)

# Nested values: MongoEngine forgets the outer names of what it loaded.
for code in """
d.n2['b']['c'] = 5
del d.n2['b']['c']
d.n2['b'] = []
d.n2['b'] = {}
d.n2['b'].clear()
d.n2['q'].append(5)
d.n2['q'][0] = 5
d.nl[0]['x'] = 5
del d.nl[0]['x']
d.nl[1].append(5)
d.nl[1][0] = 5
""".strip().splitlines():

    def run_nested(code=code):
        d = load(n2={"b": {"c": 1}, "q": [1]}, nl=[{"x": 1}, [1, 2]])
        exec(code, {"d": d})
        return d._get_changed_fields(), d._delta()

    step(f"nested: {code}", run_nested)

# New ones.
step(
    "fields",
    lambda: (Free(b=1, a=2)._fields_ordered, list(Free(b=1, a=2)._dynamic_fields)),
)
step("class fields stay", lambda: (Free(b=1), Free._fields_ordered, list(Free._fields)))
step("_db_field_map", lambda: Free(b=1)._db_field_map)
step("two documents", lambda: (Free(b=1)._fields_ordered, Free(c=1)._fields_ordered))
step("order of setting", lambda: list(_set(_set(Free(), "z", 1), "a", 1)))
step(
    "order in to_mongo",
    lambda: list(_set(_set(Free(z=1, name="n"), "y", 1), "a", 1).to_mongo()),
)
step("_data", lambda: _set(Free(z=1), "y", [1])._data)
step("_private", lambda: _set(Free(), "_x", 1).to_mongo())
step("_private init", lambda: Free(_x=1).to_mongo())
step("unknown attribute", lambda: Free().nope)
step("getitem", lambda: Free(a=1)["a"])
step("getitem unknown", lambda: Free()["a"])
step("setitem unknown", lambda: Free().__setitem__("zz", 1))
step("repr", lambda: repr(Free(a=1)))
step("len", lambda: (len(Free()), len(Free(a=1, b=2))))
step("in", lambda: ("a" in Free(a=1), "b" in Free(a=1)))
step("named as method", lambda: Free(save=1))
step("named as property", lambda: Free(pk2=1).pk2)
step("named as db name", lambda: Free(n="x").to_mongo())
step("named as db name and name", lambda: Free(n="x", name="y").to_mongo())
step("loaded db name", lambda: Free._from_son({"n": "x"}).to_mongo())
step("loaded field name", lambda: Free._from_son({"name": "x"}).to_mongo())
step("dotted name", lambda: _set(Free(), "a.b", 1).to_mongo())
step("dollar name", lambda: _set(Free(), "$a", 1).validate())
step("equal", lambda: (Free(a=1) == Free(a=1), Free(id=ID, a=1) == Free(id=ID)))
step(
    "equal parts",
    lambda: (FreePart(a=1) == FreePart(a=1), FreePart(a=1) == FreePart(a=2)),
)
step("part", lambda: FreePart(a=1, text="x").to_mongo())
step(
    "part fields",
    lambda: (FreePart(a=1)._fields_ordered, list(FreePart(a=1)._dynamic_fields)),
)
step("part loaded", lambda: Host._from_son({"part": {"t": "x", "z": [1]}}).part)
step(
    "part loaded, state",
    lambda: Host._from_son({"part": {"z": 1}}).part._dynamic_fields,
)
step("part unknown", lambda: FreePart().nope)
step("child", lambda: OpenFreeChild(x=1, age="2").to_mongo())
step(
    "child load", lambda: OpenFree._from_son({"_cls": "OpenFree.OpenFreeChild", "z": 1})
)
step("child fields", lambda: OpenFreeChild(x=1)._fields_ordered)
step("strict", lambda: Strict(x=1))
step("strict load", lambda: Strict._from_son({"x": 1}))
step("required", lambda: Strict(x=1).validate())
step("lookup", lambda: [type(f).__name__ for f in Free._lookup_field(["a", "b"])])
step(
    "lookup known",
    lambda: [type(f).__name__ for f in Free._lookup_field(["name", "b"])],
)
step(
    "lookup part",
    lambda: [type(f).__name__ for f in Free._lookup_field(["part", "zz"])],
)
step("translate", lambda: Free._translate_field_name("part.x.y"))
step("translate db", lambda: Free._translate_field_name("p.x", sep="."))
step("dynamic type", lambda: type(Free(a=1)._dynamic_fields["a"]))
step("_dynamic_lock", lambda: (Free(a=1)._dynamic_lock, Free._dynamic))


def _names(field):
    return field.name, field.db_field, field.null


def _after_del():
    document = Free(a=1)
    del document.a
    return document, document._fields_ordered, document.to_mongo(), document.a


step("after del", _after_del)
step("field's names", lambda: _names(Free(a=1)._dynamic_fields["a"]))
