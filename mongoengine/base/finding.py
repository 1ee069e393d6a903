"""Classes that find their collection by themselves."""

from __future__ import annotations

from functools import cache
from inspect import getattr_static
from typing import Any

from mongoengine.base.connections import ConnectionType
from mongoengine.base.lookup import forgotten_with_plans
from mongoengine.base.switching import of_each

FINDERS = {
    "_get_collection": ConnectionType.SYNC,
    "_async_get_collection": ConnectionType.ASYNC,
}


@forgotten_with_plans
@cache
def finding_families(cls: Any) -> frozenset[ConnectionType]:
    """Return the families in which a class has a method of its own for that."""
    return frozenset(
        family
        for name, family in FINDERS.items()
        if not isinstance(getattr_static(cls, name), of_each)
    )


def finds_collection(cls: Any) -> bool:
    """Say whether a class, if there is one, has such a method in a family."""
    return cls is not None and bool(finding_families(cls))


def finds_documents(cls: Any) -> bool:
    """Say whether code of users has a say in what the querysets of a class find."""
    is_plain = getattr(getattr_static(cls, "objects", None), "_is_plain", None)
    return finds_collection(cls) or is_plain is None or not is_plain(cls)
