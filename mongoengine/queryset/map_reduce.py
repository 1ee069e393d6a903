"""The ``mapReduce`` command of a queryset: JavaScript over its documents."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from bson import SON, Code, Int64, ObjectId

from mongoengine.base.connections import settings_for
from mongoengine.errors import OperationError
from mongoengine.queryset.pipelines import command_options, match_of

ACTIONS = ("replace", "merge", "reduce")

# How values of different types are sorted; what is not here comes last.
RANKS: dict[type, int] = {
    type(None): 0,
    int: 1,
    float: 1,
    Int64: 1,
    str: 2,
    dict: 3,
    list: 4,
    bytes: 5,
    ObjectId: 6,
    bool: 7,
    datetime: 8,
}


class Output(NamedTuple):
    """What becomes of the rows: ``out`` as sent, and the collection to find them in.

    Without a name they are in the answer; without a database it is the queryset's.
    """

    out: Any
    name: str | None = None
    db: str | None = None


def output_of(output: Any, family: Any) -> Output:
    """Return where ``map_reduce()`` is told to put its rows."""
    if output == "inline":
        return Output({"inline": 1})
    if isinstance(output, dict):
        return _output_of_dict(output, family)
    return Output(output, output)


def _output_of_dict(output: dict[str, Any], family: Any) -> Output:
    rest = dict(output)
    action = next((action for action in ACTIONS if action in rest), None)
    if action is None:
        raise OperationError("actionData not specified for output")
    out = SON([(action, rest.pop(action))])
    if "db_alias" in rest:
        rest["db"] = settings_for(rest.pop("db_alias"), family)["name"]
    return Output(SON([*out.items(), *rest.items()]), out[action], rest.get("db"))


def map_reduce_command(
    queryset: Any,
    collection: str,
    map_f: str,
    reduce_f: str,
    out: Any,
    finalize_f: str | None,
    limit: int | None,
    scope: Any,
) -> dict[str, Any]:
    """Return the command, in which functions know fields as the database does."""
    given = {
        "mapReduce": collection,
        "map": _code(queryset, map_f),
        "reduce": _code(queryset, reduce_f),
        "query": match_of(queryset),
        "finalize": _code(queryset, finalize_f) if finalize_f else None,
        "scope": scope or None,
        "limit": limit or None,
        "out": out,
        **command_options(queryset),
    }
    return {key: value for key, value in given.items() if value is not None}


def readers_of(queryset: Any, target: Output) -> dict[str, Any]:
    """Return which members may be asked: one that writes rows is the primary."""
    preference = queryset._read_preference
    if target.name is not None or preference is None:
        return {}
    return {"read_preference": preference}


def _code(queryset: Any, function: str) -> Code:
    scope = getattr(function, "scope", None)
    code: Code = Code(queryset._sub_js_fields(function), scope)
    return code


def in_order(rows: list[Any], ordering: Any) -> list[Any]:
    """Return rows of an answer in the order asked for by ``order_by()``."""
    for path, direction in reversed(ordering or []):
        rows = sorted(
            rows, key=lambda row: _rank(_at(row, path)), reverse=direction == -1
        )
    return rows


def _at(row: Any, path: str) -> Any:
    for name in path.split("."):
        row = row.get(name) if isinstance(row, dict) else None
    return row


def _rank(value: Any) -> tuple[int, Any]:
    """Return what values are sorted by: their types first, as the server does."""
    rank = RANKS.get(type(value), len(RANKS))
    if isinstance(value, dict):
        value = [(key, _rank(item)) for key, item in value.items()]
    elif isinstance(value, list):
        value = [_rank(item) for item in value]
    elif value is None or rank == len(RANKS):
        value = str(value)
    return rank, value
