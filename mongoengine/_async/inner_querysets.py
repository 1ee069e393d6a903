"""Ask querysets that are values in the queries and updates of others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mongoengine.base.kinds import is_queryset
from mongoengine.queryset.inner import RowsVisitor, inner_querysets, to_ask
from mongoengine.queryset.reads import is_void


async def async_ask_inner_querysets(queryset: Any) -> None:
    """Compile the query of a queryset, if there are querysets among its values."""
    if queryset._mongo_query is not None:
        return
    inner = inner_querysets(queryset._query_obj)
    if inner:
        is_asked = not is_void(queryset)  # else no rows are needed
        rows = {id(one): await one.async_to_list() if is_asked else [] for one in inner}
        condition = queryset._query_obj.accept(RowsVisitor(rows))
        queryset._mongo_query = condition.to_query(queryset._document)


async def async_rows_of(value: Any) -> Any:
    """Return the rows of a queryset, and what is none as it is."""
    return await value.async_to_list() if is_queryset(value) else value


async def async_with_rows(keywords: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return keywords with rows in place of querysets."""
    inner = to_ask(keywords)
    if not inner:
        return keywords
    rows = {name: await one.async_to_list() for name, one in inner.items()}
    return {**keywords, **rows}
