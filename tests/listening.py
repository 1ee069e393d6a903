"""What was sent to the server, for tests that ask."""

from __future__ import annotations

from typing import Any

from pymongo.monitoring import CommandListener


class Sent(CommandListener):
    """Keeps the commands that were sent."""

    def __init__(self) -> None:
        self.commands: list[dict[str, Any]] = []

    def started(self, event: Any) -> None:
        self.commands.append(dict(event.command))

    def succeeded(self, event: Any) -> None:
        """Ignore the answer."""

    def failed(self, event: Any) -> None:
        """Ignore the answer."""

    @property
    def names(self) -> list[str]:
        return [next(iter(command)) for command in self.commands]

    @property
    def targets(self) -> list[tuple[str, Any]]:
        """The names of the commands, each with what it is for: its collection."""
        return [next(iter(command.items())) for command in self.commands]

    @property
    def asked(self) -> list[str]:
        """The collections that were asked for documents, and what else was sent."""
        return [one.get("find") or next(iter(one)) for one in self.commands]

    def of(self, name: str) -> list[dict[str, Any]]:
        """Return the commands of that name."""
        return [command for command in self.commands if next(iter(command)) == name]

    def take(self) -> list[dict[str, Any]]:
        """Return the commands since the last time."""
        taken, self.commands = self.commands, []
        return taken

    def take_names(self) -> list[str]:
        """Return the names of the commands since the last time."""
        names = self.names
        self.commands = []
        return names
