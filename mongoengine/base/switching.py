"""A document that is kept elsewhere than its class."""

from __future__ import annotations

from types import MethodType
from typing import TYPE_CHECKING, Any

from mongoengine.base.connections import _connection_settings, not_defined
from mongoengine.base.places import Place
from mongoengine.base.state import State, held, set_switched

if TYPE_CHECKING:
    from typing_extensions import Self


class of_each(classmethod):  # type: ignore[type-arg]  # noqa: N801
    """A class method that is a document's own as well: its first argument is either."""

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """Return the method of a document, or else of the class."""
        return MethodType(self.__func__, owner if instance is None else instance)


def place_of(it: Any) -> Place:
    """Return where the documents of a class are kept, or one document."""
    is_class = isinstance(it, type)
    place: Place = it._class_place() if is_class else it._own_place()
    return place


class Switching(State):
    """Where one document is kept: with its class, unless it is told otherwise."""

    __slots__ = ()

    if TYPE_CHECKING:
        _class_place: Any

    def switch_db(self, db_alias: str, keep_created: bool = True) -> Self:
        """Have this document saved, changed and deleted in another database.

        It goes to the collection of its class there, and this object alone does.
        Without ``keep_created`` it counts as new: saving it writes all of it.
        """
        if db_alias not in _connection_settings:
            raise not_defined(db_alias)
        return self._switch_place(
            self._class_place()._replace(alias=db_alias), keep_created
        )

    def switch_collection(
        self, collection_name: str, keep_created: bool = True
    ) -> Self:
        """Have this document saved, changed and deleted in another collection.

        It goes to the database of its class, and this object alone does.  Without
        ``keep_created`` it counts as new: saving it writes all of it.
        """
        if not isinstance(collection_name, str):
            raise TypeError(
                f"name must be an instance of str, not {type(collection_name)}"
            )
        return self._switch_place(
            self._class_place()._replace(name=collection_name), keep_created
        )

    def _switch_place(self, place: Place, keep_created: bool) -> Self:
        set_switched(self, place)
        if not keep_created:
            self._created = True
        return self

    def _own_place(self) -> Place:
        """Return where this document is kept."""
        place: Place = held(self, "_switched_place") or self._class_place()
        return place
