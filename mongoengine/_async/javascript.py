"""Run JavaScript on the server."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pymongo.asynchronous.database import AsyncDatabase

from mongoengine._async.connection import get_async_db
from mongoengine._clients import async_clients
from mongoengine.base.connection_settings import DEFAULT_CONNECTION_NAME
from mongoengine.base.connections import ensure_family


async def async_exec_js(
    code: str, *args: Any, alias: str = DEFAULT_CONNECTION_NAME, **options: Any
) -> Any:
    """Call a JavaScript function on the server and return what it gives.

    ``code`` is the source of a function, ``args`` are its arguments.  It runs as
    a ``$function`` expression, so it needs MongoDB 5.1 with JavaScript enabled,
    and sees no collections.  ``options`` go to ``aggregate``.
    """
    ensure_family(alias, async_clients.family)
    return await _async_call(get_async_db(alias), code, args, **options)


async def _async_call(
    db: AsyncDatabase[Any], code: str, args: Iterable[Any], **options: Any
) -> Any:
    """Call a JavaScript function on the server of a database."""
    literals = [{"$literal": value} for value in args]  # no argument is an expression
    function = {"$function": {"body": code, "args": literals, "lang": "js"}}
    pipeline: list[dict[str, Any]] = [
        {"$documents": [{}]},
        {"$project": {"_id": 0, "result": function}},
    ]
    async with await db.aggregate(pipeline, **options) as cursor:
        (answer,) = await cursor.to_list()
    return answer.get("result")
