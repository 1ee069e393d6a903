"""Save documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo.asynchronous.collection import AsyncCollection

from mongoengine import signals
from mongoengine._async.kept_files import (
    async_find_unread,
    async_remove_replaced,
    async_store_pending,
)
from mongoengine._async.sequences import async_number
from mongoengine._clients import async_clients
from mongoengine._seam import (
    AsyncCommand,
    async_has_written,
    async_if_aborted,
    async_open_session,
    async_turn,
)
from mongoengine.base.connections import ensure_family_if_known
from mongoengine.base.failures import reported
from mongoengine.base.files import waiting
from mongoengine.base.kept_files import replaced_in
from mongoengine.base.reading import written_by
from mongoengine.base.saving import (
    NOT_UNIQUE,
    SAVE_FAILED,
    Insert,
    Update,
    Write,
    cascades,
    cascading,
    changed_references,
    is_to_insert,
    refuse_abstract,
)
from mongoengine.base.state import State
from mongoengine.errors import OperationError
from mongoengine.queryset import transform
from mongoengine.queryset.writes import with_concerns

if TYPE_CHECKING:
    from typing_extensions import Self

Data = dict[str, Any]


class AsyncSaving(State):
    """What documents do to be saved."""

    __slots__ = ()

    if TYPE_CHECKING:
        _async_collection_at: Any
        _own_place: Any
        _qs: Any
        async_ensure_indexes: Any
        validate: Any

    async def async_save(
        self,
        force_insert: bool = False,
        validate: bool = True,
        clean: bool = True,
        write_concern: Data | None = None,
        cascade: bool | None = None,
        cascade_kwargs: Data | None = None,
        _refs: list[Any] | None = None,
        save_condition: Data | None = None,
        signal_kwargs: Data | None = None,
        **kwargs: Any,
    ) -> Self:
        """Write the document to the database: a new one as a whole, else what changed.

        :param force_insert: fail if there is a document of this id already
        :param validate: check the values first, with ``clean()`` unless ``clean`` is
            False
        :param write_concern: options of the driver's ``WriteConcern``, such as
            ``{"w": "majority"}``
        :param cascade: save the documents that this one refers to as well; by default
            as ``meta["cascade"]`` says, or if there are ``cascade_kwargs``, which are
            the arguments for saving those
        :param save_condition: a query that the document in the database has to meet
            for the change to be made; otherwise SaveConditionError is raised
        :param signal_kwargs: more arguments for the receivers of signals

        NotUniqueError tells of a unique index that was violated.  After an error that
        leaves open whether the document was written, such as one of the network, save
        it again: that cannot make a second one.
        """
        refuse_abstract(self)
        more = signal_kwargs or {}
        told: Data = dict(document=self, **more)
        if signals.pre_save.receivers:
            await signals.pre_save.async_send(type(self), **told)
        if validate:
            self.validate(clean=clean)
        if signals.pre_save_post_validation.receivers:
            created = is_to_insert(self, force_insert)
            await signals.pre_save_post_validation.async_send(
                type(self), document=self, created=created, **more
            )
        if self._meta.get("auto_create_index_on_save"):
            await self.async_ensure_indexes()
        if waiting:
            await async_store_pending(self)
            await async_find_unread(self)
        replaced = replaced_in([self])  # later ones may be written now
        write = await self._async_send_write(
            force_insert, write_concern, save_condition
        )
        if replaced:
            await async_remove_replaced(replaced)
        if cascades(self, cascade, cascade_kwargs):
            inherited = cascading(force_insert, validate, write_concern)
            options = {**inherited, **(cascade_kwargs or {})}
            await self.async_cascade_save(**options, _refs=_refs)
        if signals.post_save.receivers:
            with write.shown():
                await signals.post_save.async_send(
                    type(self), document=self, created=write.made, **more
                )
        return self

    async def async_cascade_save(self, **kwargs: Any) -> None:
        """Save the documents that this one refers to and that have changed.

        The arguments are those of ``async_save()``.
        """
        ensure_family_if_known(self._own_place().alias, async_clients.family)
        done = kwargs.pop("_refs", None) or []
        for document in changed_references(self):
            if id(document) not in done:
                done.append(id(document))
                await document.async_save(**kwargs, _refs=done)

    async def _async_send_write(
        self, force_insert: bool, write_concern: Any, condition: Any
    ) -> Insert | Update:
        if condition is not None:
            condition = await self._qs._async_with_rows(condition)
        place = self._own_place()
        collection = await self._async_collection_at(place)
        collection = with_concerns(collection, write_concern)
        session = async_open_session(place.alias)
        # One at a time: a second task changes what the first one has inserted.
        async with async_turn(self, session):
            await async_number(self)
            with reported(SAVE_FAILED, NOT_UNIQUE):
                # What users define may ask the server while this is worked out.
                if is_to_insert(self, force_insert):
                    insert = Insert(self, force_insert)
                    async with AsyncCommand(session):
                        return await _async_insert(collection, insert, session)
                if condition is not None:
                    condition = transform.query(type(self), **condition)
                update = Update(self, condition)
                async with AsyncCommand(session):
                    return await _async_update(collection, update, session)


async def _async_insert(
    collection: AsyncCollection[Any], insert: Insert, session: Any
) -> Insert:
    key, stored = insert.key, insert.stored
    with insert:
        if insert.upserts:
            await collection.replace_one(key, stored, upsert=True, session=session)
        elif not insert.replaces or not await collection.find_one_and_replace(
            key, stored, session=session
        ):
            await collection.insert_one(stored, session=session)
    written_by(async_clients.family, [insert.document])
    _async_note(session, insert)
    return insert


async def _async_update(
    collection: AsyncCollection[Any], update: Update, session: Any
) -> Update:
    with update:
        if update.changes:
            result = await collection.update_one(
                update.filter, update.changes, upsert=update.upserts, session=session
            )
            update.note(result)
    if update.changes:
        _async_note(session, update)
    return update


def _async_note(session: Any, write: Write) -> None:
    """Have it known what is to be taken back, if that happens."""
    if session is not None:
        async_if_aborted(session, write.undo)
        place, ids = write.document._own_place(), [write.key["_id"]]
        async_has_written(session, place, ids, is_new=write.made)


class AsyncParentSaving(State):
    """What embedded documents do to be saved."""

    __slots__ = ()

    async def async_save(self, *args: Any, **kwargs: Any) -> Any:
        """Save the document that this one is part of; the arguments are for that."""
        parent = self._instance
        if parent is None:
            raise OperationError(
                f"This {self._class_name} is part of no document that could be saved"
            )
        return await parent.async_save(*args, **kwargs)
