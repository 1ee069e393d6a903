"""The state of a document that is not data."""

from __future__ import annotations

import os
import threading
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

INITIALISED = 1  # changes are tracked from now on
CREATED = 2  # here, and not saved yet
TRACKED = 4  # has a list of changes, even if an empty one
KEEPS_REFERENCES = 8  # reading a reference does not load it
LOADED_ASYNC = 16  # loaded by the async family
UNSURE = 32  # inserted under an id of ours; nobody knows yet whether that came about


class State:
    """Slots, so that the ``__dict__`` of a document holds nothing but its values."""

    __slots__ = (
        "__dict__",
        "__weakref__",
        "_change_marks",  # the paths that changed
        "_own_fields",  # of a dynamic document, by name
        "_owner_proxy",  # what an embedded document is part of, held weakly
        "_state_flags",
        "_switched_place",  # where this document alone is kept, if elsewhere than its class
        "_unbuilt_names",  # names of the fields whose values are as they were decoded
        "_values_aside",  # stored values that have no attribute, by key
    )

    # Hidden, so that the type hints of a user's class are the user's.
    if TYPE_CHECKING:
        _state_flags: int
        _unbuilt_names: frozenset[str]
        _change_marks: list[str]
        _values_aside: dict[str, Any]
        _own_fields: dict[str, Any]
        _owner_proxy: Any
        _switched_place: Any

        # What a class of documents has, for the parts that documents are composed of.
        _class_plan: ClassVar[Any]
        _meta: ClassVar[Any]
        _fields: ClassVar[dict[str, Any]]
        _fields_ordered: tuple[str, ...]
        _db_field_map: ClassVar[dict[str, str]]
        _reverse_db_field_map: ClassVar[dict[str, str]]
        _class_name: ClassVar[str]
        _is_document: ClassVar[bool]
        _dynamic: ClassVar[bool]
        _loads_fast: ClassVar[bool]

        _changed_fields: Any
        _get_changed_fields: Any
        _put_value: Any
        _linked_value: Any
        _instance: Any
        _dynamic_fields: Any
        _read_value: Any
        _field_named: Any
        _from_son: Any
        _become_twin: Any
        _generate_value: Any
        to_mongo: Any
        _stored_aside: Any
        _tracked_value: Any

    @property
    def _initialised(self) -> bool:
        return bool(self._state_flags & INITIALISED)

    @_initialised.setter
    def _initialised(self, value: bool) -> None:
        self._set_flag(INITIALISED, value)

    @property
    def _created(self) -> bool:
        return bool(self._state_flags & CREATED)

    @_created.setter
    def _created(self, value: bool) -> None:
        self._set_flag(CREATED, value)

    def _set_flag(self, flag: int, value: Any) -> None:
        flags = self._state_flags
        set_flags(self, flags | flag if value else flags & ~flag)


def held(document: Any, slot: str, default: Any = None) -> Any:
    """Return what a slot holds, without asking the ``__getattr__`` of a class."""
    try:
        return State.__dict__[slot].__get__(document)
    except AttributeError:
        return default


@lru_cache(maxsize=4096)
def without(names: frozenset[str], name: str) -> frozenset[str]:
    """Return all names but one: documents of which the same was read share them."""
    return names - {name}


# Held while a decoded value is built, so that threads which read one document agree.
building = threading.RLock()


if hasattr(os, "register_at_fork"):  # nobody holds it in a child that forks
    os.register_at_fork(
        before=building.acquire,
        after_in_child=building.release,
        after_in_parent=building.release,
    )


# The setters of slots, which do not ask what __setattr__ makes of the name.
set_aside = State.__dict__["_values_aside"].__set__
set_data = State.__dict__["__dict__"].__set__
set_flags = State.__dict__["_state_flags"].__set__
set_marks = State.__dict__["_change_marks"].__set__
set_own_fields = State.__dict__["_own_fields"].__set__
set_owner = State.__dict__["_owner_proxy"].__set__
set_switched = State.__dict__["_switched_place"].__set__
set_unbuilt = State.__dict__["_unbuilt_names"].__set__
