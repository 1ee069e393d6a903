"""What ``meta`` says of a document class, and the names it leaves to us."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain, count
from typing import Any


class MetaDict(dict[str, Any]):
    """The options of a document class, merged from its bases' and its own."""

    _merge_options = ("indexes",)

    def merge(self, new_options: Mapping[str, Any]) -> None:
        """Take over options: indexes are added to those inherited, others replaced."""
        for name, value in new_options.items():
            if name in self and name in self._merge_options:
                self[name] = self[name] + value
            else:
                self[name] = value


def default_collection_name(class_name: str) -> str:
    """Return ``user_account`` for ``UserAccount``."""
    spaced = "".join(f"_{char}" if char.isupper() else char for char in class_name)
    return spaced.strip("_").lower()


def auto_id_names(new_class: Any) -> tuple[str, str]:
    """Return the name and database name for an automatic id, both still free."""
    fields = new_class._fields
    stored = {field.db_field for field in fields.values()}
    numbered = ((f"auto_id_{n}", f"_auto_id_{n}") for n in count())
    candidates = chain([("id", "_id")], numbered)
    return next(
        (name, db_field)
        for name, db_field in candidates
        if name not in fields and db_field not in stored
    )
