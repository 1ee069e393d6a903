"""GeoPointField and the GeoJSON fields."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from bson import SON
from hypothesis import given
from hypothesis import strategies as st

from mongoengine import (
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    GeoPointField,
    LineStringField,
    ListField,
    MapField,
    MultiLineStringField,
    MultiPointField,
    MultiPolygonField,
    PointField,
    PolygonField,
    ValidationError,
)

RING = [[0, 0], [0, 1], [1, 1], [0, 0]]
COORDINATES: dict[type[Any], Any] = {
    PointField: [1, 2],
    LineStringField: [[1, 2], [3, 4]],
    PolygonField: [RING],
    MultiPointField: [[1, 2], [3, 4]],
    MultiLineStringField: [[[1, 2], [3, 4]]],
    MultiPolygonField: [[RING]],
}
KINDS = list(COORDINATES.items())
MUST_BE_LISTS = "{}Field can only accept lists of [x, y]"
NO_GEOJSON = "{}Field can only accept a valid GeoJson dictionary or lists of (x, y)"

INVALID: list[tuple[type[Any], Any, str]] = [
    (PointField, [1], "Value ([1]) must be a two-dimensional point"),
    (PointField, (1, 2, 3), "Value ((1, 2, 3)) must be a two-dimensional point"),
    (PointField, [1, "2"], "Both values ([1, '2']) in point must be float or int"),
    (PointField, [None, 1], "Both values ([None, 1]) in point must be float or int"),
    (LineStringField, [], "Invalid LineString must contain at least one valid point"),
    (LineStringField, [1], "Invalid LineString must contain at least one valid point"),
    (
        LineStringField,
        [[1, 2], 3, [4], [4]],
        "Invalid LineString:\nPoints must be a list of coordinate pairs, "
        "Value ([4]) must be a two-dimensional point",
    ),
    (
        PolygonField,
        [[]],
        "Invalid Polygon must contain at least one valid linestring",
    ),
    (
        PolygonField,
        [RING[:3]],
        "Invalid Polygon:\nLineStrings must start and end at the same point",
    ),
    (
        PolygonField,
        [RING, 5],
        "Invalid Polygon:\nLineStrings must contain list of coordinate pairs",
    ),
    (
        PolygonField,
        [[[0, 0], [1, "x"], [0, 0]]],
        "Invalid Polygon:\nBoth values ([1, 'x']) in point must be float or int",
    ),
    (MultiPointField, [], "Invalid MultiPoint must contain at least one valid point"),
    (MultiPointField, [[1, 2], 3], "Points must be a list of coordinate pairs"),
    (
        MultiLineStringField,
        [[1, 2]],
        "Invalid MultiLineString must contain at least one valid linestring",
    ),
    (
        MultiLineStringField,
        [[[1, 2]], 5],
        "Invalid MultiLineString:\nLineStrings must contain list of coordinate pairs",
    ),
    (
        MultiPolygonField,
        [RING],
        "Invalid MultiPolygon must contain at least one valid Polygon",
    ),
    (
        MultiPolygonField,
        [[RING], 5],
        "Invalid MultiPolygon:\nPolygons must contain list of linestrings",
    ),
    (
        MultiPolygonField,
        [[RING], [RING[:3]]],
        "Invalid MultiPolygon:\nLineStrings must start and end at the same point",
    ),
    (
        MultiPolygonField,
        [[RING], [5]],
        "Invalid MultiPolygon:\n"
        "Invalid Polygon must contain at least one valid linestring",
    ),
]


def tuples(value: Any) -> Any:
    return tuple(map(tuples, value)) if isinstance(value, list) else value


def geojson(kind: type[Any], coordinates: Any) -> dict[str, Any]:
    return {"type": kind._type, "coordinates": coordinates}


@pytest.mark.parametrize(("kind", "coordinates"), KINDS)
def test_a_shape_is_coordinates_or_geojson(kind: type[Any], coordinates: Any) -> None:
    field = kind()
    for value in (coordinates, tuples(coordinates), geojson(kind, coordinates)):
        field.validate(value)
        assert field.to_python(value) is value


@pytest.mark.parametrize(("kind", "coordinates"), KINDS)
def test_coordinates_are_stored_as_geojson(kind: type[Any], coordinates: Any) -> None:
    stored = kind().to_mongo(coordinates)
    assert type(stored) is SON
    assert list(stored.items()) == list(geojson(kind, coordinates).items())
    given = geojson(kind, coordinates)
    assert kind().to_mongo(given) is given


@pytest.mark.parametrize(("kind", "value", "message"), INVALID)
def test_wrong_coordinates_are_refused(
    kind: type[Any], value: Any, message: str
) -> None:
    for form in (value, geojson(kind, value)):
        with pytest.raises(ValidationError) as caught:
            kind().validate(form)
        assert str(caught.value) == message


@pytest.mark.parametrize("kind", COORDINATES)
@pytest.mark.parametrize("value", [None, 5, "12", {1, 2}])
def test_a_shape_is_a_list(kind: type[Any], value: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        kind().validate(value)
    assert str(caught.value) == MUST_BE_LISTS.format(kind._type)


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"type": "Point"},
        {"coordinates": [1, 2]},
        {"type": "Point", "coordinates": [1, 2], "crs": 1},
    ],
)
def test_geojson_is_type_and_coordinates(value: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        PointField().validate(value)
    assert str(caught.value) == NO_GEOJSON.format("Point")


def test_geojson_is_of_the_type_of_the_field() -> None:
    with pytest.raises(ValidationError, match='PolygonField type must be "Polygon"'):
        PolygonField().validate({"type": "polygon", "coordinates": [RING]})


@pytest.mark.parametrize("value", [[1, 2], (1.5, -2), [True, 0], [1000, float("nan")]])
def test_a_legacy_point_is_stored_as_it_is(value: Any) -> None:
    field = GeoPointField()
    field.validate(value)
    assert field.to_mongo(value) is value


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, "GeoPointField can only accept tuples or lists of (x, y)"),
        ({"type": "Point"}, "GeoPointField can only accept tuples or lists of (x, y)"),
        ([1], "Value ([1]) must be a two-dimensional point"),
        (["1", "2"], "Both values (['1', '2']) in point must be float or int"),
    ],
)
def test_wrong_legacy_points_are_refused(value: Any, message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        GeoPointField().validate(value)
    assert str(caught.value) == message


def test_indexes() -> None:
    assert GeoPointField._geo_index == "2d"
    assert {kind._geo_index for kind in COORDINATES} == {"2dsphere"}
    assert PointField(False)._geo_index is False
    assert PointField()._geo_index == "2dsphere"
    assert PointField(True, "x").db_field == "x"


def refuse_zero(value: Any) -> None:
    if 0 in value:
        raise ValidationError("zero")


class MapSpot(EmbeddedDocument):
    at = PointField(db_field="a")


class MapPlace(Document):
    point = PointField(db_field="p")
    checked = PointField(validation=refuse_zero)
    empty = PointField(null=True)
    home = PointField(default=lambda: [0, 0])
    legacy = GeoPointField()
    area = PolygonField()
    route = ListField(PointField())
    by_name = MapField(PointField())
    spot = EmbeddedDocumentField(MapSpot)


PLACE: dict[str, Any] = {
    "point": [1, 2],
    "checked": [1, 2],
    "legacy": (1, 2),
    "area": [RING],
    "route": [[1, 2], geojson(PointField, [3, 4])],
    "by_name": {"k": [1, 2]},
    "spot": {"at": [5, 6]},
}


def test_in_a_document() -> None:
    place = MapPlace(**PLACE)
    place.validate()
    stored = place.to_mongo()
    assert stored["p"] == geojson(PointField, [1, 2])
    assert stored["legacy"] == (1, 2)
    assert stored["empty"] is None
    assert stored["home"] == geojson(PointField, [0, 0])
    assert stored["route"][1] == geojson(PointField, [3, 4])
    assert stored["by_name"]["k"]["coordinates"] == [1, 2]
    assert stored["spot"]["a"]["coordinates"] == [5, 6]
    again = MapPlace._from_son(stored)
    again.validate()
    assert again.to_mongo() == stored
    assert again.point == geojson(PointField, [1, 2])
    assert type(again.point["coordinates"]) is list


def test_the_document_tells_where() -> None:
    place = MapPlace(checked=[0, 4], route=[[1, 2], [1]], spot=MapSpot(at="x"))
    with pytest.raises(ValidationError) as caught:
        place.validate()
    assert caught.value.to_dict() == {
        "checked": "zero",
        "route": {1: "Value ([1]) must be a two-dimensional point"},
        "spot": {"at": MUST_BE_LISTS.format("Point")},
    }


def test_a_loaded_shape_that_is_wrong_is_found() -> None:
    place = MapPlace._from_son({"p": {"type": "Point", "coordinates": [1]}})
    with pytest.raises(ValidationError, match="two-dimensional"):
        place.validate()


numbers = st.floats(allow_nan=False) | st.integers(-180, 180)
points = st.lists(numbers, min_size=2, max_size=2)


@given(point=points, line=st.lists(points, min_size=1))
def test_what_is_stored_is_loaded_again(point: Any, line: Any) -> None:
    area = [[*line, line[0]]]
    place = MapPlace(point=point, legacy=point, area=area, route=line)
    place.validate()
    stored = place.to_mongo()
    loaded = MapPlace._from_son(copy.deepcopy(stored))
    loaded.validate()
    assert loaded.point["coordinates"] == point
    assert loaded.area["coordinates"] == area
    assert [p["coordinates"] for p in loaded.route] == line
    assert loaded.to_mongo() == stored
