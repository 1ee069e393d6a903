"""Content of files, piece by piece, from all that has some: as pairs, like the seam."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from inspect import isawaitable, iscoroutinefunction
from io import BytesIO
from typing import Any

from mongoengine.base.files import FileHandle, is_record

PIECE = 1 << 20


async def async_pieces(source: Any) -> AsyncIterator[Any]:
    """Yield what a source holds: bytes, a file or iterator of either family.

    What has no content is yielded as it is, for the driver to refuse.
    """
    _refuse_record(source)
    if isinstance(source, FileHandle):
        async for piece in source.async_chunks():
            yield piece
    elif hasattr(source, "read"):
        while piece := await _read(source):
            yield piece
    elif hasattr(source, "__aiter__"):
        async for piece in source:
            yield _as_bytes(piece)
    else:
        for piece in pieces(source):
            yield piece


def pieces(source: Any) -> Iterator[Any]:
    """Yield what a source holds: bytes, a file or an iterator.

    What has no content is yielded as it is, for the driver to refuse.
    """
    _refuse_record(source)
    if isinstance(source, FileHandle):
        yield from source.chunks()
    elif is_async(source):
        raise TypeError(
            f"{type(source).__name__} is read by `await`: "
            "use the method that begins with `async_`"
        )
    elif hasattr(source, "read"):
        while piece := source.read(PIECE):
            yield piece
    elif hasattr(source, "__iter__") and not _is_whole(source):
        yield from map(_as_bytes, source)
    else:
        yield _as_bytes(source)


async def async_openable(source: Any) -> Any:
    """Return a source as what Pillow can open, if it can be that."""
    if is_async(source) or isinstance(source, FileHandle):
        return BytesIO(b"".join([piece async for piece in async_pieces(source)]))
    return openable(source)


def openable(source: Any) -> Any:
    """Return a source as what Pillow can open, if it can be that."""
    is_streamed = isinstance(source, (FileHandle, bytes, bytearray, memoryview))
    if (
        is_streamed
        or is_async(source)
        or (hasattr(source, "__next__") and not hasattr(source, "read"))
    ):
        return BytesIO(b"".join(pieces(source)))
    return source


def is_async(source: Any) -> bool:
    """Say whether a source is one for the async family alone."""
    if hasattr(source, "read"):
        return iscoroutinefunction(source.read)
    return hasattr(source, "__aiter__")


async def _read(file: Any) -> Any:
    """Read from a file, in a thread if that may take a while."""
    if isinstance(file, BytesIO):
        return file.read(PIECE)
    if is_async(file):
        return await file.read(PIECE)
    piece = await asyncio.to_thread(file.read, PIECE)
    return await piece if isawaitable(piece) else piece


def _refuse_record(source: Any) -> None:
    """Refuse what would give its keys, or the names of its fields, when iterated."""
    if is_record(source):
        raise TypeError("can only write strings or file-like objects")


def _is_whole(source: Any) -> bool:
    return isinstance(source, (str, bytes, bytearray, memoryview))


def _as_bytes(piece: Any) -> Any:
    return bytes(piece) if isinstance(piece, (bytearray, memoryview)) else piece
