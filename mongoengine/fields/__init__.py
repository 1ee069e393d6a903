"""The fields, one family a module."""

from mongoengine.base.complex_fields import ComplexBaseField as ComplexBaseField
from mongoengine.base.connection_settings import DEFAULT_CONNECTION_NAME
from mongoengine.base.constants import DO_NOTHING, RECURSIVE_REFERENCE_CONSTANT
from mongoengine.base.field import BaseField as BaseField
from mongoengine.base.geo import GeoJsonBaseField
from mongoengine.base.id_field import ObjectIdField
from mongoengine.fields.cached_references import CachedReferenceField
from mongoengine.fields.containers import (
    DictField,
    EmbeddedDocumentListField,
    ListField,
    MapField,
    SortedListField,
    key_not_string,
    key_starts_with_dollar,
)
from mongoengine.fields.dates import (
    ComplexDateTimeField,
    DateField,
    DateTimeField,
    dateutil,
)
from mongoengine.fields.document_types import (
    unsaved_object_error as _unsaved_object_error,
)
from mongoengine.fields.dynamic import (
    DynamicField,
)
from mongoengine.fields.embedded import (
    EmbeddedDocumentField,
    GenericEmbeddedDocumentField,
)
from mongoengine.fields.files import (
    AsyncGridFSProxy,
    FileField,
    GridFSError,
    GridFSProxy,
    ImageField,
    ImageGridFsProxy,
    ImproperlyConfigured,
)
from mongoengine.fields.generic import (
    GenericLazyReferenceField,
    GenericReferenceField,
)
from mongoengine.fields.geo import (
    GeoPointField,
    LineStringField,
    MultiLineStringField,
    MultiPointField,
    MultiPolygonField,
    PointField,
    PolygonField,
)
from mongoengine.fields.numbers import (
    BooleanField,
    Decimal128Field,
    DecimalField,
    FloatField,
    IntField,
    LongField,
)
from mongoengine.fields.references import LazyReferenceField, ReferenceField
from mongoengine.fields.sequence import (
    SequenceField,
)
from mongoengine.fields.text import (
    STRING_OPERATORS,
    EmailField,
    StringField,
    URLField,
)
from mongoengine.fields.values import (
    BinaryField,
    EnumField,
    UUIDField,
)

__all__ = (
    "AsyncGridFSProxy",
    "BinaryField",
    "BooleanField",
    "CachedReferenceField",
    "ComplexDateTimeField",
    "DateField",
    "DateTimeField",
    "Decimal128Field",
    "DecimalField",
    "DictField",
    "DynamicField",
    "EmailField",
    "EmbeddedDocumentField",
    "EmbeddedDocumentListField",
    "EnumField",
    "FileField",
    "FloatField",
    "GenericEmbeddedDocumentField",
    "GenericLazyReferenceField",
    "GenericReferenceField",
    "GeoJsonBaseField",
    "GeoPointField",
    "GridFSError",
    "GridFSProxy",
    "ImageField",
    "ImageGridFsProxy",
    "ImproperlyConfigured",
    "IntField",
    "LazyReferenceField",
    "LineStringField",
    "ListField",
    "LongField",
    "MapField",
    "MultiLineStringField",
    "MultiPointField",
    "MultiPolygonField",
    "ObjectIdField",
    "PointField",
    "PolygonField",
    "ReferenceField",
    "SequenceField",
    "SortedListField",
    "StringField",
    "URLField",
    "UUIDField",
)
