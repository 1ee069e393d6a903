"""What follows from how a transaction ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from mongoengine.base.taken_back import Unsettled

Hook = Callable[[], Any]


class Outcome:
    """What waits for the end of the transactions of a session, one after the other.

    Whoever begins or ends one tells it: the block itself, or its user by hand.
    """

    def __init__(self) -> None:
        self.is_committed = False  # at least one of them
        self.unsettled = Unsettled()
        self._hooks: list[Hook] = []
        self._hooks_of_abort: list[Hook] = []
        self._due: list[Hook] = []
        self._leftovers: list[Hook] = []
        self._undoing: list[Callable[[], None]] = []

    def call_after_commit(self, hook: Hook) -> None:
        """Have a function due once the transaction is committed."""
        self._hooks.append(hook)

    def on_abort(self, undo: Callable[[], None]) -> None:
        """Have something done if the transaction is not committed."""
        self._undoing.append(undo)

    def call_after_abort(self, hook: Hook) -> None:
        """Have a function called if the transaction is aborted, for what it leaves."""
        self._hooks_of_abort.append(hook)

    def commit(self) -> None:
        """Keep what was done."""
        self.is_committed = True
        self._due += self._hooks
        self._undoing.clear()
        self.unsettled.keep()
        self._begin()

    def undo(self) -> None:
        """Tell the documents that what was written of them is not there, last first."""
        while self._undoing:
            self._undoing.pop()()
        self.unsettled.undo()
        self._begin()

    def abort(self) -> None:
        """Take back what was done, which is not there for sure."""
        self._leftovers += self._hooks_of_abort
        self.undo()

    def take_leftovers(self) -> list[Hook]:
        """Return the functions that remove what an abort leaves."""
        leftovers, self._leftovers = self._leftovers, []
        return leftovers

    def take_due(self) -> list[Hook]:
        """Return the functions that are to be called now, each but once."""
        due, self._due = self._due, []
        return due

    def _begin(self) -> None:
        self._hooks = []
        self._hooks_of_abort = []
        self.unsettled = Unsettled()


# By the sessions that tell them.
outcomes: WeakKeyDictionary[Any, Outcome] = WeakKeyDictionary()
