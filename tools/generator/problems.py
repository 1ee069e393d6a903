"""What is wrong with a source, and where."""

from __future__ import annotations

from typing import NamedTuple


class Problem(NamedTuple):
    """One complaint about one line of a source, saying what to do."""

    line: int
    advice: str


class RefusedError(Exception):
    """A source cannot be translated at all."""

    def __init__(self, line: int, advice: str) -> None:
        """Keep what there is to report."""
        super().__init__(advice)
        self.problem = Problem(line, advice)
