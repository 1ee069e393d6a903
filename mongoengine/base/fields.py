"""The base classes of fields, for MongoEngine's import path."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from mongoengine.base.common import UPDATE_OPERATORS
from mongoengine.base.complex_fields import ComplexBaseField
from mongoengine.base.field import BaseField
from mongoengine.base.geo import GeoJsonBaseField
from mongoengine.base.id_field import ObjectIdField
from mongoengine.base.scopes import OfClass, no_dereferencing, within

__all__ = (
    "UPDATE_OPERATORS",
    "BaseField",
    "ComplexBaseField",
    "GeoJsonBaseField",
    "ObjectIdField",
)


@contextmanager
def _no_dereference_for_fields(*fields: Any) -> Iterator[None]:
    """Have the references in some fields read as they are stored, for a block."""
    with ExitStack() as blocks:
        for field in fields:
            blocks.enter_context(within(no_dereferencing, OfClass(field)))
        yield
