"""The table that ``make bench`` prints, and the remarks below it."""

from __future__ import annotations

from benchmarks.budgets import Budget
from benchmarks.harness import Estimate, Round, Row, control, failures

HEADINGS = ("", "MongoEngine", "ours", "ratio", "noise", "budget", "")
UNITS = (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9))


def table(suite: str, rows: list[Row]) -> list[str]:
    """Lay out the rows of a suite below its name, in aligned columns."""
    lines = [(suite, *HEADINGS[1:]), *map(cells, rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return [aligned(line, widths) for line in lines]


def aligned(line: tuple[str, ...], widths: list[int]) -> str:
    first, *figures, verdict = line
    padded = map(str.rjust, figures, widths[1:])
    return "  ".join([first.ljust(widths[0]), *padded, verdict]).rstrip()


def cells(row: Row) -> tuple[str, ...]:
    unit = row.budget.unit
    return (
        f"  {row.work}",
        amount(row.peer.median, unit) if row.peer else "n/a",
        amount(row.ours.median, unit) if row.ours else "n/a",
        f"{row.ratio.median:.3f}" if row.ratio else "",
        percent(row.ratio),
        limits(row.budget),
        row.verdict,
    )


def amount(figure: float, unit: str) -> str:
    """Write a figure to three digits, seconds in the unit that suits them."""
    if unit != "s":
        return f"{figure:.2f}{unit}"
    name, size = next((pair for pair in UNITS if figure >= pair[1]), UNITS[-1])
    return f"{figure / size:.3g} {name}"


def percent(estimate: Estimate | None) -> str:
    noise = estimate and estimate.noise
    return "" if noise is None else f"±{noise:.0%}"


def limits(budget: Budget) -> str:
    figure = budget.figure and amount(budget.figure, budget.unit)
    ratio = budget.ratio and f"{budget.ratio:g}"
    return " or ".join(text for text in (figure, ratio) if text)


def weather(rounds: list[Round]) -> str:
    """Say how far the machine alone makes two equal loops differ."""
    ratio = control(rounds)
    text = f"  the same loop without MongoEngine: {ratio.median:.3f} {percent(ratio)}"
    return text.rstrip()


def sides(rounds: list[Round]) -> list[str]:
    """Say which versions were measured, and whether more than MongoEngine differs."""
    peer, ours = rounds[-1].peer.environment, rounds[-1].ours.environment
    lines = [f"MongoEngine: {versions(peer)}", f"ours:        {versions(ours)}"]
    if {**peer, "mongoengine": ""} != {**ours, "mongoengine": ""}:
        lines.append("Python or PyMongo differ: so do their shares of the times below.")
    return lines


def versions(environment: dict[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in environment.items())


def not_available(rounds: list[Round]) -> list[str]:
    """Say what could not be measured on either side, and why."""
    results = {
        "MongoEngine": [turn.peer for turn in rounds],
        "ours": [turn.ours for turn in rounds],
    }
    return [
        f"  not available in {side}: {error} ({named(works)})"
        for side in results
        for error, works in failures(results[side]).items()
    ]


def named(works: list[str]) -> str:
    return "; ".join(works) if len(works) < 4 else f"{len(works)} works"


def conclusion(rows: list[Row]) -> list[str]:
    """Say which budgets are exceeded, and how many works are in doubt."""
    over = [f"  {row.work}" for row in rows if row.verdict == "OVER"]
    doubtful = sum(row.verdict == "n/a" for row in rows)
    return [
        *(["Over budget:", *over] if over else ["No budget is exceeded."]),
        *([f"{doubtful} of {len(rows)} works were not measured."] if doubtful else []),
    ]
