"""A small mapping whose keys are known beforehand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar


class StrictDict:
    """A small mapping that permits certain keys only, and has them as attributes.

    ``StrictDict.create(allowed_keys)`` makes the class of such mappings.
    """

    __slots__: ClassVar[tuple[str, ...]] = ()
    _classes: ClassVar[dict[tuple[str, ...], Any]] = {}

    def __init__(self, **kwargs: Any) -> None:
        """Set the given keys; the others are missing."""
        for key, value in kwargs.items():
            setattr(self, key, value)

    @classmethod
    def create(cls, allowed_keys: Iterable[str]) -> Any:
        """Return the class of mappings that permit these keys."""
        keys = tuple(sorted(set(allowed_keys)))
        if keys not in cls._classes:
            slots = tuple(key for key in keys if not hasattr(cls, key))
            cls._classes[keys] = type(
                "SpecificStrictDict", (cls,), {"__slots__": slots}
            )
        return cls._classes[keys]

    def __getitem__(self, key: str) -> Any:
        """Return the value of a key."""
        if key not in self:
            raise KeyError(key)
        return getattr(self, key)

    def __setitem__(self, key: str, value: Any) -> None:
        """Set the value of a permitted key."""
        setattr(self, key, value)

    def __contains__(self, key: str) -> bool:
        """Say whether a key is permitted and set."""
        return key in type(self).__slots__ and hasattr(self, key)

    def __iter__(self) -> Iterator[str]:
        """Iterate over the keys that are set."""
        return (key for key in type(self).__slots__ if hasattr(self, key))

    def __len__(self) -> int:
        """Return how many keys are set."""
        return sum(1 for _ in self)

    def __eq__(self, other: object) -> bool:
        """Compare the items with those of another mapping."""
        return list(self.items()) == list(other.items())  # type: ignore[attr-defined]

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        """Show the items."""
        items = ", ".join(f'"{key}": {value!r}' for key, value in self.items())
        return f"{{{items}}}"

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value of a key, or the default."""
        return getattr(self, key) if key in self else default

    def pop(self, key: str, default: Any = None) -> Any:
        """Remove a key and return its value, or the default."""
        if key not in self:
            return default
        value = getattr(self, key)
        delattr(self, key)
        return value

    def keys(self) -> list[str]:
        """Return the keys that are set."""
        return list(self)

    def items(self) -> list[tuple[str, Any]]:
        """Return the keys that are set, with their values."""
        return [(key, getattr(self, key)) for key in self]

    def iterkeys(self) -> Iterator[str]:
        """Iterate over the keys that are set."""
        return iter(self)

    def iteritems(self) -> Iterator[tuple[str, Any]]:
        """Iterate over the keys that are set, with their values."""
        return iter(self.items())
