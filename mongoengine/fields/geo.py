"""Fields for places and shapes on the earth."""

from __future__ import annotations

from typing import Any

from pymongo import GEO2D

from mongoengine.base.field import BaseField
from mongoengine.base.geo import (
    LINES,
    POINTS,
    POLYGONS,
    RINGS,
    GeoJsonBaseField,
    is_list,
    point_error,
)

__all__ = (
    "GeoPointField",
    "LineStringField",
    "MultiLineStringField",
    "MultiPointField",
    "MultiPolygonField",
    "PointField",
    "PolygonField",
)


class GeoPointField(BaseField["Any"]):
    """A pair of numbers on a plane (longitude and latitude), with a 2d index.

    This is how MongoDB stored places before GeoJSON; new models take a PointField.
    """

    _native_type = list
    _geo_index = GEO2D

    def _accepts_native(self) -> bool:
        """Look into each list."""
        return False

    def validate(self, value: Any, clean: bool = True) -> None:
        """Refuse what is no pair of numbers."""
        if not is_list(value):
            self.error("GeoPointField can only accept tuples or lists of (x, y)")
        error = point_error(value)
        if error is not None:
            self.error(error)


class PointField(GeoJsonBaseField):
    """A place: ``[longitude, latitude]``, or as a GeoJSON object.

    ``{"type": "Point", "coordinates": [x, y]}``
    """

    _type = "Point"

    def _shape_error(self, value: Any) -> str | None:
        return point_error(value)


class LineStringField(GeoJsonBaseField):
    """A line: ``[[x1, y1], [x2, y2], …]``, or as a GeoJSON object."""

    _type = "LineString"
    _kind_of_items = POINTS


class PolygonField(GeoJsonBaseField):
    """An area, and the holes in it, each a line that ends where it starts.

    ``[[[x1, y1], [x2, y2], …, [x1, y1]], …]``, or as a GeoJSON object.
    """

    _type = "Polygon"
    _kind_of_items = RINGS


class MultiPointField(GeoJsonBaseField):
    """Several places: ``[[x1, y1], [x2, y2], …]``, or as a GeoJSON object."""

    _type = "MultiPoint"
    _kind_of_items = POINTS

    def _shape_error(self, value: Any) -> str | None:
        return self._kind_of_items.error(value, self._type)


class MultiLineStringField(GeoJsonBaseField):
    """Several lines: a list of what a LineStringField takes, or a GeoJSON object."""

    _type = "MultiLineString"
    _kind_of_items = LINES


class MultiPolygonField(GeoJsonBaseField):
    """Several areas: a list of what a PolygonField takes, or a GeoJSON object."""

    _type = "MultiPolygon"
    _kind_of_items = POLYGONS
