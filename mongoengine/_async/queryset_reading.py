"""What reads documents through querysets."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from mongoengine._async.cursors import (
    AsyncKeptRun,
    AsyncRun,
    async_chunks,
    async_find_all,
)
from mongoengine._async.inner_querysets import (
    async_ask_inner_querysets,
    async_rows_of,
    async_with_rows,
)
from mongoengine._async.prefetching import AsyncPrefetchedChunks, async_prefetch
from mongoengine._async.support import async_count_documents
from mongoengine._clients import async_clients
from mongoengine._seam import AsyncCommand, async_open_block, async_open_session
from mongoengine.base.connections import ensure_family
from mongoengine.base.places import Place
from mongoengine.queryset import reads
from mongoengine.queryset.index_usage import IndexUsage, index_usage
from mongoengine.queryset.prefetching import to_depth
from mongoengine.queryset.rows import is_prefetching, loader, maker
from mongoengine.queryset.state import D, QuerySetState


class AsyncReading(QuerySetState[D]):
    """The methods of querysets that read what is stored."""

    if TYPE_CHECKING:
        _find_args: Any
        as_pymongo: Any
        exclude: Any
        filter: Any
        hint: Any
        only: Any
        scalar: Any
        values: Any

    # One document

    async def async_first(self) -> D | None:
        """Return the first document, None if there is none."""
        if self._none or self._empty:
            return None
        found = await self._async_at(0)
        return None if found is None else self._async_maker()(found)

    async def async_get(self, *q_objs: Any, **query: Any) -> D:
        """Return the only document that meets the query and these conditions.

        Raise DoesNotExist if there is none, MultipleObjectsReturned if there are more.
        """
        queryset = self.filter(*q_objs, **query)
        rows = [] if queryset._none else await queryset._async_two()
        return reads.only_one(self._document, rows)  # type: ignore[no-any-return]

    async def async_with_id(self, object_id: Any) -> D | None:
        """Return the document of an id, None if there is none; allowed without filter."""
        reads.refuse_filter(self)
        document: D | None = await self.filter(pk=object_id).async_first()
        return document

    async def _async_at(self, index: int) -> Any:
        """Return what a row is made of by its number, None if there are not so many."""
        collection = await self._async_get_collection()
        arguments = reads.args_of_one(self, index)
        found = await self._async_send(collection.find_one, **arguments)
        if found is None or not is_prefetching(self):
            return found
        return (await self._async_prepared([found]))[0]

    async def _async_two(self) -> list[D]:
        """Return a row, and a second one if there are more."""
        collection = await self._async_get_collection()
        arguments = reads.args_of_two(self)
        found = await self._async_send(async_find_all, collection, **arguments)
        if is_prefetching(self):
            found = await self._async_prepared(found)
        return list(map(self._async_maker(), found))

    # Many documents

    async def async_to_list(self, length: int | None = None) -> list[D]:
        """Return all documents, or the first ones; all are kept for the next time."""
        reads.check_length(length)
        self._async_ensure()
        if length is not None and self._async_result_cache is None:
            rows: list[D] = await reads.limited(self, length)._async_rows()
            return rows
        if self._async_result_cache is None:
            rows = await self._async_rows()
            if not self._keeps_rows:
                return rows
            self._async_keep(rows)
        return self._async_result_cache[:length]  # type: ignore[no-any-return]

    async def async_in_bulk(self, object_ids: Iterable[Any]) -> dict[Any, D]:
        """Return documents by id, whatever the filter; ids that are not found are left out."""
        if self._none:
            return {}
        found = reads.of_ids(self, await async_rows_of(object_ids))
        chunks = await found._async_find(found._find_args, keeps_all=True)
        make = self._async_maker()
        rows: dict[Any, D] = {}
        while chunk := await chunks.async_next():
            ids = [decoded["_id"] for decoded in chunk]
            made = map(make, await self._async_prepared(chunk))
            rows.update(zip(ids, made, strict=True))
        return rows

    async def async_select_related(self, max_depth: int = 1) -> list[D]:
        """Return all documents, with what they refer to loaded by a query per class.

        With a greater depth, what these refer to is loaded as well, and so on.
        """
        rows: list[D] = await self._with(_prefetch=to_depth(max_depth))._async_rows()
        return rows

    async def _async_rows(self) -> list[Any]:
        """Ask the server for all rows."""
        rows: list[Any] = []
        if not reads.is_void(self):
            make, chunks = self._async_maker(), await self._async_chunks(keeps_all=True)
            while chunk := await chunks.async_next():
                rows += map(make, chunk)
        return rows

    # Iteration

    def __aiter__(self) -> AsyncRun[D]:
        """Take the rest of what ``__anext__()`` began to read and keep, or begin anew."""
        self._async_ensure()
        self._async_iter = True
        begun: AsyncRun[D] | None = self._async_steps
        if begun is None or not begun.is_for_all:
            return self._async_new_run()
        self._async_steps = None
        return begun

    async def __anext__(self) -> D:
        """Return the next document, until a loop takes the rest or ``rewind()``."""
        if self._async_steps is None:
            self._async_ensure()
            self._async_steps = self._async_new_run()
        document: D = await self._async_steps.__anext__()
        return document

    def __await__(self) -> Generator[Any, None, list[D]]:  # async-only
        """Return all documents: ``users = await User.objects``."""
        self._async_ensure()
        return self.async_to_list().__await__()

    def _async_new_run(self) -> AsyncRun[D]:
        opening, make = self._async_chunks, self._async_maker()
        if self._keeps_rows:
            return AsyncKeptRun(opening, make, self)
        return AsyncRun(opening, make)

    def _async_keep(self, rows: list[Any]) -> None:
        """Keep all rows, unless another run was faster."""
        if self._async_result_cache is None:
            self._async_result_cache = rows
            self._async_has_more = False

    # Questions about them

    async def async_count(self, with_limit_and_skip: bool = False) -> int:
        """Return how many documents there are, of all or within ``limit`` and ``skip``."""
        if reads.is_countless(self, with_limit_and_skip):
            return 0
        if with_limit_and_skip and self._async_len is not None:
            return self._async_len
        number = await self._async_counted(with_limit_and_skip)
        if with_limit_and_skip and self._keeps_rows:
            self._async_len = number
        return number

    async def _async_counted(self, with_limit_and_skip: bool) -> int:
        collection = await self._async_get_collection()
        if self._where_clause:  # which only find() takes everywhere
            arguments = reads.args_of_walk(self, with_limit_and_skip)
            return len(await self._async_send(async_find_all, collection, **arguments))
        arguments = reads.args_of_count(self, with_limit_and_skip)
        number: int = await self._async_send(
            async_count_documents, collection, **arguments
        )
        return number

    async def async_exists(self) -> bool:
        """Say whether there is any document."""
        if reads.is_void(self):
            return False
        collection = await self._async_get_collection()
        arguments = reads.args_of_existence(self)
        found = await self._async_send(collection.find_one, **arguments)
        return found is not None

    async def _async_has_data(self) -> bool:
        return await self.async_exists()

    async def async_explain(self) -> dict[str, Any]:
        """Return how the server runs the query, and what that costs."""
        if self._none:
            return {}
        cursor = await self._async_open_cursor()
        async with self._async_command():
            plan: dict[str, Any] = await cursor.explain()
        return plan

    async def async_index_usage(self) -> IndexUsage:
        """Return a summary of ``async_explain()``: which indexes, and how well used."""
        return index_usage(await self.async_explain())

    # Other forms

    async def async_to_json(self, *args: Any, **kwargs: Any) -> str:
        """Return the stored documents as JSON; the arguments are ``json_util``'s."""
        rows = await self.as_pymongo().async_to_list()
        return reads.to_json(rows, args, kwargs)

    async def async_only(self, *fields: str) -> list[D]:  # async-only
        """Return all documents, with these fields loaded."""
        return await self.only(*fields).async_to_list()  # type: ignore[no-any-return]

    async def async_exclude(self, *fields: str) -> list[D]:  # async-only
        """Return all documents, with all but these fields loaded."""
        return await self.exclude(*fields).async_to_list()  # type: ignore[no-any-return]

    async def async_hint(self, index: Any = None) -> list[D]:  # async-only
        """Return all documents, found by an index."""
        return await self.hint(index).async_to_list()  # type: ignore[no-any-return]

    async def async_scalar(self, *fields: str) -> list[Any]:  # async-only
        """Return the values of a field, or tuples of several.

        References are given as ids, unless they are loaded by ``prefetch_related()``.
        """
        return await self.scalar(*fields).async_to_list()  # type: ignore[no-any-return]

    async def async_values(self, *fields: str) -> list[dict[str, Any]]:  # async-only
        """Return dicts of fields; ids of references."""
        return await self.values(*fields).async_to_list()  # type: ignore[no-any-return]

    async def async_values_list(  # async-only
        self, *fields: str, flat: bool | None = None
    ) -> list[Any]:
        """Return what ``async_scalar()`` does; tuples, even of one, if ``flat`` is False."""
        rows = await self.async_scalar(*reads.flat_fields(fields, flat))
        return [(row,) for row in rows] if flat is False and len(fields) == 1 else rows

    # What the other I/O of querysets builds on

    async def _async_get_collection(self) -> Any:
        """Return the collection, to be read as the queryset says."""
        await async_ask_inner_querysets(self)
        collection = self._collection_obj
        if isinstance(collection, Place):
            collection = await self._document._async_collection_at(collection)
        else:
            reads.check_collection(collection, async_clients.family)
        return reads.read_as_told(collection, self)

    def _async_options(self, **more: Any) -> dict[str, Any]:
        """Return arguments for a command, with the session that it shall join."""
        session = async_open_session(reads.alias_of(self))
        if session is not None:
            more["session"] = session
        return more

    async def _async_send(self, send: Any, *args: Any, **options: Any) -> Any:
        """Call what sends a command, with the session that it shall join."""
        block = async_open_block(reads.alias_of(self))
        if block is None:
            return await send(*args, **options)
        async with AsyncCommand(block.session):
            return await send(*args, session=block.session, **options)

    def _async_command(self) -> AsyncCommand:
        """Return the context of one command, as a session does one thing at a time."""
        return AsyncCommand(async_open_session(reads.alias_of(self)))

    async def _async_loaded(self, decoded: Any) -> D:
        """Return a document, made of a decoded one that it takes over."""
        document: D = self._async_loader()(decoded)
        if is_prefetching(self):
            await async_prefetch([document], self._prefetch)
        return document

    def _async_loader(self) -> Any:
        """Return what makes documents of decoded ones."""
        return loader(self, async_clients.family, self._auto_dereference)

    def _async_maker(self) -> Any:
        """Return what makes what the queryset gives of decoded documents."""
        return maker(self, async_clients.family)

    def _async_ensure(self) -> None:
        """Refuse to run where the alias has no connection of this family."""
        if isinstance(self._collection_obj, Place) and not reads.is_void(self):
            ensure_family(reads.alias_of(self), async_clients.family)

    async def _async_chunks(self, keeps_all: bool = False) -> Any:
        """Begin to find documents."""
        if reads.is_void(self):
            return None
        await async_ask_inner_querysets(self)
        chunks = await self._async_find(self._find_args, keeps_all)
        if not is_prefetching(self):
            return chunks
        return AsyncPrefetchedChunks(
            chunks, self._async_loader(), self._prefetch, self._batch_size
        )

    async def _async_relate(
        self, documents: list[Any], max_depth: int, names: Sequence[str] = ()
    ) -> None:
        """Load what documents refer to, in all or some fields, in up to so many steps."""
        await async_prefetch(documents, to_depth(max_depth, names))

    async def _async_with_rows(self, keywords: dict[str, Any]) -> Any:
        """Return keywords with rows in place of querysets."""
        return await async_with_rows(keywords)

    async def _async_prepared(self, decoded: list[Any]) -> list[Any]:
        """Return what rows are made of: documents, where references are prefetched."""
        if not is_prefetching(self):
            return decoded
        documents = list(map(self._async_loader(), decoded))
        await async_prefetch(documents, self._prefetch)
        return documents

    async def _async_find(
        self, arguments: dict[str, Any], keeps_all: bool = False
    ) -> Any:
        collection = await self._async_get_collection()
        return async_chunks(collection, self._async_options(**arguments), keeps_all)

    async def _async_open_cursor(self) -> Any:
        """Return a cursor of the driver, which sends nothing before it is used."""
        collection = await self._async_get_collection()
        return collection.find(**self._async_options(**self._find_args))
