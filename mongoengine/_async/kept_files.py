"""What becomes of the files of documents that are saved, or deleted."""

from __future__ import annotations

from typing import Any

from pymongo import ReadPreference

from mongoengine._async.files import async_remove
from mongoengine.base.file_walk import files_in
from mongoengine.base.kept_files import (
    Replaced,
    names_of,
    replace_unread,
    unread_in,
    unsaved_files,
    waiting_in,
)
from mongoengine.base.stored_files import Gone


async def async_store_pending(value: Any) -> None:
    """Store the content that was assigned to files of a document or an update."""
    for file in waiting_in(value):
        await file._async_store_pending()


async def async_find_unread(document: Any) -> None:
    """Have the save of a document replace also the files that were not loaded with it."""
    unread = unread_in(document)
    if unread:
        found = document._qs.read_preference(ReadPreference.PRIMARY).as_pymongo()
        found = found.filter(**document._object_key)
        async for row in found.only("pk", *names_of(document, unread)):
            replace_unread(document, unread, row)


async def async_remove_replaced(replaced: Replaced) -> None:
    """Remove the files that a document had before it was saved."""
    for file, ids in replaced:
        await file._async_remove_replaced(ids)


async def async_files_of(queryset: Any) -> Gone:
    """Return the files of the documents whose rows a queryset gives."""
    gone = Gone((await queryset._async_get_collection()).codec_options)
    async for row in queryset:
        gone.add(queryset._document, row)
    return gone


async def async_remove_gone(gone: Gone, place: Any, alias: str) -> None:
    """Remove the files of those documents that are deleted by now.

    ``place`` is the queryset of all documents that there are, ``alias`` that of them.
    """
    for keys in gone.batches():
        found = place(__raw__={"_id": {"$in": keys}})
        rows = await found.only("pk").as_pymongo().async_to_list()
        gone.spare(row["_id"] for row in rows)
    for bucket, ids in gone.files():
        await async_remove(bucket, ids, alias)


async def async_forget_files(document: Any) -> None:
    """Have a deleted document stand for no files; remove what nobody else knew of."""
    unsaved = unsaved_files(document)
    for _, file in files_in(document):
        file._async_undo_if_aborted()
        ids = file._forget()
        if ids and any(file is one for one in unsaved):
            await async_remove(file._bucket, ids, document._own_place().alias)
