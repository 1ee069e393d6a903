"""The registry of document classes, names for classes, delete rules, MapReduceDocument."""

from bson import ObjectId
from recorder import step

from mongoengine import (
    CASCADE,
    DENY,
    DO_NOTHING,
    NULLIFY,
    PULL,
    Document,
    DynamicDocument,
    EmbeddedDocument,
    EmbeddedDocumentField,
    GenericEmbeddedDocumentField,
    IntField,
    LazyReferenceField,
    ListField,
    ReferenceField,
    StringField,
)
from mongoengine.base import UPDATE_OPERATORS
from mongoengine.base import get_document as base_get_document
from mongoengine.base.common import get_document
from mongoengine.common import _import_class
from mongoengine.document import MapReduceDocument, includes_cls
from mongoengine.errors import NotRegistered

ID = ObjectId("5" * 24)
OPEN = {"allow_inheritance": True}


def make(class_name, *bases, **namespace):
    bases = bases or (Document,)
    return type(bases[0])(class_name, bases, {"__module__": __name__, **namespace})


Animal = make("Animal", name=StringField(), meta=dict(OPEN))
Fish = make("Fish", Animal)
Shark = make("Shark", Fish)
Part = make("Part", EmbeddedDocument, a=IntField(), meta=dict(OPEN))
PartChild = make("PartChild", Part)
Abstract = make("Abstract", meta={"abstract": True})
Free = make("Free", DynamicDocument)
Other = make("Other", meta=dict(OPEN))
OtherFish = make("TunaFish", Other)
Same = make("Same", Animal)
SameToo = make("Same", Other)

LOOKUPS = (
    *("Animal", "Fish", "Shark", "Animal.Fish", "Animal.Fish.Shark", "Fish.Shark"),
    *("Animal.Shark", "Part", "PartChild", "Part.PartChild", "Abstract", "Free"),
    *(
        "Other.TunaFish",
        "TunaFish",
        "Nobody",
        "Animal.Nobody",
        "",
        ".",
        "Fish.",
        "animal",
    ),
    *(
        "Same",
        "Animal.Same",
        "Other.Same",
        "Document",
        "EmbeddedDocument",
        None,
        5,
        Animal,
    ),
)
for name in LOOKUPS:
    label = name if isinstance(name, str) else repr(type(name).__name__)
    step(f"get_document {label!r}", lambda n=name: get_document(n))
    step(
        f"get_document {label!r} class name", lambda n=name: get_document(n)._class_name
    )
step("get_document is one", lambda: get_document is base_get_document)
step("NotRegistered", lambda: issubclass(NotRegistered, Exception))

IMPORTED = (
    *("Document", "EmbeddedDocument", "DynamicDocument", "DynamicEmbeddedDocument"),
    *(
        "MapReduceDocument",
        "StringField",
        "ReferenceField",
        "ListField",
        "DynamicField",
    ),
    *("OperationError", "ValidationError", "Q", "QuerySet", "BaseDocument", "Animal"),
    *("DeReference", "GridFSProxy", "EmbeddedDocumentListField", "Nope", "PointField"),
)
for name in IMPORTED:
    step(f"_import_class {name}", lambda n=name: _import_class(n))
step("UPDATE_OPERATORS", lambda: UPDATE_OPERATORS)
step("rules", lambda: (DO_NOTHING, NULLIFY, CASCADE, DENY, PULL))
step(
    "includes_cls",
    lambda: [includes_cls(f) for f in ([("_cls", 1)], ["_cls"], ["a"], [], [("a", 1)])],
)

# Classes told by name, before and after they exist.
Early = make(
    "Early",
    later=ReferenceField("Later"),
    laters=ListField(ReferenceField("Later")),
    lazy=LazyReferenceField("Later"),
    me=ReferenceField("self"),
    mine=ListField(ReferenceField("self")),
)
step("early document_type", lambda: Early.later.document_type)
step("early in list", lambda: Early.laters.field.document_type)
step("early me", lambda: (Early.me.document_type, Early.mine.field.document_type))
step("early validate", lambda: Early().validate())
step("early with value", lambda: Early(later=ID).validate())
Later = make("Later", early=ReferenceField(Early), part=EmbeddedDocumentField("Part"))
step(
    "later document_type", lambda: (Early.later.document_type, Early.lazy.document_type)
)
step("later by name", lambda: Later.part.document_type)
step("later value", lambda: Early(later=Later(id=ID)).to_mongo())
step("wrong class", lambda: Early(later=Early(id=ID)).validate())
step(
    "short name of child",
    lambda: make("Short", a=ReferenceField("Shark")).a.document_type,
)
step(
    "dotted name of child",
    lambda: make("Dotted", a=ReferenceField("Animal.Fish")).a.document_type,
)
step(
    "part by name below",
    lambda: make("ByName", a=EmbeddedDocumentField("PartChild"))(
        a=PartChild(a=1)
    ).to_mongo(),
)
step(
    "self embedded",
    lambda: make(
        "Tree",
        EmbeddedDocument,
        kids=ListField(EmbeddedDocumentField("self")),
        a=IntField(),
    ),
)
Tree = make(
    "Tree2",
    EmbeddedDocument,
    kids=ListField(EmbeddedDocumentField("self")),
    a=IntField(),
)
step("self value", lambda: Tree(kids=[Tree(a=1, kids=[Tree(a=2)])]).to_mongo())
step("self load", lambda: Tree._from_son({"kids": [{"a": 1, "kids": [{"a": 2}]}]}))
step("self validate", lambda: Tree(kids=[Tree(kids=[Tree(a="x")])]).validate())
step(
    "generic load",
    lambda: make("Any", a=GenericEmbeddedDocumentField())
    ._from_son({"a": {"_cls": "PartChild", "a": 1}})
    .a,
)


# Delete rules.
def _inherited_rule():
    target = make("RuleTarget")
    base = make(
        "RuleBase",
        ref=ReferenceField(target, reverse_delete_rule=CASCADE),
        meta=dict(OPEN),
    )
    make("RuleChild", base)
    return target._meta["delete_rules"]


def _abstract_rule():
    target = make("AbstractTarget")
    ref = ReferenceField(target, reverse_delete_rule=DENY)
    base = make("RuleAbstract", ref=ref, meta={"abstract": True})
    make("RuleConcrete", base)
    make("RuleConcrete2", base)
    return target._meta["delete_rules"]


def _registered(cls, name, rule):
    cls.register_delete_rule(Early, name, rule)
    return {
        key: value
        for key, value in cls._meta["delete_rules"].items()
        if key[0] is Early
    }


RULES = {
    "nothing": DO_NOTHING,
    "nullify": NULLIFY,
    "cascade": CASCADE,
    "deny": DENY,
    "pull": PULL,
}
Target = make("Target", meta=dict(OPEN))
TargetChild = make("TargetChild", Target)
for label, rule in RULES.items():
    step(
        f"rule {label}",
        lambda n=label, r=rule: make(
            f"Ruled{n.title()}",
            one=ReferenceField(Target, reverse_delete_rule=r),
            many=ListField(ReferenceField("Target", reverse_delete_rule=r)),
            lazy=LazyReferenceField(Target, reverse_delete_rule=r),
            child=ReferenceField(TargetChild, reverse_delete_rule=r),
            me=ReferenceField("self", reverse_delete_rule=r, db_field="m"),
        )._meta["delete_rules"],
    )
step("rules of the target", lambda: Target._meta["delete_rules"])
step("rules of its child", lambda: TargetChild._meta["delete_rules"])
step("rules of a later child", lambda: make("TargetLate", Target)._meta["delete_rules"])
step("inherited field with rule", lambda: _inherited_rule())
step("abstract base with rule", lambda: _abstract_rule())
step("register_delete_rule", lambda: _registered(Target, "one", CASCADE))
step("register twice", lambda: _registered(Target, "one", DENY))
step("register unknown field", lambda: _registered(Target, "nope", DENY))
step("register on a part", lambda: Part.register_delete_rule(Early, "a", DENY))


# MapReduceDocument.
class Counted(Document):
    name = StringField()


class CountedById(Document):
    number = IntField(primary_key=True)


for label, (document, key) in {
    "object id": (Counted, ID),
    "text id": (Counted, "5" * 24),
    "bad id": (Counted, "x"),
    "int key": (CountedById, 5),
    "text for int": (CountedById, "5"),
    "bad text for int": (CountedById, "x"),
}.items():
    step(
        f"map reduce {label}",
        lambda d=document, k=key: vars(MapReduceDocument(d, "c", k, {"v": 1})),
    )
    step(
        f"map reduce {label} object",
        lambda d=document, k=key: MapReduceDocument(d, "c", k, 1).object,
    )
