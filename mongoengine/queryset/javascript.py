"""JavaScript that ``exec_js()`` runs."""

from __future__ import annotations

from typing import Any

# What a function knows by name, beside its arguments.
WITH_NAMES = """function(collection, query, options, fields) {
    return (%s).apply(null, fields);
}"""


def function_of(queryset: Any, code: str) -> str:
    """Return a function that calls another one, which knows the queryset by name."""
    function: str = queryset._sub_js_fields(code)
    return WITH_NAMES % function


def arguments_of(
    queryset: Any, collection: str, fields: tuple[str, ...], options: dict[str, Any]
) -> list[Any]:
    """Return the arguments of that function."""
    names = queryset._fields_to_dbfields(fields)
    return [collection, queryset._filter, options, names]
