"""Measure one suite with the MongoEngine of the interpreter that runs this file.

The harness runs it as a script, in either environment; it prints one JSON object.
"""

from __future__ import annotations

import argparse
import gc
import json
import platform
import sys
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

Outcome = tuple[dict[str, float], dict[str, str]]
HERE = Path(__file__).resolve().parent
CONTROL = "the same loop without MongoEngine"
LOOP = "sum(len(str(number)) for number in range(1000))"
# All works are gone through so often: what disturbs a machine for a second then spoils
# one pass of a work, and not all of its repeats.
PASSES = 3


def make_importable(package: Path) -> None:
    """Make one package importable, and not its neighbours.

    Beside it lies a MongoEngine, which must never stand in for the environment's own.
    """
    spec = spec_from_file_location(
        package.name,
        package / "__init__.py",
        submodule_search_locations=[str(package)],
    )
    assert spec is not None
    sys.modules[package.name] = module_from_spec(spec)


def measure_suite(suite: str, chosen: list[str], seconds: float) -> Outcome:
    """Measure the control and the chosen works of a suite."""
    control = {CONTROL: import_module("benchmarks.measures").Timing(LOOP, names={})}
    try:
        works = import_module(f"benchmarks.suites.{suite}").WORKS
    except Exception as error:  # what a half-made package raises is a result
        figures, _ = measure(control, [CONTROL], seconds)
        return figures, dict.fromkeys(chosen, describe(error))
    gc.freeze()  # modules and models need no more looking through
    return measure({**control, **works}, [CONTROL, *chosen], seconds)


def measure(works: dict[str, Any], chosen: list[str], seconds: float) -> Outcome:
    """Return the figure of each chosen work that counts, and why others have none."""
    figures: dict[str, list[float]] = {}
    errors: dict[str, str] = {}
    for name in chosen * PASSES:
        try:
            figure = works[name].measure(seconds / PASSES)
        except Exception as error:
            errors[name] = describe(error)
        else:
            figures.setdefault(name, []).append(figure)
    chosen_figures = {name: works[name].choose(of) for name, of in figures.items()}
    return chosen_figures, errors


def describe(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def environment() -> dict[str, str]:
    """Return the versions that decide about speed."""
    packages = {name: installed(name) for name in ("mongoengine", "pymongo")}
    return {**packages, platform.python_implementation(): platform.python_version()}


def installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("suite")
    parser.add_argument("seconds", type=float, help="time to spend on each work")
    parser.add_argument("works", nargs="+")
    options = parser.parse_args()
    make_importable(HERE)
    figures, errors = measure_suite(options.suite, options.works, options.seconds)
    result = {
        "environment": environment(),
        "control": figures.pop(CONTROL),
        "figures": figures,
        "errors": errors,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
