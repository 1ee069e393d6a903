"""The field that numbers documents, without what reaches the server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, overload

from mongoengine.base.connection_settings import DEFAULT_CONNECTION_NAME
from mongoengine.base.connections import BOTH, ConnectionType, families, promised
from mongoengine.base.field import BaseField
from mongoengine.base.meta import default_collection_name
from mongoengine.base.numbering import Lack, sequences
from mongoengine.base.reading import reads_async

if TYPE_CHECKING:
    from typing_extensions import Self


class BaseSequenceField(BaseField[Any]):
    """A number that no other document has."""

    _auto_gen = True
    _is_drawn = True
    COLLECTION_NAME: ClassVar[str] = "mongoengine.counters"
    VALUE_DECORATOR: ClassVar[Callable[[Any], Any]] = int

    if TYPE_CHECKING:  # what the sync family adds
        generate: Callable[[], Any]
        _draw: Callable[[Lack], None]

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
        sequences.add(self)

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
        return collection or default_collection_name(owner.__name__)

    def _counter_id(self) -> str:
        return f"{self.get_sequence_name()}.{self.name}"

    def _draws_at_once(self, document: Any = None) -> bool:
        """Say whether a number that is missing may be drawn without being awaited.

        Not where there is no sync connection, nor for what the async family has loaded;
        and where there are both, not while an event loop would have to wait.
        """
        if document is not None and reads_async(document):
            return False
        if promised(self.db_alias, ConnectionType.ASYNC):
            return families(self.db_alias) is BOTH and not _is_in_loop()
        return True

    def _fill(self, document: Any) -> None:
        """Draw the number of a document, if that can be done at once."""
        if self._draws_at_once(document):
            self._draw(Lack(document, self.name, self))

    @overload
    def __get__(self, instance: None, owner: Any) -> Self: ...
    @overload
    def __get__(self, instance: Any, owner: Any) -> Any: ...
    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """Return the field itself on a class, the number on a document."""
        if instance is None:
            return self
        value = instance._read_value(self)
        if value is None and instance._initialised:
            value = instance._generate_value(self)
            if value is not None:
                instance._mark_as_changed(self.name)
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        """Set the number; None has another one drawn."""
        if value is not None or not instance._initialised:
            super().__set__(instance, value)
            return
        instance._put_value(self, None)
        self._fill(instance)
        instance._mark_as_changed(self.name)

    def to_python(self, value: Any) -> Any:
        """Keep a number, draw one in place of None."""
        if value is None and self._draws_at_once():
            return self.generate()
        return value

    def prepare_query_value(self, op: str | None, value: Any) -> Any:
        """Convert to the form that drawn numbers have."""
        return self.value_decorator(value)


def _is_in_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
