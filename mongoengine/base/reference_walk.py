"""The references in documents: found wherever they are, and replaced by what was loaded.

A walk goes through the values of a document as they are held, builds no more of them
than it must, and marks nothing as changed.  ``Search`` notes what is wanted, somebody
loads it, and ``Placement`` puts it where the references were::

    search = Search()
    for document in documents:
        search.walk(document, ("comments", "author"))
    found = load(search.wanted)
    placement = Placement(found)
    ...
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bson import DBRef

from mongoengine.base.containers import BaseDict, BaseList
from mongoengine.base.kinds import is_embedded, is_top_level
from mongoengine.base.places import key_of
from mongoengine.base.plain import pairs_of
from mongoengine.base.reading import alias_of, reads_async
from mongoengine.base.reference_proxy import ReferenceProxy
from mongoengine.base.targets import (
    Found,
    Target,
    Wanted,
    is_generic,
    is_lazy,
    is_untyped,
    led_to,
    untyped_target,
)

Names = Sequence[str]


class ReferenceWalk:
    """A way through documents, along names of fields or to all references.

    It ends at the documents that are referred to.  Those that are there already are
    met as well.
    """

    _is_final = False  # what is not put in place is missing, and stays a reference

    def __init__(self, lazily: bool = True) -> None:
        """Walk; ``lazily`` says whether lazy references are met too."""
        self._lazily = lazily
        self._kept_by: Any = None  # the document at hand, or its alias
        self._targets: dict[Any, Target] = {}

    @property
    def _alias(self) -> str:
        """The alias of the connection that the document at hand is kept on."""
        if not isinstance(self._kept_by, str):
            self._kept_by = self._kept_by._own_place().alias
        return self._kept_by

    def _meet(self, target: Target, pk: Any) -> Any:
        """Return the document to put in place of a reference, or None."""
        raise NotImplementedError

    def _meet_all(self, target: Target, ids: list[Any]) -> list[Any]:
        """Return the documents to put in place of ids, None for what stays."""
        return [self._meet(target, pk) for pk in ids]

    def _pass(self, document: Any) -> None:
        """Meet a document that is in its place."""

    def _leave(self, document: Any, field: Any) -> None:
        """Be done with a field that holds containers."""

    def walk(self, document: Any, names: Names = ()) -> None:
        """Go through a document: along names of fields, or all of it."""
        if document._is_document:
            self._kept_by = document
        if names:
            field = document._field_named(names[0])
            if field is not None:
                self._walk_field(document, field, names[1:])
            return
        for field in document._class_plan.leading:
            self._walk_field(document, field, names)
        if document._dynamic:
            for field in document._dynamic_fields.values():
                self._walk_field(document, field, names)

    def walk_field(self, document: Any, field: Any, names: Names = ()) -> None:
        """Go through the value of one field, also of an embedded document."""
        self._kept_by = document if document._is_document else alias_of(document)
        self._walk_field(document, field, names)

    def walk_items(self, alias: str, container: Any, item: Any = None) -> None:
        """Go through a list or dict of a document that is kept on a connection.

        ``item`` is the field of what it holds, if there is one.
        """
        self._kept_by = alias
        self._items(item, container, ())

    def _walk_field(self, document: Any, field: Any, names: Names) -> None:
        if not field._may_lead:
            return
        value = document.__dict__.get(field.name)
        if value is None:  # unless it is kept aside
            value = document._home_of_value(field.name).get(field.name)
        if value is None:
            return
        if field.name in document._unbuilt_names:
            new = self._waiting(document, field, value, names)
        else:
            new = self._value(field, value, names)
        if new is not value:
            document._put_value(field, new)
        if field._holds_many:
            self._leave(document, field)

    # What was decoded, and waits to be built

    def _waiting(self, document: Any, field: Any, value: Any, names: Names) -> Any:
        """Return a value that waits, built if there was something to replace."""
        if field._own_target is not None:
            found = self._of_class(field, value)
            return value if found is None else found
        item = getattr(field, "field", None)
        if type(value) is list and getattr(item, "_own_target", None) is not None:
            return self._waiting_items(document, item, value)
        if not field._decoded_leads(value):
            return value
        return self._value(field, document._read_value(field), names)

    def _waiting_items(self, document: Any, item: Any, values: list[Any]) -> list[Any]:
        if DBRef in set(map(type, values)):
            found = [self._of_class(item, value) for value in values]
        else:
            found = self._meet_all(self._target_of_ids(item), values)
        types = set(map(type, found))
        if not found or (types == {type(None)} and not self._is_final):
            return values
        if type(None) not in types:
            return found
        return [
            item._build_decoded(document, value) if new is None else new
            for value, new in zip(values, found, strict=True)
        ]

    def _of_class(self, field: Any, value: Any) -> Any:
        if isinstance(value, DBRef):
            return self._reference(field, value)
        return self._meet(self._target_of_ids(field), value)

    def _target_of_ids(self, field: Any) -> Target:
        """Return what the ids in a field lead to, which is worked out once."""
        target = self._targets.get(field)
        if target is None:
            target = self._targets[field] = field._own_target()
        return target

    # What is built

    def _value(self, field: Any, value: Any, names: Names) -> Any:
        """Return what stands for a value from now on; no field may know of it."""
        if is_embedded(value):
            self.walk(value, names)
        elif is_top_level(value):
            self._pass(value)
        elif getattr(field, "_target_of", None) is not None:
            return self._reference(field, value)
        elif _is_untyped(field, value):
            return self._reference(None, value)
        elif isinstance(value, (list, dict)):
            self._items(getattr(field, "field", None), value, names)
        return value

    def _items(self, item: Any, container: Any, names: Names) -> None:
        """Go through a list or dict, and replace in it."""
        put = (dict if isinstance(container, dict) else list).__setitem__
        for key, value in list(pairs_of(container) or ()):
            new = self._value(item, value, names)
            if new is not value:
                put(container, key, new)

    def _reference(self, field: Any, value: Any) -> Any:
        """Return the document that a reference leads to, or the reference."""
        if hasattr(field, "build_lazyref"):
            value = field.build_lazyref(value)
        if is_lazy(value):
            return self._lazy(value)
        if isinstance(value, ReferenceProxy) and value._document is not None:
            self._pass(value._document)
            return value._document
        led = led_to(field, value, self._alias)
        document = None if led is None else self._meet(*led)
        return value if document is None else document

    def _lazy(self, lazy: Any) -> Any:
        """Have a lazy reference remember its document; it stays in its place."""
        if lazy._cached_doc is not None:
            self._pass(lazy._cached_doc)
        elif self._lazily:
            lazy._cached_doc = self._meet(*untyped_target(lazy, self._alias))
        return lazy


class Search(ReferenceWalk):
    """Notes what references want, and which documents are there already."""

    def __init__(self, lazily: bool = True) -> None:
        """Begin to search."""
        super().__init__(lazily)
        self.wanted = Wanted()
        self.documents: list[Any] = []

    def _meet(self, target: Target, pk: Any) -> Any:
        self.wanted.add(target, pk)

    def _meet_all(self, target: Target, ids: list[Any]) -> list[Any]:
        self.wanted.add_all(target, map(key_of, ids), ids)
        return []

    def _pass(self, document: Any) -> None:
        self.documents.append(document)


class Placement(ReferenceWalk):
    """Puts documents where the references to them are; references to others stay."""

    _is_final = True

    def __init__(self, found: Found, lazily: bool = True) -> None:
        """Put what was found."""
        super().__init__(lazily)
        self._meet = found.get  # type: ignore[method-assign]
        self._meet_all = found.get_all  # type: ignore[method-assign]

    def _leave(self, document: Any, field: Any) -> None:
        """Have reading a container not look for the missing ones again."""
        if field.name in document._unbuilt_names or reads_async(document):
            return
        value = document._read_value(field)
        if not isinstance(value, (list, dict)):  # stored by somebody else
            return
        if type(value) is not list or not are_top_level(value):
            container = field._track(document, value)
            if isinstance(container, (BaseDict, BaseList)):
                container._dereferenced = True


def are_top_level(values: list[Any]) -> bool:
    """Say whether all values are documents with a collection of their own."""
    kinds = set(map(type, values))
    return all(getattr(kind, "_is_document", None) is True for kind in kinds)


def field_of_generic(document: Any, container: Any) -> Any:
    """Return the field, of no type, in which a dict is a generic reference, or None."""
    if not is_generic(container):
        return None
    field = document._field_named(container._name.partition(".")[0])
    return None if field is None or field._holds_many else field


def _is_untyped(field: Any, value: Any) -> bool:
    """Say whether a value is a reference of which no field knows the class."""
    if field is not None and field._holds_many:
        return False
    return is_untyped(value)
