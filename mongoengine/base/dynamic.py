"""Documents that take any attribute as a field.

Such fields belong to one document, not to its class, so no plan knows them: all of this
is the slow lane.  A name that the class uses for something else goes on meaning that,
because data must not be able to replace a method; ``document["save"]`` gives the value.
A program may replace it, by assigning.
"""

from __future__ import annotations

from inspect import getattr_static
from typing import Any

from bson import SON

from mongoengine.base.containers import BaseDict, BaseList, is_at, placed, tracked
from mongoengine.base.document import BaseDocument
from mongoengine.base.plain import plain, with_documents
from mongoengine.base.plans import Data
from mongoengine.base.state import held, set_own_fields


class DynamicFields(BaseDocument):
    """What dynamic documents do with attributes that are no fields of their class."""

    __slots__ = ()

    _dynamic = True
    _dynamic_lock = False

    @property
    def _dynamic_fields(self) -> Data:
        """The fields of this document alone, by name."""
        if held(self, "_own_fields") is None:
            set_own_fields(self, SON())
        return self._own_fields

    def _field_named(self, name: str) -> Any:
        return self._fields.get(name) or self._dynamic_fields.get(name)

    def _set_attribute(self, name: str, value: Any) -> None:
        if name in self._fields or name.startswith("_") or name == "pk":
            super()._set_attribute(name, value)
            return
        self._stored_aside().pop(name, None)
        self._write_value(
            self._dynamic_fields.get(name) or self._add_dynamic_field(name), value
        )
        if _is_property(type(self), name):
            object.__setattr__(self, name, value)

    def _accept_value(self, name: str, value: Any, convert: bool) -> None:
        """Set a value that was given by keyword, or stored: then it replaces nothing."""
        if convert or name in self._fields or not _means_more(type(self), name):
            super()._accept_value(name, value, convert)
        else:
            self._put_aside(name, None)
            self._write_value(self._add_dynamic_field(name), value)

    def _accept_other(self, name: str, value: Any) -> None:
        if name != "_cls" and name.startswith("_") and hasattr(type(self), name):
            self._put_aside(name, value)  # stored by somebody else, perhaps
        else:
            super()._accept_other(name, value)

    def _add_dynamic_field(self, name: str) -> Any:
        from mongoengine.fields import DynamicField

        field: Any = DynamicField(db_field=name, null=True)
        field.name = name
        self._dynamic_fields[name] = field
        return field

    def _differs_from(self, field: Any, value: Any) -> bool:
        """Take any assignment of such a field for a change."""
        return field.name in self._dynamic_fields or super()._differs_from(field, value)

    def _put_value(self, field: Any, value: Any) -> Any:
        if field.name not in self._dynamic_fields:
            return super()._put_value(field, value)
        value = self._expanded_value(field.name, value)
        self._home_of_value(field.name)[field.name] = value
        return value

    def _read_value(self, field: Any) -> Any:
        if field.name not in self._dynamic_fields:
            return super()._read_value(field)
        return self._home_of_value(field.name).get(field.name)

    def _nesting_values(self) -> list[tuple[str, Any]]:
        homes = (self.__dict__, self._stored_aside())
        own = [(n, h[n]) for n in self._dynamic_fields for h in homes if n in h]
        return super()._nesting_values() + own

    def _expanded_value(self, name: str, value: Any) -> Any:
        """Return a list or dict as one that tells of changes, documents in it built."""
        if is_at(value, self, name):
            return value
        value = with_documents(plain(placed(value)))
        if type(value) is list:
            return tracked(value, BaseList, self, name)
        if type(value) is dict:
            return tracked(value, BaseDict, self, name)
        return self._linked_value(value)

    def __getitem__(self, name: str) -> Any:
        """Return the value of a field by name, also of one that has no attribute."""
        field = self._dynamic_fields.get(name)
        return super().__getitem__(name) if field is None else self._read_value(field)

    def __setitem__(self, name: str, value: Any) -> None:
        """Set the value of a field by name, known or not."""
        setattr(self, name, value)

    def __delattr__(self, name: str) -> None:
        """Have the value of a field removed from the database."""
        field = self._dynamic_fields.get(name)
        if field is None:
            super().__delattr__(name)
        else:
            field.null = False
            self._write_value(field, None)

    def _is_known(self, name: str) -> bool:
        return name in self._fields or name in self._dynamic_fields


def _is_property(cls: type, name: str) -> bool:
    return hasattr(getattr(cls, name, None), "__set__")


def _means_more(cls: type, name: str) -> bool:
    """Say whether a class has a method, or the like, of that name: no mere value."""
    if name in ("_cls", "pk") or name.startswith("_") or not hasattr(cls, name):
        return False
    attribute = getattr_static(cls, name)
    is_method = callable(attribute) or hasattr(type(attribute), "__get__")
    return is_method and not _is_property(cls, name)


class NamesInOrder:
    """Gives the names of a dynamic class's fields, and of a document's own as well."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names

    def __get__(self, instance: Any, owner: Any = None) -> tuple[str, ...]:
        """Return the names in order."""
        if instance is None:
            return self.names
        return (*self.names, *instance._dynamic_fields)
