"""Translate one source: the whole way from async text to sync text."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count, islice

from . import fstrings, markers, prose, scopes
from .names import Names, place_of
from .problems import Problem, RefusedError
from .tokens import Token, drop_keywords, join, tokenize

OLDEST_PYTHON = (3, 10)
STRING = re.compile(r"([A-Za-z]*)(\"\"\"|'''|\"|')(.*)\2", re.DOTALL)


@dataclass(frozen=True)
class Twin:
    """A translated source, before its layout."""

    source: str
    words: frozenset[str]
    problems: tuple[Problem, ...]


def translate(source: str, names: Names) -> Twin:
    """Return the sync twin of ``source``, and all that is wrong with it."""
    tree = parse(source)
    tokens = tokenize(source)
    marked = markers.marked_lines(tokens)
    dropped = markers.dropped_lines(source, tree, marked)
    problems = list(markers.stray(source, tree, marked))
    problems = problems or list(markers.emptied(tree, dropped))
    if problems:
        return Twin("", frozenset(), tuple(problems))

    kept = [token for token in tokens if token.line not in dropped]
    problems += _undecided_texts(kept)
    problems += scopes.problems(tree, dropped, names.sync)
    translated = _translate_tokens(kept, names)
    problems += _leftovers(translated, names)
    problems += [] if problems else _compile_problem(join(translated), dropped)
    twin = "" if problems else scopes.import_once(join(translated))
    words = frozenset(re.findall(r"\w+", join(kept)))
    return Twin(twin, words, tuple(sorted(set(problems))))


def parse(source: str) -> ast.Module:
    """Parse ``source`` as the oldest Python does."""
    try:
        return ast.parse(source, feature_version=OLDEST_PYTHON)
    except SyntaxError as error:
        advice = f"{error.msg}: correct the syntax"
        raise RefusedError(error.lineno or 1, advice) from error
    except ValueError as error:
        raise RefusedError(1, f"{error}: correct the file") from error


def _compile_problem(source: str, dropped: set[int]) -> Iterator[Problem]:
    """Complain of a twin that is no Python: ``f(async_x=1, x=2)``."""
    try:
        compile(source, "<twin>", "exec", dont_inherit=True)
    except SyntaxError as error:
        index = (error.lineno or 1) - 1
        kept = (line for line in count(1) if line not in dropped)
        code = source.split("\n")[index].strip()
        advice = f"the twin is no Python, {error.msg}: rewrite what becomes `{code}`"
        yield Problem(next(islice(kept, index, None)), advice)


def _translate_tokens(tokens: Iterable[Token], names: Names) -> list[Token]:
    texts = [_translate_text(token, names) for token in tokens]
    words = re.findall(r"\w+", join(texts))
    return drop_keywords(texts, {word: names.sync(word) for word in words})


def _translate_text(token: Token, names: Names) -> Token:
    """Translate a comment or a string; return any other token as it is."""
    if token.name == "COMMENT":
        return token._replace(src=prose.translate(token.src, names))
    if token.name == "STRING":
        try:
            return token._replace(src=_translate_string(token.src, names))
        except ValueError as error:
            raise RefusedError(token.line, str(error)) from error
    return token


def _translate_string(literal: str, names: Names) -> str:
    match = STRING.fullmatch(literal)
    if match is None:
        raise ValueError("a string with quotes that do not pair: rewrite it")
    prefix, quote, body = match.groups()
    if "f" in prefix.lower():
        pieces = fstrings.split(body, quote, raw="r" in prefix.lower())
        translated = "".join(_translate_piece(piece, names) for piece in pieces)
    else:
        translated = prose.translate(body, names)
    return f"{prefix}{quote}{translated}{quote}"


def _translate_piece(piece: fstrings.Piece, names: Names) -> str:
    if not piece.is_code:
        return prose.translate(piece.src, names)
    # In parentheses, an expression may go over several lines.
    return join(_translate_tokens(tokenize(f"({piece.src})"), names))[1:-1]


def _undecided_texts(tokens: Iterable[Token]) -> Iterator[Problem]:
    for token in tokens:
        if token.name in {"COMMENT", "STRING"} and prose.speaks_of_both(token.src):
            yield Problem(
                token.line,
                "this text speaks of both sync and async: reword it, or say it in a"
                " module that has no twin",
            )


def _leftovers(tokens: Iterable[Token], names: Names) -> Iterator[Problem]:
    """Complain of what the translation left asynchronous."""
    for token in tokens:
        if token.name in {"NAME", "COMMENT", "STRING"}:
            for line, word in prose.words(token.src):
                if names.is_leftover(word):
                    yield Problem(token.line + line, _advice(word, token.name))


def _advice(word: str, kind: str) -> str:
    if kind != "NAME" and "_" not in word and word.islower():
        return f"text with {word!r}, which no twin may say: reword it"
    return (
        f"{word!r} has no sync name: rename it, end its statement's first line with"
        f" `# async-only`, or say its name in EXCEPTIONS ({place_of(word)})"
    )
