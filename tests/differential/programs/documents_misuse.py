"""Models that are refused, or warned about, when the class is made."""

from recorder import step

from mongoengine import (
    CASCADE,
    DENY,
    NULLIFY,
    PULL,
    BooleanField,
    CachedReferenceField,
    DictField,
    Document,
    DynamicDocument,
    EmbeddedDocument,
    EmbeddedDocumentField,
    GenericReferenceField,
    IntField,
    LazyReferenceField,
    ListField,
    MapField,
    ReferenceField,
    StringField,
)


def make(class_name, *bases, **namespace):
    bases = bases or (Document,)
    return type(bases[0])(class_name, bases, {"__module__": __name__, **namespace})


Open = make("Open", name=StringField(), meta={"allow_inheritance": True})
OpenPart = make(
    "OpenPart", EmbeddedDocument, a=IntField(), meta={"allow_inheritance": True}
)

# Every name that a document has already; which may a field carry?
NAMES = (
    *("save", "delete", "validate", "clean", "to_mongo", "to_json", "from_json", "pk"),
    *(
        "objects",
        "reload",
        "update",
        "modify",
        "switch_db",
        "select_related",
        "to_dbref",
    ),
    *(
        "DoesNotExist",
        "MultipleObjectsReturned",
        "STRICT",
        "_data",
        "_cls",
        "_id",
        "id",
    ),
    *("_created", "_changed_fields", "_dynamic", "_from_son", "_delta", "_instance"),
    *("__len__", "__weird__", "_private", "clear"),
    *("cascade_save", "drop_collection", "ensure_indexes", "get_text_score", "keys"),
    *("items", "get", "type", "list", "1x"),
    *("with space", "with.dot", "with__double", "$dollar", "", "é"),
)
for index, name in enumerate(NAMES):
    for base in (Document, EmbeddedDocument, DynamicDocument):
        step(
            f"{base.__name__} field named {name!r}",
            lambda i=index, n=name, b=base: make(
                f"{b.__name__}Named{i}", b, **{n: StringField()}
            )._fields_ordered,
        )
    step(
        f"db_field {name!r}",
        lambda i=index, n=name: make(
            f"DbNamed{i}", a=StringField(db_field=n)
        )._db_field_map,
    )

CLASHES = {
    "two of one db_field": {
        "a": StringField(db_field="x"),
        "b": StringField(db_field="x"),
    },
    "db_field is another name": {"a": StringField(db_field="b"), "b": StringField()},
    "crossed": {"a": StringField(db_field="b"), "b": StringField(db_field="a")},
    "three": {
        "a": StringField(db_field="x"),
        "b": StringField(db_field="x"),
        "x": IntField(),
    },
    "db_field id": {"a": StringField(db_field="id")},
    "db_field _id": {"a": StringField(db_field="_id")},
    "db_field _cls": {"a": StringField(db_field="_cls")},
    "db_field empty": {"a": StringField(db_field="")},
}
for index, (label, fields) in enumerate(CLASHES.items()):
    for base in (Document, EmbeddedDocument, Open, OpenPart):
        step(
            f"{label} on {base.__name__}",
            lambda i=index, f=fields, b=base: make(
                f"Clash{b.__name__}{i}", b, **f
            )._db_field_map,
        )
step(
    "clash with the base",
    lambda: make("ClashBase", Open, other=StringField(db_field="name")),
)
step(
    "clash with the embedded base",
    lambda: make("ClashPart", OpenPart, b=IntField(db_field="a")),
)
step(
    "field class, not instance",
    lambda: make("ClassField", a=StringField)._fields_ordered,
)
step(
    "one field twice",
    lambda: (lambda f: make("Shared", a=f, b=f)._db_field_map)(StringField()),
)
step(
    "field shared by classes",
    lambda: (
        lambda f: (
            make("ShareA", a=f)._fields,
            make("ShareB", b=f)._db_field_map,
            f.name,
        )
    )(StringField()),
)
step("plain attributes", lambda: make("Attributes", a=1, b=[2], c={"d": 3}, f=len).b)
step(
    "get_x_display taken",
    lambda: make(
        "Display", a=StringField(choices=["x"]), get_a_display=lambda s: "own"
    )(a="x").get_a_display(),
)
step("no name", lambda: make(""))
step("spaces in the name", lambda: make("With Space")._get_collection_name())


class RulePart(EmbeddedDocument):
    ref = ReferenceField(Open)


# Delete rules where they have no meaning.
RULES = {
    "embedded": (
        EmbeddedDocument,
        lambda: {"a": ReferenceField(Open, reverse_delete_rule=CASCADE)},
    ),
    "embedded lazy": (
        EmbeddedDocument,
        lambda: {"a": LazyReferenceField(Open, reverse_delete_rule=DENY)},
    ),
    "embedded list": (
        EmbeddedDocument,
        lambda: {"a": ListField(ReferenceField(Open, reverse_delete_rule=PULL))},
    ),
    "pull on one": (
        Document,
        lambda: {"a": ReferenceField(Open, reverse_delete_rule=PULL)},
    ),
    "map": (
        Document,
        lambda: {"a": MapField(ReferenceField(Open, reverse_delete_rule=CASCADE))},
    ),
    "dict": (
        Document,
        lambda: {"a": DictField(ReferenceField(Open, reverse_delete_rule=NULLIFY))},
    ),
    "generic": (
        Document,
        lambda: {"a": GenericReferenceField(reverse_delete_rule=CASCADE)},
    ),
    "cached": (
        Document,
        lambda: {"a": CachedReferenceField(Open, reverse_delete_rule=CASCADE)},
    ),
    "abstract": (
        Document,
        lambda: {
            "a": ReferenceField(Open, reverse_delete_rule=CASCADE),
            "meta": {"abstract": True},
        },
    ),
    "dynamic": (
        DynamicDocument,
        lambda: {"a": ReferenceField(Open, reverse_delete_rule=CASCADE)},
    ),
    "self": (
        Document,
        lambda: {"a": ReferenceField("self", reverse_delete_rule=CASCADE)},
    ),
    "unknown name": (
        Document,
        lambda: {"a": ReferenceField("NobodyHere", reverse_delete_rule=CASCADE)},
    ),
    "unknown rule": (
        Document,
        lambda: {"a": ReferenceField(Open, reverse_delete_rule=77)},
    ),
    "None": (Document, lambda: {"a": ReferenceField(Open, reverse_delete_rule=None)}),
    "list of lists": (
        Document,
        lambda: {
            "a": ListField(ListField(ReferenceField(Open, reverse_delete_rule=CASCADE)))
        },
    ),
    "inside embedded": (Document, lambda: {"a": EmbeddedDocumentField(RulePart)}),
}


for index, (label, (base, fields)) in enumerate(RULES.items()):
    step(f"rule {label}", lambda i=index, b=base, f=fields: make(f"Rule{i}", b, **f()))
step("rules gathered", lambda: Open._meta["delete_rules"])

# Two classes of one name.
step(
    "same name",
    lambda: (make("Twice", a=IntField()), make("Twice", b=IntField())._fields_ordered),
)
step(
    "same embedded name",
    lambda: (make("TwicePart", EmbeddedDocument), make("TwicePart", EmbeddedDocument))[
        1
    ],
)
step(
    "same name, other collection",
    lambda: make("Twice", meta={"collection": "elsewhere"}),
)
step("child of the same name", lambda: make("Open", Open)._class_name)

# Abstract and bases.
Abstract = make("Abstract", a=IntField(), meta={"abstract": True})
step(
    "abstract embedded field",
    lambda: make(
        "HasAbstract",
        a=EmbeddedDocumentField(
            make("AbstractPart", EmbeddedDocument, meta={"abstract": True})
        ),
    ),
)
step("reference to abstract", lambda: make("RefAbstract", a=ReferenceField(Abstract)))
step(
    "reference to abstract, document_type",
    lambda: make("RefAbstract2", a=ReferenceField(Abstract)).a.document_type,
)
step(
    "embedded field of a document",
    lambda: make("EmbedDoc", a=EmbeddedDocumentField(Open)),
)
step("reference to a part", lambda: make("RefPart", a=ReferenceField(OpenPart)))
step("list of classes", lambda: make("ListClass", a=ListField(StringField)))
step(
    "objects as field name in abstract",
    lambda: make("AbstractObjects", objects=StringField(), meta={"abstract": True}),
)
step("manager is no field", lambda: make("OwnObjects", objects=5).objects)
step(
    "annotations",
    lambda: make("Annotated", __annotations__={"a": int}, a=IntField())(a="1").a,
)
step("bool subclassing", lambda: make("Flags", a=BooleanField(default=0))().to_mongo())
step(
    "abstract False below abstract",
    lambda: make("Concrete", Abstract, meta={"abstract": False})._meta,
)
step(
    "abstract with a collection",
    lambda: make(
        "AbstractColl", meta={"abstract": True, "collection": "x"}
    )._get_collection_name(),
)
step(
    "max_documents text",
    lambda: make("Capped", meta={"max_documents": "x"})._meta["max_documents"],
)
step(
    "indexes text",
    lambda: make("TextIndexes", a=IntField(), meta={"indexes": "a"})._meta[
        "index_specs"
    ],
)
step(
    "shard key unknown",
    lambda: make("Sharded", meta={"shard_key": ("zz",)})(id="5" * 24)._object_key,
)
