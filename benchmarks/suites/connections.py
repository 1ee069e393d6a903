"""Looking up the client and the database of an alias; no server is asked."""

from __future__ import annotations

from benchmarks.measures import Timing
from mongoengine import connect
from mongoengine.connection import get_connection, get_db

CLIENT = connect("bench", connect=False, uuidRepresentation="standard")

WORKS = {
    "get_connection": Timing(
        "get_connection()",
        names={"get_connection": get_connection},
        proof=lambda: get_connection() is CLIENT,
    ),
    "get_db": Timing(
        "get_db()",
        names={"get_db": get_db},
        proof=lambda: get_db() == CLIENT["bench"],
    ),
}
