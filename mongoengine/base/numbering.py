"""Where numbers of sequences are missing: in documents, and in what updates are given."""

from __future__ import annotations

from typing import Any, NamedTuple
from weakref import WeakSet

from mongoengine.base.kinds import is_document, is_embedded
from mongoengine.base.plain import pairs_of
from mongoengine.base.state import CREATED, TRACKED, held
from mongoengine.base.tracking import SCALARS

# The fields that draw numbers: where there are none, nobody has to look for documents.
sequences: WeakSet[Any] = WeakSet()

_NOWHERE = object()


class Lack(NamedTuple):
    """A place without a number: a field of a document, or an item of a container."""

    holder: Any
    key: Any
    field: Any

    def fill(self, number: Any) -> None:
        """Put a number there, unless somebody did so meanwhile."""
        if self._value() is None:
            self._put_value(number)

    def empty(self, number: Any) -> None:
        """Take a number away that was drawn, but whose drawing was taken back."""
        if self._value() == number:
            self._put_value(None)

    def _value(self) -> Any:
        if is_document(self.holder):
            return self.holder._read_value(self.field)
        return dict(pairs_of(self.holder) or ()).get(self.key, _NOWHERE)

    def _put_value(self, value: Any) -> None:
        if is_document(self.holder):
            self.holder._put_value(self.field, value)
        else:
            kind: Any = dict if isinstance(self.holder, dict) else list
            kind.__setitem__(self.holder, self.key, value)


def lacks_in(value: Any) -> list[Lack]:
    """Return where numbers are missing: in a document, or in what an update is given.

    They are missing in new documents, and in what these hold.  One that was loaded
    without its number may have one that was not loaded, and gets another only if that
    was asked for.
    """
    found: list[Lack] = []
    if is_document(value):
        _look_in_document(value, found)
    else:
        _look_in(value, None, found)
    return found


def _look_in(
    value: Any, field: Any, found: list[Lack], is_in_new: bool = False
) -> None:
    """Go through a value of a field, but not to documents of their own."""
    if is_embedded(value):
        _look_in_document(value, found, is_in_new)
    elif isinstance(value, (list, tuple, dict)):
        _look_in_container(value, getattr(field, "field", None), found, is_in_new)


def _look_in_document(
    document: Any, found: list[Lack], is_in_new: bool = False
) -> None:
    is_new = is_in_new or bool(document._state_flags & CREATED)
    fields = document._class_plan.numbered
    if document._dynamic:
        fields = (*fields, *document._dynamic_fields.values())
    for field in fields:
        if field._is_drawn:
            is_wanted = is_new or _is_asked_for(document, field)
            if is_wanted and document._read_value(field) is None:
                found.append(Lack(document, field.name, field))
        elif is_new and field.name in document._unbuilt_names:
            _look_in(document._read_value(field), field, found, is_new)
        elif field.name not in document._unbuilt_names:
            value = document._home_of_value(field.name).get(field.name)
            _look_in(value, field, found, is_new)


def _look_in_container(
    container: Any, field: Any, found: list[Lack], is_in_new: bool
) -> None:
    is_drawn = field is not None and field._is_drawn
    for key, item in list(pairs_of(container) or ()):
        if item is None:
            if is_drawn and not isinstance(container, tuple):
                found.append(Lack(container, key, field))
        elif type(item) not in SCALARS:
            _look_in(item, field, found, is_in_new)


def _is_asked_for(document: Any, field: Any) -> bool:
    is_whole = not document._state_flags & TRACKED  # and will be stored as such
    return is_whole or field.db_field in held(document, "_change_marks", ())
