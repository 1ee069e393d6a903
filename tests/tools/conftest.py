"""Import the generator, which is no part of the package, and give it projects."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))


@pytest.fixture
def project(tmp_path: Path) -> "Project":
    return Project(tmp_path)


class Project:
    """A tree of files to generate twins in."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def add(self, files: dict[str, str]) -> None:
        for path, text in files.items():
            file = self.root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode())

    def read(self, path: str) -> str:
        return (self.root / path).read_bytes().decode()

    def files(self) -> dict[str, tuple[bytes, int]]:
        """Return what every file holds, and when it was written."""
        return {
            path.relative_to(self.root).as_posix(): (
                path.read_bytes(),
                path.stat().st_mtime_ns,
            )
            for path in self.root.rglob("*")
            if path.is_file()
        }

    def generate(self, *arguments: str, **exceptions: str) -> int:
        from generate import main
        from generator.names import Names

        return main(arguments, self.root, Names(exceptions))


@pytest.fixture
def twin() -> Callable[..., str]:
    """Return a function that translates a source, laid out by black."""
    import black
    from generator.names import Names
    from generator.translate import translate

    def translated(source: str, **exceptions: str) -> str:
        result = translate(source, Names(exceptions))
        assert result.problems == ()
        return black.format_str(
            result.source, mode=black.Mode(string_normalization=False)
        )

    return translated


@pytest.fixture
def refusals() -> Callable[..., list[tuple[int, str]]]:
    """Return a function that lists what is wrong with a source."""
    from generator.names import Names
    from generator.problems import RefusedError
    from generator.translate import translate

    def refused(source: str, **exceptions: str) -> list[tuple[int, str]]:
        try:
            problems = translate(source, Names(exceptions)).problems
        except RefusedError as error:
            problems = (error.problem,)
        return [(problem.line, problem.advice) for problem in problems]

    return refused
