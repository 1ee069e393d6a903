"""What holds for one task or thread while a block is open.

A scope is a ContextVar with a tuple of entries, the innermost last.  A block adds its
entry and takes that away again, whatever else was added meanwhile, and also where it
ends in another context than it began in.  No task sees what another one has set; those
that it starts inherit what is set then.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple, TypeVar

from mongoengine.base.connections import ConnectionType
from mongoengine.base.joining import Joined
from mongoengine.base.outcomes import Outcome
from mongoengine.base.places import Place
from mongoengine.base.taken_back import Make, Projection

T = TypeVar("T")
Scope = ContextVar[tuple[T, ...]]
Sessions = Scope[Joined]


KEPT: Any = object()  # in place of what a switch leaves as it is


class Switch(NamedTuple):
    """Where the documents of a class are kept for now."""

    document: Any
    alias: Any = KEPT
    name: Any = KEPT


class OfClass:
    """What holds for a class, and this class alone, for as long as its block is open."""

    __slots__ = ("document",)

    def __init__(self, document: Any) -> None:
        self.document = document


async_sessions: Sessions = ContextVar("async_sessions", default=())
sessions: Sessions = ContextVar("sessions", default=())
switches: Scope[Switch] = ContextVar("switches", default=())
no_subclasses: Scope[OfClass] = ContextVar("no_subclasses", default=())
no_dereferencing: Scope[OfClass] = ContextVar("no_dereferencing", default=())


@contextmanager
def within(scope: Scope[T], entry: T) -> Iterator[T]:
    """Have an entry in a scope, for the length of a block."""
    enter(scope, entry)
    try:
        yield entry
    finally:
        leave(scope, entry)


def enter(scope: Scope[T], entry: T) -> None:
    """Add an entry to a scope."""
    scope.set((*scope.get(), entry))


def leave(scope: Scope[T], entry: T) -> None:
    """Take an entry from a scope, be it the innermost or not."""
    scope.set(tuple(one for one in scope.get() if one is not entry))


def sessions_of(family: ConnectionType) -> Sessions:
    """Return the scope of the sessions that a family joins."""
    return async_sessions if family is ConnectionType.ASYNC else sessions


def block_of(scope: Sessions, foreign: Sessions, alias: str) -> Joined | None:
    """Return what the commands of an alias join; raise RuntimeError if that is over.

    Nor does anything go past a block of the other family, which it cannot join.
    """
    for block in reversed(scope.get()):
        if alias in block.aliases:
            block.check()
            return block
    if in_transaction(foreign, alias):
        own, others = ("Sync", "async") if scope is sessions else ("Async", "sync")
        raise RuntimeError(
            f"{own} methods cannot join the {others} transaction that is open on alias "
            f"{alias!r}: use {others} methods in its block, or call this outside of it"
        )
    return None


def in_transaction(scope: Sessions, alias: str) -> bool:
    """Say whether a transaction is open that the commands of an alias join."""
    return any(
        alias in block.aliases and not block.is_over and block.session.in_transaction
        for block in scope.get()
    )


def block_with(scope: Sessions, session: Any) -> Joined | None:
    """Return the block in which commands join a session."""
    if session is None:
        return None
    return next((one for one in scope.get() if one.session is session), None)


def if_aborted(scope: Sessions, session: Any, undo: Callable[[], None]) -> None:
    """Have something done if the transaction of a session is aborted."""
    block = block_with(scope, session)
    if block is not None:
        block.on_abort(undo)


def has_written(
    scope: Sessions, session: Any, place: Place, ids: Collection[Any], is_new: bool
) -> None:
    """Have whoever reads what was written now told if that is taken back."""
    block = block_with(scope, session)
    if block is not None:
        block.has_written(place, ids, is_new)


def follow(scope: Sessions, session: Any, document: Any, twin: Any) -> None:
    """Have a document told what one would be whose values it has taken over."""
    block = block_with(scope, session)
    if block is not None:
        block.outcome.unsettled.follow(document, twin)


def watching(
    scope: Sessions, place: Place, make: Make, projection: Projection = None
) -> Make:
    """Return what makes documents, which know if their transaction is aborted."""
    for block in reversed(scope.get()):
        if place.alias in block.aliases:
            return block.outcome.unsettled.watched(make, place, projection)
    return make


def enter_session(
    scope: Sessions, aliases: Collection[str], session: Any, outcome: Outcome
) -> None:
    """Have the commands of aliases join a session until told otherwise."""
    if not aliases:
        raise ValueError(f"The client of {session!r} is that of no alias: connect it")
    enter(scope, Joined(aliases, session, outcome, by_hand=True))


def current_session(scope: Sessions) -> Any:
    """Return the session that was joined last, None if there is none."""
    entries = scope.get()
    return entries[-1].session if entries else None


def leave_session(scope: Sessions) -> None:
    """Have commands join what they did before the session that was joined last."""
    scope.set(scope.get()[:-1])


def switched_alias(document: Any, alias: str) -> str:
    """Return the alias that a class was switched to, or its own, as subclasses do."""
    aliases = {s.document: s.alias for s in switches.get() if s.alias is not KEPT}
    switched: str = aliases.get(document, alias)
    return switched


def switched_name(document: Any, name: Any) -> Any:
    """Return the collection that a class, or else a base, was switched to, or its own."""
    names = {s.document: s.name for s in switches.get() if s.name is not KEPT}
    return next((names[cls] for cls in document.__mro__ if cls in names), name)


def holds(scope: Scope[OfClass], document: Any) -> bool:
    """Say whether a block is open for a class."""
    blocks = scope.get()
    return bool(blocks) and any(one.document is document for one in blocks)


def classes_in(scope: Scope[OfClass]) -> list[Any]:
    """Return the classes that blocks are open for."""
    return [one.document for one in scope.get()]
