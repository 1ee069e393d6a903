"""What an answer of ``explain`` says about indexes, in a few words.

Servers have several forms of answers: of their two engines, of pipelines, of clusters,
and with what was counted while running or without.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# Where a plan goes on; what else is in an answer may look like a plan and be none.
BRANCHES = {
    "$cursor",
    "$geoNearCursor",
    "$unionWith",
    "elseStage",
    "innerStage",
    "inputStage",
    "inputStages",
    "outerStage",
    "pipeline",
    "queryPlan",
    "queryPlanner",
    "shards",
    "stages",
    "thenStage",
    "winningPlan",
}
# Stages that find documents by ``_id``, and need not say so.
BY_ID = {"CLUSTERED_IXSCAN", "EXPRESS_CLUSTERED_IXSCAN", "EXPRESS_IXSCAN", "IDHACK"}
SORTS = {"SORT", "$sort"}


@dataclass(frozen=True)
class IndexUsage:
    """How the server finds the documents of a query.

    ``indexes`` are names; ``stages`` are the server's, the last to run first, but those
    of a pipeline in its order.  What is counted is None if the query was not run.
    """

    indexes: tuple[str, ...]
    stages: tuple[str, ...]
    keys_examined: int | None
    documents_examined: int | None
    returned: int | None
    collection_scan: bool
    in_memory_sort: bool

    def __str__(self) -> str:
        """Say it in one line."""
        parts = [f"index {', '.join(self.indexes)}" if self.indexes else "no index"]
        parts += ["collection scan"] if self.collection_scan else []
        parts += ["sort in memory"] if self.in_memory_sort else []
        if self.keys_examined is not None:
            parts.append(f"{self.keys_examined} keys examined")
            parts.append(f"{self.documents_examined} documents examined")
        if self.returned is not None:
            parts.append(f"{self.returned} returned")
        return f"{'; '.join(parts)} ({' < '.join(self.stages)})"


def index_usage(explanation: Mapping[str, Any]) -> IndexUsage:
    """Sum up what ``explain`` answered."""
    nodes = list(_nodes(explanation))
    stages = tuple(name for node in nodes if (name := _stage(node)))
    return IndexUsage(
        indexes=tuple(dict.fromkeys(name for node in nodes for name in _indexes(node))),
        stages=stages,
        keys_examined=_sum(nodes, "totalKeysExamined"),
        documents_examined=_sum(nodes, "totalDocsExamined"),
        returned=_returned(explanation),
        collection_scan="COLLSCAN" in stages
        or any(node.get("collectionScans") for node in nodes),
        in_memory_sort=not SORTS.isdisjoint(stages),
    )


def _nodes(part: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the parts of an answer that may tell of a plan, those above first."""
    if isinstance(part, list):
        for item in part:
            yield from _nodes(item)
    elif isinstance(part, Mapping):
        yield part
        for name, below in part.items():
            if name == "shards" and isinstance(below, Mapping):
                below = list(below.values())
            if name in BRANCHES:
                yield from _nodes(below)


def _stage(node: Mapping[str, Any]) -> str | None:
    """Return the name of the stage that a node is, unless it just holds others."""
    stage = node.get("stage")
    if isinstance(stage, str):
        return stage
    first = next(iter(node), "")
    return first if first.startswith("$") and not first.endswith("ursor") else None


def _indexes(node: Mapping[str, Any]) -> list[str]:
    if "indexName" in node:
        return [node["indexName"]]
    if node.get("stage") in BY_ID:
        return ["_id_"]
    return list(node.get("indexesUsed", ()))  # of $lookup


def _sum(nodes: list[Mapping[str, Any]], name: str) -> int | None:
    """Return the sum of what was counted, by a plan as a whole or by a ``$lookup``."""
    counted = [node.get("executionStats", node).get(name) for node in nodes]
    found = [int(count) for count in counted if count is not None]
    return sum(found) if found else None


def _returned(explanation: Mapping[str, Any]) -> int | None:
    shards = explanation.get("shards")
    if isinstance(shards, Mapping):
        counts = [_returned(shard) for shard in shards.values()]
        return None if None in counts else sum(filter(None, counts))
    stages = explanation.get("stages")
    last = stages[-1] if stages else explanation.get("executionStats", {})
    returned = last.get("nReturned")
    return None if returned is None else int(returned)
