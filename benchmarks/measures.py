"""How one work is measured: time by `Timing` or `AgainstRaw`, memory by `Memory`.

For `Timing`, the garbage collector is off while time is taken, and run before: what it would cost
depends on everything else a program keeps alive. The fewest seconds of several repeats
count, because a busy machine can only add to them.
"""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter
from timeit import Timer
from typing import Any

FEWEST_REPEATS = 3


class WrongResultError(Exception):
    """A work does not do what it claims, so that its time means nothing."""


@dataclass(frozen=True)
class Timing:
    """Seconds that one call takes, of the `calls` made by one run of `statement`."""

    statement: str
    names: dict[str, Any]
    calls: int = 1
    setup: str = "pass"
    uses_up: bool = False
    """Whether a run consumes what `setup` made, so that each run needs a new setup."""
    choose = staticmethod(min)
    """Which of several figures counts: a busy machine can only add to them."""
    proof: Callable[[], bool] = field(default=lambda: True)
    """Whether the work gives the right result; asked before measuring."""

    def measure(self, seconds: float) -> float:
        """Return the seconds per call, best of the repeats that fit into `seconds`."""
        if not self.proof():
            raise WrongResultError(self.statement)
        timer = Timer(self.statement, self.setup, globals=dict(self.names))
        runs = 1 if self.uses_up else enough_runs(timer, seconds / FEWEST_REPEATS)
        return best_time(timer, runs, seconds) / (runs * self.calls)


def enough_runs(timer: Timer, seconds: float) -> int:
    """Return how many runs, a power of two, last about `seconds`."""
    runs = 1
    while timer.timeit(runs) < seconds / 2:
        runs *= 2
    return runs


def best_time(timer: Timer, runs: int, seconds: float) -> float:
    """Time `runs` runs again and again for `seconds`, setup included; return the best."""
    times: list[float] = []
    end = perf_counter() + seconds
    while len(times) < FEWEST_REPEATS or perf_counter() < end:
        gc.collect()
        times.append(timer.timeit(runs))
    return min(times)


@dataclass(frozen=True)
class AgainstRaw:
    """Time of `work` in times that of `raw`, which does the same by the driver alone.

    Both take turns, with the collector on: what they keep alive is part of the cost.
    """

    work: Callable[[], Any]
    raw: Callable[[], Any]
    clean: Callable[[], Any] = lambda: None
    """What is done, untimed, after each run."""
    choose = staticmethod(median)

    def measure(self, seconds: float) -> float:
        """Return the median ratio of the turns that fit into `seconds`."""
        self._time(self.work)  # makes indexes, fills caches
        ratios: list[float] = []
        end = perf_counter() + seconds
        while not ratios or perf_counter() < end:
            raw = self._time(self.raw)
            ratios.append(self._time(self.work) / raw)
        return median(ratios)

    def _time(self, function: Callable[[], Any]) -> float:
        gc.collect()
        start = perf_counter()
        function()
        taken = perf_counter() - start
        self.clean()
        return taken


@dataclass(frozen=True)
class Memory:
    """Memory of what `convert` makes of a value, in times the value alone."""

    make: Callable[[], Any]
    convert: Callable[[Any], Any]
    choose = staticmethod(min)

    def measure(self, seconds: float) -> float:
        """Return the ratio, from what tracemalloc counts; `seconds` plays no part."""
        return bytes_kept(lambda: self.convert(self.make())) / bytes_kept(self.make)


def bytes_kept(make: Callable[[], Any], count: int = 200) -> float:
    """Return the bytes that one result of `make` holds on to, averaged over `count`."""
    make()  # fills the caches of a first call
    kept: list[Any] = [None] * count
    gc.collect()
    tracemalloc.start()
    for index in range(count):
        kept[index] = make()
    gc.collect()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return size / count
