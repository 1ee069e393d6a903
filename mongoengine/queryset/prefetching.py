"""Which references are loaded together with documents.

A path such as ``comments__author`` leads along the names of fields.  Where it comes to a
reference, a step ends: the documents that are found there are loaded, and the rest of the
path is followed in each of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from mongoengine.base.common import get_document
from mongoengine.base.reference_columns import Column
from mongoengine.base.reference_walk import Placement, ReferenceWalk, Search
from mongoengine.base.targets import Found, Wanted
from mongoengine.errors import InvalidQueryError

ALL = "*"

# So many documents are looked at together, unless the queryset has a batch size.
BATCH = 1000

Path = tuple[str, ...]


class Prefetch(NamedTuple):
    """What is loaded with the documents of a queryset."""

    paths: tuple[Path, ...]
    is_batched: bool = True  # or all documents are looked at together
    lazily: bool = True  # what lazy references lead to, too


def to_depth(depth: int, names: Iterable[str] = ()) -> Prefetch:
    """Return what loads all references, and those in what they lead to, and so on.

    With ``names``, those of these fields alone.
    """
    further = (ALL,) * (depth - 1)
    paths = tuple((name, *further) for name in names or (ALL,))
    return Prefetch(paths if depth > 0 else (), False, False)


def parsed(document: Any, paths: Iterable[Any]) -> Iterator[Path]:
    """Yield paths in parts; raise InvalidQueryError if one leads nowhere."""
    for path in paths:
        if not isinstance(path, str):
            raise InvalidQueryError(
                f"prefetch_related() takes paths such as 'comments__author', not {path!r}"
            )
        parts = tuple(path.replace(".", "__").split("__"))
        _check(path, [document], parts)
        yield parts


def _check(path: str, classes: list[Any], parts: Path) -> None:
    """Refuse a path if it leads nowhere, whatever class the documents are of."""
    while parts and classes:
        steps = [step for cls in classes if (step := first_step(cls, parts))]
        if not steps:
            names = " or ".join(cls.__name__ for cls in classes)
            raise InvalidQueryError(
                f"prefetch_related() cannot follow {path!r}: there is no reference "
                f"at {'.'.join(parts)!r} in {names}"
            )
        classes = [cls for step in steps for cls in step.leads_to]
        parts = steps[0].rest


class Step(NamedTuple):
    """The way to references along the names of fields, and what is left of the path."""

    names: Path
    rest: Path
    leads_to: list[Any]  # the classes of what is found there, none if any may be


def first_step(document: Any, path: Path) -> Step | None:
    """Return the first step of a path from a class, None if it leads nowhere."""
    classes = [document]
    for number, name in enumerate(path, 1):
        if name == ALL:
            return Step(path[: number - 1], path[number:], [])
        field = _field_of(classes, name)
        if field is None:
            return None
        if field is UNKNOWN or field._target_of is not None:
            return Step(path[:number], path[number:], _classes_of(field))
        classes = _classes_of(field)
        if not classes:  # any embedded document may be there
            break
    return Step(path, (), [])


# In place of a field: nothing says what is there.
UNKNOWN: Any = object()


def _field_of(classes: list[Any], name: str) -> Any:
    """Return the field of that name, or of what it holds, if it may lead on."""
    for cls in classes:
        for one in (cls, *map(get_document, cls._subclasses)):
            field = one._fields.get(name)
            if field is not None:
                return _unwrapped(field) if field._may_lead else None
            if one._dynamic:
                return UNKNOWN
    return None


def _unwrapped(field: Any) -> Any:
    while field is not None and field._holds_many:
        field = field.field
    return field or UNKNOWN


def _classes_of(field: Any) -> list[Any]:
    """Return the classes of the documents that a field is for, none if any may be."""
    if hasattr(field, "document_type"):
        found = field.document_type  # which may be Document itself
        return [found] if hasattr(found, "_subclasses") else []
    choices = getattr(field, "choices", None) or ()
    return [get_document(one) if isinstance(one, str) else one for one in choices]


class Stage:
    """References that are loaded at the same time: those of one step of each path."""

    def __init__(self, ways: list[tuple[list[Any], Path]], prefetch: Prefetch) -> None:
        """Take documents, with the path to be followed in them."""
        self._lazily = prefetch.lazily
        self._groups = [
            Group(documents, step)
            for group, path in ways
            for documents, step in _by_class(group, path)
        ]

    def wanted(self) -> Wanted:
        """Return what is referred to."""
        search = Search(self._lazily)
        for group in self._groups:
            group.search(search)
        return search.wanted

    def put(self, known: Found) -> None:
        """Put documents in place of the references to them."""
        placement = Placement(known, self._lazily)
        for group in self._groups:
            group.put(known, placement)

    def further(self) -> list[tuple[list[Any], Path]]:
        """Return the documents in which there is more to be followed, and that."""
        return [
            (_each_once(group.found(Search(self._lazily))), group.step.rest)
            for group in self._groups
            if group.step.rest
        ]


class Group:
    """Documents of one class in which a step is made, by columns where that is possible."""

    def __init__(self, documents: list[Any], step: Step) -> None:
        self.step = step
        self._columns: list[tuple[Any, Column]] = []
        self._walked: list[tuple[Any, list[Any]]] = []  # by the field, None for all
        for field in _fields_of(type(documents[0]), step.names):
            item = field.field if field is not None and field._holds_many else field
            if item is None or item._own_target is None:
                self._walked.append((field, documents))
            else:
                self._columns.append((field, Column(field, item, documents)))

    def search(self, search: Search) -> None:
        """Note what is referred to."""
        for _, column in self._columns:
            column.want(search.wanted)
        self._walk(search)

    def put(self, known: Found, placement: Placement) -> None:
        """Put documents in place of the references to them."""
        for _, column in self._columns:
            column.put(known)
        self._walk(placement)

    def found(self, search: Search) -> list[Any]:
        """Return the documents that are in place of references now."""
        self._walk(search)
        return [one for _, column in self._columns for one in column.found] + (
            search.documents
        )

    def _walk(self, walk: ReferenceWalk) -> None:
        """Go to all that is in no column."""
        names = self.step.names
        for field, documents in self._walked:
            for document in documents:
                if field is None:
                    walk.walk(document, names)
                else:
                    walk.walk_field(document, field, names[1:])
        for field, column in self._columns:
            for document in column.others:
                walk.walk_field(document, field, names[1:])


def _fields_of(cls: Any, names: Path) -> Sequence[Any]:
    """Return the fields in which a step may be made, None if each document knows its own."""
    if cls._dynamic:
        return [None]
    if names:
        return [cls._fields.get(names[0])]
    leading: Sequence[Any] = cls._class_plan.leading
    return leading


def _by_class(documents: list[Any], path: Path) -> Iterator[tuple[list[Any], Step]]:
    """Yield documents with the step to make in them; there may be nothing for some."""
    groups: dict[Any, list[Any]] = {}
    for document in documents:
        groups.setdefault(type(document), []).append(document)
    for cls, group in groups.items():
        step = first_step(cls, path)
        if step is not None:
            yield group, step


def _each_once(documents: list[Any]) -> list[Any]:
    return list({id(document): document for document in documents}.values())
