"""Pickling, copy and deepcopy of documents and of their containers."""

import copy
import pickle
import sys

from bson import ObjectId
from recorder import step

from mongoengine import (
    DictField,
    Document,
    DynamicDocument,
    DynamicEmbeddedDocument,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EmbeddedDocumentListField,
    IntField,
    ListField,
    MapField,
    StringField,
)

ID = ObjectId("5" * 24)


class Part(EmbeddedDocument):
    city = StringField(db_field="c")
    lines = ListField(StringField())


class Whole(Document):
    name = StringField(db_field="n")
    age = IntField(default=3)
    part = EmbeddedDocumentField(Part)
    parts = EmbeddedDocumentListField(Part)
    places = MapField(EmbeddedDocumentField(Part))
    tags = ListField(StringField())
    data = DictField()


class Free(DynamicDocument):
    name = StringField()


class FreePart(DynamicEmbeddedDocument):
    name = StringField()


class Open(Document):
    name = StringField()
    meta = {"allow_inheritance": True}


class OpenChild(Open):
    age = IntField()


class Keyed(Document):
    slug = StringField(primary_key=True)


# Pickle finds classes by module and name: programs run outside of their module.
def findable(*classes):
    for cls in classes:
        setattr(sys.modules["__main__"], cls.__name__, cls)


findable(Part, Whole, Free, FreePart, Open, OpenChild, Keyed)

STORED = {
    "_id": ID,
    "n": "x",
    "part": {"c": "a", "lines": ["1"]},
    "parts": [{"c": "b"}, {"c": "c"}],
    "places": {"k": {"c": "d"}},
    "tags": ["t", "u"],
    "data": {"a": [1, {"b": 2}]},
}


def loaded():
    return Whole._from_son(STORED)


def changed():
    document = loaded()
    document.name = "y"
    document.tags.append("v")
    document.part.city = "z"
    return document


def read():
    document = loaded()
    for name in ("tags", "data", "parts", "places"):
        getattr(document, name)
    return document


def _with_attribute():
    document = Whole(name="x")
    document.extra = 5
    return document


def _owner_proxy(container):
    owner = getattr(container, "_instance", "absent")
    return owner if owner in (None, "absent") else type(owner).__name__


def _grown(container):
    if isinstance(container, list):
        container.append("more")
    else:
        container["more"] = 1
    return container, OWNER._get_changed_fields()


DOCUMENTS = {
    "new": lambda: Whole(name="x", part=Part(city="a"), tags=["t"], data={"a": [1]}),
    "empty": lambda: Whole(),
    "with id": lambda: Whole(id=ID),
    "loaded": loaded,
    "read": read,
    "changed": changed,
    "part": lambda: Part(city="x", lines=["1"]),
    "loaded part": lambda: OWNER.part,
    "free": lambda: Free(name="x", y=[1, {"z": 2}]),
    "loaded free": lambda: Free._from_son({"name": "x", "y": [1]}),
    "free part": lambda: FreePart(name="x", y=1),
    "child": lambda: OpenChild(name="x", age=1),
    "loaded child": lambda: Open._from_son({"_cls": "Open.OpenChild", "age": 1}),
    "keyed": lambda: Keyed(slug="a"),
    "unknown attribute": lambda: _with_attribute(),
}
OWNER = loaded()


WAYS = {
    "pickle": lambda d: pickle.loads(pickle.dumps(d)),
    "pickle 2": lambda d: pickle.loads(pickle.dumps(d, 2)),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
}


def state(document):
    return {
        "document": document,
        "created": getattr(document, "_created", "absent"),
        "initialised": getattr(document, "_initialised", "absent"),
        "marks": getattr(document, "_changed_fields", "absent"),
        "changed": document._get_changed_fields(),
        "fields": document._fields_ordered,
        "dynamic": list(getattr(document, "_dynamic_fields", ())),
        "instance": type(getattr(document, "_instance", None)).__name__,
        "extra": getattr(document, "extra", "absent"),
    }


def shares(one, other):
    """Tell which values are the very same objects."""
    return sorted(
        name
        for name, value in one._data.items()
        if isinstance(value, (list, dict, EmbeddedDocument))
        and value is other._data.get(name)
    )


def mutate_copy(original, way):
    """Change the copy, and tell both."""
    other = WAYS[way](original)
    other.name = "mine"
    other.tags.append("mine")
    other.data["mine"] = 1
    if other.part:
        other.part.city = "mine"
    return (
        original.to_mongo(),
        other.to_mongo(),
        original._get_changed_fields(),
        other._get_changed_fields(),
    )


for label, made in DOCUMENTS.items():
    for way, copied in WAYS.items():
        step(f"{way} {label}", lambda m=made, c=copied: state(c(m())))
        step(
            f"{way} {label} equal", lambda m=made, c=copied: (lambda d: c(d) == d)(m())
        )
        step(f"{way} {label} to_mongo", lambda m=made, c=copied: c(m()).to_mongo())
        step(f"{way} {label} delta", lambda m=made, c=copied: c(m())._delta())
        step(
            f"{way} {label} shares",
            lambda m=made, c=copied: (lambda d: shares(d, c(d)))(m()),
        )
    step(f"{label} __getstate__ keys", lambda m=made: sorted(m().__getstate__()))
for label in ("new", "loaded", "read", "changed"):
    for way in WAYS:
        step(
            f"{way} {label} then change",
            lambda m=DOCUMENTS[label], w=way: mutate_copy(m(), w),
        )

CONTAINERS = {
    "list": lambda d: d.tags,
    "dict": lambda d: d.data,
    "list below": lambda d: d.data["a"],
    "embedded list": lambda d: d.parts,
    "map": lambda d: d.places,
}
for label, container in CONTAINERS.items():
    for way, copied in WAYS.items():
        step(f"{way} {label}", lambda g=container, c=copied: c(g(OWNER)))
        step(f"{way} {label} type", lambda g=container, c=copied: type(c(g(OWNER))))
step(
    "list of documents",
    lambda: [d.name for d in pickle.loads(pickle.dumps([loaded(), changed()]))],
)


for label, container in CONTAINERS.items():
    for way, copied in WAYS.items():
        step(
            f"{way} {label} owned by",
            lambda g=container, c=copied: _owner_proxy(c(g(OWNER))),
        )
        step(
            f"{way} {label} changed", lambda g=container, c=copied: _grown(c(g(OWNER)))
        )
