"""Aggregation pipelines: what a queryset says, put in stages.

As in MongoEngine, the order is that asked for by ``order_by()``, and not that of ``meta``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bson import SON

from mongoengine.fields.containers import ListField
from mongoengine.queryset.writes import options_of

Stage = dict[str, Any]

# What is given to ``where()`` is an expression or a function.
WHERE = """function(obj) {
    return (function() {
        const found = (%s);
        return typeof found === "function" ? found.call(this) : found;
    }).call(obj);
}"""

# Stages that must come first, and give documents of the collection.
SEARCHES = {"$geoNear", "$rankFusion", "$scoreFusion", "$search", "$vectorSearch"}
# Those that must come first, and tell of the collection: its rows have no class.
REPORTS = {
    "$changeStream",
    "$collStats",
    "$indexStats",
    "$listSearchIndexes",
    "$planCacheStats",
    "$searchMeta",
}


def check_pipeline(pipeline: Any, others: Any = ()) -> None:
    """Refuse what is no pipeline, and more than one."""
    if others or not isinstance(pipeline, list):
        given = "several of them" if others else type(pipeline).__name__
        raise TypeError(
            f"aggregate() takes one pipeline, a list of stages, and not {given}"
        )


def whole_pipeline(queryset: Any, pipeline: list[Any]) -> list[Any]:
    """Return a pipeline that starts from the documents of a queryset."""
    first = next(iter(pipeline[0]), None) if pipeline and pipeline[0] else None
    if first in REPORTS:
        queryset = queryset.clear_cls_query()
    if first in REPORTS or first in SEARCHES:
        return [pipeline[0], *_stages(queryset), *pipeline[1:]]
    return [*_stages(queryset), *pipeline]


def _stages(queryset: Any) -> Iterator[Stage]:
    """Yield the stages that leave the documents of a queryset, in its order."""
    limit, skip = queryset._limit, queryset._skip
    if match := match_of(queryset):
        yield {"$match": match}
    if queryset._ordering:
        yield {"$sort": SON(queryset._ordering)}
    if limit is not None:
        yield {"$limit": limit + (skip or 0)}
    if skip is not None:
        yield {"$skip": skip}


def match_of(queryset: Any) -> dict[str, Any]:
    """Return the filter in a form that pipelines take, which know no ``$where``."""
    query: dict[str, Any] = queryset._query
    if not queryset._where_clause:
        return query
    function = {
        "body": WHERE % queryset._where_clause,
        "args": ["$$ROOT"],
        "lang": "js",
    }
    where = {"$expr": {"$function": function}}
    return {"$and": [query, where]} if query else where


def cursor_options(queryset: Any) -> dict[str, Any]:
    """Return what ``aggregate()`` of the driver is told besides the pipeline."""
    options = command_options(queryset)
    if hint := options_of(queryset, "hint"):
        options["hint"] = _index(hint["hint"])
    if queryset._allow_disk_use:
        options["allowDiskUse"] = True
    if queryset._batch_size is not None:
        options["batchSize"] = queryset._batch_size
    return options


def _index(hint: Any) -> Any:
    """Return an index as ``aggregate`` takes it: by name, or by a dict of its keys."""
    return hint if isinstance(hint, str) else SON(hint)


def command_options(queryset: Any) -> dict[str, Any]:
    """Return what all commands that read can be told."""
    options = options_of(queryset, "collation", "comment")
    if queryset._max_time_ms is not None:
        options["maxTimeMS"] = queryset._max_time_ms
    return options


def total_pipeline(queryset: Any, name: str, field: str) -> list[Stage]:
    """Return what computes one number (``"sum"``, ``"avg"``) of a field.

    What lists hold counts one by one.
    """
    path, unwinding = _unwound(queryset, field)
    total = {"_id": name, "total": {f"${name}": path}}
    return [{"$match": match_of(queryset)}, *unwinding, {"$group": total}]


def _unwound(queryset: Any, field: str) -> tuple[str, list[Stage]]:
    """Return the path of a field, and the stages that take the lists on it apart."""
    path, stages = "$", []
    parts = queryset._document._lookup_field(field.replace("__", ".").split("."))
    for part, following in zip(parts, [*parts[1:], None], strict=True):
        path += ("." if path != "$" else "") + getattr(part, "db_field", part)
        if not isinstance(following, str):
            stages += [{"$unwind": path}] * _depth(part)
    return path, stages


def _depth(field: Any) -> int:
    """Return how many lists of lists a field holds."""
    return 1 + _depth(field.field) if isinstance(field, ListField) else 0


def frequencies_pipeline(queryset: Any, field: str) -> list[Stage]:
    """Return what counts how often each value of a field is there.

    What is in a list counts one by one, a missing value as null.
    """
    path = f"${db_path(queryset, field)}"
    values = {"$cond": [{"$isArray": path}, path, [path]]}
    return [
        {"$match": match_of(queryset)},
        {"$project": {"_id": 0, "value": values}},
        {"$unwind": "$value"},
        {"$group": {"_id": "$value", "value": {"$sum": 1}}},
    ]


def db_path(queryset: Any, field: str) -> str:
    """Return the database's name for a field: ``author__name``, ``author.name``."""
    return ".".join(queryset._db_path(field.replace("__", ".")))
