"""aggregate(), sum(), average(), distinct(): commands, results and errors."""

import datetime
import decimal

from server import connect, sent

from mongoengine import (
    BooleanField,
    DateTimeField,
    DecimalField,
    DictField,
    Document,
    DynamicDocument,
    EmbeddedDocument,
    EmbeddedDocumentField,
    FloatField,
    GenericEmbeddedDocumentField,
    GenericReferenceField,
    IntField,
    LazyReferenceField,
    ListField,
    MapField,
    ReferenceField,
    StringField,
)

db = connect()


class Maker(Document):
    id = IntField(primary_key=True)
    name = StringField()


class Place(EmbeddedDocument):
    town = StringField()


class Part(EmbeddedDocument):
    size = IntField()
    tags = ListField(StringField())
    place = EmbeddedDocumentField(Place)
    maker = ReferenceField(Maker)


class Thing(Document):
    id = IntField(primary_key=True)
    name = StringField(db_field="nm")
    age = IntField()
    price = DecimalField()
    weight = FloatField(db_field="w")
    is_new = BooleanField()
    made = DateTimeField()
    part = EmbeddedDocumentField(Part)
    parts = ListField(EmbeddedDocumentField(Part))
    any_part = GenericEmbeddedDocumentField()
    tags = ListField(StringField())
    numbers = ListField(IntField(), db_field="nums")
    info = DictField()
    sizes = MapField(IntField())
    maker = ReferenceField(Maker)
    makers = ListField(ReferenceField(Maker))
    by_dbref = ListField(ReferenceField(Maker, dbref=True))
    anything = GenericReferenceField()
    lazy = LazyReferenceField(Maker)
    meta = {"ordering": ["-age"], "allow_inheritance": True}


class Special(Thing):
    extra = IntField()


class Open(DynamicDocument):
    meta = {"collection": "thing"}


for document_class in (Maker, Thing, Special, Open):
    document_class._get_collection()

ann = Maker(id=1, name="ann").save()
bob = Maker(id=2, name="bob").save()
part = Part(size=1, tags=["x", "y"], place=Place(town="here"), maker=ann)
Thing(
    id=1,
    name="a",
    age=1,
    price=decimal.Decimal("1.5"),
    weight=1.5,
    is_new=True,
    made=datetime.datetime(2020, 2, 29),
    part=part,
    parts=[part, Part(size=5)],
    any_part=Place(town="there"),
    tags=["t", "u"],
    numbers=[1, 2],
    info={"z": 1, "y": {"w": 2}},
    sizes={"k": 7},
    maker=ann,
    makers=[ann, bob],
    by_dbref=[ann, bob],
    anything=bob,
    lazy=ann,
).save()
Thing(id=2, name="b", age=3, weight=2.0, tags=["u"], numbers=[3], maker=bob).save()
Special(id=3, name="c", age=5, extra=3, price=2).save()

STAGES = [{"$project": {"nm": 1}}]
FIELDS = """
    name nm age pk id _id price weight is_new made tags numbers nums info info.z info.y.w
    sizes sizes.k part part.size part.tags part.place part.place.town part.nope parts
    parts.place parts.tags any_part maker maker.name makers by_dbref anything lazy extra
    nope _cls
"""


def listed(queryset, stages=STAGES, **options):
    return list(queryset.aggregate(stages, **options))


# Pipelines

things = Thing.objects
QUERYSETS = {
    "all": things,
    "filtered": things(age__gt=1, name__ne="z"),
    "ordered": things.order_by("name", "-age"),
    "ordered in embedded": things.order_by("part__size", "+numbers"),
    "unordered": things.order_by(),
    "limited": things.limit(2),
    "skipped": things.skip(1),
    "limited, skipped": things.order_by("-name").skip(1).limit(1),
    "sliced": things.order_by("name")[1:3],
    "limit 0": things.limit(0),
    "limit negative": things.limit(-1),
    "subclass": Special.objects,
    "no subclasses": things.no_sub_classes(),
    "any class": things.clear_cls_query(),
    "shaped": things.only("age").scalar("name").as_pymongo(),
    "concern": things.read_concern({"level": "majority"}),
    "dynamic": Open.objects(nm="a"),
}
for label, queryset in QUERYSETS.items():
    sent(f"aggregate | {label}", lambda queryset=queryset: listed(queryset))
    sent(f"sum | {label}", lambda queryset=queryset: queryset.sum("age"))
    sent(f"average | {label}", lambda queryset=queryset: queryset.average("age"))
    sent(
        f"distinct | {label}", lambda queryset=queryset: list(queryset.distinct("age"))
    )
for label in ("none", "empty slice"):
    queryset = things.none() if label == "none" else things[2:2]
    sent(f"aggregate | {label}", lambda queryset=queryset: listed(queryset))

OPTIONS = {
    "allowDiskUse": True,
    "maxTimeMS": 5000,
    "batchSize": 1,
    "let": {"least": 1},
    "comment": "why",
    "collation": {"locale": "en"},
    "hint": "_id_",
}
for name, value in OPTIONS.items():
    sent(f"aggregate | {name}", listed, things, STAGES, **{name: value})
sent("aggregate | unknown option", listed, things, STAGES, nope=1)
sent("aggregate | no stages", listed, things, [])
sent("aggregate | unknown stage", listed, things, [{"$nope": 1}])
sent("aggregate | out", listed, things, [{"$out": "thing_out"}])
sent(
    "aggregate | names are the database's", listed, things, [{"$match": {"name": "a"}}]
)


@sent("aggregate | left early")
def _():
    cursor = things.aggregate([], batchSize=1)
    first = cursor.next()
    before = cursor.alive
    cursor.close()
    return first["nm"], before, cursor.alive


# Fields

stored = things.no_dereference()
for field in FIELDS.split():
    sent(f"sum of {field}", things.sum, field)
    sent(f"average of {field}", things.average, field)
    sent(f"distinct {field}", lambda field=field: list(things.distinct(field)))
    sent(f"stored {field}", lambda field=field: list(stored.distinct(field)))
for queryset in (things(age=99), Open.objects):
    sent("sum of few", queryset.sum, "age")
    sent("average of few", queryset.average, "age")
sent("sum of dynamic", Open.objects.sum, "part.size")

where = things.where("this.age > 1")
sent("where | distinct", lambda: list(where.distinct("age")))
sent("where | sum", where.sum, "age")
sent("where | aggregate", listed, where)
for label, queryset in {
    "collation": things.collation({"locale": "en"}),
    "comment": things.comment("why"),
    "max time": things.max_time_ms(5000),
    "hint": things.hint("_id_"),
}.items():
    sent(
        f"told {label} | distinct",
        lambda queryset=queryset: list(queryset.distinct("age")),
    )
    sent(f"told {label} | aggregate", listed, queryset)

ann.delete()
for field in ("maker", "makers", "by_dbref", "anything"):
    sent(f"gone | distinct {field}", lambda field=field: list(things.distinct(field)))
