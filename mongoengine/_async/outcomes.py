"""See how the transactions of a session end, whoever ends them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import ref

from pymongo.asynchronous.client_session import AsyncClientSession

from mongoengine.base.outcomes import Outcome, outcomes


def async_outcome_of(session: AsyncClientSession) -> Outcome:
    """Return what is told by a session from now on how its transactions end."""
    outcome = outcomes.get(session)
    if outcome is None:
        outcome = outcomes[session] = Outcome()
        _async_have_told(session, outcome)
    return outcome


def _async_have_told(session: Any, outcome: Outcome) -> None:
    """Put wrappers in place of the methods that begin and end a transaction.

    The driver calls them by the session too, such as at the end of its own blocks.
    They hold the session weakly: it holds them.
    """
    kind = type(session)
    told: Callable[[], Any] = ref(session)

    async def async_start_and_tell(*args: Any, **kwargs: Any) -> Any:
        started = await kind.start_transaction(told(), *args, **kwargs)
        outcome.undo()  # what nobody could commit before
        return started

    async def async_commit_and_tell() -> None:
        await kind.commit_transaction(told())
        outcome.commit()

    async def async_abort_and_tell() -> None:
        session = told()
        was_open = session.in_transaction
        try:
            await kind.abort_transaction(session)
        finally:
            if was_open:
                outcome.abort()

    session.start_transaction = async_start_and_tell
    session.commit_transaction = async_commit_and_tell
    session.abort_transaction = async_abort_and_tell
