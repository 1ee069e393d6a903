"""What mypy says of programs that use documents is what stands in their comments."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from mypy import api

PROGRAMS = Path(__file__).parents[1] / "typing"
REPORTED = re.compile(r"^[^:]+:(\d+): (error|note): (.*)$", re.MULTILINE)
REVEALED = re.compile(r'Revealed type is "(.*)"')
MODULES = re.compile(r"\b(?:\w+\.)+(?=\w)")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mypy")


def reports(program: Path, cache: Path) -> dict[int, str]:
    """Return what mypy reports of each line, without the modules of names."""
    text, failure, _ = api.run(
        ["--strict", "--no-pretty", f"--cache-dir={cache}", str(program)]
    )
    assert not failure
    found: dict[int, str] = {}
    for line, kind, message in REPORTED.findall(text):
        revealed = REVEALED.match(message)
        if revealed:
            found[int(line)] = MODULES.sub("", revealed[1])
        elif kind == "error":
            found[int(line)] = "error: " + message.rpartition("[")[2].rstrip("]")
    return found


def comments(program: Path, mark: str) -> dict[int, str]:
    """Return the comments of the lines that have the mark."""
    lines = enumerate(program.read_text().splitlines(), start=1)
    marked = ((number, line) for number, line in lines if mark in line)
    return {number: line.rpartition("# ")[2] for number, line in marked}


@pytest.mark.parametrize(
    ("name", "mark"), [("right.py", "reveal_type("), ("wrong.py", "# error: ")]
)
def test_mypy_says_what_the_comments_say(name: str, mark: str, cache: Any) -> None:
    program = PROGRAMS / name
    assert reports(program, cache) == comments(program, mark)
