"""What the server sent as bytes, decoded some rows at a time.

Decoding a whole batch at once makes tens of thousands of objects that the garbage
collector walks again and again; a hundred at a time stay young and cost half.
"""

from __future__ import annotations

from collections.abc import Mapping
from struct import Struct
from typing import Any

from bson import decode_all
from bson.codec_options import CodecOptions
from pymongo.errors import PyMongoError

CHUNK_SIZE = 100

_length_at = Struct("<i").unpack_from


class Batch:
    """Rows that came together, and were not decoded yet."""

    __slots__ = ("_bytes", "_options", "_position")

    def __init__(self, sent: bytes, options: CodecOptions[Any]) -> None:
        """Take the bytes of documents, one after the other."""
        self._bytes = memoryview(sent)
        self._options = options
        self._position = 0

    def __bool__(self) -> bool:
        return self._position < len(self._bytes)

    def take(self) -> list[Any]:
        """Decode and return the next rows, a chunk of them at most."""
        sent, start = self._bytes, self._position
        end, size = start, len(sent)
        for _ in range(CHUNK_SIZE):
            end += _length_at(sent, end)[0]
            if end >= size:
                break
        self._position = end
        return decode_all(sent[start:end], self._options)


def decodes_plainly(collection: Any) -> bool:
    """Say whether batches of a collection can be decoded here.

    That is so for the driver's own collections, unless they are encrypted or have
    another kind of rows than dicts.
    """
    if not type(collection).__module__.startswith("pymongo."):
        return False
    if collection.codec_options.document_class is not dict:
        return False
    return collection.database.client.options.auto_encryption_opts is None


def tell_plainly(error: PyMongoError) -> None:
    """Have an error say in dicts what the server said.

    Where the driver leaves rows undecoded, it does so with parts of an error as well.
    """
    details = getattr(error, "details", None)
    if isinstance(details, dict):
        raw = str(details)
        details.update(_plain(details))
        error.args = (str(error).replace(raw, str(details)),)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value
