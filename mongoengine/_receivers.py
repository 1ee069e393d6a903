"""Call the receivers of a signal from an async method, and raise what they raise."""

from __future__ import annotations

import asyncio
import inspect
import sys
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial, reduce
from typing import Any

from mongoengine.base.failures import graver, raise_in_context
from mongoengine.base.scopes import async_sessions

Receiver = Callable[..., Any]
Results = list[tuple[Receiver, Any]]


class Calls:
    """The receivers that an async method calls, and what becomes of that."""

    def __init__(self, name: str) -> None:
        self.results: Results = []
        self.errors: list[BaseException] = []
        self._name = name
        self._waiting: list[tuple[Receiver, Callable[[], Awaitable[Any]]]] = []
        self._given: list[Awaitable[Any]] = []

    def call(self, functions: list[Receiver], sender: Any, kwargs: Any) -> None:
        """Call functions up to one that raises; some give what is to be awaited."""
        try:
            for function in functions:
                given = function(sender, **kwargs)
                if inspect.isawaitable(given):
                    self._given.append(given)
                    self._waiting.append((function, partial(as_it_is, given)))
                else:
                    self.results.append((function, given))
        except Exception as error:
            self.errors.append(error)

    def add(self, receivers: list[Receiver], sender: Any, kwargs: Any) -> None:
        """Have coroutine functions called after that."""
        self._waiting += [(r, partial(r, sender, **kwargs)) for r in receivers]

    async def finish(self) -> None:
        """Await all, and raise what was raised."""
        raised: dict[int, BaseException] = {}
        outcomes = [_outcome(n, w[1], raised) for n, w in enumerate(self._waiting)]
        try:
            given = await _all_of(outcomes)
        except asyncio.CancelledError as error:
            raised[len(outcomes)] = error
        else:
            receivers = [receiver for receiver, _ in self._waiting]
            self.results += zip(receivers, given, strict=True)
        self.errors += [raised[number] for number in sorted(raised)]
        if self.errors:
            raise_in_context(_one_of(self._name, self.errors))

    def drop(self) -> None:
        """Leave nothing behind that nobody has awaited."""
        for given in self._given:
            if inspect.iscoroutine(given):
                given.close()
            elif isinstance(given, asyncio.Future):
                given.cancel()


def as_it_is(given: Any) -> Any:
    return given


async def _outcome(
    number: int, call: Callable[[], Awaitable[Any]], raised: dict[int, BaseException]
) -> Any:
    """Return what a call gives, or note what it raises; a cancellation goes on."""
    try:
        return await call()
    except Exception as error:
        raised[number] = error
    except asyncio.CancelledError as error:
        raised[number] = error
        raise


async def _all_of(outcomes: list[Coroutine[Any, Any, Any]]) -> list[Any]:
    if len(outcomes) > 1 and not async_sessions.get():
        return await asyncio.gather(*outcomes, return_exceptions=True)
    try:  # a session does one thing at a time
        return [await outcome for outcome in outcomes]
    finally:
        for outcome in outcomes:
            outcome.close()


def _one_of(name: str, errors: list[BaseException]) -> BaseException:
    """Return what to raise: one error, or several as a group.

    A cancellation is not held back, and is part of no group: others are its context.
    """
    failures = [one for one in errors if isinstance(one, Exception)]
    if len(failures) > 1:
        failures = [_grouped(f"{len(failures)} receivers of {name} failed", failures)]
    cancellations = [one for one in errors if not isinstance(one, Exception)]
    return reduce(graver, [*failures, *cancellations[-1:]])


if sys.version_info >= (3, 11):

    def _grouped(message: str, errors: list[Exception]) -> Exception:
        return ExceptionGroup(message, errors)  # noqa: F821

else:

    class SeveralErrors(Exception):
        """What several receivers raised, as ``exceptions``."""

        def __init__(self, message: str, exceptions: list[Exception]) -> None:
            super().__init__(f"{message}: {exceptions!r}")
            self.exceptions = tuple(exceptions)

    def _grouped(message: str, errors: list[Exception]) -> Exception:
        return SeveralErrors(message, errors)
