"""Methods that exist in both families, and classes of users that replace one alone."""

from __future__ import annotations

import warnings
from functools import cache, update_wrapper
from inspect import iscoroutinefunction, isfunction
from typing import Any

from mongoengine.base.common import frames_of_library

PREFIX = "async_"


class Twins:
    """Warns where a method runs, and what a class has in its place has another family.

    A class that replaces ``save()`` is asked to replace ``async_save()`` as well, once
    that is called; and the other way round.
    """

    __slots__ = ()

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        names = _names_of_both(tuple(filter(_is_coloured, cls.__mro__)))
        others = (kind for kind in cls.__mro__ if not _is_coloured(kind))
        replaced = set().union(*(names & vars(kind).keys() for kind in others))
        for name in replaced:
            twin = _twin_of(name)
            if twin not in replaced:
                # As a class is made: it is not to plan anything anew yet.
                type.__setattr__(cls, twin, _telling(cls, name, twin))


def _is_coloured(kind: type) -> bool:
    return kind.__module__.startswith(("mongoengine._async.", "mongoengine._sync."))


@cache
def _names_of_both(kinds: tuple[type, ...]) -> frozenset[str]:
    """Return the names of the methods that some of these classes have for each family."""
    names = {name for k in kinds for name, one in vars(k).items() if isfunction(one)}
    return frozenset(n for n in names if n[0] != "_" and _twin_of(n) in names)


def _twin_of(name: str) -> str:
    """Return the name of the method that does the same in the other family."""
    return name.removeprefix(PREFIX) if name.startswith(PREFIX) else PREFIX + name


def _telling(cls: Any, replaced: str, name: str) -> Any:
    """Return a method that does what it did, and tells once of its twin."""
    has_told = False

    def tell(document: Any) -> None:
        nonlocal has_told
        if not has_told and getattr(type(document), name) is telling:
            warnings.warn(
                f"{name}() does not call the {replaced}() that {cls.__name__} defines: "
                f"define {name}() there as well",
                stacklevel=frames_of_library(),
            )
            has_told = True

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        tell(self)
        return getattr(super(cls, self), name)(*args, **kwargs)

    async def async_method(self: Any, *args: Any, **kwargs: Any) -> Any:
        tell(self)
        return await getattr(super(cls, self), name)(*args, **kwargs)

    original = getattr(cls, name)
    telling: Any = async_method if iscoroutinefunction(original) else method
    # Errors name the outermost method of ours by its code (``base/callers.py``).
    telling.__code__ = telling.__code__.replace(co_name=name)
    return update_wrapper(telling, original)
