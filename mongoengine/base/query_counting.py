"""Count the commands of a task or thread, as the driver reports them."""

from __future__ import annotations

import threading
from contextvars import ContextVar
from functools import total_ordering
from typing import Any

from pymongo.monitoring import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
)

from mongoengine.base.scopes import Scope, enter, leave

# What the profiler of the server, by which MongoEngine counts, leaves out.
UNCOUNTED = {
    "buildInfo",
    "hello",
    "ismaster",
    "killCursors",
    "listCollections",
    "ping",
}
# Commands of which each statement counts.
STATEMENTS = {"update": "updates", "delete": "deletes"}

_changing_listeners = threading.Lock()


@total_ordering
class Counter:
    """A number of commands, which can be compared with numbers."""

    __hash__ = None  # type: ignore[assignment]  # it changes

    def __init__(self, client: Any, db_name: str) -> None:
        self._listener = _Listener(self, db_name)
        self._listeners = client.options.pool_options._event_listeners
        self._count = 0
        self._counting = threading.Lock()

    def _begin(self) -> None:
        """Count from now on, from 0."""
        self._count = 0
        _add_listener(self._listeners, self._listener)
        enter(_counters, self)

    def _end(self) -> None:
        """Count no more."""
        leave(_counters, self)
        _remove_listener(self._listeners, self._listener)

    def _add(self, number: int) -> None:
        with self._counting:  # the threads of a block have copies of its scope
            self._count += number

    def __int__(self) -> int:
        return self._count

    def __eq__(self, other: object) -> bool:
        return bool(self._count == _number(other))

    def __lt__(self, other: Any) -> bool:
        return bool(self._count < _number(other))

    def __repr__(self) -> str:
        return str(self._count)


_counters: Scope[Counter] = ContextVar("counters", default=())


class _Listener(CommandListener):
    """Tell a counter of the commands of those who are in its scope."""

    def __init__(self, counter: Counter, db_name: str) -> None:
        self._counter = counter
        self._db_name = db_name

    def started(self, event: CommandStartedEvent) -> None:
        if event.database_name == self._db_name and _is_counting(self._counter):
            self._counter._add(_statements(event))

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Do nothing: it was counted when it began."""

    def failed(self, event: CommandFailedEvent) -> None:
        """Do nothing: it was counted when it began."""


def _is_counting(counter: Counter) -> bool:
    return any(one is counter for one in _counters.get())


def _statements(event: CommandStartedEvent) -> int:
    name = event.command_name
    if name in UNCOUNTED:
        return 0
    statements = STATEMENTS.get(name)
    return len(event.command[statements]) if statements else 1


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, Counter) else value


# The driver takes listeners when a client is made, and each costs time with every
# command.  So ours come and go, by the names that the driver has for its own lists.
_LIST = "_EventListeners__command_listeners"
_ENABLED = "_EventListeners__enabled_for_commands"


def _add_listener(listeners: Any, listener: CommandListener) -> None:
    with _changing_listeners:
        _set_listeners(listeners, [*getattr(listeners, _LIST), listener])


def _remove_listener(listeners: Any, listener: CommandListener) -> None:
    with _changing_listeners:
        others = [one for one in getattr(listeners, _LIST) if one is not listener]
        _set_listeners(listeners, others)


def _set_listeners(listeners: Any, registered: list[Any]) -> None:
    setattr(listeners, _LIST, registered)
    setattr(listeners, _ENABLED, bool(registered))
