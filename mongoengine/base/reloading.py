"""How a document takes over what was loaded for it again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from mongoengine.base.connections import ConnectionType
from mongoengine.base.state import (
    CREATED,
    LOADED_ASYNC,
    UNSURE,
    held,
    set_aside,
    set_data,
    set_flags,
    set_own_fields,
    set_unbuilt,
)
from mongoengine.errors import InvalidDocumentError, InvalidQueryError


def field_names(document: Any, arguments: Sequence[Any]) -> list[str]:
    """Return the fields that ``reload()`` is about, none for all: a depth may come first.

    A path below a field means all of that, of which a part would not be complete.
    """
    has_depth = bool(arguments) and isinstance(arguments[0], int)
    return [_field_name(document, path) for path in arguments[has_depth:]]


def depth_of(
    document: Any, arguments: Sequence[Any], kwargs: Any, family: ConnectionType
) -> int:
    """Return how many levels of what a document refers to ``reload()`` loads as well.

    Where nobody says, it is one, as in MongoEngine, but none where reading a reference
    gives a proxy: what is awaited is for the caller to say.
    """
    if not (document._class_plan.leading or document._dynamic):
        return 0
    if arguments and isinstance(arguments[0], int):
        return arguments[0]
    default = 0 if family is ConnectionType.ASYNC else 1
    return int(kwargs.get("max_depth", default))


def query_for_modify(document: Any, query: Any) -> Any:
    """Return the queryset of a document alone, if it meets a query."""
    if document.pk is None:
        raise InvalidDocumentError("The document does not have a primary key.")
    if query is not None and not isinstance(query, dict):
        return document._qs.filter(query, **document._object_key)
    query = dict(query or {})
    for name in ("pk", document._id_name()):
        if query.pop(name, document.pk) != document.pk:
            raise InvalidQueryError(
                "Invalid document modify query: it must modify only this document."
            )
    return document._qs.filter(**query, **document._object_key)


def refresh(document: Any, twin: Any, names: Sequence[str] = ()) -> None:
    """Give a document the values of one that was just loaded: all, or those named."""
    if names:
        _take_fields(document, twin, names)
    elif type(twin) is type(document):
        _take_all(document, twin)
    else:  # stored as another class meanwhile
        _take_fields(document, twin, document._fields)
    document._own_values()


def _field_name(document: Any, path: str) -> str:
    parts = path.replace("__", ".").split(".")
    field = document._lookup_field(parts)[0]
    return field.name or parts[0]


def _take_all(document: Any, twin: Any) -> None:
    set_data(document, twin.__dict__)
    set_unbuilt(document, twin._unbuilt_names)
    set_flags(document, twin._state_flags)
    set_aside(document, held(twin, "_values_aside", {}))
    set_own_fields(document, held(twin, "_own_fields"))
    document._changed_fields = []


def _take_fields(document: Any, twin: Any, names: Iterable[str]) -> None:
    """Take some values as they are, built or not; what is not stored is not set."""
    known = document._fields.keys() & names
    for name in known:
        document.__dict__.pop(name, None)
        if name in twin.__dict__:
            document.__dict__[name] = twin.__dict__[name]
    set_unbuilt(
        document, (document._unbuilt_names - known) | (twin._unbuilt_names & known)
    )
    for name in set(names) - known:
        document[name] = getattr(twin, name, None)
    flags = document._state_flags & ~(CREATED | UNSURE | LOADED_ASYNC)
    set_flags(document, flags | twin._state_flags & LOADED_ASYNC)
    document._forget_marks({document._db_field_map.get(name, name) for name in names})
