"""What holds for one task or thread while a block is open.

A scope is a ContextVar with a tuple of entries, the innermost last.  A block adds its
entry and takes that away again, whatever else was added meanwhile, and also where it
ends in another context than it began in.  No task sees what another one has set; those
that it starts inherit what is set then.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple, TypeVar

from mongoengine.base.joining import Joined
from mongoengine.base.outcomes import Outcome
from mongoengine.base.places import Place
from mongoengine.base.taken_back import Make, Projection

T = TypeVar("T")
Scope = ContextVar[tuple[T, ...]]
Sessions = Scope[Joined]


class Switch(NamedTuple):
    """Where the documents of a class are kept for now, as far as it is not None."""

    document: Any
    alias: str | None
    name: Any


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


@contextmanager
def joined(scope: Sessions, alias: str, session: Any) -> Iterator[None]:
    """Make the commands of an alias join a session, for the length of a block."""
    with within(scope, Joined({alias}, session)):
        yield


def block_of(scope: Sessions, alias: str) -> Joined | None:
    """Return what the commands of an alias join; raise RuntimeError if that is over."""
    for block in reversed(scope.get()):
        if alias in block.aliases:
            block.check()
            return block
    return None


def refuse_foreign(scope: Sessions, alias: str) -> None:
    """Refuse to wait for the commit of a transaction that is of the other family."""
    if any(alias in block.aliases and not block.is_over for block in scope.get()):
        raise RuntimeError(
            f"The transaction on alias {alias!r} is of the other family: on_commit() is "
            "for run_in_transaction(), async_on_commit() for async_run_in_transaction()"
        )


def block_with(scope: Sessions, session: Any) -> Joined | None:
    """Return the block in which commands join a session."""
    if session is None:
        return None
    return next((one for one in scope.get() if one.session is session), None)


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


def switched_alias(document: Any) -> str | None:
    """Return the alias that a class was switched to.  Its subclasses keep theirs."""
    aliases = {s.document: s.alias for s in switches.get() if s.alias is not None}
    return aliases.get(document)


def switched_name(document: Any, name: Any) -> Any:
    """Return the collection that a class, or else a base, was switched to, or its own."""
    names = {s.document: s.name for s in switches.get() if s.name is not None}
    return next((names[cls] for cls in document.__mro__ if cls in names), name)


def holds(scope: Scope[OfClass], document: Any) -> bool:
    """Say whether a block is open for a class."""
    blocks = scope.get()
    return bool(blocks) and any(one.document is document for one in blocks)


def classes_in(scope: Scope[OfClass]) -> list[Any]:
    """Return the classes that blocks are open for."""
    return [one.document for one in scope.get()]
