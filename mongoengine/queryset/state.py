"""What a queryset knows, and how a changed copy of it is made.

A fresh queryset holds little more than its document class and where that is stored: all
else stands as defaults on the class.  Chain methods copy what differs from these, so
values are replaced and never changed in place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from mongoengine.base.scopes import holds, no_subclasses
from mongoengine.queryset.field_list import QueryFieldList
from mongoengine.queryset.visitor import Q

if TYPE_CHECKING:
    from typing_extensions import Self

    from mongoengine.document import Document

D = TypeVar("D", bound="Document")

UNSET_HINT = -1  # None is a hint as well: to use none

# What belongs to one run of a query, and to no other queryset: how far it has come, ...
UNDERWAY = ("_async_iter", "_async_steps", "_cursor_obj", "_iter", "_steps")
# ... and what was found.
FOUND = (
    "_async_has_more",
    "_async_len",
    "_async_result_cache",
    "_has_more",
    "_len",
    "_result_cache",
)
OF_A_RUN = (*UNDERWAY, *FOUND)


class QuerySetState(Generic[D]):
    """The state of a queryset of documents ``D``."""

    _document: type[D]
    _collection_obj: Any  # a Place, or a collection of the driver

    _query_obj: Any = Q()
    _mongo_query: Any = None  # what is known of the compiled ``_query_obj``
    _cls_query: Mapping[str, Any] = {}  # replaced, never changed
    _where_clause: str | None = None
    _search_text: Any = None
    _search_text_score: bool | None = None
    _none: bool = False
    _empty: bool = False

    _loaded_fields: QueryFieldList = QueryFieldList()
    _scalar: Sequence[str] = ()
    _values: Sequence[str] | None = None
    _as_pymongo: bool = False
    _auto_dereference: bool = True
    _prefetch: Any = None  # of prefetching.py

    _ordering: Any = None
    _limit: int | None = None
    _skip: int | None = None
    _hint: Any = UNSET_HINT
    _collation: Any = None
    _comment: Any = None
    _batch_size: int | None = None
    _max_time_ms: int | None = None
    _snapshot: bool = False
    _timeout: bool = True
    _allow_disk_use: bool = False
    _read_preference: Any = None
    _read_concern: Any = None

    _cursor_obj: Any = None
    _keeps_rows = False

    # Of a run, for each family: its rows, and what ``next()`` has come to.
    _has_more = _async_has_more = True
    _iter: Any = False
    _async_iter: Any = False
    _len: int | None = None
    _async_len: int | None = None
    _result_cache: Any = None
    _async_result_cache: Any = None
    _steps: Any = None
    _async_steps: Any = None

    def __init__(self, document: type[D], collection: Any) -> None:
        """Make the queryset of all documents of a class, in their collection."""
        self._document = document
        self._collection_obj = collection
        if document._meta.get("allow_inheritance") is True:
            self._cls_query = class_query(document)
            self._loaded_fields = WITH_CLASS

    def clone(self) -> Self:
        """Return an equal queryset that has not been run."""
        new_qs = type(self)(self._document, self._collection_obj)
        return self._clone_into(new_qs)  # type: ignore[no-any-return]

    def _clone_into(self, new_qs: Any) -> Any:
        """Give another queryset what this one was told."""
        state, told = new_qs.__dict__, self.__dict__
        for name in TOLD.intersection(state).difference(told):
            del state[name]
        for name in TOLD.intersection(told):
            state[name] = told[name]
        return new_qs

    def _with(self, **changes: Any) -> Self:
        """Return a copy in which some attributes have other values."""
        queryset = self.clone()
        queryset.__dict__.update(changes)
        return queryset

    def _chainable_method(self, method_name: str, val: Any) -> Self:
        """Return a copy that has another value for an option."""
        return self._with(**{f"_{method_name}": val})

    def _db_path(self, name: str) -> list[str]:
        """Return what the parts of a dotted name are called in the database."""
        parts = self._document._lookup_field(name.split("."))
        return [getattr(part, "db_field", part) for part in parts]

    def _fields_to_dbfields(self, fields: Iterable[str]) -> list[str]:
        """Return the names of the database for dotted names."""
        return [".".join(self._db_path(field)) for field in fields]

    def __deepcopy__(self, memo: Any) -> Self:
        """Return a copy that has not been run."""
        return self.clone()

    def __getstate__(self) -> dict[str, Any]:
        """Return what is pickled: what was found as well, but no run."""
        return {k: v for k, v in self.__dict__.items() if k not in UNDERWAY}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)


# What a copy takes over: all that is declared above, but for a run's own, and for what
# the copy was made with.  What users' querysets keep besides is theirs to hand on.
TOLD = frozenset(QuerySetState.__annotations__).difference(
    (*OF_A_RUN, "_document", "_collection_obj")
)

WITH_CLASS = QueryFieldList(always_include=["_cls"])


def class_query(document: Any) -> dict[str, Any]:
    """Return what tells documents of a class, and its subclasses, from their siblings."""
    names = document._subclasses
    if len(names) == 1 or holds(no_subclasses, document):
        return {"_cls": names[0]}
    return {"_cls": {"$in": names}}
