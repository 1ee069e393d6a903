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

A field is trusted to be plain only as far as its methods are the library's: what a user
overrides is called for every value.
"""

from __future__ import annotations

import linecache
from collections.abc import Iterator
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from functools import cached_property
from typing import Any
from uuid import UUID

from bson import ObjectId

from mongoengine.base.state import building

Data = dict[str, Any]
Numbered = list[tuple[int, Any]]

REFUSED: Any = object()  # in place of a value: it cannot wait

NONE = type(None)
CONSTANTS = (
    str,
    bytes,
    int,
    float,
    Decimal,
    date,
    time,
    timedelta,
    UUID,
    ObjectId,
    Enum,
)


class _AllTypesBut(frozenset[type]):
    """The types of a value that its field converts anyway."""

    def __contains__(self, item: object) -> bool:
        return not super().__contains__(item)


class Plan:
    """The tables and functions of one document class."""

    def __init__(self, cls: Any, plain: Data, hidden: set[str]) -> None:
        """Ask the fields of a class.

        Those in ``plain`` have no setter of their own; ``hidden`` are the names that
        the class has taken back, and uses for something else.
        """
        fields = list(cls._fields.values())
        self.plain = frozenset(plain)
        self.given = {f.name: _types_given(f) for f in fields}
        self.eager = tuple((f.name, f) for f in fields if has_eager_default(f))
        self.unbuilt = frozenset(f.name for f in fields if waits(f))
        self.converted = tuple(
            (f.db_field, f.to_python) for f in fields if not (waits(f) or is_native(f))
        )
        self.renamed = tuple(
            (f.db_field, f.name) for f in fields if f.db_field != f.name
        )
        self.stores_plainly = _has_library_methods(cls, "to_mongo")
        self.can_wait = not self.converted  # as part of another document
        # One field's name may be another one's in the database.
        names = {name for _, name in self.renamed}
        self.swaps_names = any(key in names for key, _ in self.renamed)
        self.uniform = {f.name: _native_items(f) for f in fields if _native_items(f)}
        self._cls = cls
        self._hidden = hidden

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
        return "".join(line + "\n" for line in _source(self._cls, self._hidden))

    def _compiled(self) -> Plan:
        functions = _compile(self._cls, self.source)
        for name in ("take", "store", "restore", "accept", "check"):
            setattr(self, name, functions[name])
        return self


# What fields say about themselves


def is_own(method: Any) -> bool:
    """Say whether a method is the library's; ``wraps`` would copy its ``__module__``."""
    name: str = getattr(method, "__globals__", {}).get("__name__", "")
    return name.startswith("mongoengine.")


def is_trusted(field: Any, *methods: str) -> bool:
    """Say whether methods of a field are the library's own, and none its alone."""
    if not vars(field).keys().isdisjoint(methods):
        return False
    return all(is_own(getattr(type(field), name)) for name in methods)


def is_native(field: Any) -> bool:
    """Say whether values of the native type are the same in Python and MongoDB."""
    return field.native is not None and is_trusted(field, "to_python", "to_mongo")


def waits(field: Any) -> bool:
    """Say whether a decoded value may wait to be built until it is read."""
    return field.lazy and is_trusted(
        field, "to_python", "__get__", "build", "adopts", "take"
    )


def has_eager_default(field: Any) -> bool:
    """Say whether a default must be made with the document, not when first read.

    Empty lists and dicts and constants can wait; what a callable makes cannot, nor can
    a shared document, which has to learn whom it belongs to.
    """
    default = field.default
    if field.null or default is None or default is list or default is dict:
        return False
    return not isinstance(default, CONSTANTS)


def _types_given(field: Any) -> frozenset[type]:
    types = {field.native} if is_native(field) else set()
    return frozenset(types | {NONE} if field.takes_none() else types)


def _types_decoded(field: Any) -> frozenset[type]:
    if waits(field):
        types = set(field.decoded_types)
    elif is_native(field):
        types = {field.native}
    else:
        return _AllTypesBut(() if field.takes_none() else (NONE,))
    return frozenset(types | {NONE} if field.takes_none() else types)


# The source of the functions


def _compile(cls: Any, source: str) -> Data:
    filename = f"<plan of {cls.__module__}.{cls.__qualname__}>"
    lines = source.splitlines(keepends=True)
    linecache.cache[filename] = (len(source), None, lines, filename)
    fields = list(cls._fields.values())
    namespace: Data = {
        "REFUSED": REFUSED,
        "containers": _CONTAINERS,
        "detached": detached,
        "is_uniform": is_uniform,
        "building": building,
        "types": {f.db_field: _types_decoded(f) for f in fields},
    }
    for number, field in enumerate(fields):
        values = {
            "field": field,
            "type": field.native,
            "items": _native_items(field),
            "missing": _when_missing(field),
            "take": field.take,
            "restore": field.restore,
            "to_mongo": field.to_mongo,
            "error_of": field.error_of,
        }
        namespace |= {f"{name}_{number}": value for name, value in values.items()}
    exec(compile(source, filename, "exec"), namespace)  # noqa: S102
    return namespace


def _source(cls: Any, hidden: set[str]) -> Iterator[str]:
    numbered = {f.name: (n, f) for n, f in enumerate(cls._fields.values())}
    ordered = [numbered[name] for name in cls._fields_ordered]
    stored = [numbered[name] for name in _storage_order(cls) if name not in hidden]
    yield "def take(decoded, copy):"
    yield from _indented(_take_source(ordered))
    yield ""
    yield "def store(document):"
    yield from _indented(_store_source(stored))
    yield ""
    yield "def restore(decoded):"
    yield from _indented(_restore_source(stored))
    yield ""
    yield "def accept(decoded):"
    yield from _indented(_accept_source(cls, ordered))
    yield ""
    yield "def check(document, clean, errors):"
    yield from _indented(_check_source(ordered))


def _storage_order(cls: Any) -> list[str]:
    """Return the field names in the order of the stored keys: id, class, others."""
    keys = {field.db_field: name for name, field in cls._fields.items()}
    first = [keys[key] for key in ("_id", "_cls") if key in keys]
    return first + [name for name in cls._fields_ordered if name not in first]


def _take_source(fields: Numbered) -> Iterator[str]:
    yield "try:"
    yield "    for key, value in decoded.items():"
    yield "        if type(value) not in types[key]:"
    yield "            return REFUSED"
    yield "except KeyError:"
    yield "    return REFUSED"
    yield "data = decoded.copy() if copy else decoded"
    for number, field in fields:
        if waits(field):
            yield f"value = data.get({field.db_field!r})"
            yield "if value is not None:"
            yield from _indented(_take_one(number, field))
        elif not is_native(field) or field.native in _CONTAINERS:
            yield f"if copy and type(data.get({field.db_field!r})) in containers:"
            yield f"    data[{field.db_field!r}] = detached(data[{field.db_field!r}])"
    yield "return data"


def _take_one(number: int, field: Any) -> Iterator[str]:
    if field.decoded_types == (list,) and _native_items(field):
        yield f"if not items_{number}.issuperset(map(type, value)):"
        yield "    return REFUSED"
        yield "if copy:"
        yield f"    data[{field.db_field!r}] = value.copy()"
    else:
        yield f"value = take_{number}(value, copy)"
        yield "if value is REFUSED:"
        yield "    return REFUSED"
        yield f"data[{field.db_field!r}] = value"


def _store_source(fields: Numbered) -> Iterator[str]:
    yield from _values_source()
    yield "stored = {}"
    for number, field in fields:
        yield _get(number, field, field.name)
        if field._auto_gen:
            yield "if value is None:"
            yield f"    value = document._generate(field_{number})"
        yield from _store_one(number, field, waits(field))
    yield "return stored"


def _values_source() -> Iterator[str]:
    yield "data = document.__dict__"
    yield "unbuilt = document._unbuilt"
    yield "if unbuilt:  # other threads may be building"
    yield "    with building:"
    yield "        data, unbuilt = data.copy(), document._unbuilt"


def _restore_source(fields: Numbered) -> Iterator[str]:
    """Yield what ``store`` would do if nothing had been built; types are known."""
    yield "stored = {}"
    for number, field in fields:
        yield _get(number, field, field.db_field, "decoded")
        if waits(field):
            yield "if value is not None:"
            yield f"    value = restore_{number}(value)"
            yield from _store_value(field)
        else:
            yield from _store_one(number, field, False)
    yield "return stored"


def _get(number: int, field: Any, key: str, data: str = "data") -> str:
    """Return the statement that gets a value, with the default if it can wait."""
    if _when_missing(field) is None:
        return f"value = {data}.get({key!r})"
    return f"value = {data}.get({key!r}, missing_{number})"


def _when_missing(field: Any) -> Any:
    return None if has_eager_default(field) else field.make_initial()


def _store_one(number: int, field: Any, may_wait: bool) -> Iterator[str]:
    convert = f"to_mongo_{number}(value)"
    if _native_items(field):
        convert = f"list(value) if is_uniform(value, items_{number}) else {convert}"
    if is_native(field):
        yield f"if value is not None and type(value) is not type_{number}:"
        yield f"    value = {convert}"
        if field.native in _CONTAINERS:
            yield "value = detached(value)"
    elif may_wait:
        yield "if value is not None:"
        yield f"    if {field.name!r} in unbuilt:"
        yield f"        value = restore_{number}(value)"
        yield "    else:"
        yield f"        value = {convert}"
    else:
        yield "if value is not None:"
        yield f"    value = {convert}"
    yield from _store_value(field)


def _store_value(field: Any) -> Iterator[str]:
    if field.null:
        yield f"stored[{field.db_field!r}] = value"
    else:
        yield "if value is not None:"
        yield f"    stored[{field.db_field!r}] = value"


def _accept_source(cls: Any, fields: Numbered) -> Iterator[str]:
    """Yield what ``check`` would do if nothing had been built; types are known."""
    if not _has_library_methods(cls, "clean", "validate"):
        yield "return False"
        return
    for number, field in fields:
        doubts = []
        if field.required and not field._auto_gen:
            doubts.append("value is None")
        if not (is_trusted(field, "validate", "_validate") and _is_known_valid(field)):
            valid = f"field_{number}.is_valid_decoded(value)"
            doubts.append(f"value is not None and not {valid}")
        if doubts:
            yield _get(number, field, field.db_field, "decoded")
            yield f"if {' or '.join(doubts)}:"
            yield "    return False"
    yield "return True"


def _is_known_valid(field: Any) -> bool:
    return is_native(field) and bool(field.accepts_native())


def _has_library_methods(cls: Any, *methods: str) -> bool:
    return all(is_own(getattr(cls, method)) for method in methods)


def _check_source(fields: Numbered) -> Iterator[str]:
    """Yield what leaves out the values that are valid by their types alone."""
    yield from _values_source()
    for number, field in fields:
        yield _get(number, field, field.name)
        yield from _check_one(number, field)


def _check_one(number: int, field: Any) -> Iterator[str]:
    doubts = [] if field.required and not field._auto_gen else ["value is not None"]
    if is_trusted(field, "validate", "_validate") and field.accepts_native():
        if is_native(field):
            doubts.append(f"type(value) is not type_{number}")
        elif _is_uniform_enough(field):
            doubts.append(f"not is_uniform(value, items_{number})")
    indent = ""
    if waits(field):
        known = f"{field.name!r} in unbuilt and field_{number}.is_valid_decoded(value)"
        doubts.append(f"(value is None or not ({known}))")
    if doubts:
        yield f"if {' and '.join(doubts)}:"
        indent = "    "
    if waits(field):
        yield f"{indent}value = document._read(field_{number})"
    yield f"{indent}error = error_of_{number}(value, clean)"
    yield f"{indent}if error is not None:"
    yield f"{indent}    errors[{field.name!r}] = error"


def _is_uniform_enough(field: Any) -> bool:
    """Say whether a list is valid if all its items are of the native type."""
    if not _native_items(field) or field.required:
        return False
    return bool(field.item_field.accepts_native())


def _native_items(field: Any) -> frozenset[type]:
    """Return the type of a plain list's items, if they need no conversion."""
    items = field.item_field
    if items is None or not is_native(items):
        return frozenset()
    if not is_trusted(field, "to_python", "to_mongo", "validate"):
        return frozenset()
    return frozenset({items.native})


def _indented(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        yield f"    {line}" if line else line


def is_uniform(value: Any, kind: frozenset[type]) -> bool:
    """Say whether a value is a list whose items are all of one type, and no other."""
    return isinstance(value, list) and kind.issuperset(map(type, value))


def detached(value: Any) -> Any:
    """Return a copy of a decoded value that shares no list or dict with it."""
    if type(value) is list:
        return [detached(v) if type(v) in _CONTAINERS else v for v in value]
    if type(value) is dict:
        return {
            k: detached(v) if type(v) in _CONTAINERS else v for k, v in value.items()
        }
    return value


_CONTAINERS = frozenset({list, dict})
