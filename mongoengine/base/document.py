"""What all documents have in common, before and after the wire.

The ``__dict__`` of a document is its data: values by field name.  A loaded document takes
over the dict that was decoded; a new one, its keyword arguments.  All else (whether it
is new, what changed, what is still as it was decoded) lives in slots.  ``base/plans.py``
tells what is done with whole documents at once; here is what that falls back to.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from bson import SON

from mongoengine.base.changes import ChangeTracking, holds_changes
from mongoengine.base.conversion import NON_FIELD_ERRORS as NON_FIELD_ERRORS
from mongoengine.base.conversion import Conversion
from mongoengine.base.indexes import IndexSpecs
from mongoengine.base.loading import Loading
from mongoengine.base.plans import Data
from mongoengine.base.state import (
    CREATED,
    INITIALISED,
    TRACKED,
    State,
    building,
    held,
    set_aside,
    set_data,
    set_flags,
    set_owner,
    set_unbuilt,
    without,
)
from mongoengine.base.values import Values
from mongoengine.errors import FieldDoesNotExist, OperationError
from mongoengine.signals import post_init, pre_init

GEOHAYSTACK = None  # such indexes are gone from MongoDB

# Keyword arguments that are no fields.
NOT_FIELDS = {"id", "pk", "_cls", "_text_score"}

_NOTHING: frozenset[str] = frozenset()


class _ClassName:
    """Gives documents, but not their class, the name under which that is registered."""

    def __get__(self, instance: Any, owner: Any) -> str:
        if instance is None:
            raise AttributeError(
                f"type object {owner.__name__!r} has no attribute '_cls'"
            )
        name: str = owner._class_name
        return name


class BaseDocument(Loading, Conversion, ChangeTracking, IndexSpecs):
    """The base of top-level and embedded documents."""

    __slots__ = ()

    STRICT = False
    _cls = _ClassName()
    _dynamic = False
    _dynamic_lock = True  # as others may ask
    _loads_fast = False

    if TYPE_CHECKING:
        _writable_fields: ClassVar[dict[str, Any]]
        _guarded_names: ClassVar[frozenset[str]]
        _sets_plainly: ClassVar[bool]

    def __init__(self, *args: Any, **values: Any) -> None:
        """Make a document of field values, given by keyword."""
        if args:
            raise TypeError(
                "Instantiating a document with positional arguments is not "
                "supported. Please use `field_name=value` keyword arguments."
            )
        is_plain = self._sets_plainly and not self._dynamic
        if not is_plain or pre_init.receivers or post_init.receivers:
            self._init_slowly(values)
            return
        given = self._class_plan.given
        converted = []
        try:
            for name, value in values.items():
                if type(value) not in given[name]:
                    converted.append((name, value))
        except KeyError:  # no field of ours
            self._init_slowly(values)
            return
        if self.__dict__:  # attributes that a subclass has set before
            values = {**self.__dict__, **values}
        set_data(self, values)
        set_unbuilt(self, _NOTHING)
        set_flags(self, CREATED | (0 if self._is_document else TRACKED))
        for name, field in self._class_plan.eager:
            if name not in values:
                self._write_value(field, field._make_initial())
        for name, value in converted:
            kinds = self._class_plan.uniform.get(name)
            if kinds and type(value) is list and kinds.issuperset(map(type, value)):
                values[name] = value[:]
            else:
                self._accept_value(name, value, convert=True)
        set_flags(self, self._state_flags | INITIALISED)

    def _init_slowly(self, values: Data) -> None:
        """Do what ``__init__`` does, with whatever may be among the values."""
        created = values.pop("_created", True)
        convert = values.pop("__auto_convert", True)
        set_data(
            self, {k: v for k, v in self.__dict__.items() if k not in self._fields}
        )
        set_unbuilt(self, _NOTHING)
        set_flags(self, CREATED if self._is_document else CREATED | TRACKED)
        pre_init.send(type(self), document=self, values=values)
        values = self._separate_unknown(values, refuse=self._is_strict() or created)
        defaults = (
            self._class_plan.eager if self._sets_plainly else self._fields.items()
        )
        for name, _ in defaults:
            if name not in values:
                self._accept_value(name, None, convert=False)
        for name, value in values.items():
            self._accept_value(name, value, convert)
        set_flags(self, self._state_flags | INITIALISED)
        self._set_flag(CREATED, created)
        post_init.send(type(self), document=self)

    def _separate_unknown(self, values: Data, refuse: bool) -> Data:
        """Return the values of fields; put others aside, or refuse them."""
        unknown = values.keys() - self._fields.keys() - NOT_FIELDS
        if not unknown or self._dynamic:
            return values
        if refuse:
            raise FieldDoesNotExist(
                f'The fields "{unknown}" do not exist on the document '
                f'"{self._class_name}"'
            )
        set_aside(self, {key: values[key] for key in unknown})
        return {key: value for key, value in values.items() if key not in unknown}

    def _accept_value(self, name: str, value: Any, convert: bool) -> None:
        """Set a value that was given by keyword."""
        field = self._fields.get(name)
        if field is None:
            self._accept_other(name, value)
            return
        if convert and value is not None and field._converts_given:
            value = field.to_python(value)
        if self._sets_plainly and name in self._writable_fields:
            self._write_value(field, value)
        else:
            setattr(self, name, value)

    def _accept_other(self, name: str, value: Any) -> None:
        """Set what is given by keyword and is no field."""
        if name == "_text_score":
            self._put_aside(name, value)
        elif name != "_cls" or value != self._class_name:
            setattr(self, name, value)

    # Values of fields, for descriptors

    def _read_value(self, field: Any) -> Any:
        """Return the value of a field, built or made now if need be."""
        name = field.name
        if name in self._unbuilt_names:
            return self._build_field(field)
        try:
            return self.__dict__[name]
        except KeyError:
            value = self._linked_value(field._make_initial())
            return self.__dict__.setdefault(name, value)

    def _build_field(self, field: Any) -> Any:
        """Make and keep the value of a field that nobody has read."""
        with building:
            name = field.name
            value = self.__dict__.get(name)
            if name not in self._unbuilt_names:  # another thread was faster
                return value
            if name not in self.__dict__:
                value = self._linked_value(field._make_initial())
            elif value is not None:
                value = field._build_decoded(self, value)
            return self._put_value(field, value)

    def _write_value(self, field: Any, value: Any) -> None:
        """Set the value of a field, and mark it if it is another one."""
        if value is None and not field._takes_none():
            value = field._make_default()
        if self._state_flags & INITIALISED and self._differs_from(field, value):
            self._mark_as_changed(field.name)
        self._put_value(field, self._linked_value(value))

    def _put_value(self, field: Any, value: Any) -> Any:
        """Set the value of a field as it is."""
        name = field.name
        self.__dict__[name] = value
        if name in self._unbuilt_names:
            set_unbuilt(self, without(self._unbuilt_names, name))
        return value

    def _differs_from(self, field: Any, value: Any) -> bool:
        old = self._read_value(field)
        if old is value:
            return False
        try:
            return bool(old != value) or holds_changes(old)
        except Exception:  # values that cannot be compared are taken for different
            return True

    def _linked_value(self, value: Any) -> Any:
        """Tell embedded documents whom they belong to."""
        if isinstance(value, BaseDocument):
            value._learn_owner(self)
        elif isinstance(value, (list, tuple)):
            for item in value:
                if isinstance(item, BaseDocument):
                    item._learn_owner(self)
        return value

    def _learn_owner(self, owner: Any) -> None:
        """Learn the owner, if this is an embedded document."""
        if not self._is_document:
            proxies = weakref.ProxyTypes
            set_owner(
                self, owner if isinstance(owner, proxies) else weakref.proxy(owner)
            )

    def _generate_value(self, field: Any) -> Any:
        """Have a field fill itself; return the value, None if that has to wait."""
        field._fill(self)
        return self._read_value(field)

    # Attributes

    if not TYPE_CHECKING:  # for checkers, names that are mistyped are no attributes

        def __setattr__(self, name: str, value: Any) -> None:
            field = self._writable_fields.get(name)
            if field is None:
                self._set_attribute(name, value)
            else:
                self._write_value(field, value)

    def _set_attribute(self, name: str, value: Any) -> None:
        if name in self._guarded_names:
            self._set_guarded(name, value)
        else:
            super().__setattr__(name, value)

    def _set_guarded(self, name: str, value: Any) -> None:
        """Set an id or a shard key, which is more than a value."""
        field = self._fields[name]
        initialised, created = self._initialised, self._created
        is_shard_key = name in (self._meta.get("shard_key") or ())  # the id may be one
        is_stored = initialised and not created
        if is_shard_key and is_stored and self._read_value(field) != value:
            raise OperationError(f"Shard Keys are immutable. Tried to update {name}")
        if name in self._class_plan.plain:
            self._write_value(field, value)
        else:
            super().__setattr__(name, value)
        if initialised and created and name == self._id_name():
            self._created = False  # so saving looks for a document of that id

    def __delattr__(self, name: str) -> None:
        """Fall back to the default of a field; delete any other attribute."""
        if name in self._fields:
            setattr(self, name, self._fields[name]._make_default())
        else:
            super().__delattr__(name)

    @classmethod
    def _get_collection_name(cls) -> Any:
        """Return the name of the collection, None for a class that has none."""
        return cls._meta.get("collection")

    @classmethod
    def _id_name(cls) -> Any:
        return cls._meta.get("id_field") if cls._is_document else None

    @property
    def _data(self) -> Data:
        """The values of all fields, as plain as they were loaded or assigned."""
        data = self.__dict__
        if not self._initialised:
            return data
        for field in self._fields.values():
            self._read_value(field)
        if data.keys() <= self._fields.keys() and not self._stored_aside():
            return data
        return Values(self)

    @_data.setter
    def _data(self, values: Data) -> None:
        others = {k: v for k, v in self.__dict__.items() if not self._is_known(k)}
        set_data(self, {**others, **values})
        set_unbuilt(self, _NOTHING)

    def _holds_the_same(self, other: Any) -> bool:
        """Say whether all fields, those of these documents alone as well, are equal."""
        fields, others = dict(self._all_fields()), dict(other._all_fields())
        if fields.keys() != others.keys():
            return False
        for name, field in fields.items():
            mine, theirs = self._read_value(field), other._read_value(others[name])
            if mine is not theirs and mine != theirs:
                return False
        return True

    def _is_known(self, name: str) -> bool:
        return name in self._fields

    @property
    def _dynamic_fields(self) -> Data:
        """The fields of this document alone, by name: none, unless it is dynamic."""
        return SON()

    def _field_named(self, name: str) -> Any:
        return self._fields.get(name)

    def _become_twin(self, twin: Any) -> None:
        """Take over all that another document of this class holds."""
        for slot in State.__slots__:
            value = None if slot == "__weakref__" else held(twin, slot)
            if value is not None:
                State.__dict__[slot].__set__(self, value)

    def _stored_aside(self) -> Data:
        aside: Data = held(self, "_values_aside", {})
        return aside

    def _put_aside(self, name: str, value: Any) -> None:
        """Keep a value that has no attribute."""
        set_aside(self, {**self._stored_aside(), name: value})

    def _home_of_value(self, name: str) -> Data:
        """Return the dict that holds the value of that name, or is to hold it."""
        if not self._is_known(name):
            self._put_aside(name, None)
        return self._stored_aside() if name in self._stored_aside() else self.__dict__

    # As a mapping

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields_ordered)

    def __getitem__(self, name: str) -> Any:
        """Return the value of a field by name."""
        if name in self._fields_ordered:
            return getattr(self, name)
        raise KeyError(name)

    def __setitem__(self, name: str, value: Any) -> None:
        """Set the value of a field by name."""
        if not self._dynamic and name not in self._fields:
            raise KeyError(name)
        setattr(self, name, value)

    def __contains__(self, name: str) -> bool:
        """Say whether an attribute has a value other than None."""
        return getattr(self, name, None) is not None

    def __len__(self) -> int:
        return len(self._data)

    def __repr__(self) -> str:
        try:
            text = self.__str__()  # which users let return anything
        except (UnicodeEncodeError, UnicodeDecodeError):
            text = "[Bad Unicode data]"
        return f"<{type(self).__name__}: {text}>"

    def __str__(self) -> str:
        if hasattr(self, "__unicode__"):
            text: str = self.__unicode__()
            return text
        return f"{type(self).__name__} object"
