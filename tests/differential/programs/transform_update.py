"""Changes: every operator on every kind of field, with every kind of value."""

from battery import SOME_ID
from bson import SON
from query_models import (
    FIELDS,
    PART,
    TARGET,
    TARGET_REF,
    VALUES,
    Base,
    Colour,
    Free,
    Keyed,
    Kid,
    Needed,
    OpenPartChild,
    Part,
    Whole,
    each,
    updated,
)
from recorder import step

from mongoengine import Q
from mongoengine.queryset import transform

OPERATORS = sorted(transform.UPDATE_OPERATORS)

step("operators", lambda: OPERATORS)
for operator in OPERATORS:
    each(updated, [f"{operator}__{field}" for field in (*FIELDS, "pk")], VALUES)
each(updated, FIELDS, ["x", 5, None])
each(updated, [f"{op}__name" for op in ("bit", "nope")], [1])

PATHS = """
set__ set__nope nope set__part__nope set__part__c set__size__ set__part__deep__size
set__part__deep__size__ inc__part__n set__parts__0__city set__parts__S__city set__parts__S
set__parts__$ set__parts__$__city set__parts__$[]__city set__parts__$[x]__city
set__parts__S__deeps__0__text set__tags__0 set__tags__S set__tags__$[] set__tags__-1
set__nums__0 set__nums__S set__nums__$[x] set__nums__x inc__nums__S set__matrix__0
set__matrix__0__0 set__matrix__S__0 set__data__a set__data__a__b set__data__S
set__data__a__S__b set__data__0 set__typed__a set__places__k set__places__k__city
set__lists__k set__lists__k__0__city set__dicts__0__a set__dynamic__a set__dynamic__S
set__dynamic__a__b set__ref__name set__refs__0 set__refs__name set__generic__x
set__cached__name set__lazy__name set__any__city set__open__b set___cls set__name__x
set__num__x set__name__gt set__name__exists set__in set__name__0 __set__name set____raw__
ends_ set__ends_ inc__ends_ push__tags__0 push__tags__S push__tags__-1 push__tags__0__1
push__matrix__0 push__matrix__0__0 push__parts__0 push__parts__0__deeps
push__parts__S__deeps__0 push__data__a push__data__a__0 push__data__0 push__dynamic__a
push__dynamic__a__0 push__bare__0 push__name__0 push__lists__k push__lists__k__0
push_all__tags__0 add_to_set__tags__0 add_to_set__data__a pop__parts__0__deeps
pop__parts__city pull__parts__city pull__parts__n__gt pull__parts__n__in
pull__parts__city__contains pull__parts__deep__text pull__parts__deeps__text
pull__parts__S__deeps pull__parts__S__deeps__text pull__parts__0__deeps__text
pull__parts__0__city pull__parts__S__city pull__parts__$[x]__deeps__text pull__tags__in
pull__tags__nin pull__tags__ne pull__tags__contains pull__tags__0 pull__tags__S pull__tags__x
pull__nums__gt pull__nums__exists pull__nums__nope pull__parts__match pull__parts__elemMatch
pull__data__a pull__data__a__in pull__data__a__b pull__data__a__0 pull__dynamic__a
pull__dynamic__in pull__bare__in pull__bare__x pull__bare__x__y pull__bare__0__x
pull__matrix__in pull__matrix__0 pull__part__city pull__part__deeps pull__part__deeps__text
pull__part__deeps__0__text pull__part__deeps__text__exists pull__part__deep__text
pull__places__k pull__places__k__city pull__places__k__deeps__text pull__lists__k
pull__lists__k__city pull__lists__k__city__in pull__lists__k__0__city
pull__lists__k__deeps__text pull__dicts__a pull__refs__name pull__lazy__name pull__any__city
pull_all__parts__deeps pull_all__data__a unset__part__city unset__parts__S__city
unset__parts__0 unset__nope rename__part__city min__part__n
"""
each(updated, PATHS.split(), [1, "5", ["x"], [3, 4], None, PART, [PART]])
for model in (Free, Base, Kid, Keyed, Part, Needed):
    for name in ("a", "a__b", "a__gt", "push__a", "push__a__0", "pull__a__b", "y", "x"):
        updated(model, **{name: "5"})
    for name in (
        "add_to_set__a",
        "unset__a",
        "inc__a",
        "_cls",
        "set___cls",
        "_id",
        "pk",
    ):
        updated(model, **{name: 5})
    updated(model, set__part__city="x")
    updated(model, set__city="x", slug="s")
    updated(model, set__a=PART, set__b=TARGET, set__c=[PART])
for operator in OPERATORS:
    for name in ("name", "num", "tags", "part"):
        updated(Needed, **{f"{operator}__{name}": None})
updated(None, set__a=1, b=2, inc__c__d=2, push__e__0=1, push_all__f=[1], unset__g=1)

# Several changes
updated(set__num=1, num=2)
updated(inc__num=1, dec__num=2)
updated(set__name="a", unset__num=1, inc__size=2, push__tags="a", push__nums=1)
updated(push__tags="a", push_all__tags=["b"])
updated(push__tags__0="a", push__tags="b")
updated(pull__parts__city="x", pull__parts__n=3)
updated(pull__parts__n__gt=1, pull__parts__n__lt=5)
updated(pull__nums__gt=1, pull__nums__lt=5)
updated(set__part__city="a", set__part__n=1)
updated(set__data={"a": 1}, data={"b": 1})
for value in (
    {"city": "x"},
    {"city__gt": "x"},
    {"$elemMatch": {"a": 1}},
    SON(city="x"),
):
    updated(pull__parts=value)
    updated(push__parts=value)
    updated(pull_all__parts=value)
updated(pull__parts=Q(city="x"))
updated(set__open=OpenPartChild(a=1, b=2))
updated(push__colours=Colour.RED, pull__colours__in=[Colour.RED])
updated(set__places={"k": PART}, set__data={"a": TARGET, "b": PART})
updated(set__ref=SOME_ID, set__dbref=TARGET_REF)

# Raw updates
for raw in (
    {},
    {"$set": {"n": 1}},
    {"$inc": {"n": 1}},
    {"$set": {"n": 1}, "$inc": {"q": 1}},
    {"n": 1},
    [{"$set": {"n": 1}}],
    [],
    None,
    "x",
):
    updated(__raw__=raw)
    updated(__raw__=raw, set__num=3)
    updated(Whole, set__num=3, __raw__=raw)
