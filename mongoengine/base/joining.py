"""A session that commands join while a block is open."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Collection
from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession

from mongoengine.base.awaiting import refuse_async
from mongoengine.base.outcomes import Outcome
from mongoengine.base.places import Place

_OVER = (
    "The transaction on alias {!r} is over, and this was started within it: have the "
    "block wait for the tasks and threads that it starts, or start them outside"
)
_BY_HAND = (
    "The session on alias {!r} was set by hand, and no block ends after its commit: "
    "use run_in_transaction() or async_run_in_transaction()"
)


class Joined:
    """A session, for the commands of some aliases, that is used by one at a time."""

    def __init__(
        self,
        aliases: Collection[str],
        session: Any,
        outcome: Outcome,
        by_hand: bool = False,
    ) -> None:
        self.aliases = aliases
        self.session = session
        self.outcome = outcome
        self._by_hand = by_hand
        self.is_over = False
        self._is_async = isinstance(session, AsyncClientSession)
        self.lock: Any = asyncio.Lock() if self._is_async else threading.RLock()

    def check(self) -> None:
        """Refuse to do anything when the block is over."""
        if self.is_over or self.session.has_ended:
            raise RuntimeError(_OVER.format(min(self.aliases)))

    def call_after_commit(self, hook: Callable[[], Any]) -> None:
        """Have a function called once the transaction is committed."""
        self._refuse_by_hand()
        if not callable(hook):
            raise TypeError(f"{hook!r} cannot be called: give a function")
        if not self._is_async:
            refuse_async(hook)
        self.outcome.call_after_commit(hook)

    def call_after_abort(self, hook: Callable[[], Any]) -> None:
        """Have a function called after the transaction that is open, if it is aborted."""
        if self.session.in_transaction:
            self._refuse_by_hand()
            self.outcome.call_after_abort(hook)

    def _refuse_by_hand(self) -> None:
        if self._by_hand:
            raise RuntimeError(_BY_HAND.format(min(self.aliases)))

    def on_abort(self, undo: Callable[[], None]) -> None:
        """Have something done if the transaction that is open is aborted."""
        if self.session.in_transaction:
            self.outcome.on_abort(undo)

    def has_written(self, place: Place, ids: Collection[Any], is_new: bool) -> None:
        """Have whoever reads what was written now told if that is taken back."""
        if self.session.in_transaction:
            self.outcome.unsettled.add(place, ids, is_new)
