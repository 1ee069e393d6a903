"""Names of conditions: paths, positions, keys, operators that are names of fields."""

import enum

from battery import SOME_ID
from bson import SON
from query_models import (
    PART,
    TARGET,
    TARGET_REF,
    Base,
    Free,
    Keyed,
    Kid,
    Part,
    Whole,
    each,
    queried,
)

from mongoengine import Q


class Other(enum.Enum):
    RED = "red"


PATHS = """
nope name__nope num__nope part__nope ref__name ref__id refs__name generic__x lazy__name
cached__name cached__id id pk _id _cls size size__gt size__size size__ type type__type
type__ set part__size part__deep__size part__deep__size__gt part__deep__size__ name__ exists
gt __gt __ name____gt part__n__ part__n____ name__not name__not__ name__not____gt
name__not__not name__not__not__gt name__gt__lt num__gt__ ends_ ends___gt ends____gt
part__city part__c part__deep__text part__deeps__text part__deeps__0__text part__0__city
name__0 point__0 legacy__0 legacy__0__x part__city__0 parts__city parts__0__city parts__0
parts__S__city parts__deep__text parts__deeps__0__text tags__0 tags__x tags__0__x tags__00
tags__S tags__$ tags__-1 nums__0 nums__x nums__0__gt matrix__0 matrix__0__1 matrix__x
bare__0 bare__x bare__0__x data__a data__a__b__c data__0 data__size data__a__size__
data__a__S data__a___b typed__a typed__a__b places__k places__k__city places__k__c
places__k__nope places__city places__k__deep__text lists__k lists__k__city lists__k__0__city
lists__0__city dicts__a dicts__0__a dicts__a__b dynamic__a dynamic__0 dynamic__a__b
any__city any__text any__nope any_at_all__x any___cls open__a open__b open___cls
generics__0 refs__0 point__type point__coordinates points__0 mail__x 0 0__name
"""

each(queried, PATHS.split(), ["5", 5, ["x"], None])
for model in (Free, Base, Kid, Keyed, Part):
    for path in (
        "a",
        "a__b__gt",
        "a__0__b",
        "a__contains",
        "name",
        "name__x",
        "part__city",
    ):
        queried(model, **{path: "x"})
    for path in ("x", "y", "y__gt", "z", "_cls", "_cls__in", "pk", "id", "_id", "slug"):
        queried(model, **{path: "5"})
    queried(model, pk=SOME_ID)
    queried(model, city="x", deep__text="y", n__gt="1")
queried(None, a=1, b__gt=2, c__d__in=[1], e__not__gt=5, pk=1, f__="x", g__0__h=5)
queried(None, near=[1, 2])

# Several conditions on one key
queried(num__gt=1, num__lt=5)
queried(num=1, num__gt=0)
queried(num__gt=0, num=1)
queried(num__gt=1, num__lt=5, num__ne=3, num__in=[1])
queried(num__gt=1, num__not__gt=5)
queried(num__not__gt=1, num__not__lt=5)
queried(num=1, num__exact=2, num__gt=1)
queried(name__contains="a", name__startswith="b", name="c", num=1, num__gt=2)
queried(name__contains="a", name__ne="b")
queried(tags__contains="a", tags__in=["b"])
queried(part={"city": "x"}, part__ne={"city": "y"})
queried(data={"a": 1}, data__exists=True)
queried(parts__match={"city": "x"}, parts__size=3, parts__city="y")
queried(cached=TARGET, cached__name="y")

# Raw queries
for raw in (
    {},
    {"i": 5},
    {"i": {"$gt": 3}},
    {"i": {"$lt": 3}},
    {"n": 1},
    {"$and": [{"a": 1}]},
    {"$and": [{"a": 1}], "$or": [{"b": 1}]},
    SON([("i", {"$gt": 3}), ("n", 5)]),
    [],
    None,
    "x",
):
    queried(__raw__=raw)
    queried(__raw__=raw, num__gt=5)
    queried(__raw__=raw, num=5)
    queried(__raw__=raw, name="a", name__contains="b", num=1)

# What items of a list are like
for value in (
    {"city": "x"},
    {"city": "x", "n__gt": 5},
    {"deep__text": "x"},
    {"deeps__match": {"text": "x"}},
    {"nope": 1},
    {"c": 1},
    {"pk": 1},
    {"__raw__": {"c": 1}},
    {"$gt": 1},
    {},
    SON(city="x"),
    Q(city="x"),
    PART,
    [PART],
    [1],
    5,
    None,
):
    for name in ("parts", "part__deeps", "part", "bare", "data", "data__a", "lists__k"):
        queried(**{f"{name}__match": value})
        queried(**{f"{name}__elemMatch": value})
        queried(**{f"{name}__not__match": value})

# References, with every operator that takes one or several
for name in (
    "ref",
    "dbref",
    "lazy",
    "cached",
    "generic",
    "generic_lazy",
    "refs",
    "generics",
):
    for operator in ("", "__ne", "__gt", "__not", "__not__ne", "__exact"):
        each(queried, [name + operator], [TARGET, SOME_ID, TARGET_REF, None])
    for operator in ("__in", "__nin", "__all", "__not__in"):
        several = [[TARGET], [SOME_ID], [TARGET_REF], [None], [], [TARGET, None]]
        each(queried, [name + operator], [*several, TARGET, SOME_ID, Other, Other.RED])
    each(queried, [f"{name}__size", f"{name}__exists", f"{name}__type"], [1])
queried(Whole, ref__in=iter([TARGET]))
queried(Whole, num__in=range(3))
queried(Whole, num__in={"1": 2})
