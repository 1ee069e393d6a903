"""How index specifications are built from meta and from fields."""

from recorder import step

from mongoengine import (
    DateTimeField,
    DictField,
    Document,
    DynamicDocument,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EmbeddedDocumentListField,
    GeoPointField,
    IntField,
    LineStringField,
    ListField,
    MapField,
    PointField,
    PolygonField,
    ReferenceField,
    SortedListField,
    StringField,
)

OPEN = {"allow_inheritance": True}


def make(class_name, *bases, **namespace):
    bases = bases or (Document,)
    return type(bases[0])(class_name, bases, {"__module__": __name__, **namespace})


class Inner(EmbeddedDocument):
    text = StringField(db_field="t")
    place = PointField(db_field="pl")
    code = IntField(unique=True, db_field="co")


class Part(EmbeddedDocument):
    city = StringField(db_field="c")
    zone = StringField(unique=True, sparse=True)
    inner = EmbeddedDocumentField(Inner, db_field="in")
    spot = GeoPointField(db_field="sp")
    pair = IntField(unique_with="city")


class IndexedPart(EmbeddedDocument):
    city = StringField(db_field="c")
    text = StringField(db_field="t")


def fields():
    return {
        "name": StringField(db_field="n"),
        "age": IntField(),
        "when": DateTimeField(db_field="w"),
        "part": EmbeddedDocumentField(IndexedPart, db_field="p"),
        "tags": ListField(StringField(), db_field="tg"),
        "data": DictField(db_field="d"),
        "place": PointField(auto_index=False),
        "owner": ReferenceField("self", db_field="o"),
    }


def _copied(spec):
    return dict(spec) if isinstance(spec, dict) else spec


SPECS = {
    "name": "name",
    "db name": "n",
    "plus": "+name",
    "minus": "-name",
    "hash": "#name",
    "text": "$name",
    "2d": "*place",
    "2dsphere": "(place",
    "haystack": ")place",
    "tuple": ("name", "-age"),
    "list": ["name", "-age"],
    "one tuple": ("name",),
    "empty tuple": (),
    "empty dict": {},
    "fields dict": {"fields": ["name"]},
    "fields tuple": {"fields": ("-name", "+age")},
    "fields text": {"fields": "name"},
    "unique": {"fields": ["name"], "unique": True},
    "sparse": {"fields": ["name"], "sparse": True},
    "named": {"fields": ["name"], "name": "my_index"},
    "expire": {"fields": ["when"], "expireAfterSeconds": 60},
    "cls False": {"fields": ["name"], "cls": False},
    "cls True": {"fields": ["name"], "cls": True},
    "partial": {"fields": ["name"], "partialFilterExpression": {"age": 1}},
    "collation": {"fields": ["name"], "collation": {"locale": "en"}},
    "background": {"fields": ["name"], "background": True},
    "weights": {"fields": ["$name", "$tags"], "weights": {"name": 2}},
    "language": {"fields": ["$name"], "default_language": "none"},
    "dotted": "part.city",
    "double underscore": "part__city",
    "dotted db": "p.c",
    "part": "part",
    "dict key": "data.x",
    "dict key underscore": "data__x",
    "list item": "tags.0",
    "whole list": "tags",
    "id": "id",
    "pk": "pk",
    "_id": "_id",
    "cls": "_cls",
    "cls and name": ("_cls", "name"),
    "reference": "owner",
    "reference id": "owner.id",
    "unknown": "nope",
    "unknown below": "part.nope",
    "unknown in tuple": ("name", "nope"),
    "below text": "name.x",
    "wildcard": "$**",
    "text all": {"fields": ["$**"]},
    "number": 5,
    "None": None,
    "minus dotted": "-part.city",
    "duplicate": ("name", "name"),
    "hash and plain": ("#name", "age"),
    "2d and plain": ("*place", "age"),
    "text and plain": ("$name", "age"),
    "space": "name age",
    "only sign": "-",
    "fields missing": {"unique": True},
    "fields and types": {"fields": ["name"], "types": False},
    "pairs": [("name", 1)],
}
for index, (label, spec) in enumerate(SPECS.items()):
    for kind, meta in (("closed", {}), ("open", OPEN)):
        step(
            f"{kind} {label}",
            lambda i=index, k=kind, s=spec, m=meta: make(
                f"Spec{k}{i}", **fields(), meta={**m, "indexes": [s]}
            )._meta["index_specs"],
        )

Plain = make("PlainSpec", **fields())
OpenSpec = make("OpenSpec", **fields(), meta=dict(OPEN))
NoCls = make("NoClsSpec", **fields(), meta={**OPEN, "index_cls": False})
Child = make("ChildSpec", OpenSpec, size=IntField())
for cls in (Plain, OpenSpec, NoCls, Child):
    for label, spec in SPECS.items():
        step(
            f"{cls.__name__} builds {label}",
            lambda c=cls, s=spec: c._build_index_spec(_copied(s)),
        )
    step(
        f"{cls.__name__} builds many",
        lambda c=cls: c._build_index_specs(["name", "-age"]),
    )
    step(f"{cls.__name__} builds None", lambda c=cls: c._build_index_specs(None))
    step(f"{cls.__name__} unique", lambda c=cls: c._unique_with_indexes())
    step(f"{cls.__name__} geo", lambda c=cls: c._geo_indices())


# Unique fields.
UNIQUE = {
    "unique": {"a": StringField(unique=True)},
    "unique db": {"a": StringField(unique=True, db_field="aa")},
    "sparse": {"a": StringField(unique=True, sparse=True)},
    "sparse alone": {"a": StringField(sparse=True)},
    "required": {"a": StringField(unique=True, required=True)},
    "with": {"a": StringField(unique_with="b"), "b": StringField(db_field="bb")},
    "with list": {
        "a": StringField(unique_with=["b", "c"]),
        "b": IntField(),
        "c": IntField(),
    },
    "with tuple": {
        "a": StringField(unique_with=("b", "c")),
        "b": IntField(),
        "c": IntField(),
    },
    "with unknown": {"a": StringField(unique_with="zz")},
    "with itself": {"a": StringField(unique_with="a")},
    "with and unique": {
        "a": StringField(unique=True, unique_with="b"),
        "b": IntField(),
    },
    "with required": {
        "a": IntField(required=True, unique_with="b"),
        "b": IntField(required=True),
    },
    "with dotted": {
        "a": StringField(unique_with="p.city"),
        "p": EmbeddedDocumentField(IndexedPart, db_field="pp"),
    },
    "with dotted and plain": {
        "a": StringField(unique_with=["p.city", "b"]),
        "b": IntField(),
        "p": EmbeddedDocumentField(IndexedPart),
    },
    "with plain and dotted": {
        "a": StringField(unique_with=["b", "p.city"]),
        "b": IntField(sparse=True),
        "p": EmbeddedDocumentField(IndexedPart),
    },
    "with sparse": {"a": StringField(unique_with="b", sparse=True), "b": IntField()},
    "with underscores": {
        "a": StringField(unique_with="p__city"),
        "p": EmbeddedDocumentField(IndexedPart),
    },
    "with key": {"a": StringField(unique_with="id")},
    "key": {"a": StringField(primary_key=True, unique=True)},
    "key with": {"a": StringField(primary_key=True, unique_with="b"), "b": IntField()},
    "list": {"a": ListField(StringField(), unique=True)},
    "inside list": {"a": ListField(StringField(unique=True))},
    "inside map": {"a": MapField(StringField(unique=True))},
    "embedded": {"a": EmbeddedDocumentField(Part, db_field="aa")},
    "embedded unique": {"a": EmbeddedDocumentField(Part, unique=True)},
    "embedded list": {"a": EmbeddedDocumentListField(Part, db_field="aa")},
    "list of embedded": {"a": ListField(EmbeddedDocumentField(Inner))},
    "list of lists": {"a": ListField(ListField(EmbeddedDocumentField(Inner)))},
    "sorted list": {"a": SortedListField(EmbeddedDocumentField(Inner))},
    "map of embedded": {"a": MapField(EmbeddedDocumentField(Inner))},
    "two of one": {
        "a": EmbeddedDocumentField(Inner),
        "b": EmbeddedDocumentField(Inner),
    },
    "reference": {"a": ReferenceField("self", unique=True)},
    "both ways": {"a": StringField(unique_with="b"), "b": StringField(unique_with="a")},
}
for index, (label, named) in enumerate(UNIQUE.items()):
    cls = step(
        f"unique {label} makes", lambda i=index, n=named: make(f"Unique{i}", **n)
    )
    if cls is not None:
        step(f"unique {label}", lambda c=cls: c._unique_with_indexes())
        step(f"unique {label} specs", lambda c=cls: c._meta["index_specs"])
        step(f"unique {label} namespace", lambda c=cls: c._unique_with_indexes("x."))
        step(f"unique {label} geo", lambda c=cls: c._geo_indices())
    step(
        f"unique {label} open",
        lambda i=index, n=named: make(f"UniqueOpen{i}", **n, meta=dict(OPEN))._meta[
            "index_specs"
        ],
    )
    step(
        f"unique {label} with indexes",
        lambda i=index, n=named: make(
            f"UniqueIdx{i}", **n, meta={"indexes": ["a", "id"]}
        )._meta["index_specs"],
    )

# Geo fields.
GEO = {
    "point": {"a": PointField()},
    "point db": {"a": PointField(db_field="aa")},
    "point no index": {"a": PointField(auto_index=False)},
    "geo point": {"a": GeoPointField()},
    "line": {"a": LineStringField()},
    "polygon": {"a": PolygonField()},
    "in list": {"a": ListField(PointField())},
    "in embedded": {"a": EmbeddedDocumentField(Inner, db_field="aa")},
    "in embedded deep": {"a": EmbeddedDocumentField(Part)},
    "in list of embedded": {"a": ListField(EmbeddedDocumentField(Part))},
    "in reference": {"a": ReferenceField("self"), "b": PointField()},
    "two": {"a": PointField(), "b": GeoPointField()},
}
for index, (label, named) in enumerate(GEO.items()):
    cls = make(f"Geo{index}", **named)
    step(f"geo {label}", lambda c=cls: c._geo_indices())
    step(f"geo {label} parent", lambda c=cls: c._geo_indices(parent_field="up"))
    step(f"geo {label} inspected", lambda c=cls: c._geo_indices([c]))
    step(f"geo {label} specs", lambda c=cls: c._meta["index_specs"])
step(
    "geo of dynamic",
    lambda: make("GeoFree", DynamicDocument, a=PointField())._geo_indices(),
)
step("geo class attribute", lambda: (PointField._geo_index, GeoPointField._geo_index))
step("list_indexes", lambda: Plain.list_indexes())
step(
    "list_indexes open",
    lambda: make(
        "Listed", **fields(), meta={**OPEN, "indexes": ["name"]}
    ).list_indexes(),
)
step(
    "list_indexes unique",
    lambda: make("Listed2", a=IntField(unique=True)).list_indexes(),
)
step("list_indexes geo", lambda: make("Listed3", a=PointField()).list_indexes())
step(
    "abstract specs",
    lambda: make(
        "AbstractSpec", name=StringField(), meta={"abstract": True, "indexes": ["name"]}
    )._meta,
)
step(
    "index_specs given",
    lambda: make("Given", meta={"index_specs": [{"fields": [("x", 1)]}]})._meta,
)
step("not created without connection", lambda: Plain.ensure_indexes())
step("create_index without connection", lambda: Plain.create_index("name"))
step("create_index unknown", lambda: Plain.create_index("nope"))


def _family_indexes():
    base = make("FamilyBase", a=IntField(), meta={**OPEN, "indexes": ["a"]})
    make("FamilyChild", base, b=IntField(), meta={"indexes": ["b"]})
    return base.list_indexes()


def _untouched():
    spec = {"fields": ["name"], "unique": True}
    make("Untouched", name=StringField(), meta={**OPEN, "indexes": [spec]})
    return spec


step("family list_indexes", _family_indexes)


def _inherited_unique():
    base = make("UniqueBase", a=IntField(), b=IntField(unique=True), meta=dict(OPEN))
    return [
        make(
            f"UniqueWith{name}", base, c=IntField(unique_with=name)
        )._unique_with_indexes()
        for name in ("a", "b")
    ]


step("unique with an inherited field", _inherited_unique)
step("given spec", _untouched)
