"""Load what references lead to: one, or many by one query per class."""

from __future__ import annotations

from typing import Any

from bson import DBRef, ObjectId, encode

from mongoengine._async.connection import get_async_db
from mongoengine._async.cursors import async_chunks
from mongoengine._clients import async_clients
from mongoengine._seam import AsyncCommand, async_open_session, async_together
from mongoengine.base.connections import ensure_family
from mongoengine.base.finding import finds_collection, finds_documents
from mongoengine.base.places import IDS_A_QUERY, Place, key_of
from mongoengine.base.reading import alias_of
from mongoengine.base.reference_proxy import ReferenceProxy
from mongoengine.base.reference_walk import Placement, Search, field_of_generic
from mongoengine.base.state import State
from mongoengine.base.targets import (
    Found,
    Target,
    Wanted,
    dbref_of,
    led_to,
    maker,
    stored_id,
    unknown_document,
    untyped_target,
)
from mongoengine.queryset import transform
from mongoengine.queryset.reads import only_one


async def async_load(wanted: Wanted) -> Found:
    """Return the documents of these ids, as far as there are any."""
    found = Found()
    for targets, ids in wanted.batches(IDS_A_QUERY):
        await _async_load_batch(targets, ids, found)
    return found


async def _async_load_batch(
    targets: list[Target], ids: list[Any], found: Found
) -> None:
    target = targets[0]
    arguments: dict[str, Any] = {"filter": {"_id": {"$in": ids}}}
    session = async_open_session(target.place.alias)
    if session is not None:
        arguments["session"] = session
    rows = async_chunks(await _async_collection_of(target), arguments)
    while chunk := await rows.async_next():
        found.add(targets, chunk, async_clients.family)


async def async_fetch_one(target: Target, pk: Any, value: Any) -> Any:
    """Return the document that a reference leads to, or raise DoesNotExist.

    Those that tasks ask for at the same time are loaded by one query.
    """
    dbref = dbref_of(target, pk, value)
    by_users = finds_collection(target.document_type)
    if not by_users and type(dbref.id) is not ObjectId:  # async-only
        _async_check_id(target.place, dbref.id)
    document = await async_together(target, dbref, _async_answer, by_users)
    if document is None:
        raise unknown_document(target, value)
    return document


def _async_check_id(place: Place, pk: Any) -> None:  # async-only
    """Have an id that cannot be encoded be the error of one task alone."""
    encode({"_id": pk}, codec_options=_async_collection_now(place).codec_options)


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
    if finds_collection(target.document_type):
        collection = await _async_collection_of(target)
    else:
        collection = _async_collection_now(target.place)
    session = async_open_session(alias)
    async with AsyncCommand(session):
        if dbref.database is not None:  # which must be the same
            db = get_async_db(alias)
            decoded = await db.dereference(dbref, session=session)
        else:
            decoded = await collection.find_one({"_id": dbref.id}, session=session)
    return None if decoded is None else maker(target, async_clients.family)(decoded)


async def _async_answer_lazily(
    target: Target, asked: dict[Any, DBRef]
) -> dict[Any, Any]:
    """Return what the class lets its querysets find."""
    document_type = target.document_type
    ids = [one.id for one in asked.values()]
    query = {"_id": {"$in": ids} if len(ids) > 1 else ids[0]}
    found = document_type.objects(__raw__=query).limit(len(ids) + 1)
    documents = await found.async_to_list()
    return {key_of(stored_id(document_type, one.pk)): one for one in documents}


class AsItIs:
    """Stands for no class: to be read, a collection needs no indexes."""


def _async_collection_now(place: Place) -> Any:
    """Return a collection without preparing it."""
    collection = async_clients.prepared(AsItIs, place)
    if collection is not None:
        return collection
    ensure_family(place.alias, async_clients.family)
    db = get_async_db(place.alias)
    async_clients.keep_prepared(AsItIs, place, db, db[place.name])
    return db[place.name]


async def async_load_within(container: Any, alias: str) -> Any:
    """Load all that a list or dict refers to, and return it with documents in place."""
    search = Search()
    search.walk_items(alias, container)
    if search.wanted:
        placement = Placement(await async_load(search.wanted))
        placement.walk_items(alias, container)
    return container


async def async_load_into(document: Any, field: Any, lazily: bool = False) -> None:
    """Put documents in place of the references in a field.

    ``lazily`` says whether lazy ones are loaded too, which stay in their places.
    """
    search = Search(lazily)
    search.walk_field(document, field)
    if search.wanted:
        placement = Placement(await async_load(search.wanted), lazily)
        placement.walk_field(document, field)


async def async_load_for(document: Any, field: Any, generic: Any) -> Any:
    """Put a document in place of a generic reference in a field, and return it.

    A reference to a document that is not there stays.
    """
    target, pk = untyped_target(generic, alias_of(document))
    wanted = Wanted()
    wanted.add(target, pk)
    found = await async_load(wanted)
    Placement(found).walk_field(document, field)
    return found.by_key(target).get(key_of(pk), generic)


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
        if hasattr(field, "build_lazyref"):
            lazy = getattr(self, field.name)
            return None if lazy is None else await lazy.async_fetch()
        value = self._read_value(field)
        led = None if field._holds_many else led_to(field, value, alias_of(self))
        if led is None:
            await async_load_into(self, field, lazily=True)
            return getattr(self, field.name)
        if isinstance(value, ReferenceProxy):
            value = value.as_stored()
        target, pk = led
        return self._put_value(field, await async_fetch_one(target, pk, value))

    async def _async_fetch_in(self, container: Any) -> Any:
        """Put documents in place of the references in a container of this document."""
        field = field_of_generic(self, container)
        if field is not None:
            return await async_load_for(self, field, container)
        return await async_load_within(container, alias_of(self))

    @classmethod
    async def _async_fetch_lazily(cls: Any, pk: Any) -> Any:
        """Return the document that a lazy reference leads to.

        Those that tasks ask for at the same time are loaded by one query.
        """
        place = cls._class_place()
        dbref = DBRef(place.name, transform.query(cls, pk=pk)["_id"])
        asked = Target(cls, place), dbref, _async_answer_lazily
        found = await async_together(*asked, by_users=finds_documents(cls))
        return only_one(cls, [] if found is None else [found])

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
