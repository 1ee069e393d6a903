"""Where documents are kept, known before any connection is."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple


class Place(NamedTuple):
    """A collection, by the alias of its connection and its name."""

    alias: str
    name: str


place_at = lru_cache(4096)(Place)  # which is the same one each time
