"""What is done for delete rules, before the documents are deleted that they are about.

What refers to a document goes before it.  So the way leads down, from a batch of
documents to what refers to them, and to what refers to that, before anything is deleted
on the way back; never is more than a batch of ids of each level known.  The first walk
only looks for what denies the deletion, if there is a rule that may.
"""

from __future__ import annotations

from typing import Any

from mongoengine.base.constants import CASCADE, DENY
from mongoengine.base.places import IDS_A_QUERY
from mongoengine.queryset.delete_rules import (
    Deletion,
    Level,
    Row,
    Rule,
    changes,
    denials,
    keys_of,
)


async def async_delete_by_rules(
    queryset: Any, write_concern: Any, known: Any = None
) -> Any:
    """Delete the documents of a queryset after what the rules ask for is done.

    ``known`` are ids of documents that are being deleted anyway.
    """
    asked = queryset(pk__nin=list(known)) if known else queryset
    await async_refuse_denied(asked, denials(queryset._document))
    deletion = Deletion(queryset._document, changes, write_concern)
    if deletion.comes_back:
        await _async_ask(deletion, asked)
    with deletion.under_way():
        await _async_walk(deletion, asked, changes(queryset._document))
        return await queryset._async_delete_now(write_concern)


async def async_refuse_denied(queryset: Any, rules: list[Rule]) -> None:
    """Raise OperationError if one of these rules denies that documents are deleted."""
    if rules:
        deletion = Deletion(queryset._document, denials)
        with deletion.under_way():
            await _async_walk(deletion, queryset, rules)


async def _async_ask(deletion: Deletion, queryset: Any) -> None:
    """Have all known that are to be deleted, as the way may lead back to them."""
    batches = AsyncKeyBatches(queryset)
    while rows := await batches.async_next():
        deletion.ask(queryset._document, rows)


async def _async_walk(deletion: Deletion, queryset: Any, rules: list[Rule]) -> None:
    batches = AsyncKeyBatches(queryset)
    levels = [Level(queryset._document, batches, rules, deletion.ask)]
    try:
        while levels:
            await _async_step(deletion, levels)
    finally:
        for level in levels:
            await level.batches.async_close()


async def _async_step(deletion: Deletion, levels: list[Level]) -> None:
    """Follow the next rule; after the last, leave the batch, and turn to the next."""
    level = levels[-1]
    rule = level.next_rule()
    if rule is None:
        if len(levels) > 1 and deletion.deletes(level):
            await _async_leave(deletion, level)
        if not await _async_begin(level):
            levels.pop()
    elif deletion.leads_down(rule):
        batches = AsyncKeyBatches(level.referring(rule))
        levels.append(deletion.level(rule.document, batches))
    else:
        await _async_obey(deletion, rule, level)


async def _async_begin(level: Level) -> bool:
    """Turn to the next batch; say whether there is one with anything that goes."""
    while rows := await level.batches.async_next():
        if level.begin(rows):
            return True
    return False


async def _async_leave(deletion: Deletion, level: Level) -> None:
    """Delete a batch, to which nothing refers any more."""
    number = await level.found._async_delete_now(deletion.write_concern)
    deletion.forget(level)
    deletion.tell(level.document, "deleted", number)


async def _async_obey(deletion: Deletion, rule: Rule, level: Level) -> None:
    """Do what a rule asks for that leads no further."""
    referring = level.referring(rule)
    if rule.action == DENY:
        if await referring.async_exists():
            raise rule.denial()
    elif rule.action == CASCADE:
        number = await referring.async_delete(deletion.write_concern)
        deletion.tell(rule.document, "deleted", number)
    else:
        update = rule.update_for(level.documents)
        number = await referring.async_update(
            write_concern=deletion.write_concern, **update
        )
        deletion.tell(rule.document, "changed", number)


class AsyncKeyBatches:
    """The ids of a queryset's documents, a batch at a time."""

    def __init__(self, queryset: Any) -> None:
        self._keys = keys_of(queryset)
        self._chunks: Any = None

    async def async_next(self) -> list[Row]:
        """Return the next rows, none at the end."""
        if self._chunks is None:
            self._chunks = await self._keys._async_chunks()
        rows: list[Row] = []
        while len(rows) < IDS_A_QUERY and (chunk := await self._async_chunk()):
            rows += chunk
        return rows

    async def _async_chunk(self) -> list[Row]:
        return [] if self._chunks is None else await self._chunks.async_next()

    async def async_close(self) -> None:
        """Close the cursor on the server."""
        if self._chunks is not None:
            await self._chunks.async_close()
