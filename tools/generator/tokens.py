"""Cut source into tokens, and drop ``async`` and ``await`` from them with unasync."""

# mypy: disable-error-code="import-untyped"

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, cast

import tokenize_rt
import unasync

from .problems import RefusedError

BLANK = {"UNIMPORTANT_WS", "ESCAPED_NL"}
UNASYNC_NAMES: dict[str, str] = unasync.Rule("", "").token_replacements


class Token(NamedTuple):
    """A piece of source; all pieces joined are the source again."""

    name: str
    src: str
    line: int


def tokenize(source: str) -> list[Token]:
    """Return the tokens of ``source``; an f-string is one STRING on every Python."""
    tokens = [Token(t.name, t.src, t.line) for t in tokenize_rt.src_to_tokens(source)]
    if join(tokens) != source:
        raise RefusedError(
            _first_difference(join(tokens), source),
            "cannot be cut into tokens: take the backslashes out of this f-string",
        )
    return list(_whole_fstrings(tokens))


def join(tokens: Iterable[Token]) -> str:
    """Return the source that the tokens were cut from."""
    return "".join(token.src for token in tokens)


def drop_keywords(tokens: Iterable[Token], names: Mapping[str, str]) -> list[Token]:
    """Drop ``async`` and ``await``, and replace the names given."""
    # The rule's public entry takes files, and rewrites their paths by string
    # replacement; its token rule is all that is wanted here.
    rule = unasync.Rule("", "", additional_replacements=names)
    return cast("list[Token]", list(rule._unasync_tokens(_spaced(tokens))))


def _whole_fstrings(tokens: Iterable[Token]) -> Iterator[Token]:
    """Join the parts into which Python 3.12 and later cut an f-string."""
    depth, parts = 0, list[Token]()
    for token in tokens:
        depth += token.name == "FSTRING_START"
        if not depth:
            yield token
            continue
        parts.append(token)
        depth -= token.name == "FSTRING_END"
        if not depth:
            yield Token("STRING", join(parts), parts[0].line)
            parts = []


def _spaced(tokens: Iterable[Token]) -> Iterator[Token]:
    """Put one space after each keyword: unasync drops the token that follows it."""
    after_keyword = False
    for token in tokens:
        if after_keyword:
            if token.name in BLANK:
                continue
            yield Token("UNIMPORTANT_WS", " ", token.line)
        after_keyword = token.src in {"async", "await"}
        yield token


def _first_difference(left: str, right: str) -> int:
    """Return the line number at which two texts part."""
    pairs = zip(left.split("\n"), right.split("\n"), strict=False)
    return next((n for n, (a, b) in enumerate(pairs, 1) if a != b), 1)
