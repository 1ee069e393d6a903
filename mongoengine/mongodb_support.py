"""Versions of the server."""

from __future__ import annotations

from mongoengine._async.support import async_get_mongodb_version
from mongoengine._sync.support import get_mongodb_version

__all__ = [
    "MONGODB_34",
    "MONGODB_36",
    "MONGODB_42",
    "MONGODB_44",
    "MONGODB_50",
    "MONGODB_60",
    "MONGODB_70",
    "MONGODB_80",
    "async_get_mongodb_version",
    "get_mongodb_version",
]

MONGODB_34 = (3, 4)
MONGODB_36 = (3, 6)
MONGODB_42 = (4, 2)
MONGODB_44 = (4, 4)
MONGODB_50 = (5, 0)
MONGODB_60 = (6, 0)
MONGODB_70 = (7, 0)
MONGODB_80 = (8, 0)
