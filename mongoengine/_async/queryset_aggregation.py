"""What computes with the documents of querysets: pipelines, totals, JavaScript."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.command_cursor import AsyncCommandCursor

from mongoengine._async.connection import get_async_db
from mongoengine._async.fetching import async_load
from mongoengine._async.inner_querysets import async_ask_inner_querysets
from mongoengine._async.javascript import _async_call
from mongoengine._clients import async_clients
from mongoengine._rows import (
    AsyncConvertedRows,
    AsyncRows,
    async_converted_rows,
    async_rows,
)
from mongoengine.base.connections import ensure_family
from mongoengine.base.failures import reported
from mongoengine.base.places import Place
from mongoengine.queryset.distinct import DistinctValues
from mongoengine.queryset.frequencies import ADD_UP, count_values, frequencies
from mongoengine.queryset.javascript import arguments_of, function_of
from mongoengine.queryset.map_reduce import (
    in_order,
    map_reduce_command,
    output_of,
    readers_of,
)
from mongoengine.queryset.map_reduce_document import row_of
from mongoengine.queryset.pipelines import (
    check_pipeline,
    command_options,
    cursor_options,
    frequencies_pipeline,
    total_pipeline,
    whole_pipeline,
)
from mongoengine.queryset.state import D, QuerySetState
from mongoengine.queryset.writes import options_of


class AsyncAggregation(QuerySetState[D]):
    """The methods of querysets that compute on the server."""

    if TYPE_CHECKING:
        _filter: Any
        _ordering: Any
        _async_command: Any
        _async_get_collection: Any
        _async_options: Any

    def async_aggregate(
        self, pipeline: list[Any], *others: NoReturn, **kwargs: Any
    ) -> AsyncRows:
        """Return the rows of an aggregation pipeline over the documents.

        The pipeline, a list of stages, starts from the query, the order, the limit and
        the skip of the queryset; a stage that must be the first, such as ``$geoNear``,
        stays so.  ``kwargs`` go to the driver (``allowDiskUse``, ``maxTimeMS``, ...).
        """
        check_pipeline(pipeline, others)
        self._async_check_family()
        return async_rows(partial(self._async_aggregated, [*pipeline], kwargs))

    async def _async_aggregated(
        self, pipeline: list[Any], options: dict[str, Any]
    ) -> AsyncCommandCursor[Any]:
        """Run a pipeline over the documents; return the cursor."""
        if self._none or self._empty:
            return self._async_cursor_over([])
        await async_ask_inner_querysets(self)
        stages = whole_pipeline(self, pipeline)
        return await self._async_run(stages, **{**cursor_options(self), **options})

    async def _async_run(
        self, stages: list[Any], **options: Any
    ) -> AsyncCommandCursor[Any]:
        """Run a pipeline over the collection; return the cursor."""
        collection = await self._async_get_collection()
        async with self._async_command():
            cursor: AsyncCommandCursor[Any] = await collection.aggregate(
                stages, **self._async_options(**options)
            )
        return cursor

    async def _async_all(self, stages: list[Any]) -> list[Any]:
        """Return the rows of a pipeline over the collection."""
        cursor = await self._async_run(stages, **cursor_options(self))
        async with cursor, self._async_command():
            return [row async for row in cursor]

    async def async_sum(self, field: str) -> Any:
        """Return the sum of a field: ``"price"``, ``"items__price"``.

        What is in lists is added up; what is no number does not count.
        """
        return await self._async_total("sum", field)

    async def async_average(self, field: str) -> Any:
        """Return the average of a field: ``"price"``, ``"items__price"``.

        Without documents it is 0.  What is in lists counts one by one; what is no number
        does not count.
        """
        return await self._async_total("avg", field)

    async def _async_total(self, name: str, field: str) -> Any:
        await async_ask_inner_querysets(self)
        stages = total_pipeline(self, name, field)
        if self._none:
            return 0
        rows = await self._async_all(stages)
        return rows[0]["total"] if rows else 0

    async def async_distinct(self, field: str) -> list[Any]:
        """Return the different values of a field; of lists, those of the items.

        Embedded documents and referenced ones are given as documents, but as they are
        stored after ``no_dereference()``.
        """
        distinct = DistinctValues(self._document, field, async_clients.family)
        if self._none:
            return []
        collection = await self._async_get_collection()
        options = self._async_options(**command_options(self))
        found = self._filter or None
        async with self._async_command():
            values = await collection.distinct(distinct.key, found, **options)
        if not self._auto_dereference:
            return list(values)
        values = distinct.converted(values)
        return distinct.put(values, await async_load(distinct.wanted(values)))

    async def async_item_frequencies(
        self, field: str, normalize: bool = False, map_reduce: bool = True
    ) -> dict[Any, Any]:
        """Return how often each value of a field is there, or its share of all.

        What is in lists counts one by one; a missing value counts as None.  JavaScript
        does it, or without ``map_reduce`` a pipeline.
        """
        if map_reduce:
            return await self._async_item_frequencies_map_reduce(field, normalize)
        return await self._async_item_frequencies_pipeline(field, normalize)

    async def _async_item_frequencies_map_reduce(
        self, field: str, normalize: bool = False
    ) -> dict[Any, Any]:
        rows = self.async_map_reduce(count_values(self, field), ADD_UP, "inline")
        return frequencies([(row.key, row.value) async for row in rows], normalize)

    async def _async_item_frequencies_pipeline(
        self, field: str, normalize: bool = False
    ) -> dict[Any, Any]:
        await async_ask_inner_querysets(self)
        stages = frequencies_pipeline(self, field)
        if self._none:
            return {}
        rows = await self._async_all(stages)
        return frequencies([(row["_id"], row["value"]) for row in rows], normalize)

    def async_map_reduce(
        self,
        map_f: str,
        reduce_f: str,
        output: Any,
        finalize_f: str | None = None,
        limit: int | None = None,
        scope: dict[str, Any] | None = None,
    ) -> AsyncConvertedRows:
        """Return the rows (:class:`MapReduceDocument`) of a map-reduce.

        The functions are JavaScript, in which ``[~name]`` and ``{{~name}}`` mean fields.
        ``output`` is ``"inline"``, the name of a collection to replace, or a dict such
        as ``{"merge": name, "db_alias": alias}``.  ``limit`` is for the documents that
        go in; ``scope`` has variables for the functions.  The order of the queryset is
        that of the rows.
        """
        self._async_check_family()
        opening = partial(
            self._async_map_reduced, map_f, reduce_f, output, finalize_f, limit, scope
        )
        return async_converted_rows(opening, partial(row_of, self))

    async def _async_map_reduced(
        self, map_f: str, reduce_f: str, output: Any, *more: Any
    ) -> Any:
        """Run a map-reduce; return a cursor over what it gave."""
        target = output_of(output, async_clients.family)
        if self._none:
            return self._async_cursor_over([])
        collection = await self._async_get_collection()
        command = map_reduce_command(
            self, collection.name, map_f, reduce_f, target.out, *more
        )
        async with self._async_command():
            answer = await collection.database.command(
                command, **self._async_options(**readers_of(self, target))
            )
        if target.name is None:
            rows = in_order(answer["results"], self._ordering)
            return self._async_cursor_over(rows)
        return self._async_output(collection, target.name, target.db)

    def _async_output(
        self, collection: AsyncCollection[Any], name: str, db_name: str | None
    ) -> Any:
        """Return a cursor over the collection that a map-reduce has filled."""
        db = collection.database
        if db_name is not None:
            db = db.client[db_name]
        options = self._async_options(**options_of(self, "batch_size", "comment"))
        return db[name].find(sort=self._ordering or None, **options)

    def _async_cursor_over(self, rows: list[Any]) -> AsyncCommandCursor[Any]:
        """Return a cursor over rows that are here; nothing is asked for."""
        place = self._collection_obj
        if isinstance(place, Place):
            place = get_async_db(place.alias)[place.name]
        return AsyncCommandCursor(place, {"id": 0, "firstBatch": rows}, None)

    def _async_check_family(self) -> None:
        """Refuse to do later what the connection cannot do."""
        if isinstance(self._collection_obj, Place):
            ensure_family(self._collection_obj.alias, async_clients.family)

    async def async_exec_js(self, code: str, *fields: str, **options: Any) -> Any:
        """Call a JavaScript function on the server and return what it gives.

        Its arguments are the names that fields have in the database, and it knows
        ``collection`` (a name), ``query`` and ``options``.  Servers let no function see
        what is in collections any more: use a pipeline, or map-reduce, for that.
        """
        function = function_of(self, code)
        if self._none:
            return None
        collection = await self._async_get_collection()
        arguments = arguments_of(self, collection.name, fields, options)
        with reported("Could not run the JavaScript, which sees no collections ({})"):
            async with self._async_command():
                return await _async_call(
                    collection.database, function, arguments, **self._async_options()
                )
