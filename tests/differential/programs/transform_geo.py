"""Conditions on places, and distances."""

from bson import SON
from query_models import RING, Whole, each, queried

from mongoengine.queryset import transform

POINT = {"type": "Point", "coordinates": [1, 2]}
VALUES = (
    [1, 2],
    (1, 2),
    [[1, 2], 5],
    [(1, 2), (3, 4)],
    ([1, 2], [3, 4]),
    [[1, 2], [3, 4]],
    [RING],
    [[RING]],
    POINT,
    {"$geometry": POINT},
    {**POINT, "x": 1},
    SON(POINT),
    {"type": "Point"},
    {"a": 1},
    [],
    5,
    "x",
    None,
)
NAMES = (
    "legacy",
    "point",
    "line",
    "polygon",
    "points",
    "name",
    "data__a",
    "dynamic__a",
)
POLYGON = [RING]

for operator in transform.GEO_OPERATORS:
    each(queried, [f"{name}__{operator}" for name in NAMES], VALUES)
    each(queried, [f"{name}__not__{operator}" for name in NAMES], [[1, 2]])
    queried(None, **{f"a__{operator}": [1, 2]})
for name in NAMES:
    for near in (
        "near",
        "near_sphere",
        "geo_within",
        "within_distance",
        "geo_within_box",
    ):
        for place in ([1, 2], POINT, {"$geometry": POINT, "$maxDistance": 3}):
            key = f"{name}__{near}"
            queried(**{key: place, f"{name}__max_distance": 5})
            queried(**{key: place, f"{name}__min_distance": 1})
            both = {f"{name}__min_distance": 1, f"{name}__max_distance": 5}
            queried(**{key: place, **both})
            queried(**{key: place, **both, f"{name}__exists": True})
            queried(**{key: place, **both, f"{name}__type": 3})
            queried(**{key: place, f"{name}__not__max_distance": 5})
queried(legacy__max_distance=5, legacy__min_distance=1)
queried(__raw__={"pt": {"$near": [1, 2]}}, point__max_distance=5)
queried(__raw__={"pt": {"$nearSphere": {"$geometry": POINT}}}, point__max_distance=5)
queried(Whole, legacy=[1, 2], point=[1, 2], point__in=[[1, 2]])
