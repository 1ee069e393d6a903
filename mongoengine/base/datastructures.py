"""The lists and dicts of documents, at MongoEngine's path."""

from mongoengine.base.containers import BaseDict, BaseList
from mongoengine.base.embedded_list import EmbeddedDocumentList
from mongoengine.base.lazy_reference import LazyReference
from mongoengine.base.strict_dict import StrictDict
from mongoengine.base.tracking import (
    mark_as_changed_wrapper,
    mark_key_as_changed_wrapper,
)

__all__ = (
    "BaseDict",
    "BaseList",
    "EmbeddedDocumentList",
    "LazyReference",
    "StrictDict",
    "mark_as_changed_wrapper",
    "mark_key_as_changed_wrapper",
)
