"""What fields say about themselves, as far as plans depend on it.

A field is trusted to be plain only as far as its methods are the library's: what a user
overrides is called for every value.
"""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from bson import ObjectId

NONE = type(None)
CONSTANTS = (
    str,
    bytes,
    int,
    float,
    Decimal,
    date,
    time,
    timedelta,
    UUID,
    ObjectId,
    Enum,
)


class _AllTypesBut(frozenset[type]):
    """The types of a value that its field converts anyway."""

    def __contains__(self, item: object) -> bool:
        return not super().__contains__(item)


CONTAINERS = frozenset({list, dict})


def is_own(method: Any) -> bool:
    """Say whether a method is the library's; ``wraps`` would copy its ``__module__``."""
    name: str = getattr(method, "__globals__", {}).get("__name__", "")
    return name.startswith("mongoengine.")


def is_trusted(field: Any, *methods: str) -> bool:
    """Say whether methods of a field are the library's own, and none its alone."""
    if not vars(field).keys().isdisjoint(methods):
        return False
    return all(is_own(getattr(type(field), name)) for name in methods)


def is_native(field: Any) -> bool:
    """Say whether values of the native type are the same in Python and MongoDB."""
    return field._native_type is not None and is_trusted(field, "to_python", "to_mongo")


def waits(field: Any) -> bool:
    """Say whether a decoded value may wait to be built until it is read."""
    return field._builds_later and is_trusted(
        field,
        "to_python",
        "__get__",
        "_build_decoded",
        "_adopts_decoded",
        "_take_decoded",
    )


def has_eager_default(field: Any) -> bool:
    """Say whether a default must be made with the document, not when first read.

    Constants can wait, and so can empty lists and dicts, if storing one copies it; what
    a callable makes cannot, nor can a shared document, which has to learn whom it belongs
    to.
    """
    default = field.default
    if field.null or default is None:
        return False
    if default is list or default is dict:
        return not (waits(field) and is_trusted(field, "to_mongo"))
    return not isinstance(default, CONSTANTS)


def types_given(field: Any) -> frozenset[type]:
    """Return the types of keyword arguments that can be kept as they are."""
    types = {field._native_type} if is_native(field) else set()
    return frozenset(types | {NONE} if field._takes_none() else types)


def types_decoded(field: Any) -> frozenset[type]:
    """Return the types of decoded values that can be kept, or can wait."""
    if waits(field):
        types = set(field._decoded_types)
    elif is_native(field):
        types = {field._native_type}
    else:
        return _AllTypesBut(() if field._takes_none() else (NONE,))
    return frozenset(types | {NONE} if field._takes_none() else types)


def type_decoded(field: Any) -> type | None:
    """Return the type that decoded values have unless they are None, if there is one."""
    if waits(field):
        return field._decoded_types[0] if len(field._decoded_types) == 1 else None
    return field._native_type if is_native(field) else None


def is_converted(field: Any) -> bool:
    """Say whether each decoded value has to be converted at once."""
    return not (waits(field) or is_native(field))


def adopts_anything(field: Any) -> bool:
    """Say whether what the driver has decoded may wait, whatever it holds."""
    return field._holds_many and field.field is None


def when_missing(field: Any) -> Any:
    """Return what stands for a value that is not there."""
    return None if has_eager_default(field) else field._make_initial()


def native_items(field: Any) -> frozenset[type]:
    """Return the type of a plain list's items, if they need no conversion."""
    items = field._item_field
    if items is None or not is_native(items):
        return frozenset()
    if not is_trusted(field, "to_python", "to_mongo", "validate"):
        return frozenset()
    return frozenset({items._native_type})


def adopted_types(field: Any) -> frozenset[type]:
    """Return the types whose decoded values all may wait, none if more is asked."""
    if field is None or not field._adopts_by_type or not waits(field):
        return frozenset()
    types: frozenset[type] = field._adopted_types()
    return types


def taken_items(field: Any) -> frozenset[type]:
    """Return the types of decoded items that let a list wait as it is."""
    if field._decoded_types != (list,):
        return frozenset()
    return native_items(field) or adopted_types(field._item_field)


def may_lack(field: Any) -> bool:
    """Say whether numbers of sequences may be missing in the values of a field."""
    inner = getattr(field, "field", None)
    if inner is not None:
        return may_lack(inner)
    return field._is_drawn or (field._may_lead and field._target_of is None)


def may_nest(field: Any) -> bool:
    """Say whether values may hold embedded documents."""
    is_scalar = is_native(field) and field._native_type not in (list, dict)
    return not (is_scalar or native_items(field))


def is_uniform_enough(field: Any) -> bool:
    """Say whether a list is valid if all its items are of the native type."""
    if not native_items(field) or field.required:
        return False
    return is_known_valid(field._item_field)


def is_known_valid(field: Any) -> bool:
    """Say whether every value of the native type is valid."""
    if not is_native(field) or not is_trusted(field, "validate", "_validate"):
        return False
    return bool(field._accepts_native())


def has_library_methods(cls: Any, *methods: str) -> bool:
    """Say whether a class of documents overrides none of these methods."""
    return all(is_own(getattr(cls, method)) for method in methods)
