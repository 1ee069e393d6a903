"""What changes documents through querysets: insert, update, modify and delete."""

from __future__ import annotations

from contextvars import copy_context
from functools import partial
from typing import TYPE_CHECKING, Any

from mongoengine import signals
from mongoengine._async.delete_rules import (
    async_delete_by_rules,
    async_refuse_denied,
)
from mongoengine._async.inner_querysets import async_rows_of
from mongoengine._async.kept_files import (
    async_files_of,
    async_remove_gone,
    async_remove_replaced,
    async_store_pending,
)
from mongoengine._async.sequences import async_number
from mongoengine._clients import async_clients
from mongoengine._seam import (
    async_has_written,
    async_if_aborted,
    async_to_the_end,
)
from mongoengine.base.failures import reported
from mongoengine.base.file_places import keeps_files
from mongoengine.base.files import waiting
from mongoengine.base.kept_files import replaced_in
from mongoengine.base.numbering import sequences
from mongoengine.base.reading import written_by
from mongoengine.base.stored_files import Gone
from mongoengine.base.taken_back import count_as_new
from mongoengine.queryset.delete_rules import (
    denials_by_others,
    is_going,
    rules_of,
)
from mongoengine.queryset.insertion import Insertion
from mongoengine.queryset.reads import is_void, place_of
from mongoengine.queryset.state import D, QuerySetState
from mongoengine.queryset.updates import with_new_documents
from mongoengine.queryset.writes import (
    as_documents,
    changes_of,
    deletes_each,
    find_and_modify_arguments,
    options_of,
    placed,
    refuse_modification,
    refuse_update,
    same_place,
    time_limit,
    told_of_delete,
    told_of_update,
    up_to_date,
    with_concerns,
    with_files,
)

WriteConcern = dict[str, Any] | None


class AsyncWriting(QuerySetState[D]):
    """The methods of querysets that change what is stored."""

    if TYPE_CHECKING:
        _filter: Any
        _sorting: Any
        _async_command: Any
        _async_get_collection: Any
        _async_loaded: Any
        _async_options: Any
        _async_send: Any
        _async_with_rows: Any
        async_first: Any
        async_get: Any
        async_in_bulk: Any
        async_with_id: Any

    async def async_create(self, **kwargs: Any) -> D:
        """Make a document, save it and return it."""
        values = await self._async_with_rows(kwargs)
        document: Any = placed(self._document(**values), self)
        await document.async_save(force_insert=True)
        return document  # type: ignore[no-any-return]

    async def async_insert(
        self,
        doc_or_docs: Any,
        load_bulk: bool = True,
        write_concern: WriteConcern = None,
        signal_kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """Store one new document, or several with one command; nothing is validated.

        They are loaded again and returned; without ``load_bulk``, their ids are.  If
        some of several cannot be stored, BulkWriteError tells which, and those before
        the first of them are stored.
        """
        insertion = Insertion(self._document, await async_rows_of(doc_or_docs))
        more = signal_kwargs or {}
        await signals.pre_bulk_insert.async_send(
            self._document, documents=insertion.documents, **more
        )
        if waiting or sequences:  # else there is no document that lacks anything
            for document in insertion.documents:
                await async_store_pending(document)
                await async_number(document)
        replaced = replaced_in(insertion.documents)
        await self._async_send_batches(insertion, write_concern)
        await async_remove_replaced(replaced)
        results: Any = insertion.documents
        if load_bulk:
            loaded = await self._with(_none=False, _empty=False).async_in_bulk(
                insertion.ids
            )
            results = [loaded.get(key) for key in insertion.ids]
        await signals.post_bulk_insert.async_send(
            self._document, documents=results, loaded=load_bulk, **more
        )
        if not load_bulk:
            results = insertion.ids
        return results[0] if insertion.is_single else results

    async def _async_send_batches(
        self, insertion: Insertion, write_concern: WriteConcern
    ) -> None:
        """Store the documents of an insertion."""
        collection = with_concerns(await self._async_get_collection(), write_concern)
        options = self._async_options(**options_of(self, "comment"))
        session = options.get("session")
        with insertion.underway(session) as stored, time_limit(self):
            async with self._async_command():
                if insertion.is_single:
                    await collection.insert_one(stored[0], **options)
                else:
                    await collection.insert_many(stored, **options)
        written_by(async_clients.family, insertion.documents)
        async_if_aborted(session, partial(count_as_new, insertion.documents))
        self._async_note(insertion.ids, is_new=True)

    async def async_update(
        self,
        upsert: bool = False,
        multi: bool = True,
        write_concern: WriteConcern = None,
        read_concern: dict[str, Any] | None = None,
        full_result: bool = False,
        array_filters: list[dict[str, Any]] | None = None,
        **update: Any,
    ) -> Any:
        """Change all documents that the query finds, and return how many it found.

        ``update`` is spelled as ``set__name="x"``, ``inc__age=1`` and so on, or
        ``__raw__`` with what MongoDB takes.  With ``upsert``, a document is inserted if
        none is found.  With ``full_result``, return the driver's result.
        """
        refuse_update(update, upsert)
        if is_void(self):
            return 0
        update = with_new_documents(self._document, update)
        await async_number(update)
        if waiting:
            await async_store_pending(update)
        given = await self._async_with_rows(update)
        changes = changes_of(self._document, given, upsert)
        collection = await self._async_get_collection()
        collection = with_concerns(collection, write_concern, read_concern)
        send = collection.update_many if multi else collection.update_one
        options = options_of(self, "hint", "collation", "comment")
        with reported("Update failed ({})"), time_limit(self):
            result = await self._async_send(
                send,
                self._filter,
                changes,
                upsert=upsert,
                array_filters=array_filters,
                **options,
            )
        if result.acknowledged and result.upserted_id is not None:
            self._async_note([result.upserted_id], is_new=True)
        return told_of_update(result, full_result)

    async def async_update_one(
        self,
        upsert: bool = False,
        write_concern: WriteConcern = None,
        full_result: bool = False,
        array_filters: list[dict[str, Any]] | None = None,
        **update: Any,
    ) -> Any:
        """Change one of the documents that the query finds, as ``async_update`` does."""
        return await self.async_update(
            upsert=upsert,
            multi=False,
            write_concern=write_concern,
            full_result=full_result,
            array_filters=array_filters,
            **update,
        )

    async def async_upsert_one(
        self,
        write_concern: WriteConcern = None,
        read_concern: dict[str, Any] | None = None,
        **update: Any,
    ) -> D | None:
        """Change the document that the query finds, or insert one; return it."""
        if is_void(self):
            return None
        result = await self.async_update(
            multi=False,
            upsert=True,
            write_concern=write_concern,
            read_concern=read_concern,
            full_result=True,
            **update,
        )
        if result.raw_result["updatedExisting"]:
            return await self.async_get()  # type: ignore[no-any-return]
        inserted: D = await same_place(self).async_with_id(result.upserted_id)
        return inserted

    async def async_modify(
        self,
        upsert: bool = False,
        remove: bool = False,
        new: bool = False,
        array_filters: list[dict[str, Any]] | None = None,
        **update: Any,
    ) -> D | None:
        """Change or ``remove`` the first document in one go, and return it.

        It is returned as it was before, or as it is now if ``new``; None if there is
        none, and none was there before an ``upsert``.
        """
        refuse_modification(update, upsert, remove, new)
        if is_void(self):
            return None
        arguments = find_and_modify_arguments(self, sort=self._ordering)
        if not remove:
            update = with_new_documents(self._document, update)
            await async_number(update)
            if waiting:
                await async_store_pending(update)
            given = await self._async_with_rows(update)
            arguments["update"] = changes_of(self._document, given, upsert)
            arguments["array_filters"] = array_filters
            arguments["upsert"] = upsert
            arguments["return_document"] = new
        collection = await self._async_get_collection()
        send = (
            collection.find_one_and_delete if remove else collection.find_one_and_update
        )
        with reported("Update failed ({})"):
            found = await self._async_send(send, self._filter, **arguments)
        if found is None:
            return None
        if new:
            self._async_note([found.get("_id")], is_new=False)
        return await self._async_loaded(found)  # type: ignore[no-any-return]

    def _async_note(self, ids: list[Any], is_new: bool) -> None:
        """Have whoever reads these documents now told if a transaction is aborted."""
        session = self._async_options().get("session")
        async_has_written(session, place_of(self), ids, is_new)

    async def async_delete(
        self,
        write_concern: WriteConcern = None,
        _from_doc_delete: bool = False,
        cascade_refs: Any = None,
    ) -> int | None:
        """Delete the documents that the query finds, and return how many they were.

        What their delete rules ask for is done before.  If there are receivers of the
        signals, or a limit, the documents are loaded and deleted one by one.
        """
        if is_void(self):
            return 0
        if not _from_doc_delete and deletes_each(self):
            return await self._async_delete_each(write_concern)
        if rules_of(self._document):
            deleted: int | None = await async_delete_by_rules(
                self, write_concern, cascade_refs
            )
            return deleted
        return await self._async_delete_now(write_concern)

    async def _async_delete_now(self, write_concern: WriteConcern) -> int | None:
        """Delete the documents that the query finds, whatever refers to them.

        Their files go after them, so that a failure loses none.
        """
        if not keeps_files(self._document):
            return await self._async_delete_rows(write_concern)
        files = await async_files_of(with_files(self))
        work = partial(self._async_delete_with, files, write_concern)
        return await async_to_the_end(work, copy_context())

    async def _async_delete_with(
        self, files: Gone, write_concern: WriteConcern
    ) -> int | None:
        deleted = await self._async_delete_rows(write_concern)
        place = up_to_date(same_place(self))
        await async_remove_gone(files, place, place_of(self).alias)
        return deleted

    async def _async_delete_rows(self, write_concern: WriteConcern) -> int | None:
        collection = with_concerns(await self._async_get_collection(), write_concern)
        options = options_of(self, "hint", "collation", "comment")
        with time_limit(self):
            result = await self._async_send(
                collection.delete_many, self._filter, **options
            )
        return told_of_delete(result)

    async def async_delete_one(self, write_concern: WriteConcern = None) -> int:
        """Delete the first document that the query finds; return 1, or 0 if none is.

        What its delete rules ask for is done before.
        """
        if is_void(self):
            return 0
        document = self._document
        if deletes_each(self) or rules_of(document) or keeps_files(document):
            return await self._with(_limit=1)._async_delete_each(write_concern)
        collection = with_concerns(await self._async_get_collection(), write_concern)
        arguments = find_and_modify_arguments(self, sort=self._sorting)
        arguments["projection"] = ["_id"]
        send = collection.find_one_and_delete
        found = await self._async_send(send, self._filter, **arguments)
        return 0 if found is None else 1

    async def _async_delete_each(self, write_concern: WriteConcern) -> int:
        """Load and delete the documents one by one, and return how many they were."""
        await async_refuse_denied(self, denials_by_others(self._document))
        deleted = 0
        async for document in as_documents(self):
            if not is_going(document):
                await placed(document, self).async_delete(**(write_concern or {}))
                deleted += 1
        return deleted
