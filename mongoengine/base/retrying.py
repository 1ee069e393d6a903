"""When to try a transaction again: the rule of MongoDB's drivers."""

from __future__ import annotations

import random
import time
from typing import Any

from pymongo import _csot
from pymongo.errors import OperationFailure, PyMongoError

from mongoengine.errors import OperationError

TRANSIENT = "TransientTransactionError"
UNKNOWN_COMMIT = "UnknownTransactionCommitResult"

TIME_LIMIT = 120.0  # seconds
FIRST_PAUSE = 0.005
LONGEST_PAUSE = 0.5
GROWTH = 1.5
MAX_TIME_EXPIRED = 50

SECONDS_TO_ABORT = 5.0  # whoever cancels should not have to wait for a dead server


class Patience:
    """How long is waited before the next attempt, and for how long there is one."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._attempts = 0

    def pause(self, error: BaseException) -> float | None:
        """Return the seconds to wait before the transaction is tried again, if it is."""
        return self._next() if _has_label(error, TRANSIENT) else None

    def pause_to_commit(self, error: PyMongoError) -> float | None:
        """Return the seconds to wait before the commit is tried again, if it is."""
        if not _has_label(error, UNKNOWN_COMMIT) or _is_out_of_time(error):
            return None
        return self._next()

    def _next(self) -> float | None:
        """Return a pause, longer each time but by chance, as long as time is left."""
        self._attempts += 1
        longest = min(FIRST_PAUSE * GROWTH**self._attempts, LONGEST_PAUSE)
        pause = random.random() * longest  # noqa: S311
        return pause if pause < self._seconds_left() else None

    def _seconds_left(self) -> float:
        left = self._start + TIME_LIMIT - time.monotonic()
        deadline = _csot.remaining()  # of a ``pymongo.timeout`` around all this
        return left if deadline is None else min(left, deadline)


def _has_label(error: BaseException, label: str) -> bool:
    if isinstance(error, (PyMongoError, OperationError)):
        return bool(error.has_error_label(label))
    # What several receivers, or tasks, met: they share the transaction.
    several: tuple[BaseException, ...] = getattr(error, "exceptions", ())
    return bool(several) and all(_has_label(one, label) for one in several)


def _is_out_of_time(error: PyMongoError) -> bool:
    """Say whether the server has spent all the time that it was given."""
    if not isinstance(error, OperationFailure):
        return False
    details: Any = error.details or {}
    concern = details.get("writeConcernError") or {}
    return MAX_TIME_EXPIRED in (error.code, concern.get("code"))
