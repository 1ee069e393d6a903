"""Primary keys, automatic ids, the names ids may have."""

from bson import ObjectId
from recorder import step

from mongoengine import (
    DateTimeField,
    DictField,
    Document,
    DynamicDocument,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    ListField,
    ObjectIdField,
    ReferenceField,
    SequenceField,
    StringField,
    UUIDField,
)

ID = ObjectId("5" * 24)


def make(class_name, *bases, **namespace):
    bases = bases or (Document,)
    return type(bases[0])(class_name, bases, {"__module__": __name__, **namespace})


def tell(cls):
    id_field = cls._meta.get("id_field")
    return {
        "id_field": id_field,
        "ordered": cls._fields_ordered,
        "db": cls._db_field_map,
        "reverse": cls._reverse_db_field_map,
        "fields": {name: type(field).__name__ for name, field in cls._fields.items()},
        "key": id_field
        and (cls._fields[id_field].primary_key, cls._fields[id_field].db_field),
        "auto": getattr(cls._fields.get(id_field), "auto_id_field", "none"),
        "own id": "id" in vars(cls),
        "specs": cls._meta.get("index_specs"),
    }


KEYS = {
    "none": {},
    "string": {"slug": StringField(primary_key=True)},
    "int": {"number": IntField(primary_key=True)},
    "uuid": {"key": UUIDField(primary_key=True)},
    "date": {"day": DateTimeField(primary_key=True)},
    "dict": {"key": DictField(primary_key=True)},
    "list": {"key": ListField(primary_key=True)},
    "object id": {"oid": ObjectIdField(primary_key=True)},
    "sequence": {"number": SequenceField(primary_key=True)},
    "sequence id": {"id": SequenceField(primary_key=True)},
    "named id": {"id": StringField(primary_key=True)},
    "named id, not key": {"id": StringField()},
    "named id, required": {"id": IntField(required=True)},
    "named pk": {"pk": StringField()},
    "named pk, key": {"pk": StringField(primary_key=True)},
    "named _id": {"_id": StringField()},
    "named _id, key": {"_id": StringField(primary_key=True)},
    "db_field _id": {"slug": StringField(db_field="_id")},
    "db_field id": {"slug": StringField(db_field="id")},
    "key with db_field": {"slug": StringField(primary_key=True, db_field="s")},
    "key with db_field _id": {"slug": StringField(primary_key=True, db_field="_id")},
    "two keys": {
        "a": StringField(primary_key=True),
        "b": StringField(primary_key=True),
    },
    "key and id": {"a": StringField(primary_key=True), "id": StringField()},
    "unique key": {"a": StringField(primary_key=True, unique=True)},
    "required key": {"a": StringField(primary_key=True, required=False)},
    "key default": {"a": StringField(primary_key=True, default="d")},
    "reference": {"a": ReferenceField("self", primary_key=True)},
    "embedded": {"a": EmbeddedDocumentField("KeyPart", primary_key=True)},
    "auto_id_0": {"auto_id_0": StringField(), "id": StringField()},
    "auto_id_0 db": {"x": StringField(db_field="_auto_id_0"), "id": StringField()},
    "id meta": {"slug": StringField(), "meta": {"id_field": "slug"}},
}


def _set_pk(cls):
    document = cls._from_son({"_id": "5"})
    document.pk = "6"
    return document.pk, document._get_changed_fields(), document._delta()


class KeyPart(EmbeddedDocument):
    a = IntField()


for index, (label, fields) in enumerate(KEYS.items()):
    cls = step(f"{label} makes", lambda i=index, f=fields: make(f"Key{i}", **f))
    if cls is None:
        continue
    step(label, lambda c=cls: tell(c))
    step(f"{label} empty", lambda c=cls: (c().pk, c().to_mongo()))
    step(f"{label} pk=", lambda c=cls: (c(pk="5").pk, c(pk="5").to_mongo()))
    step(f"{label} id=", lambda c=cls: (c(id="5").id, c(id="5").to_mongo()))
    step(
        f"{label} load",
        lambda c=cls: (c._from_son({"_id": "5"}).pk, c._from_son({"_id": "5"})),
    )
    step(f"{label} validate", lambda c=cls: c().validate())
    step(f"{label} validate with", lambda c=cls: c(pk="x").validate())
    step(f"{label} hash", lambda c=cls: hash(c(pk="5")) == hash("5"))
    step(f"{label} equal", lambda c=cls: c(pk="5") == c(pk="5"))
    step(f"{label} set pk", lambda c=cls: _set_pk(c))
    step(f"{label} lookup pk", lambda c=cls: c._translate_field_name("pk"))
    step(f"{label} dbref", lambda c=cls: c(pk="5").to_dbref())
    step(f"{label} object key", lambda c=cls: c(pk="5")._object_key)
    step(f"{label} below", lambda i=index, c=cls: tell(make(f"KeyBelow{i}", c)))


OPEN = {"meta": {"allow_inheritance": True}}
Base = make("OpenKeyed", slug=StringField(primary_key=True), **OPEN)
AutoBase = make("OpenAuto", name=StringField(), **OPEN)
Abstract = make(
    "AbstractKeyed", slug=StringField(primary_key=True), meta={"abstract": True}
)
AbstractId = make("AbstractId", id=IntField(primary_key=True), meta={"abstract": True})
AbstractPlain = make("AbstractPlain", name=StringField(), meta={"abstract": True})


class Mixin:
    slug = StringField(primary_key=True)


class IdMixin:
    id = IntField(primary_key=True)


BELOW = {
    "keyed child": (Base, {}),
    "keyed child with own key": (Base, {"other": StringField(primary_key=True)}),
    "keyed child overriding": (Base, {"slug": IntField(primary_key=True)}),
    "keyed child overriding, no key": (Base, {"slug": IntField()}),
    "keyed child with id": (Base, {"id": StringField()}),
    "auto child": (AutoBase, {}),
    "auto child with key": (AutoBase, {"slug": StringField(primary_key=True)}),
    "auto child with id key": (AutoBase, {"id": IntField(primary_key=True)}),
    "auto child with id": (AutoBase, {"id": IntField()}),
    "abstract child": (Abstract, {}),
    "abstract child with own": (Abstract, {"a": StringField(primary_key=True)}),
    "abstract id child": (AbstractId, {}),
    "abstract plain child": (AbstractPlain, {"id": StringField()}),
}
for index, (label, (base, fields)) in enumerate(BELOW.items()):
    cls = step(
        f"{label} makes", lambda i=index, b=base, f=fields: make(f"Below{i}", b, **f)
    )
    if cls is not None:
        step(label, lambda c=cls: tell(c))
        step(f"{label} value", lambda c=cls: c(pk="5").to_mongo())
step("mixin", lambda: tell(type(Document)("MixinKeyed", (Mixin, Document), {})))
step("id mixin", lambda: tell(type(Document)("IdMixinKeyed", (IdMixin, Document), {})))
step(
    "mixin on embedded",
    lambda: type(EmbeddedDocument)(
        "PartKeyed", (EmbeddedDocument,), {"a": StringField(primary_key=True)}
    ),
)
step(
    "dynamic",
    lambda: tell(make("FreeKeyed", DynamicDocument, a=StringField(primary_key=True))),
)
step("dynamic with id", lambda: make("FreeId", DynamicDocument)(id=5).to_mongo())
step("dynamic with _id", lambda: make("FreeId2", DynamicDocument)(_id=5).to_mongo())
step(
    "part with id",
    lambda: make("PartId", EmbeddedDocument, id=IntField())(id=5).to_mongo(),
)
step(
    "part with pk",
    lambda: make("PartPk", EmbeddedDocument, pk=IntField())(pk=5).to_mongo(),
)
step("part has no pk", lambda: KeyPart().pk)
step("auto id name", lambda: Document.get_auto_id_names(make("Named")))
step(
    "auto id names taken",
    lambda: type(Document).get_auto_id_names(make("Named2", id=IntField())),
)
step("auto id names free", lambda: type(Document).get_auto_id_names(make("Named3")))
step("_auto_id_field", lambda: make("Auto")()._auto_id_field)
step("_auto_id_field of keyed", lambda: Base(slug="a")._auto_id_field)
step("id on class", lambda: type(AutoBase.id).__name__)
step("id of keyed class", lambda: Base.id)
step("id of keyed", lambda: Base(slug="a").id)
step("ids are converted", lambda: AutoBase(id="5" * 24).id)


def _set_id():
    document = AutoBase()
    document.id = "5" * 24
    return document.id, document.to_mongo(), document._data


step("set id", _set_id)
