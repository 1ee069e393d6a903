"""The operators of queries and updates, by the names that keywords have for them."""

from __future__ import annotations

from mongoengine.base.common import UPDATE_OPERATORS
from mongoengine.fields.text import STRING_OPERATORS

__all__ = (
    "COMPARISON_OPERATORS",
    "CUSTOM_OPERATORS",
    "GEO_OPERATORS",
    "MATCH_OPERATORS",
    "STRING_OPERATORS",
    "UPDATE_OPERATORS",
)

COMPARISON_OPERATORS = (
    "ne",
    "gt",
    "gte",
    "lt",
    "lte",
    "in",
    "nin",
    "mod",
    "all",
    "size",
    "exists",
    "not",
    "elemMatch",
    "type",
)
GEO_OPERATORS = (
    "within_distance",
    "within_spherical_distance",
    "within_box",
    "within_polygon",
    "near",
    "near_sphere",
    "max_distance",
    "min_distance",
    "geo_within",
    "geo_within_box",
    "geo_within_polygon",
    "geo_within_center",
    "geo_within_sphere",
    "geo_intersects",
)
CUSTOM_OPERATORS = ("match",)
MATCH_OPERATORS = (
    *COMPARISON_OPERATORS,
    *GEO_OPERATORS,
    *STRING_OPERATORS,
    *CUSTOM_OPERATORS,
)

# What compares with one value, which is converted as the field stores it.
SINGLE_OPERATORS = frozenset(
    {None, "ne", "gt", "gte", "lt", "lte", "not", *STRING_OPERATORS}
)
# Where the value alone is the condition.
UNNAMED_OPERATORS = frozenset({None, *STRING_OPERATORS})
# What takes several values, each to be converted.
ITERABLE_OPERATORS = frozenset({"in", "nin", "all", "near"})
ELEMENT_OPERATORS = frozenset({"elemMatch", "match"})
