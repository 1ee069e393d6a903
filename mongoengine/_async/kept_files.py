"""What becomes of the files of documents that are saved, or deleted."""

from __future__ import annotations

from typing import Any

from mongoengine._async.files import async_remove
from mongoengine._seam import async_if_aborted, async_open_session
from mongoengine.base.file_walk import files_in
from mongoengine.base.kept_files import Replaced, unsaved_files, waiting_in
from mongoengine.base.stored_files import Gone


async def async_store_pending(value: Any) -> None:
    """Store the content that was assigned to files of a document or an update."""
    for file in waiting_in(value):
        await file._async_store_pending()


async def async_remove_replaced(replaced: Replaced) -> None:
    """Remove the files that a document had before it was saved."""
    for file, ids in replaced:
        await file._async_remove_replaced(ids)


async def async_files_of(queryset: Any) -> Gone:
    """Return the files of the documents whose rows a queryset gives."""
    gone = Gone()
    async for row in queryset:
        gone.add(queryset._document, row)
    return gone


async def async_remove_gone(gone: Gone, place: Any) -> None:
    """Remove the files of those documents that are deleted by now.

    ``place`` is the queryset of all documents that there are.
    """
    for keys in gone.batches():
        found = place(__raw__={"_id": {"$in": keys}})
        rows = await found.only("pk").as_pymongo().async_to_list()
        gone.spare(row["_id"] for row in rows)
    for bucket, ids in gone.files():
        await async_remove(bucket, ids)


async def async_forget_files(document: Any) -> None:
    """Have a deleted document stand for no files; remove what nobody else knew of."""
    unsaved = unsaved_files(document)
    for _, file in files_in(document):
        async_if_aborted(async_open_session(file.db_alias), file._undoing())
        ids = file._forget()
        if ids and any(file is one for one in unsaved):
            await async_remove(file._bucket, ids)
