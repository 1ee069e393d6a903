"""How errors of the driver become errors of ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pymongo.errors import (
    BulkWriteError,
    ConnectionFailure,
    DuplicateKeyError,
    OperationFailure,
    WriteConcernError,
)

from mongoengine.errors import NotUniqueError, OperationError

# The driver raises a plain failure where a duplicate is found by a command
# that is no insert or update.
DUPLICATE_CODES = {11000, 11001, 12582}


@contextmanager
def reported(message: str, if_duplicate: str | None = None) -> Iterator[None]:
    """Raise our error for what the server refuses, with the driver's as its cause.

    ``message`` has a ``{}`` for what the server said; ``if_duplicate`` is used instead
    where a unique index is violated.  Other errors of the driver, such as those of the
    network, go through as they are.
    """
    try:
        yield
    except OperationFailure as error:
        if is_duplicate(error):
            text = (if_duplicate or message).format(error)
            raise NotUniqueError(text) from error
        raise OperationError(message.format(error)) from error


def is_duplicate(error: OperationFailure) -> bool:
    """Say whether a unique index was violated."""
    return isinstance(error, DuplicateKeyError) or error.code in DUPLICATE_CODES


def is_unknown(error: BaseException) -> bool:
    """Say whether a write may have been done, although it raised this.

    What the server refuses is not done.  Whoever loses the connection, stops waiting for
    other members to have it too, or is cancelled, cannot know.
    """
    cause = (isinstance(error, OperationError) and error.__cause__) or error
    if isinstance(cause, BulkWriteError):
        return bool(cause.details["writeConcernErrors"])
    unknown = (ConnectionFailure, WriteConcernError)
    return isinstance(cause, unknown) or not isinstance(cause, Exception)
