"""How a decoded document becomes one of ours: at once, or field by field."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import proxy

from mongoengine.base.common import get_document
from mongoengine.base.plain import REFUSED, detached
from mongoengine.base.plans import Data
from mongoengine.base.state import (
    CREATED,
    INITIALISED,
    KEEPS_REFERENCES,
    LOADED_ASYNC,
    TRACKED,
    State,
    set_flags,
    set_owner,
)
from mongoengine.errors import InvalidDocumentError

if TYPE_CHECKING:
    from typing_extensions import Self

LOADED = INITIALISED | TRACKED
HOW_READ = KEEPS_REFERENCES | LOADED_ASYNC


class Loading(State):
    """What is done with decoded documents, which are public input or a cursor's."""

    __slots__ = ()

    @classmethod
    def _from_son(
        cls, son: Any, _auto_dereference: bool = True, created: bool = False
    ) -> Self:
        """Make a document of a decoded one, which stays as it is."""
        if cls._loads_fast and type(son) is dict:
            flags = LOADED if _auto_dereference else LOADED | KEEPS_REFERENCES
            if created:
                flags |= CREATED
            document = cls._class_plan.load(son, True, flags)
            if document is not REFUSED:
                return document  # type: ignore[no-any-return]
        return cls._load_slowly(son, _auto_dereference, created)

    @classmethod
    def _decoded_adopter(
        cls, _auto_dereference: bool = True, is_async: bool = False
    ) -> Callable[[Any], Self]:
        """Return what makes documents of decoded ones, taking these over, for a family."""
        return partial(cls._adopt_flagged, flags_of(_auto_dereference, is_async))

    @classmethod
    def _adopt_decoded(
        cls, decoded: Data, _auto_dereference: bool = True, is_async: bool = False
    ) -> Self:
        """Make a document of a decoded one, which is taken over, for one family."""
        return cls._adopt_flagged(flags_of(_auto_dereference, is_async), decoded)

    @classmethod
    def _adopt_flagged(cls, flags: int, decoded: Any) -> Self:
        _auto_dereference = not flags & KEEPS_REFERENCES
        if cls._loads_fast and type(decoded) is dict:
            document = cls._class_plan.load(decoded, False, flags)
            if document is not REFUSED:
                return document  # type: ignore[no-any-return]
            document = cls._load_slowly(decoded, _auto_dereference, False)
        else:
            if isinstance(decoded, dict):  # of the client's ``document_class``
                decoded = dict(decoded)
            document = cls._from_son(decoded, _auto_dereference=_auto_dereference)
        if flags & LOADED_ASYNC:
            mark_async(document)
        return document

    @classmethod
    def _load_named(cls, decoded: Data, copy: bool, flags: int) -> Any:
        """Do what ``load`` of a plan does for a document that names another class."""
        named = get_document(decoded["_cls"])
        if named._class_name != decoded["_cls"]:
            return REFUSED
        return named._class_plan.load(decoded, copy, flags)

    @classmethod
    def _take_named(cls, decoded: Data, copy: bool) -> Any:
        """Return an embedded document that names another class, as it may wait."""
        named = cls._class_of(decoded)
        if named is None or named._class_name != decoded["_cls"]:
            return REFUSED
        return named._class_plan.take(decoded, copy)

    @classmethod
    def _make_taken(cls, taken: Data, owner: Any, _auto_dereference: bool) -> Self:
        """Make an embedded document that waited, at which others may be looking."""
        if "_cls" in taken:
            cls = cls._class_of(taken)
        flags = LOADED if _auto_dereference else LOADED | KEEPS_REFERENCES
        if owner is not None:
            flags |= owner._state_flags & HOW_READ
        document: Self = cls._class_plan.make(taken.copy(), flags)
        if owner is not None:
            set_owner(document, proxy(owner))
        return document

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


def mark_async(document: Any) -> None:
    """Tell a document, and what was built in it, that the async family loaded it."""
    set_flags(document, document._state_flags | LOADED_ASYNC)
    if document._class_plan.leading:
        for part in document._tracked_value():
            set_flags(part, part._state_flags | LOADED_ASYNC)


def flags_of(_auto_dereference: bool, is_async: bool) -> int:
    """Return the flags of documents that a family has loaded."""
    flags = LOADED if _auto_dereference else LOADED | KEEPS_REFERENCES
    return flags | LOADED_ASYNC if is_async else flags
