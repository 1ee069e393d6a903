"""Conditions: every operator on every kind of field, with every kind of value."""

from query_models import FIELDS, VALUES, Whole, each, queried
from recorder import step

from mongoengine.queryset import transform

SCALAR_OPERATORS = ("ne", "in", "not", "elemMatch", "exists", "size")
STRING_FIELDS = ("name", "tags", "data", "data__a", "dynamic", "num", "part__city")

for kind in ("COMPARISON", "GEO", "STRING", "CUSTOM", "MATCH"):
    step(f"{kind}_OPERATORS", lambda k=kind: getattr(transform, f"{k}_OPERATORS"))

for field in (*FIELDS, "pk"):
    each(queried, [field], VALUES)
    for operator in SCALAR_OPERATORS:
        each(queried, [f"{field}__{operator}"], VALUES)
    for operator in transform.MATCH_OPERATORS:
        each(queried, [f"{field}__{operator}"], ["a.b", 5, ["5"], [1, 2]])
for operator in transform.STRING_OPERATORS:
    for field in STRING_FIELDS:
        each(queried, [f"{field}__{operator}"], ["a+b", "a(", "", 5, None, b"x", ["a"]])
        each(queried, [f"{field}__not__{operator}"], ["a"])
for operator in transform.MATCH_OPERATORS:
    each(
        queried, [f"num__not__{operator}", f"tags__0__{operator}"], [5, [5], {"$gt": 1}]
    )
    queried(None, **{f"a__{operator}": [1]})
    queried(Whole, **{operator: 1})
