"""The document classes that exist, by their registered names."""

from __future__ import annotations

import sys
import warnings
from typing import Any

from mongoengine.errors import NotRegistered

UPDATE_OPERATORS = {
    "set",
    "unset",
    "inc",
    "dec",
    "mul",
    "pop",
    "push",
    "push_all",
    "pull",
    "pull_all",
    "add_to_set",
    "set_on_insert",
    "min",
    "max",
    "rename",
}

_document_registry: dict[str, Any] = {}


class _DocumentRegistry:
    """Find document classes by name (``"User"``, or ``"Person.User"``)."""

    @staticmethod
    def get(name: str) -> Any:
        """Return the class of that ``_cls`` name, or of that last name alone."""
        found = _document_registry.get(name) or _by_last_name(name)
        if found is None:
            # As MongoEngine words it, line breaks included.
            raise NotRegistered(
                f"`{name}` has not been registered in the document registry.\n"
                "            Importing the document class automatically registers it, "
                "has it\n            been imported?"
            )
        return found

    @staticmethod
    def register(doc_cls: Any) -> None:
        """Make a class known under its ``_class_name``, the latest of that name."""
        earlier = _document_registry.get(doc_cls._class_name)
        if earlier is not None and earlier.__module__ != doc_cls.__module__:
            _warn_of_two(earlier, doc_cls)
        _document_registry[doc_cls._class_name] = doc_cls

    @staticmethod
    def unregister(doc_cls_name: str) -> None:
        """Forget the class of that name."""
        _document_registry.pop(doc_cls_name)


def _warn_of_two(earlier: Any, later: Any) -> None:
    warnings.warn(
        f"Two document classes are named {later._class_name!r}: one in "
        f"{earlier.__module__}, one in {later.__module__}. References by name and stored "
        "class names now mean the latter.",
        UserWarning,
        stacklevel=frames_of_library(),
    )


def frames_of_library() -> int:
    """Return the ``stacklevel`` of a warning that is for the code which called us."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back and frame.f_globals.get("__name__", "").startswith(
        "mongoengine."
    ):
        level, frame = level + 1, frame.f_back
    return level


def _by_last_name(name: str) -> Any:
    """Return the one class whose name ends as the given one does, if it is one."""
    last = name.split(".")[-1]
    matches = [
        cls
        for key, cls in _document_registry.copy().items()
        if key.split(".")[-1] == last
    ]
    return matches[0] if len(matches) == 1 else None


def get_document(name: str) -> Any:
    """Return the registered document class of that name."""
    return _DocumentRegistry.get(name)


def _get_documents_by_db(
    connection_alias: str, default_connection_alias: str
) -> list[Any]:
    """Return the registered classes that live on a connection alias."""
    return [
        cls
        for cls in _document_registry.copy().values()
        if cls._meta.get("db_alias", default_connection_alias) == connection_alias
    ]
