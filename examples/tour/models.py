"""A small library: the models of the tour."""

from mongoengine import (
    Document,
    EmbeddedDocument,
    EmbeddedDocumentListField,
    IntField,
    ListField,
    StringField,
)


class Review(EmbeddedDocument):
    """What a reader thinks of a book."""

    reader = StringField(required=True)
    stars = IntField(min_value=1, max_value=5)


class Account(Document):
    """What a reader has to pay fines with."""

    owner = StringField(required=True)
    balance = IntField(default=0)


class Book(Document):
    """A book in the library."""

    title = StringField(required=True, unique=True)
    pages = IntField()
    tags = ListField(StringField())
    reviews = EmbeddedDocumentListField(Review)

    meta = {"indexes": ["pages"]}

    def __str__(self) -> str:
        return str(self.title)
