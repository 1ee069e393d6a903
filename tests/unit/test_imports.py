"""Which modules know which: the colour rule, and that any module can come first."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import mongoengine

PACKAGE = Path(mongoengine.__file__).parent
COLOURED = {"_async", "_sync"}

# Where the two families come together: all others are pure, or of one colour.
COMPOSING = {
    "_references",
    "async_utils",
    "connection",
    "context_managers",
    "dereference",
    "document",
    "fields.files",
    "fields.sequence",
    "mongodb_support",
    "pymongo_support",
    "queryset.base",
    "queryset.map_reduce_document",
}


def names_of_modules() -> list[str]:
    paths = (path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))
    names = (".".join(path.with_suffix("").parts) for path in paths)
    return sorted(name.removesuffix("__init__").rstrip(".") for name in names)


def imported_by(name: str) -> Iterator[str]:
    """Yield the names that a module imports, wherever it does."""
    stem = PACKAGE.joinpath(*name.split("."))
    path = stem / "__init__.py" if stem.is_dir() else stem.with_suffix(".py")
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def knows(name: str, rooms: set[str]) -> bool:
    parts = (imported.split(".") for imported in imported_by(name))
    return any(
        one[0] == "mongoengine" and one[1:2][0] in rooms for one in parts if one[1:]
    )


def test_only_what_composes_knows_the_colours() -> None:
    pure = (name for name in names_of_modules() if name.split(".")[0] not in COLOURED)
    assert {name for name in pure if knows(name, COLOURED)} == COMPOSING


@pytest.mark.parametrize(("room", "other"), [("_async", "_sync"), ("_sync", "_async")])
def test_no_colour_knows_the_other(room: str, other: str) -> None:
    own = [name for name in names_of_modules() if name.split(".")[0] == room]
    assert own
    assert [name for name in own if knows(name, {other})] == []


# Importing any module imports the package first, and with it what that needs.
EACH_FIRST = """
import importlib, sys
import mongoengine
others = [name for name in sys.argv[1:] if name not in sys.modules]
print(len(others))
for name in others:
    for known in [one for one in sys.modules if one.split(".")[0] == "mongoengine"]:
        del sys.modules[known]
    importlib.import_module(name)
"""


def test_any_module_can_be_imported_first() -> None:
    names = [f"mongoengine.{name}".rstrip(".") for name in names_of_modules()]
    command = [sys.executable, "-W", "error", "-c", EACH_FIRST, *names]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert 0 < int(done.stdout) < len(names)
