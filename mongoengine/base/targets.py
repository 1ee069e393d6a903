"""What references lead to, and how to tell one of its documents from another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from bson import DBRef

from mongoengine.base.common import _document_registry, get_document
from mongoengine.base.connections import ConnectionType
from mongoengine.base.lazy_reference import LazyReference
from mongoengine.base.places import Place, key_of
from mongoengine.base.scopes import sessions_of, watching
from mongoengine.base.taken_back import Make
from mongoengine.errors import DoesNotExist, ValidationError


class Target(NamedTuple):
    """The documents of a class at a place; None where a reference names no class."""

    document_type: Any
    place: Place


class Wanted:
    """What is to be loaded: ids as they are stored, by what they are ids of."""

    def __init__(self) -> None:
        self.ids: dict[Target, dict[Any, Any]] = {}

    def add(self, target: Target, pk: Any) -> None:
        """Note the id of a document, once."""
        self.ids.setdefault(target, {})[key_of(pk)] = pk

    def add_all(self, target: Target, keys: Iterable[Any], ids: list[Any]) -> None:
        """Note ids, each by what ``key_of()`` gives."""
        self.ids.setdefault(target, {}).update(zip(keys, ids, strict=True))

    def __bool__(self) -> bool:
        return bool(self.ids)

    def batches(self, size: int) -> Iterator[tuple[list[Target], list[Any]]]:
        """Yield the ids, so many at a time at most, with what they are ids of.

        Those of classes that share a collection by inheritance go together.
        """
        kinds: dict[Any, list[Target]] = {}
        for target in self.ids:
            kinds.setdefault(_kind_of(target), []).append(target)
        for targets in kinds.values():
            keyed: dict[Any, Any] = {}
            for target in targets:
                keyed.update(self.ids[target])
            ids = list(keyed.values())
            for start in range(0, len(ids), size):
                yield targets, ids[start : start + size]


def _kind_of(target: Target) -> Any:
    """Return what is the same for classes whose documents one query can find."""
    document_type = target.document_type
    if document_type is None:
        return target.place, None
    return target.place, document_type._class_name.partition(".")[0]


class Found:
    """Documents that were loaded, by what they are and by their ids."""

    def __init__(self) -> None:
        self._documents: dict[Target, dict[Any, Any]] = {}

    def add(
        self, targets: list[Target], rows: Iterable[Any], family: ConnectionType
    ) -> None:
        """Make documents of rows that a family has read, and keep them."""
        tables = [self.by_key(target) for target in targets]
        make = maker(targets[0], family)
        for decoded in rows:
            key = key_of(decoded["_id"])
            document = make(decoded)
            for documents in tables:
                documents[key] = document

    def by_key(self, target: Target) -> dict[Any, Any]:
        """Return the documents of a target, by what ``key_of()`` gives of their ids."""
        return self._documents.setdefault(target, {})

    def get(self, target: Target, pk: Any) -> Any:
        """Return the document of an id as it is stored, None if it was not found."""
        return self.by_key(target).get(key_of(pk))

    def get_all(self, target: Target, ids: list[Any]) -> list[Any]:
        """Return the documents of ids, None for those that were not found."""
        return list(map(self.by_key(target).get, map(key_of, ids)))

    def update(self, other: Found) -> None:
        """Keep what others have found as well."""
        for target, documents in other._documents.items():
            self._documents.setdefault(target, {}).update(documents)

    def take(self, wanted: Wanted, other: Found) -> None:
        """Keep of what others have found what is wanted."""
        for target, keyed in wanted.ids.items():
            known = other._documents.get(target, {})
            self.by_key(target).update((k, known[k]) for k in keyed if k in known)

    def unknown(self, wanted: Wanted) -> Wanted:
        """Return what is wanted, but for what was found already."""
        unknown = Wanted()
        for target, keyed in wanted.ids.items():
            known = self._documents.get(target, {})
            ids = {key: pk for key, pk in keyed.items() if key not in known}
            if ids:
                unknown.ids[target] = ids
        return unknown

    def __iter__(self) -> Iterator[Any]:
        """Iterate over the documents."""
        for documents in self._documents.values():
            yield from documents.values()


def target_of_dbref(document_type: Any, alias: str, dbref: DBRef) -> Target:
    """Return what a DBRef leads to; if it names a class, that is meant."""
    name = _class_name_in(dbref)
    if name is not None:
        document_type = get_document(name)
    if document_type is not None:
        alias = document_type._get_db_alias()
    return Target(document_type, Place(alias, dbref.collection))


def _class_name_in(dbref: DBRef) -> Any:
    try:
        return DBRef.__getattr__(dbref, "cls")
    except AttributeError:
        return None


def target_of_generic(value: Any) -> tuple[Target, Any]:
    """Return what the stored form of a generic reference leads to, and the id there."""
    document_type, dbref = get_document(value["_cls"]), value["_ref"]
    if not isinstance(dbref, DBRef):  # an id, stored by somebody else
        dbref = DBRef(document_type._get_collection_name(), dbref)
    target = target_of_dbref(document_type, "", dbref)
    return target, stored_id(target.document_type, dbref.id)


def dbref_of(target: Target, pk: Any, value: Any) -> DBRef:
    """Return the DBRef to look for: that of a reference, with the id as it is stored."""
    reference = value["_ref"] if isinstance(value, dict) else value
    database = reference.database if isinstance(reference, DBRef) else None
    return DBRef(target.place.name, pk, database)


def unknown_document(target: Target, value: Any) -> DoesNotExist:
    """Return the error for a reference to a document that is not there."""
    raised: Any = getattr(target.document_type, "DoesNotExist", DoesNotExist)
    if hasattr(type(value), "as_stored"):  # a proxy
        value = value.as_stored()
    reference = value["_ref"] if isinstance(value, dict) else value
    error: DoesNotExist = raised(f"Trying to dereference unknown document {reference}")
    return error


def led_to(field: Any, value: Any, alias: str) -> Any:
    """Return what the value of a field, or of none, leads to; None for no reference."""
    known = getattr(type(value), "led_to", None)  # of a proxy
    if known is not None:
        return known(value)
    if field is None or field._target_of is None:
        return untyped_target(value, alias) if is_untyped(value) else None
    return field._target_of(value, alias)


def untyped_target(value: Any, alias: str) -> tuple[Target, Any]:
    """Return what a reference leads to that no field knows of, and the id there."""
    if isinstance(value, dict):
        return target_of_generic(value)
    document_type = value.document_type if is_lazy(value) else None
    target = target_of_dbref(document_type, alias, value)
    return target, stored_id(target.document_type, value.id)


def is_lazy(value: Any) -> bool:
    """Say whether a value is a reference that is loaded when it is told to be."""
    return isinstance(value, LazyReference)


def is_generic(value: Any) -> bool:
    """Say whether a value is the stored form of a generic reference."""
    return isinstance(value, dict) and "_cls" in value and "_ref" in value


def is_untyped(value: Any) -> bool:
    """Say whether a value is a reference that can be read without a field."""
    return isinstance(value, DBRef) or is_generic(value)


def stored_id(document_type: Any, pk: Any) -> Any:
    """Return the stored form of an id; nonsense stays, and is not found."""
    name = None if document_type is None else document_type._meta.get("id_field")
    if name is None:
        return pk
    field = document_type._fields[name]
    if type(pk) is field._native_type:
        return pk
    try:
        return field.to_mongo(pk)
    except (ValidationError, ValueError, TypeError):
        return pk


def stored_dbref(document: Any) -> DBRef:
    """Return the reference to a document that is stored where no field says how."""
    pk = stored_id(document.__class__, document.pk)
    return DBRef(document._get_collection_name(), pk)


def maker(target: Target, family: ConnectionType) -> Make:
    """Return what makes documents that take over what a family has read."""
    is_async = family is ConnectionType.ASYNC

    def make(decoded: Any) -> Any:
        if type(decoded) is not dict:
            decoded = dict(decoded)
        return _class_of_row(target, decoded)._adopt_decoded(decoded, True, is_async)

    scope = sessions_of(family)
    return watching(scope, target.place, make) if scope.get() else make


def _class_of_row(target: Target, decoded: Any) -> Any:
    """Return the class that a decoded document is of: its collection may have to tell."""
    if target.document_type is not None:
        return target.document_type
    if "_cls" in decoded:
        return get_document(decoded["_cls"])
    kept_there = [
        cls for cls in _document_registry.copy().values() if _is_at(cls, target)
    ]
    if kept_there:
        return kept_there[0]
    words = target.place.name.split("_")
    return get_document("".join(word.capitalize() for word in words))


def _is_at(cls: Any, target: Target) -> bool:
    if not cls._is_document or cls._meta.get("abstract"):
        return False
    return bool(cls._class_place() == target.place)
