"""The source of a plan's functions: straight-line Python, written for one class.

Each function here yields the lines of one.  ``Plan.source`` shows what comes out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mongoengine.base.field_traits import (
    CONTAINERS,
    adopted_types,
    adopts_anything,
    has_eager_default,
    has_library_methods,
    is_converted,
    is_known_valid,
    is_native,
    is_trusted,
    is_uniform_enough,
    native_items,
    taken_items,
    type_decoded,
    waits,
    when_missing,
)

Numbered = list[tuple[int, Any]]


def functions_source(cls: Any, hidden: set[str]) -> Iterator[str]:
    """Yield the lines of all functions; ``hidden`` fields are not stored."""
    numbered = {f.name: (n, f) for n, f in enumerate(cls._fields.values())}
    ordered = [numbered[name] for name in cls._fields_ordered]
    stored = [numbered[name] for name in _storage_order(cls) if name not in hidden]
    functions = {
        "load(decoded, copy, flags)": _load_source(cls, ordered),
        "take(decoded, copy)": _take_source(cls, ordered),
        "make(data, flags)": _make_source(ordered),
        "store(document)": _store_source(stored),
        "restore(decoded)": _restore_source(stored),
        "accept(decoded)": _accept_source(cls, ordered),
        "check(document, clean, errors)": _check_source(ordered),
    }
    for signature, lines in functions.items():
        yield f"def {signature}:"
        yield from _indented(lines)
        yield ""


def _storage_order(cls: Any) -> list[str]:
    """Return the field names in the order of the stored keys: id, class, others."""
    keys = {field.db_field: name for name, field in cls._fields.items()}
    first = [keys[key] for key in ("_id", "_cls") if key in keys]
    return first + [name for name in cls._fields_ordered if name not in first]


def _load_source(cls: Any, fields: Numbered) -> Iterator[str]:
    if not cls._loads_fast:
        yield "return REFUSED"
        return
    yield "if pre_init.receivers or post_init.receivers:"
    yield "    return REFUSED"
    yield from _named_source(cls, "load_named(decoded, copy, flags)")
    yield from _verified_source(fields)
    if any(is_converted(field) for _, field in fields):
        yield "if not convert(data):"
        yield "    return REFUSED"
    yield from _make_source(fields)


def _take_source(cls: Any, fields: Numbered) -> Iterator[str]:
    if not cls._loads_fast or any(is_converted(field) for _, field in fields):
        yield "return REFUSED"
        return
    yield from _named_source(cls, "take_named(decoded, copy)")
    for _, field in fields:
        if has_eager_default(field):
            yield f"if {field.db_field!r} not in decoded:"
            yield "    return REFUSED"
    yield from _verified_source(fields)
    yield "return data"


def _named_source(cls: Any, otherwise: str) -> Iterator[str]:
    """Yield what leaves it to another class to load its documents."""
    if "_cls" in cls._fields:
        yield f"if decoded.get('_cls', {cls._class_name!r}) != {cls._class_name!r}:"
        yield f"    return {otherwise}"


def _verified_source(fields: Numbered) -> Iterator[str]:
    """Yield what verifies decoded values, and makes them, or copies, ``data``."""
    yield from _types_source({f.db_field: (number, f) for number, f in fields})
    yield "data = decoded.copy() if copy else decoded"
    for number, field in fields:
        key = repr(field.db_field)
        if waits(field):
            only_copied = " and copy" if adopts_anything(field) else ""
            yield f"if value_{number} is not None{only_copied}:"
            yield from _indented(_take_one(number, field))
        elif not is_native(field) or field._native_type in CONTAINERS:
            yield f"if copy and type(data.get({key})) in containers:"
            yield f"    data[{key}] = detached(data[{key}])"


def _types_source(fields: dict[str, tuple[int, Any]]) -> Iterator[str]:
    """Yield what verifies types: at once if nothing is missing, else one by one.

    What waits is put into variables, for a closer look.
    """
    yield "try:"
    yield "    if ("
    yield f"        len(decoded) != {len(fields)}"
    for key, (number, field) in fields.items():
        is_other = f"is not decoded_{number}"
        if type_decoded(field) is None:
            is_other = f"not in types[{key!r}]"
        value = f"value_{number} := " if waits(field) else ""
        yield f"        or type({value}decoded[{key!r}]) {is_other}"
    yield "    ):"
    yield "        for key, value in decoded.items():"
    yield "            if type(value) not in types[key]:"
    yield "                return REFUSED"
    for key, (number, field) in fields.items():
        if waits(field):
            yield f"        value_{number} = decoded.get({key!r})"
    yield "except KeyError:"
    yield "    return REFUSED"


def _take_one(number: int, field: Any) -> Iterator[str]:
    value, key = f"value_{number}", field.db_field
    if adopted_types(field):
        yield f"if type({value}) not in adopted_{number}:"
        yield "    return REFUSED"
    elif taken_items(field):
        yield f"if not adopted_{number}.issuperset(map(type, {value})):"
        yield "    return REFUSED"
        yield "if copy:"
        yield f"    data[{key!r}] = {value}.copy()"
    else:
        yield f"taken = {_taker(number, field)}"
        yield "if taken is REFUSED:"
        yield "    return REFUSED"
        yield f"data[{key!r}] = taken"


def _taker(number: int, field: Any) -> str:
    """Return the expression that takes a value, and copies it if need be."""
    if adopts_anything(field):
        return f"plain_copy(value_{number})"
    if field._part_class:
        return f"part_{number}._class_plan.take(value_{number}, copy)"
    return f"take_{number}(value_{number}, copy)"


def _make_source(fields: Numbered) -> Iterator[str]:
    """Yield what makes a document of verified data, which becomes its own."""
    yield from _names_source([field for _, field in fields])
    yield "document = new(cls)"
    yield "set_data(document, data)"
    yield "set_unbuilt(document, unbuilt)"
    yield "set_flags(document, flags)"
    for number, field in fields:
        if has_eager_default(field):
            yield f"if {field.name!r} not in data:"
            yield f"    document._read_value(field_{number})"
    yield "return document"


def _names_source(fields: list[Any]) -> Iterator[str]:
    """Yield what puts the names of fields in place of those in the database."""
    names = {f.db_field: f.name for f in fields if f.db_field != f.name}
    if names.keys() & names.values():  # one field's name is another one's there
        yield f"names = {names}"
        yield "data = {names.get(key, key): value for key, value in data.items()}"
        return
    for key, name in names.items():
        yield f"if {key!r} in data:"
        yield f"    data[{name!r}] = data.pop({key!r})"


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
