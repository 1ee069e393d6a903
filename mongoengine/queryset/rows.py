"""What querysets give for the documents that the server sent."""

from __future__ import annotations

from functools import partial
from typing import Any

from bson import DBRef

from mongoengine.base.connections import ConnectionType
from mongoengine.base.document import BaseDocument
from mongoengine.base.kinds import is_top_level
from mongoengine.base.scopes import holds, no_dereferencing, sessions_of, watching
from mongoengine.base.taken_back import Make
from mongoengine.queryset.reads import place_of
from mongoengine.queryset.state import QuerySetState

ASYNC = ConnectionType.ASYNC


def maker(queryset: QuerySetState[Any], family: ConnectionType) -> Make:
    """Return what makes a row, as the queryset gives it, of a decoded document.

    Documents take decoded dicts over.  Where references are prefetched, there are
    documents already.
    """
    if queryset._as_pymongo:
        return _unchanged
    has_values = queryset._values is not None
    dereferences = queryset._auto_dereference and not has_values
    if not is_prefetching(queryset):
        load = loader(queryset, family, dereferences)
    else:
        load = _unchanged
    if has_values:
        names = queryset._values or queryset._document._fields_ordered
        return partial(_dict_of, load, tuple(names))
    if queryset._scalar:
        is_async = family is ASYNC
        return partial(_scalar_of, load, tuple(queryset._scalar), is_async)
    return load


def is_prefetching(queryset: QuerySetState[Any]) -> bool:
    """Say whether references are loaded together with the documents.

    Where ids stand for them anyway, nothing is to be loaded.
    """
    gives_ids = queryset._as_pymongo or queryset._values is not None
    return queryset._prefetch is not None and not gives_ids


def loader(
    queryset: QuerySetState[Any], family: ConnectionType, dereferences: bool
) -> Make:
    """Return what makes a document of a decoded one, which it takes over."""
    document, is_async = queryset._document, family is ASYNC
    dereferences = dereferences and not holds(no_dereferencing, document)
    make: Make = document._decoded_adopter(dereferences, is_async)
    scope = sessions_of(family)
    if not scope.get():
        return make
    place, projection = place_of(queryset), queryset._loaded_fields.as_dict()
    return watching(scope, place, make, projection or None)


def scalar_of(document: Any, names: tuple[str, ...], plainly: bool = False) -> Any:
    """Return the value of a field, or a tuple if there are several names."""
    values = tuple(value_at(document, name) for name in names)
    if plainly:
        values = tuple(map(with_ids, values))
    return values[0] if len(values) == 1 else values


def value_at(value: Any, path: str) -> Any:
    """Return what a path such as ``author__name`` leads to, None if nothing is there.

    From a list, it leads to a list.
    """
    parts = path.replace(".", "__").split("__")
    for number, part in enumerate(parts):
        if not part:  # as in `_cls`
            return getattr(value, path)
        if isinstance(value, (list, tuple)) and not part.isdigit():
            rest = "__".join(parts[number:])
            return [value_at(item, rest) for item in value]
        value = _step(value, part)
        if value is None:
            return None
    return value


def _step(value: Any, part: str) -> Any:
    if isinstance(value, (list, tuple)):
        return value[int(part)] if int(part) < len(value) else None
    if isinstance(value, dict):
        return value.get(part)
    return getattr(value, part)


def with_ids(value: Any) -> Any:
    """Return a value with ids in place of references; documents that are loaded stay."""
    if isinstance(value, DBRef):
        return with_ids(value.id)  # which is a reference, if that is the primary key
    if isinstance(value, list):
        return [with_ids(item) for item in value]
    if isinstance(value, dict):
        if value.keys() == {"_cls", "_ref"}:  # a generic reference
            return with_ids(value["_ref"])
        return {key: with_ids(item) for key, item in value.items()}
    return value


def plain(value: Any) -> Any:
    """Return a value with dicts in place of embedded documents, ids of references."""
    value = with_ids(value)
    if is_top_level(value):
        return plain(value.pk)
    if isinstance(value, BaseDocument):
        return {name: plain(value[name]) for name in value._fields_ordered}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


def _unchanged(decoded: Any) -> Any:
    return decoded


def _scalar_of(load: Make, names: tuple[str, ...], plainly: bool, decoded: Any) -> Any:
    return scalar_of(load(decoded), names, plainly)


def _dict_of(load: Make, names: tuple[str, ...], decoded: Any) -> dict[str, Any]:
    document = load(decoded)
    return {name: plain(value_at(document, name)) for name in names}
