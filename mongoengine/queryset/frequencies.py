"""How often each value of a field is there: from counted rows to a dict."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from mongoengine.queryset.pipelines import db_path

# As in pipelines, a path leads through all items of a list, and not to one of them; an
# item in which it leads nowhere counts as nothing, but a document as null.
COUNT_VALUES = """function() {
    const read = (value, key) => {
        if (Array.isArray(value))
            return value.map(item => read(item, key)).filter(item => item !== undefined);
        const has = value !== null && typeof value === "object"
            && Object.prototype.hasOwnProperty.call(value, key);
        return has ? value[key] : undefined;
    };
    const value = %s.split(".").reduce(read, this);
    const values = Array.isArray(value) ? value : [value === undefined ? null : value];
    values.forEach(item => emit(item, 1));
}"""
ADD_UP = "function(key, counts) { return counts.reduce((sum, count) => sum + count); }"


def count_values(queryset: Any, field: str) -> str:
    """Return the JavaScript that emits each value of a field of a document."""
    return COUNT_VALUES % json.dumps(db_path(queryset, field))


def frequencies(counts: Iterable[tuple[Any, float]], normalize: bool) -> dict[Any, Any]:
    """Return how often each value is there, or with ``normalize`` its share of all."""
    # JavaScript knows one kind of numbers.
    found = {_as_integer(value): int(count) for value, count in counts}
    if not normalize:
        return found
    total = sum(found.values())
    return {value: count / total for value, count in found.items()}


def _as_integer(value: Any) -> Any:
    is_whole = isinstance(value, float) and value.is_integer()
    return int(value) if is_whole else value
