"""What a reference reads as where reading must not reach the server."""

from __future__ import annotations

from typing import Any
from weakref import ref

from bson import SON, DBRef

from mongoengine.base.targets import Target


class ReferenceProxy(DBRef):
    """A reference that knows what it leads to, and its document once that is loaded.

    It is a DBRef in every respect.
    """

    __slots__ = ("_document", "_holder", "_name", "_stored", "_stored_pk", "_target")

    def __init__(
        self, name: str | None, stored: Any, target: Target, stored_pk: Any
    ) -> None:
        """Stand for a reference, a DBRef or a generic one, that a field has stored."""
        if isinstance(stored, ReferenceProxy):
            stored = stored.as_stored()
        reference = stored["_ref"] if isinstance(stored, dict) else stored
        if not isinstance(reference, DBRef):
            reference = DBRef(target.place.name, reference)
        parts = reference.as_doc()
        collection, pk = parts.pop("$ref"), parts.pop("$id")
        super().__init__(collection, pk, parts.pop("$db", None), parts)
        self._lead(name, stored, target, stored_pk)

    @classmethod
    def of_id(cls, name: str, target: Target, pk: Any, stored_pk: Any) -> Any:
        """Stand for an id, of a document of that class, that a field has stored."""
        proxy = cls.__new__(cls)
        DBRef.__init__(proxy, target.place.name, pk)
        proxy._lead(name, None, target, stored_pk)
        return proxy

    def _lead(
        self, name: str | None, stored: Any, target: Target, stored_pk: Any
    ) -> None:
        self._name = name
        self._stored: Any = stored
        self._target = target
        self._stored_pk = stored_pk
        self._document: Any = None
        self._holder: Any = None

    @property
    def pk(self) -> Any:
        """The primary key of the document."""
        return self.id

    @property
    def document_type(self) -> Any:
        """The class that is referred to, None if nothing tells before it is loaded."""
        return self._target.document_type

    def led_to(self) -> tuple[Target, Any]:
        """Return what this leads to, and the id there as it is stored."""
        return self._target, self._stored_pk

    def as_doc(self) -> SON[str, Any]:
        """Return what is encoded: the id as it is stored, and not as ``pk`` reads."""
        parts: SON[str, Any] = super().as_doc()
        parts["$id"] = self._stored_pk
        return parts

    def as_dbref(self) -> DBRef:
        """Return a plain DBRef, as it is stored."""
        parts = self.as_doc()
        collection, pk = parts.pop("$ref"), parts.pop("$id")
        return DBRef(collection, pk, parts.pop("$db", None), parts)

    def to_mongo(self, use_db_field: bool = True, fields: Any = None) -> Any:
        """Return what is stored, where no field says how."""
        if isinstance(self._stored, dict):
            return SON(self._stored)
        return self.as_dbref()

    def as_stored(self) -> Any:
        """Return what the field had that this was read from."""
        return self.as_dbref() if self._stored is None else self._stored

    def as_generic(self) -> Any:
        """Return what a generic reference stores; a DBRef where no class is known."""
        if isinstance(self._stored, dict):
            stored = self._stored
            return SON(_cls=stored["_cls"], _ref=stored["_ref"])  # in this order
        if self.document_type is None:
            return self.as_dbref()
        return SON(_cls=self.document_type._class_name, _ref=self.as_dbref())

    def _is_of(self, document: Any, field: Any) -> bool:
        """Say whether this is what a field of a document holds."""
        holder = self._holder
        return holder is not None and holder[0]() is document and holder[1] is field

    def _belong(self, document: Any, field: Any) -> None:
        """Learn which field of which document holds this."""
        self._holder = ref(document), field

    def _keep(self, document: Any) -> Any:
        """Remember the document, and have it read from the field that holds this."""
        before, self._document = self._document, document
        holder, field = self._holder or (_nobody, None)
        owner = holder()
        if owner is not None:
            value = owner._read_value(field)
            if value is self or (value is before is not None):
                owner._put_value(field, document)
        return document

    def __getattr__(self, name: str) -> Any:
        """Say that the document is not here."""
        try:
            return DBRef.__getattr__(self, name)
        except AttributeError:
            if name.startswith("_"):
                raise
        raise AttributeError(self._what_to_await(name))

    def _what_to_await(self, name: str) -> str:
        """Say what loads the document, so that its attribute can be read."""
        field = self._name or "reference"
        if self._holder is None:  # but a container
            return (
                f"'{field}' holds references, whose documents must be loaded before "
                f"'{name}' can be read: `await document.{field}.async_fetch()`, or "
                "await the item itself"
            )
        return (
            f"'{field}' is a reference, whose document must be loaded before "
            f"'{name}' can be read: `{field} = await document.{field}`, then "
            f"`{field}.{name}`"
        )

    def __repr__(self) -> str:
        state = "unfetched" if self._document is None else "fetched"
        return f"<{type(self).__name__}: {self._name} ({state})>"

    def __reduce__(self) -> Any:
        """Copy and pickle the reference alone."""
        stored = DBRef.__deepcopy__(self, {}) if self._stored is None else self._stored
        return type(self), (self._name, stored, self._target, self._stored_pk)

    def __deepcopy__(self, memo: Any) -> DBRef:
        """Refer to the same document."""
        make, arguments = self.__reduce__()
        twin: DBRef = make(*arguments)
        return twin


def _nobody() -> None:
    """Stand for a weak reference to nothing."""
