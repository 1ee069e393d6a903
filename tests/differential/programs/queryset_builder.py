"""Chain methods: what a queryset knows after them, and what it would send."""

import copy
from itertools import product

from pymongo import MongoClient, ReadPreference
from pymongo.collation import Collation
from recorder import step

from mongoengine import (
    DictField,
    Document,
    DynamicDocument,
    DynamicField,
    EmbeddedDocument,
    EmbeddedDocumentField,
    GenericReferenceField,
    IntField,
    ListField,
    MapField,
    Q,
    QuerySet,
    ReferenceField,
    StringField,
)
from mongoengine.queryset import QuerySetNoCache

SHOWN = [
    "_cls_query",
    "_where_clause",
    "_ordering",
    "_snapshot",
    "_timeout",
    "_allow_disk_use",
    "_read_preference",
    "_read_concern",
    "_none",
    "_empty",
    "_as_pymongo",
    "_search_text",
    "_search_text_score",
    "_limit",
    "_skip",
    "_hint",
    "_collation",
    "_comment",
    "_batch_size",
    "_max_time_ms",
    "_auto_dereference",
]


class Part(EmbeddedDocument):
    city = StringField(db_field="c")
    meta = {"allow_inheritance": True}


class SubPart(Part):
    street = StringField(db_field="s")


class Plain(Document):
    number = IntField(db_field="n")
    name = StringField()
    tags = ListField(StringField(), db_field="tg")
    rows = ListField(ListField(IntField()))
    part = EmbeddedDocumentField(Part, db_field="p")
    parts = ListField(EmbeddedDocumentField(Part), db_field="ps")
    places = MapField(EmbeddedDocumentField(Part), db_field="pl")
    data = DictField(db_field="d")
    any = DynamicField()
    ref = ReferenceField("self", db_field="r")
    generic = GenericReferenceField()
    meta = {"ordering": ["-number", "+name", "nope"]}


class Base(Document):
    number = IntField(db_field="n")
    part = EmbeddedDocumentField(Part)
    name = StringField()
    tags = ListField(StringField())
    meta = {"allow_inheritance": True}


class Middle(Base):
    level = IntField(db_field="l")


class Leaf(Middle):
    depth = IntField(db_field="dp")


class Open(DynamicDocument):
    number = IntField(db_field="n")


COLLECTION = MongoClient("nowhere", connect=False).db.things  # never reached


def new(model=Plain, kind=QuerySet):
    return kind(model, COLLECTION)


def state(queryset):
    """Give what a queryset knows, in a steady order."""
    args = dict(queryset._cursor_args)
    if "projection" in args:
        args["projection"] = dict(sorted(args["projection"].items()))
    shown = {name: getattr(queryset, name) for name in SHOWN}
    given = {
        name: value for name, value in shown.items() if value != DEFAULTS.get(name, "?")
    }
    return queryset._query, args, list(queryset._scalar), given


def chained(model, *calls):
    """Give the state after some calls, each a method and its arguments."""
    queryset = new(model)
    for method, args, kwargs in copy.deepcopy(calls):  # a run may change them
        queryset = getattr(queryset, method)(*args, **kwargs)
    return type(queryset).__name__, state(queryset)


DEFAULTS = {}
step("a new one", lambda: {name: getattr(new(), name) for name in SHOWN})
DEFAULTS.update({name: getattr(new(), name) for name in SHOWN})
for model in (Plain, Base, Middle, Leaf, Open):
    step(f"new {model.__name__}", chained, model)


def chain(label, *calls, model=Plain):
    step(label, chained, model, *calls)


def call(method, *args, **kwargs):
    return method, args, kwargs


def told(one):
    method, args, kwargs = one
    given = [*map(repr, args), *(f"{k}={v!r}" for k, v in kwargs.items())]
    return f"{method}({', '.join(given)})"


ONES = [
    *(call("limit", n) for n in (3, 0, None, -3, "x", 1.5)),
    *(call("skip", n) for n in (3, 0, None, -3, "x")),
    *(call("batch_size", n) for n in (3, None)),
    *(call("hint", i) for i in ("x", [("a", 1)], None, 5)),
    call("hint"),
    *(call("collation", c) for c in ({"locale": "en"}, Collation("en"), None, "x")),
    call("collation"),
    *(call("comment", c) for c in ("x", None, 5)),
    *(call("timeout", t) for t in (True, False, 0, "yes")),
    call("snapshot", False),
    *(call("allow_disk_use", t) for t in (True, False, 1, None)),
    *(call("read_preference", p) for p in (ReadPreference.SECONDARY, None, "x", 1)),
    *(
        call("read_concern", c)
        for c in ({"level": "majority"}, {}, None, "majority", {"x": 1})
    ),
    *(
        call("where", w)
        for w in (
            "this.a",
            "",
            "[~number] + {{~part.city}}",
            "[ ~part.city ]",
            "{{~a}}",
        )
    ),
    *(call("where", w) for w in ("[~nope]", 5, None, "{{~data.x.y}}", "[~pk] {{~id}}")),
    *(call("search_text", t) for t in ("x", "", 5, None)),
    call("search_text", "x", "en"),
    call("search_text", "x", text_score=False),
    call("scalar"),
    *(call("scalar", n) for n in ("number", "part__city", "part.city", "nope", "pk")),
    call("scalar", "number", "name"),
    call("values_list", "number", "name"),
    call("as_pymongo"),
    call("no_dereference"),
    call("no_sub_classes"),
    call("clear_cls_query"),
    call("none"),
    call("all"),
    call("clone"),
    call("filter"),
    *(
        call("filter", q)
        for q in (Q(number=1), None, {}, 5, {"number": 1}, Q(number=1) | Q(name="x"), Q)
    ),
    call("filter", number=1, name="x"),
    call("filter", Q(number=1), number=2),
    call("filter", Q(number=1) | Q(name="x"), number=2),
    call("filter", nope=1),
    call("filter", __raw__={"x": 1}),
    call("order_by"),
    *(
        call("order_by", k)
        for k in (
            *(
                "number",
                "-number",
                "+number",
                "--number",
                "",
                "-",
                "?number",
                " number",
            ),
            *(
                "nope",
                "-nope.x",
                "nope__x",
                "pk",
                "-id",
                "_id",
                "n",
                "part__city",
                "$x",
            ),
            *(
                "part.nope",
                "number__x",
                "ref__name",
                "data__x",
                "-$text_score",
                None,
                5,
            ),
            *("$text_score", ("number", 1), ["number"], b"number"),
        )
    ),
    call("order_by", "number", "-name", "pk"),
    *(call("order_by", __raw__=r) for r in ([("a", 1)], {"a": 1}, [], None, "x")),
    call("order_by", "number", __raw__=[("a", 1)]),
    call("all_fields"),
    call("no_cache"),
    call("cache"),
]
SHAPES = [
    call("only"),
    *(
        call("only", n)
        for n in (
            *("number", "pk", "id", "part", "part__city", "part.city", "part__street"),
            *("parts__0__city", "parts__city", "parts__S__city", "places__k__city"),
            *("data__x__y", "any__x", "nope", "number__x", "ref__name", "generic__x"),
            *("", "_id", "n", "_cls", "rows__0__1", "slice__tags", "elemMatch__tags"),
        )
    ),
    call("only", 5),
    call("only", ["number"]),
    call("only", "number", "name", "number"),
    call("exclude"),
    *(call("exclude", n) for n in ("number", "id", "part__city", "nope", "_cls")),
    call("exclude", "number", "name"),
    call("fields", number=1),
    call("fields", number=0),
    call("fields", number=1, name=0),
    call("fields", number=5),
    call("fields", number="x"),
    call("fields", number={"$x": 1}, name=1),
    call("fields", number=None),
    call("fields", number={"$x": 1}),
    call("fields", slice__tags=3),
    call("fields", slice__tags=[1, 3], number=1),
    call("fields", slice__tags=3, slice__rows=3, name=0),
    call("fields", slice__tags=1, slice__rows=3, number=1, name=0, id=0),
    call("fields", slice__parts__city=1),
    call("fields", elemMatch__tags={"x": 1}),
    call("fields", slice__nope=1),
    call("fields", foo__number=1),
    call("fields", id=0, number=1),
    call("fields", True, number=1),
    call("fields", **{"part.city": 1}),
    call("all_fields"),
    call("search_text", "x"),
    call("scalar", "name"),
    call("scalar"),
]
for one in [*ONES, *SHAPES]:
    chain(told(one), one)
    for model in (Base, Leaf):
        chain(f"{model.__name__}.{told(one)}", one, model=model)

PAIRED = [
    *(call("only", n) for n in ("number", "id", "part__city", "tags", "slice__tags")),
    call("only", "number", "name"),
    *(call("exclude", n) for n in ("number", "id", "part__city", "tags", "_cls")),
    call("fields", number=1, name=0),
    call("fields", slice__tags=3),
    call("fields", slice__tags=3, number=1),
    call("fields", slice__tags=3, name=0, id=0),
    call("fields", number={"$x": 1}),
    call("fields", id=0),
    call("all_fields"),
    call("search_text", "x"),
    call("scalar", "tags"),
    call("scalar"),
]
for one, two in product(PAIRED, PAIRED):
    chain(f"{told(one)}.{told(two)}", one, two)
    chain(f"Middle.{told(one)}.{told(two)}", one, two, model=Middle)
for three in product(PAIRED[::2], repeat=3):
    chain("Leaf." + ".".join(map(told, three)), *three, model=Leaf)

FILTERS = [
    *(call("filter", number=n) for n in (1, 2)),
    call("filter", number__gt=1),
    call("filter", name="x"),
    call("filter", Q(number=1) | Q(name="x")),
    call("filter", __raw__={"n": 3}),
    call("search_text", "x"),
    call("where", "true"),
    call("none"),
    call("limit", 3),
    call("no_sub_classes"),
    call("clear_cls_query"),
    call("order_by", "number"),
    call("order_by"),
]
for one, two in product(FILTERS, FILTERS):
    chain(f"{told(one)}.{told(two)}", one, two)
for one, two, three in product(FILTERS[:7], repeat=3):
    chain(f"{told(one)}.{told(two)}.{told(three)}", one, two, three)

CLASSES = [
    call("filter", _cls="Base"),
    call("filter", _cls="Base.Middle", number=1),
    call("filter", _cls__in=["Base"]),
    call("filter", Q(_cls="Base") | Q(number=1)),
    call("filter", Q(_cls="Base") & Q(number=1)),
    call("filter", __raw__={"_cls": "x"}),
    call("filter", __raw__={"$or": [{"_cls": "x"}]}),
    call("filter", number=1),
    call("filter", level=1),
    call("no_sub_classes"),
    call("clear_cls_query"),
    call("search_text", "x"),
]
for model, one, two in product((Base, Middle, Leaf), CLASSES, CLASSES):
    chain(f"{model.__name__}.{told(one)}.{told(two)}", one, two, model=model)

for name in ("number", "n", "other", "other__x", "number__x", "-other"):
    chain(f"Open.only({name})", call("only", name), model=Open)
    chain(f"Open.order_by({name})", call("order_by", name), model=Open)

for names in (["number", "part.city"], ["nope"], ["part__city"], []):
    step(f"_fields_to_dbfields({names})", new()._fields_to_dbfields, names)
    step(f"_get_order_by({names})", new()._get_order_by, names)


@step("a copy does not change the original")
def _():
    queryset = new().limit(3)
    queryset.filter(number=1).limit(5).only("name").order_by("name")
    return state(queryset)


@step("compiled before it is narrowed")
def _():
    queryset = new().filter(number=1)
    return queryset._query, queryset.filter(name="x")._query, queryset._query


step("itself: no_sub_classes", lambda: [q.no_sub_classes() is q for q in [new(Base)]])
step("itself: clone", lambda: [q.clone() is q for q in [new()]])
step("itself: all", lambda: [q.all() is q for q in [new()]])
step("itself: clear", lambda: [q.clear_cls_query() is q for q in [new(Base)]])
step("equal", lambda: new() == new())
step("deep copy", lambda: state(copy.deepcopy(new().limit(3))))
step("set by name", lambda: state(new()._chainable_method("limit", 3)))
step("into another", lambda: state(new().limit(3)._clone_into(new(Base))))
step(
    "into uncached",
    lambda: state(new().limit(3)._clone_into(new(Plain, QuerySetNoCache))),
)
step("kept: uncached", lambda: state(new().limit(3).no_cache().filter(number=1)))
step("kept: cached again", lambda: type(new().no_cache().cache()).__name__)


class Own(QuerySet):
    """A queryset of users'."""

    def __init__(self, document, collection):
        super().__init__(document, collection)
        self._ordering = [("own", 1)]
        self.own = 5

    def big(self):
        return self.filter(number__gt=100)


step("own", lambda: state(new(Plain, Own)))
step("own, kept", lambda: new(Plain, Own).filter(name="x").own)
step("own method", lambda: state(new(Plain, Own).filter(name="x").big().limit(2)))
step("own type", lambda: type(new(Plain, Own).limit(2)).__name__)
step("own, uncached", lambda: type(new(Plain, Own).no_cache()).__name__)
