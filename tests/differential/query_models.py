"""Models with every kind of field, and how to record what conditions on them mean."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import Any

from battery import SOME_ID, fresh
from bson import SON, DBRef
from recorder import describe, step

from mongoengine import (
    BinaryField,
    BooleanField,
    CachedReferenceField,
    ComplexDateTimeField,
    DateField,
    DateTimeField,
    Decimal128Field,
    DecimalField,
    DictField,
    Document,
    DynamicDocument,
    DynamicField,
    EmailField,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EmbeddedDocumentListField,
    EnumField,
    FloatField,
    GenericEmbeddedDocumentField,
    GenericLazyReferenceField,
    GenericReferenceField,
    GeoPointField,
    IntField,
    LazyReferenceField,
    LineStringField,
    ListField,
    MapField,
    PointField,
    PolygonField,
    ReferenceField,
    SortedListField,
    StringField,
    UUIDField,
)
from mongoengine.queryset import transform


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Deep(EmbeddedDocument):
    text = StringField(db_field="t")
    number = IntField()
    size = IntField(db_field="sz")


class Part(EmbeddedDocument):
    city = StringField(db_field="c")
    deep = EmbeddedDocumentField(Deep, db_field="dp")
    deeps = ListField(EmbeddedDocumentField(Deep), db_field="dps")
    n = IntField(db_field="pn")


class OpenPart(EmbeddedDocument):
    a = IntField()
    meta = {"allow_inheritance": True}


class OpenPartChild(OpenPart):
    b = IntField(db_field="bb")


class Target(Document):
    name = StringField(db_field="n")


class Whole(Document):
    name = StringField(db_field="n")
    mail = EmailField()
    num = IntField(db_field="i")
    flt = FloatField()
    dec = DecimalField()
    dec128 = Decimal128Field()
    flag = BooleanField()
    when = DateTimeField(db_field="w")
    day = DateField()
    exact_when = ComplexDateTimeField()
    uuid = UUIDField()
    blob = BinaryField()
    enum = EnumField(Colour)
    colours = ListField(EnumField(Colour))
    choice = StringField(choices=("a", "b"))
    part = EmbeddedDocumentField(Part, db_field="p")
    parts = EmbeddedDocumentListField(Part, db_field="ps")
    open = EmbeddedDocumentField(OpenPart)
    any = GenericEmbeddedDocumentField(choices=(Part, Deep))
    any_at_all = GenericEmbeddedDocumentField()
    tags = ListField(StringField(), db_field="tg")
    nums = ListField(IntField())
    bare = ListField()
    matrix = ListField(ListField(IntField(), db_field="row"))
    sorted = SortedListField(IntField())
    data = DictField(db_field="d")
    typed = DictField(IntField())
    dicts = ListField(DictField())
    places = MapField(EmbeddedDocumentField(Part), db_field="pl")
    lists = MapField(ListField(EmbeddedDocumentField(Part)))
    ref = ReferenceField(Target, db_field="r")
    dbref = ReferenceField(Target, dbref=True)
    refs = ListField(ReferenceField(Target), db_field="rs")
    lazy = LazyReferenceField(Target)
    cached = CachedReferenceField(Target, fields=["name"])
    generic = GenericReferenceField(db_field="g")
    generics = ListField(GenericReferenceField())
    generic_lazy = GenericLazyReferenceField()
    legacy = GeoPointField(db_field="gp")
    point = PointField(db_field="pt")
    line = LineStringField()
    polygon = PolygonField()
    points = ListField(PointField())
    dynamic = DynamicField(db_field="dy")
    size = IntField(db_field="sz")
    type = StringField()
    set = IntField()
    ends_ = IntField(db_field="e")


class Needed(Document):
    name = StringField(required=True)
    num = IntField(required=True)
    tags = ListField(StringField(), required=True)
    part = EmbeddedDocumentField(Part, required=True)


class Free(DynamicDocument):
    name = StringField(db_field="n")
    part = EmbeddedDocumentField(Part, db_field="p")


class Base(Document):
    x = IntField(db_field="xx")
    meta = {"allow_inheritance": True}


class Kid(Base):
    y = IntField(db_field="yy")


class Keyed(Document):
    slug = StringField(primary_key=True)


TARGET = Target(id=SOME_ID, name="target")
TARGET_REF = DBRef("target", SOME_ID)
STORED_REF = SON([("_cls", "Target"), ("_ref", TARGET_REF)])
PART = Part(city="x")
RING = [[0, 0], [0, 1], [1, 1], [0, 0]]
UUID_TEXT = "12345678-1234-5678-1234-567812345678"
FIELDS = tuple(Whole._fields_ordered)

# Of every kind that somebody might give to a field.
VALUES: tuple[Any, ...] = (
    None,
    True,
    5,
    -1.5,
    "5",
    "x",
    "",
    b"x",
    "2020-02-29",
    UUID_TEXT,
    str(SOME_ID),
    SOME_ID,
    TARGET,
    TARGET_REF,
    STORED_REF,
    PART,
    Colour.RED,
    {},
    {"a": 1},
    {"city": "x"},
    {"$gt": 1},
    [],
    [1, 2],
    (1, 2),
    ["5", "x"],
    [PART],
    [TARGET],
    [SOME_ID, TARGET_REF],
    [None],
    RING,
    [RING],
    [Colour.BLUE],
    [{"a": 1}],
    [[1]],
)


def queried(model: Any = Whole, **conditions: Any) -> None:
    """Record what conditions mean."""
    _record("query", transform.query, model, conditions)


def updated(model: Any = Whole, **changes: Any) -> None:
    """Record what changes mean."""
    _record("update", transform.update, model, changes)


def _record(kind: str, translate: Any, model: Any, given: dict[str, Any]) -> None:
    name = model.__name__ if model else None
    told = ", ".join(f"{key}={describe(value)}" for key, value in given.items())
    given = {key: fresh(value) for key, value in given.items()}
    step(f"{kind} {name} | {told}", translate, model, **given)


def each(record: Any, names: Iterable[str], values: Iterable[Any]) -> None:
    """Record every value under every name."""
    values = list(values)
    for name in names:
        for value in values:
            record(**{name: value})
