"""How a class statement becomes a document class.

Fields are gathered from the bases and the body, options from the ``meta`` of each; then
come ids, indexes, exceptions and delete rules, and at last the plan of the finished class.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mongoengine.base.class_bases import (
    class_names,
    flattened,
    is_concrete,
    options_of,
    own_exception,
    refuse_awaited,
    tell_bases_of,
    warn_of_collection,
)
from mongoengine.base.class_fields import (
    displayer,
    field_tables,
    gather_fields,
    own_fields,
)
from mongoengine.base.common import _DocumentRegistry
from mongoengine.base.constants import DO_NOTHING as DO_NOTHING
from mongoengine.base.document import BaseDocument
from mongoengine.base.dynamic import NamesInOrder
from mongoengine.base.field import BaseField
from mongoengine.base.field_traits import is_trusted
from mongoengine.base.finding import FINDERS
from mongoengine.base.id_field import ObjectIdField
from mongoengine.base.lookup import forget_names
from mongoengine.base.meta import MetaDict, auto_id_names, default_collection_name
from mongoengine.base.plans import Plan
from mongoengine.errors import (
    DoesNotExist,
    MultipleObjectsReturned,
)
from mongoengine.fields.text import StringField

if TYPE_CHECKING:
    from mongoengine.queryset.manager import QuerySetOfClass

__all__ = ("DocumentMetaclass", "TopLevelDocumentMetaclass")

Namespace = dict[str, Any]

PLANNED_METHODS = {
    "__init__",
    "__new__",
    "__setattr__",
    "_from_son",
    "clean",
    "to_mongo",
    "validate",
}


class _PlanLater:
    """In the place of a plan: makes it when it is asked for."""

    def __get__(self, instance: Any, owner: Any) -> Any:
        owner._make_plan()
        return owner._class_plan


PLAN_LATER = _PlanLater()


class DocumentMetaclass(type):
    """The metaclass of embedded documents, and what all documents need."""

    def __new__(mcs, name: str, bases: tuple[type, ...], attrs: Namespace) -> Any:
        """Make a document class, unless this is one of the library's base classes."""
        if "my_metaclass" in attrs:
            return super().__new__(mcs, name, bases, attrs)
        attrs.setdefault("_is_document", False)
        attrs["_cached_reference_fields"] = []
        attrs["_meta"] = mcs._merged_meta(name, bases, attrs)
        attrs.update(class_names(name, bases, attrs))
        if attrs["_meta"].get("allow_inheritance"):
            attrs["_cls"] = StringField(default=attrs["_class_name"])
        attrs.update(field_tables(gather_fields(bases, attrs)))
        cls = super().__new__(mcs, name, bases, attrs)
        cls._complete()
        return cls

    @staticmethod
    def _merged_meta(name: str, bases: tuple[type, ...], attrs: Namespace) -> Any:
        """Return the options of an embedded document: its own, or else its bases'."""
        if "meta" in attrs:
            own = attrs.pop("meta")
            own.get("abstract")  # refuse what is no mapping
            return own
        meta = MetaDict()
        for base in reversed(flattened(bases)):
            meta.merge(options_of(base))
        meta["abstract"] = False
        return meta

    def _complete(cls: Any) -> None:
        """Do what needs the class itself."""
        refuse_awaited(cls)
        _DocumentRegistry.register(cls)
        tell_bases_of(cls)
        own_fields(cls)
        cls._make_plan()

    def __setattr__(cls: Any, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if name == "_fields_ordered" or isinstance(value, BaseField):
            cls._plan_later()
        else:
            cls._plan_anew(name)

    def __delattr__(cls: Any, name: str) -> None:
        super().__delattr__(name)
        cls._plan_anew(name)

    def _plan_later(cls: Any) -> None:
        """Plan again once there is a document: a field is about to be added."""
        if "_class_plan" in vars(cls):
            cls._class_plan = PLAN_LATER

    def _plan_anew(cls: Any, name: str) -> None:
        """Plan again when a method is replaced that plans leave out if it is ours.

        Which ones find a collection is remembered as well.
        """
        if name in FINDERS:
            forget_names()
        if name in PLANNED_METHODS and "_class_plan" in vars(cls):
            cls._make_plan()
            for subclass in cls.__subclasses__():
                subclass._plan_anew(name)

    def _make_plan(cls: Any) -> None:
        """Put readers in place of plain fields, and work out what the hot paths need."""
        fields = cls._fields
        plain = {
            n: f for n, f in fields.items() if type(f).__set__ is BaseField.__set__
        }
        hidden = set()
        for name, field in fields.items():
            field._planned_by(cls)
            attribute = _static_attribute(cls, name)
            if isinstance(attribute, BaseField):
                if is_reader_enough(field):
                    setattr(cls, name, Reader(field))
            elif not isinstance(attribute, Reader):  # a property, or None
                plain.pop(name, None)
                hidden.add(name)
            if field.choices:
                setattr(cls, f"get_{name}_display", displayer(field))
        shard_key = cls._meta.get("shard_key") or ()
        if cls._dynamic:
            cls._fields_ordered = NamesInOrder(cls._fields_ordered)
        cls._guarded_names = frozenset({cls._id_name(), *shard_key} & fields.keys())
        cls._writable_fields = {
            n: f for n, f in plain.items() if n not in cls._guarded_names
        }
        cls._sets_plainly = _inherits(cls, "__setattr__") and all(
            is_trusted(field, "__set__") for field in fields.values()
        )
        cls._loads_fast = cls._sets_plainly and not cls._dynamic and _is_ordinary(cls)
        cls._class_plan = Plan(cls, plain, hidden)
        forget_names()


class TopLevelDocumentMetaclass(DocumentMetaclass):
    """The metaclass of documents that have a collection."""

    if TYPE_CHECKING:
        # Here, so that a class may declare ``objects`` as whatever it is.
        objects = QuerySetOfClass()

    def __new__(mcs, name: str, bases: tuple[type, ...], attrs: Namespace) -> Any:
        """Make a document class, with its collection, id, indexes and exceptions."""
        if "my_metaclass" not in attrs:
            _refuse_embedded(name, bases)
            attrs["_is_document"] = True
            attrs["_is_base_cls"] = False
        return super().__new__(mcs, name, bases, attrs)

    @staticmethod
    def _merged_meta(name: str, bases: tuple[type, ...], attrs: Namespace) -> Any:
        own = attrs.pop("meta", {})
        concrete = [b for b in flattened(bases) if is_concrete(b)]
        if own.get("abstract"):
            if concrete:
                raise ValueError("Abstract document cannot have non-abstract base")
            return own
        meta = MetaDict()
        for base in reversed(flattened(bases)):
            meta.merge(dict(options_of(base)))
        meta["abstract"] = False
        meta.merge(own)
        if concrete and meta.get("allow_inheritance") is False:
            raise ValueError(
                'Only direct subclasses of Document may set "allow_inheritance" to False'
            )
        if concrete and "collection" in own:
            warn_of_collection(name)
            meta["collection"] = concrete[0]._meta["collection"]
        return meta

    @property
    def _collection(cls: Any) -> Any:
        """The sync collection once it has been used; None has it prepared anew."""
        return cls._get_prepared()

    @_collection.setter
    def _collection(cls: Any, collection: Any) -> None:
        cls._set_prepared(collection)

    @_collection.deleter
    def _collection(cls: Any) -> None:
        cls._set_prepared(None)  # as ``mock.patch.object()`` does at its end

    def _complete(cls: Any) -> None:
        if not cls._meta.get("abstract"):
            cls._settle_collection()
            cls._settle_id()
            cls._add_manager()
            cls._meta["index_specs"] = cls._build_index_specs(cls._meta["indexes"])
            for exception in (DoesNotExist, MultipleObjectsReturned):
                setattr(cls, exception.__name__, own_exception(cls, exception))
        super()._complete()

    def _settle_collection(cls: Any) -> None:
        name = cls._meta.setdefault("collection", default_collection_name(cls.__name__))
        if callable(name):
            cls._meta["collection"] = name(cls)

    def _settle_id(cls: Any) -> None:
        """Find the primary key, or give the class an ``id``."""
        for name, field in cls._fields.items():
            if not field.primary_key:
                continue
            if cls._meta.get("id_field") not in (None, name):
                raise ValueError("Cannot override primary key field")
            cls._meta["id_field"] = name
        if not cls._meta.get("id_field"):
            cls._add_id()
        key = cls._fields.get(cls._id_name())
        if key is not None and key.primary_key and not hasattr(cls, "id"):
            cls.id = key  # which can be called so as well

    def _add_id(cls: Any) -> None:
        name, db_field = type(cls).get_auto_id_names(cls)
        field: ObjectIdField = ObjectIdField(db_field=db_field)
        field.creation_counter = BaseField.auto_creation_counter
        field.name = name
        setattr(cls, name, field)
        fields = {**cls._fields, name: field}
        for table, value in field_tables(fields).items():
            setattr(cls, table, value)
        cls._fields_ordered = (
            name,
            *(other for other in cls._fields_ordered if other != name),
        )
        cls._meta["id_field"] = name

    @classmethod
    def get_auto_id_names(mcs, new_class: Any) -> tuple[str, str]:  # noqa: N804
        """Return the name and database name that an automatic id gets."""
        return auto_id_names(new_class)


class BasesTuple(tuple[type, ...]):
    """Kept for its import path."""


class Reader:
    """Gives a field on the class; a document reads the value from its ``__dict__``.

    Having no ``__set__``, it does not stand in the way of that, unlike the field.
    """

    __slots__ = ("field", "read")

    def __init__(self, field: Any) -> None:
        self.field = field

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """Return the field, or what a document has that has no value yet."""
        return self.field if instance is None else instance._read_value(self.field)


def is_reader_enough(field: Any) -> bool:
    """Say whether the value in the ``__dict__`` is what reading gives."""
    return not field._builds_later and all(
        getattr(type(field), name) is getattr(BaseField, name)
        for name in ("__get__", "__set__")
    )


def _inherits(cls: Any, *methods: str) -> bool:
    return all(getattr(cls, name) is getattr(BaseDocument, name) for name in methods)


def _is_ordinary(cls: Any) -> bool:
    """Say whether the class, and its fields, leave loading to the plan."""
    fields = cls._fields.values()
    own: Any = BaseDocument._from_son
    if getattr(cls._from_son, "__func__", None) is not own.__func__:
        return False
    made_by = ("__new__", "__init__", "_accept_value", "_write_value")
    return _inherits(cls, *made_by) and all(
        isinstance(_static_attribute(cls, field.name), (BaseField, Reader))
        for field in fields
    )


def _static_attribute(cls: type, name: str) -> Any:
    """Return a class attribute as it stands in the class, without calling it."""
    for base in cls.__mro__:
        if name in vars(base):
            return vars(base)[name]
    return None


def _refuse_embedded(name: str, bases: tuple[type, ...]) -> None:
    if any(type(base) is DocumentMetaclass for base in flattened(bases)):
        raise TypeError(f"{name} cannot be both a Document and an EmbeddedDocument")
