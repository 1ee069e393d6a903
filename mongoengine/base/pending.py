"""Content that waits for its document to be saved, and may be asked for again."""

from __future__ import annotations

from inspect import iscoroutinefunction
from typing import Any


class Pending:
    """Content of a file to be: a save that fails leaves it to the next one."""

    def __init__(self, content: Any) -> None:
        self._content = content
        self._start = _position(content)
        self._was_read = False

    @property
    def is_spent(self) -> bool:
        """Whether it was read already, and is of a kind that cannot be read again."""
        is_whole = isinstance(self._content, (bytes, bytearray, memoryview, str))
        return self._was_read and self._start is None and not is_whole

    def from_start(self) -> Any:
        """Return the content, which is read from where it was when it was given."""
        self._was_read = True
        if self._start is not None:
            self._content.seek(self._start)
        return self._content


def _position(content: Any) -> int | None:
    """Return where a file is, None if nobody can go back there without waiting."""
    if not hasattr(content, "seekable") or iscoroutinefunction(content.seekable):
        return None
    position: int | None = content.tell() if content.seekable() else None
    return position
