"""A session that commands join while a block is open, and what follows from its end."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Collection, Iterable
from typing import Any

from pymongo.asynchronous import client_session
from pymongo.asynchronous.client_session import AsyncClientSession

from mongoengine.base.awaiting import refuse_async
from mongoengine.base.state import CREATED, TRACKED

_OVER = (
    "The transaction on alias {!r} is over, and this was started within it: have the "
    "block wait for the tasks and threads that it starts, or start them outside"
)
_BY_HAND = (
    "The session on alias {!r} was set by hand, and nobody tells when it is committed: "
    "use run_in_transaction() or async_run_in_transaction()"
)

_ABORTED = client_session._TxnState.ABORTED  # type: ignore[attr-defined]


class Joined:
    """A session, for the commands of some aliases, that is used by one at a time.

    ``undoing`` is done if its transaction is aborted, ``hooks`` after it is committed.
    """

    def __init__(
        self, aliases: Collection[str], session: Any, by_hand: bool = False
    ) -> None:
        self.aliases = aliases
        self.session = session
        self._by_hand = by_hand
        self.is_over = False
        self.is_committed = False
        self.hooks: list[Callable[[], Any]] = []
        self._undoing: list[Callable[[], None]] = []
        self._is_async = isinstance(session, AsyncClientSession)
        self.lock: Any = asyncio.Lock() if self._is_async else threading.Lock()

    def check(self) -> None:
        """Refuse to do anything when the block is over.

        The next command makes the driver forget how the last transaction ended: this is
        the time to see that it was taken back by hand.
        """
        if self.is_over or self.session.has_ended:
            raise RuntimeError(_OVER.format(min(self.aliases)))
        if self.was_aborted():
            self.hooks.clear()
            self.undo()

    def was_aborted(self) -> bool:
        """Say whether the transaction was taken back by hand, through the session."""
        return bool(self.session._transaction.state == _ABORTED)

    def call_after_commit(self, hook: Callable[[], Any]) -> None:
        """Have a function called once the transaction is committed."""
        if self._by_hand:
            raise RuntimeError(_BY_HAND.format(min(self.aliases)))
        if not callable(hook):
            raise TypeError(f"{hook!r} cannot be called: give a function")
        if not self._is_async:
            refuse_async(hook)
        self.hooks.append(hook)

    def on_abort(self, undo: Callable[[], None]) -> None:
        """Have something done if the transaction is aborted."""
        self._undoing.append(undo)

    def undo(self) -> None:
        """Tell the documents that what was written of them is not there, last first."""
        while self._undoing:
            self._undoing.pop()()


def count_as_new(documents: Iterable[Any]) -> None:
    """Have documents inserted by the next save, under the ids that they have."""
    for document in documents:
        if document is not None:
            document._set_flag(CREATED, True)


def count_as_changed(document: Any) -> None:
    """Have all of a document written by the next save."""
    document._set_flag(TRACKED, False)
