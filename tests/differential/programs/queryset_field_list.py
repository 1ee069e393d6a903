"""Every sum of three lists of fields, with and without names always included."""

from itertools import product

from recorder import step

from mongoengine.queryset.field_list import QueryFieldList

LISTS = [
    ([], 1),
    ([], 0),
    (["a"], 0),
    (["a", "b"], 0),
    (["_id"], 0),
    (["x"], 0),
    (["a"], 1),
    (["_id"], 1),
    (["x"], 1),
    (["a"], 1, None, True),
    (["b"], 1, None, True),
    (["_id", "a"], 1, None, True),
    (["a", "x"], 1, None, True),
    (["a"], {"$slice": 3}),
    (["_id"], {"$slice": 1}),
    (["a", "c"], {"$elemMatch": {"b": 1}}),
    (["x"], {"$slice": [1, 2]}),
    (["a"], 5),
    (["a"], None),
]


def told(fields):
    """Give what a list of fields says, whatever the order of its sets."""
    return (
        dict(sorted(fields.as_dict().items())),
        sorted(fields.fields),
        sorted(fields.always_include),
        dict(sorted(fields.slice.items())),
        fields.value,
        bool(fields),
    )


def alone(*args):
    return told(QueryFieldList(*args))


def total(always, chosen):
    fields = QueryFieldList(always_include=always)
    for one in chosen:
        fields += QueryFieldList(*one)
    return told(fields)


def totals(always, *chosen):
    return [total(always, [*chosen, last]) for last in LISTS]


for always in (None, ["x"]):
    step(f"nothing, always {always}", total, always, ())
    for one in LISTS:
        step(f"always {always} + {one}", total, always, [one])
        step(f"alone {one[:2]}, always {always}", alone, *one[:2], always)
    for one, two in product(LISTS, LISTS):
        step(f"always {always} + {one} + {two} + each", totals, always, one, two)

step("constants", lambda: (QueryFieldList.ONLY, QueryFieldList.EXCLUDE))
step("plus what is none", lambda: QueryFieldList() + 5)


@step("reset")
def _():
    fields = QueryFieldList(["a"], 0, ["x"])
    fields += QueryFieldList(["b"], {"$slice": 1})
    fields.reset()
    return told(fields)


@step("grown in place")
def _():
    fields = QueryFieldList()
    fields += QueryFieldList(["a", "b"], 1)
    fields.always_include = ["x", "y"]
    fields += QueryFieldList(["c"], 1)
    return dict(sorted(fields.as_dict().items()))
