"""Find the statements marked ``# async-only``, which have no sync twin.

The marker ends a statement's first line: that of ``def`` or ``class`` where there
are decorators.  Decorators go too, and so do comment lines directly above.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence, Set

from .problems import Problem
from .tokens import Token

MARKER = re.compile(r"#\s*async-only\b")


def marked_lines(tokens: Sequence[Token]) -> set[int]:
    """Return the numbers of the lines that end with the marker."""
    comments = (token for token in tokens if token.name == "COMMENT")
    return {comment.line for comment in comments if MARKER.search(comment.src)}


def dropped_lines(source: str, tree: ast.Module, marked: Set[int]) -> set[int]:
    """Return the numbers of the lines that the markers take out."""
    lines = source.split("\n")
    statements = (node for node in _statements(tree) if node.lineno in marked)
    return {line for node in statements for line in _span(node, lines)}


def surviving(node: ast.AST, dropped: Set[int]) -> Iterator[ast.AST]:
    """Walk the tree, past the statements that are dropped."""
    yield node
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.stmt) and child.lineno in dropped):
            yield from surviving(child, dropped)


def stray(source: str, tree: ast.Module, marked: Set[int]) -> Iterator[Problem]:
    """Complain of markers that mark nothing."""
    lines = source.split("\n")
    starts = {node.lineno for node in _statements(tree)}
    for line in sorted(marked):
        if line not in starts or lines[line - 1].lstrip().startswith("elif"):
            yield Problem(
                line,
                "`# async-only` marks no statement here: put it at the end of a"
                " statement's first line (of `def` or `class`, not of a decorator)",
            )


def emptied(tree: ast.Module, dropped: Set[int]) -> Iterator[Problem]:
    """Complain of blocks of which nothing is left."""
    for node in surviving(tree, dropped):
        if line := _emptied_block(node, dropped):
            yield Problem(
                line,
                "`# async-only` leaves nothing of this block: mark the statement"
                " that the block belongs to",
            )


def _statements(tree: ast.Module) -> Iterator[ast.stmt]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.stmt))


def _span(node: ast.stmt, lines: Sequence[str]) -> range:
    """Return the numbers of a statement's lines, and of those that belong to it."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
    last = node.end_lineno or node.lineno
    comment = " " * node.col_offset + "#"
    while first > 1 and lines[first - 2].startswith(comment):
        first -= 1
    # Of the blank lines on either side, those on one side are enough.
    while _is_blank(lines, first - 1) and _is_blank(lines, last + 1):
        last += 1
    return range(first, last + 1)


def _is_blank(lines: Sequence[str], number: int) -> bool:
    return 1 <= number <= len(lines) and not lines[number - 1].strip()


def _emptied_block(node: ast.AST, dropped: Set[int]) -> int | None:
    """Return the line of a block of which every statement is dropped."""
    if isinstance(node, ast.Module):
        return None
    for name in ("body", "orelse", "finalbody"):
        block = getattr(node, name, None)
        if not isinstance(block, list) or not block:
            continue
        if all(child.lineno in dropped for child in block):
            return int(block[0].lineno)
    return None
