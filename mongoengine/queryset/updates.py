"""From the keywords of an update to what the server understands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mongoengine.base.geo import GeoJsonBaseField
from mongoengine.base.numbering import sequences
from mongoengine.base.taken_back import count_as_new
from mongoengine.errors import InvalidQueryError
from mongoengine.fields.containers import ListField
from mongoengine.fields.embedded import EmbeddedDocumentField
from mongoengine.queryset.conditions import prepared_each
from mongoengine.queryset.names import ChangeName, change_named

_DOLLAR_NAMES = {
    "add_to_set": "$addToSet",
    "current_date": "$currentDate",
    "dec": "$inc",
    "pull_all": "$pullAll",
    "push_all": "$push",
    "set_on_insert": "$setOnInsert",
}
_MANY = (list, tuple, set)
_CONVERTED = frozenset({"set", "inc", "dec", "push", "pull"})
_STORING = frozenset({"set", "set_on_insert", "push", "push_all", "add_to_set"})
_NONE_STAYS = frozenset({"set", "push", "pull"})
# Fields validate the values of operators that they know by name, but not of these.
_UNVALIDATED = {
    "add_to_set": "addToSet",
    "pull_all": "pullAll",
    "push_all": "pushAll",
    "set_on_insert": "setOnInsert",
}


def update(_doc_cls: Any = None, **update: Any) -> Any:
    """Return the update that changes given as keywords mean for a document class.

    ``__raw__`` is an update as the server understands it, which the others are added to;
    if it is a list, it is a pipeline of stages, and there can be no others.
    """
    if isinstance(update.get("__raw__"), (list, tuple)):
        return _pipeline(**update)
    changes: dict[str, Any] = {}
    for name, value in update.items():
        if name == "__raw__":
            _add_all(changes, value)
        else:
            named = change_named(_doc_cls, name)
            operator = _DOLLAR_NAMES.get(named.op, f"${named.op}")
            paths = changes.setdefault(operator, {})
            path, change = _change(named, value)
            paths[path] = (
                _also(paths.get(path), change) if named.op == "pull" else change
            )
    return changes


def with_new_documents(doc_cls: Any, update: Mapping[str, Any]) -> dict[str, Any]:
    """Return changes with embedded documents in place of the dicts given for them.

    Their numbers of sequences can be awaited then: while a dict is converted, nothing can.
    """
    if not sequences:
        return dict(update)
    return {
        name: (
            value
            if name == "__raw__"
            else _with_new(change_named(doc_cls, name), value)
        )
        for name, value in update.items()
    }


def _with_new(named: ChangeName, value: Any) -> Any:
    field = named.field
    if isinstance(field, ListField) and named.op == "set" and isinstance(value, dict):
        return value  # which will be refused
    while isinstance(field, ListField):
        field = field.field
    is_stored = named.op in _STORING and isinstance(field, EmbeddedDocumentField)
    return _as_new(field, value) if is_stored else value


def _as_new(field: Any, value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_as_new(field, item) for item in value]
    if not isinstance(value, dict) or all(key.startswith("$") for key in value):
        return value
    document = field._as_document(value)
    for one in document._tracked_value():
        one._data.keys()  # builds the documents in it, which come next
        count_as_new([one])
    return document


def _pipeline(__raw__: Any, **others: Any) -> list[Any]:
    if others:
        raise InvalidQueryError(
            "A pipeline (`__raw__` as a list) cannot be combined with other changes: "
            f"{', '.join(others)}. Make stages of them."
        )
    return list(__raw__)


def _add_all(changes: dict[str, Any], raw: Any) -> None:
    """Add raw changes, by operator and then by path; the later one of two counts."""
    for operator, given in raw.items():
        if isinstance(given, Mapping):
            changes[operator] = {**changes.get(operator, {}), **given}
        else:  # the server will say what it thinks of it
            changes[operator] = given


def _also(earlier: Any, condition: Any) -> Any:
    """Return both conditions of a pull as one; of two that cannot be, the later one."""
    if isinstance(earlier, dict) and isinstance(condition, dict):
        return {**earlier, **condition}
    return condition


def _change(named: ChangeName, value: Any) -> tuple[str, Any]:
    """Return the path and the change that a name and a value mean."""
    op, match, position = named.op, named.match, named.position
    value = _prepared(named, -value if op == "dec" else value)
    if match is not None:
        value = {f"${match}": value}
    if op == "pull":
        return _pulled(named, value)
    if op == "pull_all" and len(named.steps) > 1:
        raise InvalidQueryError("pullAll operations only support a single field depth")
    if position is not None:
        values = value if isinstance(value, list) else [value]
        value = {"$each": values, "$position": position}
    elif op == "push_all" or (op == "add_to_set" and isinstance(value, list)):
        value = {"$each": value}
    return ".".join(named.steps), value


def _pulled(named: ChangeName, value: Any) -> tuple[str, Any]:
    """Return the path of the list, and what its items are like that leave it."""
    for step in reversed(named.steps[named.whole :]):
        value = {step: value}
    return ".".join(named.steps[: named.whole]), value


def _prepared(named: ChangeName, value: Any) -> Any:
    """Convert a value as the operator wants it."""
    op, field = named.op, named.field
    if op == "unset":
        return 1
    if isinstance(field, GeoJsonBaseField):
        value = field.to_mongo(value)
    if field is None:
        return value
    if op in _UNVALIDATED:
        return _unvalidated(field, op, value)
    return _converted(field, op, named.match, value) if op in _CONVERTED else value


def _unvalidated(field: Any, op: str, value: Any) -> Any:
    several = op in ("push_all", "pull_all") or isinstance(value, _MANY)
    if several:
        return [field.prepare_query_value(_UNVALIDATED[op], item) for item in value]
    if value is None and not field.required:
        return None
    return field.prepare_query_value(_UNVALIDATED[op], value)


def _converted(field: Any, op: str, match: str | None, value: Any) -> Any:
    if op in _NONE_STAYS and value is None and not field.required:
        return None
    if op == "push" and isinstance(value, _MANY):
        return [field.prepare_query_value(op, item) for item in value]
    if op == "pull" and match in ("in", "nin"):
        return prepared_each(field, op, value)
    return field.prepare_query_value(op, value)
