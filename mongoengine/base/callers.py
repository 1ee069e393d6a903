"""Which method of ours the user called, to be named when it cannot be done."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import FrameType

# A queryset that was given as a value is asked where nothing can await it.
GIVEN = "(given)"

# Methods that are written as something else: that, and what the other family writes.
SPOKEN: dict[str | None, tuple[str | None, str | None]] = {
    "__aiter__": ("async for", "for"),
    "__anext__": ("async for", "for"),
    "__await__": ("await", "list()"),
    "__iter__": ("for", "async for"),
    "__next__": ("for", "async for"),
    "__len__": ("len()", "await async_count()"),
    "__bool__": ("bool()", "await async_exists()"),
    "__getitem__": ("[]", "await async_to_list()"),
    "chunks": ("chunks()", "async for chunk in async_chunks()"),
    "async_chunks": ("async_chunks()", "for chunk in chunks()"),
    "fs": ("fs", "async_fs"),
    "async_fs": ("async_fs", "fs"),
    "thumbnail": ("thumbnail", "await async_get_thumbnail()"),
}

# What is entered, and not awaited.
BLOCKS = {"query_counter", "run_in_transaction"}

# Those that ask are not the methods they ask for.
ASKING = {"ensure_async_connection", "ensure_family", "ensure_sync_connection"}

LIBRARY = __name__.partition(".")[0]
COLOURED = (f"{LIBRARY}._async", f"{LIBRARY}._sync")


def calling_method() -> str | None:
    """Return the name of the outermost method of ours that led here.

    Called only to word an error, so that no method has to hand its name down.
    """
    outermost = None
    for frame in _frames_of_ours(sys._getframe(1)):
        name = frame.f_code.co_name
        if name in SPOKEN and _is_converting(frame.f_back):
            return GIVEN
        if name in SPOKEN or (name[0] not in "_<" and name not in ASKING):
            outermost = name
    return outermost


def call_instead(method: str, is_async: bool) -> str:
    """Return how the twin of a method is called, which is async itself or is not."""
    twin = method.removeprefix("async_")
    if is_async:
        return f"with {twin}()" if twin in BLOCKS else f"{twin}()"
    return f"{'async with' if twin in BLOCKS else 'await'} async_{twin}()"


def _frames_of_ours(frame: FrameType | None) -> Iterator[FrameType]:
    """Yield the frames up to the user's, without what enters our blocks."""
    while frame is not None and _is_of(frame, LIBRARY, "contextlib"):
        if _is_of(frame, LIBRARY):
            yield frame
        frame = frame.f_back


def _is_converting(frame: FrameType | None) -> bool:
    """Say whether a frame is of code that converts values, ours or the driver's."""
    if frame is None or _is_of(frame, *COLOURED):
        return False
    return _is_of(frame, LIBRARY, "bson", "pymongo")


def _is_of(frame: FrameType, *packages: str) -> bool:
    module = f"{frame.f_globals.get('__name__', '')}."
    return any(module.startswith(f"{package}.") for package in packages)
