"""The document classes that users derive theirs from."""

from __future__ import annotations

from typing import Any, ClassVar

from bson import DBRef

from mongoengine.base.common import get_document
from mongoengine.base.connection_settings import DEFAULT_CONNECTION_NAME
from mongoengine.base.document import BaseDocument
from mongoengine.base.dynamic import DynamicFields
from mongoengine.base.metaclasses import (
    DocumentMetaclass,
    TopLevelDocumentMetaclass,
)
from mongoengine.base.state import held
from mongoengine.errors import OperationError

__all__ = (
    "Document",
    "DynamicDocument",
    "DynamicEmbeddedDocument",
    "EmbeddedDocument",
    "InvalidCollectionError",
    "MapReduceDocument",
)


class InvalidCollectionError(Exception):
    """A collection exists with other options than the document class asks for."""


def includes_cls(fields: Any) -> bool:
    """Say whether the fields of an index start with the class."""
    first = fields[0] if fields else None
    name = first[0] if isinstance(first, (list, tuple)) else first
    return bool(name == "_cls")


BASE_META: dict[str, Any] = {
    "abstract": True,
    "max_documents": None,
    "max_size": None,
    "ordering": [],
    "indexes": [],
    "id_field": None,
    "index_background": False,
    "index_opts": None,
    "delete_rules": None,
    "allow_inheritance": None,
}


class EmbeddedDocument(BaseDocument, metaclass=DocumentMetaclass):
    """A document that is stored within others.

    Fields are attributes of the class, as in :class:`Document`; ``meta`` knows
    ``allow_inheritance`` and ``strict``.
    """

    __slots__ = ()

    my_metaclass = DocumentMetaclass

    __hash__ = None  # type: ignore[assignment]  # it changes

    @property
    def _instance(self) -> Any:
        """The document that this one is part of, held weakly, or None."""
        return held(self, "_owner")

    @_instance.setter
    def _instance(self, owner: Any) -> None:
        self._owner = owner

    def __eq__(self, other: object) -> bool:
        if isinstance(other, type(self)):
            return bool(self.to_mongo() == other.to_mongo())
        return False

    def __ne__(self, other: object) -> bool:
        return not self == other


class Document(BaseDocument, metaclass=TopLevelDocumentMetaclass):
    """A document with a collection of its own.

    Fields are attributes of the class.  ``meta`` is a dict of options, among them
    ``collection`` (a name, or what is called with the class and gives one),
    ``db_alias``, ``indexes``, ``ordering``, ``allow_inheritance``, ``abstract``,
    ``strict``, ``shard_key``, ``id_field``.
    """

    __slots__ = ()

    my_metaclass = TopLevelDocumentMetaclass

    _meta: ClassVar[Any] = dict(BASE_META)
    _is_base_cls: ClassVar[bool] = True

    @property
    def pk(self) -> Any:
        """The value of the primary key, whatever its name."""
        name = self._id_name()
        return getattr(self, name) if name else None

    @pk.setter
    def pk(self, value: Any) -> None:
        setattr(self, self._id_name(), value)

    def to_dbref(self) -> DBRef:
        """Return a reference to this document, which must have been saved."""
        if self.pk is None:
            raise OperationError("Only saved documents can have a valid dbref")
        return DBRef(self._get_collection_name(), self.pk)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, DBRef):
            collection, pk = other.collection, other.id
            return bool(self._get_collection_name() == collection and self.pk == pk)
        if not isinstance(other, BaseDocument) or type(self) is not type(other):
            return False
        if self.pk is None:
            return self is other
        return bool(self.pk == getattr(other, "pk", None))

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return object.__hash__(self) if self.pk is None else hash(self.pk)

    @property
    def _object_key(self) -> dict[str, Any]:
        """The query that finds this document: its key, and its shard key."""
        names = ("pk", *self._meta.get("shard_key", ()))
        names = tuple(name for name in names if name != self._id_name())
        return {name: getattr(self, name) for name in names}

    @classmethod
    def _get_db_alias(cls) -> str:
        """Return the alias of the connection that the class uses."""
        alias: str = cls._meta.get("db_alias", DEFAULT_CONNECTION_NAME)
        return alias

    @classmethod
    def _disconnect(cls) -> None:
        """Forget what belongs to a connection that is closed."""
        cls._collection = None

    @classmethod
    def register_delete_rule(
        cls, document_cls: Any, field_name: str, rule: int
    ) -> None:
        """Say what deleting a document of this class does to those that refer to it.

        The rule holds for the subclasses on both sides.
        """
        for name in cls._subclasses:
            meta = get_document(name)._meta
            rules = dict(meta.get("delete_rules") or {})
            rules[(document_cls, field_name)] = rule
            meta["delete_rules"] = rules


class DynamicDocument(DynamicFields, Document, metaclass=TopLevelDocumentMetaclass):
    """A document that takes any attribute as a field, besides those of its class."""

    __slots__ = ()

    my_metaclass = TopLevelDocumentMetaclass

    _dynamic = True


class DynamicEmbeddedDocument(
    DynamicFields, EmbeddedDocument, metaclass=DocumentMetaclass
):
    """An embedded document that takes any attribute as a field."""

    __slots__ = ()

    my_metaclass = DocumentMetaclass

    _dynamic = True


class MapReduceDocument:
    """A row that map-reduce gave: a key, usually of a document, and a value."""

    def __init__(self, document: Any, collection: Any, key: Any, value: Any) -> None:
        """Keep the row, and the class and collection to look the key up in."""
        self._document = document
        self._collection = collection
        self.key = key
        self.value = value
