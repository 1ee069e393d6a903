"""Documents to and from stored and JSON form, validated and pickled."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from weakref import proxy

from bson import SON, json_util
from bson.binary import UuidRepresentation

from mongoengine.base.containers import BaseDict, BaseList
from mongoengine.base.kept_files import keep_pending, pending_in
from mongoengine.base.loading import mark_async
from mongoengine.base.plans import Data
from mongoengine.base.state import LOADED_ASYNC, TRACKED, State, held, set_switched
from mongoengine.errors import InvalidDocumentError, ValidationError

if TYPE_CHECKING:
    from typing_extensions import Self

_new = dict.__new__
_fill = dict.update

NON_FIELD_ERRORS = "__all__"

LEGACY_JSON_OPTIONS = json_util.LEGACY_JSON_OPTIONS.with_options(
    uuid_representation=UuidRepresentation.PYTHON_LEGACY
)


class Conversion(State):
    """What documents are turned into, and made of."""

    __slots__ = ()

    def to_mongo(self, use_db_field: bool = True, fields: Any = None) -> SON[str, Any]:
        """Return what is stored.

        ``fields`` names those to include, dotted for members of embedded documents;
        without ``use_db_field`` the keys are the names of the fields.
        """
        if use_db_field and not fields and not self._dynamic:
            return son(self._class_plan.store(self))
        return son(self._to_mongo_slowly(use_db_field, list(fields or ())))

    def _to_mongo_slowly(self, use_db_field: bool, wanted: list[str]) -> Data:
        """Do what the plan's ``store`` does, field by field."""
        roots = {path.partition(".")[0] for path in wanted}
        stored = self._id_and_class(use_db_field, roots)
        for name, field in self._all_fields():
            if name == "_cls" or (roots and name not in roots):
                continue
            below = [p.partition(".")[2] for p in wanted if p.startswith(f"{name}.")]
            value = self._stored_value(field, use_db_field, below)
            if value is not None or field.null:
                stored[field.db_field if use_db_field else name] = value
        return stored

    def _id_and_class(self, use_db_field: bool, roots: set[str]) -> Data:
        """Return what comes first; a key by another name than ``id`` if asked for."""
        stored: Data = {}
        for key in ("_id", "_cls"):
            name = self._reverse_db_field_map.get(key, "")
            is_wanted = use_db_field and (not roots or name in roots)
            field = self._fields.get(name)
            if field is None or not (is_wanted or name in ("id", "_cls")):
                continue
            value = self._stored_value(field)
            if value is not None:
                stored[key] = value
        return stored

    def _stored_value(
        self, field: Any, use_db_field: bool = True, below: Any = ()
    ) -> Any:
        value = self._read_value(field)
        if value is None and field._auto_gen:
            value = self._generate_value(field)
        if value is None:
            return None
        return field._to_mongo_safe_call(
            value, use_db_field=use_db_field, fields=list(below)
        )

    def _all_fields(self) -> Iterator[tuple[str, Any]]:
        """Yield the fields of the class and those of this document alone."""
        for name in self._fields_ordered:
            yield name, self._field_named(name)

    def clean(self) -> None:
        """Check the document as a whole, and change what has to be, before validation.

        For subclasses to override; a ValidationError that it raises is reported
        together with those of the fields, under ``"__all__"``.
        """

    def validate(self, clean: bool = True) -> None:
        """Raise ValidationError, with all that is wrong, unless all values are valid."""
        errors: Data = {}
        if clean:
            try:
                self.clean()
            except ValidationError as error:
                errors[NON_FIELD_ERRORS] = error
        if self._dynamic:
            self._check_slowly(clean, errors)
        else:
            self._class_plan.check(self, clean, errors)
        if errors:
            message = f"ValidationError ({self._class_name}:{self._key_for_errors()}) "
            raise ValidationError(message, errors=errors)

    def _check_slowly(self, clean: bool, errors: Data) -> None:
        """Do what the plan's ``check`` does, also for fields of this document alone."""
        for name, field in self._all_fields():
            error = field._error_of(self._read_value(field), clean)
            if error is not None:
                errors[name] = error

    def _key_for_errors(self) -> Any:
        """Return the id of this document, or of the one that it is part of."""
        document = self if self._is_document else self._instance
        try:
            return getattr(document, "pk", None)
        except ReferenceError:  # it is gone
            return None

    def to_json(self, *args: Any, **kwargs: Any) -> str:
        """Return the stored form as JSON; the arguments are those of ``json_util``."""
        use_db_field = kwargs.pop("use_db_field", True)
        options = _json_options(kwargs)
        stored = self.to_mongo(use_db_field)
        return json_util.dumps(stored, *args, json_options=options, **kwargs)

    @classmethod
    def from_json(cls, json_data: str, created: bool = False, **kwargs: Any) -> Self:
        """Make a document of JSON; the arguments are those of ``json_util``.

        ``created`` says that it is new: saving it inserts, even with an id.
        """
        options = _json_options(kwargs)
        stored = json_util.loads(json_data, json_options=options, **kwargs)
        document: Self = cls._from_son(stored, created=created)
        return document

    def get_text_score(self) -> Any:
        """Return how well the document matched a text search."""
        score = self._stored_aside().get("_text_score")
        if score is None:
            raise InvalidDocumentError(
                "This document is not originally built from a text query "
                "(or text_score was not set on search_text() call)"
            )
        return score

    def __getstate__(self) -> Data:
        state: Data = {}
        if self._state_flags & TRACKED:
            state["_changed_fields"] = self._get_changed_fields()
        state["_initialised"] = self._initialised
        state["_created"] = self._created
        state["_dynamic_fields"] = self._dynamic_fields
        state["_fields_ordered"] = self._fields_ordered
        state["_data"] = self.to_mongo()
        if held(self, "_switched_place"):
            state["_switched_place"] = self._switched_place
        if self._state_flags & LOADED_ASYNC:
            state["_loaded_async"] = True
        if pending := pending_in(self):
            state["_pending"] = pending
        return state

    def __setstate__(self, state: Data) -> None:
        twin = self._from_son(state["_data"], created=state["_created"])
        self._become_twin(twin)
        self._own_values()
        if "_switched_place" in state:
            set_switched(self, state["_switched_place"])
        if "_loaded_async" in state:
            mark_async(self)
        self._set_flag(TRACKED, "_changed_fields" in state)
        if "_changed_fields" in state:
            self._changed_fields = state["_changed_fields"]
        if "_pending" in state:
            keep_pending(self, state["_pending"])

    def _own_values(self) -> None:
        """Tell values that were made for a twin that they belong to this document."""
        for value in (*self.__dict__.values(), *self._stored_aside().values()):
            if isinstance(value, (BaseDict, BaseList)):
                value._instance = proxy(self)
            self._linked_value(value)


def _json_options(kwargs: Data) -> json_util.JSONOptions:
    options: json_util.JSONOptions | None = kwargs.pop("json_options", None)
    if options is not None:
        return options
    warnings.warn(
        "No 'json_options' are specified! Falling back to LEGACY_JSON_OPTIONS with "
        "uuid_representation=PYTHON_LEGACY. For use with other MongoDB drivers specify "
        "the UUID representation to use. This will be changed to "
        "uuid_representation=UNSPECIFIED in a future release.",
        DeprecationWarning,
        stacklevel=3,
    )
    return LEGACY_JSON_OPTIONS


def son(data: Data) -> SON[str, Any]:
    """Return a dict as SON, for a fifth of what its constructor takes."""
    document: Any = _new(SON)
    _fill(document, data)
    document._SON__keys = list(data)
    return document  # type: ignore[no-any-return]
