"""How errors of the driver become errors of ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

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


class Errors:
    """What several functions raise, of which one error is raised after all."""

    def __init__(self) -> None:
        self._gravest: BaseException | None = None

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Keep what a block raises, and go on."""
        try:
            yield
        except BaseException as error:
            self._gravest = graver(self._gravest, error)

    def raise_gravest(self) -> None:
        """Raise the error that ends a task, such as its cancellation, or else the last.

        It leads to those before it, as errors do that are raised while handling others.
        """
        error, self._gravest = self._gravest, None
        if error is not None:
            raise_in_context(error)


def graver(before: BaseException | None, error: BaseException) -> BaseException:
    """Return one of two errors, with the other as its context."""
    if before is None or before is error:
        return error
    if isinstance(error, Exception) and not isinstance(before, Exception):
        before, error = error, before
    known = {id(one) for one in _chain(before)}
    apart = [one for one in _chain(error) if id(one) not in known]
    if apart:
        apart[-1].__context__ = before
    return error


def raise_in_context(error: BaseException) -> NoReturn:
    """Raise an error with the context that it has, also while handling another one."""
    context = error.__context__
    try:
        raise error
    finally:
        error.__context__ = context


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__context__


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


@contextmanager
def noted(note: str) -> Iterator[None]:
    """Have an error of a block tell more."""
    try:
        yield
    except BaseException as error:
        add_note(error, note)
        raise


def add_note(error: BaseException, note: str) -> None:
    """Add a line that is shown with an error, which Python 3.10 keeps to itself."""
    error.__notes__ = [*getattr(error, "__notes__", ()), note]  # type: ignore[attr-defined]
