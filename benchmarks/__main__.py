"""Measure both MongoEngines in turn and print a table of times, ratios and budgets.

Times are the best of several repeats in a worker process, with the garbage collector
off; what needs the server is measured in times the driver alone takes for the same. The
async family's peer is Beanie. Ratios are taken within each round of two workers, and medians over the rounds are
shown. Noise is half the distance between the extreme rounds.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path

from benchmarks import report
from benchmarks.budgets import SUITES, select
from benchmarks.database import URI_VARIABLE
from benchmarks.harness import Round, Row, compare, run_rounds
from mongoengine.testing import local_mongod

PEER = Path(__file__).resolve().parent.parent / ".venv-peers" / "bin" / "python"


def main(arguments: list[str] | None = None) -> int:
    """Run what the command line asks for; return the exit status."""
    parser = command_line()
    options = parser.parse_args(arguments)
    chosen = select(options.suite, options.only)
    if not chosen:
        parser.error("no work has such a name: see --list")
    if options.list:
        print(
            "\n".join(f"{suite}: {work}" for suite in chosen for work in chosen[suite])
        )
        return 0
    for python in (options.ours, options.peer):
        if shutil.which(python) is None:
            parser.error(f"there is no {python}: `make bench` makes the environments")
    with local_mongod() as server:
        os.environ[URI_VARIABLE] = server.uri
        rows = [row for suite in chosen for row in bench(suite, options)]
    print(*report.conclusion(rows), sep="\n")
    return int(options.strict and any(row.verdict in ("OVER", "n/a") for row in rows))


def command_line() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks", description=__doc__)
    add = parser.add_argument
    add("--list", action="store_true", help="name the works and stop")
    add("--suite", choices=list(SUITES), default="", help="measure one suite")
    add("--only", default="", metavar="SUBSTRING", help="works whose name contains it")
    add("--rounds", type=positive, default=5, help="workers of each side (default 5)")
    add("--seconds", type=float, default=0.15, help="for one work in a worker")
    add("--strict", action="store_true", help="fail unless every budget is met")
    add("--ours", default=sys.executable, metavar="PYTHON", help="with our package")
    add("--peer", default=str(PEER), metavar="PYTHON", help="with MongoEngine")
    return parser


def positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least one")
    return number


def bench(suite: str, options: argparse.Namespace) -> list[Row]:
    """Measure a suite and print its part of the report."""
    works = select(suite, options.only)[suite]
    rounds = run_rounds(
        suite,
        works,
        ours=options.ours,
        peer=options.peer,
        rounds=options.rounds,
        seconds=options.seconds,
        progress=lambda text: print(text, file=sys.stderr),
    )
    rows = [compare(work, budget, rounds) for work, budget in works.items()]
    show(suite, rows, rounds)
    return rows


def show(suite: str, rows: list[Row], rounds: list[Round]) -> None:
    lines = [
        *report.sides(rounds),
        "",
        *report.table(suite, rows),
        report.weather(rounds),
        *report.not_available(rounds),
        "",
    ]
    print(*lines, sep="\n", flush=True)


if __name__ == "__main__":
    sys.exit(main())
