"""Load what references lead to: one, or many by one query per class."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bson import DBRef

from mongoengine._async.connection import get_async_db
from mongoengine._async.cursors import async_chunks
from mongoengine._clients import async_clients
from mongoengine._seam import AsyncCommand, async_open_session, async_together
from mongoengine.base.connections import ensure_family
from mongoengine.base.reading import alias_of
from mongoengine.base.reference_proxy import ReferenceProxy
from mongoengine.base.reference_walk import Placement, Search
from mongoengine.base.state import State
from mongoengine.base.targets import (
    Found,
    Target,
    Wanted,
    dbref_of,
    led_to,
    loaded,
    unknown_document,
)

# So many ids fit into a query, unless they are very long.
BATCH = 10_000


async def async_load(wanted: Wanted) -> Found:
    """Return the documents of these ids, as far as there are any."""
    found = Found()
    for target, ids in wanted.batches(BATCH):
        await _async_load_batch(target, ids, found)
    return found


async def _async_load_batch(target: Target, ids: list[Any], found: Found) -> None:
    arguments: dict[str, Any] = {"filter": {"_id": {"$in": ids}}}
    session = async_open_session(target.place.alias)
    if session is not None:
        arguments["session"] = session
    rows = async_chunks(await _async_collection_of(target), arguments)
    while chunk := await rows.async_next():
        for decoded in chunk:
            pk = decoded["_id"]
            found.add(target, pk, loaded(target, decoded, async_clients.family))


async def async_fetch_one(target: Target, pk: Any, value: Any) -> Any:
    """Return the document that a reference leads to, or raise DoesNotExist.

    Those that tasks ask for at the same time are loaded by one query.
    """
    dbref = dbref_of(target, pk, value)
    document = await async_together(target, dbref, _async_answer)
    if document is None:
        raise unknown_document(target, value)
    return document


async def _async_answer(target: Target, asked: dict[Any, DBRef]) -> dict[Any, Any]:
    if len(asked) == 1 or any(one.database is not None for one in asked.values()):
        return {key: await _async_one(target, one) for key, one in asked.items()}
    wanted = Wanted()
    for one in asked.values():
        wanted.add(target, one.id)
    found = await async_load(wanted)
    return {key: found.get(target, one.id) for key, one in asked.items()}


async def _async_one(target: Target, dbref: DBRef) -> Any:
    """Return the document that a DBRef leads to, or None."""
    alias = target.place.alias
    ensure_family(alias, async_clients.family)
    session = async_open_session(alias)
    async with AsyncCommand(session):
        if dbref.database is not None:  # which must be the same
            db = get_async_db(alias)
            decoded = await db.dereference(dbref, session=session)
        else:
            collection = _async_collection_now(target)
            decoded = await collection.find_one({"_id": dbref.id}, session=session)
    return None if decoded is None else loaded(target, decoded, async_clients.family)


def _async_collection_now(target: Target) -> Any:
    """Return the collection as it is: to be read, it needs no indexes."""
    place, document_type = target.place, target.document_type
    found = document_type and async_clients.prepared(document_type, place)
    return get_async_db(place.alias)[place.name] if found is None else found


async def async_load_within(container: Any, alias: str) -> Any:
    """Put documents in place of the references in a list or dict, and return it."""
    search = Search(lazily=False)
    search.walk_items(alias, container)
    if search.wanted:
        placement = Placement(await async_load(search.wanted), lazily=False)
        placement.walk_items(alias, container)
    return container


async def async_load_into(documents: Iterable[Any], field: Any = None) -> None:
    """Put documents in place of all references in others, or in one field of them."""
    documents = list(documents)
    search = Search(lazily=False)
    _walk(search, documents, field)
    if search.wanted:
        placement = Placement(await async_load(search.wanted), lazily=False)
        _walk(placement, documents, field)


def _walk(walk: Any, documents: list[Any], field: Any) -> None:
    for document in documents:
        if field is None:
            walk.walk(document)
        else:
            walk.walk_field(document, field)


async def _async_collection_of(target: Target) -> Any:
    if target.document_type is not None:
        return await target.document_type._async_collection_at(target.place)
    ensure_family(target.place.alias, async_clients.family)
    return get_async_db(target.place.alias)[target.place.name]


class AsyncFetching(State):
    """What a document does to load what it refers to."""

    __slots__ = ()

    async def _async_fetch_field(self, field: Any) -> Any:
        """Return the value of a field with what it refers to, loaded and kept."""
        value = self._read_value(field)
        if field._holds_many:
            await async_load_into((self,), field)
            return getattr(self, field.name)
        if hasattr(field, "build_lazyref"):
            lazy = getattr(self, field.name)
            return None if lazy is None else await lazy.async_fetch()
        led = led_to(field, value, alias_of(self))
        if led is None:
            return value
        if isinstance(value, ReferenceProxy):
            value = value.as_stored()
        target, pk = led
        return self._put_value(field, await async_fetch_one(target, pk, value))

    async def _async_fetch_in(self, container: Any) -> Any:
        """Put documents in place of the references in a container of this document."""
        return await async_load_within(container, alias_of(self))

    @classmethod
    async def _async_fetch_lazily(cls: Any, pk: Any) -> Any:
        """Return the document that a lazy reference leads to."""
        return await cls.objects.async_get(pk=pk)

    @classmethod
    async def _async_follow_change(cls: Any, field: Any, document: Any) -> None:
        """Bring the copies of a saved document up to date."""
        update = field.update_of_copies(document)
        if update:
            await cls._async_update_copies(field, document.to_mongo()["_id"], update)

    @classmethod
    async def _async_update_copies(
        cls: Any, field: Any, pk: Any, values: dict[str, Any]
    ) -> None:
        """Change the copies that cached references keep of a document."""
        copies = cls.objects(__raw__={f"{field.db_field}._id": pk})
        await copies.async_update(__raw__=values)

    @classmethod
    async def _async_sync_copies(cls: Any, field: Any) -> None:
        """Bring all copies up to date that cached references keep."""
        async for document in field.document_type.objects:
            stored = field.to_mongo(document)
            values = {"$set": {field.db_field: stored}}
            await cls._async_update_copies(field, stored["_id"], values)
