"""From the keywords of a query to what the server understands."""

from __future__ import annotations

from typing import Any

from bson import DBRef, ObjectId

from mongoengine.base.failures import add_note
from mongoengine.base.kinds import is_document
from mongoengine.fields.cached_references import CachedReferenceField
from mongoengine.fields.containers import ListField
from mongoengine.fields.embedded import EmbeddedDocumentField
from mongoengine.queryset.geo_conditions import geo_condition, with_distances
from mongoengine.queryset.names import ConditionName, condition_named
from mongoengine.queryset.operators import (
    ELEMENT_OPERATORS,
    GEO_OPERATORS,
    ITERABLE_OPERATORS,
    SINGLE_OPERATORS,
)
from mongoengine.queryset.unawaited import refuse_coroutines

_GEO = frozenset(GEO_OPERATORS)
_LISTS = ITERABLE_OPERATORS - {"near"}


def query(_doc_cls: Any = None, **kwargs: Any) -> dict[str, Any]:
    """Return the query that conditions given as keywords mean for a document class."""
    refuse_coroutines(kwargs)
    mongo_query: dict[str, Any] = {}
    again: dict[str, list[Any]] = {}
    for name in sorted(kwargs):
        if name == "__raw__":
            for key, condition in kwargs[name].items():
                _add(mongo_query, again, key, condition)
            continue
        named = condition_named(_doc_cls, name)
        try:
            key, condition = _condition(named, kwargs[name])
        except Exception as error:
            _explain(error, name, kwargs[name])
            raise
        if key in mongo_query:
            _add(mongo_query, again, key, condition)
        else:
            mongo_query[key] = condition
    return _with_all(mongo_query, again) if again else mongo_query


def handle_raw_query(value: Any, mongo_query: dict[str, Any]) -> None:
    """Add a query, as the server understands it, to another one."""
    again: dict[str, list[Any]] = {}
    for key, condition in value.items():
        _add(mongo_query, again, key, condition)
    _with_all(mongo_query, again)


def _explain(error: Exception, name: str, value: Any) -> None:
    """Have an error tell which condition it is about."""
    add_note(error, f"This is about the condition {name!r}.")
    if isinstance(value, dict):
        add_note(
            error,
            "A dict is compared with as a value: write an operator as "
            f"`{name}__gt=...`, or a condition in MongoDB's own form as `__raw__`.",
        )


# Several conditions on one key


def _add(
    mongo_query: dict[str, Any], again: dict[str, list[Any]], key: str, condition: Any
) -> None:
    """Add a condition; ``again`` takes those that cannot be one with an earlier one."""
    if key not in mongo_query:
        mongo_query[key] = condition
    elif _are_compatible(mongo_query[key], condition):
        merged = mongo_query[key].copy()  # it may be the user's own
        merged.update(condition)
        mongo_query[key] = with_distances(merged)
    else:
        again.setdefault(key, []).append(condition)


def _are_compatible(one: Any, other: Any) -> bool:
    """Say whether two conditions are operators that do not contradict each other."""
    if not (_are_operators(one) and _are_operators(other)):
        return False
    return all(one[key] == other[key] for key in one.keys() & other.keys())


def _are_operators(condition: Any) -> bool:
    if not isinstance(condition, dict) or not condition:
        return False
    return all(isinstance(key, str) and key.startswith("$") for key in condition)


def _with_all(
    mongo_query: dict[str, Any], again: dict[str, list[Any]]
) -> dict[str, Any]:
    """Put keys that have several conditions below ``$and``, once for each."""
    apart: list[Any] = []
    for key, conditions in again.items():
        apart += ({key: one} for one in (*conditions, mongo_query.pop(key)))
    if apart:
        mongo_query["$and"] = [*mongo_query.get("$and", ()), *apart]
    return mongo_query


# One condition


def _condition(named: ConditionName, value: Any) -> tuple[str, Any]:
    """Return the key and the condition that a name and a value mean."""
    path, field, op, operator, negated, reference, plain = named
    if plain:
        value = field.prepare_query_value(op, value)
        return path, value if operator is None else {operator: value}
    if field is not None:
        value = prepared(field, op, value)
    if reference is not None:
        path, value = _of_reference(reference, path, op, value)
    condition = _with_operator(field, op, operator, value)
    return path, {"$not": condition} if negated else condition


def _with_operator(field: Any, op: Any, operator: str | None, value: Any) -> Any:
    if op in _GEO:
        return geo_condition(field, op, value)
    if op in ELEMENT_OPERATORS:
        return {"$elemMatch": value}
    return value if operator is None else {operator: value}


def prepared(field: Any, op: str | None, value: Any) -> Any:
    """Convert a value as the operator wants it: it is no value of the field for some."""
    if op in SINGLE_OPERATORS:
        return field.prepare_query_value(op, value)
    if op in ITERABLE_OPERATORS:
        return prepared_each(field, op, value)
    return _prepared_element(field, op, value) if op in ELEMENT_OPERATORS else value


def prepared_each(field: Any, op: str | None, value: Any) -> Any:
    """Convert each of several values; a dict is taken for an operator of MongoDB."""
    if isinstance(value, dict):
        return value
    if is_document(value):
        raise TypeError(
            "When using the `in`, `nin`, `all`, or `near`-operators you can't use a "
            "`Document`, you must wrap your object in a list (object -> [object])."
        )
    if not hasattr(value, "__iter__"):
        raise TypeError(
            "The `in`, `nin`, `all`, or `near`-operators must be applied to an iterable "
            "(e.g. a list)."
        )
    return [field.prepare_query_value(op, item) for item in value]


def _prepared_element(field: Any, op: str | None, value: Any) -> Any:
    """Convert what an item of a list is to match, which may be a query of its own."""
    inner = field.field if isinstance(field, ListField) else None
    if isinstance(value, dict) and isinstance(inner, EmbeddedDocumentField):
        return query(inner.document_type, **value)
    return field.prepare_query_value(op, value)


# References that are stored as documents


def _of_reference(field: Any, path: str, op: str | None, value: Any) -> tuple[str, Any]:
    """Return the key in the stored document that tells whom it is about, and its value."""
    if isinstance(field, CachedReferenceField):
        if op in SINGLE_OPERATORS:
            value = _id_in(value)
        elif op in _LISTS and isinstance(value, list):
            value = [_id_in(one) for one in value]
        return f"{path}._id", value
    if op in _LISTS and isinstance(value, list):
        return _of_generic_references(path, value)
    return f"{path}{_key_of_generic(value)}", value


def _id_in(copy: Any) -> Any:
    return copy["_id"] if isinstance(copy, dict) else copy


def _key_of_generic(value: Any) -> str:
    """Return the key of what is stored, ``{"_cls": …, "_ref": …}``, that has the value."""
    if isinstance(value, ObjectId):
        return "._ref.$id"
    return "._ref" if isinstance(value, DBRef) else ""


def _of_generic_references(path: str, values: list[Any]) -> tuple[str, list[Any]]:
    """Compare several by the key that all of them have: as a whole, or by DBRef or id."""
    key = max(map(_key_of_generic, values), key=len, default="")
    if key:
        values = [_ref_in(one) for one in values]
    if key == "._ref.$id":
        values = [one.id if isinstance(one, DBRef) else one for one in values]
    return f"{path}{key}", values


def _ref_in(stored: Any) -> Any:
    return stored["_ref"] if isinstance(stored, dict) else stored
