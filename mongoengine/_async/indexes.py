"""Make, list and compare the indexes of a document class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pymongo.asynchronous.collection import AsyncCollection

from mongoengine._clients import async_clients
from mongoengine._seam import AsyncCommand, async_open_session
from mongoengine.base.connections import ensure_family_if_known
from mongoengine.base.finding import finding_families
from mongoengine.base.index_plans import (
    Keys,
    compared,
    declared,
    to_create,
    to_ensure,
)
from mongoengine.base.places import Place
from mongoengine.base.prepared import in_preparation


class AsyncIndexes:
    """What a document class does about its indexes."""

    __slots__ = ()

    if TYPE_CHECKING:
        _meta: ClassVar[Any]
        _class_place: Any
        _async_collection_at: Any
        _async_get_collection: Any

    @classmethod
    async def async_ensure_indexes(cls: Any) -> None:
        """Make the indexes of the class, as far as they do not exist.

        Done when the class is first used, unless ``auto_create_index`` is False in
        ``meta``, and on each save if ``auto_create_index_on_save`` is True.
        """
        collection = in_preparation(cls)
        if collection is None:
            place = cls._class_place()
            is_new = async_clients.prepared(cls, place) is None
            collection = await cls._async_collection_at(place)
            is_prepared = is_new and not finding_families(cls)
            if is_prepared and cls._meta.get("auto_create_index", True):
                return  # they have just been made
        for keys, options in to_ensure(cls):
            await collection.create_index(keys, **options)

    @classmethod
    async def async_create_index(
        cls, keys: Any, background: bool = False, **kwargs: Any
    ) -> str:
        """Make an index, and return its name.

        ``keys`` are as in ``meta["indexes"]``: a name, names, or a dict of ``fields``
        and options.  ``kwargs`` are options of the driver.
        """
        fields, options = to_create(cls, keys, background, kwargs)
        place: Place = cls._class_place()
        collection: AsyncCollection[Any] = await cls._async_collection_at(place)
        options.setdefault("session", async_open_session(place.alias))
        async with AsyncCommand(options["session"]):
            return await collection.create_index(fields, **options)

    @classmethod
    async def async_list_indexes(cls) -> list[Keys]:
        """Return the indexes that the class declares, and all who share its collection.

        Nothing is sent; what the server has is told by ``async_compare_indexes()``.
        """
        ensure_family_if_known(cls._class_place().alias, async_clients.family)
        return declared(cls)

    @classmethod
    async def async_compare_indexes(cls) -> dict[str, list[Keys]]:
        """Compare the indexes on the server with those that are declared.

        The lists ``missing`` and ``extra`` hold the keys of those that only one side
        has; options are not compared.
        """
        collection: AsyncCollection[Any] = await cls._async_get_collection()
        existing = await collection.index_information()
        return compared(declared(cls), existing.values())
