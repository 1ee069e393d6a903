"""Values of any kind."""

from __future__ import annotations

from typing import Any

from mongoengine.base.common import get_document
from mongoengine.base.containers import BaseDict, BaseList, is_at, placed, tracked
from mongoengine.base.fetchable import Fetchable
from mongoengine.base.field import BaseField
from mongoengine.base.kinds import is_document, is_embedded
from mongoengine.base.plain import HOLDERS
from mongoengine.base.reference_proxy import ReferenceProxy
from mongoengine.base.state import building
from mongoengine.base.targets import is_generic, stored_dbref
from mongoengine.fields.text import StringField


class DynamicField(Fetchable, BaseField[Any]):
    """A value of any kind that can be stored, documents included.

    The fields that a dynamic document gets on the way are of this kind.
    """

    _may_lead = True

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """Return the value, a list or dict as one that tells of changes.

        In place of a generic reference stands the document, if it can be loaded.
        """
        if instance is None:
            return self
        value = instance._read_value(self)
        if is_generic(value) or isinstance(value, ReferenceProxy):
            value = self._load_value(instance, value)
        return self._wrap_value(instance) if type(value) in HOLDERS else value

    def _load_value(self, instance: Any, value: Any) -> Any:
        """Return what reading a reference gives, kept in its place."""
        if not self._auto_dereference:
            return value
        return instance._load_reference(self, value)

    def _wrap_value(self, instance: Any) -> Any:
        with building:  # so that threads get the same container
            value = instance._read_value(self)
            if type(value) not in HOLDERS:  # another thread was faster
                return value
            kind = BaseList if type(value) is list else BaseDict
            return instance._put_value(self, tracked(value, kind, instance, self.name))

    def __set__(self, instance: Any, value: Any) -> None:
        """Set the value; a container that stands elsewhere is copied."""
        if not is_at(value, instance, self.name):
            value = placed(value)
        super().__set__(instance, value)

    def to_mongo(
        self, value: Any, use_db_field: bool = True, fields: Any = None
    ) -> Any:
        """Convert documents, in whatever they nest, to what is stored."""
        if isinstance(value, str):
            return value
        if hasattr(value, "to_mongo"):
            return _document_to_mongo(value, use_db_field, fields)
        if isinstance(value, dict):
            pairs = dict.items(value)
            return {k: self.to_mongo(v, use_db_field, fields) for k, v in pairs}
        if isinstance(value, (list, tuple)):
            items = list.__iter__(value) if isinstance(value, list) else value
            return [self.to_mongo(item, use_db_field, fields) for item in items]
        return value

    def to_python(self, value: Any) -> Any:
        """Make a document of a dict that names a class; what it refers to, stays."""
        if isinstance(value, dict) and "_cls" in value and "_ref" not in value:
            return get_document(value["_cls"])._from_son(value)
        return value

    def lookup_member(self, member_name: str) -> Any:
        """Return the name itself: there may be anything below."""
        return member_name

    def prepare_query_value(self, op: str | None, value: Any) -> Any:
        """Convert a text as strings are, anything else as it is stored."""
        if isinstance(value, str):
            return StringField().prepare_query_value(op, value)
        return super().prepare_query_value(op, self.to_mongo(value))

    def validate(self, value: Any, clean: bool = True) -> None:
        """Validate a document; refuse a queryset, which cannot be stored."""
        self._refuse_queryset(value)
        if hasattr(value, "validate"):
            value.validate(clean=clean)


def _document_to_mongo(document: Any, use_db_field: bool, fields: Any) -> Any:
    """Convert an embedded document with its class, others to a reference."""
    name = document.__class__.__name__  # also of a weak proxy
    stored = document.to_mongo(use_db_field, fields)
    if is_embedded(document):
        stored["_cls"] = name
    elif is_document(document):
        document.to_dbref()  # refuses one that was not saved
        return {"_ref": stored_dbref(document), "_cls": name}
    return stored
