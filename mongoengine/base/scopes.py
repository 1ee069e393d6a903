"""What holds for one task or thread while a block is open: here, its sessions.

A scope is a ContextVar that holds an immutable value.  It is set when a block begins
and restored when it ends, so that no task sees what another one has set.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any

Sessions = ContextVar[Mapping[str, Any]]

_NONE: Mapping[str, Any] = MappingProxyType({})

async_sessions: Sessions = ContextVar("async_sessions", default=_NONE)
sessions: Sessions = ContextVar("sessions", default=_NONE)


@contextmanager
def joined(scope: Sessions, alias: str, session: Any) -> Iterator[None]:
    """Make the commands of an alias join a session, for the length of a block."""
    before = scope.get()
    scope.set(MappingProxyType({**before, alias: session}))
    try:
        yield
    finally:
        scope.set(before)
