"""to_mongo with fields and names, to_json and from_json."""

import json
import uuid
from datetime import datetime
from decimal import Decimal

from bson import SON, ObjectId
from bson.json_util import (
    CANONICAL_JSON_OPTIONS,
    LEGACY_JSON_OPTIONS,
    RELAXED_JSON_OPTIONS,
    JSONOptions,
)
from recorder import step

from mongoengine import (
    BinaryField,
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
    ListField,
    MapField,
    ReferenceField,
    StringField,
    UUIDField,
)

ID = ObjectId("5" * 24)
OTHER_ID = ObjectId("6" * 24)


class Inner(EmbeddedDocument):
    text = StringField(db_field="t")
    number = IntField(db_field="no", default=7)


class Part(EmbeddedDocument):
    city = StringField(db_field="c")
    inner = EmbeddedDocumentField(Inner, db_field="in")
    inners = ListField(EmbeddedDocumentField(Inner), db_field="ins")
    empty = ListField(StringField(), db_field="e")


class OpenPart(EmbeddedDocument):
    a = IntField()
    meta = {"allow_inheritance": True}


class PartWithId(EmbeddedDocument):
    id = IntField()
    pk_like = IntField(db_field="_id")


class Whole(Document):
    name = StringField(db_field="n")
    age = IntField(default=3)
    part = EmbeddedDocumentField(Part, db_field="p")
    parts = ListField(EmbeddedDocumentField(Part), db_field="ps")
    places = MapField(EmbeddedDocumentField(Part), db_field="pl")
    data = DictField(db_field="d")
    open = EmbeddedDocumentField(OpenPart)
    any = GenericEmbeddedDocumentField()
    null = StringField(null=True, db_field="nu")
    parent = ReferenceField("self", db_field="pa")
    parents = ListField(ReferenceField("self", dbref=True))
    generic = GenericReferenceField()


class Open(Document):
    name = StringField(db_field="n")
    meta = {"allow_inheritance": True}


class OpenChild(Open):
    age = IntField(db_field="a")


class Kinds(Document):
    text = StringField()
    number = IntField()
    real = FloatField()
    flag = BooleanField()
    when = DateTimeField()
    money = DecimalField()
    raw = BinaryField()
    key = UUIDField()
    legacy_key = UUIDField(binary=False)
    ids = ListField()


class Keyed(Document):
    slug = StringField(primary_key=True)


class Free(DynamicDocument):
    name = StringField(db_field="n")


def inner(text="x"):
    return Inner(text=text)


def whole():
    return Whole(
        id=ID,
        name="ann",
        part=Part(city="x", inner=inner(), inners=[inner("1"), inner("2")]),
        parts=[Part(city="1"), Part(inner=inner())],
        places={"home": Part(city="h"), "dot": Part()},
        data={"a": {"b": [1, inner()]}, "e": {}, "none": None},
        open=OpenPart(a=1),
        any=inner(),
        parent=OTHER_ID,
        parents=[Whole(id=OTHER_ID)],
        generic=Whole(id=OTHER_ID),
    )


def texts():
    return Kinds(
        id=ID,
        text='é\u3042"',
        number=2**40,
        real=1.5,
        flag=True,
        when=datetime(2020, 1, 2, 3, 4, 5, 678000),
        money=Decimal("1.25"),
        raw=b"\x00\xff",
        key=uuid.UUID(int=5),
        legacy_key=uuid.UUID(int=6),
        ids=[ID, None, 1.0, {"a": datetime(2020, 1, 1)}],
    )


def _reset():
    document = Whole(parts=[], name="x")
    document.age = 1
    document.name = "y"
    return document


def _malformed():
    document = Whole()
    document.age, document.part, document.parts = "five", 5, 5
    return document


def _read_value(text, options=None):
    return (
        Kinds.from_json(text, json_options=options)
        if options
        else Kinds.from_json(text)
    )


def _round(options):
    return (
        _read_value(texts().to_json(json_options=options), options).to_mongo()
        == texts().to_mongo()
    )


def _state(document):
    return document._created, document._get_changed_fields(), document._delta()


step("to_mongo", lambda: whole().to_mongo())
step("to_mongo field names", lambda: whole().to_mongo(use_db_field=False))
step("to_mongo loaded", lambda: Whole._from_son(whole().to_mongo()).to_mongo())
step("round trip equal", lambda: Whole._from_son(whole().to_mongo()) == whole())
step(
    "empty",
    lambda: (Whole().to_mongo(), Part().to_mongo(), Inner(number=None).to_mongo()),
)
step(
    "is a copy",
    lambda: (lambda w: (w.to_mongo()["d"]["a"].clear(), w.data)[1])(whole()),
)
FIELDS = (
    *([], ["name"], ["n"], ["name", "age"], ["age", "name"], ["part"], ["part.city"]),
    *(["part.inner"], ["part.inner.text"], ["part__city"], ["p"], ["p.c"], ["parts"]),
    *(
        ["parts.city"],
        ["parts.0.city"],
        ["places"],
        ["places.home"],
        ["data"],
        ["data.a"],
    ),
    *(
        ["id"],
        ["_id"],
        ["pk"],
        ["nope"],
        ["null"],
        ["open"],
        ["_cls"],
        ["name", "_cls"],
    ),
    *(None, ("name",), {"name"}, "name", ["part", "part.city"], ["part.inners.text"]),
)
for fields in FIELDS:
    step(f"fields {fields!r}", lambda f=fields: whole().to_mongo(fields=f))
    step(
        f"child fields {fields!r}",
        lambda f=fields: OpenChild(name="x", age=1).to_mongo(fields=f),
    )
    step(f"part fields {fields!r}", lambda f=fields: whole().part.to_mongo(fields=f))
step("positional", lambda: whole().part.to_mongo(False, ["city"]))
step("field names of part", lambda: whole().part.to_mongo(use_db_field=False))
step(
    "field names of child", lambda: OpenChild(id=ID, age=1).to_mongo(use_db_field=False)
)
step("field names of free", lambda: Free(name="x", z=1).to_mongo(use_db_field=False))
step("free fields", lambda: Free(name="x", z=1, y=2).to_mongo(fields=["z"]))
step("part with id", lambda: PartWithId(id=1, pk_like=2).to_mongo())
step("part with None ids", lambda: PartWithId().to_mongo())
step("keyed", lambda: (Keyed(slug="a").to_mongo(), Keyed().to_mongo()))
step("id is None", lambda: Whole(id=None).to_mongo().get("_id", "absent"))
step("open part", lambda: OpenPart(a=1).to_mongo())
step(
    "type",
    lambda: (
        type(whole().to_mongo()),
        type(whole().part.to_mongo()),
        type(whole().to_mongo()["d"]),
    ),
)


step("key order", lambda: list(_reset().to_mongo()))
step("malformed to_mongo", lambda: _malformed().to_mongo())
step("unsaved reference", lambda: Whole(parent=Whole()).to_mongo())

# JSON.
step("to_json", lambda: whole().to_json())
step("to_json field names", lambda: whole().to_json(use_db_field=False))
step("to_json sorted", lambda: Keyed(slug="b").to_json(sort_keys=True, indent=1))
step("to_json separators", lambda: Inner(text="a").to_json(separators=(",", ":")))
step("to_json ascii", lambda: Keyed(slug="é").to_json(ensure_ascii=False))
step("to_json positional", lambda: Keyed(slug="é").to_json(5))
step("to_json of part", lambda: whole().part.to_json())
step("to_json of child", lambda: OpenChild(name="x").to_json())
step("to_json of free", lambda: Free(name="x", z=[1]).to_json())
step("kinds to_mongo", lambda: texts().to_mongo())
step("kinds to_json", lambda: texts().to_json())
OPTIONS = {
    "legacy": LEGACY_JSON_OPTIONS,
    "relaxed": RELAXED_JSON_OPTIONS,
    "canonical": CANONICAL_JSON_OPTIONS,
    "standard uuid": JSONOptions(json_mode=0, uuid_representation=4),
}
for label, options in OPTIONS.items():
    step(f"to_json {label}", lambda o=options: texts().to_json(json_options=o))
    step(
        f"from_json {label}",
        lambda o=options: _read_value(texts().to_json(json_options=o), o),
    )
    step(f"round trip {label}", lambda o=options: _round(o))


JSON_TEXTS = {
    "plain": '{"n": "x", "age": 5}',
    "field names": '{"name": "x"}',
    "id": '{"_id": {"$oid": "555555555555555555555555"}, "n": "x"}',
    "id text": '{"_id": "555555555555555555555555"}',
    "unknown": '{"zz": 1}',
    "part": '{"p": {"c": "x", "in": {"t": 1}}}',
    "empty": "{}",
    "list": "[1]",
    "null": "null",
    "broken": "{",
    "null values": '{"n": null, "age": null}',
    "cls": '{"_cls": "Whole", "n": "x"}',
}
for label, text in JSON_TEXTS.items():
    step(f"from_json {label}", lambda t=text: Whole.from_json(t).to_mongo())
    step(
        f"from_json {label} created",
        lambda t=text: _state(Whole.from_json(t, created=True)),
    )
    step(f"from_json {label} state", lambda t=text: _state(Whole.from_json(t)))


step("from_json bytes", lambda: Keyed.from_json(b'{"_id": "a"}'))
step("from_json child", lambda: Open.from_json('{"_cls": "Open.OpenChild", "a": 1}'))
step(
    "from_json free",
    lambda: Free.from_json('{"z": {"$oid": "555555555555555555555555"}}'),
)
step("from_json part", lambda: Part.from_json('{"c": "x"}').to_mongo())
step("from_json part state", lambda: Part.from_json('{"c": "x"}')._created)
step("from_json hook", lambda: Keyed.from_json('{"_id": "a"}', parse_int=float))
step("json of SON", lambda: json.loads(Free(z=SON([("b", 1), ("a", 2)])).to_json()))
