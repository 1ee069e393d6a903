"""Documents inside of documents."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from bson import SON

from mongoengine.base.common import get_document
from mongoengine.base.constants import RECURSIVE_REFERENCE_CONSTANT
from mongoengine.base.conversion import son
from mongoengine.base.field import BaseField
from mongoengine.base.field_traits import is_trusted
from mongoengine.base.kinds import is_embedded
from mongoengine.base.plain import REFUSED
from mongoengine.errors import InvalidQueryError, NotRegistered


class EmbeddedDocumentField(BaseField[Any]):
    """A document of one class, or of a class below it."""

    _builds_later = True
    _may_lead = True
    _takes_clean = True
    _worked_out = ("_is_plain", "_is_validated_plainly")
    _decoded_types = (dict,)

    def __init__(self, document_type: Any, **kwargs: Any) -> None:
        """Describe a document of a class, given by itself, by name, or as ``"self"``."""
        if not isinstance(document_type, str):
            self._check_document_type(document_type)
        self.document_type_obj = document_type
        super().__init__(**kwargs)

    @property
    def document_type(self) -> Any:
        """The class, found by its name when first needed."""
        if isinstance(self.document_type_obj, str):
            self.document_type_obj = self._resolve_name(self.document_type_obj)
        return self.document_type_obj

    def _resolve_name(self, name: str) -> Any:
        if name == RECURSIVE_REFERENCE_CONSTANT:
            found = self.owner_document
        else:
            found = get_document(name)
        self._check_document_type(found)
        return found

    def _check_document_type(self, document_type: Any) -> None:
        from mongoengine.document import EmbeddedDocument  # which knows this field

        if not issubclass(document_type, EmbeddedDocument):
            self.error(
                "Invalid embedded document class provided to an EmbeddedDocumentField"
            )

    def _take_decoded(self, value: Any, copy: bool) -> Any:
        """Return a decoded document, copied if need be, as it may wait; or REFUSED."""
        if type(value) is not dict:
            return REFUSED
        return self.document_type._class_plan.take(value, copy)

    def _decoded_taker(self) -> Any:
        """Return what takes dicts, without asking whether they are."""
        return self.document_type._class_plan.take

    @property
    def _part_class(self) -> Any:
        return (
            None if isinstance(self.document_type_obj, str) else self.document_type_obj
        )

    def _build_decoded(self, instance: Any, value: Any) -> Any:
        """Make a document of what was decoded."""
        cls = self.document_type
        return cls._make_taken(value, instance, self._auto_dereference)

    def _restore_decoded(self, value: Any) -> Any:
        """Return what is stored of a decoded document that nobody has read."""
        cls = self.document_type
        if "_cls" in value:
            cls = cls._class_of(value)
        plan = cls._class_plan
        is_ours = cls is self.document_type_obj or issubclass(cls, self.document_type)
        if is_ours and plan.stores_plainly and self._is_plain:
            return son(plan.restore(value))
        return self.to_mongo(self.to_python(value))

    def _is_valid_decoded(self, value: Any) -> bool:
        """Say whether a decoded document that nobody has read is valid for sure."""
        if not self._is_validated_plainly:
            return False
        cls = self.document_type._class_of(value)
        return issubclass(cls, self.document_type) and cls._class_plan.accept(value)

    def _decoded_leads(self, value: Any) -> bool:
        """Say whether there may be references in a document that nobody has read."""
        return leads_below(self.document_type._class_of(value), value)

    @cached_property
    def _is_validated_plainly(self) -> bool:
        return is_trusted(self, "validate", "_validate") and self._accepts_native()

    @cached_property
    def _is_plain(self) -> bool:
        return is_trusted(self, "to_mongo")

    def to_python(self, value: Any) -> Any:
        """Make a document of a decoded one."""
        if isinstance(value, self.document_type):
            return value
        return self.document_type._from_son(
            value, _auto_dereference=self._auto_dereference
        )

    def to_mongo(
        self, value: Any, use_db_field: bool = True, fields: Any = None
    ) -> Any:
        """Convert a document to what is stored."""
        if type(value) is self.document_type_obj and use_db_field and not fields:
            plan = value._class_plan
            if plan.stores_plainly:
                return son(plan.store(value))
        if not isinstance(value, self.document_type):
            return value
        return value.to_mongo(use_db_field, fields)

    def _error_of(self, value: Any, clean: bool) -> Any:
        """Return what is wrong with a document, by field, None if it is valid."""
        if not self._is_checked_by_plan(value):
            return super()._error_of(value, clean)
        errors: dict[str, Any] = {}
        value._class_plan.check(value, clean, errors)
        return errors or None

    def _error_of_item(self, value: Any) -> Any:
        """Return what is wrong with a document in a list, None if it is valid."""
        if self._is_checked_by_plan(value):
            return self._error_of(value, True)
        return super()._error_of_item(value)

    def _is_checked_by_plan(self, value: Any) -> bool:
        is_ours = type(value) is self.document_type_obj and self._is_validated_plainly
        return is_ours and value._class_plan.checks_plainly

    def validate(self, value: Any, clean: bool = True) -> None:
        """Refuse documents of another class, and those that are not valid."""
        if not isinstance(value, self.document_type):
            self.error(
                "Invalid embedded document instance provided to an "
                "EmbeddedDocumentField"
            )
        value.validate(clean=clean)

    def lookup_member(self, member_name: str) -> Any:
        """Return the field of that name in the class or in one right below it."""
        return _member(self.document_type, member_name)

    def prepare_query_value(self, op: str | None, value: Any) -> Any:
        """Convert a document, or a dict of one, to what is stored.

        Operators of MongoDB, such as ``{"$in": [...]}``, stay.
        """
        if value is not None and not isinstance(value, self.document_type):
            if isinstance(value, dict) and all(key.startswith("$") for key in value):
                return value
            value = self._as_document(value)
        super().prepare_query_value(op, value)
        return self.to_mongo(value)

    def _as_document(self, value: Any) -> Any:
        try:
            return self.document_type._from_son(value)
        except ValueError:
            name = self.document_type._class_name
            raise InvalidQueryError(
                f"Querying the embedded document '{name}' failed, "
                "due to an invalid query value"
            ) from None


class GenericEmbeddedDocumentField(BaseField[Any]):
    """A document of any class, which is stored with it.

    ``choices`` are the permitted classes.
    """

    _builds_later = True
    _may_lead = True
    _takes_clean = True
    _decoded_types = (dict,)

    def _take_decoded(self, value: Any, copy: bool) -> Any:
        """Return a decoded document, copied if need be, as it may wait; or REFUSED."""
        if type(value) is not dict or "_cls" not in value:
            return REFUSED
        try:
            document_type = get_document(value["_cls"])
        except (NotRegistered, AttributeError):  # raised again, by to_python
            return REFUSED
        if document_type._is_document:
            return REFUSED
        take = document_type._class_plan.take
        taken = take(_without_class(document_type, value), copy)
        return taken if taken is REFUSED else {**taken, "_cls": value["_cls"]}

    def _build_decoded(self, instance: Any, value: Any) -> Any:
        """Make a document of what was decoded."""
        cls = get_document(value["_cls"])
        return cls._make_taken(_without_class(cls, value), instance, True)

    def _restore_decoded(self, value: Any) -> Any:
        """Return what is stored of a decoded document that nobody has read."""
        return self.to_mongo(self.to_python(value))

    def _decoded_leads(self, value: Any) -> bool:
        """Say whether there may be references in a document that nobody has read."""
        return leads_below(get_document(value["_cls"]), value)

    def to_python(self, value: Any) -> Any:
        """Make a document of a decoded one."""
        if isinstance(value, dict):
            return get_document(value["_cls"])._from_son(value)
        return value

    def to_mongo(
        self, document: Any, use_db_field: bool = True, fields: Any = None
    ) -> Any:
        """Convert a document to what is stored, with the name of its class."""
        if document is None:
            return None
        stored = document.to_mongo(use_db_field, fields)
        if "_cls" not in stored:
            stored["_cls"] = document._class_name
        return stored

    def validate(self, value: Any, clean: bool = True) -> None:
        """Refuse what is no embedded document, and those that are not valid."""
        if self.choices and isinstance(value, SON) and self._is_choice(value):
            return
        if not is_embedded(value):
            self.error(
                "Invalid embedded document instance provided to an "
                "GenericEmbeddedDocumentField"
            )
        value.validate(clean=clean)

    def _is_choice(self, stored: SON[str, Any]) -> bool:
        return any(stored["_cls"] == choice._class_name for choice in self.choices)

    def lookup_member(self, member_name: str) -> Any:
        """Return the field of that name in one of the classes to choose from."""
        for document_type in self.choices or ():
            field = _member(document_type, member_name)
            if field is not None:
                return field
        return None

    def prepare_query_value(self, op: str | None, value: Any) -> Any:
        """Convert a document to what is stored."""
        return super().prepare_query_value(op, self.to_mongo(value))


def leads_below(cls: Any, stored: dict[str, Any]) -> bool:
    """Say whether there may be references in a decoded document of a class."""
    for field in cls._class_plan.leading:
        value = stored.get(field.db_field)
        if value is not None and field._decoded_leads(value):
            return True
    return False


def _without_class(document_type: Any, stored: dict[str, Any]) -> dict[str, Any]:
    """Leave out the name of a class whose documents do not hold it."""
    if "_cls" in document_type._fields:
        return stored
    return {key: value for key, value in stored.items() if key != "_cls"}


def _member(document_type: Any, name: str) -> Any:
    for cls in (document_type, *document_type.__subclasses__()):
        field = cls._fields.get(name)
        if field is not None:
            return field
    return None
