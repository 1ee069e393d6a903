"""Change, delete and reload documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pymongo import ReadPreference

from mongoengine import signals
from mongoengine._async.kept_files import async_forget_files
from mongoengine._clients import async_clients
from mongoengine._seam import async_follow, async_open_session
from mongoengine.base.failures import reported
from mongoengine.base.reloading import depth_of, field_names, query_for_modify, refresh
from mongoengine.base.state import State
from mongoengine.errors import OperationError

if TYPE_CHECKING:
    from typing_extensions import Self

Data = dict[str, Any]


class AsyncChanging(State):
    """What a document does to what is stored of it, besides being saved."""

    __slots__ = ()

    if TYPE_CHECKING:
        DoesNotExist: type[Exception]
        pk: Any
        _object_key: Any
        _own_place: Any
        _qs: Any

    async def async_update(self, **kwargs: Any) -> Any:
        """Change what is stored, by operators, and not this object.

        The arguments are those of the queryset's ``async_update_one()``.
        """
        if self.pk is not None:
            found = self._qs.filter(**self._object_key)
        elif kwargs.get("upsert"):
            stored = self.to_mongo()
            stored.pop("_cls", None)
            found = self._qs.filter(__raw__=stored)
        else:
            raise OperationError("attempt to update a document not yet saved")
        return await found.async_update_one(**kwargs)

    async def async_modify(self, query: Any = None, **update: Any) -> bool:
        """Change what is stored and load the result, in one step.

        Return False, and change nothing, if what is stored does not meet the query.
        Changes of this object that are not saved are lost.
        """
        found = query_for_modify(self, query)
        modified = await found.async_modify(new=True, **update)
        if modified is None:
            return False
        self._async_take_over(modified)
        return True

    async def async_delete(
        self, signal_kwargs: Data | None = None, **write_concern: Any
    ) -> None:
        """Delete the document from the database, and apply the delete rules.

        The arguments other than ``signal_kwargs`` are those of the driver's
        ``WriteConcern``.
        """
        told: Data = dict(document=self, **(signal_kwargs or {}))
        if signals.pre_delete.receivers:
            await signals.pre_delete.async_send(type(self), **told)
        with reported("Could not delete document ({})"):
            await self._qs.filter(**self._object_key).async_delete(
                write_concern=write_concern, _from_doc_delete=True
            )
        await async_forget_files(self)
        if signals.post_delete.receivers:
            await signals.post_delete.async_send(type(self), **told)

    async def async_reload(self, *fields: Any, **kwargs: Any) -> Self:
        """Load the values of all fields, or of those named, from the database again.

        Changes of these that are not saved are lost.  DoesNotExist is raised if the
        document is not stored, or not any more.

        :param max_depth: how many levels of what the document refers to are loaded as
            well; may come first, before the names.  By default it is one where reading
            a reference loads the document, and none where that gives a proxy
        """
        names = field_names(self, fields)
        rows: list[Any] = []
        if self.pk is not None:
            found = self._qs.read_preference(ReadPreference.PRIMARY)
            found = found.filter(**self._object_key).only(*names).limit(1)
            rows = await found.async_to_list()
        if not rows:
            raise self.DoesNotExist("Document does not exist")
        self._async_take_over(rows[0], names)
        depth = depth_of(self, fields, kwargs, async_clients.family)
        if depth > 0:
            await self._qs._async_relate([self], depth, names)
        return self

    def _async_take_over(self, twin: Any, names: Sequence[str] = ()) -> None:
        """Take what was just loaded; if that is undone later, this document is told."""
        refresh(self, twin, names)
        async_follow(async_open_session(self._own_place().alias), self, twin)

    async def async_select_related(self, max_depth: int = 1) -> Self:
        """Load what this document refers to by a query per class, and return it.

        With a greater depth, what these refer to is loaded as well, and so on.
        """
        await self._qs._async_relate([self], max_depth)
        return self
