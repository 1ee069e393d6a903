"""What MongoEngine asks the driver for, apart from document classes."""

from __future__ import annotations

from pymongo import version_tuple

from mongoengine._async.support import (
    async_count_documents,
    async_list_collection_names,
)
from mongoengine._sync.support import count_documents, list_collection_names

__all__ = [
    "PYMONGO_VERSION",
    "async_count_documents",
    "async_list_collection_names",
    "count_documents",
    "list_collection_names",
]

PYMONGO_VERSION = tuple(version_tuple[:2])
