"""Ask querysets that are values in the queries of others."""

from __future__ import annotations

from typing import Any

from mongoengine.queryset.inner import RowsVisitor, inner_querysets
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
