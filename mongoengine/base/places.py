"""Where documents are kept, known before any connection is."""

from __future__ import annotations

from typing import NamedTuple


class Place(NamedTuple):
    """A collection, by the alias of its connection and its name."""

    alias: str
    name: str
