"""Each operator by its name, as MongoDB calls it, with its value converted."""

from __future__ import annotations

import re
from typing import Any

import pytest

from mongoengine import (
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    GeoPointField,
    IntField,
    ListField,
    PointField,
    StringField,
    ValidationError,
)
from mongoengine.queryset import transform

POINT = {"type": "Point", "coordinates": [1, 2]}


class OperatorPart(EmbeddedDocument):
    size = IntField()


class OperatorRow(Document):
    part = EmbeddedDocumentField(OperatorPart)
    needed = EmbeddedDocumentField(OperatorPart, required=True)
    number = IntField()
    numbers = ListField(IntField())
    place = PointField()
    old_place = GeoPointField()
    text = StringField()


def query(**conditions: Any) -> Any:
    return transform.query(OperatorRow, **conditions)


@pytest.mark.parametrize("name", ["ne", "gt", "gte", "lt", "lte", "not"])
def test_what_compares_with_one_value_converts_it(name: str) -> None:
    assert query(**{f"number__{name}": "3"}) == {"number": {f"${name}": 3}}


@pytest.mark.parametrize("name", ["in", "nin", "all"])
def test_what_takes_several_values_converts_each(name: str) -> None:
    expected = {"numbers": {f"${name}": [3, 4]}}
    assert query(**{f"numbers__{name}": ["3", "4"]}) == expected


@pytest.mark.parametrize("name", ["in", "nin"])
def test_what_is_pulled_by_several_values_has_each_converted(name: str) -> None:
    changes = transform.update(OperatorRow, **{f"pull__numbers__{name}": ["3", "4"]})
    assert changes == {"$pull": {"numbers": {f"${name}": [3, 4]}}}


@pytest.mark.parametrize(
    ("name", "value"),
    [("size", 2), ("mod", (10, 1)), ("exists", True), ("type", "int")],
)
def test_what_asks_about_a_value_stays_as_it_is(name: str, value: Any) -> None:
    assert query(**{f"numbers__{name}": value}) == {"numbers": {f"${name}": value}}


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("contains", "a"),
        ("startswith", "^a"),
        ("endswith", "a$"),
        ("exact", "^a$"),
        ("wholeword", r"\ba\b"),
        ("regex", "a"),
    ],
)
def test_texts_are_looked_for_by_patterns(name: str, pattern: str) -> None:
    assert query(**{f"text__{name}": "a"}) == {"text": re.compile(pattern)}
    expected = {"text": re.compile(pattern, re.IGNORECASE)}
    assert query(**{f"text__i{name}": "a"}) == expected


@pytest.mark.parametrize(
    ("name", "operator"),
    [("geo_within", "$geoWithin"), ("geo_intersects", "$geoIntersects")],
)
def test_places_are_looked_for_by_geometries(name: str, operator: str) -> None:
    expected = {"place": {operator: {"$geometry": POINT}}}
    assert query(**{f"place__{name}": [1, 2]}) == expected
    assert query(**{f"place__{name}": POINT}) == expected


def test_places_are_looked_for_between_distances() -> None:
    assert query(place__near=[1, 2], place__max_distance=5, place__min_distance=1) == {
        "place": {"$near": {"$geometry": POINT, "$maxDistance": 5, "$minDistance": 1}}
    }


@pytest.mark.parametrize(
    ("name", "condition"),
    [
        ("near", {"$near": [1, 2]}),
        ("near_sphere", {"$nearSphere": [1, 2]}),
        ("within_distance", {"$within": {"$center": [1, 2]}}),
        ("within_spherical_distance", {"$within": {"$centerSphere": [1, 2]}}),
        ("within_box", {"$within": {"$box": [1, 2]}}),
        ("within_polygon", {"$within": {"$polygon": [1, 2]}}),
    ],
)
def test_pairs_of_coordinates_have_operators_of_their_own(
    name: str, condition: Any
) -> None:
    assert query(**{f"old_place__{name}": [1, 2]}) == {"old_place": condition}


@pytest.mark.parametrize(
    ("name", "shape", "value"),
    [
        ("center", "$center", [[1, 2], 3]),
        ("sphere", "$centerSphere", [[1, 2], 3]),
        ("box", "$box", [[1, 2], [3, 4]]),
        ("polygon", "$polygon", [[1, 2], [3, 4], [5, 6]]),
    ],
)
def test_places_are_looked_for_within_shapes(name: str, shape: str, value: Any) -> None:
    expected = {"place": {"$geoWithin": {shape: value}}}
    assert query(**{f"place__geo_within_{name}": value}) == expected


@pytest.mark.parametrize(
    ("name", "operator"),
    [
        ("set", "$set"),
        ("set_on_insert", "$setOnInsert"),
        ("push", "$push"),
        ("add_to_set", "$addToSet"),
        ("min", "$min"),
    ],
)
def test_none_can_be_given_for_a_part_that_is_not_required(
    name: str, operator: str
) -> None:
    changes = transform.update(OperatorRow, **{f"{name}__part": None})
    assert changes == {operator: {"part": None}}


@pytest.mark.parametrize("name", ["set", "push"])
def test_none_is_refused_for_a_part_that_is_required(name: str) -> None:
    with pytest.raises(ValidationError, match="Invalid embedded document instance"):
        transform.update(OperatorRow, **{f"{name}__needed": None})
