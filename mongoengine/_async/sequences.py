"""Draw the numbers of sequences."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from pymongo import ReturnDocument
from pymongo.asynchronous.collection import AsyncCollection

from mongoengine._async.connection import get_async_db
from mongoengine._clients import async_clients
from mongoengine._seam import AsyncCommand, async_if_aborted, async_open_session
from mongoengine.base.connections import ensure_family
from mongoengine.base.numbering import Lack, lacks_in, sequences


class AsyncSequence:
    """What a SequenceField asks of the server."""

    if TYPE_CHECKING:
        collection_name: str
        db_alias: str
        value_decorator: Any
        _counter_id: Any

    async def async_generate(self) -> Any:
        """Draw the next number of the sequence: the one place where that is done."""
        return self.value_decorator(await self._async_change({"$inc": {"next": 1}}))

    async def async_get_next_value(self) -> Any:
        """Return the number that would be drawn now; it stays to be drawn."""
        key = {"_id": self._counter_id()}
        session = async_open_session(self.db_alias)
        async with AsyncCommand(session):
            counter = await self._async_counters().find_one(key, session=session)
        return self.value_decorator(counter["next"] + 1 if counter else 1)

    async def async_set_next_value(self, value: Any) -> Any:
        """Have the number drawn next be the one after ``value``, which is returned."""
        decorated = self.value_decorator(value)  # which may refuse it
        await self._async_change({"$set": {"next": value}})
        return decorated

    async def _async_draw(self, lack: Lack) -> None:
        """Draw a number for a place without one, until that is taken back."""
        session = async_open_session(self.db_alias)
        number = await self.async_generate()
        lack.fill(number)
        async_if_aborted(session, partial(lack.empty, number))

    async def _async_change(self, change: dict[str, Any]) -> Any:
        """Change the counter, made now if there is none, and return its number."""
        key = {"_id": self._counter_id()}
        session = async_open_session(self.db_alias)
        async with AsyncCommand(session):
            counter: Any = await self._async_counters().find_one_and_update(
                key,
                change,
                upsert=True,
                return_document=ReturnDocument.AFTER,
                session=session,
            )
        return counter["next"]

    def _async_counters(self) -> AsyncCollection[Any]:
        ensure_family(self.db_alias, async_clients.family)
        return get_async_db(self.db_alias)[self.collection_name]


async def async_number(value: Any) -> None:
    """Draw the numbers that are missing in a document, or in what an update is given."""
    if sequences:
        for lack in lacks_in(value):
            await lack.field._async_draw(lack)
