"""Round trips: what is stored is loaded as it was, read or not, and nothing else changes."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, datetime, timezone
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import bson
import pytest
from bson import SON, Binary, Decimal128, Int64, ObjectId
from bson.binary import UuidRepresentation
from bson.codec_options import CodecOptions
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mongoengine import (
    BinaryField,
    BooleanField,
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
    GeoPointField,
    IntField,
    ListField,
    LongField,
    MapField,
    ObjectIdField,
    PointField,
    SortedListField,
    StringField,
    URLField,
    UUIDField,
    signals,
)

OPTIONS: CodecOptions[Any] = CodecOptions(
    uuid_representation=UuidRepresentation.STANDARD
)

FIXED = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=60,
    suppress_health_check=list(HealthCheck),
)


class TripColour(Enum):
    RED = "r"
    BLUE = "b"


SCALARS: dict[str, Any] = {
    "text": StringField,
    "mail": EmailField,
    "url": URLField,
    "count": IntField,
    "long": LongField,
    "ratio": FloatField,
    "price": DecimalField,
    "amount": Decimal128Field,
    "flag": BooleanField,
    "at": DateTimeField,
    "on": DateField,
    "exact": ComplexDateTimeField,
    "key": ObjectIdField,
    "blob": BinaryField,
    "uuid": UUIDField,
    "colour": EnumField,
    "place": GeoPointField,
    "point": PointField,
}


def scalar_fields(rename: bool, **options: Any) -> dict[str, Any]:
    """Return one field of each scalar kind, under other names in the database or not."""
    fields = {}
    for name, kind in SCALARS.items():
        given = dict(options, db_field=f"x{name[:3]}") if rename else dict(options)
        fields[name] = kind(TripColour, **given) if kind is EnumField else kind(**given)
    return fields


TripLeaf: Any = type("TripLeaf", (EmbeddedDocument,), scalar_fields(True))
TripNullLeaf: Any = type(
    "TripNullLeaf", (EmbeddedDocument,), scalar_fields(False, null=True)
)


class TripOpen(EmbeddedDocument):
    meta = {"allow_inheritance": True}
    number = IntField(db_field="no", default=7)


class TripOpenChild(TripOpen):
    leaf = EmbeddedDocumentField(TripLeaf, db_field="lf")
    below = EmbeddedDocumentField("self", db_field="b")


def nested_fields(rename: bool) -> dict[str, Any]:
    """Return fields that hold others, in lists, dicts and documents."""
    inner = {
        "leaf": EmbeddedDocumentField(TripLeaf),
        "nulls": EmbeddedDocumentField(TripNullLeaf),
        "leaves": EmbeddedDocumentListField(TripLeaf),
        "opened": EmbeddedDocumentField(TripOpen),
        "openeds": ListField(EmbeddedDocumentField(TripOpen)),
        "anything": GenericEmbeddedDocumentField(),
        "some_of_any": ListField(GenericEmbeddedDocumentField()),
        "by_name": MapField(EmbeddedDocumentField(TripLeaf)),
        "matrix": ListField(ListField(IntField())),
        "mapped": MapField(MapField(ListField(DecimalField()))),
        "deep": ListField(MapField(ListField(EmbeddedDocumentField(TripOpen)))),
        "colours": ListField(EnumField(TripColour)),
        "ordered": SortedListField(IntField(), reverse=True),
        "items": ListField(),
        "data": DictField(),
        "dynamic": DynamicField(),
        "words": ListField(StringField(), default=lambda: ["w"]),
        "tags": ListField(StringField(), null=True),
    }
    for name, field in inner.items():
        field.db_field = f"y{name[:9]}" if rename else None
    return inner


class TripMade(EmbeddedDocument):
    """Defaults that are made anew, so that it cannot wait to be built."""

    at = DateTimeField(default=lambda: datetime(2020, 1, 1))
    words = ListField(StringField(), default=lambda: ["new"], db_field="ws")


TripPlain: Any = type(
    "TripPlain", (Document,), {**scalar_fields(False), **nested_fields(False)}
)
TripRenamed: Any = type(
    "TripRenamed", (Document,), {**scalar_fields(True), **nested_fields(True)}
)
TripNull: Any = type("TripNull", (Document,), scalar_fields(True, null=True))
TripFree: Any = type("TripFree", (DynamicDocument,), nested_fields(True))


class TripDefaults(Document):
    text = StringField(default="t", db_field="x")
    count = IntField(default=lambda: 5, db_field="c")
    nothing = IntField(default=6, null=True)
    price = DecimalField(default=Decimal("1.5"))
    made = EmbeddedDocumentField(TripMade, default=TripMade, db_field="m")
    mades = ListField(EmbeddedDocumentField(TripMade))
    words = ListField(StringField(), default=["a"])
    data = DictField(default={"a": [1]})


MODELS = [TripPlain, TripRenamed, TripNull, TripFree, TripDefaults]


# Values

LETTERS = st.text("ab.é$ 0", max_size=4)
KEYS = st.text("abc_0", min_size=1, max_size=3)
WHOLE = st.integers(-(2**31), 2**31 - 1)
REAL = st.floats(allow_nan=False, allow_infinity=False, width=32)
MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)).map(
    lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000)
)
POINTS = st.tuples(st.integers(-90, 90), st.integers(-90, 90)).map(list)

OF_KIND: dict[type, Any] = {
    StringField: LETTERS,
    EmailField: st.sampled_from(["a@b.com", "x.y@example.org"]),
    URLField: st.sampled_from(["http://a.com/x", "ftp://b.org"]),
    IntField: WHOLE,
    LongField: st.integers(-(2**62), 2**62),
    FloatField: REAL,
    DecimalField: st.decimals(-(10**6), 10**6, places=2),
    Decimal128Field: st.decimals(-(10**6), 10**6, places=3),
    BooleanField: st.booleans(),
    DateTimeField: MOMENTS,
    DateField: st.dates(date(1970, 1, 1), date(2100, 1, 1)),
    ComplexDateTimeField: st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)),
    ObjectIdField: st.binary(min_size=12, max_size=12).map(ObjectId),
    BinaryField: st.binary(max_size=4),
    UUIDField: st.uuids(),
    EnumField: st.sampled_from(TripColour),
    GeoPointField: POINTS,
    PointField: POINTS.map(lambda place: {"type": "Point", "coordinates": place}),
}
LEAVES = st.none() | st.booleans() | WHOLE | REAL | LETTERS | MOMENTS
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=5,
)


def values_of(field: Any, depth: int) -> Any:
    """Return a strategy for values of a field."""
    if type(field) in OF_KIND:
        return OF_KIND[type(field)]
    if isinstance(field, EmbeddedDocumentField):
        kinds = [field.document_type]
        if field.document_type is TripOpen:
            kinds.append(TripOpenChild)
        return st.one_of([documents(kind, depth + 1) for kind in kinds])
    if isinstance(field, GenericEmbeddedDocumentField):
        kinds = [TripLeaf, TripOpen, TripOpenChild, TripMade]
        return st.one_of([documents(kind, depth + 1) for kind in kinds])
    inner = getattr(field, "field", None)
    if isinstance(field, SortedListField):
        return st.lists(WHOLE, max_size=3).map(lambda ns: sorted(ns, reverse=True))
    if isinstance(field, ListField):
        return st.lists(
            ANYTHING if inner is None else values_of(inner, depth), max_size=2
        )
    if isinstance(field, DictField):
        values = ANYTHING if inner is None else values_of(inner, depth)
        return st.dictionaries(KEYS, values, max_size=2)
    return ANYTHING


@st.composite
def documents(draw: Any, cls: Any, depth: int = 0) -> Any:
    """Make a document of a class, with some of its fields given."""
    names = [name for name in cls._fields if name not in ("id", "_cls")]
    given = draw(st.lists(st.sampled_from(names), unique=True, max_size=6 - 2 * depth))
    if depth > 2:
        given = [name for name in given if name not in ("below", "leaf")]
    values = {name: draw(values_of(cls._fields[name], depth)) for name in given}
    if cls._dynamic:
        values |= draw(st.dictionaries(st.sampled_from(["p", "q"]), ANYTHING))
    return cls(**values)


def as_stored(document: Any) -> Any:
    """Return what would be read back from the database."""
    return bson.decode(bson.encode(document, codec_options=OPTIONS), OPTIONS)


def exact(value: Any) -> Any:
    """Return values with their types, for 1, 1.0 and True are not the same."""
    if isinstance(value, EmbeddedDocument):
        return type(value).__name__, exact(value._data)
    if isinstance(value, dict):
        return {key: exact(item) for key, item in value.items()}
    if isinstance(value, list):
        return [exact(item) for item in value]
    return type(value).__name__, value if value == value else "NaN"


def everything(value: Any) -> Any:
    """Read all of a document, to any depth; return it as plain values."""
    if isinstance(value, (Document, EmbeddedDocument)):
        return type(value).__name__, {name: everything(value[name]) for name in value}
    if isinstance(value, dict):
        return {key: everything(item) for key, item in value.items()}
    if isinstance(value, list):
        return [everything(item) for item in value]
    return exact(value)


def outcome(work: Any) -> Any:
    """Return what work gives, or what it raises."""
    try:
        return work()
    except Exception as error:
        return type(error).__name__, str(error)


def load_field_by_field(cls: Any, decoded: Any) -> Any:
    """Load on the slow lane, which documents take when somebody listens."""

    def listen(sender: Any, **kwargs: Any) -> None:
        """Change nothing."""

    with signals.pre_init.connected_to(listen):
        return cls._from_son(decoded)


@pytest.mark.parametrize("cls", MODELS)
@FIXED
@given(data=st.data())
def test_documents_come_back(cls: Any, data: Any) -> None:
    document = data.draw(documents(cls))
    document.id = ObjectId("5" * 24)
    stored = as_stored(document.to_mongo())
    before = deepcopy(stored)
    loaded = cls._from_son(stored)
    assert loaded == document
    assert exact(as_stored(loaded.to_mongo())) == exact(before)  # not read yet
    assert loaded._data == document._data
    assert everything(loaded) == everything(document)
    assert exact(as_stored(loaded.to_mongo())) == exact(before)
    assert loaded._delta() == ({}, {})
    assert exact(stored) == exact(before)


@pytest.mark.parametrize("cls", MODELS)
@FIXED
@given(data=st.data())
def test_nothing_is_shared_with_what_was_loaded(cls: Any, data: Any) -> None:
    stored = as_stored(data.draw(documents(cls)).to_mongo())
    before = deepcopy(stored)
    loaded = cls._from_son(stored)
    if data.draw(st.booleans()):
        everything(loaded)
    spoil(loaded._data)
    spoil(everything(loaded))
    assert exact(stored) == exact(before)
    loaded = cls._from_son(stored)
    spoil(stored)
    assert exact(as_stored(loaded.to_mongo())) == exact(before)


def spoil(value: Any) -> None:
    """Change all plain lists and dicts, to any depth."""
    if isinstance(value, EmbeddedDocument):
        spoil(value._data)
    elif isinstance(value, dict):
        for item in list(dict.values(value)):
            spoil(item)
        dict.clear(value)
    elif isinstance(value, list):
        for item in list.__iter__(value):
            spoil(item)
        list.append(value, "spoilt")


STRANGE: list[Any] = [
    None,
    5,
    5.5,
    True,
    "5",
    "r",
    "",
    b"b",
    [],
    {},
    [1, "a"],
    [None],
    {"a": 1},
    {"a": {"b": [1]}},
    SON(a=1),
    {"_cls": "TripOpenChild"},
    {"_cls": "TripLeaf", "xtex": 5},
    {"_cls": "NoSuchClass"},
    {"no": "8"},
    {"no": 8, "strange": 1},
    Int64(5),
    Binary(b"x", 5),
    Decimal128("1.5"),
    Decimal("2.25"),
    ObjectId("6" * 24),
    datetime(2020, 1, 1),
    datetime(2020, 1, 1, tzinfo=timezone.utc),
    UUID(int=5),
]


def disturb(data: Any, decoded: Any) -> None:
    """Put something else in a random place of a decoded document, or take a key away."""
    place = decoded
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        below = place[key]
        if not below or not isinstance(below, (list, dict)) or data.draw(st.booleans()):
            break
        place = below
    if isinstance(place, dict) and data.draw(st.integers(0, 4)) == 0:
        del place[key]
    else:
        place[key] = deepcopy(data.draw(st.sampled_from(STRANGE)))


@pytest.mark.parametrize("cls", MODELS)
@FIXED
@given(data=st.data())
def test_both_lanes_give_the_same(cls: Any, data: Any) -> None:
    """Whatever was decoded: other types, nulls, missing keys, unknown ones."""
    decoded = as_stored(data.draw(documents(cls)).to_mongo())
    for _ in range(data.draw(st.integers(0, 3))):
        if decoded:
            disturb(data, decoded)
    before = deepcopy(decoded)
    compare_lanes(cls, decoded)
    assert exact(decoded) == exact(before)


def compare_lanes(cls: Any, decoded: Any) -> None:
    slow = outcome(lambda: load_field_by_field(cls, decoded))
    fast = outcome(lambda: cls._from_son(decoded))
    if isinstance(slow, tuple):
        assert fast == slow
        return
    for work in (stored_form, errors_of, chosen, held, everything):
        one = outcome(lambda: work(cls._from_son(decoded)))  # noqa: B023
        other = outcome(lambda: work(load_field_by_field(cls, decoded)))  # noqa: B023
        assert one == other, work
        assert outcome(lambda: work(fast)) == one, work  # noqa: B023


def stored_form(document: Any) -> Any:
    return exact(document.to_mongo())


def chosen(document: Any) -> Any:
    """Return what is stored, put together field by field."""
    return exact(document.to_mongo(fields=list(document)))


def held(document: Any) -> Any:
    return exact(document._data)


def errors_of(document: Any) -> Any:
    document.validate()
