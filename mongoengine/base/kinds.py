"""What kind of document a value is.

Asked of ``__class__``, so that weak proxies count as what they stand for, and by an
attribute, so that modules which documents are made of can ask as well.
"""

from __future__ import annotations

from typing import Any


def is_document(value: Any) -> bool:
    """Say whether a value is a document, be it an embedded one."""
    return hasattr(value.__class__, "_is_document")


def is_top_level(value: Any) -> bool:
    """Say whether a value is a document with a collection, saved or not."""
    return getattr(value.__class__, "_is_document", None) is True


def is_embedded(value: Any) -> bool:
    """Say whether a value is an embedded document."""
    return getattr(value.__class__, "_is_document", None) is False


def is_document_class(value: Any) -> bool:
    """Say whether a value is a class of top-level documents, or Document itself."""
    if not isinstance(value, type):
        return False
    return getattr(value, "_is_document", hasattr(value, "_meta")) is True


def is_queryset(value: Any) -> bool:
    """Say whether a value is a queryset."""
    return hasattr(value.__class__, "_query_obj")
