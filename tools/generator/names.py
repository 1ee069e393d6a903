"""Say what the sync twin of an identifier is called."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .tokens import UNASYNC_NAMES

# What no rule derives.  An entry that no source uses is an error, and so is one
# that the rules derive anyway.  A name mapped to itself is kept in the twin.
EXCEPTIONS = {
    "_async": "_sync",
    "aclose": "close",
    "asynchronous": "synchronous",
    "connect_async": "connect",
    "disconnect_all_async": "disconnect_all",
    "disconnect_async": "disconnect",
    "get_async_connection": "get_connection",
    "get_async_db": "get_db",
}

RULES = (
    (re.compile(r"(_*)async_(\w+)"), r"\1\2"),  # async_save -> save
    (re.compile(r"(_*)Async([A-Z]\w*)"), r"\1\2"),  # AsyncCursor -> Cursor
)
LEFTOVER = re.compile(
    r"(?i)async|await|coroutine|^_*a(?:iter|next|close|closing|enter|exit|send|throw)_*$"
)


@dataclass(frozen=True)
class Names:
    """The two rules, with a table of exceptions to them."""

    exceptions: Mapping[str, str] = field(default_factory=dict)

    def sync(self, name: str) -> str:
        """Return the sync spelling of ``name``, or ``name`` if it has none."""
        if name in self.exceptions:
            return self.exceptions[name]
        return derive(name)

    def is_leftover(self, name: str) -> bool:
        """Tell whether ``name`` has no place in generated code."""
        return bool(LEFTOVER.search(name)) and name not in self.exceptions.values()

    def idle_exceptions(self, used: set[str]) -> dict[str, str]:
        """Return the entries that do nothing, each with the reason."""
        idle = dict.fromkeys(sorted(set(self.exceptions) - used), "no source uses it")
        for name, sync in self.exceptions.items():
            if derive(name) == sync and not LEFTOVER.search(sync):
                idle[name] = "the rules say so already"
        return idle


def derive(name: str) -> str:
    """Return what the rules, and unasync's own table, make of ``name``."""
    if name in UNASYNC_NAMES:
        return UNASYNC_NAMES[name]
    for pattern, replacement in RULES:
        if match := pattern.fullmatch(name):
            sync = match.expand(replacement)
            # `async_import` stays, to be refused as a left-over.
            usable = sync.isidentifier() and not keyword.iskeyword(sync)
            return sync if usable else name
    return name


def place_of(name: str) -> str:
    """Return ``file:line`` of an entry of EXCEPTIONS, or of the table itself."""
    lines = Path(__file__).read_text(encoding="utf-8").splitlines()
    starts = (f'"{name}":', "EXCEPTIONS =")
    found = (
        number
        for start in starts
        for number, line in enumerate(lines, 1)
        if line.strip().startswith(start)
    )
    return f"tools/generator/names.py:{next(found)}"
