"""Find names that a scope binds twice once they are translated.

Two async names that become one sync name (``async_save`` beside ``save``) would
silently make one thing of two.  The same names imported together from one module
are one thing already: the twin imports it once.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Set
from typing import NamedTuple

from .markers import surviving
from .problems import Problem

Translate = Callable[[str], str]
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
SCOPES = (ast.Module, ast.Lambda, *DEFINITIONS)


class Binding(NamedTuple):
    """A name that a scope binds, and where."""

    name: str
    line: int


def problems(
    tree: ast.Module, dropped: Set[int], translate: Translate
) -> Iterator[Problem]:
    """Complain of each second binding, by the names as they stand in the source."""
    for node in surviving(tree, dropped):
        if isinstance(node, SCOPES):
            yield from _merged(node, dropped, translate)
        for block in _blocks(node):
            yield from _repeated(block, dropped)


def import_once(source: str) -> str:
    """Rewrite the ``from`` imports that name one thing twice."""
    lines = source.split("\n")
    nodes = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.ImportFrom)]
    for node in sorted(nodes, key=lambda node: -node.lineno):
        unique = {(alias.name, alias.asname): alias for alias in node.names}
        if len(unique) == len(node.names):
            continue
        node.names = list(unique.values())
        first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
        before = lines[first][: node.col_offset]
        after = lines[last][node.end_col_offset :]
        lines[first : last + 1] = [before + ast.unparse(node) + after]
    return "\n".join(lines)


def _merged(
    scope: ast.AST, dropped: Set[int], translate: Translate
) -> Iterator[Problem]:
    """Complain of different names that become one."""
    first: dict[str, Binding] = {}
    for binding in _bindings(scope, dropped, translate):
        sync = translate(binding.name)
        other = first.setdefault(sync, binding)
        if other.name != binding.name:
            yield Problem(
                binding.line,
                f"{binding.name!r} and {other.name!r} of line {other.line} both"
                f" become {sync!r}: rename one of them",
            )


def _repeated(block: list[ast.stmt], dropped: Set[int]) -> Iterator[Problem]:
    """Complain of functions and classes defined twice in one block."""
    first: dict[str, int] = {}
    for node in block:
        if not isinstance(node, DEFINITIONS) or node.lineno in dropped:
            continue
        if node.name in first and not _extends(node) and node.name != "_":
            yield Problem(
                node.lineno,
                f"{node.name!r} was defined in line {first[node.name]} already:"
                " rename or remove one of them",
            )
        if not _is_overload(node):
            first.setdefault(node.name, node.lineno)


def _blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        block = getattr(node, name, None)
        if isinstance(block, list):
            yield block


def _bindings(
    scope: ast.AST, dropped: Set[int], translate: Translate
) -> Iterator[Binding]:
    """Yield what a scope binds itself, without what scopes inside it bind."""
    for node in ast.iter_child_nodes(scope):
        if isinstance(node, ast.stmt) and node.lineno in dropped:
            continue
        if isinstance(node, DEFINITIONS):
            yield Binding(node.name, node.lineno)
        elif isinstance(node, ast.arg):
            yield Binding(node.arg, node.lineno)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield Binding(node.id, node.lineno)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from _imported(node, translate)
        if not isinstance(node, SCOPES):
            yield from _bindings(node, dropped, translate)


def _imported(
    node: ast.Import | ast.ImportFrom, translate: Translate
) -> Iterator[Binding]:
    """Yield what an import binds: once, where two names become the same import."""
    unique: dict[tuple[str, str], str] = {}
    for alias in node.names:
        name = alias.asname or alias.name.partition(".")[0]
        unique.setdefault((translate(alias.name), translate(name)), name)
    return (Binding(name, node.lineno) for name in unique.values())


def _extends(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    """Tell whether a decorator builds on the earlier one: ``@size.setter``."""
    decorators = (d.func if isinstance(d, ast.Call) else d for d in node.decorator_list)
    return any(ast.unparse(d).startswith(f"{node.name}.") for d in decorators)


def _is_overload(node: ast.AST) -> bool:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return any(ast.unparse(d).split(".")[-1] == "overload" for d in decorators)
