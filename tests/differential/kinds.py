"""One way to build each field, and a valid value for it where one can be given."""

import enum

from battery import SOME_ID

from mongoengine import (
    Document,
    EmbeddedDocument,
    StringField,
)


class Pet(EmbeddedDocument):
    name = StringField()


class Person(Document):
    name = StringField()


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


FIELDS = {
    "StringField": ("StringField({})", "a"),
    "URLField": ("URLField({})", "http://example.com"),
    "EmailField": ("EmailField({})", "me@example.com"),
    "IntField": ("IntField({})", 1),
    "LongField": ("LongField({})", 1),
    "FloatField": ("FloatField({})", 1.5),
    "DecimalField": ("DecimalField({})", "1.50"),
    "Decimal128Field": ("Decimal128Field({})", "1.5"),
    "BooleanField": ("BooleanField({})", True),
    "DateTimeField": ("DateTimeField({})", "2020-02-29"),
    "DateField": ("DateField({})", "2020-02-29"),
    "ComplexDateTimeField": ("ComplexDateTimeField({})", None),
    "ObjectIdField": ("ObjectIdField({})", SOME_ID),
    "UUIDField": ("UUIDField({})", "12345678-1234-5678-1234-567812345678"),
    "BinaryField": ("BinaryField({})", b"a"),
    "DynamicField": ("DynamicField({})", {"a": [1]}),
    "ListField": ("ListField(IntField(), {})", [1, 2]),
    "ListField of anything": ("ListField({})", [1, "a"]),
    "SortedListField": ("SortedListField(IntField(), {})", [2, 1]),
    "DictField": ("DictField({})", {"a": 1}),
    "MapField": ("MapField(IntField(), {})", {"a": 1}),
    "EmbeddedDocumentField": ("EmbeddedDocumentField(Pet, {})", None),
    "EmbeddedDocumentListField": ("EmbeddedDocumentListField(Pet, {})", []),
    "GenericEmbeddedDocumentField": ("GenericEmbeddedDocumentField({})", None),
    "EnumField": ("EnumField(Colour, {})", "red"),
    "ReferenceField": ("ReferenceField(Person, {})", None),
    "LazyReferenceField": ("LazyReferenceField(Person, {})", None),
    "CachedReferenceField": ("CachedReferenceField(Person, {})", None),
    "GenericReferenceField": ("GenericReferenceField({})", None),
    "GenericLazyReferenceField": ("GenericLazyReferenceField({})", None),
    "SequenceField": ("SequenceField({})", 1),
    "GeoPointField": ("GeoPointField({})", [1, 2]),
    "PointField": ("PointField({})", [1, 2]),
    "LineStringField": ("LineStringField({})", [[1, 2], [3, 4]]),
    "PolygonField": ("PolygonField({})", [[[1, 2], [3, 4], [1, 2]]]),
    "MultiPointField": ("MultiPointField({})", [[1, 2]]),
    "MultiLineStringField": ("MultiLineStringField({})", [[[1, 2], [3, 4]]]),
    "MultiPolygonField": ("MultiPolygonField({})", [[[[1, 2], [3, 4], [1, 2]]]]),
    "FileField": ("FileField({})", None),
}

NAMES = {"Pet": Pet, "Person": Person, "Colour": Colour}
