"""GeoPointField and the GeoJSON fields."""

import copy
from decimal import Decimal

from battery import attributes_of, exercise, make_field
from recorder import step

from mongoengine import (
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    GeoPointField,
    LineStringField,
    ListField,
    MultiLineStringField,
    MultiPointField,
    MultiPolygonField,
    PointField,
    PolygonField,
)

NAN = float("nan")
RING = [[0, 0], [0, 1], [1, 1], [0, 0]]
POINTS = [
    [1, 2],
    (1, 2),
    [1.5, -2.5],
    ["1", "2"],
    [1],
    [],
    [1, 2, 3],
    [None, 1],
    [True, False],
    [NAN, 1],
]
POINTS += [
    [181, 91],
    [1e400, 0],
    [Decimal(1), Decimal(2)],
    [[1, 2]],
    [1, [2]],
    {1, 2},
    "12",
    "ab",
    5,
    None,
    {},
]
LINES = [
    [[1, 2], [3, 4]],
    [[1, 2]],
    [[1, 2], (3, 4)],
    [(1, 2), (3, 4)],
    ((1, 2), (3, 4)),
    [[1, 2], [3]],
]
LINES += [
    [[1, 2], 3],
    [[1, 2], ["a", "b"]],
    [[1, 2], None],
    [[]],
    [[], []],
    [[1, 2], [3, 4], [5]],
    [1, 2],
    ["a"],
]
POLYGONS = [
    [RING],
    [RING, RING],
    RING,
    [RING[:3]],
    [[[0, 0], [0, 0]]],
    [[[0, 0]]],
    [[]],
    [[0, 0]],
    [tuple(RING)],
]
POLYGONS += [
    (tuple(map(tuple, RING)),),
    [RING, [[0, 0], [1, 1]]],
    [RING, 5],
    [[[0, 0], [1, "x"], [0, 0]]],
    [RING, None],
]
POLYGONS += [[[[0, 0], [0, 1], (0, 0)]], [[(0, 0), (0, 1), [0, 0]]]]
MULTIS = [
    [[RING]],
    [[RING], [RING]],
    [[RING[:3]]],
    [[[]]],
    [[[[0, 0]]]],
    [[RING], 5],
    [[RING, RING[:2]]],
    [[RING], [5]],
]
VALUES = [*POINTS, *LINES, *POLYGONS, *MULTIS]
KINDS = (
    "Point",
    "LineString",
    "Polygon",
    "MultiPoint",
    "MultiLineString",
    "MultiPolygon",
)
COORDINATES = {
    "Point": [1, 2],
    "LineString": [[1, 2], [3, 4]],
    "Polygon": [RING],
    "MultiPoint": [[1, 2], [3, 4]],
    "MultiLineString": [[[1, 2], [3, 4]]],
    "MultiPolygon": [[RING]],
}
JSONS = [{"type": kind, "coordinates": value} for kind, value in COORDINATES.items()]
JSONS += [
    {"type": "Point"},
    {"coordinates": [1, 2]},
    {"type": "point", "coordinates": [1, 2]},
]
JSONS += [{"type": "Point", "coordinates": [1]}, {"type": "Point", "coordinates": "ab"}]
JSONS += [
    {"coordinates": [1, 2], "type": "Point"},
    {"type": "Point", "coordinates": [1, 2], "crs": 1},
]
JSONS += [
    {"type": None, "coordinates": None},
    {"type": "Polygon", "coordinates": [RING[:3]]},
    {"a": 1},
]
OPS = (
    None,
    "exact",
    "near",
    "geo_within",
    "within_box",
    "max_distance",
    "set",
    "geo_intersects",
)

exercise("GeoPointField()", [*POINTS, *LINES[:3], *JSONS[:2]], OPS)
for kind in KINDS:
    exercise(f"{kind}Field()", [*VALUES, *JSONS], OPS)
for options in (
    "required=True",
    "null=True",
    "db_field='x'",
    "auto_index=False",
    "default=lambda: [3, 4]",
):
    exercise(f"PointField({options})", [None, [1, 2], JSONS[0]])
exercise("GeoPointField(required=True)", [None, [1, 2]])
exercise("GeoPointField(null=True)", [None, [1, 2]])
exercise("GeoPointField(default=lambda: [3, 4])", [None, [1, 2]])
exercise("PointField(choices=[[1, 2]])", [[1, 2], [3, 4], JSONS[0]])


def attributes(source):
    return attributes_of(make_field(source))


def observe_class(kind):
    for source in (
        "",
        "False",
        "True, 'x'",
        "auto_index=False",
        "5",
        "unique=True",
        "db_field='a.b'",
    ):
        step(f"{kind}Field({source})", attributes, f"{kind}Field({source})")
    step(
        f"{kind}Field class attributes",
        lambda: {
            name: getattr(make_field(f"{kind}Field"), name, "missing")
            for name in ("_type", "_geo_index")
        },
    )
    step(
        f"{kind}Field bases",
        lambda: [base.__name__ for base in make_field(f"{kind}Field").__mro__],
    )


for kind in (*KINDS, "GeoPoint"):
    observe_class(kind)


class Spot(EmbeddedDocument):
    at = PointField(db_field="a")


class Place(Document):
    legacy = GeoPointField()
    point = PointField(db_field="p")
    line = LineStringField()
    polygon = PolygonField()
    points = MultiPointField()
    lines = MultiLineStringField()
    polygons = MultiPolygonField()
    unindexed = PointField(auto_index=False)
    route = ListField(PointField())
    spot = EmbeddedDocumentField(Spot)
    spots = ListField(EmbeddedDocumentField(Spot))


step("geo indices", lambda: Place._geo_indices())
step("geo index specs", lambda: Place._meta["index_specs"])
step("legacy read", lambda: Place(legacy=(1, 2)).legacy)
step("point read", lambda: Place(point=(1, 2)).point)
step("point assigned", lambda: setattr(Place(), "point", [1, 2]))
step("points in a list", lambda: Place(route=[[1, 2], JSONS[0]]).to_mongo())
step("points in a list, valid", lambda: Place(route=[[1, 2], [1]]).validate())
step(
    "embedded point",
    lambda: Place(spot=Spot(at=[1, 2]), spots=[Spot(at=[3, 4])]).to_mongo(),
)
STORED = {
    "_id": 1,
    "legacy": [1, 2],
    "p": JSONS[0],
    "line": JSONS[1],
    "polygon": JSONS[2],
    "points": JSONS[3],
    "lines": JSONS[4],
    "polygons": JSONS[5],
    "route": [JSONS[0]],
}
step("place loaded", lambda: Place._from_son(STORED))
step(
    "place loaded, read",
    lambda: (Place._from_son(STORED).point, Place._from_son(STORED).legacy),
)
step("place loaded, stored", lambda: Place._from_son(STORED).to_mongo())
step("place loaded, valid", lambda: Place._from_son({**STORED, "_id": None}).validate())


@step("what was loaded is shared with the place")
def _():
    stored = copy.deepcopy(STORED)
    place = Place._from_son(stored)
    place.point["coordinates"] = [9, 9]
    place.legacy.append(9)
    return stored["p"], stored["legacy"]


def observe_mutation(name):
    @step(f"{name}: mutated in place")
    def _():
        place = Place._from_son({**copy.deepcopy(STORED), "_id": None})
        value = getattr(place, name)
        if isinstance(value, dict):
            value["coordinates"] = [9]
            value["coordinates"].append(10)
        else:
            value.append(5)
        return value, place._get_changed_fields(), place._delta(), place.to_mongo()


for name in (
    "point",
    "line",
    "polygon",
    "points",
    "lines",
    "polygons",
    "legacy",
    "route",
):
    observe_mutation(name)


def observe_path(path):
    step(
        f"lookup {path}",
        lambda: [
            getattr(f, "db_field", f) for f in Place._lookup_field(path.split("."))
        ],
    )


for path in (
    "point.coordinates",
    "point.type",
    "point.0",
    "legacy.0",
    "route.0",
    "spot.at",
    "spots.at",
):
    observe_path(path)
