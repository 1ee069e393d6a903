"""What a class of documents does with whole documents, worked out once per class.

Asking every field about every value of every document is what makes a mapper slow.  A
plan asks the fields at class creation, and then works with plain tables:

- ``load`` makes a document that takes over a decoded dict: types are verified in one
  pass, scalars stay as they are, what is costly to build waits until it is read;
- embedded documents wait: ``take`` verifies them, ``make`` makes them when they are read,
  ``restore`` and ``accept`` store and validate what nobody has read;
- ``store`` and ``check`` store and validate any document;
- ``given`` says which keyword arguments can be kept as they are, and ``uniform`` which
  lists need but a copy.

The functions are written for the class, because straight-line code is nearly twice as
fast as loops.  ``Plan.source`` shows their source, and so do tracebacks.

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
    adopted_types,
    has_eager_default,
    has_library_methods,
    is_converted,
    may_lack,
    may_nest,
    native_items,
    taken_items,
    type_decoded,
    types_decoded,
    types_given,
    waits,
    when_missing,
)
from mongoengine.base.plain import REFUSED, detached, plain_copy
from mongoengine.base.plan_source import functions_source
from mongoengine.base.state import building, set_data, set_flags, set_unbuilt
from mongoengine.signals import post_init, pre_init

Data = dict[str, Any]

FUNCTIONS = ("load", "take", "make", "store", "restore", "accept", "check")


class Plan:
    """The tables and functions of one document class."""

    def __init__(self, cls: Any, plain: Data, hidden: set[str]) -> None:
        """Ask the fields of a class.

        Those in ``plain`` have no setter of their own; ``hidden`` are the names that
        the class has taken back, and uses for something else.
        """
        self.plain = frozenset(plain)
        self.stores_plainly = has_library_methods(cls, "to_mongo") and not cls._dynamic
        self.checks_plainly = (
            has_library_methods(cls, "clean", "validate") and not cls._dynamic
        )
        self._cls = cls
        self._fields = list(cls._fields.values())
        self._hidden = hidden

    def __getstate__(self) -> Data:
        """Leave out what is worked out.

        Classes of a notebook are pickled as a whole, to be sent to its workers.
        """
        kept = "plain", "stores_plainly", "checks_plainly", "_cls", "_fields", "_hidden"
        return {name: vars(self)[name] for name in kept}

    # The tables are worked out when they are first asked for: programs define more
    # classes than they use.

    @cached_property
    def given(self) -> dict[str, frozenset[type]]:
        """The types of keyword arguments that can be kept as they are, by name."""
        return {f.name: types_given(f) for f in self._shown}

    @cached_property
    def eager(self) -> tuple[tuple[str, Any], ...]:
        """The fields whose defaults are made with the document, and their names."""
        return tuple((f.name, f) for f in self._shown if has_eager_default(f))

    @cached_property
    def _shown(self) -> list[Any]:
        return [f for f in self._fields if f.name not in self._hidden]

    @cached_property
    def uniform(self) -> dict[str, frozenset[type]]:
        """The type of the items of lists that need but a copy, by name."""
        return {f.name: native_items(f) for f in self._fields if native_items(f)}

    @cached_property
    def unbuilt(self) -> frozenset[str]:
        """The names of the fields whose decoded values wait to be read."""
        return frozenset(f.name for f in self._fields if waits(f))

    @cached_property
    def converted(self) -> tuple[tuple[str, Any], ...]:
        """What converts decoded values at once, by key."""
        return tuple((f.db_field, f.to_python) for f in self._fields if is_converted(f))

    @cached_property
    def nesting(self) -> tuple[str, ...]:
        """The names of the fields whose values may hold others, in order."""
        fields = self._cls._fields
        return tuple(n for n in self._cls._fields_ordered if may_nest(fields[n]))

    @cached_property
    def leading(self) -> tuple[Any, ...]:
        """The fields in whose values there may be references."""
        return tuple(f for f in self._fields if f._may_lead)

    @cached_property
    def numbered(self) -> tuple[Any, ...]:
        """The fields in whose values numbers of sequences may be missing."""
        return tuple(f for f in self._fields if may_lack(f))

    def convert(self, decoded: Data) -> bool:
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

    def load(self, decoded: Data, copy: bool, flags: int) -> Any:
        """Return a document that takes over a decoded dict, or a copy; or REFUSED."""
        return self._compiled().load(decoded, copy, flags)

    def take(self, decoded: Data, copy: bool) -> Any:
        """Return a decoded dict, or a copy, if all of it may wait; otherwise REFUSED."""
        return self._compiled().take(decoded, copy)

    def make(self, data: Data, flags: int) -> Any:
        """Return a document that takes over a dict that was taken, and waited."""
        return self._compiled().make(data, flags)

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
        functions = _compile(self)
        for name in FUNCTIONS:
            setattr(self, name, functions[name])
        return self


def _compile(plan: Plan) -> Data:
    cls, source = plan._cls, plan.source
    filename = f"<plan of {cls.__module__}.{cls.__qualname__}>"
    lines = source.splitlines(keepends=True)
    linecache.cache[filename] = (len(source), None, lines, filename)
    fields = plan._fields
    namespace: Data = {
        "REFUSED": REFUSED,
        "building": building,
        "cls": cls,
        "containers": CONTAINERS,
        "convert": plan.convert,
        "detached": detached,
        "is_uniform": is_uniform,
        "load_named": cls._load_named,
        "new": object.__new__,
        "plain_copy": plain_copy,
        "post_init": post_init,
        "pre_init": pre_init,
        "set_data": set_data,
        "set_flags": set_flags,
        "set_unbuilt": set_unbuilt,
        "take_named": cls._take_named,
        "types": {f.db_field: types_decoded(f) for f in fields},
        "unbuilt": plan.unbuilt,
    }
    for number, field in enumerate(fields):
        values = {
            "field": field,
            "type": field._native_type,
            "decoded": type_decoded(field),
            "items": native_items(field),
            "adopted": adopted_types(field) or taken_items(field),
            "missing": when_missing(field),
            "take": field._take_decoded,
            "part": field._part_class,
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
