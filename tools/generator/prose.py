"""Translate docstrings, comments and messages.

Names follow the same table as code.  ``await`` goes before a call, and ``async``
before ``def``, ``for`` and ``with``; elsewhere the word ``async`` becomes
``sync`` ("an async client" -> "a sync client").  What cannot be put so is
refused, and the author rewords it: any other ``await``, ``coroutine`` and the
like, and a text that speaks of both families, of which nothing sensible is left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .names import Names

AWAITED_CALL = re.compile(r"\bawait\s+(?=[\w.]+[(\[])")
STATEMENT = re.compile(r"\b(?:([Aa])n\s+)?async\s+(?=(?:def|for|with)\b)")
WORD = re.compile(r"(?:\b([Aa])n(\s+[`'\"*]{0,3}))?\b(\w+)")
# An escape is one unit: the `n` of "\nasync_save" is no part of the name.
ESCAPE = re.compile(
    r"(\\(?:N\{[^}]*\}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{1,3}|.))",
    re.DOTALL,
)
ENGLISH = {
    "async": "sync",
    "Async": "Sync",
    "asynchronous": "synchronous",
    "Asynchronous": "Synchronous",
    "asynchronously": "synchronously",
}
SYNC_WORD = re.compile(r"(?i)\bsync(?:hronous(?:ly)?)?\b")
ASYNC_WORD = re.compile(r"(?i)\basync(?:hronous(?:ly)?)?\b(?!\s+(?:def|for|with)\b)")


def translate(text: str, names: Names) -> str:
    """Return the text as the sync twin says it."""
    pieces = ESCAPE.split(text)
    pieces[::2] = [_translate_plain(piece, names) for piece in pieces[::2]]
    return "".join(pieces)


def speaks_of_both(text: str) -> bool:
    """Tell whether the text sets sync against async."""
    return bool(SYNC_WORD.search(text) and ASYNC_WORD.search(text))


def words(text: str) -> Iterator[tuple[int, str]]:
    """Yield each word with the number of line breaks before it."""
    offset = 0
    for number, piece in enumerate(ESCAPE.split(text)):
        if number % 2 == 0:
            for match in re.finditer(r"\w+", piece):
                yield text.count("\n", 0, offset + match.start()), match[0]
        offset += len(piece)


def _translate_plain(text: str, names: Names) -> str:
    text = AWAITED_CALL.sub("", text)
    text = STATEMENT.sub(lambda match: f"{match[1]} " if match[1] else "", text)
    return WORD.sub(lambda match: _translate_word(match, names), text)


def _translate_word(match: re.Match[str], names: Names) -> str:
    """Translate one word, and the article before it."""
    article, space, word = match.groups()
    sync = names.sync(word)
    sync = ENGLISH.get(sync, sync)
    if article is None:
        return sync
    kept_n = "n" if sync == word or sync[0] in "aeiouAEIOU" else ""
    return f"{article}{kept_n}{space}{sync}"
