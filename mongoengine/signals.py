"""The signals that documents send, on blinker, to functions of both families.

``@post_save.connect`` takes a function or an ``async def``, called with the document
class and keyword arguments.  An async method of a document calls both kinds; a sync one
calls the functions, and skips the others with a warning.
"""

from __future__ import annotations

import asyncio
import inspect
import sys
import warnings
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial, reduce
from typing import Any, Protocol, TypeVar, overload

from blinker import ANY, NamedSignal, Namespace

from mongoengine.base.awaiting import is_async
from mongoengine.base.common import frames_of_library
from mongoengine.base.failures import graver, raise_in_context
from mongoengine.base.scopes import async_sessions

__all__ = (
    "post_delete",
    "post_init",
    "post_save",
    "pre_delete",
    "pre_init",
    "pre_save",
    "pre_save_post_validation",
)

signals_available = True  # blinker is no option here

Receiver = Callable[..., Any]
Results = list[tuple[Receiver, Any]]
F = TypeVar("F", bound=Receiver)

_TO_DECORATE = object()


class Decorator(Protocol):
    """Connects a receiver, and returns it."""

    def __call__(self, receiver: F, /) -> F: ...


class _InOrder(dict[Any, None]):
    """As much of a set as a signal needs, in the order in which members were added."""

    def add(self, member: Any) -> None:
        self.setdefault(member)

    def discard(self, member: Any) -> None:
        self.pop(member, None)

    def remove(self, member: Any) -> None:
        del self[member]


class HybridSignal(NamedSignal):
    """A signal whose receivers may be functions or ``async def``.

    They are called in the order in which they were connected, those for all senders
    before those for one.
    """

    set_class: Any = _InOrder

    def __init__(self, name: str, doc: str | None = None) -> None:
        super().__init__(name, doc)
        self._skipped: set[tuple[int, int]] = set()

    @overload
    def connect(self, receiver: F, sender: Any = ANY, weak: bool = True) -> F: ...

    @overload
    def connect(self, *, sender: Any = ANY, weak: bool = True) -> Decorator: ...

    def connect(
        self, receiver: Any = _TO_DECORATE, sender: Any = ANY, weak: bool = True
    ) -> Any:
        """Have a receiver called when one sender, or any, sends this.

        Also a decorator: ``@post_save.connect``, ``@post_save.connect(sender=User)``.
        """
        if receiver is _TO_DECORATE:
            return partial(self.connect, sender=sender, weak=weak)
        self._skipped.discard(_identity(receiver))
        return super().connect(receiver, sender, weak)

    def send(
        self,
        sender: Any = None,
        /,
        *,
        _async_wrapper: Callable[[Receiver], Receiver] | None = None,
        **kwargs: Any,
    ) -> Results:
        """Call the receivers that are no coroutine functions; return what they give.

        The others are skipped, with a warning for each when it happens first.
        """
        if self.is_muted or not self.has_receivers_for(sender):
            return []
        results: Results = []
        for receiver in self.receivers_for(sender):
            wrap = _async_wrapper if is_async(receiver) else _as_it_is
            if wrap is None:
                self._skip(receiver)
                continue
            given = wrap(receiver)(sender, **kwargs)
            if not self._is_left_alone(receiver, given):
                results.append((receiver, given))
        return results

    async def async_send(self, sender: Any = None, /, **kwargs: Any) -> Results:
        """Call all receivers, the coroutine functions last and at the same time.

        After an error of a function no others are called, as in ``send()``; what those
        before it gave is awaited.  The coroutines are all run to their end: then the
        error of one is raised as it is, those of several as a group.  Cancelling the
        sender cancels them all, and that is raised whatever else is.
        """
        if self.is_muted or not self.has_receivers_for(sender):
            return []
        receivers = [
            r.async_call if isinstance(r, TwinReceiver) else r
            for r in self.receivers_for(sender)
        ]
        calls = _Calls(self.name)
        try:
            calls.call([r for r in receivers if not is_async(r)], sender, kwargs)
            if not calls.errors:
                calls.add([r for r in receivers if is_async(r)], sender, kwargs)
            await calls.finish()
        finally:
            calls.drop()
        return calls.results

    def _is_left_alone(self, receiver: Receiver, given: Any) -> bool:
        """Drop the coroutine of a function that gives one, and say that it was."""
        if not inspect.iscoroutine(given):
            return False
        given.close()
        self._skip(receiver)
        return True

    def _skip(self, receiver: Receiver) -> None:
        if _identity(receiver) in self._skipped:
            return
        self._skipped.add(_identity(receiver))
        name = getattr(receiver, "__qualname__", receiver)
        is_init = self.name.endswith("_init")  # documents are made without waiting
        use = "" if is_init else "use the async_ method, or "
        warnings.warn(
            f"{self.name} was sent by a sync method: its async receiver {name!s} is not "
            f"called; {use}connect a function",
            RuntimeWarning,
            stacklevel=frames_of_library(),
        )


class TwinReceiver:
    """A receiver that each family calls in its own way."""

    def __init__(self, call: Receiver, async_call: Receiver) -> None:
        self.call = call
        self.async_call = async_call

    def __call__(self, sender: Any, **kwargs: Any) -> Any:
        """Be called by a sync method."""
        return self.call(sender, **kwargs)


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


def _identity(receiver: Receiver) -> tuple[int, int]:
    """Return what tells receivers apart: a bound method is a new object each time."""
    return (
        id(getattr(receiver, "__func__", receiver)),
        id(getattr(receiver, "__self__", None)),
    )


class _Calls:
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
                    self._waiting.append((function, partial(_as_it_is, given)))
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


def _as_it_is(given: Any) -> Any:
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


_signals = Namespace()


def _signal(name: str) -> HybridSignal:
    signal = HybridSignal(name)
    _signals[name] = signal
    return signal


pre_init = _signal("pre_init")
post_init = _signal("post_init")
pre_save = _signal("pre_save")
pre_save_post_validation = _signal("pre_save_post_validation")
post_save = _signal("post_save")
pre_delete = _signal("pre_delete")
post_delete = _signal("post_delete")
pre_bulk_insert = _signal("pre_bulk_insert")
post_bulk_insert = _signal("post_bulk_insert")
