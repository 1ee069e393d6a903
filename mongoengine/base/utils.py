"""Small helpers that know nothing of documents."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any, NoReturn, TypeVar

T = TypeVar("T")


class LazyRegexCompiler:
    """A class attribute that is a pattern, compiled when it is first read."""

    def __init__(self, pattern: str, flags: int = 0) -> None:
        """Keep the source of the pattern."""
        self._pattern = pattern
        self._flags = flags

    @cached_property
    def compiled_regex(self) -> re.Pattern[str]:
        """The compiled pattern."""
        return re.compile(self._pattern, self._flags)

    def __get__(self, instance: Any, owner: Any = None) -> re.Pattern[str]:
        """Return the compiled pattern, on the class and on instances."""
        return self.compiled_regex

    def __set__(self, instance: Any, value: Any) -> NoReturn:
        """Refuse: a subclass may have another pattern, an instance may not."""
        raise AttributeError("Can not set attribute LazyRegexCompiler")


class NonOrderedList(list[T]):
    """A list that equals every list of the same members, whatever their order."""

    def __eq__(self, other: object) -> bool:
        """Compare as multisets; the members need neither hash nor order."""
        if not isinstance(other, list):
            return NotImplemented
        unmatched = list(other)
        for member in self:
            if member not in unmatched:
                return False
            unmatched.remove(member)
        return not unmatched

    def __ne__(self, other: object) -> bool:
        """Say the contrary of ``==``, which ``list`` would not."""
        return not self == other

    __hash__ = None
