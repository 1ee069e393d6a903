"""The source of a plan's functions: straight-line Python, written for one class.

Each function here yields the lines of one.  ``Plan.source`` shows what comes out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mongoengine.base.field_traits import (
    CONTAINERS,
    has_library_methods,
    is_known_valid,
    is_native,
    is_trusted,
    is_uniform_enough,
    native_items,
    waits,
    when_missing,
)

Numbered = list[tuple[int, Any]]


def functions_source(cls: Any, hidden: set[str]) -> Iterator[str]:
    """Yield the lines of all functions; ``hidden`` fields are not stored."""
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
        elif not is_native(field) or field._native_type in CONTAINERS:
            yield f"if copy and type(data.get({field.db_field!r})) in containers:"
            yield f"    data[{field.db_field!r}] = detached(data[{field.db_field!r}])"
    yield "return data"


def _take_one(number: int, field: Any) -> Iterator[str]:
    if field._decoded_types == (list,) and native_items(field):
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
            yield f"    value = document._generate_value(field_{number})"
        yield from _store_one(number, field, waits(field))
    yield "return stored"


def _values_source() -> Iterator[str]:
    yield "data = document.__dict__"
    yield "unbuilt = document._unbuilt_names"
    yield "if unbuilt:  # other threads may be building"
    yield "    with building:"
    yield "        data, unbuilt = data.copy(), document._unbuilt_names"


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
    if when_missing(field) is None:
        return f"value = {data}.get({key!r})"
    return f"value = {data}.get({key!r}, missing_{number})"


def _store_one(number: int, field: Any, may_wait: bool) -> Iterator[str]:
    convert = f"to_mongo_{number}(value)"
    if native_items(field):
        convert = f"list(value) if is_uniform(value, items_{number}) else {convert}"
    if is_native(field):
        yield f"if value is not None and type(value) is not type_{number}:"
        yield f"    value = {convert}"
        if field._native_type in CONTAINERS:
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
    if not has_library_methods(cls, "clean", "validate"):
        yield "return False"
        return
    for number, field in fields:
        doubts = []
        if field.required and not field._auto_gen:
            doubts.append("value is None")
        if not is_known_valid(field):
            valid = f"field_{number}._is_valid_decoded(value)"
            doubts.append(f"value is not None and not {valid}")
        if doubts:
            yield _get(number, field, field.db_field, "decoded")
            yield f"if {' or '.join(doubts)}:"
            yield "    return False"
    yield "return True"


def _check_source(fields: Numbered) -> Iterator[str]:
    """Yield what leaves out the values that are valid by their types alone."""
    yield from _values_source()
    for number, field in fields:
        yield _get(number, field, field.name)
        yield from _check_one(number, field)


def _check_one(number: int, field: Any) -> Iterator[str]:
    doubts = [] if field.required and not field._auto_gen else ["value is not None"]
    if is_trusted(field, "validate", "_validate") and field._accepts_native():
        if is_native(field):
            doubts.append(f"type(value) is not type_{number}")
        elif is_uniform_enough(field):
            doubts.append(f"not is_uniform(value, items_{number})")
    indent = ""
    if waits(field):
        known = f"{field.name!r} in unbuilt and field_{number}._is_valid_decoded(value)"
        doubts.append(f"(value is None or not ({known}))")
    if doubts:
        yield f"if {' and '.join(doubts)}:"
        indent = "    "
    if waits(field):
        yield f"{indent}value = document._read_value(field_{number})"
    yield f"{indent}error = error_of_{number}(value, clean)"
    yield f"{indent}if error is not None:"
    yield f"{indent}    errors[{field.name!r}] = error"


def _indented(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        yield f"    {line}" if line else line
