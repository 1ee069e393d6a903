"""What querysets are told to write: checked and translated before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pymongo
from pymongo import ReadPreference, WriteConcern

from mongoengine import signals
from mongoengine.base.file_places import is_searched_whole, names_with_files
from mongoengine.base.places import Place
from mongoengine.errors import OperationError
from mongoengine.queryset import transform
from mongoengine.queryset.state import UNSET_HINT
from mongoengine.queryset.unawaited import refuse_coroutines

Changes = Any  # update operators, or a pipeline of stages


def refuse_update(update: Any, upsert: bool) -> None:
    """Raise OperationError if ``update()`` is told nothing."""
    if not update and not upsert:
        raise OperationError("No update parameters, would remove data")
    refuse_coroutines(update)


def refuse_modification(update: Any, upsert: bool, remove: bool, new: bool) -> None:
    """Raise OperationError if ``modify()`` is told nothing, or too much."""
    if remove and new:
        raise OperationError("Conflicting parameters: remove and new")
    if not update and not upsert and not remove:
        raise OperationError("No update parameters, must either update or remove")
    refuse_coroutines(update)


def changes_of(document: Any, update: Mapping[str, Any], upsert: bool) -> Changes:
    """Return an update as it is sent."""
    changes = transform.update(document, **update)
    if upsert and document._meta.get("allow_inheritance"):
        return _with_class(changes, document._class_name)
    return changes


def _with_class(changes: Changes, name: str) -> Changes:
    """Name the class of a document that an upsert inserts.

    One that is there already may be of a subclass, and stays what it is.
    """
    if not isinstance(changes, Mapping):
        return [*changes, {"$set": {"_cls": {"$ifNull": ["$_cls", name]}}}]
    if any("_cls" in values for values in changes.values() if values):
        return changes
    inserted = {**changes.get("$setOnInsert", {}), "_cls": name}
    return {**changes, "$setOnInsert": inserted}


def options_of(queryset: Any, *names: str) -> dict[str, Any]:
    """Return those of the named options that a queryset was given."""
    given = {name: getattr(queryset, f"_{name}") for name in names}
    return {
        name: value
        for name, value in given.items()
        if value is not None and (name != "hint" or value != UNSET_HINT)
    }


def find_and_modify_arguments(queryset: Any, sort: Any) -> dict[str, Any]:
    """Return what a command that finds and changes one document is sent besides that."""
    arguments = options_of(queryset, "hint", "collation", "comment")
    if sort:
        arguments["sort"] = sort
    if queryset._loaded_fields:
        arguments["projection"] = queryset._loaded_fields.as_dict()
    if queryset._max_time_ms is not None:
        arguments["maxTimeMS"] = queryset._max_time_ms
    return arguments


def time_limit(queryset: Any) -> AbstractContextManager[Any]:
    """Limit the time of a command for which the driver takes no limit of its own."""
    milliseconds = queryset._max_time_ms
    return pymongo.timeout(milliseconds / 1000) if milliseconds else nullcontext()


def with_concerns(
    collection: Any, write_concern: Any = None, read_concern: Any = None
) -> Any:
    """Return a collection that writes, or reads, as told; what is not told stays."""
    options: dict[str, Any] = {}
    if write_concern:
        document = {**collection.write_concern.document, **write_concern}
        options["write_concern"] = WriteConcern(**document)
    if read_concern:
        options["read_concern"] = pymongo.read_concern.ReadConcern(**read_concern)
    return collection.with_options(**options) if options else collection


def told_of_update(result: Any, full_result: bool) -> Any:
    """Return how many documents an update matched or inserted; None if unknown."""
    if full_result:
        return result
    return result.raw_result["n"] if result.acknowledged else None


def told_of_delete(result: Any) -> int | None:
    """Return how many documents were deleted; None if unknown."""
    return result.deleted_count if result.acknowledged else None


def deletes_each(queryset: Any) -> bool:
    """Say whether documents are to be loaded, and deleted one by one."""
    return bool(queryset._skip or queryset._limit) or has_delete_receivers(
        queryset._document
    )


def has_delete_receivers(document: Any) -> bool:
    """Say whether somebody wants to know when documents of a class are deleted."""
    return any(
        signal.has_receivers_for(document)
        for signal in (signals.pre_delete, signals.post_delete)
    )


def as_documents(queryset: Any) -> Any:
    """Return the queryset of the same rows that gives documents, whatever that gave."""
    return queryset._with(
        _scalar=(),
        _values=None,
        _as_pymongo=False,
        _keeps_rows=False,
        _prefetch=None,
    )


def same_place(queryset: Any) -> Any:
    """Return the queryset of all documents in the same place."""
    return type(queryset)(queryset._document, queryset._collection_obj)


def placed(document: Any, queryset: Any) -> Any:
    """Return a document that knows to be kept where a queryset is, as by ``using()``."""
    place = queryset._collection_obj
    if isinstance(place, Place) and place != document._own_place():
        document._switch_place(place, keep_created=True)
    return document


def with_files(queryset: Any) -> Any:
    """Return the queryset of the same rows that gives little but their files, as stored."""
    found, document = as_documents(queryset).all_fields(), queryset._document
    if len(document._subclasses) == 1 and not is_searched_whole(document):
        found = found.only("pk", *names_with_files(document))
    # Clones keep what they found again.
    return up_to_date(found.as_pymongo())._with(_keeps_rows=False)


def up_to_date(queryset: Any) -> Any:
    """Return the queryset that reads where is written: others may not know it yet."""
    return queryset.read_preference(ReadPreference.PRIMARY)
