"""Which indexes a document class declares, and how they are made and compared.

An index is told by its keys: pairs of a path and a direction, as for the driver.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pymongo import ASCENDING, TEXT

Keys = list[tuple[str, Any]]
Options = dict[str, Any]

ID: Keys = [("_id", ASCENDING)]
CLS: Keys = [("_cls", ASCENDING)]


# Making


def to_ensure(cls: Any) -> Iterator[tuple[Keys, Options]]:
    """Yield keys and options of each index that the class is to have, in order."""
    meta = cls._meta
    common = {"background": meta.get("index_background", False)}
    common |= meta.get("index_opts") or {}
    for spec in meta.get("index_specs") or ():
        yield spec["fields"], {**common, **_options(spec)}
    if _has_cls_index(meta) and not any(map(_starts_with_cls, _own_specs(cls))):
        yield CLS, common


def to_create(
    cls: Any, wanted: Any, background: bool, more: Options
) -> tuple[Keys, Options]:
    """Return keys and options of an index that is told as in ``meta``."""
    spec = cls._build_index_spec(wanted)
    return spec["fields"], {**_options(spec), "background": background, **more}


def _options(spec: Mapping[str, Any]) -> Options:
    return {name: value for name, value in spec.items() if name != "fields"}


# Listing


def declared(cls: Any) -> list[Keys]:
    """Return the indexes of a class, and of all that share its collection."""
    if not _has_collection(cls):
        return []
    every = [keys for member in _family(cls) for keys in _own_specs(member)]
    every.append(ID)
    if _has_cls_index(cls._meta):
        every.append(CLS)
    return [keys for n, keys in enumerate(every) if keys not in every[:n]]


def _family(cls: Any) -> list[Any]:
    """Return a class, those above and those below it, each once, nearest first."""
    found: list[Any] = []

    def visit(member: Any) -> None:
        if member in found or not _has_collection(member):
            return
        found.append(member)
        for other in (*member.__bases__, *member.__subclasses__()):
            visit(other)

    visit(cls)
    return found


def _has_collection(cls: Any) -> bool:
    return getattr(cls, "_is_document", False) and not cls._meta.get("abstract")


def _own_specs(cls: Any) -> list[Keys]:
    return [spec["fields"] for spec in cls._meta.get("index_specs") or ()]


def _has_cls_index(meta: Mapping[str, Any]) -> bool:
    return bool(meta.get("index_cls", True) and meta.get("allow_inheritance"))


def _starts_with_cls(keys: Keys) -> bool:
    return bool(keys) and keys[0][0] == "_cls"


# Comparing


def compared(
    wanted: list[Keys], existing: Iterable[Mapping[str, Any]]
) -> dict[str, list[Keys]]:
    """Return which indexes are missing, and which nobody declares.

    ``existing`` is what the server tells of each index it has.
    """
    there = list(map(_keys_of, existing))
    extra = [keys for keys in there if keys not in map(_comparable, wanted)]
    missing = [keys for keys in wanted if _comparable(keys) not in there]
    used = [keys for keys in there if keys not in extra]
    if CLS in missing and any(map(_starts_with_cls, used)):
        missing.remove(CLS)
    return {"missing": missing, "extra": extra}


def _keys_of(index: Mapping[str, Any]) -> Keys:
    """Return the keys of an index, where the server tells its own for texts."""
    keys: Keys = []
    for path, direction in index["key"]:
        if path == "_fts":
            keys += [(text, TEXT) for text in sorted(index["weights"])]
        elif path != "_ftsx":
            keys.append((path, direction))
    return keys


def _comparable(keys: Keys) -> Keys:
    """Return keys with the texts sorted: their order means nothing, and gets lost."""
    texts = iter(sorted(tuple(key) for key in keys if key[1] == TEXT))
    return [next(texts) if key[1] == TEXT else tuple(key) for key in keys]
