"""The API against MongoEngine's: each of its names, at its path, with its signature.

The reference (``api/mongoengine-0.29.json``) was made by introspection of the release;
what its development branch adds stands in it apart.  What is here in another form
stands in DIFFERENT, with the reason.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

FILE = Path(__file__).parent / "api" / "mongoengine-0.29.json"
REFERENCE = json.loads(FILE.read_text())

# "module:name" or "module:Class.member", and why what is there may differ.
DIFFERENT = {
    "mongoengine.connection:_LocalSessions": "tasks have sessions of their own too",
    "mongoengine.context_managers:MyThreadLocals": "tasks have their own too",
    "mongoengine.base.common:_DocumentRegistry.register": (
        "the parameter has another name; it is given by position"
    ),
    "mongoengine.queryset.base:BaseQuerySet.modify": (
        "`full_response` is gone, as in MongoEngine's development branch"
    ),
}

NOTHING = object()
IS_MISSING = "is missing"


PLAIN = inspect.Parameter.POSITIONAL_OR_KEYWORD
KEYWORD = inspect.Parameter.KEYWORD_ONLY
STAR = inspect.Parameter.VAR_POSITIONAL
STARS = inspect.Parameter.VAR_KEYWORD


class Parameter(NamedTuple):
    """A parameter as far as callers notice."""

    name: str
    kind: Any
    default: str | None = None  # its repr; None if it must be given

    def __str__(self) -> str:
        stars = {STAR: "*", STARS: "**"}.get(self.kind, "")
        return f"{stars}{self.name}" + (f"={self.default}" if self.default else "")


# Signatures


def parse(text: str) -> list[Parameter]:
    """Read "(self, a=None, *, b, **kwargs)"."""
    given = ast.parse(f"def f{text}: ...").body[0].args
    defaults = [None] * (len(given.args) - len(given.defaults)) + given.defaults
    plain = zip(given.args, defaults, strict=True)
    keywords = zip(given.kwonlyargs, given.kw_defaults, strict=True)
    return [
        *(Parameter(one.arg, PLAIN, _text(default)) for one, default in plain),
        *(Parameter(one.arg, STAR) for one in [given.vararg] if one),
        *(Parameter(one.arg, KEYWORD, _text(default)) for one, default in keywords),
        *(Parameter(one.arg, STARS) for one in [given.kwarg] if one),
    ]


def _text(default: ast.expr | None) -> str | None:
    return None if default is None else ast.unparse(default)


def parameters_of(function: Any) -> list[Parameter]:
    return [
        Parameter(
            one.name, one.kind, None if one.default is one.empty else repr(one.default)
        )
        for one in inspect.signature(function).parameters.values()
    ]


def misfits(theirs: list[Parameter], ours: list[Parameter]) -> Iterator[str]:
    """Tell why a call that fits their signature would not do the same by ours."""
    expected = [one for one in theirs if one.kind is PLAIN]
    for place, one in enumerate(expected):
        found = ours[place] if place < len(ours) else None
        if found != one and (place or one.name not in ("self", "cls", "mcs")):
            yield f"parameter {place} is {found}, not {one}"
    others = ours[len(expected) :]
    if {"args", "kwargs"} <= {one.name for one in theirs}:
        return  # what only hands on may be spelt out
    for one in theirs[len(expected) :]:
        if not any(does_for(other, one) for other in others):
            yield f"there is no {one}"
    for other in others:
        if is_needed(other) and other.name not in {one.name for one in theirs}:
            yield f"{other} must be given"


def does_for(ours: Parameter, theirs: Parameter) -> bool:
    """Tell whether ours takes what is given for theirs, which is no plain one."""
    if theirs.kind is KEYWORD:
        return ours[::2] == theirs[::2]
    return ours.kind is theirs.kind


def is_needed(one: Parameter) -> bool:
    return one.default is None and one.kind not in (STAR, STARS)


# What the reference says of names: each check yields (path, complaint)

Complaint = tuple[str, str]


def check_all(reference: dict[str, dict[str, Any]]) -> Iterator[Complaint]:
    for module, names in reference.items():
        try:
            found = find(module)
        except Exception as error:  # tell of it among the others
            yield module, f"fails: {type(error).__name__}: {error}"
            continue
        if found is None:
            yield module, IS_MISSING
            continue
        for name, entry in names.items():
            yield from check_name(module, name, entry, getattr(found, name, NOTHING))


def find(module: str) -> Any:
    """Return the module, None if it has no file (be there a folder or not)."""
    try:
        found = importlib.import_module(module)
    except ModuleNotFoundError as error:
        if f"{module}.".startswith(f"{error.name}."):
            return None
        raise
    return found if found.__file__ else None


def check_name(
    module: str, name: str, entry: dict[str, Any], found: Any
) -> Iterator[Complaint]:
    path = f"{module}:{name}"
    if found is NOTHING:
        yield path, IS_MISSING
    elif "from" in entry:
        yield from check_origin(path, name, entry["from"], found)
    elif "members" in entry:
        yield from check_class(path, entry, found)
    elif entry["kind"] == "value":
        if entry["type"] not in {cls.__name__ for cls in type(found).__mro__}:
            yield path, f"is a {type(found).__name__}, not a {entry['type']}"
    else:
        yield from check_callable(path, entry["signature"], found)


def check_origin(path: str, name: str, origin: str, found: Any) -> Iterator[Complaint]:
    source = sys.modules.get(origin)  # what cannot be imported is complained of there
    if source is not None and getattr(source, name, NOTHING) is not found:
        yield path, f"is not the one of {origin}"


def check_class(path: str, entry: dict[str, Any], found: Any) -> Iterator[Complaint]:
    if not isinstance(found, type):
        yield path, "is no class"
        return
    above = {cls.__name__ for cls in found.__mro__}
    for base in entry.get("bases", ()):
        if base not in above:
            yield path, f"is no {base}"
    if entry.get("init"):
        yield from check_callable(f"{path}.__init__", entry["init"], found.__init__)
    for member, told in entry["members"].items():
        attribute = inspect.getattr_static(found, member, NOTHING)
        yield from check_member(f"{path}.{member}", told, attribute)


def check_member(path: str, told: str, attribute: Any) -> Iterator[Complaint]:
    kind, _, rest = told.partition("(")
    if attribute is NOTHING:
        yield path, IS_MISSING
    elif not MEMBER_KINDS[kind](attribute):
        yield path, f"is no {kind}, but {type(attribute).__name__}"
    elif rest:
        plain = getattr(attribute, "__func__", attribute)
        yield from check_callable(path, f"({rest}", plain)


def _is_computed(attribute: Any) -> bool:
    return hasattr(type(attribute), "__get__") and not callable(attribute)


MEMBER_KINDS: dict[str, Callable[[Any], bool]] = {
    "method": inspect.isroutine,
    "classmethod": lambda attribute: isinstance(attribute, classmethod),
    "staticmethod": lambda attribute: isinstance(attribute, staticmethod),
    "property": _is_computed,
    "attribute": lambda attribute: not isinstance(attribute, property),
}


def check_callable(path: str, told: str, found: Any) -> Iterator[Complaint]:
    try:
        ours = parameters_of(found)
    except (TypeError, ValueError):
        yield path, "has no signature"
        return
    for misfit in misfits(parse(told), ours):
        yield path, misfit


def complaints() -> list[Complaint]:
    return [one for part in REFERENCE.values() for one in check_all(part)]


# The tests


def test_every_name_is_here() -> None:
    missing = [path for path, complaint in complaints() if complaint == IS_MISSING]
    assert not missing, "\nnot here:\n" + "\n".join(missing)


def test_what_is_here_fits() -> None:
    found = [one for one in complaints() if one[1] != IS_MISSING]
    wrong = [f"{path} {text}" for path, text in found if path not in DIFFERENT]
    stale = sorted(DIFFERENT.keys() - {path for path, _ in found})
    assert not wrong, "\ndiffers:\n" + "\n".join(wrong)
    assert not stale, "\nno longer differs:\n" + "\n".join(stale)


FITTING = [
    ("(self, a, b=None)", lambda self, a, b=None: ...),
    ("(self, a, b=None)", lambda self, a, b=None, c=1, *, d=2, **more: ...),
    ("(cls, a='x')", lambda mcs, a="x": ...),
    ("(a, *, b=1)", lambda a, b=1: ...),
    ("(self, *args, **kwargs)", lambda self, key, value=None: ...),
    ("(a, **kwargs)", lambda a, c=None, **options: ...),
]
UNFITTING = [
    ("(self, a)", lambda self: ...),
    ("(self, a)", lambda self, b: ...),
    ("(self, a, b)", lambda self, b, a: ...),
    ("(a, b=None)", lambda a, b: ...),
    ("(a, b=None)", lambda a, b=1: ...),
    ("(a)", lambda a=None: ...),
    ("(a)", lambda a, b: ...),
    ("(a)", lambda a, *, b: ...),
    ("(a, b=1)", lambda a, *, b=1: ...),
    ("(a, *, b=1)", lambda a, b=2: ...),
    ("(a, **kwargs)", lambda a: ...),
    ("(*args)", lambda args=(): ...),
    ("(self, *fields, **kwargs)", lambda self, fields=(): ...),
]


@pytest.mark.parametrize(("told", "function"), FITTING)
def test_a_fitting_signature(told: str, function: Any) -> None:
    assert list(misfits(parse(told), parameters_of(function))) == []


@pytest.mark.parametrize(("told", "function"), UNFITTING)
def test_a_signature_that_does_not_fit(told: str, function: Any) -> None:
    assert list(misfits(parse(told), parameters_of(function)))


class Sample:
    """What the checker is tried on."""

    value = 1

    def method(self, a: int) -> None: ...

    @classmethod
    def of_class(cls, a: int = 1) -> None: ...

    @property
    def computed(self) -> int:
        return 1


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        ({"kind": "class", "members": {"method": "method(self, a)"}}, None),
        ({"kind": "class", "members": {"of_class": "classmethod(cls, a=1)"}}, None),
        ({"kind": "class", "members": {"computed": "property"}}, None),
        ({"kind": "class", "members": {"value": "attribute"}}, None),
        ({"kind": "class", "bases": ["object"], "members": {}}, None),
        ({"kind": "class", "members": {"other": "attribute"}}, IS_MISSING),
        (
            {"kind": "class", "members": {"method": "classmethod(cls, a)"}},
            "is no classmethod, but function",
        ),
        (
            {"kind": "class", "members": {"computed": "method(self)"}},
            "is no method, but property",
        ),
        (
            {"kind": "class", "members": {"method": "method(self, b)"}},
            "parameter 1 is a, not b",
        ),
        ({"kind": "class", "bases": ["dict"], "members": {}}, "is no dict"),
        ({"kind": "value", "type": "int"}, "is a type, not a int"),
        ({"kind": "class", "from": "sys"}, "is not the one of sys"),
    ],
)
def test_what_the_checker_says(entry: dict[str, Any], complaint: str | None) -> None:
    said = [text for _, text in check_name("module", "Sample", entry, Sample)]
    assert said == ([complaint] if complaint else [])
