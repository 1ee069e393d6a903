"""What a class of documents does with whole documents, worked out once per class.

Asking every field about every value of every document is what makes a mapper slow.  A
plan asks the fields at class creation, and then works with plain tables:

- ``load`` takes over a decoded dict: types are verified in one pass, scalars stay as
  they are, what is costly to build waits in the document until it is read;
- ``given`` says which keyword arguments can be kept as they are, and ``uniform`` which
  lists need but a copy;
- ``take``, ``store``, ``restore``, ``accept`` and ``check`` are functions whose source is written
  for the class, because straight-line code is nearly twice as fast as loops.
  ``Plan.source`` shows it, and so do tracebacks.

Each is a fast lane, taken where it gives what the slow one would give.  Where it says no
(a value of another type, an unknown key, an error), the caller goes field by field.

``field_traits.py`` says what is asked of fields, ``plan_source.py`` writes the source.
"""

from __future__ import annotations

import linecache
from functools import cached_property
from typing import Any

from mongoengine.base.field_traits import (
    CONTAINERS,
    has_eager_default,
    has_library_methods,
    is_native,
    may_lack,
    may_nest,
    native_items,
    types_decoded,
    types_given,
    waits,
    when_missing,
)
from mongoengine.base.plan_source import functions_source
from mongoengine.base.state import building

Data = dict[str, Any]

REFUSED: Any = object()  # in place of a value: it cannot wait


class Plan:
    """The tables and functions of one document class."""

    def __init__(self, cls: Any, plain: Data, hidden: set[str]) -> None:
        """Ask the fields of a class.

        Those in ``plain`` have no setter of their own; ``hidden`` are the names that
        the class has taken back, and uses for something else.
        """
        fields = list(cls._fields.values())
        self.plain = frozenset(plain)
        self.given = {f.name: types_given(f) for f in fields}
        self.eager = tuple((f.name, f) for f in fields if has_eager_default(f))
        self.unbuilt = frozenset(f.name for f in fields if waits(f))
        self.converted = tuple(
            (f.db_field, f.to_python) for f in fields if not (waits(f) or is_native(f))
        )
        self.renamed = tuple(
            (f.db_field, f.name) for f in fields if f.db_field != f.name
        )
        self.stores_plainly = has_library_methods(cls, "to_mongo") and not cls._dynamic
        self.checks_plainly = (
            has_library_methods(cls, "clean", "validate") and not cls._dynamic
        )
        # As part of another document, until it is read.
        self.can_wait = cls._loads_fast and not self.converted
        # One field's name may be another one's in the database.
        names = {name for _, name in self.renamed}
        self.swaps_names = any(key in names for key, _ in self.renamed)
        self.uniform = {f.name: native_items(f) for f in fields if native_items(f)}
        self.nesting = tuple(f.name for f in fields if may_nest(f))
        self._cls = cls
        self._hidden = hidden

    @cached_property
    def leading(self) -> tuple[Any, ...]:
        """The fields in whose values there may be references."""
        return tuple(f for f in self._cls._fields.values() if f._may_lead)

    @cached_property
    def numbered(self) -> tuple[Any, ...]:
        """The fields in whose values numbers of sequences may be missing."""
        return tuple(f for f in self._cls._fields.values() if may_lack(f))

    def load(self, decoded: Data, copy: bool) -> Any:
        """Return the data of a document that was decoded, or REFUSED."""
        data = self.take(decoded, copy)
        if data is REFUSED or (self.converted and not self._convert(data)):
            return REFUSED
        if self.swaps_names:
            names = dict(self.renamed)
            return {names.get(key, key): value for key, value in data.items()}
        for key, name in self.renamed:
            if key in data:
                data[name] = data.pop(key)
        return data

    def _convert(self, decoded: Data) -> bool:
        """Convert values in place; if one fails, change nothing and say no."""
        done = {}
        try:
            for key, to_python in self.converted:
                value = decoded.get(key)
                if value is not None:
                    done[key] = to_python(value)
        except Exception:  # whatever it is, the slow lane raises it as it should be
            return False
        decoded.update(done)
        return True

    # The functions that are written for the class, when they are first called.

    def take(self, decoded: Data, copy: bool) -> Any:
        """Return a decoded dict, or a copy, if all of it may wait; otherwise REFUSED."""
        return self._compiled().take(decoded, copy)

    def store(self, document: Any) -> Data:
        """Return what is stored of a document."""
        return self._compiled().store(document)

    def restore(self, decoded: Data) -> Data:
        """Return what is stored of a document that was taken, and never built."""
        return self._compiled().restore(decoded)

    def accept(self, decoded: Data) -> bool:
        """Say whether a document that was taken, and never built, is valid for sure."""
        return self._compiled().accept(decoded)

    def check(self, document: Any, clean: bool, errors: Data) -> None:
        """Add what is wrong with the values of a document, by name."""
        self._compiled().check(document, clean, errors)

    @cached_property
    def source(self) -> str:
        """The source of these functions."""
        return "".join(
            line + "\n" for line in functions_source(self._cls, self._hidden)
        )

    def _compiled(self) -> Plan:
        functions = _compile(self._cls, self.source)
        for name in ("take", "store", "restore", "accept", "check"):
            setattr(self, name, functions[name])
        return self


def _compile(cls: Any, source: str) -> Data:
    filename = f"<plan of {cls.__module__}.{cls.__qualname__}>"
    lines = source.splitlines(keepends=True)
    linecache.cache[filename] = (len(source), None, lines, filename)
    fields = list(cls._fields.values())
    namespace: Data = {
        "REFUSED": REFUSED,
        "containers": CONTAINERS,
        "detached": detached,
        "is_uniform": is_uniform,
        "building": building,
        "types": {f.db_field: types_decoded(f) for f in fields},
    }
    for number, field in enumerate(fields):
        values = {
            "field": field,
            "type": field._native_type,
            "items": native_items(field),
            "missing": when_missing(field),
            "take": field._decoded_taker(),
            "restore": field._restore_decoded,
            "to_mongo": field.to_mongo,
            "error_of": field._error_of,
        }
        namespace |= {f"{name}_{number}": value for name, value in values.items()}
    exec(compile(source, filename, "exec"), namespace)  # noqa: S102
    return namespace


def is_uniform(value: Any, kind: frozenset[type]) -> bool:
    """Say whether a value is a list whose items are all of one type, and no other."""
    return isinstance(value, list) and kind.issuperset(map(type, value))


def detached(value: Any) -> Any:
    """Return a copy of a decoded value that shares no list or dict with it."""
    if type(value) is list:
        return [detached(v) if type(v) in CONTAINERS else v for v in value]
    if type(value) is dict:
        return {
            k: detached(v) if type(v) in CONTAINERS else v for k, v in value.items()
        }
    return value
