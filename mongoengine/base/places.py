"""Where documents are kept, known before any connection is, and what tells them apart."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from bson import ObjectId, encode
from bson.binary import UuidRepresentation
from bson.codec_options import CodecOptions

IDS_A_QUERY = 10_000  # which fit, unless they are very long

# What is encoded here is compared here, whatever the client's own options are.
LOCAL: CodecOptions[Any] = CodecOptions(uuid_representation=UuidRepresentation.STANDARD)


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
        return encoded(pk)
    try:
        hash(pk)
    except TypeError:
        return encoded(pk)
    return pk


def encoded(pk: Any) -> bytes:
    """Return what an id is stored as, more or less, so that equal ones are equal."""
    return encode({"_id": pk}, codec_options=LOCAL)
