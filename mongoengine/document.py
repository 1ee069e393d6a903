"""The document classes that users derive theirs from."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any

from bson import DBRef

from mongoengine._async.collections import AsyncCollections
from mongoengine._async.document import AsyncChanging
from mongoengine._async.indexes import AsyncIndexes
from mongoengine._async.saving import AsyncParentSaving, AsyncSaving
from mongoengine._clients import clients, forget_class
from mongoengine._references import AsyncReferenceProxy, References
from mongoengine._sync.collections import Collections
from mongoengine._sync.document import Changing
from mongoengine._sync.indexes import Indexes
from mongoengine._sync.saving import ParentSaving, Saving
from mongoengine.base.common import get_document
from mongoengine.base.connection_settings import DEFAULT_CONNECTION_NAME
from mongoengine.base.document import BaseDocument
from mongoengine.base.dynamic import DynamicFields
from mongoengine.base.kinds import is_document
from mongoengine.base.metaclasses import (
    DocumentMetaclass,
    TopLevelDocumentMetaclass,
)
from mongoengine.base.places import Place, place_at
from mongoengine.base.scopes import switched_alias, switched_name, switches
from mongoengine.base.state import held
from mongoengine.base.switching import Switching
from mongoengine.base.twins import Twins
from mongoengine.errors import InvalidCollectionError, OperationError
from mongoengine.queryset.manager import QuerySetManager
from mongoengine.queryset.map_reduce_document import MapReduceDocument
from mongoengine.queryset.queryset import QuerySet

__all__ = (
    "AsyncReferenceProxy",
    "Document",
    "DynamicDocument",
    "DynamicEmbeddedDocument",
    "EmbeddedDocument",
    "InvalidCollectionError",
    "MapReduceDocument",
)


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


class EmbeddedDocument(
    BaseDocument,
    Twins,
    References,
    AsyncParentSaving,
    ParentSaving,
    metaclass=DocumentMetaclass,
):
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
        return held(self, "_owner_proxy")

    @_instance.setter
    def _instance(self, owner: Any) -> None:
        self._owner_proxy = owner

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, type(self)):
            return False
        return self is other or self._holds_the_same(other)

    def __ne__(self, other: object) -> bool:
        return not self == other


class Document(
    BaseDocument,
    Twins,
    References,
    Switching,
    AsyncSaving,
    AsyncChanging,
    AsyncCollections,
    AsyncIndexes,
    Saving,
    Changing,
    Collections,
    Indexes,
    metaclass=TopLevelDocumentMetaclass,
):
    """A document with a collection of its own.

    Fields are attributes of the class.  ``meta`` is a dict of options, among them
    ``collection`` (a name, or what is called with the class and gives one),
    ``db_alias``, ``indexes``, ``ordering``, ``allow_inheritance``, ``abstract``,
    ``strict``, ``shard_key``, ``id_field``.
    """

    __slots__ = ()

    my_metaclass = TopLevelDocumentMetaclass

    _meta = BASE_META.copy()
    _is_base_cls = True  # as others may ask

    if TYPE_CHECKING:
        id: Any  # of classes that name no primary key of their own
        MultipleObjectsReturned: type[Exception]

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
        if not isinstance(other, BaseDocument) or type(self) is not other.__class__:
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
        key = {"pk": self.pk}
        for path in self._meta.get("shard_key") or ():
            if path != self._id_name():
                value = reduce(getattr, path.split("."), self)
                key[path.replace(".", "__")] = value
        return key

    @property
    def _qs(self) -> Any:
        """A new queryset of the documents in the place where this one is kept."""
        make = self._meta.get("queryset_class", QuerySet)
        return make(type(self), self._own_place())

    @property
    def _collection(self) -> Any:
        """The sync collection that this document is kept in, once it has been used."""
        place, cls = self._own_place(), type(self)
        if place == cls._class_place():
            return cls._collection
        return self._get_collection()

    @classmethod
    def _add_manager(cls) -> None:
        """Give the class its ``objects``, unless it or a base has them already."""
        if not any("objects" in vars(base) for base in cls.__mro__):
            cls.objects = QuerySetManager()  # type: ignore[assignment]

    @classmethod
    def _get_db_alias(cls) -> str:
        """Return the alias of the connection that the class uses."""
        alias: str = cls._meta.get("db_alias", DEFAULT_CONNECTION_NAME)
        return switched_alias(cls, alias) if switches.get() else alias

    @classmethod
    def _get_collection_name(cls) -> Any:
        """Return the name of the collection, None for a class that has none."""
        name = cls._meta.get("collection")
        return switched_name(cls, name) if switches.get() else name

    @classmethod
    def _class_place(cls) -> Place:
        """Return where the documents of the class are kept."""
        return place_at(cls._get_db_alias(), cls._get_collection_name())

    @classmethod
    def _disconnect(cls) -> None:
        """Forget what belongs to a connection that is closed."""
        forget_class(cls)

    @classmethod
    def _get_prepared(cls) -> Any:
        return clients.prepared(cls, cls._class_place())

    @classmethod
    def _set_prepared(cls, collection: Any) -> None:
        forget_class(cls)
        if collection is not None:
            place = cls._class_place()
            clients.keep_prepared(cls, place, clients.get_db(place.alias), collection)

    @classmethod
    def register_delete_rule(
        cls, document_cls: Any, field_name: str, rule: int
    ) -> None:
        """Say what deleting a document of this class does to those that refer to it.

        The rule holds for the subclasses on both sides.
        """
        if not hasattr(document_cls, "_subclasses") or is_document(document_cls):
            raise AttributeError(f"{document_cls!r} is not a class of documents")
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

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...
        def __setattr__(self, name: str, value: Any) -> None: ...


class DynamicEmbeddedDocument(
    DynamicFields, EmbeddedDocument, metaclass=DocumentMetaclass
):
    """An embedded document that takes any attribute as a field."""

    __slots__ = ()

    my_metaclass = DocumentMetaclass

    _dynamic = True

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...
        def __setattr__(self, name: str, value: Any) -> None: ...
