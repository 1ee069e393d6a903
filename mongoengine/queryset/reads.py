"""What reading querysets sends, decided before anything is sent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bson import json_util
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.collection import Collection

from mongoengine.base.connections import ConnectionType, families
from mongoengine.base.conversion import _json_options
from mongoengine.base.places import Place
from mongoengine.errors import InvalidQueryError
from mongoengine.queryset.state import UNSET_HINT

_WRONG_FAMILY: dict[ConnectionType, type[Any]] = {
    ConnectionType.SYNC: AsyncCollection,
    ConnectionType.ASYNC: Collection,
}


def is_void(queryset: Any) -> bool:
    """Say whether a queryset has no rows, whatever is stored."""
    return bool(queryset._none or queryset._empty)


def is_awaited(queryset: Any) -> bool:
    """Say whether nobody but async code can have the rows of a queryset."""
    place = queryset._collection_obj
    if not isinstance(place, Place):
        return isinstance(place, AsyncCollection)
    return not is_void(queryset) and families(place.alias) is ConnectionType.ASYNC


def alias_of(queryset: Any) -> str:
    """Return the alias of the connection that a queryset uses."""
    place = queryset._collection_obj
    if isinstance(place, Place):
        return place.alias
    alias: str = queryset._document._get_db_alias()
    return alias


def place_of(queryset: Any) -> Place:
    """Return where the documents are that a queryset finds."""
    place = queryset._collection_obj
    return place if isinstance(place, Place) else Place(alias_of(queryset), place.name)


def check_collection(collection: Any, family: ConnectionType) -> None:
    """Refuse a collection of the driver that a user gave for the other family."""
    if isinstance(collection, _WRONG_FAMILY[family]):
        raise RuntimeError(
            f"This queryset was made of {type(collection).__name__} "
            f"`{collection.full_name}`, which is of the other family: make it of one "
            f"of this family, or use Model.objects, which serves both"
        )


def read_as_told(collection: Any, queryset: Any) -> Any:
    """Return a collection that reads from where, and what, a queryset wants."""
    preference, concern = queryset._read_preference, queryset._read_concern
    if preference is None and concern is None:
        return collection
    return collection.with_options(read_preference=preference, read_concern=concern)


def args_of_one(queryset: Any, index: int) -> dict[str, Any]:
    """Return how to find one row by its number."""
    arguments: dict[str, Any] = queryset._find_args
    arguments.pop("limit", None)
    skip = (queryset._skip or 0) + index
    return {**arguments, "skip": skip} if skip else arguments


def args_of_two(queryset: Any) -> dict[str, Any]:
    """Return how to find the only row, and another one if it is not the only one."""
    arguments: dict[str, Any] = queryset._find_args
    arguments.pop("sort", None)
    arguments["limit"] = 2
    return arguments


def args_of_existence(queryset: Any) -> dict[str, Any]:
    """Return how to find out whether there is any row."""
    arguments = args_of_one(queryset, 0)
    arguments.pop("sort", None)
    return {**arguments, "projection": {"_id": 1}}


def of_ids(queryset: Any, ids: Iterable[Any]) -> Any:
    """Return the queryset of the documents of some ids, whatever the conditions are."""
    return queryset._with(
        _mongo_query={"_id": {"$in": list(ids)}},
        _cls_query={},
        _where_clause=None,
        _search_text=None,
        _ordering=(),
        _skip=None,
        _limit=None,
    )


def check_length(length: int | None) -> None:
    """Refuse to give less than no rows."""
    if length is not None and length < 0:
        raise ValueError(f"to_list() takes a length of 0 or more, not {length}")


def limited(queryset: Any, length: int) -> Any:
    """Return a queryset with so many rows at most."""
    if queryset._limit:
        length = min(length, queryset._limit)
    return queryset._with(_limit=length, _empty=queryset._empty or length == 0)


def refuse_filter(queryset: Any) -> None:
    """Raise InvalidQueryError if there are conditions besides an id."""
    if queryset._query_obj:
        raise InvalidQueryError("Cannot use a filter whilst using `with_id`")


def only_one(document: Any, rows: list[Any]) -> Any:
    """Return the only row there is, or raise what the class has for that."""
    if not rows:
        raise document.DoesNotExist(
            f"{document._class_name} matching query does not exist."
        )
    if len(rows) > 1:
        raise document.MultipleObjectsReturned("2 or more items returned, instead of 1")
    return rows[0]


def is_countless(queryset: Any, with_limit_and_skip: bool) -> bool:
    """Say whether a count is 0 without asking."""
    if is_void(queryset):
        return True
    return queryset._limit == 0 and not with_limit_and_skip


def args_of_count(queryset: Any, with_limit_and_skip: bool) -> dict[str, Any]:
    """Return how to count."""
    told = {
        "hint": None if queryset._hint == UNSET_HINT else queryset._hint,
        "collation": queryset._collation,
        "comment": queryset._comment,
        "maxTimeMS": queryset._max_time_ms,
    }
    if with_limit_and_skip:
        told |= {"limit": queryset._limit or None, "skip": queryset._skip or None}
    told = {name: value for name, value in told.items() if value is not None}
    return {"filter": queryset._filter, **told}


def args_of_walk(queryset: Any, with_limit_and_skip: bool) -> dict[str, Any]:
    """Return how to count one by one, for what only ``find()`` understands."""
    arguments = {**queryset._find_args, "projection": {"_id": 1}}
    arguments.pop("sort", None)
    if not with_limit_and_skip:
        arguments.pop("skip", None)
        arguments.pop("limit", None)
    return arguments


def flat_fields(fields: tuple[str, ...], flat: bool | None) -> tuple[str, ...]:
    """Return the fields of a list of values; raise TypeError if it cannot be flat."""
    if flat and len(fields) != 1:
        raise TypeError(f"flat=True takes one field, not {len(fields)}")
    return fields


def shown(rows: list[Any], size: int) -> str:
    """Return the first rows as text, and say if there are more."""
    if len(rows) > size:
        rows = [*rows[:size], "...(remaining elements truncated)..."]
    return repr(rows)


def check_index(key: Any) -> None:
    """Refuse an index that no query can give."""
    if not isinstance(key, int):
        raise TypeError("Provide a slice or an integer index")
    if key < 0:
        raise IndexError("Cursor instances do not support negative indices")


def to_json(rows: list[Any], args: Any, kwargs: dict[str, Any]) -> str:
    """Return stored documents as JSON."""
    options = _json_options(kwargs)
    return json_util.dumps(rows, *args, json_options=options, **kwargs)
