"""Record what a program observes, one JSON line a step.

A program in programs/ calls `step(label, function)` again and again; the
runner starts `python recorder.py PROGRAM` once with each package and compares
the lines. A step is told as text, in which types show: `SON{...}` is no
`{...}`, `1.0` is no `1`.
"""

from __future__ import annotations

import datetime
import decimal
import enum
import json
import re
import runpy
import sys
import traceback
import uuid
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TextIO

import bson

# Told by their own repr, which is stable and names the type where needed.
PLAIN: tuple[type, ...] = (
    *(type(None), bool, int, float, complex, str, bytes, type(...), range, slice),
    *(datetime.datetime, datetime.date, datetime.timedelta, datetime.timezone),
    *(decimal.Decimal, uuid.UUID, re.Pattern, bson.ObjectId, bson.DBRef),
    *(bson.Decimal128, bson.Timestamp, bson.Regex, bson.MinKey, bson.MaxKey),
)
# What differs from process to process: addresses, ids made in this one, and the
# order of sets in messages.
ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
NEW_ID = re.compile("[0-9a-f]{8}" + bson.ObjectId().binary[4:9].hex() + "[0-9a-f]{6}")
SET = re.compile(r"\{('[^']*'(?:, '[^']*')+)\}")
_noise: list[tuple[re.Pattern[str], str]] = [(ADDRESS, ""), (NEW_ID, "(a new id)")]

_output: TextIO = sys.stdout
_labels: Counter[str] = Counter()


def step(
    label: str, function: Callable[..., Any] | None = None, *args: Any, **kwargs: Any
) -> Any:
    """Run `function` and record what came of it; give its result, None if it raised.

    Without a function it is a decorator that runs the decorated one at once:
    `@step("label")`. Repeated labels are numbered.
    """
    if function is None:
        return lambda body: step(label, body)
    result = None
    record: dict[str, Any] = {"label": _numbered(label)}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = function(*args, **kwargs)
            record["result"] = describe(result)
        except Exception as error:
            record["error"] = describe_error(error)
    record["warnings"] = [_describe_warning(warning) for warning in caught]
    print(_stable(json.dumps(record)), file=_output, flush=True)
    return result


TRACKED = {"BaseDict", "BaseList", "EmbeddedDocumentList"}


def ignore(noise: re.Pattern[str], replacement: str) -> None:
    """Have something told otherwise that differs from process to process."""
    _noise.append((noise, replacement))


def _stable(line: str) -> str:
    for noise, replacement in _noise:
        line = noise.sub(replacement, line)
    return SET.sub(lambda found: f"{{{', '.join(sorted(found[1].split(', ')))}}}", line)


def _numbered(label: str) -> str:
    label = _stable(label)
    _labels[label] += 1
    return label if _labels[label] == 1 else f"{label} #{_labels[label]}"


def describe(value: Any, above: tuple[int, ...] = ()) -> str:
    """Tell a value as text: the same for the same value in every process."""
    if type(value) in PLAIN:
        return repr(value)
    if id(value) in above:
        return "<recursion>"
    inside = (*above, id(value))
    for kind, tell in DESCRIPTIONS:
        # By type(): isinstance() is fooled by, and would load, a lazy proxy.
        if issubclass(type(value), kind):
            return tell(value, inside)
    if hasattr(type(value), "_fields_ordered"):
        return _describe_document(value, inside)
    if repr(value) == object.__repr__(value):
        return f"<{type(value).__name__} object>"  # without the module's path
    return repr(value)


def _describe_mapping(value: Any, above: tuple[int, ...]) -> str:
    items = (
        f"{describe(key, above)}: {describe(item, above)}"
        for key, item in dict.items(value)
    )
    return _prefix(value, dict, above) + "{" + ", ".join(items) + "}"


def _describe_list(value: Any, above: tuple[int, ...]) -> str:
    return f"{_prefix(value, list, above)}[{_joined(list.__iter__(value), above)}]"


def _describe_tuple(value: Any, above: tuple[int, ...]) -> str:
    return f"{_prefix(value, tuple, above)}({_joined(value, above)})"


def _describe_set(value: Any, above: tuple[int, ...]) -> str:
    members = sorted(describe(member, above) for member in value)
    return f"{type(value).__name__}<{', '.join(members)}>"


def _describe_document(document: Any, above: tuple[int, ...]) -> str:
    """Read `_data`, not the attributes: reading those may load references."""
    data = document._data
    names = [name for name in document._fields_ordered if name in data]
    names += sorted(name for name in data if name not in names)
    values = (f"{name}={describe(data[name], above)}" for name in names)
    return f"{type(document).__name__}({', '.join(values)})"


def _describe_subclass(value: Any, above: tuple[int, ...]) -> str:
    plain: Any = next(base for base in type(value).__mro__ if base in PLAIN)
    return f"{type(value).__name__}<{plain.__repr__(value)}>"  # e.g. Int64<5>


def _joined(values: Iterable[Any], above: tuple[int, ...]) -> str:
    return ", ".join(describe(value, above) for value in values)


def _prefix(value: Any, plain: type, above: tuple[int, ...]) -> str:
    """Name the type of a container, unless it is the usual one.

    One inside of another is tracked from when it is first read; when a package does that
    is its own affair.
    """
    is_nested = len(above) > 1 and type(value).__name__ in TRACKED
    return "" if type(value) is plain or is_nested else type(value).__name__


DESCRIPTIONS: tuple[tuple[type | tuple[type, ...], Callable[..., str]], ...] = (
    (type, lambda value, above: f"class {value.__name__}"),
    (enum.Enum, lambda value, above: f"{type(value).__name__}.{value.name}"),
    (BaseException, lambda value, above: f"<{describe_error(value)}>"),
    (bson.Binary, lambda value, above: repr(value)),
    (dict, _describe_mapping),
    (list, _describe_list),
    (tuple, _describe_tuple),
    ((set, frozenset), _describe_set),
    (Iterator, lambda value, above: "<iterator>"),
    (PLAIN, _describe_subclass),
)


def describe_error(error: Any) -> str:
    """Tell type and message, and what a ValidationError knows of its fields."""
    text = f"{type(error).__name__}: {error}"
    if hasattr(error, "to_dict"):
        text += (
            f" | field {error.field_name!r} | errors {describe(error.errors)}"
            f" | dict {describe(error.to_dict())}"
        )
    return text


def _describe_warning(warning: warnings.WarningMessage) -> str:
    return f"{warning.category.__name__}: {warning.message}"


def main(program: str) -> None:
    """Run the program; that it came to its end is the last step."""
    global _output
    # Results alone go to the pipe, whatever a program or package prints.
    _output, sys.stdout = sys.stdout, sys.stderr
    step("(the program itself)", lambda: _finish(program))


def _finish(program: str) -> str:
    try:
        runpy.run_path(program, run_name="__main__")
    except Exception:
        traceback.print_exc()  # the step tells the message alone
        raise
    return "finished"


if __name__ == "__main__":
    import recorder  # programs import this one, not __main__

    recorder.main(sys.argv[1])
