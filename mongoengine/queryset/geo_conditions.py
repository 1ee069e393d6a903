"""Conditions on places and shapes: legacy pairs of numbers, and GeoJSON."""

from __future__ import annotations

from typing import Any

from bson import SON

from mongoengine.base.geo import nests
from mongoengine.errors import InvalidQueryError
from mongoengine.fields.geo import GeoPointField

_DISTANCES = {"max_distance": "$maxDistance", "min_distance": "$minDistance"}
_NEAR = {"near": "$near", "near_sphere": "$nearSphere"}
_WITHIN = {
    "within_distance": "$center",
    "within_spherical_distance": "$centerSphere",
    "within_box": "$box",
    "within_polygon": "$polygon",
}
_GEO_WITHIN = {
    "geo_within_box": "$box",
    "geo_within_polygon": "$polygon",
    "geo_within_center": "$center",
    "geo_within_sphere": "$centerSphere",
}
_GEOMETRIES = {
    "near": "$near",
    "geo_within": "$geoWithin",
    "geo_intersects": "$geoIntersects",
}
# From what is nested the deepest; a list of polygons has to say that it is one.
_SHAPES = (("Polygon", 3), ("LineString", 2), ("Point", 1))


def geo_condition(field: Any, op: str, value: Any) -> dict[str, Any]:
    """Return the condition that an operator on places makes of a value."""
    if op in _DISTANCES:
        return {_DISTANCES[op]: value}
    if isinstance(field, GeoPointField):
        return _legacy_condition(field, op, value)
    if op in _GEO_WITHIN:
        return {"$geoWithin": {_GEO_WITHIN[op]: value}}
    if op in _GEOMETRIES:
        return {_GEOMETRIES[op]: infer_geometry(value)}
    raise _not_for(field, op)


def _legacy_condition(field: Any, op: str, value: Any) -> dict[str, Any]:
    if op in _WITHIN:
        return {"$within": {_WITHIN[op]: value}}
    if op in _NEAR:
        return {_NEAR[op]: value}
    raise _not_for(field, op)


def _not_for(field: Any, op: str) -> NotImplementedError:
    name = type(field).__name__
    blank = "" if isinstance(field, GeoPointField) else " "  # as MongoEngine words it
    return NotImplementedError(
        f'Geo method "{op}" has not been implemented for a {name}{blank}'
    )


def infer_geometry(value: Any) -> dict[str, Any]:
    """Return a GeoJSON object, or coordinates whose nesting tells the shape, as such."""
    if isinstance(value, dict):
        if "$geometry" in value:
            return value
        if "coordinates" in value and "type" in value:
            return {"$geometry": value}
        raise InvalidQueryError(
            "Invalid $geometry dictionary should have type and coordinates keys"
        )
    if isinstance(value, list):
        for shape, depth in _SHAPES:
            if nests(value, depth):
                return {"$geometry": {"type": shape, "coordinates": value}}
    raise InvalidQueryError(
        "Invalid $geometry data. Can be either a dictionary or (nested) lists of "
        "coordinate(s)"
    )


def with_distances(operators: dict[str, Any]) -> dict[str, Any]:
    """Put distances where the server wants them: inside of a geometry, or at the end."""
    near = next((one for one in _NEAR.values() if one in operators), None)
    distances = {d: operators[d] for d in _DISTANCES.values() if d in operators}
    if near is None or not distances:
        return operators
    ordered = SON((key, one) for key, one in operators.items() if key not in distances)
    if isinstance(ordered[near], dict):
        ordered[near] = SON({**ordered[near], **distances})
    else:
        ordered.update(distances)
    return ordered
