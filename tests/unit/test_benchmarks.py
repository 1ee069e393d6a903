"""The benchmarks measure what they say, compare it right, and report what is missing."""

import sys
import venv
from time import sleep
from timeit import Timer

import pytest

from benchmarks import report
from benchmarks.__main__ import main
from benchmarks.budgets import SUITES, Budget, select
from benchmarks.harness import (
    Estimate,
    Result,
    Round,
    Row,
    compare,
    control,
    failures,
    run_worker,
)
from benchmarks.measures import Memory, Timing, WrongResultError, enough_runs

VERSIONS = {"mongoengine": "1", "pymongo": "4", "CPython": "3"}


def result(figures, *, control=1.0, errors=None, **versions):
    return Result({**VERSIONS, **versions}, control, figures, errors or {})


def rounds_of(ours, peer):
    return [
        Round(result({"work": mine}), result({"work": other}))
        for mine, other in zip(ours, peer, strict=True)
    ]


def row(budget, ours=None, ratio=None):
    found = [Estimate((value,)) if value else None for value in (ours, 1.0, ratio)]
    return Row("work", budget, *found)


@pytest.fixture(scope="module")
def bare_python(tmp_path_factory):
    """An interpreter whose environment holds no package."""
    home = tmp_path_factory.mktemp("bare")
    venv.create(home, symlinks=True)
    return str(home / "bin" / "python")


# -- measuring


def test_time_is_per_call():
    work = Timing("nap(0.002)", {"nap": sleep}, calls=2)
    assert 0.001 <= work.measure(0.02) < 0.002


def test_a_batch_is_made_anew_for_each_run():
    work = Timing("batch.pop()", {}, setup="batch = [1]", uses_up=True)
    assert 0 < work.measure(0.001) < 0.001


def test_setup_is_not_timed():
    work = Timing("pass", {"nap": sleep}, setup="nap(0.005)", uses_up=True)
    assert work.measure(0.001) < 0.001


def test_runs_grow_until_they_last_long_enough():
    ticks = []
    timer = Timer("ticks.append(1)", timer=lambda: len(ticks), globals={"ticks": ticks})
    assert enough_runs(timer, seconds=16) == 8


def test_a_work_that_proves_wrong_is_not_measured():
    with pytest.raises(WrongResultError, match="1 \\+ 1"):
        Timing("1 + 1", {}, proof=lambda: False).measure(0.001)


def test_memory_is_in_times_what_it_was_made_of():
    doubled = Memory(lambda: bytearray(5000), lambda value: (value, bytearray(5000)))
    assert doubled.measure(0) == pytest.approx(2, abs=0.05)


def test_memory_let_go_does_not_count():
    copied = Memory(lambda: bytearray(5000), bytearray)
    assert copied.measure(0) == pytest.approx(1, abs=0.01)


# -- comparing


def test_the_ratio_is_taken_within_each_round():
    compared = compare("work", Budget(), rounds_of([1, 20, 3], [2, 20, 10]))
    assert compared.ratio == Estimate((0.5, 1.0, 0.3))
    assert compared.ratio.median == 0.5
    assert compared.ours.median == 3
    assert compared.peer.median == 10


def test_noise_is_half_the_range_relative_to_the_median():
    assert Estimate((8.0, 10.0, 14.0)).noise == pytest.approx(0.3)


def test_one_round_tells_nothing_about_noise():
    assert Estimate((8.0,)).noise is None
    assert report.percent(Estimate((8.0,))) == ""


def test_a_work_missing_on_one_side_has_no_ratio():
    rounds = [Round(result({}), result({"work": 2.0}))] * 2
    compared = compare("work", Budget(1), rounds)
    assert (compared.ours, compared.ratio) == (None, None)
    assert compared.peer.median == 2
    assert compared.verdict == "n/a"


def test_a_round_that_missed_one_side_is_left_out_of_the_ratio():
    rounds = [*rounds_of([1, 1], [2, 2]), Round(result({"work": 9.0}), result({}))]
    assert compare("work", Budget(), rounds).ratio == Estimate((0.5, 0.5))


@pytest.mark.parametrize(
    ("compared", "verdict"),
    [
        (row(Budget(0.5), ours=3, ratio=0.5), "ok"),
        (row(Budget(0.5), ours=3, ratio=0.51), "OVER"),
        (row(Budget(figure=1.05), ours=1.05), "ok"),
        (row(Budget(figure=1.05), ours=1.06, ratio=0.1), "OVER"),
        (row(Budget(0.5, figure=60), ours=50, ratio=0.9), "ok"),
        (row(Budget(0.5, figure=60), ours=70, ratio=0.4), "ok"),
        (row(Budget(0.5, figure=60), ours=70, ratio=0.9), "OVER"),
        (row(Budget(0.5, figure=60), ours=50), "ok"),
        (row(Budget(0.5, figure=60), ours=70), "n/a"),
        (row(Budget(0.5), ours=3), "n/a"),
        (row(Budget(0.5)), "n/a"),
        (row(Budget()), "n/a"),
        (row(Budget(), ours=3, ratio=9), ""),
    ],
)
def test_one_kept_limit_is_enough(compared, verdict):
    assert compared.verdict == verdict


def test_the_control_is_compared_round_by_round():
    rounds = [
        Round(result({}, control=3.0), result({}, control=2.0)),
        Round(result({}, control=1.0), result({}, control=2.0)),
    ]
    assert control(rounds) == Estimate((1.5, 0.5))
    assert report.weather(rounds).endswith(": 1.000 ±50%")


def test_failures_are_grouped_by_their_reason():
    results = [
        result({}, errors={"a": "late", "b": "lost"}),
        result({}, errors={"c": "late", "a": "late"}),
    ]
    assert failures(results) == {"late": ["a", "c"], "lost": ["b"]}


# -- choosing


def test_works_are_chosen_by_suite_and_by_part_of_their_name():
    assert select() == SUITES
    assert list(select("connections")) == ["connections"]
    assert select(only="get_db") == {"connections": {"get_db": Budget()}}
    assert select("connections", "validate") == {}


# -- reporting


@pytest.mark.parametrize(
    ("figure", "unit", "text"),
    [
        (2.5, "s", "2.5 s"),
        (0.0123456, "s", "12.3 ms"),
        (1.5e-6, "s", "1.5 µs"),
        (59.96e-9, "s", "60 ns"),
        (4e-10, "s", "0.4 ns"),
        (1.0549, "x", "1.05x"),
    ],
)
def test_figures_have_three_digits_and_a_fitting_unit(figure, unit, text):
    assert report.amount(figure, unit) == text


def test_the_table_is_aligned():
    fast = compare("work", Budget(0.5, figure=60e-9), rounds_of([1e-6] * 2, [4e-6] * 2))
    lost = Row("a longer work", Budget(2), None, Estimate((0.25,)), None)
    assert report.table("things", [fast, lost]) == [
        "things           MongoEngine  ours  ratio  noise        budget",
        "  work                  4 µs  1 µs  0.250    ±0%  60 ns or 0.5  ok",
        "  a longer work       250 ms   n/a                           2  n/a",
    ]


def test_the_conclusion_names_what_is_over():
    over, unknown = row(Budget(1), ours=1, ratio=2), row(Budget(1))
    assert report.conclusion([over, unknown]) == [
        "Over budget:",
        "  work",
        "1 of 2 works were not measured.",
    ]
    assert report.conclusion([]) == ["No budget is exceeded."]


def test_sides_that_differ_in_more_than_mongoengine_are_remarked_upon():
    alike = Round(result({}, mongoengine="2"), result({}))
    unlike = Round(result({}, pymongo="5"), result({}))
    assert report.sides([alike]) == [
        "MongoEngine: mongoengine 1, pymongo 4, CPython 3",
        "ours:        mongoengine 2, pymongo 4, CPython 3",
    ]
    assert "PyMongo differ" in report.sides([unlike])[-1]


def test_what_is_not_available_is_said_with_its_reason():
    many = dict.fromkeys("abcd", "ImportError: no")
    turn = Round(result({}, errors=many), result({}, errors={"a": "OSError: x"}))
    assert report.not_available([turn]) == [
        "  not available in MongoEngine: OSError: x (a)",
        "  not available in ours: ImportError: no (4 works)",
    ]


# -- running


def test_a_real_run_measures_both_sides(capsys):
    python = sys.executable
    run = ["--suite", "connections", "--rounds", "2", "--seconds", "0.01", "--strict"]
    assert main([*run, "--ours", python, "--peer", python]) == 0
    printed = capsys.readouterr()
    assert printed.err.splitlines()[-1] == "connections: round 2 of 2"
    (line,) = (line for line in printed.out.splitlines() if "get_db" in line)
    assert "ns" in line
    assert "±" in line
    assert "n/a" not in printed.out
    assert printed.out.endswith("No budget is exceeded.\n")


def test_a_side_without_mongoengine_is_reported(bare_python, capsys):
    run = ["--only", "get_db", "--rounds", "1", "--seconds", "0.01"]
    sides = ["--ours", bare_python, "--peer", sys.executable]
    assert main([*run, *sides]) == 0
    assert main([*run, *sides, "--strict"]) == 1
    printed = capsys.readouterr().out
    assert (
        "not available in ours: ModuleNotFoundError: No module named 'mongoengine' "
        "(get_db)"
    ) in printed
    assert "mongoengine missing" in printed


def test_a_work_that_fails_leaves_the_others_alone():
    measured = run_worker(sys.executable, "connections", ["none", "get_db"], 0.01)
    assert list(measured.figures) == ["get_db"]
    assert measured.errors == {"none": "KeyError: 'none'"}
    assert measured.control > 0


def test_works_are_listed_without_being_run(capsys):
    assert main(["--list", "--only", "scalar", "--peer", "/nowhere"]) == 0
    assert capsys.readouterr().out == "documents: 11 fields: read a scalar attribute\n"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--only", "no such work"], "no work has such a name"),
        (["--peer", "/nowhere/python"], "there is no /nowhere/python"),
        (["--rounds", "0"], "at least one"),
        (["--suite", "nothing"], "invalid choice"),
    ],
)
def test_a_wrong_command_line_is_refused(arguments, complaint, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert complaint in capsys.readouterr().err
