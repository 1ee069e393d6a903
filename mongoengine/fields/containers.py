"""Lists and dicts of values."""

from __future__ import annotations

from functools import cached_property
from operator import itemgetter
from typing import Any

from mongoengine.base.complex_fields import ComplexBaseField
from mongoengine.base.containers import BaseDict, BaseList
from mongoengine.base.embedded_list import EmbeddedDocumentList
from mongoengine.base.field import BaseField
from mongoengine.base.file_walk import is_file, is_of_files
from mongoengine.base.kinds import is_document, is_queryset
from mongoengine.fields.embedded import EmbeddedDocumentField
from mongoengine.fields.text import STRING_OPERATORS, StringField

# Queries that compare with a list as a whole.
LIST_OPERATORS = {"set", "unset", "ne", "gt", "gte", "lt", "lte", None}
# Queries that compare with a dict as a whole, and updates that replace one.
COMPARISONS = {None, "ne", "gt", "gte", "lt", "lte", "not", "in", "nin", "all"}
REPLACEMENTS = {"set", "unset"}


def key_not_string(d: dict[Any, Any]) -> bool | None:
    """Return True if a key of a dict, or of a dict in it, is not a string."""
    for key, item in dict.items(d):
        if not isinstance(key, str):
            return True
        if isinstance(item, dict) and key_not_string(item):
            return True
    return None


def key_starts_with_dollar(d: dict[str, Any]) -> bool | None:
    """Return True if a key of a dict, or of a dict in it, starts with a ``$``."""
    for key, item in dict.items(d):
        if key.startswith("$"):
            return True
        if isinstance(item, dict) and key_starts_with_dollar(item):
            return True
    return None


class ListField(ComplexBaseField[BaseList]):
    """A list of values, all of one field if it is given."""

    _decoded_types = (list,)

    def __init__(
        self, field: Any = None, *, max_length: int | None = None, **kwargs: Any
    ) -> None:
        """Describe a list of at most ``max_length`` values of a ``field``."""
        self.max_length = max_length
        kwargs.setdefault("default", list)
        super().__init__(field=field, **kwargs)

    @cached_property
    def _read_item(self) -> Any:
        return getattr(self.field, "build_lazyref", None)

    @property
    def _item_field(self) -> Any:
        """The field of the items, which decides alone how the list is stored."""
        return self.field

    def validate(self, value: Any, clean: bool = True) -> None:
        """Refuse what is no list, is too long or has items that are not valid."""
        if not isinstance(value, (list, tuple)) and not is_queryset(value):
            self.error("Only lists and tuples may be used in a list field")
        self._check_length(value)
        super().validate(value)

    def _check_length(self, value: Any) -> None:
        if self.max_length is not None and len(value) > self.max_length:
            self.error("List is too long")

    def _accepts_native(self) -> bool:
        """Say whether each list of valid items is valid."""
        return self.max_length is None and super()._accepts_native()

    def prepare_query_value(self, op: str | None, value: Any) -> Any:
        """Convert one item to look for, or the items of a whole list that is set.

        An empty dict is one, whatever the items are: no field can convert it.
        """
        if op == "set":
            self._check_length(value)
        if isinstance(value, dict) and not value and op in COMPARISONS:
            return {}
        if self.field is None:
            return super().prepare_query_value(op, value)
        if op in LIST_OPERATORS and _is_many(op, value):
            return [self.field.prepare_query_value(op, item) for item in value]
        return self.field.prepare_query_value(op, value)


class EmbeddedDocumentListField(ListField):
    """A list of embedded documents, which can be filtered when read."""

    _list_class = EmbeddedDocumentList

    def __init__(self, document_type: Any, **kwargs: Any) -> None:
        """Describe a list of documents of a class, given by itself or by name."""
        super().__init__(field=EmbeddedDocumentField(document_type), **kwargs)


class SortedListField(ListField):
    """A list that is stored sorted: by itself, or by a key of its items."""

    _stored_sorted = True
    _item_field = None
    _ordering: Any = None
    _order_reverse: bool = False

    def __init__(self, field: Any, **kwargs: Any) -> None:
        """Describe a list that is sorted by the key ``ordering``, or in ``reverse``."""
        self._ordering = kwargs.pop("ordering", None)
        self._order_reverse = kwargs.pop("reverse", False)
        super().__init__(field, **kwargs)

    def to_mongo(
        self, value: Any, use_db_field: bool = True, fields: Any = None
    ) -> Any:
        """Convert the values and sort them."""
        stored = super().to_mongo(value, use_db_field, fields)
        key = None if self._ordering is None else itemgetter(self._ordering)
        return sorted(stored, key=key, reverse=self._order_reverse)


class DictField(ComplexBaseField[BaseDict]):
    """A dict with string keys, whose values are all of one field if it is given."""

    _decoded_types = (dict,)
    _file_field: Any = None  # of the files below a key, which are looked for by id

    def __init__(self, field: Any = None, *args: Any, **kwargs: Any) -> None:
        """Describe a dict with values of a ``field``."""
        kwargs = {"default": dict, "field": field, **kwargs}
        super().__init__(*args, **kwargs)
        self.set_auto_dereferencing(False)

    def validate(self, value: Any, clean: bool = True) -> None:
        """Refuse what is no dict, and keys that cannot be stored."""
        if not isinstance(value, dict):
            self.error("Only dictionaries may be used in a DictField")
        if key_not_string(value):
            self.error("Invalid dictionary key - documents must have only string keys")
        if key_starts_with_dollar(value):
            self.error(
                'Invalid dictionary key name - keys may not startswith "$" characters'
            )
        super().validate(value)

    def _is_valid_decoded(self, value: Any) -> bool:
        """Say whether a decoded dict that nobody has read is valid for sure."""
        if key_not_string(value) or key_starts_with_dollar(value):
            return False
        return super()._is_valid_decoded(value)

    def lookup_member(self, member_name: str) -> Any:
        """Return a field for the key: anything may be below it."""
        member = DictField(db_field=member_name)
        holds_files = is_of_files(self.field)
        member._file_field = self.field if holds_files else self._file_field
        return member

    def prepare_query_value(self, op: str | None, value: Any) -> Any:
        """Convert a value below a key, or a dict as it is stored."""
        if op in STRING_OPERATORS and isinstance(value, str):
            return StringField().prepare_query_value(op, value)
        if self._file_field is not None and is_file(value):
            return self._file_field.prepare_query_value(op, value)
        if hasattr(self.field, "field"):
            return self._prepare_container(op, value)
        return super().prepare_query_value(op, value)

    def _prepare_container(self, op: str | None, value: Any) -> Any:
        """Convert a dict as it is stored, or what is to be below one of its keys."""
        prepare = self.field.prepare_query_value
        if not isinstance(value, dict) or op not in COMPARISONS | REPLACEMENTS:
            return prepare(op, value)
        op_of_item = op if op in REPLACEMENTS else None
        return {key: prepare(op_of_item, item) for key, item in value.items()}


class MapField(DictField):
    """A dict whose values are all of one field."""

    def __init__(self, field: Any = None, *args: Any, **kwargs: Any) -> None:
        """Describe a dict with values of a ``field``."""
        if not isinstance(field, BaseField):
            self.error("Argument to MapField constructor must be a valid field")
        kwargs["field"] = field
        super().__init__(*args, **kwargs)


def _is_many(op: str | None, value: Any) -> bool:
    """Say whether a value stands for several; in queries, a dict is one item."""
    if isinstance(value, str) or is_document(value):
        return False
    if isinstance(value, dict):
        return op in REPLACEMENTS
    return getattr(value, "__iter__", None) is not None
