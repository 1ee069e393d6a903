"""Where documents are kept, known before any connection is, and what tells them apart."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from bson import ObjectId, encode


class Place(NamedTuple):
    """A collection, by the alias of its connection and its name."""

    alias: str
    name: str


place_at = lru_cache(4096)(Place)  # which is the same one each time


def key_of(pk: Any) -> Any:
    """Return what stands for an id in a dict: something that is quick to look up."""
    if type(pk) is ObjectId:
        return pk.binary
    if type(pk) is bytes:  # which might be those of an ObjectId
        return encode({"_id": pk})
    try:
        hash(pk)
    except TypeError:
        return encode({"_id": pk})
    return pk
