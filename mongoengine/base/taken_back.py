"""What documents learn when something that was written is taken back.

Those that wrote it are told by whoever saw them write.  Others have read it since, in
the same transaction: these are found by their ids, and held weakly.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from weakref import WeakValueDictionary

from mongoengine.base.changes import give_marks_back
from mongoengine.base.places import Place, key_of
from mongoengine.base.state import CREATED, TRACKED

Make = Callable[[Any], Any]
Projection = Mapping[str, Any] | None
Kind = tuple[bool, frozenset[str] | None]  # is it new; what was read, None for all


class Unsettled:
    """What a transaction has written so far, and who has read that since."""

    def __init__(self) -> None:
        self._is_new: defaultdict[Place, dict[Any, bool]] = defaultdict(dict)
        self._readers: WeakValueDictionary[int, Any] = WeakValueDictionary()
        self._kinds: dict[int, Kind] = {}
        self._is_undone = False

    def add(self, place: Place, ids: Iterable[Any], is_new: bool) -> None:
        """Note the stored ids of documents that were written: inserted, or changed."""
        known = self._is_new[place]
        for pk in ids:
            key = key_of(pk)
            known[key] = is_new or known.get(key, False)

    def watched(self, make: Make, place: Place, projection: Projection = None) -> Make:
        """Return what makes documents of what is read at a place, and watches these."""
        is_new = self._is_new[place]

        def made(decoded: Any) -> Any:
            if not is_new:
                return make(decoded)
            key = key_of(decoded.get("_id"))
            if key not in is_new:
                return make(decoded)
            names = None if projection is None else _whole_in(decoded, projection)
            document = make(decoded)
            self._watch(document, (is_new[key], names))
            return document

        return made

    def follow(self, reader: Any, document: Any) -> None:
        """Watch a document that has taken over what another one has read."""
        if self._readers.get(id(document)) is document:
            self._watch(reader, self._kinds[id(document)])

    def keep(self) -> None:
        """Forget all, as it stays."""
        self._readers.clear()
        for known in self._is_new.values():
            known.clear()

    def undo(self) -> None:
        """Tell those who have read it that it is not there; also who comes later."""
        self._is_undone = True
        for identity, reader in list(self._readers.items()):
            _tell(reader, self._kinds[identity])
        self._readers.clear()

    def _watch(self, document: Any, kind: Kind) -> None:
        identity = id(document)
        if self._readers.get(identity) is document:
            kind = _both(self._kinds[identity], kind)
        if self._is_undone:
            _tell(document, kind)
        else:
            self._kinds[identity], self._readers[identity] = kind, document


def count_as_new(documents: Iterable[Any]) -> None:
    """Have documents inserted by the next save, under the ids that they have."""
    for document in documents:
        if document is not None:
            document._set_flag(CREATED, True)


def count_as_changed(document: Any) -> None:
    """Have all of a document written by the next save."""
    document._set_flag(TRACKED, False)


def _both(one: Kind, other: Kind) -> Kind:
    """Return how a document was read that has read twice."""
    is_new = one[0] or other[0]
    if one[1] is None or other[1] is None:
        return is_new, None
    return is_new, one[1] | other[1]


def _tell(document: Any, kind: Kind) -> None:
    is_new, names = kind
    if names is not None:  # as a whole, it would replace what it does not know
        give_marks_back([(document, _of_fields(document, names))])
    elif is_new:
        count_as_new([document])
    else:
        count_as_changed(document)


def _of_fields(document: Any, keys: Iterable[str]) -> list[str]:
    """Return the keys that fields are stored under: others would count as unset."""
    names = document._reverse_db_field_map
    return [
        key
        for key in sorted(keys)
        if document._field_named(names.get(key, key)) is not None
    ]


def _whole_in(
    decoded: Mapping[str, Any], projection: Mapping[str, Any]
) -> frozenset[str]:
    """Return the keys of what was read as a whole, though not all of a document was."""
    parts = {
        path.partition(".")[0]
        for path, how in projection.items()
        if "." in path or isinstance(how, dict)
    }
    return frozenset(decoded) - parts - {"_id"}
