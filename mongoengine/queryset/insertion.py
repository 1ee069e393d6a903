"""What ``insert()`` sends, and what its documents learn of how that went."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from bson import ObjectId
from pymongo import errors as driver

from mongoengine.base.document import BaseDocument
from mongoengine.base.failures import is_unknown, reported
from mongoengine.base.saving import put_id, stored_form
from mongoengine.base.state import CREATED, TRACKED, UNSURE, set_flags
from mongoengine.errors import BulkWriteError, OperationError


class Insertion:
    """Documents on their way into a collection."""

    def __init__(self, document_class: Any, given: Any) -> None:
        """Take one document or several; raise OperationError if some cannot go."""
        self.is_single = isinstance(given, BaseDocument)
        self.documents: list[Any] = [given] if self.is_single else list(given)
        self._stored: list[Any] = []
        self._state_flags: list[int] = []
        self._draw: list[bool] = []  # whether it is given an id here
        for document in self.documents:
            _refuse(document, document_class)

    @property
    def ids(self) -> list[Any]:
        """The ids that the documents are, or shall be, stored with."""
        return [stored["_id"] for stored in self._stored]

    @contextmanager
    def underway(self, session: Any = None) -> Iterator[list[Any]]:
        """Give what is sent, and tell the documents afterwards what became of them."""
        self._begin()
        try:
            with reported("Could not save document ({})"), _bulk_errors_reported():
                yield self._stored
        except BaseException as error:
            is_undone = session is not None and session.in_transaction
            count = 0 if is_undone else _count_stored(error)
            self._tell(count, unsure=is_unknown(error))
            raise
        self._tell(len(self.documents))

    def _begin(self) -> None:
        """Give all documents ids, and have them mark what changes from now on.

        This is what ``base.saving.Insert`` does for one; here are thousands.
        """
        self._stored = [stored_form(document) for document in self.documents]
        self._state_flags = [document._state_flags for document in self.documents]
        for document, stored in zip(self.documents, self._stored, strict=True):
            draws = "_id" not in stored
            if draws:
                stored["_id"] = ObjectId()
                put_id(document, stored["_id"])
            set_flags(document, document._state_flags | TRACKED)
            document._take_marks()
            self._draw.append(draws)

    def _tell(self, count: int, unsure: bool = False) -> None:
        """Tell the documents that so many of them, from the first one on, are stored."""
        for document in self.documents[:count]:
            set_flags(document, document._state_flags & ~(CREATED | UNSURE))
        told = zip(self.documents, self._state_flags, self._draw, strict=True)
        for document, flags, draws in islice(told, count, None):
            set_flags(document, flags | UNSURE if draws and unsure else flags)
            if draws and not unsure:
                put_id(document, None)


def _count_stored(error: BaseException) -> int:
    """Return how many of several documents are stored for sure, in spite of an error."""
    cause = error.__cause__
    if not isinstance(cause, driver.BulkWriteError) or is_unknown(error):
        return 0
    return int(cause.details["nInserted"])


def _refuse(document: Any, document_class: Any) -> None:
    if not isinstance(document, document_class):
        raise OperationError(
            f"Some documents inserted aren't instances of {document_class!s}"
        )
    if not document._created and document.pk:
        raise OperationError("Some documents have ObjectIds, use doc.update() instead")


@contextmanager
def _bulk_errors_reported() -> Iterator[None]:
    try:
        yield
    except driver.BulkWriteError as error:
        raise BulkWriteError(f"Bulk write error: ({error.details})") from error
