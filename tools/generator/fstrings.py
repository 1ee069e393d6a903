"""Split an f-string into text and code, alike on every Python.

Python 3.12 made f-strings part of the grammar.  Before, the tokenizer saw one
string; so the fields are found here, and what only 3.12 understands is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

TEXT = re.compile(r"(?:\\N\{[^}]*\}|\\[^{}]|\{\{|\}\}|[^{}])*", re.DOTALL)
RAW_TEXT = re.compile(r"(?:\{\{|\}\}|[^{}])*", re.DOTALL)
SPEC_TEXT = re.compile(r"[^{}]*", re.DOTALL)
CONVERSION = re.compile(r"\s*(?:![a-z]\s*)?:?")
NESTED_STRING = re.compile(
    r"'''.*?'''|\"\"\".*?\"\"\"|'[^'\n]*'|\"[^\"\n]*\"", re.DOTALL
)


class Piece(NamedTuple):
    """A part of an f-string: an expression, or the text around it."""

    is_code: bool
    src: str


def split(body: str, quote: str, *, raw: bool) -> Iterator[Piece]:
    """Yield the pieces of what stands between the quotes of an f-string."""
    for piece in _Reader(body).text(RAW_TEXT if raw else TEXT):
        if piece.is_code and not _is_plain(piece.src, quote):
            raise ValueError(
                f"Python 3.10 cannot read {{{piece.src}}} in this f-string:"
                " give the value a name first"
            )
        yield piece


def _is_plain(code: str, quote: str) -> bool:
    """Tell whether an expression may stand in an f-string before Python 3.12."""
    forbidden = [quote, "\\"] if len(quote) == 3 else [quote, "\\", "\n"]
    comment = "#" in NESTED_STRING.sub("", code)
    return not comment and not any(mark in code for mark in forbidden)


class _Reader:
    """Reads the body of an f-string from left to right."""

    def __init__(self, body: str) -> None:
        self.body = body
        self.at = 0

    def text(self, pattern: re.Pattern[str]) -> Iterator[Piece]:
        """Yield text and fields up to the end of the body or of the field around."""
        while True:
            yield Piece(False, self.take(pattern))
            if self.body[self.at : self.at + 1] != "{":
                return
            yield from self.field()

    def field(self) -> Iterator[Piece]:
        """Yield the pieces of ``{expression!r:spec}``."""
        yield Piece(False, self.take_to(self.at + 1))
        yield Piece(True, self.take_to(self.expression_end()))
        after = self.take(CONVERSION)
        yield Piece(False, after)
        if after.endswith(":"):
            yield from self.text(SPEC_TEXT)
        yield Piece(False, self.take_to(self.at + 1))

    def expression_end(self) -> int:
        """Return where the expression that starts here ends."""
        depth, at = 0, self.at
        while at < len(self.body):
            if string := NESTED_STRING.match(self.body, at):
                at = string.end()
                continue
            char = self.body[at]
            conversion = char == "!" and self.body[at + 1 : at + 2] != "="
            if not depth and (conversion or char in ":}"):
                break
            depth += (char in "([{") - (char in ")]}")
            at += 1
        return at

    def take(self, pattern: re.Pattern[str]) -> str:
        """Return what the pattern matches here, and move behind it."""
        match = pattern.match(self.body, self.at)
        return self.take_to(match.end() if match else self.at)

    def take_to(self, end: int) -> str:
        """Return what stands before ``end``, and move there."""
        start, self.at = self.at, end
        return self.body[start:end]
