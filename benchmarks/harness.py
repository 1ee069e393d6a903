"""Rounds of alternating worker processes, and what follows from their figures."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.budgets import Budget

WORKER = Path(__file__).with_name("worker.py")


@dataclass(frozen=True)
class Result:
    """What one worker process printed."""

    environment: dict[str, str]
    control: float
    figures: dict[str, float]
    errors: dict[str, str]


@dataclass(frozen=True)
class Round:
    """Two workers that ran one after the other, so in much the same weather."""

    ours: Result
    peer: Result


def run_rounds(
    suite: str,
    works: Iterable[str],
    *,
    ours: str,
    peer: str,
    rounds: int,
    seconds: float,
    progress: Callable[[str], None],
) -> list[Round]:
    """Measure a suite with two interpreters in turn, `rounds` times each."""

    def run(python: str) -> Result:
        return run_worker(python, suite, works, seconds)

    done = []
    for number in range(1, rounds + 1):
        progress(f"{suite}: round {number} of {rounds}")
        done.append(Round(run(ours), run(peer)))
    return done


def run_worker(python: str, suite: str, works: Iterable[str], seconds: float) -> Result:
    """Measure a suite once, in a process of its own.

    The interpreter ignores PYTHONPATH and its like: they would reach both sides.
    """
    command = [python, "-E", "-s", str(WORKER), suite, str(seconds), *works]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return Result(**json.loads(done.stdout))


@dataclass(frozen=True)
class Estimate:
    """A figure, from the values that the rounds gave."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return median(self.values)

    @property
    def noise(self) -> float | None:
        """Half the distance between the extremes, as a part of the median."""
        if len(self.values) < 2:
            return None
        return (max(self.values) - min(self.values)) / 2 / self.median


@dataclass(frozen=True)
class Row:
    """One work, compared."""

    work: str
    budget: Budget
    ours: Estimate | None
    peer: Estimate | None
    ratio: Estimate | None

    @property
    def verdict(self) -> str:
        """``ok``, ``OVER``, ``n/a`` where a figure is missing, empty without budget."""
        limits = [(self.budget.ratio, self.ratio), (self.budget.figure, self.ours)]
        asked = [(limit, found) for limit, found in limits if limit is not None]
        known = [(limit, found.median) for limit, found in asked if found]
        if any(value <= limit for limit, value in known):
            return "ok"
        if len(known) < len(asked) or self.ours is None:
            return "n/a"
        return "OVER" if known else ""


def compare(work: str, budget: Budget, rounds: list[Round]) -> Row:
    """Compare both sides of a work; the ratio is taken within each round."""
    ours = figures([turn.ours for turn in rounds], work)
    peer = figures([turn.peer for turn in rounds], work)
    ratios = [
        turn.ours.figures[work] / turn.peer.figures[work]
        for turn in rounds
        if work in turn.ours.figures and work in turn.peer.figures
    ]
    return Row(work, budget, estimate(ours), estimate(peer), estimate(ratios))


def figures(results: list[Result], work: str) -> list[float]:
    return [result.figures[work] for result in results if work in result.figures]


def estimate(values: list[float]) -> Estimate | None:
    return Estimate(tuple(values)) if values else None


def control(rounds: list[Round]) -> Estimate:
    """Compare the control loop, whose ratio would be 1 on a quiet machine."""
    return Estimate(tuple(turn.ours.control / turn.peer.control for turn in rounds))


def failures(results: Iterable[Result]) -> dict[str, list[str]]:
    """Return the works that failed in some round, by the error that is the reason."""
    found: dict[str, dict[str, None]] = {}
    for result in results:
        for work, error in result.errors.items():
            found.setdefault(error, {})[work] = None
    return {error: list(works) for error, works in found.items()}
