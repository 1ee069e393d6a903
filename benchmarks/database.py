"""The server and the stored documents that reading and writing are measured with."""

from __future__ import annotations

import os
from typing import Any

from bson import ObjectId

from benchmarks.models import PERSON, SEVEN

URI_VARIABLE = "BENCHMARK_MONGO_URI"
STORED = 20_000
MANY = 5_000
NEW: dict[str, Any] = {**SEVEN, "name": "Grace Hopper"}


def uri() -> str:
    """Return the URI of the server that the harness has started."""
    return os.environ[URI_VARIABLE]


def name_of_database(suite: str) -> str:
    return f"benchmark_{suite}"


def fill(collection: Any) -> Any:
    """Store the documents to be read; of an async collection, return what to await."""
    documents = [{**PERSON, "_id": ObjectId(), "age": i} for i in range(STORED)]
    return collection.insert_many(documents)


def read_everything(stored: dict[str, Any]) -> None:
    """Touch all that ``read_person`` does, in a plain dict."""
    address, extra = stored["address"], stored["extra"]
    {
        **{name: stored[name] for name in ("_id", *SEVEN)},
        "tags": list(stored["tags"]),
        "address": {name: address[name] for name in ("street", "city", "country")},
        "friends": list(stored["friends"]),
        "extra": {**extra, "weights": list(extra["weights"])},
    }
