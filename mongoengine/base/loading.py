"""How a decoded document becomes one of ours: at once, or field by field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mongoengine.base.common import get_document
from mongoengine.base.plans import REFUSED, Data, detached
from mongoengine.base.state import (
    CREATED,
    INITIALISED,
    KEEPS_REFERENCES,
    LOADED_ASYNC,
    TRACKED,
    State,
    set_data,
    set_flags,
    set_unbuilt,
)
from mongoengine.errors import InvalidDocumentError
from mongoengine.signals import post_init, pre_init

if TYPE_CHECKING:
    from typing_extensions import Self

LOADED = INITIALISED | TRACKED
HOW_READ = KEEPS_REFERENCES | LOADED_ASYNC

_new = object.__new__


class Loading(State):
    """What is done with decoded documents, which are public input or a cursor's."""

    __slots__ = ()

    @classmethod
    def _from_son(
        cls, son: Any, _auto_dereference: bool = True, created: bool = False
    ) -> Self:
        """Make a document of a decoded one, which stays as it is."""
        if type(son) is dict:
            return cls._load_decoded(son, True, _auto_dereference, created)
        return cls._load_slowly(son, _auto_dereference, created)

    @classmethod
    def _adopt_decoded(
        cls, decoded: Data, _auto_dereference: bool = True, is_async: bool = False
    ) -> Self:
        """Make a document of a decoded one, which is taken over, for one family."""
        if cls._loads_fast:
            document = cls._load_decoded(decoded, False, _auto_dereference, False)
        else:
            document = cls._from_son(decoded, _auto_dereference)
        if is_async:
            set_flags(document, document._state_flags | LOADED_ASYNC)
            if (
                not document._unbuilt_names and document._class_plan.leading
            ):  # built at once
                for part in document._tracked_value():
                    set_flags(part, part._state_flags | LOADED_ASYNC)
        return document

    @classmethod
    def _load_decoded(
        cls, decoded: Data, copy: bool, _auto_dereference: bool, created: bool
    ) -> Self:
        if decoded.get("_cls", cls._class_name) != cls._class_name:
            cls = get_document(decoded["_cls"])
        if not cls._loads_fast or pre_init.receivers or post_init.receivers:
            return cls._load_slowly(decoded, _auto_dereference, created)
        data = cls._class_plan.load(decoded, copy)
        if data is REFUSED:
            return cls._load_slowly(decoded, _auto_dereference, created)
        document = _new(cls)
        set_data(document, data)
        set_unbuilt(document, cls._class_plan.unbuilt)
        if _auto_dereference and not created:
            set_flags(document, LOADED)
        else:
            keeps = 0 if _auto_dereference else KEEPS_REFERENCES
            set_flags(document, LOADED | keeps | (CREATED if created else 0))
        for name, field in cls._class_plan.eager:
            if name not in data:
                document._put_value(
                    field, document._linked_value(field._make_initial())
                )
        return document

    @classmethod
    def _take_decoded(cls, decoded: Data, copy: bool) -> Any:
        """Return a decoded embedded document, as it may wait until it is read; or REFUSED.

        Nobody must be able to tell that it was not made at once: where signals are to be
        sent, the whole document is made at once.
        """
        if "_cls" in decoded:
            named = cls._class_of(decoded)
            if named is None:
                return REFUSED
            cls = named
        plan = cls._class_plan
        if not plan.can_wait:
            return REFUSED
        if plan.eager and any(f.db_field not in decoded for _, f in plan.eager):
            return REFUSED
        return plan.take(decoded, copy)

    @classmethod
    def _class_of(cls, decoded: Data) -> Any:
        """Return the class that a decoded document names, None if there is none."""
        name = decoded.get("_cls")
        if name is None or name == cls._class_name:
            return cls
        try:
            return get_document(name)
        except Exception:  # to be raised by the slow lane
            return None

    @classmethod
    def _load_slowly(cls, son: Any, _auto_dereference: bool, created: bool) -> Self:
        """Do what ``_from_son`` does, field by field."""
        if son and not isinstance(son, dict):
            raise ValueError(
                "The source SON object needs to be of type 'dict' but a "
                f"'{type(son)}' was found"
            )
        name = son.get("_cls", cls._class_name)
        if name != cls._class_name:
            cls = get_document(name)
        make: Any = cls
        document: Self = make(
            __auto_convert=False, _created=created, **cls._python_values(son)
        )
        document._set_flag(TRACKED, True)
        document._set_flag(KEEPS_REFERENCES, not _auto_dereference)
        document._changed_fields = []
        return document

    @classmethod
    def _python_values(cls, son: Any) -> Data:
        """Return decoded values by field name, converted as far as there are fields."""
        stored = {str(key): value for key, value in son.items()}
        values: Data = {}
        errors = {}
        for name, field in cls._fields.items():
            # A field is also known by its name, unless that is stored for another.
            by_name = name in stored and name not in cls._reverse_db_field_map
            key = name if by_name else field.db_field
            if key not in stored:
                continue
            value = stored.pop(key)
            stored.pop(field.db_field, None)
            try:
                if value is not None:
                    value = field.to_python(detached(value))
                values[name] = value
            except (AttributeError, ValueError) as error:
                errors[name] = error
        if errors:
            text = "\n".join(f"Field '{name}' - {e}" for name, e in errors.items())
            raise InvalidDocumentError(
                f"Invalid data to create a `{cls._class_name}` instance.\n{text}"
            )
        return stored | values

    @classmethod
    def _is_strict(cls) -> bool:
        return bool(cls._meta.get("strict", True))


def read_like(document: Any, owner: Any) -> Any:
    """Have an embedded document read its references as the one around it does."""
    if owner is not None:
        set_flags(document, document._state_flags | owner._state_flags & HOW_READ)
    return document
