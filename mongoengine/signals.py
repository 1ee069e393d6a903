"""The signals that documents send, on blinker, to functions of both families.

``@post_save.connect`` takes a function or an ``async def``, called with the document
class and keyword arguments.  An async method of a document calls both kinds; a sync one
calls the functions, and skips the others with a warning.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol, TypeVar, overload

from blinker import ANY, NamedSignal, Namespace

from mongoengine._receivers import Calls, Receiver, Results, as_it_is
from mongoengine.base.awaiting import is_async
from mongoengine.base.common import frames_of_library

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
            wrap = _async_wrapper if is_async(receiver) else as_it_is
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
        calls = Calls(self.name)
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


def _identity(receiver: Receiver) -> tuple[int, int]:
    """Return what tells receivers apart: a bound method is a new object each time."""
    return (
        id(getattr(receiver, "__func__", receiver)),
        id(getattr(receiver, "__self__", None)),
    )


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
