"""``objects`` and its like: what gives the querysets of a document class."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Generic, overload

from mongoengine.queryset.base import BaseQuerySet
from mongoengine.queryset.queryset import QuerySet
from mongoengine.queryset.state import D

if TYPE_CHECKING:
    from typing_extensions import Self, TypeVar

    # What is no queryset stands for QuerySet[D], of the class that is asked.
    S_co = TypeVar("S_co", covariant=True, default=object)
else:
    from typing import TypeVar

    S_co = TypeVar("S_co", covariant=True)

__all__ = ("QuerySetManager", "queryset_manager")


class QuerySetManager(Generic[S_co]):
    """A class attribute that gives a new queryset each time it is read.

    ``get_queryset`` may make another queryset of it: it takes the document class and
    the queryset, or the queryset alone.  To have type checkers know that ``meta`` names
    a ``queryset_class``: ``objects: ClassVar[UserQuerySet]``.
    """

    get_queryset: Callable[..., Any] | None = None
    default: ClassVar[type[QuerySet[Any]]] = QuerySet

    def __init__(self, queryset_func: Callable[..., Any] | None = None) -> None:
        if queryset_func:
            self.get_queryset = queryset_func

    @overload
    def __get__(
        self: QuerySetManager[BaseQuerySet[Any]], instance: None, owner: Any
    ) -> S_co: ...
    @overload
    def __get__(self, instance: None, owner: type[D]) -> QuerySet[D]: ...
    @overload
    def __get__(self, instance: object, owner: Any) -> Self: ...
    def __get__(self, instance: Any, owner: Any) -> Any:
        """Return the queryset of a class; on a document, the manager itself."""
        if instance is not None:
            return self
        queryset_class = owner._meta.get("queryset_class", self.default)
        queryset = queryset_class(owner, owner._class_place())
        if self.get_queryset is None:
            return queryset
        return self._apply(self.get_queryset, owner, queryset)

    def _is_plain(self, owner: Any) -> bool:
        """Say whether no code of users has a say in which documents are found."""
        queryset_class = owner._meta.get("queryset_class", self.default)
        is_own = type(self) is not QuerySetManager or self.get_queryset is not None
        return queryset_class is QuerySet and not is_own

    @staticmethod
    def _apply(function: Any, owner: Any, queryset: Any) -> Any:
        """Call a function of a manager, or leave that to users if it takes more."""
        taken = function.__code__.co_argcount
        if taken == 1:
            return function(queryset)
        if taken == 2:
            return function(owner, queryset)
        return partial(function, owner, queryset)


if TYPE_CHECKING:

    class QuerySetOfClass:
        """What type checkers take the ``objects`` of a document class for.

        Some ask for it as an attribute of the class, others as one of the metaclass.
        """

        @overload
        def __get__(self, instance: None, owner: type[D]) -> QuerySet[D]: ...
        @overload
        def __get__(self, instance: type[D], owner: Any) -> QuerySet[D]: ...
        def __get__(self, instance: Any, owner: Any) -> Any: ...


def queryset_manager(func: Callable[..., Any]) -> QuerySetManager:
    """Make a manager of a method that takes the class and a queryset.

    The method must return a queryset, usually the one it was given, filtered.
    """
    return QuerySetManager(func)
