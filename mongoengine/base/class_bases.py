"""What a document class has from its bases, and what they learn of it."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from inspect import iscoroutinefunction
from typing import Any

from mongoengine.base.common import frames_of_library
from mongoengine.errors import InvalidDocumentError

Namespace = dict[str, Any]


def flattened(bases: tuple[type, ...]) -> list[Any]:
    """Return the bases and theirs, each once, nearest first."""
    found: dict[type, None] = {}
    _gather(bases, found)
    return list(found)


def _gather(bases: tuple[type, ...], found: dict[type, None]) -> None:
    for base in bases:
        if base is not object and base not in found:
            found[base] = None
            _gather(base.__bases__, found)


def options_of(base: Any) -> Any:
    """Return the options that a base passes on: a mixin's hide those of its classes."""
    return base.meta if hasattr(base, "meta") else getattr(base, "_meta", {})


def is_concrete(base: Any) -> bool:
    """Say whether a base has documents of its own."""
    return getattr(base, "_is_document", False) and not base._meta.get("abstract")


def class_names(name: str, bases: tuple[type, ...], attrs: Namespace) -> Namespace:
    """Return the name in the registry, and those of the classes above."""
    parents = [base for base in flattened(bases) if hasattr(base, "_class_name")]
    for base in parents:
        refuse_closed(base)
    above = [b.__name__ for b in parents if attrs["_is_document"] and is_concrete(b)]
    class_name = ".".join(reversed([name, *above]))
    return {
        "_class_name": class_name,
        "_superclasses": superclasses(bases),
        "_subclasses": (class_name,),
        "_types": (class_name,),
    }


def superclasses(bases: tuple[type, ...]) -> tuple[str, ...]:
    """Return the names of the classes above, along the first bases."""
    first: Any = next((base for base in bases if hasattr(base, "_class_name")), None)
    return () if first is None else (*first._superclasses, first._class_name)


def refuse_closed(base: Any) -> None:
    """Refuse a base that does not allow inheritance."""
    if not base._meta.get("allow_inheritance") and not base._meta.get("abstract"):
        raise ValueError(
            f"Document {base.__name__} may not be subclassed. To enable inheritance, "
            'use the "allow_inheritance" meta attribute.'
        )


# What users replace, and what is called by sync and async methods alike.
NEVER_AWAITED = ("clean", "validate", "to_mongo", "_from_son", "__init__")


def refuse_awaited(cls: Any) -> None:
    """Refuse methods that nobody would wait for."""
    for name in NEVER_AWAITED:
        if iscoroutinefunction(getattr(cls, name)):
            raise InvalidDocumentError(
                f"{cls.__name__}.{name}() must not be an `async def`: it is called "
                "without await. What has to wait belongs in async_save(), or in a "
                "receiver of the pre_save signal"
            )


def tell_bases_of(cls: Any) -> None:
    """Add a class to the subclasses that its bases know."""
    for base in flattened(cls.__bases__):
        if hasattr(base, "_subclasses"):
            base._subclasses += (cls._class_name,)
            base._types = base._subclasses


def warn_of_collection(name: str) -> None:
    """Warn that a subclass has the collection of its base."""
    warnings.warn(
        f"Trying to set a collection on a subclass ({name})",
        SyntaxWarning,
        stacklevel=frames_of_library(),
    )


def own_exception(cls: Any, kind: type[Exception]) -> type[Exception]:
    """Return a class of exceptions that tells the documents of ``cls`` from others."""
    above = tuple(_inherited_exceptions(cls, kind.__name__)) or (kind,)
    return type(kind.__name__, above, {"__module__": cls.__module__})


def _inherited_exceptions(cls: Any, name: str) -> Iterator[type[Exception]]:
    for base in cls.__bases__:
        if hasattr(base, name):
            yield getattr(base, name)
