"""Methods that exist in both families, and classes of users that replace one alone."""

from __future__ import annotations

import functools
import warnings
from inspect import isfunction
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
        own: dict[str, Any] = {}
        for kind in cls.__mro__:
            if kind.__module__.partition(".")[0] != "mongoengine":
                own.update(vars(kind))
        for name, method in own.items():
            twin = twin_of(name)
            if isfunction(method) and twin not in own and hasattr(cls, twin):
                # As a class is made: it is not to plan anything anew yet.
                type.__setattr__(cls, twin, _telling(cls, name, twin))


def twin_of(name: str) -> str:
    """Return the name of the method that does the same in the other family."""
    return name.removeprefix(PREFIX) if name.startswith(PREFIX) else PREFIX + name


def _telling(cls: Any, replaced: str, name: str) -> Any:
    """Return a method that does what it did, and tells once of its twin."""
    has_told = False

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        nonlocal has_told
        if not has_told and getattr(type(self), name) is method:
            warnings.warn(
                f"{name}() does not call the {replaced}() that {cls.__name__} defines: "
                f"define {name}() there as well",
                stacklevel=frames_of_library(),
            )
            has_told = True
        return getattr(super(cls, self), name)(*args, **kwargs)

    method.__code__ = method.__code__.replace(co_name=name)  # as errors call it
    return functools.update_wrapper(method, getattr(cls, name))
