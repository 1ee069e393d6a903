"""In which order a query gives its rows, how many of them, and how it is run."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pymongo.common import validate_read_preference
from pymongo.read_concern import ReadConcern

from mongoengine.errors import LookUpError, OperationError
from mongoengine.queryset.state import D, QuerySetState

if TYPE_CHECKING:
    from typing_extensions import Self

SIGNS = {"-": -1, "+": 1}
TEXT_SCORE = ("_text_score", {"$meta": "textScore"})


class Options(QuerySetState[D]):
    """Chain methods that say how a query is run."""

    def order_by(self, *keys: str, __raw__: Any = None) -> Self:
        """Sort by fields, ``"-age"`` meaning the greatest first; by none without keys.

        ``"$text_score"`` sorts what ``search_text()`` found, the best first.
        ``__raw__`` is handed to the driver as it is.
        """
        if __raw__ and keys:
            raise OperationError("Can not use both keys and __raw__ with order_by() ")
        return self._with(_ordering=__raw__ or self._get_order_by(keys))

    def limit(self, n: int | None) -> Self:
        """Give at most so many rows; 0 or None means all."""
        check_integer("limit", n)
        return self._with(_limit=n, _empty=False)

    def skip(self, n: int | None) -> Self:
        """Leave the first rows out."""
        check_integer("skip", n)
        if n and n < 0:
            raise ValueError("skip must be >= 0")
        return self._with(_skip=n)

    def _sliced(self, key: slice) -> Self:
        """Return the rows of a slice, which takes the place of an earlier one."""
        check_slice(key)
        start, stop = key.start, key.stop
        limit = stop - start if start and stop else stop
        return self._with(_skip=start, _limit=limit, _empty=stop == (start or 0))

    def batch_size(self, size: int) -> Self:
        """Have the server send so many rows at a time."""
        return self._chainable_method("batch_size", size)

    def hint(self, index: Any = None) -> Self:
        """Have the server use an index, given by name or keys; None: as it likes."""
        return self._chainable_method("hint", index)

    def collation(self, collation: Any = None) -> Self:
        """Compare text by the rules of a language: a Collation, or a dict of one."""
        return self._chainable_method("collation", collation)

    def comment(self, text: Any) -> Self:
        """Have the server's logs and profiles show a text beside the query."""
        return self._chainable_method("comment", text)

    def max_time_ms(self, ms: int | None) -> Self:
        """Have the server give up after some milliseconds."""
        check_integer("max_time_ms", ms, "an integer or None")
        return self._chainable_method("max_time_ms", ms)

    def timeout(self, enabled: bool) -> Self:
        """Let the server close an idle cursor, as it does by default, or not."""
        return self._chainable_method("timeout", enabled)

    def snapshot(self, enabled: bool) -> Self:
        """Do nothing: servers know no snapshot mode any more."""
        warnings.warn(
            "snapshot is deprecated as it has no impact when using PyMongo 3+.",
            DeprecationWarning,
            stacklevel=2,
        )
        return self._chainable_method("snapshot", enabled)

    def allow_disk_use(self, enabled: bool) -> Self:
        """Let the server sort on disk what does not fit in its memory."""
        return self._chainable_method("allow_disk_use", enabled)

    def read_preference(self, read_preference: Any) -> Self:
        """Ask such members of the replica set."""
        validate_read_preference("read_preference", read_preference)
        return self._chainable_method("read_preference", read_preference)

    def read_concern(self, read_concern: Mapping[str, Any] | None) -> Self:
        """Read what is as sure to stay as this: ``{"level": "majority"}``."""
        if read_concern is not None and not isinstance(read_concern, Mapping):
            raise TypeError(f"{read_concern!r} is not a valid read concern.")
        concern = None if read_concern is None else ReadConcern(**read_concern)
        return self._chainable_method("read_concern", concern)

    def _get_order_by(self, keys: Iterable[str]) -> list[tuple[str, Any]]:
        """Return keys of ``order_by()`` as the driver takes them."""
        return [self._sort_key(key) for key in keys if key]

    def _sort_key(self, key: str) -> tuple[str, Any]:
        if key == "$text_score":
            return TEXT_SCORE
        sign = SIGNS.get(key[0])
        name = key if sign is None else key[1:]
        return self._sorted_name(name.replace("__", ".")), sign or 1

    def _sorted_name(self, name: str) -> str:
        try:
            return self._document._db_field_map[name]  # nearly always
        except KeyError:
            pass
        with suppress(LookUpError):  # what is no field may well be in the database
            return ".".join(self._db_path(name))
        return name

    @property
    def _sorting(self) -> Any:
        """The order of the rows: as asked for, or as ``meta`` says."""
        if self._ordering is not None:
            return self._ordering
        ordering = self._document._meta["ordering"]
        return ordering and self._get_order_by(ordering)


def check_integer(name: str, value: Any, kind: str = "an integer") -> None:
    """Refuse what is no integer; None stands for none."""
    if value is not None and not isinstance(value, int):
        raise TypeError(f"{name} must be {kind}, not {type(value)}")


def check_slice(key: slice) -> None:
    """Refuse what no query can give."""
    if key.step is not None:
        raise IndexError("Cursor instances do not support slice steps")
    start = key.start or 0
    if start < 0:
        raise IndexError("Cursor instances do not support negative indices")
    if key.stop is not None and key.stop < start:
        raise IndexError(
            f"stop index must be greater than start index for slice {key!r}"
        )
