"""Load documents in place of references, by hand."""

from __future__ import annotations

from typing import Any

from mongoengine._sync.fetching import load
from mongoengine._sync.prefetching import prefetch
from mongoengine.base.connection_settings import DEFAULT_CONNECTION_NAME
from mongoengine.base.containers import BaseDict, BaseList, tracked
from mongoengine.base.plain import plain
from mongoengine.base.reading import alias_of
from mongoengine.base.reference_walk import Placement, Search
from mongoengine.queryset.prefetching import to_depth

__all__ = ("DeReference",)


class DeReference:
    """Puts documents in place of the references in lists, dicts and documents.

    One query is sent for each class that is referred to, and each level of depth.
    """

    def __call__(
        self, items: Any, max_depth: int = 1, instance: Any = None, name: Any = None
    ) -> Any:
        """Return a list or dict like ``items``, with documents in place of references.

        ``items`` may be a queryset as well.  What refers to no document stays.  With a
        document and the name of its field, the list is one of that document.
        """
        if items is None or isinstance(items, str):
            return items
        if not isinstance(items, (list, tuple, dict)):
            items = list(items)
        loaded = plain(items)
        if max_depth > 0:
            _load_into(loaded, max_depth, instance)
        if instance is None:
            return loaded
        kind = BaseDict if isinstance(loaded, dict) else BaseList
        return tracked(loaded, kind, instance, name)


def _load_into(items: Any, depth: int, instance: Any) -> None:
    alias = DEFAULT_CONNECTION_NAME if instance is None else alias_of(instance)
    search = Search(lazily=False)
    search.walk_items(alias, items)
    found = load(search.wanted)
    Placement(found, lazily=False).walk_items(alias, items)
    prefetch(search.documents, to_depth(depth))
    prefetch(list(found), to_depth(depth - 1))
