"""What changed in a document since it was loaded or saved.

Changes are marked by path: ``name``, ``tags.3``, ``address.city``, in names of the
database.  A document and the containers in it mark its own paths.  An embedded document
keeps its marks itself, wherever it may be moved, and the documents around it collect them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from numbers import Number
from typing import Any

from bson import DBRef, ObjectId

from mongoengine.base.kinds import is_embedded
from mongoengine.base.paths import fit_part, path_below_key
from mongoengine.base.state import TRACKED, State, held, set_marks

Data = dict[str, Any]
Marks = list[tuple[Any, list[str]]]  # documents, each with the paths that it marked

_CONTAINERS = (list, tuple, dict)


class ChangeTracking(State):
    """The marks of a document, and the update that writes them."""

    __slots__ = ()

    @property
    def _changed_fields(self) -> list[str]:
        """The paths that this document marked; a new top-level one has no list yet."""
        if not self._state_flags & TRACKED:
            raise AttributeError(
                f"{type(self).__name__!r} object has no attribute '_changed_fields'"
            )
        if held(self, "_change_marks") is None:
            set_marks(self, [])
        return self._change_marks

    @_changed_fields.setter
    def _changed_fields(self, marks: list[str]) -> None:
        self._set_flag(TRACKED, True)
        set_marks(self, marks)

    def _mark_as_changed(self, key: str) -> None:
        """Mark a path."""
        if not self._state_flags & TRACKED:
            return
        name, dot, rest = key.partition(".")
        key = fit_part(f"{self._db_field_map.get(name, name)}{dot}{rest}")
        add_mark(self._changed_fields, key)

    def _clear_changed_fields(self) -> None:
        """Forget all marks, also those of the documents in this one."""
        self._take_marks()
        self._changed_fields = []

    def _take_marks(self) -> Marks:
        """Forget all marks, and return them by the document that made them."""
        taken = []
        for document in self._tracked_value():
            marks = held(document, "_change_marks")
            if marks:
                set_marks(document, [])
                taken.append((document, marks))
        return taken

    def _forget_marks(self, roots: set[str]) -> None:
        """Forget the marks at some keys of the database, and below."""
        if self._state_flags & TRACKED:
            self._changed_fields = [
                mark
                for mark in self._changed_fields
                if mark.partition(".")[0] not in roots
            ]

    def _tracked_value(self) -> list[Any]:
        """Return this document and those in it, as far as they keep marks."""
        tracked: list[Any] = [self] if self._state_flags & TRACKED else []
        for _, value in self._nesting_values():
            tracked += _tracked_in(value)
        return tracked

    def _get_changed_fields(self) -> list[str]:
        """Return the paths that changed, here and in embedded documents."""
        changed = list(self._changed_fields) if self._state_flags & TRACKED else []
        own = set(changed)
        below: list[str] = []
        for name, value in self._nesting_values():
            key = self._db_field_map.get(name, name)
            if key not in own:
                below += _changed_below(key, value, own)
        if below:
            changed = _fit_parts([*changed, *below])
        return self._whole_if_sorted(changed)

    def _whole_if_sorted(self, changed: list[str]) -> list[str]:
        """Mark a list that is stored sorted as a whole: its positions move."""
        if not any("." in path for path in changed):
            return changed
        for field in self._fields.values():
            key = f"{field.db_field}."
            if field._stored_sorted and any(path.startswith(key) for path in changed):
                changed = [p for p in changed if not p.startswith(key)] + [key[:-1]]
        return changed

    def _nesting_values(self) -> list[tuple[str, Any]]:
        """Return the values that may hold embedded documents, by name.

        Those that nobody has read hold none that could have changed.
        """
        data, unbuilt = self.__dict__, self._unbuilt_names
        names = self._class_plan.nesting
        return [(n, data[n]) for n in names if n in data and n not in unbuilt]

    def _delta(self) -> tuple[Data, Data]:
        """Return what an update has to set and to unset, by path."""
        return self._delta_in(self.to_mongo())

    def _delta_in(self, stored: Any) -> tuple[Data, Data]:
        """Return the delta, given what is stored of the whole document now."""
        if not self._state_flags & TRACKED:
            stored.pop("_id", None)
            changes: Data = stored
        else:
            changes = dict(_at(stored, path) for path in self._get_changed_fields())
        unset = {
            path: 1
            for path, value in changes.items()
            if _is_void(value) and self._is_default(path, value)
        }
        for path in unset:
            del changes[path]
        return changes, unset

    def _is_default(self, path: str, value: Any) -> bool:
        """Say whether a value without content is what a missing one would read as."""
        if path in self._dynamic_fields:
            return True
        field = self._field_at(path)
        if field is None:
            return value is None
        return bool(value == field._make_default())

    def _field_at(self, path: str) -> Any:
        """Return the field that a path of database names leads to, if it is one."""
        holder: Any = self
        field = None
        for part in path.split("."):
            field = None
            if isinstance(holder, ChangeTracking):
                name = holder._reverse_db_field_map.get(part, part)
                field = holder._field_named(name)
                holder = holder._read_value(field) if field is not None else None
            elif isinstance(holder, dict):
                holder = holder.get(part)
            elif isinstance(holder, (list, tuple)) and part.isdigit():
                holder = holder[int(part)]
            else:
                return None
        return field


def _is_void(value: Any) -> bool:
    return not value and not isinstance(value, Number)


def _at(stored: Any, path: str) -> tuple[str, Any]:
    """Return a path, cut off at a reference, and the stored value there."""
    done = []
    for part in path.split("."):
        if isinstance(stored, (ObjectId, DBRef)):
            break  # changes below are the other document's
        if isinstance(stored, (list, tuple)) and part.isdigit():
            stored = stored[int(part)] if int(part) < len(stored) else None
        elif hasattr(stored, "get"):
            stored = stored.get(part)
        done.append(part)
    return ".".join(done), stored


def _changed_below(key: str, value: Any, own: set[str]) -> Iterator[str]:
    """Yield the paths that changed in the embedded documents of a value."""
    if is_embedded(value):
        for path in value._get_changed_fields():
            yield f"{key}.{path}"
    elif isinstance(value, _CONTAINERS):
        for path, item in _items_below(key, value):
            if path not in own:
                yield from _changed_below(path, item, own)


def _items_below(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the paths and values in a container, as it is."""
    if isinstance(value, dict):
        for key, item in dict.items(value):
            yield path_below_key(path, key), item
    else:
        items = list.__iter__(value) if isinstance(value, list) else value
        for index, item in enumerate(items):
            yield f"{path}.{index}", item


def _fit_parts(paths: Iterable[str]) -> list[str]:
    """Return what an update can name of paths, each once, and nothing below another."""
    fit = dict.fromkeys(map(fit_part, paths))
    return [path for path in fit if fit.keys().isdisjoint(_paths_above(path))]


def _paths_above(path: str) -> Iterator[str]:
    parts = path.split(".")
    return (".".join(parts[:length]) for length in range(1, len(parts)))


def holds_changes(value: Any) -> bool:
    """Say whether embedded documents in a value have changes that are not saved."""
    return any(True for _ in _changed_below("", value, set()))


def add_mark(marks: list[str], key: str) -> None:
    """Add a path to marks; what lies below it is covered by it."""
    if key in marks or any(key.startswith(f"{mark}.") for mark in marks):
        return
    marks[:] = [mark for mark in marks if not mark.startswith(f"{key}.")]
    marks.append(key)


def give_marks_back(taken: Marks) -> None:
    """Mark again what was taken, besides what has been marked since."""
    for document, marks in taken:
        if not document._state_flags & TRACKED:
            continue  # all of it counts as changed
        since = document._changed_fields
        document._changed_fields = list(marks)
        for key in since:
            add_mark(document._changed_fields, key)


def value_at(stored: Any, path: str) -> Any:
    """Return the value at a path of a stored document."""
    return _at(stored, path)[1]


def _tracked_in(value: Any) -> Iterator[Any]:
    """Yield the embedded documents of a value, as far as they keep marks."""
    if is_embedded(value):
        yield from value._tracked_value()
    elif isinstance(value, _CONTAINERS):
        for _, item in _items_below("", value):
            yield from _tracked_in(item)
