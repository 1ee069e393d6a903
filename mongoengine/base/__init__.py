"""What documents, fields and connections are made of: pure code, no I/O."""

from mongoengine.base.common import (
    UPDATE_OPERATORS,
    _document_registry,
    get_document,
)
from mongoengine.base.complex_fields import ComplexBaseField
from mongoengine.base.datastructures import (
    BaseDict,
    BaseList,
    EmbeddedDocumentList,
    LazyReference,
    StrictDict,
)
from mongoengine.base.document import NON_FIELD_ERRORS, BaseDocument
from mongoengine.base.field import BaseField
from mongoengine.base.geo import GeoJsonBaseField
from mongoengine.base.id_field import ObjectIdField
from mongoengine.base.metaclasses import DocumentMetaclass, TopLevelDocumentMetaclass

__all__ = (
    "NON_FIELD_ERRORS",
    "UPDATE_OPERATORS",
    "BaseDict",
    "BaseDocument",
    "BaseField",
    "BaseList",
    "ComplexBaseField",
    "DocumentMetaclass",
    "EmbeddedDocumentList",
    "GeoJsonBaseField",
    "LazyReference",
    "ObjectIdField",
    "StrictDict",
    "TopLevelDocumentMetaclass",
    "_document_registry",
    "get_document",
)
