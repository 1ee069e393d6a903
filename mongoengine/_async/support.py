"""Small questions to the server that do not depend on document classes."""

from __future__ import annotations

from typing import Any

from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase

from mongoengine._async.connection import get_async_connection
from mongoengine.queryset.counting import count_options, is_estimate_enough


async def async_count_documents(
    collection: AsyncCollection[Any],
    filter: Any,
    skip: int | None = None,
    limit: int | None = None,
    hint: Any = None,
    collation: Any = None,
    **options: Any,
) -> int:
    """Return how many documents of a collection meet a filter.

    With ``limit=0`` that is none.  Without any condition the server is asked for what
    it knows, which is faster, but not in a transaction.
    """
    if limit == 0:
        return 0
    told = count_options(skip, limit, hint, collation)
    if is_estimate_enough(filter, told, options):
        return await collection.estimated_document_count(**options)
    return await collection.count_documents(filter or {}, **told, **options)


async def async_list_collection_names(
    db: AsyncDatabase[Any], include_system_collections: bool = False
) -> list[str]:
    """Return the names of a database's collections, but for those of the system."""
    names = await db.list_collection_names()
    return [
        name
        for name in names
        if include_system_collections or not name.startswith("system.")
    ]


async def async_get_mongodb_version() -> tuple[int, int]:
    """Return the version of the default connection's server, as ``(7, 0)``."""
    info = await get_async_connection().server_info()
    major, minor, *_ = info["versionArray"]
    return major, minor
