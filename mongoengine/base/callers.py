"""Which method of ours the user called, to be named when it cannot be done."""

from __future__ import annotations

import sys
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
    "__repr__": ("repr()", "await async_to_list()"),
    GIVEN: ("list(queryset)", "await queryset"),
}

# Those that ask are not the methods they ask for.
ASKING = {"ensure_async_connection", "ensure_family", "ensure_sync_connection"}

LIBRARY = __name__.partition(".")[0]
COLOURS = ("_async", "_sync")


def calling_method() -> str | None:
    """Return the name of the outermost method of ours that led here.

    Called only to word an error, so that no method has to hand its name down.
    """
    frame: FrameType | None = sys._getframe(1)
    outermost = None
    while frame is not None and _is_of(LIBRARY, frame):
        name = frame.f_code.co_name
        if name in SPOKEN and _is_pure(frame.f_back):
            return GIVEN
        if name in SPOKEN or (name[0] not in "_<" and name not in ASKING):
            outermost = name
        frame = frame.f_back
    return outermost


def _is_pure(frame: FrameType | None) -> bool:
    """Say whether a frame is of our code that does no I/O, but converts values."""
    if frame is None or not _is_of(LIBRARY, frame):
        return False
    return not any(_is_of(f"{LIBRARY}.{colour}", frame) for colour in COLOURS)


def _is_of(package: str, frame: FrameType) -> bool:
    module: str = frame.f_globals.get("__name__", "")
    return module.startswith(f"{package}.")
