"""Classes of the library by name, for MongoEngine's import path."""

from __future__ import annotations

from typing import Any


def _import_class(cls_name: str) -> Any:
    """Return a class of the library by name."""
    import mongoengine
    from mongoengine import base

    for module in (mongoengine, base):
        if hasattr(module, cls_name):
            return getattr(module, cls_name)
    raise ValueError(f"No import set for: {cls_name}")
