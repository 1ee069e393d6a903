"""What the metaclass makes of `meta` and what it leaves on a class."""

from recorder import step

from mongoengine import (
    Document,
    DynamicDocument,
    DynamicEmbeddedDocument,
    EmbeddedDocument,
    IntField,
    StringField,
)


class QuerySet:
    """Stands in for a custom queryset: only its name is looked at."""


CLASS_FACTS = (
    *("_class_name", "_subclasses", "_types", "_superclasses"),
    *("_is_document", "_dynamic", "_fields_ordered"),
    *("_db_field_map", "_reverse_db_field_map", "_cached_reference_fields", "STRICT"),
)


def tell(cls):
    name = cls.__name__
    step(f"{name} _meta", lambda: cls._meta)
    step(f"{name} collection", lambda: cls._get_collection_name())
    for fact in CLASS_FACTS:
        step(f"{name}.{fact}", lambda fact=fact: getattr(cls, fact))
    step(f"{name}._cls", lambda: type(cls._cls))
    step(f"{name} _fields", lambda: {k: type(f) for k, f in cls._fields.items()})


for base in (Document, DynamicDocument):
    step(f"{base.__name__} _meta", lambda b=base: b._meta)
    step(f"{base.__name__} collection", lambda b=base: b._get_collection_name())
for base in (Document, DynamicDocument, EmbeddedDocument, DynamicEmbeddedDocument):
    step(f"{base.__name__} dynamic", lambda b=base: (b._dynamic, b.STRICT))
    step(f"{base.__name__} fields", lambda b=base: hasattr(b, "_fields"))
    step(f"{base.__name__} metaclass", lambda b=base: (type(b), b.my_metaclass))


class Plain(Document):
    """A documented class."""

    name = StringField()


class Empty(Document):
    pass


class PlainDynamic(DynamicDocument):
    name = StringField()


class PlainEmbedded(EmbeddedDocument):
    number = IntField(db_field="n")


class PlainDynamicEmbedded(DynamicEmbeddedDocument):
    number = IntField(db_field="n")


class Everything(Document):
    name = StringField()
    key = StringField()
    meta = {
        "collection": "all_things",
        "db_alias": "other",
        "max_documents": 10,
        "max_size": 2000,
        "ordering": ["-name", "+key"],
        "indexes": ["name", ("key", "-name")],
        "index_background": True,
        "index_opts": {"w": 1},
        "index_cls": False,
        "auto_create_index": False,
        "auto_create_index_on_save": True,
        "shard_key": ("key",),
        "strict": False,
        "cascade": True,
        "queryset_class": QuerySet,
        "allow_inheritance": False,
        "timeseries": {"timeField": "t"},
        "own_option": {"nested": [1]},
    }


for cls in (Plain, Empty, PlainDynamic, PlainEmbedded, PlainDynamicEmbedded):
    tell(cls)
tell(Everything)


class EmbeddedWithMeta(EmbeddedDocument):
    number = IntField()
    meta = {"allow_inheritance": True, "strict": False, "indexes": ["number"]}


class EmbeddedChild(EmbeddedWithMeta):
    text = StringField()


class EmbeddedRoot(EmbeddedDocument):
    meta = {"abstract": True, "own": 1}
    text = StringField(db_field="t")


class EmbeddedLeaf(EmbeddedRoot):
    number = IntField()


for cls in (EmbeddedWithMeta, EmbeddedChild, EmbeddedRoot, EmbeddedLeaf):
    tell(cls)

step("types", lambda: (type(Plain), type(PlainEmbedded), type(Plain._meta)))
step("bases", lambda: issubclass(PlainDynamicEmbedded, EmbeddedDocument))
step("class doc", lambda: (Plain.__doc__, Empty.__doc__))
step("objects", lambda: type(vars(Plain)["objects"]).__name__)
step("default alias", lambda: Plain._meta.get("db_alias", "none"))
step("meta not kept", lambda: (hasattr(Everything, "meta"), hasattr(Plain, "meta")))
step("embedded has meta", lambda: hasattr(EmbeddedWithMeta, "meta"))
step("DoesNotExist", lambda: (Plain.DoesNotExist, Plain.DoesNotExist.__mro__[1:3]))
step("DoesNotExist module", lambda: Plain.DoesNotExist.__module__ == Plain.__module__)
step("DoesNotExist qualname", lambda: Plain.DoesNotExist.__qualname__)
step(
    "MultipleObjectsReturned",
    lambda: (Plain.MultipleObjectsReturned, Plain.MultipleObjectsReturned.__mro__[1:3]),
)
step("embedded has none", lambda: hasattr(PlainEmbedded, "DoesNotExist"))
step("abstract has none", lambda: hasattr(Document, "DoesNotExist"))
step("embedded objects", lambda: PlainEmbedded.objects)
step("abstract objects", lambda: Document.objects)
step("no connection", lambda: Plain._get_collection())
step("no connection, querying", lambda: Plain.objects.count())
step("no such alias", lambda: Everything._get_db())
step(
    "field on the class", lambda: (type(Plain.name), Plain.name.name, Plain.id.db_field)
)
step("field owner", lambda: (Plain.name.owner_document, Plain.id.owner_document))
step("pk on the class", lambda: type(Plain.pk))


# Collection names.
NAMES = (
    *("User", "BlogPost", "HTTPServer", "MyHTTPDoc", "A", "ABC", "Page2", "Page2Text"),
    *("lower", "snake_case", "Snake_Case", "_Private", "XÉtude", "X1Y2Z3", "aB", "ABc"),
)


def make(name, bases=(Document,), /, **namespace):
    return type(bases[0])(name, bases, {"__module__": __name__, **namespace})


for name in NAMES:
    step(f"collection of {name}", lambda n=name: make(n)._get_collection_name())


def by_class(cls):
    return f"made_{cls.__name__.lower()}_{cls._class_name}"


GIVEN = (
    *("given", "with.dot", "", None, "system.x", "dollar$", "with space", 5, "UPPER"),
    *(by_class, lambda cls: None),
)
for index, given in enumerate(GIVEN):
    step(
        f"collection {index} given",
        lambda i=index, g=given: make(f"Given{i}", meta={"collection": g})._meta[
            "collection"
        ],
    )
    step(
        f"collection {index} inherited",
        lambda i=index, g=given: make(
            f"GivenLeaf{i}",
            (make(f"GivenRoot{i}", meta={"collection": g, "allow_inheritance": True}),),
        )._get_collection_name(),
    )
    step(
        f"collection {index} from abstract",
        lambda i=index, g=given: make(
            f"FromAbstract{i}",
            (make(f"AbstractRoot{i}", meta={"collection": g, "abstract": True}),),
        )._get_collection_name(),
    )

# One option of `meta` after the other, alone.
OPTIONS = (
    *({}, {"abstract": False}, {"abstract": None}, {"abstract": 1}, {"abstract": True}),
    *({"allow_inheritance": v} for v in (None, False, True, 1, 0, "yes")),
    *({"strict": v} for v in (None, False, True)),
    *({"ordering": v} for v in (None, [], ["name"], ("-name",), "name", ["+a", "b"])),
    *({"indexes": v} for v in (None, [], ("name",), ["name"])),
    *({"id_field": v} for v in (None, "name", "nothing")),
    *({"shard_key": v} for v in (None, ("name",), ["name"], "name", ("pk",), ("x",))),
    *({"queryset_class": v} for v in (None, QuerySet)),
    *({"cascade": v} for v in (None, False, True)),
    *({"index_cls": v} for v in (None, False, True)),
    *({"index_background": v} for v in (None, False, True)),
    *({"index_opts": v} for v in (None, {}, {"expireAfterSeconds": 5})),
    *({"index_options": v} for v in ({}, {"expireAfterSeconds": 5})),
    *({"index_drop_dups": v} for v in (True, False)),
    *({"auto_create_index": v} for v in (None, True, False)),
    *({"delete_rules": v} for v in (None, {}, {"a": 1})),
    *({"max_documents": v} for v in (None, 0, 5)),
    *({"max_size": v} for v in (None, 0, 4096)),
    *({"timeseries": {"timeField": "t", "granularity": "hours"}}, {"unheard": 1}),
)
for index, meta in enumerate(OPTIONS):
    label = f"meta {meta!r}" if "queryset_class" not in meta else f"meta {index}"
    cls = step(
        f"{label} makes",
        lambda i=index, m=meta: make(f"Option{i}", meta=dict(m), name=StringField()),
    )
    if cls is not None:
        step(f"{label} gives", lambda c=cls: c._meta)
        step(
            f"{label} leaves",
            lambda c=cls: (
                c._get_collection_name(),
                c._fields_ordered,
                hasattr(c, "_cls"),
            ),
        )
    for base in (EmbeddedDocument, DynamicDocument):
        step(
            f"{label} on {base.__name__}",
            lambda i=index, m=meta, b=base: make(
                f"Option{b.__name__}{i}", (b,), meta=dict(m), name=StringField()
            )._meta,
        )

step("meta is no dict", lambda: make("NoDict", meta=5))
step("meta is None", lambda: make("NoneMeta", meta=None)._meta)
step("meta is a list of pairs", lambda: make("Pairs", meta=[("strict", False)])._meta)
