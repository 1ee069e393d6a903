"""How the references of a document are to be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from mongoengine.base.connection_settings import DEFAULT_CONNECTION_NAME
from mongoengine.base.connections import ConnectionType, families
from mongoengine.base.scopes import holds, no_dereferencing
from mongoengine.base.state import KEEPS_REFERENCES, LOADED_ASYNC, set_flags


def document_and_owners(document: Any) -> Iterator[Any]:
    """Yield a document and what it is part of, as far as that still exists."""
    try:
        while document is not None:
            is_top = document._is_document
            yield document
            document = None if is_top else document._instance
    except ReferenceError:
        return


def keeps_references(document: Any, field: Any) -> bool:
    """Say whether reading a reference gives the reference as such.

    In MongoEngine, those with a copy are loaded along with their document, whatever
    was said: code that asks for none to be loaded still reads documents there.
    """
    return _is_kept(document, field) and not _has_copies(field)


def _is_kept(document: Any, field: Any) -> bool:
    scoped = bool(no_dereferencing.get())
    if scoped and holds(no_dereferencing, field):
        return True
    return any(
        one._state_flags & KEEPS_REFERENCES
        or (scoped and holds(no_dereferencing, one.__class__))
        for one in document_and_owners(document)
    )


def _has_copies(field: Any) -> bool:
    """Say whether the references in a field are stored with a copy of the document."""
    inner = getattr(field, "field", None)
    return hasattr(field, "update_of_copies") if inner is None else _has_copies(inner)


def reads_async(document: Any) -> bool:
    """Say whether reading must not reach the server: the async family loaded it.

    Where there is no other family, that holds for what nobody has loaded as well.
    """
    if is_loaded_async(document):
        return True
    return families(alias_of(document)) is ConnectionType.ASYNC


def is_loaded_async(document: Any) -> bool:
    """Say whether the async family loaded a document, or what it is part of."""
    return any(one._state_flags & LOADED_ASYNC for one in document_and_owners(document))


def alias_of(document: Any) -> str:
    """Return the alias of the connection that the whole of a document is kept on."""
    for one in document_and_owners(document):
        if one._is_document:
            alias: str = one._own_place().alias
            return alias
    return DEFAULT_CONNECTION_NAME


def written_by(family: ConnectionType, documents: Iterable[Any]) -> None:
    """Have documents that nobody has loaded be read as the family does that stored them."""
    if family is ConnectionType.ASYNC:
        for document in documents:
            set_flags(document, document._state_flags | LOADED_ASYNC)
