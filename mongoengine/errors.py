"""Every exception of the library."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from pymongo.errors import PyMongoError

__all__ = (
    "BulkWriteError",
    "DeprecatedError",
    "DoesNotExist",
    "FieldDoesNotExist",
    "InvalidDocumentError",
    "InvalidQueryError",
    "LookUpError",
    "MultipleObjectsReturned",
    "NotRegistered",
    "NotUniqueError",
    "OperationError",
    "SaveConditionError",
    "ValidationError",
)


class MongoEngineException(Exception):
    """The base of the library's own exceptions."""


class NotRegistered(MongoEngineException):
    """A document class was named that nobody has defined or imported."""


class InvalidDocumentError(MongoEngineException):
    """A document class, or the data of a document, makes no sense."""


class InvalidCollectionError(Exception):
    """A collection exists with other options than the document class asks for."""


class LookUpError(AttributeError):
    """A query names a member that its field does not have."""


class DoesNotExist(MongoEngineException):
    """A query for one document found none."""


class MultipleObjectsReturned(MongoEngineException):
    """A query for one document found several."""


class InvalidQueryError(MongoEngineException):
    """A query cannot be understood."""


class OperationError(MongoEngineException):
    """The server refused an operation, or it was asked for in vain.

    What the driver said is its ``__cause__``; the code and labels of that are here.
    """

    @property
    def code(self) -> int | None:
        """The server's code for what went wrong, if it was the server."""
        return getattr(self.__cause__, "code", None)

    @property
    def details(self) -> Any:
        """The server's whole answer, if there is one."""
        return getattr(self.__cause__, "details", None)

    def has_error_label(self, label: str) -> bool:
        """Say whether the driver gave its error a label, by which to retry."""
        cause = self.__cause__
        return isinstance(cause, PyMongoError) and cause.has_error_label(label)


class NotUniqueError(OperationError):
    """A document would break a unique index."""


class BulkWriteError(OperationError):
    """Some writes of a bulk failed."""


class SaveConditionError(OperationError):
    """A document in the database did not meet its ``save_condition``."""


class FieldDoesNotExist(MongoEngineException):
    """A document was given, or has stored, a field that its class does not define.

    ``meta = {"strict": False}`` has a class ignore stored fields it does not know.
    """


class DeprecatedError(MongoEngineException):
    """Something is used in a way that is no longer supported."""


class ValidationError(AssertionError):
    """A value is not what its field takes.

    ``errors`` holds the errors below: field names, list indexes or keys, each with an
    error of its own.  ``field_name`` is the field that complained.
    """

    errors: Any = {}  # noqa: RUF012  # of those that have none
    field_name: Any = None

    def __init__(self, message: Any = "", **kwargs: Any) -> None:
        super().__init__(message)
        self.errors = kwargs.get("errors", {})
        self.field_name = kwargs.get("field_name")
        self.message = message

    def __str__(self) -> str:
        return str(self.message)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.message},)"

    @property
    def message(self) -> Any:
        """The message, with the errors below grouped by what they say."""
        if not self.errors:
            return self._message
        return f"{self._message}({self._format_errors()})"

    @message.setter
    def message(self, message: Any) -> None:
        self._message = message

    def to_dict(self) -> Any:
        """Return the errors below as nested dicts of plain messages."""
        return _plain(self.errors) if self.errors else {}

    def _format_errors(self) -> str:
        names_by_message = defaultdict(list)
        for name, error in self.to_dict().items():
            names_by_message[_flat(error)].append(name)
        return " ".join(f"{text}: {names}" for text, names in names_by_message.items())


def _plain(error: Any) -> Any:
    """Return an error as a message, or as a dict if there are errors below it."""
    if isinstance(error, dict):
        return {key: _plain(below) for key, below in error.items()}
    if isinstance(error, ValidationError) and error.errors:
        return _plain(error.errors)
    return str(error)


def _flat(error: Any, prefix: Any = "") -> str:
    """Return nested messages in one line, each behind its path."""
    if isinstance(error, dict):
        text = " ".join(_flat(below, key) for key, below in error.items())
    else:
        text = error
    return f"{prefix}.{text}" if prefix else text
