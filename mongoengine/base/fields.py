"""The base classes of fields, for MongoEngine's import path."""

from mongoengine.base.common import UPDATE_OPERATORS
from mongoengine.base.complex_fields import ComplexBaseField
from mongoengine.base.field import BaseField, ObjectIdField
from mongoengine.base.geo import GeoJsonBaseField

__all__ = (
    "UPDATE_OPERATORS",
    "BaseField",
    "ComplexBaseField",
    "GeoJsonBaseField",
    "ObjectIdField",
)
