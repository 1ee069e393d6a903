"""The values of a document that has other attributes as well."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any


class Values(dict[str, Any]):
    """A document's values by name, apart from its other attributes.

    What is set or removed here, is set or removed in the document.
    """

    __slots__ = ("_document",)

    def __init__(self, document: Any) -> None:
        """Gather the values of a document."""
        held = document.__dict__
        super().__init__((n, v) for n, v in held.items() if document._is_known(n))
        super().update(document._stored_aside())
        self._document = document

    def __setitem__(self, name: str, value: Any) -> None:
        """Set a value; one that is of no field is put aside."""
        super().__setitem__(name, value)
        self._document._home_of_value(name)[name] = value

    def __delitem__(self, name: str) -> None:
        """Remove a value."""
        super().__delitem__(name)
        self._document._home_of_value(name).pop(name, None)

    def pop(self, name: str, *default: Any) -> Any:
        """Remove and return a value, or the default."""
        value = super().pop(name, *default)
        self._document._home_of_value(name).pop(name, None)
        return value

    def __ior__(self, other: Any) -> Values:  # type: ignore[override, misc]
        """Set several values, as ``|=``."""
        self.update(other)
        return self

    def __reduce_ex__(self, protocol: Any) -> Any:
        """Copy and pickle the values alone."""
        return dict, (self.copy(),)

    # By the methods above, where those of a dict would leave the document out.
    _by_key: Any = MutableMapping
    clear = _by_key.clear
    popitem = _by_key.popitem
    setdefault = _by_key.setdefault
    update = _by_key.update
    del _by_key
