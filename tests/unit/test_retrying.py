"""When a transaction is tried again."""

import pymongo
import pytest
from pymongo.errors import ConnectionFailure, OperationFailure, PyMongoError

from mongoengine import OperationError
from mongoengine.base import retrying
from mongoengine.base.retrying import TRANSIENT, UNKNOWN_COMMIT, Patience


def failure(label, code=1, concern=None):
    details = {"errorLabels": [label], "code": code}
    if concern:
        details["writeConcernError"] = {"code": concern}
    return OperationFailure("no", code, details)


@pytest.fixture
def clock(monkeypatch):
    """A clock that is set by hand, and chance that always takes the longest."""

    class Clock:
        now = 0.0

        def monotonic(self):
            return self.now

    clock = Clock()
    monkeypatch.setattr(retrying.time, "monotonic", clock.monotonic)
    monkeypatch.setattr(retrying.random, "random", lambda: 1.0)
    return clock


def test_pauses_grow_up_to_the_longest(clock):
    patience = Patience()
    pauses = [patience.pause(failure(TRANSIENT)) for _ in range(20)]
    assert pauses[:2] == pytest.approx([0.0075, 0.01125])
    assert pauses == sorted(pauses)
    assert pauses[-1] == 0.5


def test_there_is_an_end(clock):
    patience = Patience()
    clock.now = 119.9
    assert patience.pause(failure(TRANSIENT)) is not None
    clock.now = 120.0
    assert patience.pause(failure(TRANSIENT)) is None
    assert patience.pause_to_commit(failure(UNKNOWN_COMMIT)) is None


def test_a_deadline_of_the_driver_is_an_end():
    patience = Patience()
    with pymongo.timeout(60):
        assert patience.pause(failure(TRANSIENT)) is not None
    with pymongo.timeout(0.000001):
        assert patience.pause(failure(TRANSIENT)) is None


def test_only_errors_with_the_label_are_worth_it():
    patience = Patience()
    for error in (KeyError(), OperationError("no"), ConnectionFailure("no")):
        assert patience.pause(error) is None
    assert patience.pause(failure(UNKNOWN_COMMIT)) is None
    assert patience.pause_to_commit(failure(TRANSIENT)) is None
    assert patience.pause_to_commit(failure(UNKNOWN_COMMIT)) is not None


def test_errors_of_ours_have_the_labels_of_their_cause():
    error = OperationError("Could not save document")
    error.__cause__ = failure(TRANSIENT)
    assert Patience().pause(error) is not None


def test_errors_of_several_are_worth_it_if_all_are():
    class Several(Exception):
        def __init__(self, *exceptions):
            self.exceptions = exceptions

    transient = failure(TRANSIENT)
    assert Patience().pause(Several(transient, Several(transient))) is not None
    assert Patience().pause(Several(transient, KeyError())) is None
    assert Patience().pause(Several()) is None


def test_a_network_error_has_labels_too():
    error = ConnectionFailure("no", error_labels=[TRANSIENT])
    assert isinstance(error, PyMongoError)
    assert Patience().pause(error) is not None


@pytest.mark.parametrize(("code", "concern"), [(50, None), (1, 50)])
def test_a_commit_that_had_all_its_time_is_not_tried_again(code, concern):
    error = failure(UNKNOWN_COMMIT, code, concern)
    assert Patience().pause_to_commit(error) is None
