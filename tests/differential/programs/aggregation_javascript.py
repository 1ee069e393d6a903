"""map_reduce(), item_frequencies() and the fields that JavaScript names."""

from bson import SON, Code
from recorder import step
from server import connect, sent

from mongoengine import (
    DateTimeField,
    DictField,
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    ListField,
    ReferenceField,
    StringField,
)

db = connect()
other = connect("other")


class Part(EmbeddedDocument):
    kind = StringField(db_field="k")


class Thing(Document):
    id = IntField(primary_key=True)
    name = StringField(db_field="nm")
    number = IntField()
    tags = ListField(StringField(), db_field="tg")
    part = EmbeddedDocumentField(Part, db_field="pt")
    info = DictField()
    made = DateTimeField()
    ref = ReferenceField("self")
    lists = ListField(ListField(IntField()))
    meta = {"ordering": ["-number"]}


Thing._get_collection()
first = Thing(id=1, name="a", number=0, tags=["x", "y"], part=Part(kind="p")).save()
Thing(id=2, name="b", number=1, tags=["x"], ref=first, info={"key": "v"}).save()
Thing(id=3, name="toString", number=1, tags=["z"], part=Part(), lists=[[1]]).save()
things = Thing.objects

# Names of fields

for code in (
    "this[~name] this[ ~tags ] {{~part.kind}} {{ ~name }}",
    "[~part.kind] [~pk] [~id]",
    "~name ['~name'] {~name} [~] {{~}} [~two words]",
    "[~nope]",
    "{{~part.nope}}",
    "[~_id]",
    "{{~info.key}}",
):
    step(f"_sub_js_fields {code}", things._sub_js_fields, code)

# Map-reduce

TAGS = "function() { this[~tags].forEach(function(tag) { emit(tag, 1); }); }"
IDS = "function() { emit(this._id, this.number); }"
ADD = "function(key, values) { return Array.sum(values); }"
TIMES = "function(key, value) { return value * times; }"


def rows(queryset, output, map_f=TAGS, **more):
    found = queryset.map_reduce(map_f, ADD, output, **more)
    return sorted((row.key, row.value) for row in found)


for label, output in {
    "inline": "inline",
    "name": "rows",
    "replace": {"replace": "rows"},
    "merge": {"merge": "rows"},
    "reduce": {"reduce": "rows"},
    "alias": {"replace": "rows", "db_alias": "other"},
    "database": SON([("replace", "rows"), ("db", other.name)]),
    "no action": {"inline": 1},
    "nothing": {},
    "no name": "",
    "None": None,
}.items():
    sent(f"map_reduce | {label}", rows, things, output)
step("map_reduce | other database", lambda: list(other.rows.find().sort("_id")))

for output in ("inline", "rows"):
    sent(f"map_reduce | {output}, filtered", rows, things(number__gt=0), output)
    sent(f"map_reduce | {output}, limit", rows, things, output, limit=1)
    sent(f"map_reduce | {output}, limited", rows, things.limit(1), output)
    sent(f"map_reduce | {output}, none found", rows, things(number=9), output)
    variables = {"finalize_f": TIMES, "scope": {"times": 10}}
    sent(f"map_reduce | {output}, finalized", rows, things, output, **variables)
    sent(f"map_reduce | {output}, code", rows, things, output, Code(TAGS))
    sent(f"map_reduce | {output}, unknown", rows, things, output, "this[~nope]")
    sent(f"map_reduce | {output}, malformed", rows, things, output, "function( {")
    sent(f"map_reduce | {output}, int", rows, things, output, 5)


def objects(queryset, output):
    found = queryset.map_reduce(IDS, ADD, output)
    return sorted((row.key, row.value, row.object.name) for row in found)


step("map_reduce | objects", objects, things, "inline")
step("map_reduce | objects, collection", objects, things, "rows")
for ordering in (["value", "_id"], ["-value", "_id"], ["-_id"]):

    @step(f"map_reduce | ordered by {ordering}")
    def _(ordering=ordering):
        ordered = things.order_by(*ordering)
        return [
            [(row.key, row.value) for row in ordered.map_reduce(TAGS, ADD, output)]
            for output in ("rows", "inline")
        ]


# Frequencies


def frequencies(queryset, *arguments):
    found = queryset.item_frequencies(*arguments)
    return sorted(found.items(), key=repr)


FIELDS = """
    name number tags pk made ref info.key info.nope.more lists nope ref.name number.x
"""
for field in FIELDS.split():
    step(f"item_frequencies {field}", frequencies, things, field)
    step(f"item_frequencies {field}, shares", frequencies, things, field, True)
step("item_frequencies filtered", frequencies, things(number=1), "tags")
step("item_frequencies none found", frequencies, things(number=9), "tags", True)
step("exec_js nope", things.exec_js, "function() {}", "nope")
