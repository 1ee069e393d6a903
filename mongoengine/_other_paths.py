"""Names at the paths where programs found them, and not only where they are defined.

MongoEngine's modules import from each other and from ``bson``, and programs of many
years take names from whichever module had them: ``from mongoengine.fields import
Document, ObjectId``.  They are looked up late, as many could not be imported there.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

# By module: the paths where its other names are defined.
OTHER_PATHS = {
    "mongoengine.base.datastructures": {
        "bson": "DBRef",
        "mongoengine.common": "_import_class",
        "mongoengine.errors": "DoesNotExist MultipleObjectsReturned",
    },
    "mongoengine.base.document": {
        "bson": "DBRef ObjectId",
        "mongoengine": "signals",
        "mongoengine.base": "BaseDict BaseList ComplexBaseField EmbeddedDocumentList "
        "LazyReference StrictDict get_document",
        "mongoengine.common": "_import_class",
        "mongoengine.errors": "InvalidDocumentError LookUpError ValidationError",
        "mongoengine.base.conversion": "LEGACY_JSON_OPTIONS",
    },
    "mongoengine.base.fields": {
        "bson": "DBRef ObjectId SON",
        "mongoengine.base": "BaseDict BaseList EmbeddedDocumentList",
        "mongoengine.common": "_import_class",
        "mongoengine.errors": "DeprecatedError ValidationError",
    },
    "mongoengine.base.metaclasses": {
        "mongoengine.base": "ComplexBaseField _document_registry",
        "mongoengine.common": "_import_class",
        "mongoengine.errors": "InvalidDocumentError",
        "mongoengine.queryset": "QuerySetManager",
    },
    "mongoengine.context_managers": {
        "mongoengine.base.fields": "_no_dereference_for_fields",
        "mongoengine.common": "_import_class",
        "mongoengine.connection": "get_db",
        "mongoengine.pymongo_support": "count_documents",
    },
    "mongoengine.dereference": {
        "bson": "DBRef SON",
        "mongoengine.base": "EmbeddedDocumentList LazyReference "
        "TopLevelDocumentMetaclass get_document",
        "mongoengine.connection": "get_db",
        "mongoengine.document": "Document EmbeddedDocument",
        "mongoengine.fields": "DictField ListField MapField ReferenceField",
        "mongoengine.queryset": "QuerySet",
    },
    "mongoengine.document": {
        "mongoengine": "signals",
        "mongoengine.base": "BaseDict BaseList EmbeddedDocumentList",
        "mongoengine.common": "_import_class",
        "mongoengine.connection": "get_db",
        "mongoengine.context_managers": "set_write_concern switch_collection switch_db",
        "mongoengine.errors": "InvalidDocumentError InvalidQueryError NotUniqueError "
        "SaveConditionError",
        "mongoengine.pymongo_support": "list_collection_names",
        "mongoengine.queryset": "transform",
    },
    "mongoengine.fields": {
        "bson": "Binary DBRef Decimal128 Int64 ObjectId SON",
        "mongoengine.base": "BaseDocument LazyReference get_document",
        "mongoengine.base.utils": "LazyRegexCompiler",
        "mongoengine.common": "_import_class",
        "mongoengine.connection": "get_db",
        "mongoengine.document": "Document EmbeddedDocument",
        "mongoengine.errors": "DoesNotExist InvalidQueryError ValidationError",
        "mongoengine.queryset.base": "BaseQuerySet",
    },
    "mongoengine.mongodb_support": {
        "mongoengine.connection": "get_connection",
    },
    "mongoengine.pymongo_support": {
        "mongoengine.base.conversion": "LEGACY_JSON_OPTIONS",
    },
    "mongoengine.queryset": {
        "mongoengine.errors": "BulkWriteError DeprecatedError FieldDoesNotExist "
        "InvalidDocumentError LookUpError NotRegistered SaveConditionError "
        "ValidationError",
        "mongoengine.queryset.transform": "query update",
        "mongoengine.queryset.visitor": "QNode",
    },
    "mongoengine.queryset.base": {
        "bson": "Code SON",
        "mongoengine": "signals",
        "mongoengine.base": "get_document",
        "mongoengine.common": "_import_class",
        "mongoengine.connection": "get_db",
        "mongoengine.context_managers": "no_dereferencing_active_for_class "
        "set_read_write_concern set_write_concern switch_db",
        "mongoengine.errors": "BulkWriteError InvalidQueryError LookUpError "
        "NotUniqueError OperationError",
        "mongoengine.base.conversion": "LEGACY_JSON_OPTIONS",
        "mongoengine.pymongo_support": "count_documents",
        "mongoengine.queryset": "Q QueryFieldList transform",
        "mongoengine.queryset.visitor": "QNode",
    },
    "mongoengine.queryset.transform": {
        "bson": "DBRef ObjectId SON",
        "mongoengine.common": "_import_class",
        "mongoengine.errors": "InvalidQueryError",
    },
}


def add_other_paths() -> None:
    """Have each of these modules know its other names."""
    for module in OTHER_PATHS:
        vars(import_module(module))["__getattr__"] = _look_up_for(module)


def _look_up_for(module: str) -> Callable[[str], Any]:
    """Return the ``__getattr__`` of a module."""
    paths = {
        name: path
        for path, names in OTHER_PATHS[module].items()
        for name in names.split()
    }

    def look_up(name: str) -> Any:
        if name not in paths:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        return getattr(import_module(paths[name]), name)

    return look_up
