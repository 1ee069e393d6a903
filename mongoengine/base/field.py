"""What all fields have in common.

A field converts values both ways (``to_python``, ``to_mongo``) and validates them.  For
speed a class of documents does not ask its fields about every value: at class creation
its plans (``base/plans.py``) are compiled from what the fields say about themselves:

- ``_native_type``: the exact type whose values are the same in Python and in MongoDB, so
  that they need no conversion; trusted as long as no subclass overrides the conversions;
- ``_accepts_native()``: whether every value of that type is valid;
- ``_builds_later``: whether decoded values may wait in the document until they are read,
  to be built by ``_build_decoded()``; ``_take_decoded()`` says so of one value of the
  ``_decoded_types``, and ``_restore_decoded()`` what is stored if it never was read;
- ``_takes_clean`` and ``_item_field`` as told below.

All of this is private, and named so that no field of a user collides with it: any other
attribute of a field may be a keyword, or an attribute of a subclass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from inspect import signature
from types import CoroutineType
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NoReturn, TypeVar, overload

from mongoengine.base.common import UPDATE_OPERATORS
from mongoengine.base.kinds import is_document, is_queryset
from mongoengine.base.plain import REFUSED, detached
from mongoengine.errors import DeprecatedError, ValidationError

if TYPE_CHECKING:
    from typing_extensions import Self

T = TypeVar("T")

# What a field learns by itself, and no plan depends on.
FOUND_OUT_LATER = {"document_type_obj", "owner_document"}


class BaseField(Generic[T]):
    """A field of a document; ``T`` is what reading it gives."""

    name: Any = None  # set by the metaclass
    _owner_document: Any = None
    _auto_dereference = True
    _native_type: ClassVar[type | None] = None
    _builds_later: ClassVar[bool] = False
    _decoded_types: ClassVar[tuple[type, ...]] = ()  # that may wait
    _takes_clean: ClassVar[bool] = False  # whether validate() takes ``clean``
    _item_field: Any = None  # of a list whose items all are of one field
    _converts_given: ClassVar[bool] = True  # what is given by keyword
    _converts_assigned: ClassVar[bool] = False  # values of a container, when assigned
    _stored_sorted: bool = False  # so that positions move when a value changes
    _worked_out: ClassVar[tuple[str, ...]] = ()  # cached properties of such planning
    _geo_index: ClassVar[Any] = False
    _auto_gen: bool = False  # filled when saved, so never missing
    _is_drawn: ClassVar[bool] = False  # by a number that the server gives
    _adopts_by_type: ClassVar[bool] = False  # all values of a type may wait, or none
    _may_lead: bool = False  # there may be references in its values
    _holds_many: ClassVar[bool] = False  # values of other fields
    _target_of: Any = None  # what a value refers to, for fields of references
    _part_class: Any = None  # whose documents are embedded, if that is known
    _own_target: Any = None  # what ids refer to, where ids are stored

    # Automatic fields, such as ids and primary keys, sort before all others.
    creation_counter = 0
    auto_creation_counter = -1

    def __init__(
        self,
        db_field: str | None = None,
        required: bool = False,
        default: Any = None,
        unique: bool = False,
        unique_with: str | Iterable[str] | None = None,
        primary_key: bool = False,
        validation: Callable[[Any], None] | None = None,
        choices: Any = None,
        null: bool = False,
        sparse: bool = False,
        **kwargs: Any,
    ) -> None:
        """Describe a field.

        ``db_field`` is its name in the database; ``default`` a value or what makes one;
        ``choices`` the permitted values, or pairs of value and label; ``validation`` is
        called with a value and raises ValidationError.  A ``null`` field stores None,
        instead of leaving the key out or falling back to the default.  ``unique``,
        ``unique_with`` and ``sparse`` describe an index.  What else is given
        (``help_text``, ``verbose_name``) becomes an attribute of the field.
        """
        self.db_field: Any = "_id" if primary_key else db_field
        self.required = required or primary_key
        self.default = default
        self.unique = bool(unique or unique_with)
        self.unique_with = unique_with
        self.primary_key = primary_key
        self.validation = validation
        self.choices = choices
        self.null = null
        self.sparse = sparse
        _check_db_field(self.db_field)
        self._keep_own_attributes(kwargs)
        self.creation_counter = self._next_counter()

    def _keep_own_attributes(self, attributes: dict[str, Any]) -> None:
        taken = [name for name in attributes if hasattr(self, name)]
        if taken:
            raise TypeError(
                f"{type(self).__name__} already has attribute(s): {', '.join(taken)}"
            )
        self.__dict__.update(attributes)

    def _next_counter(self) -> int:
        if self.primary_key:
            BaseField.auto_creation_counter -= 1
            return BaseField.auto_creation_counter + 1
        BaseField.creation_counter += 1
        return BaseField.creation_counter - 1

    # Whoever asked about this field, asks again when it changes.

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)
        self._plan_anew(name)

    def __delattr__(self, name: str) -> None:
        object.__delattr__(self, name)
        self._plan_anew(name)

    def _plan_anew(self, name: str) -> None:
        classes = self.__dict__.get("_planning_classes")
        if classes and not name.startswith("_") and name not in FOUND_OUT_LATER:
            for cls in classes:
                cls._make_plan()

    def _planned_by(self, cls: Any) -> None:
        """Remember a class that makes its plans according to this field."""
        classes = self.__dict__.setdefault("_planning_classes", [])
        if cls not in classes:
            classes.append(cls)
        for name in self._worked_out:
            self.__dict__.pop(name, None)

    # Access to the value in a document

    @overload
    def __get__(self, instance: None, owner: Any) -> Self: ...
    @overload
    def __get__(self, instance: Any, owner: Any) -> T: ...
    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """Return the field itself on a class, the value on a document."""
        return self if instance is None else instance._read_value(self)

    def __set__(self, instance: Any, value: Any) -> None:
        """Set the value, and mark it as changed if it is another one."""
        instance._write_value(self, value)

    # Conversion and validation: what subclasses override

    def to_python(self, value: Any) -> Any:
        """Convert a decoded or given value to what the document holds."""
        return value

    def to_mongo(self, value: Any) -> Any:
        """Convert a value to what is stored."""
        return self.to_python(value)

    def validate(self, value: Any, clean: bool = True) -> None:
        """Raise ValidationError, by ``self.error()``, for a value that is not valid."""

    def prepare_query_value(self, op: str | None, value: Any) -> Any:
        """Convert a value of a query, or of an update, where it must be valid."""
        if op in UPDATE_OPERATORS:
            self.validate(value)
        return value

    def error(
        self, message: str = "", errors: Any = None, field_name: str | None = None
    ) -> NoReturn:
        """Raise ValidationError in the name of this field."""
        raise ValidationError(
            message, errors=errors, field_name=field_name or self.name
        )

    def _display_label(self, value: Any) -> Any:
        """Return the label of a value, or those of several, if choices have labels."""
        if not isinstance(next(iter(self.choices)), (list, tuple)) or value is None:
            return value
        labels = dict(self.choices)
        values = value if isinstance(value, (list, tuple)) else [value]
        separator = getattr(self, "display_sep", " ")
        return separator.join(str(labels.get(item, item)) for item in values)

    def _make_default(self) -> Any:
        """Return the default, made anew if it is callable."""
        return self.default() if callable(self.default) else self.default

    def _fill(self, document: Any) -> None:
        """Give a document without a value one, if the field makes its values itself."""
        if self._auto_gen:
            document._put_value(self, self.generate())  # type: ignore[attr-defined]

    def _takes_none(self) -> bool:
        """Say whether a None that is given or stored stays None."""
        return self.default is None or self.null

    def _make_initial(self) -> Any:
        """Return the value of a document that was given none: None, if that is one."""
        return None if self.null else self._make_default()

    def _accepts_native(self) -> bool:
        """Say whether each value of the native type is valid."""
        return not self.choices and self.validation is None

    def _adopts_decoded(self, value: Any) -> bool:
        """Say whether a decoded value may wait until it is read, to be built then.

        Never of what could not be built later, or not the same.
        """
        return False

    def _take_decoded(self, value: Any, copy: bool) -> Any:
        """Return a decoded value, copied if need be, as it may wait; or REFUSED."""
        if not self._adopts_decoded(value):
            return REFUSED
        return detached(value) if copy else value

    def _decoded_taker(self) -> Callable[[Any, bool], Any]:
        """Return what takes values that are of the ``_decoded_types``."""
        return self._take_decoded

    def _build_decoded(self, instance: Any, value: Any) -> Any:
        """Make of a decoded value that waited in a document what reading gives."""
        return self.to_python(value)

    def _keeps_decoded(self) -> bool:
        """Say whether a decoded value that nobody has read is stored as it is."""
        return False

    def _restore_decoded(self, value: Any) -> Any:
        """Return what is stored of a decoded value that nobody has read."""
        if self._keeps_decoded():
            return detached(value)
        return self.to_mongo(self._build_decoded(None, value))

    def _is_valid_decoded(self, value: Any) -> bool:
        """Say whether a decoded value that nobody has read is valid for sure."""
        return False

    def _decoded_leads(self, value: Any) -> bool:
        """Say whether there may be references in a decoded value that nobody has read."""
        return self._may_lead

    def _error_of(self, value: Any, clean: bool) -> Any:
        """Return what is wrong with the value of a document, None if it is valid."""
        if value is None:
            if self.required and not self._auto_gen:
                return ValidationError("Field is required", field_name=self.name)
            return None
        try:
            if self._takes_clean:
                self._validate(value, clean=clean)
            else:
                self._validate(value)
        except ValidationError as error:
            return error.errors or error
        except (ValueError, AttributeError, AssertionError) as error:
            return error
        return None

    def _error_of_item(self, value: Any) -> Any:
        """Return what is wrong with a value in a container, None if it is valid."""
        try:
            self._validate(value)
        except ValidationError as error:
            return error.errors or error
        except (ValueError, AssertionError) as error:
            return error
        return None

    def _validate(self, value: Any, **kwargs: Any) -> None:
        """Check choices, the validation callable and the kind of value, in this order."""
        self._refuse_coroutine(value)
        if self.choices:
            self._validate_choices(value)
        if self.validation is not None:
            self._call_validation(value)
        self.validate(value, **kwargs)

    def _refuse_coroutine(self, value: Any) -> None:
        if type(value) is CoroutineType:
            self.error(f"{value.__name__}() was given as a coroutine: await it first")

    def _refuse_queryset(self, value: Any) -> None:
        if is_queryset(value):
            name = value._document.__name__
            self.error(f"A queryset of {name} was given: ask for its documents first")

    def _validate_choices(self, value: Any) -> None:
        choices = self._choice_values()
        if is_document(value):  # the choices of documents are classes
            if not any(isinstance(value, choice) for choice in choices):
                one = len(choices) == 1 and isinstance(choices, tuple)
                shown = choices[0] if one else choices
                self.error(f"Value must be an instance of {shown}")
        elif set(_each(value)) - set(choices):
            self.error(f"Value must be one of {choices}")

    def _choice_values(self) -> Any:
        """Return the permitted values, without the labels."""
        if isinstance(next(iter(self.choices)), (list, tuple)):
            return [value for value, _ in self.choices]
        return self.choices

    def _call_validation(self, value: Any) -> None:
        if not callable(self.validation):
            raise ValueError(
                f'validation argument for `"{self.name}"` must be a callable.'
            )
        try:
            answer = self.validation(value)
        except ValidationError as error:
            self.error(str(error))
        if answer is not None:
            raise DeprecatedError(
                f"validation argument for `{self.name}` must not return anything, "
                "it should raise a ValidationError if validation fails"
            )

    def _to_mongo_safe_call(
        self, value: Any, use_db_field: bool = True, fields: Any = None
    ) -> Any:
        """Call ``to_mongo`` with those of the options that it takes."""
        takes = _options_of(type(self).to_mongo)
        if not takes:
            return self.to_mongo(value)
        options = {"use_db_field": use_db_field, "fields": fields}
        return self.to_mongo(value, **{name: options[name] for name in takes})

    def set_auto_dereferencing(self, value: bool) -> None:
        """Say whether reading loads the documents that are referred to."""
        self._auto_dereference = value

    @property
    def owner_document(self) -> Any:
        """The document class in which the field was defined."""
        return self._owner_document

    @owner_document.setter
    def owner_document(self, owner: Any) -> None:
        self._set_owner_document(owner)

    def _set_owner_document(self, owner: Any) -> None:
        self._owner_document = owner


def _each(value: Any) -> Any:
    """Return what a value stands for: a list, for each of its items."""
    return value if isinstance(value, (list, tuple)) else [value]


@cache
def _options_of(to_mongo: Callable[..., Any]) -> tuple[str, ...]:
    """Return the options that a ``to_mongo`` takes: users' own may take none."""
    parameters = signature(to_mongo).parameters
    return tuple(name for name in ("use_db_field", "fields") if name in parameters)


def _check_db_field(name: Any) -> None:
    """Refuse what cannot be the name of a field in the database."""
    if name is None:
        return
    if not isinstance(name, str):
        raise TypeError("db_field should be a string.")
    if "." in name or "\0" in name or name.startswith("$"):
        raise ValueError(
            'field names cannot contain dots (".") or null characters ("\\0"), '
            'and they must not start with a dollar sign ("$").'
        )
