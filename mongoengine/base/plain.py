"""Lists and dicts as such, and what is in them."""

from __future__ import annotations

from collections.abc import Iterable
from operator import is_
from typing import Any

from bson import DBRef

from mongoengine.base.common import get_document
from mongoengine.base.containers import BaseDict, BaseList
from mongoengine.base.embedded_list import EmbeddedDocumentList
from mongoengine.base.tracking import SCALARS

REFUSED: Any = object()  # in place of a value: it cannot wait

HOLDERS = frozenset({list, dict})
_DICTS = frozenset({dict, BaseDict})
_LISTS = frozenset({list, BaseList, EmbeddedDocumentList})


def plain(value: Any) -> Any:
    """Return lists, tuples and dicts of any kind as exact lists and dicts, throughout."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in dict.items(value)}
    if isinstance(value, (list, tuple)):
        items = list.__iter__(value) if isinstance(value, list) else value
        return [plain(item) for item in items]
    return value


def with_documents(value: Any) -> Any:
    """Turn the dicts in a plain container that name a class into its documents.

    Returns the container itself where there are none.  References, which name a class
    as well, stay.
    """
    if type(value) is dict:
        if "_cls" in value and "_ref" not in value:
            return get_document(value["_cls"])._from_son(value)
        values: Iterable[Any] = value.values()
    elif type(value) is list:
        values = value
    else:
        return value
    if HOLDERS.isdisjoint(map(type, values)):
        return value
    found = [with_documents(item) if type(item) in HOLDERS else item for item in values]
    if all(map(is_, found, values)):
        return value
    return dict(zip(value, found, strict=True)) if type(value) is dict else found


def plain_copy(value: Any) -> Any:
    """Return a plain copy of lists and dicts that hold nothing but scalars, or REFUSED."""
    copy: Any
    if type(value) in _DICTS:
        copy = dict.copy(value)
        pairs: Iterable[Any] = copy.items()
    elif type(value) in _LISTS:
        copy = list.copy(value)
        if SCALARS.issuperset(map(type, copy)):
            return copy
        pairs = enumerate(copy)
    else:
        return REFUSED
    for key, item in pairs:
        if type(item) not in SCALARS:
            copy[key] = found = plain_copy(item)
            if found is REFUSED:
                return REFUSED
    return copy


def detached(value: Any) -> Any:
    """Return a copy of a decoded value that shares no list or dict with it."""
    if type(value) is list:
        return [detached(v) if type(v) in HOLDERS else v for v in value]
    if type(value) is dict:
        return {k: detached(v) if type(v) in HOLDERS else v for k, v in value.items()}
    return value


def is_plain(value: Any) -> bool:
    """Say whether there is nothing but scalars in a plain list or dict."""
    if type(value) is dict:
        value = value.values()
    elif SCALARS.issuperset(map(type, value)):
        return True
    for item in value:
        kind = type(item)
        if kind not in SCALARS and not (kind in HOLDERS and is_plain(item)):
            return False
    return True


def pairs_of(value: Any) -> Iterable[tuple[Any, Any]] | None:
    """Return keys or positions with what is there, None for what holds nothing."""
    if isinstance(value, dict):
        return dict.items(value)
    if isinstance(value, list):
        return enumerate(list.__iter__(value))
    if isinstance(value, DBRef):
        return None
    if hasattr(value, "items"):
        items: Iterable[tuple[Any, Any]] = value.items()
        return items
    try:
        return enumerate(value)
    except TypeError:
        return None


def values_of(value: Any) -> Iterable[Any]:
    """Return what is in a list, tuple or dict, without wrapping it on the way."""
    if isinstance(value, dict):
        return dict.values(value)
    return list.__iter__(value) if isinstance(value, list) else value


def like(value: Any, pairs: Iterable[tuple[Any, Any]] | None) -> Any:
    """Return a plain dict or list of these pairs, according to what they are from."""
    if hasattr(value, "items"):
        return dict(pairs or ())
    return [item for _, item in pairs or ()]
