"""Give a program a database of its own, and tell the commands that it sends.

    from server import connect, sent

    db = connect()
    sent("first", lambda: Person.objects.first())

A program that imports this module has a server: the runner starts one for all, and both
packages have databases of their own there, which begin empty.  `step` compares what
came of a call; `sent` compares the commands that led to it as well, as one more step.
"""

from __future__ import annotations

import atexit
import os
import re
from collections.abc import Callable
from typing import Any

import recorder
from pymongo.database import Database
from pymongo.monitoring import CommandListener

import mongoengine

URI_VARIABLE = "DIFFERENTIAL_URI"
DATABASE = f"differential_{os.getpid()}"

# What the driver adds for its own sake.
ADDED = {"$clusterTime", "$db", "apiVersion", "autocommit", "lsid", "txnNumber"}
PRIMARY = {"mode": "primary"}
TIMES = r", \(?'\$clusterTime'.*?'operationTime'[:,] Timestamp\(\d+, \d+\)\)?"
UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"

recorder.ignore(re.compile(DATABASE), "db")
recorder.ignore(re.compile(rf"build failed: {UUID}"), "build failed: (an id)")
recorder.ignore(re.compile(rf"\( {UUID} \)"), "( an id )")
recorder.ignore(re.compile(TIMES), "")


class Listener(CommandListener):
    """Keeps the commands that were sent, as both packages would tell them."""

    def __init__(self) -> None:
        self.commands: list[Any] = []

    def started(self, event: Any) -> None:
        """Keep a command; cursors are closed when it suits the driver."""
        if event.command_name != "killCursors":
            self.commands.append(normal_command(event.command))

    def succeeded(self, event: Any) -> None:
        """Ignore the answer."""

    def failed(self, event: Any) -> None:
        """Ignore the answer."""

    def take(self) -> list[Any]:
        """Return the commands sent since the last time."""
        taken, self.commands = self.commands, []
        return taken


listener = Listener()


def connect(alias: str = "default", **settings: Any) -> Database[Any]:
    """Connect an alias to an empty database, and return that.

    Aliases other than the default one have another database.
    """
    name = DATABASE if alias == "default" else f"{DATABASE}_{alias}"
    settings.setdefault("uuidRepresentation", "standard")
    client: Any = mongoengine.connect(
        name,
        alias,
        host=os.environ[URI_VARIABLE],
        event_listeners=[listener],
        **settings,
    )
    atexit.register(client.close)
    client.drop_database(name)
    listener.take()
    return client[name]


def sent(
    label: str, function: Callable[..., Any] | None = None, *args: Any, **kwargs: Any
) -> Any:
    """Do a `step`, and record the commands sent as a step of its own.

    Also a decorator, as `step` is.
    """
    if function is None:
        return lambda body: sent(label, body)
    listener.take()
    result = recorder.step(label, function, *args, **kwargs)
    recorder.step(f"{label} | sends", listener.take)
    return result


def normal_command(command: Any) -> dict[str, Any]:
    """Return a command without what differs each time.

    The order of options in a command means nothing; that within them may.
    """
    plain = {k: normal(v) for k, v in command.items() if k not in ADDED}
    if plain.get("$readPreference") == PRIMARY:
        del plain["$readPreference"]
    if "getMore" in plain:
        plain["getMore"] = "(a cursor)"
    name = next(iter(plain))
    return {name: plain.pop(name), **dict(sorted(plain.items()))}


def normal(value: Any) -> Any:
    """Return plain dicts and lists: the server knows no other kinds."""
    if isinstance(value, dict):
        # MongoEngine takes ids from sets, in any order.
        return {
            key: sorted(normal(item), key=repr) if key == "$in" else normal(item)
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [normal(item) for item in value]
    return value
