"""Places and shapes, as MongoDB stores them, and what makes them valid.

Each function returns what is wrong with some coordinates, or None.  GeoJSON nests: a
line is a list of points, a polygon a list of closed lines, a ``Multi…`` a list of either.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple

from bson import SON
from pymongo import GEOSPHERE

from mongoengine.base.field import BaseField

Check = Callable[[Any], "str | None"]


class Items(NamedTuple):
    """What a shape is a list of, and how many lists there are above the numbers."""

    name: str
    check: Check
    depth: int

    def error(self, value: Any, shape: str, prefix: str = "") -> str | None:
        """Check a list of them; ``prefix`` comes before errors of items."""
        if not nests(value, self.depth):
            return f"Invalid {shape} must contain at least one valid {self.name}"
        errors = dict.fromkeys(filter(None, map(self.check, value)))
        return prefix + ", ".join(errors) if errors else None


def nests(value: Any, depth: int) -> bool:
    """Say whether there is a first item of the first item, and so on."""
    try:
        for _ in range(depth):
            value = value[0]
    except (TypeError, IndexError):
        return False
    return True


def is_list(value: Any) -> bool:
    """Say whether a value can be coordinates."""
    return isinstance(value, (list, tuple))


def point_error(value: Any) -> str | None:
    """Check a pair of numbers."""
    if not is_list(value):
        return "Points must be a list of coordinate pairs"
    if len(value) != 2:
        return f"Value ({value}) must be a two-dimensional point"
    if not all(isinstance(number, (float, int)) for number in value):
        return f"Both values ({value}) in point must be float or int"
    return None


POINTS = Items("point", point_error, depth=2)


def line_error(value: Any) -> str | None:
    """Check a list of points."""
    if not is_list(value):
        return "LineStrings must contain list of coordinate pairs"
    return POINTS.error(value, "LineString")


def ring_error(value: Any) -> str | None:
    """Check a line that must end where it starts."""
    error = line_error(value)
    if error is None and value[0] != value[-1]:
        return "LineStrings must start and end at the same point"
    return error


LINES = Items("linestring", line_error, depth=3)
RINGS = Items("linestring", ring_error, depth=3)


def polygon_error(value: Any) -> str | None:
    """Check a list of rings."""
    if not is_list(value):
        return "Polygons must contain list of linestrings"
    return RINGS.error(value, "Polygon")


POLYGONS = Items("Polygon", polygon_error, depth=4)


class GeoJsonBaseField(BaseField["Any"]):
    """A GeoJSON object, given as a dict or as its coordinates alone.

    It has a 2dsphere index, unless ``auto_index`` is false.
    """

    _native_type = dict
    _geo_index: ClassVar[Any] = GEOSPHERE
    _type: ClassVar[str] = "GeoBase"
    _kind_of_items: ClassVar[Items]

    def __init__(self, auto_index: bool = True, *args: Any, **kwargs: Any) -> None:
        """Describe a shape."""
        if not auto_index:
            vars(self)["_geo_index"] = False
        super().__init__(*args, **kwargs)

    def _accepts_native(self) -> bool:
        """Look into each dict."""
        return False

    def to_mongo(self, value: Any) -> Any:
        """Make a GeoJSON object of coordinates; a dict is taken for one."""
        if isinstance(value, dict):
            return value
        return SON([("type", self._type), ("coordinates", value)])

    def validate(self, value: Any, clean: bool = True) -> None:
        """Check the coordinates, and the type if it is given."""
        while isinstance(value, dict):
            value = self._coordinates_of(value)
        if not is_list(value):
            self.error(f"{self._type}Field can only accept lists of [x, y]")
        error = self._shape_error(value)
        if error is not None:
            self.error(error)

    def _coordinates_of(self, value: dict[str, Any]) -> Any:
        if value.keys() != {"type", "coordinates"}:
            self.error(
                f"{self._type}Field can only accept a valid GeoJson dictionary "
                "or lists of (x, y)"
            )
        if value["type"] != self._type:
            self.error(f'{self._type}Field type must be "{self._type}"')
        return value["coordinates"]

    def _shape_error(self, value: Any) -> str | None:
        """Say what is wrong with a list of coordinates."""
        return self._kind_of_items.error(value, self._type, f"Invalid {self._type}:\n")
