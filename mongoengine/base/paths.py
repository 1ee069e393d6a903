"""Paths to values in a stored document: ``tags.3``, ``address.city``.

The keys of a dict need not be fit for a path: one may contain a dot, be empty, or be no
text at all.  What lies below such a key can only be written by writing the whole dict.
"""

from __future__ import annotations

from typing import Any

_UNFIT = "\0"  # no key of MongoDB contains it


def path_below_key(path: Any, key: Any) -> str:
    """Return the path of a key in the dict at a path."""
    is_fit = type(key) is str and key and "." not in key
    return f"{path}.{key if is_fit else _UNFIT}"


def fit_part(path: str) -> str:
    """Return the longest part of a path that an update can name."""
    return path.partition(f".{_UNFIT}")[0]
