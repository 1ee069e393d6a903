"""A field that numbers documents."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, overload

from mongoengine.base.connection_settings import DEFAULT_CONNECTION_NAME
from mongoengine.base.connections import ConnectionType, settings_for
from mongoengine.base.field import BaseField

if TYPE_CHECKING:
    from typing_extensions import Self


class SequenceField(BaseField[Any]):
    """A number that no other document has: one, two, three and so on.

    A number is drawn when a document that has none is stored, or when its number is
    read; numbers are not drawn twice, so there may be gaps.  The last number of each
    sequence stands in a collection of the database.
    """

    _auto_gen = True
    COLLECTION_NAME: ClassVar[str] = "mongoengine.counters"
    VALUE_DECORATOR: ClassVar[Callable[[Any], Any]] = int

    def __init__(
        self,
        collection_name: str | None = None,
        db_alias: str | None = None,
        sequence_name: str | None = None,
        value_decorator: Callable[[Any], Any] | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        """Describe a sequence.

        Fields of one ``sequence_name`` share their numbers; without one, each
        collection has a sequence of its own.  ``value_decorator`` makes the value of
        the number: ``str``, or a function of your own.
        """
        self.collection_name = collection_name or self.COLLECTION_NAME
        self.db_alias = db_alias or DEFAULT_CONNECTION_NAME
        self.sequence_name = sequence_name
        decorates = callable(value_decorator)
        self.value_decorator: Any = (
            value_decorator if decorates else type(self).VALUE_DECORATOR
        )
        super().__init__(*args, **kwargs)

    def generate(self) -> Any:
        """Draw the next number of the sequence: the one place where that is done."""
        settings_for(self.db_alias, ConnectionType.SYNC)
        raise NotImplementedError("SequenceField cannot draw numbers yet")

    def get_sequence_name(self) -> str:
        """Return the name of the sequence: the given one, or that of the owner."""
        if self.sequence_name:
            return self.sequence_name
        owner = self.owner_document
        if owner is None:
            raise TypeError(
                "A SequenceField outside of a document has no sequence_name"
            )
        collection = owner._get_collection_name() if owner._is_document else None
        return collection or _snake_case(owner.__name__)

    @overload
    def __get__(self, instance: None, owner: Any) -> Self: ...
    @overload
    def __get__(self, instance: Any, owner: Any) -> Any: ...
    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """Return the field itself on a class, the number on a document."""
        if instance is None:
            return self
        value = instance._read(self)
        if value is None and instance._initialised:
            value = self.generate()
            instance._put(self, value)
            instance._mark_as_changed(self.name)
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        """Set the number; None draws one."""
        if value is None and instance._initialised:
            value = self.generate()
        super().__set__(instance, value)

    def to_python(self, value: Any) -> Any:
        """Keep a number, draw one in place of None."""
        return self.generate() if value is None else value

    def prepare_query_value(self, op: str | None, value: Any) -> Any:
        """Convert to the form that drawn numbers have."""
        return self.value_decorator(value)


def _snake_case(name: str) -> str:
    """Put an underscore before each capital: ``HTTPLog`` becomes ``h_t_t_p_log``."""
    return "".join(f"_{c}" if c.isupper() else c for c in name).strip("_").lower()
