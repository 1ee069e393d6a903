"""From the names that queries and indexes use to the fields they mean."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from mongoengine.base.common import get_document
from mongoengine.base.complex_fields import ComplexBaseField
from mongoengine.errors import LookUpError
from mongoengine.fields.containers import ListField
from mongoengine.fields.dynamic import DynamicField
from mongoengine.fields.generic import GenericReferenceField
from mongoengine.fields.references import ReferenceField

C = TypeVar("C", bound=Any)

_REFERENCES = (ReferenceField, GenericReferenceField)

_of_names: list[Any] = []


def forgotten_with_plans(cached: C) -> C:
    """Have a cached function forget what names mean when any class may have changed."""
    _of_names.append(cached)
    return cached


def forget_names() -> None:
    """Forget what names mean: a class is new, or its fields are others."""
    for cached in _of_names:
        cached.cache_clear()


class FieldLookup:
    """What a document class knows about names of fields, at any depth.

    Names are those of Python.  Where a name goes through a list or a map, a position
    or key stands in the result as text: ``"comments.0.author"`` gives the field
    ``comments``, ``"0"`` and the field ``author``.
    """

    __slots__ = ()

    if TYPE_CHECKING:
        _fields: ClassVar[dict[str, Any]]
        _meta: ClassVar[Any]
        _dynamic: ClassVar[bool]
        _class_name: ClassVar[Any]
        _subclasses: ClassVar[Any]

    @classmethod
    def _lookup_field(cls, parts: Any) -> list[Any]:
        """Return the fields, and keys, that a list of names goes through."""
        if not isinstance(parts, (list, tuple)):
            parts = [parts]
        found: list[Any] = []
        field: Any = None
        for name in parts:
            member = cls._lookup_step(field, name, parts)
            found.append(member)
            if not isinstance(member, str):  # what a key leads to is of the same field
                field = member
        return found

    @classmethod
    def _translate_field_name(cls, field: str, sep: str = ".") -> str:
        """Return the database's name for a dotted name."""
        return ".".join(one.db_field for one in cls._lookup_field(field.split(sep)))

    @classmethod
    def _lookup_step(cls, field: Any, name: str, parts: Any) -> Any:
        """Return what a name means below a field, or at the top."""
        # "S" becomes "$" in updates; "$[]" and "$[name]" are positions there as well.
        is_position = name.isdigit() or name == "S" or name.startswith("$")
        if field is None:
            return cls._lookup_top(name)
        if is_position and isinstance(field, ListField):
            return name
        if isinstance(field, _REFERENCES):
            raise LookUpError(f"Cannot perform join in mongoDB: {'__'.join(parts)}")
        return cls._lookup_dynamic(field, name) or _lookup_member(field, name)

    @classmethod
    def _lookup_top(cls, name: Any) -> Any:
        """Return the field of that name in this class or its subclasses."""
        if name == "pk":
            name = cls._meta.get("id_field", name)
        if name in cls._fields:
            return cls._fields[name]
        if cls._dynamic:
            return DynamicField(db_field=name)
        for subclass in cls._lookup_subclasses():
            if name in subclass._fields:
                return subclass._fields[name]
        raise LookUpError(f'Cannot resolve field "{name}"')

    @classmethod
    def _lookup_subclasses(cls) -> Iterator[Any]:
        # A class that is just being made is not registered yet.
        return (get_document(n) for n in cls._subclasses if n != cls._class_name)

    @classmethod
    def _lookup_dynamic(cls, field: Any, name: str) -> Any:
        """Return the member of what takes any name, in a document that does."""
        if not cls._dynamic:
            return None
        if isinstance(field, DynamicField):
            return DynamicField(db_field=name)
        if getattr(getattr(field, "document_type", None), "_dynamic", False):
            return field.lookup_member(name) or DynamicField(db_field=name)
        return None


def _lookup_member(field: Any, name: str) -> Any:
    """Return the member of that name; of a container, the member of what it holds."""
    inner: Any = getattr(field, "field", None)
    holder = inner if hasattr(inner, "lookup_member") else field
    if not hasattr(_innermost_item(field), "lookup_member"):
        raise LookUpError(
            f"Cannot resolve subfield or operator {name} on the field {field.name}"
        )
    member = holder.lookup_member(name)
    if member is None and isinstance(field, ComplexBaseField):
        return name
    if member is None:
        raise LookUpError(f'Cannot resolve field "{name}"')
    return member


def _innermost_item(field: Any) -> Any:
    """Return what is not a list, in however many lists."""
    while isinstance(field, ListField) and field.field is not None:
        field = field.field
    return field
