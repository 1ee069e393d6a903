"""A small library: the models of the tour."""

from mongoengine import (
    CASCADE,
    Document,
    EmbeddedDocument,
    EmbeddedDocumentListField,
    FileField,
    IntField,
    ListField,
    ReferenceField,
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


class Author(Document):
    """Who writes novels."""

    name = StringField(required=True)
    portrait = FileField()


class Novel(Document):
    """A book with an author, who takes it along."""

    title = StringField(required=True)
    author = ReferenceField(Author, reverse_delete_rule=CASCADE)
    readers = ListField(ReferenceField(Author))
