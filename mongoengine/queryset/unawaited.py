"""Coroutines that were given in place of what they would give."""

from __future__ import annotations

from collections.abc import Mapping
from types import CoroutineType
from typing import Any

from mongoengine.base.plain import values_of
from mongoengine.base.tracking import SCALARS
from mongoengine.errors import ValidationError

_MANY = (list, tuple, dict, set, frozenset)


def refuse_coroutines(given: Mapping[str, Any]) -> None:
    """Raise ValidationError if a coroutine is among conditions or changes."""
    for name, value in given.items():
        coroutine = _first_in(value)
        if coroutine is not None:
            raise ValidationError(
                f"{name}: {coroutine.__name__}() was given as a coroutine: "
                "await it first",
                field_name=name,
            )


def _first_in(value: Any) -> Any:
    """Return the first coroutine in a value, however deep; None if there is none."""
    if type(value) is CoroutineType:
        return value
    if not isinstance(value, _MANY) or SCALARS.issuperset(map(type, values_of(value))):
        return None
    return next(filter(None, map(_first_in, values_of(value))), None)
