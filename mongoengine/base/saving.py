"""What saving sends, and what a document learns of how that went.

An ``Insert`` or an ``Update`` is a context: it begins with what the document holds, and
whatever changes while it lasts is marked for the next save.  If it fails, all is marked
again that it should have written, so nothing is taken for saved that may not be.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any

from bson import DBRef, ObjectId
from pymongo.errors import DuplicateKeyError

from mongoengine.base.changes import Marks, give_marks_back, value_at
from mongoengine.base.failures import is_unknown
from mongoengine.base.kinds import is_document, is_top_level
from mongoengine.base.state import CREATED, TRACKED, UNSURE, set_flags
from mongoengine.base.taken_back import count_as_changed, count_as_new
from mongoengine.errors import InvalidDocumentError, SaveConditionError
from mongoengine.fields.generic import GenericReferenceField
from mongoengine.fields.references import ReferenceField

if TYPE_CHECKING:
    from typing_extensions import Self

Data = dict[str, Any]

SAVE_FAILED = "Could not save document ({})"
NOT_UNIQUE = "Tried to save duplicate unique keys ({})"


def refuse_abstract(document: Any) -> None:
    """Raise InvalidDocumentError if the class has no collection to save to."""
    if document._meta.get("abstract"):
        raise InvalidDocumentError("Cannot save an abstract document.")


def is_to_insert(document: Any, force_insert: bool) -> bool:
    """Say whether saving makes a document in the database, or changes one there."""
    if force_insert or document._state_flags & (CREATED | UNSURE):
        return True
    return document.pk is None


def cascades(document: Any, cascade: bool | None, arguments: Any) -> bool:
    """Say whether saving a document saves those that it refers to."""
    if cascade is None:
        return arguments is not None or bool(document._meta.get("cascade"))
    return cascade


def cascading(force_insert: bool, validate: bool, write_concern: Data | None) -> Data:
    """Return how the documents are saved that one refers to, as that one is."""
    return {
        "force_insert": force_insert,
        "validate": validate,
        "write_concern": write_concern or {},
        "cascade": True,
    }


def changed_references(document: Any) -> Iterator[Any]:
    """Yield the documents that a document refers to and that have to be saved."""
    for name, field in document._fields.items():
        if isinstance(field, (ReferenceField, GenericReferenceField)):
            value = document.__dict__.get(name)
            if is_top_level(value) and _is_to_save(value):
                yield value


def _is_to_save(document: Any) -> bool:
    is_tracked = document._state_flags & TRACKED
    return not is_tracked or bool(document._get_changed_fields())


class Write:
    """One write of one document; ``made`` tells afterwards whether it is a new one."""

    made = False
    key: Data  # which finds it in the database

    def __init__(self, document: Any) -> None:
        self.document = document
        self.stored = stored_form(document)
        self._state_flags = document._state_flags
        self._change_marks: Marks = []

    def __enter__(self) -> Self:
        set_flags(self.document, self._state_flags | TRACKED)
        self._change_marks = self.document._take_marks()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is None:
            self._settle()
        else:
            give_marks_back(self._change_marks)
            set_flags(self.document, self._state_flags)
            self._fail(error)

    def undo(self) -> None:
        """Tell the document that what was written was taken back."""
        give_marks_back(self._change_marks)
        if not self._state_flags & TRACKED:
            count_as_changed(self.document)

    def _settle(self) -> None:
        """Tell the document that it is saved."""
        adopt_id(self.document, self.key["_id"])
        flags = self.document._state_flags
        set_flags(self.document, flags & ~(CREATED | UNSURE))

    def _fail(self, error: BaseException) -> None:
        """Tell the document that it is not, or may not be."""


class Insert(Write):
    """The first write of a document, under an id that it has or is given for it.

    With ``replaces``, one of that id is replaced if there is one, and else inserted;
    with ``upserts`` this is one command, which cannot fail because of its own id.
    """

    made = True

    def __init__(self, document: Any, force: bool) -> None:
        super().__init__(document)
        self._draws_id = "_id" not in self.stored
        if self._draws_id:
            self.stored["_id"] = ObjectId()
        self.upserts = bool(self._state_flags & UNSURE) and not self._draws_id
        self.replaces = not (force or self._draws_id)
        self.key = key_of(document, self.stored)

    def __enter__(self) -> Self:
        super().__enter__()
        if self._draws_id:  # whoever saves it meanwhile shall mean the same document
            put_id(self.document, self.stored["_id"])
            self.document._set_flag(UNSURE, True)
        return self

    def undo(self) -> None:
        """Tell the document that it is to be inserted again, under the id it was given."""
        count_as_new([self.document])

    def _fail(self, error: BaseException) -> None:
        if self._draws_id and (is_unknown(error) or _is_id_taken(error)):
            self.document._set_flag(UNSURE, True)
        elif self._draws_id:
            put_id(self.document, None)

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Have the next save write all again, should this block fail."""
        try:
            yield
        except BaseException:
            self.document._set_flag(TRACKED, False)
            raise


class Update(Write):
    """A write of what changed in a document: ``changes``, which may be none.

    With a condition, a query as it is sent, the document in the database has to meet it.
    """

    def __init__(self, document: Any, condition: Mapping[str, Any] | None) -> None:
        super().__init__(document)
        self.upserts = condition is None
        self.key = key_of(document, self.stored)
        self.filter = {**(condition or {}), **self.key}
        sets, unsets = document._delta_in(self.stored)
        changes = {"$set": sets, "$unset": unsets}
        self.changes = {name: paths for name, paths in changes.items() if paths}

    def note(self, result: Any) -> None:
        """Take what the server said; raise SaveConditionError if nothing was found."""
        if not result.acknowledged:
            return
        self.made = result.upserted_id is not None
        if not self.upserts and not result.matched_count:
            raise SaveConditionError(
                "Race condition preventing document update detected"
            )

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Have the document show, for a block, what was saved as changed.

        What is changed in the block stays marked, and all does if that fails.
        """
        saved = [
            (one, list(one._changed_fields), _values(one, m))
            for one, m in self._change_marks
        ]
        give_marks_back(self._change_marks)
        yield
        for one, since, values in saved:
            now = _values(one, values)
            one._changed_fields = [
                path
                for path in one._changed_fields
                if path in since or path not in values or values[path] != now[path]
            ]


def _is_id_taken(error: BaseException) -> bool:
    """Say whether an id is stored already: of one just drawn, by the other family."""
    details = isinstance(error, DuplicateKeyError) and error.details
    return bool(details and details.get("keyPattern") == {"_id": 1})


def stored_form(document: Any) -> Data:
    """Return what is stored, as a plain dict where the class leaves that to its plan."""
    plan = document._class_plan
    stored: Data = plan.store(document) if plan.stores_plainly else document.to_mongo()
    return stored


def put_id(document: Any, value: Any) -> None:
    """Give a document an id, which is no change, or take it away again."""
    document._put_value(document._fields[document._id_name()], value)


def adopt_id(document: Any, stored: Any) -> None:
    """Have a document know its id as it will be read: no text that stood for another."""
    field = document._fields[document._id_name()]
    value = document._read_value(field)
    if is_document(value) or isinstance(value, (DBRef, dict, list)):
        return
    converted = field.to_python(stored)
    if type(converted) is not type(value) or converted != value:
        document._put_value(field, converted)


def key_of(document: Any, stored: Data) -> Data:
    """Return what finds a document in the database: its id, and its shard key."""
    key = {"_id": stored["_id"]}
    for name in document._meta.get("shard_key") or ():
        path = document._translate_field_name(name)
        key[path] = value_at(stored, path)
    return key


def _values(document: Any, paths: Iterable[str]) -> Data:
    stored = document.to_mongo()
    return {path: value_at(stored, path) for path in paths}
