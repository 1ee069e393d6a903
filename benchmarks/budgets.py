"""What each work may cost: the table that ``make bench`` holds us to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Budget:
    """Limits of one work; it is within its budget when it keeps any one of them."""

    ratio: float | None = None
    """At most this part of the peer's figure."""
    figure: float | None = None
    """At most this much, whatever the peer needs."""
    unit: str = "s"
    """What figures are in: seconds, or ``x``, times something the work names."""


SUITES: dict[str, dict[str, Budget]] = {
    "documents": {
        "11 fields: load, read two": Budget(0.05),
        "11 fields: load, read everything": Budget(0.25),
        "11 fields: __init__ with 7 keywords": Budget(0.15),
        "11 fields: to_mongo, new": Budget(0.15),
        "11 fields: to_mongo, loaded": Budget(0.15),
        "11 fields: validate, new": Budget(0.2),
        "11 fields: validate, loaded": Budget(0.2),
        "11 fields: read a scalar attribute": Budget(0.5, figure=60e-9),
        "11 fields: memory over the dict": Budget(figure=1.05, unit="x"),
        "nested: load, read two": Budget(0.05),
        "nested: load, read everything": Budget(0.25),
        "nested: to_mongo, new": Budget(0.15),
        "nested: to_mongo, loaded": Budget(0.15),
        "nested: validate, new": Budget(0.2),
        "nested: validate, loaded": Budget(0.2),
        "nested: memory over the dict": Budget(figure=1.05, unit="x"),
        "40 fields: class creation": Budget(2),
    },
    "querying": {
        "iterate 20,000, read two": Budget(figure=1.1, unit="x"),
        "iterate 20,000, read everything": Budget(figure=1.6, unit="x"),
        "list of 20,000": Budget(figure=1.4, unit="x"),
        "first": Budget(figure=1.1, unit="x"),
        "get": Budget(figure=1.1, unit="x"),
        "save, new": Budget(figure=1.1, unit="x"),
        "save, one changed field": Budget(figure=1.1, unit="x"),
        "insert of 5,000": Budget(figure=1.8, unit="x"),
        "build a query": Budget(0.25),
    },
    "querying_async": {
        "iterate 20,000, read two": Budget(figure=1.1, unit="x"),
        "iterate 20,000, read everything": Budget(figure=1.6, unit="x"),
        "list of 20,000": Budget(figure=1.4, unit="x"),
        "first": Budget(figure=1.1, unit="x"),
        "get": Budget(figure=1.1, unit="x"),
        "save, new": Budget(figure=1.1, unit="x"),
        "save, one changed field": Budget(figure=1.1, unit="x"),
        "insert of 5,000": Budget(figure=1.8, unit="x"),
    },
    "references": {
        "select_related, 3,000 documents": Budget(0.2),
        "prefetch_related, 3,000 documents": Budget(0.2),
        "select_related, and all of it read": Budget(),
        "first read of a list of 1,000": Budget(0.3),
        "1,000 references one by one": Budget(figure=1.15, unit="x"),
        "delete 1,000 cascading to 10,000": Budget(0.3, figure=1.1, unit="x"),
    },
    "connections": {
        "get_connection": Budget(),
        "get_db": Budget(),
    },
}


def select(suite: str = "", only: str = "") -> dict[str, dict[str, Budget]]:
    """Keep one suite (all, without a name) and the works whose name contains `only`."""
    chosen = {
        name: {work: budget for work, budget in works.items() if only in work}
        for name, works in SUITES.items()
        if suite in ("", name)
    }
    return {name: works for name, works in chosen.items() if works}
