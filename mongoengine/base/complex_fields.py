"""Fields that hold other values, nested to any depth."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, overload

from bson import SON, DBRef

from mongoengine.base.containers import BaseDict, BaseList, is_at, placed, tracked
from mongoengine.base.decoded_containers import DecodedContainer
from mongoengine.base.embedded_list import EmbeddedDocumentList
from mongoengine.base.fetchable import Fetchable
from mongoengine.base.field import BaseField
from mongoengine.base.kinds import is_document, is_embedded, is_queryset, is_top_level
from mongoengine.base.plain import (
    HOLDERS,
    REFUSED,
    is_plain,
    like,
    pairs_of,
    plain_copy,
    values_of,
    with_documents,
)
from mongoengine.base.state import building
from mongoengine.base.targets import stored_dbref
from mongoengine.base.tracking import SCALARS

if TYPE_CHECKING:
    from typing_extensions import Self

T = TypeVar("T")

UNSAVED = "You can only reference documents once they have been saved to the database"

_TRACKED = frozenset({BaseList, BaseDict, EmbeddedDocumentList})


class ComplexBaseField(Fetchable, DecodedContainer[T]):
    """A field that holds other values: a list or a dict, nested to any depth.

    Reading gives containers that tell their document of changes.
    """

    _worked_out: ClassVar[tuple[str, ...]] = (
        *DecodedContainer._worked_out,
        "_read_item",
    )
    _list_class: ClassVar[Any] = BaseList  # what a list is read as
    _read_item: Any = None  # what an item is read as, where that is not the item

    def __init__(self, field: Any = None, **kwargs: Any) -> None:
        """Describe a container whose values are of a ``field``, if one is given."""
        if field is not None and not isinstance(field, BaseField):
            raise TypeError(
                "field argument must be a Field instance "
                f"(e.g {type(self).__name__}(StringField()))"
            )
        self.field = field
        super().__init__(**kwargs)

    # Access

    @overload
    def __get__(self, instance: None, owner: Any) -> Self: ...
    @overload
    def __get__(self, instance: Any, owner: Any) -> T: ...
    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """Return a container that is tracked by the document."""
        if instance is None:
            return self
        value = instance.__dict__.get(self.name)
        if type(value) not in _TRACKED or not value._dereferenced:
            value = self._first_read(instance, value)
        if self._read_item is not None and isinstance(value, list):
            self._read_items(value)
        return value

    def _first_read(self, instance: Any, value: Any) -> Any:
        """Return the tracked container, with what it refers to as that is to be read."""
        leads = self._may_lead
        if self.name in instance._unbuilt_names:
            leads = value is not None and self._decoded_leads(value)
            if not leads and value is not None:
                return self._build_tracked(instance)
        is_done = not leads or instance._load_references(self)
        with building:  # so that threads get the same container
            value = self._track(instance, instance._read_value(self))
        if is_done and type(value) in _TRACKED:
            value._dereferenced = True
        return value

    def _build_tracked(self, instance: Any) -> Any:
        """Build a decoded container that refers to nothing; tracked, for its document."""
        with building:
            value = instance.__dict__[self.name]
            if self.name not in instance._unbuilt_names:  # another thread was faster
                return self._track(instance, value)
            if not (self._native_items and type(value) is list):
                value = with_documents(self._build_items(instance, value))
            value = self._tracked(instance, value)
            if type(value) in _TRACKED:
                value._dereferenced = True
            return instance._put_value(self, value)

    def _read_items(self, value: list[Any]) -> None:
        """Replace items by what they are read as; this is no change."""
        for index, item in enumerate(list.__iter__(value)):
            list.__setitem__(value, index, self._read_item(item))

    def _track(self, instance: Any, value: Any) -> Any:
        """Put what holds values into the document as a tracked container."""
        if type(value) in _TRACKED:
            return value
        found = value if type(value) in HOLDERS else self._as_plain(value)
        found = self._tracked(instance, with_documents(found))
        if found is not value:
            instance._put_value(self, found)
        return found

    def _tracked(self, instance: Any, value: Any) -> Any:
        if type(value) is list:
            return tracked(value, self._list_class, instance, self.name)
        if type(value) is dict:
            return tracked(value, BaseDict, instance, self.name)
        return value

    def _as_plain(self, value: Any) -> Any:
        """Make an exact list or dict of what is assigned, if it is a container.

        Where nothing says what the values are, whatever can be iterated is one.
        """
        if isinstance(value, (list, tuple, dict)):
            return like(value, pairs_of(value))
        if self.field is not None or value is None or isinstance(value, str):
            return value
        return dict(value) if hasattr(value, "items") else list(value)

    def __set__(self, instance: Any, value: Any) -> None:
        """Set the value: a copy of a container elsewhere, the rows of a queryset."""
        if is_queryset(value):
            value = list(value)
        if not is_at(value, instance, self.name):
            value = self._items_converted(placed(value))
        super().__set__(instance, value)

    def _items_converted(self, value: Any) -> Any:
        """Convert assigned values, if the field of the items wants that."""
        if self.field is None or not self.field._converts_assigned:
            return value
        if not isinstance(value, (list, tuple, dict)):
            return value
        convert = self.field.to_python
        return like(
            value, ((key, convert(item)) for key, item in pairs_of(value) or ())
        )

    # References

    @property
    def _may_lead(self) -> bool:  # type: ignore[override]
        return self.field is None or self.field._may_lead

    def _decoded_leads(self, value: Any) -> bool:
        """Say whether there may be references in a container that nobody has read.

        Where nothing says what the values are, all that are not plain may be some.
        """
        if self.field is None:
            return not is_plain(value)
        if not self.field._may_lead:
            return False
        return any(map(self.field._decoded_leads, values_of(value)))

    # Conversion

    def to_python(self, value: Any) -> Any:
        """Convert the values in a container, into a new list or dict."""
        if isinstance(value, (str, bytes)) or is_document(value):
            return value
        if hasattr(value, "to_python"):
            return value.to_python()
        pairs = pairs_of(value)
        if pairs is None:
            return value
        convert = self._item_to_python if self.field is None else self.field.to_python
        return like(value, ((key, convert(item)) for key, item in pairs))

    def _item_to_python(self, item: Any) -> Any:
        if type(item) in SCALARS:
            return item
        if is_top_level(item):
            return self._dbref_of(item)
        return ComplexBaseField.to_python(self, item)

    def to_mongo(
        self, value: Any, use_db_field: bool = True, fields: Any = None
    ) -> Any:
        """Convert the values in a container to what is stored, into a new one."""
        if self.field is None:
            copy = plain_copy(value)
            if copy is not REFUSED:
                return copy
        if isinstance(value, (str, bytes)):
            return value
        if hasattr(value, "to_mongo"):
            return self._document_to_mongo(value, use_db_field, fields)
        convert = self._item_converter(use_db_field, fields)
        if isinstance(value, list):
            return [convert(item) for item in list.__iter__(value)]
        pairs = pairs_of(value)
        if pairs is None:
            return value
        return like(value, ((key, convert(item)) for key, item in pairs))

    def _item_converter(self, use_db_field: bool, fields: Any) -> Callable[[Any], Any]:
        """Return what converts one of the values to what is stored."""
        if self.field is None:
            return lambda item: self._item_to_mongo(item, use_db_field, fields)
        if use_db_field and fields is None:
            to_mongo: Callable[[Any], Any] = self.field.to_mongo
            return to_mongo
        call = self.field._to_mongo_safe_call
        return lambda item: call(item, use_db_field, fields)

    def _item_to_mongo(self, item: Any, use_db_field: bool, fields: Any) -> Any:
        if type(item) in SCALARS:
            return item
        # Documents of a class that can be inherited know theirs by themselves.
        if is_top_level(item) and item._meta.get("allow_inheritance"):
            return self._dbref_of(item)
        return ComplexBaseField.to_mongo(self, item, use_db_field, fields)

    def _document_to_mongo(self, document: Any, use_db_field: bool, fields: Any) -> Any:
        """Convert a document: an embedded one with its class, others to a reference."""
        if is_top_level(document):
            return SON(_cls=document._class_name, _ref=self._dbref_of(document))
        stored = document.to_mongo(use_db_field, fields)
        if is_embedded(document):
            stored["_cls"] = document._class_name
        return stored

    def _dbref_of(self, document: Any) -> DBRef:
        if document.pk is None:
            self.error(UNSAVED)
        return stored_dbref(document)

    def _accepts_native(self) -> bool:
        """Say whether each container of valid values is valid."""
        return not self.required and super()._accepts_native()

    def prepare_query_value(self, op: str | None, value: Any) -> Any:
        """Convert a container as if it were to be stored."""
        return self.to_mongo(value)

    # Validation

    def validate(self, value: Any, clean: bool = True) -> None:
        """Validate each value, and that a required container is not empty."""
        if self.field is not None:
            self._validate_items(value)
        if self.required and not value:
            self.error("Field is required and cannot be empty")

    def _validate_items(self, value: Any) -> None:
        if self._are_valid_items(value):
            return
        errors = {}
        for key, item in pairs_of(value) or ():
            error = self.field._error_of_item(item)
            if error is not None:
                errors[key] = error
        if errors:
            self.error(f"Invalid {type(self.field).__name__} item ({value})", errors)

    def _are_valid_items(self, value: Any) -> bool:
        """Say whether all values are of the type that is valid whatever they are."""
        if not (self._valid_items and isinstance(value, (list, tuple, dict))):
            return False
        return self._valid_items.issuperset(map(type, values_of(value)))

    # The fields inside

    def lookup_member(self, member_name: str) -> Any:
        """Return the field of that name in what the container holds."""
        lookup = getattr(self.field, "lookup_member", None)
        return lookup(member_name) if lookup else None

    def _planned_by(self, cls: Any) -> None:
        super()._planned_by(cls)
        if self.field is not None:
            self.field._planned_by(cls)

    def _set_owner_document(self, owner: Any) -> None:
        if self.field is not None:
            self.field.owner_document = owner
        self._owner_document = owner
