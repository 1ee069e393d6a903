"""Functions of users, which one family calls and the other calls and awaits."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any


def is_async(function: Callable[..., Any]) -> bool:
    """Say whether calling a function gives something to await."""
    call = type(function).__call__
    return any(map(inspect.iscoroutinefunction, (function, call)))


def refuse_async(function: Callable[..., Any]) -> None:
    """Refuse a function that sync code would call for nothing."""
    if is_async(function):
        raise TypeError(_message(function))


def refuse_coroutine(function: Callable[..., Any], given: Any) -> None:
    """Refuse what a function gave, if it is a coroutine: nobody is there to await it."""
    if inspect.iscoroutine(given):
        given.close()
        raise TypeError(_message(function))


def _message(function: Callable[..., Any]) -> str:
    name = getattr(function, "__qualname__", repr(function))
    return (
        f"{name} has to be awaited: give a function that has not, or use the async_ "
        "function instead"
    )
