"""Run every program with MongoEngine 0.29.3 and with this package, and compare.

    python tests/differential/run.py --oracle PYTHON [--only PROGRAM]... [--limit N]
    python tests/differential/run.py --oracle PYTHON --oracle-only
    python tests/differential/run.py --list

PYTHON is an interpreter that has the released package. Programs that import server.py
have a MongoDB, which is started for them. Exits 1 if there is a
difference that explained.py does not explain, or an explanation without one.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from explained import EXPLAINED, Explanation, matches

from mongoengine.testing import local_mongod

HERE = Path(__file__).parent
PROGRAMS = {path.stem: path for path in sorted(HERE.glob("programs/*.py"))}
SECONDS_A_PROGRAM = 300
URI_VARIABLE = "DIFFERENTIAL_URI"

Step = dict[str, Any]


class Difference(NamedTuple):
    """A step that went otherwise; None where one side has no such step."""

    program: str
    label: str
    oracle: Step | None
    ours: Step | None

    def __str__(self) -> str:
        return (
            f"{self.program} | {self.label}\n"
            f"  oracle: {tell(self.oracle)}\n  ours:   {tell(self.ours)}"
        )


def main() -> int:
    options = parse_arguments()
    if options.list:
        print(*PROGRAMS, sep="\n")
        return 0
    chosen = options.only or list(PROGRAMS)
    with server_for(chosen):
        if not options.oracle_only:
            return compare_all(options.oracle, chosen, options.limit)
        for program in chosen:
            print_steps(program, record(options.oracle, program))
    return 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Compare with MongoEngine 0.29.3.")
    parser.add_argument("--oracle", metavar="PYTHON")
    parser.add_argument("--oracle-only", action="store_true", help="print its steps")
    parser.add_argument("--only", action="append", choices=PROGRAMS)
    parser.add_argument(
        "--limit", type=int, default=20, help="differences to print a program (20)"
    )
    parser.add_argument("--list", action="store_true", help="print the programs")
    options = parser.parse_args()
    if not (options.oracle or options.list):
        parser.error("--oracle is needed")
    return options


@contextmanager
def server_for(programs: list[str]) -> Iterator[None]:
    """Run a server while the block runs, if one of the programs needs it."""
    if not any("from server import" in PROGRAMS[one].read_text() for one in programs):
        yield
        return
    with local_mongod() as server:
        os.environ[URI_VARIABLE] = server.uri
        yield


def compare_all(oracle: str, programs: list[str], limit: int) -> int:
    """Print what is unexplained, and the sum; give the exit status."""
    steps = unexplained = explained = 0
    used: set[Explanation] = set()
    for program in programs:
        theirs, ours = record_both(oracle, program)
        differences = list(compare(program, theirs, ours))
        wrong = [one for one in differences if not explanations(one)]
        report(program, wrong, limit)
        used.update(*map(explanations, differences))
        steps += len(theirs)
        unexplained += len(wrong)
        explained += len(differences) - len(wrong)
    stale = [one for one in EXPLAINED if ran(one, programs) and one not in used]
    for explanation in stale:
        print(f"explains nothing: {explanation.program} | {explanation.label}")
    print(
        f"{len(programs)} programs, {steps} steps: {unexplained} unexplained"
        f" differences, {explained} explained, {len(stale)} stale explanations"
    )
    return 1 if unexplained or stale else 0


def ran(explanation: Explanation, programs: list[str]) -> bool:
    """Tell whether all programs ran that an explanation speaks of."""
    named = [name for name in PROGRAMS if matches(name, explanation.program)]
    return set(named) <= set(programs)


def report(program: str, differences: list[Difference], limit: int) -> None:
    for difference in differences[:limit]:
        print(difference)
    if len(differences) > limit:
        print(f"{program}: {len(differences) - limit} more differences; see --limit")


def record_both(oracle: str, program: str) -> Iterator[dict[str, Step]]:
    with ThreadPoolExecutor(2) as pool:
        return pool.map(record, (oracle, sys.executable), (program, program))


def record(python: str, program: str) -> dict[str, Step]:
    """Run a program and give its steps by label."""
    done = subprocess.run(
        [python, HERE / "recorder.py", PROGRAMS[program]],
        stdout=subprocess.PIPE,
        text=True,
        timeout=SECONDS_A_PROGRAM,
        env={**os.environ, "TZ": "UTC"},
    )
    steps = {step["label"]: step for step in map(json.loads, done.stdout.splitlines())}
    if done.returncode:
        steps["(exit status)"] = {"error": f"exit status {done.returncode}"}
    return steps


def compare(
    program: str, oracle: dict[str, Step], ours: dict[str, Step]
) -> Iterator[Difference]:
    # What became of the program as a whole, "(…)", explains the rest: it is first.
    for label in sorted(oracle | ours, key=lambda label: label[0] != "("):
        if oracle.get(label) != ours.get(label):
            yield Difference(program, label, oracle.get(label), ours.get(label))


def explanations(difference: Difference) -> list[Explanation]:
    told = tell(difference.oracle), tell(difference.ours)
    return [
        one
        for one in EXPLAINED
        if one.explains(difference.program, difference.label, *told)
    ]


def print_steps(program: str, steps: dict[str, Step]) -> None:
    for label, step in steps.items():
        print(f"{program} | {label}\n  {tell(step)}")


def tell(step: Step | None) -> str:
    """Tell a step as one line, its warnings on lines of their own."""
    if step is None:
        return "(no such step)"
    outcome = step["result"] if "result" in step else f"raises {step['error']}"
    lines = [outcome, *(f"warns {text}" for text in step.get("warnings", ()))]
    return "\n          ".join(lines)


if __name__ == "__main__":
    sys.exit(main())
