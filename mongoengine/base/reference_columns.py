"""Ids that wait in one field of many documents: looked at, and replaced, together.

Most references are ids that nobody has read, in documents that were just loaded.  To go
to each by itself costs more than all the rest of loading what they refer to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import Any

from bson import ObjectId

from mongoengine.base.state import set_unbuilt
from mongoengine.base.targets import Found, Wanted

_keys = attrgetter("binary")  # as targets.key_of() has it


class Column:
    """The ids in a field, of one reference or a list of such, of documents of a class."""

    def __init__(self, field: Any, item: Any, documents: Iterable[Any]) -> None:
        """Take what is there; ``others`` are documents in which something else is.

        ``item`` is the field of a reference: the field itself, or that of its items.
        """
        self.others: list[Any] = []
        self.found: list[Any] = []
        self._name = field.name
        self._target = item._own_target()
        self._documents: list[Any] = []
        self._ids: list[Any] = []
        self._ends: list[int] = []
        self._holds_many = field._holds_many
        (self._take_lists if field._holds_many else self._take)(documents)
        if {ObjectId}.issuperset(map(type, self._ids)):
            self._keys = list(map(_keys, self._ids))
        else:
            self._refuse()

    def want(self, wanted: Wanted) -> None:
        """Note what is referred to."""
        if self._ids:
            wanted.add_all(self._target, self._keys, self._ids)

    def put(self, known: Found) -> None:
        """Put documents in place of the ids, unless some are missing."""
        try:
            self.found = list(map(known.by_key(self._target).__getitem__, self._keys))
        except KeyError:
            self._refuse()
        else:
            self._put_each(self._slices() if self._holds_many else self.found)

    def _take(self, documents: Iterable[Any]) -> None:
        name, ids, kept = self._name, self._ids, self._documents
        for document in documents:
            value = document.__dict__.get(name)
            if value is None or name not in document._unbuilt_names:
                self.others.append(document)
            else:
                ids.append(value)
                kept.append(document)

    def _take_lists(self, documents: Iterable[Any]) -> None:
        name, ids, kept = self._name, self._ids, self._documents
        for document in documents:
            value = document.__dict__.get(name)
            if type(value) is not list or name not in document._unbuilt_names:
                self.others.append(document)
            elif value:
                ids += value
                self._ends.append(len(ids))
                kept.append(document)

    def _refuse(self) -> None:
        """Have all documents asked themselves."""
        self.others += self._documents
        self._documents, self._ids, self._keys, self._ends = [], [], [], []

    def _put_each(self, values: Iterable[Any]) -> None:
        name = self._name
        before = after = None  # documents of a class mostly share what is unbuilt
        for document, value in zip(self._documents, values, strict=True):
            document.__dict__[name] = value
            unbuilt = document._unbuilt_names
            if unbuilt is not before:
                before, after = unbuilt, unbuilt - {name}
            set_unbuilt(document, after)

    def _slices(self) -> Iterator[list[Any]]:
        start = 0
        for end in self._ends:
            yield self.found[start:end]
            start = end
