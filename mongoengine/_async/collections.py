"""The collection of a document class: made on first use, then remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import OperationFailure

from mongoengine._async.connection import get_async_db
from mongoengine._clients import async_clients, forget_place
from mongoengine._seam import AsyncCommand, async_open_session
from mongoengine.base.collection_options import (
    ALREADY_EXISTS,
    Options,
    check_existing,
    creation_options,
)
from mongoengine.base.connections import ensure_family
from mongoengine.base.finding import finding_families
from mongoengine.base.places import Place
from mongoengine.base.prepared import in_preparation, in_time, preparing
from mongoengine.base.switching import of_each, place_of
from mongoengine.errors import OperationError

_TOO_LATE = (
    "Could not prepare the collection of {0.__name__} within a transaction, which may "
    "hold it locked; call `{0.__name__}.async_ensure_indexes()` before"
)

_FOUND_BY_OTHERS = (
    "{0.__name__} finds its collection by itself, but for the other family only: "
    "define `_async_get_collection()` as well"
)


class AsyncCollections:
    """What a document class needs to reach its collection."""

    __slots__ = ()

    if TYPE_CHECKING:
        _meta: ClassVar[Any]
        _class_place: Any
        _get_db_alias: Any
        async_ensure_indexes: Any

    @classmethod
    async def async_drop_collection(cls) -> None:
        """Drop the collection with all that is in it, other classes' documents too.

        Its indexes are made again when a class next uses it.
        """
        place: Place = cls._class_place()
        if not place.name:
            raise OperationError(
                f"Document {cls} has no collection defined (is it abstract ?)"
            )
        ensure_family(place.alias, async_clients.family)
        session = async_open_session(place.alias)
        try:
            async with AsyncCommand(session):
                await cls._async_get_db().drop_collection(place.name, session=session)
        finally:
            forget_place(place)

    @of_each
    def _async_get_db(it: Any) -> AsyncDatabase[Any]:  # noqa: N805
        """Return the database that the class, or one document, is in."""
        return get_async_db(place_of(it).alias)

    @of_each
    async def _async_get_collection(it: Any) -> AsyncCollection[Any]:  # noqa: N805
        """Return the collection of the class, or of one document that was switched.

        It is made with its indexes on first use.
        """
        found: AsyncCollection[Any] = await it._async_prepared_at(place_of(it))
        return found

    @classmethod
    async def _async_collection_at(cls: Any, place: Place) -> AsyncCollection[Any]:
        """Return the collection at a place; that of the class may be its own affair."""
        families = finding_families(cls)
        collection: AsyncCollection[Any]
        if not families or place != cls._class_place():
            collection = await cls._async_prepared_at(place)
        elif async_clients.family in families:
            collection = await cls._async_get_collection()
        else:
            raise OperationError(_FOUND_BY_OTHERS.format(cls))
        return collection

    @classmethod
    async def _async_prepared_at(cls, place: Place) -> AsyncCollection[Any]:
        """Return the collection at a place, made with its indexes on first use.

        One of another name, where a single document was sent, is taken as it is.
        """
        collection = async_clients.prepared(cls, place)
        if collection is None:
            collection = await cls._async_prepare_collection(place)
        return collection

    @classmethod
    async def _async_prepare_collection(cls, place: Place) -> AsyncCollection[Any]:
        ensure_family(place.alias, async_clients.family)
        db = get_async_db(place.alias)
        if place.name != cls._class_place().name:
            return db[place.name]
        current: AsyncCollection[Any] | None = in_preparation(cls)
        if current is not None:
            return current
        async with async_clients.preparing(cls, place):
            collection = async_clients.prepared(cls, place)  # by who held the lock
            if collection is None:
                with in_time(async_open_session(place.alias), _TOO_LATE.format(cls)):
                    collection = await cls._async_make_collection(place)
                async_clients.keep_prepared(cls, place, db, collection)
        return collection

    @classmethod
    async def _async_make_collection(cls, place: Place) -> AsyncCollection[Any]:
        """Make the collection as ``meta`` has it, outside of any transaction."""
        is_own = place.alias == cls._get_db_alias()
        db = cls._async_get_db() if is_own else get_async_db(place.alias)
        collection = db[place.name]
        options = creation_options(cls._meta)
        if options:
            await _async_create(db, place.name, options)
        if cls._meta.get("auto_create_index", True):
            with preparing(cls, collection):
                await cls.async_ensure_indexes()
        return collection


async def _async_create(db: AsyncDatabase[Any], name: str, options: Options) -> None:
    """Create a collection with options, or check those it has."""
    if not await db.list_collection_names(filter={"name": name}):
        try:
            await db.create_collection(name, check_exists=False, **options)
        except OperationFailure as error:
            if error.code != ALREADY_EXISTS:
                raise
        else:
            return
    check_existing(name, options, await db[name].options())
