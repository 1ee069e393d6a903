"""Which command counts documents."""

from __future__ import annotations

from typing import Any

from mongoengine.queryset.state import UNSET_HINT


def count_options(
    skip: int | None, limit: int | None, hint: Any, collation: Any
) -> dict[str, Any]:
    """Return what ``count_documents()`` of the driver is told."""
    options = {
        "skip": skip,
        "limit": limit,
        "hint": None if hint == UNSET_HINT else hint,
        "collation": collation,
    }
    return {name: value for name, value in options.items() if value is not None}


def is_estimate_enough(filter: Any, told: dict[str, Any], more: dict[str, Any]) -> bool:
    """Say whether all documents are to be counted, outside of transactions.

    The server then knows the number.
    """
    return not filter and not told and more.get("session") is None
