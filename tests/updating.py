"""How MongoDB updates what is stored, for tests of deltas without a server."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import bson


def updated(stored: Any, to_set: Any, to_unset: Any) -> Any:
    """Return a stored document after an update."""
    paths = [*to_set, *to_unset]
    for path in paths:
        for other in paths:
            assert path is other or not f"{other}.".startswith(f"{path}."), (
                path,
                other,
            )
    stored = deepcopy(stored)
    for path, value in to_set.items():
        *above, last = path.split(".")
        put(reach(stored, above, make=True), last, as_stored({"v": value})["v"])
    for path in to_unset:
        *above, last = path.split(".")
        take_out(reach(stored, above, make=False), last)
    return stored


def reach(holder: Any, above: list[str], make: bool) -> Any:
    """Return what is at the end of a path, made on the way if told so."""
    for part in above:
        if isinstance(holder, list):
            below = holder[int(part)] if int(part) < len(holder) else None
        elif isinstance(holder, dict):
            below = holder.get(part)
            if part not in holder and make:
                below = {}
        else:
            below = None
        if make:
            assert isinstance(below, (list, dict)), f"cannot create a field in {below}"
            put(holder, part, below)
        holder = below
    return holder


def put(holder: Any, part: str, value: Any) -> None:
    assert part, "an update path with an empty name"
    assert not part.startswith("$"), "an update path with a dollar"
    if isinstance(holder, list):
        holder.extend([None] * (int(part) + 1 - len(holder)))
        holder[int(part)] = value
    else:
        holder[part] = value


def take_out(holder: Any, part: str) -> None:
    if isinstance(holder, dict):
        holder.pop(part, None)
    elif isinstance(holder, list) and int(part) < len(holder):
        holder[int(part)] = None


def as_stored(document: Any) -> Any:
    """Return what would be read back from the database."""
    return bson.decode(bson.encode(document))


def without_void(stored: Any, kept: Any) -> Any:
    """Leave out the keys that are void, and are not in the other one."""
    if isinstance(stored, dict) and isinstance(kept, dict):
        return {
            key: without_void(value, kept.get(key))
            for key, value in stored.items()
            if key in kept or value not in (None, [], {})
        }
    if isinstance(stored, list) and isinstance(kept, list):
        rest = [None] * (len(stored) - len(kept))
        pairs = zip(stored, [*kept, *rest], strict=False)
        return [without_void(value, other) for value, other in pairs]
    return stored
