"""Queries and updates given as keywords, translated for the server."""

from mongoengine.queryset.conditions import handle_raw_query, query
from mongoengine.queryset.conditions import prepared_each as _prepare_query_for_iterable
from mongoengine.queryset.geo_conditions import geo_condition as _geo_operator
from mongoengine.queryset.geo_conditions import infer_geometry as _infer_geometry
from mongoengine.queryset.operators import (
    COMPARISON_OPERATORS,
    CUSTOM_OPERATORS,
    GEO_OPERATORS,
    MATCH_OPERATORS,
    STRING_OPERATORS,
    UPDATE_OPERATORS,
)
from mongoengine.queryset.updates import update

__all__ = (
    "COMPARISON_OPERATORS",
    "CUSTOM_OPERATORS",
    "GEO_OPERATORS",
    "MATCH_OPERATORS",
    "STRING_OPERATORS",
    "UPDATE_OPERATORS",
    "_geo_operator",
    "_infer_geometry",
    "_prepare_query_for_iterable",
    "handle_raw_query",
    "query",
    "update",
)
