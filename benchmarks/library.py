"""Books, and what they refer to: the documents that references are measured with."""

from __future__ import annotations

from typing import Any, ClassVar

from bson import ObjectId

from mongoengine import CASCADE, Document, ListField, ReferenceField, StringField

BOOKS = 3_000
AUTHORS = 1_000
TAGS = 1_000
TAGS_OF_A_BOOK = 10
BOOKS_OF_AN_AUTHOR = 10


class Author(Document):
    name = StringField()
    city = StringField()


class Tag(Document):
    name = StringField()


class Book(Document):
    title = StringField()
    author = ReferenceField(Author)
    tags = ListField(ReferenceField(Tag))


class Shelf(Document):
    tags = ListField(ReferenceField(Tag))


class Leaving(Document):
    name = StringField()


class Going(Document):
    title = StringField()
    author = ReferenceField(Leaving, reverse_delete_rule=CASCADE)
    meta: ClassVar = {"indexes": ["author"]}


def fill(db: Any) -> None:
    """Store what is read: every book has an author, and ten tags."""
    authors = [{"_id": ObjectId(), "name": f"Author {n}"} for n in range(AUTHORS)]
    tags = [{"_id": ObjectId(), "name": f"Tag {n}"} for n in range(TAGS)]
    ids = [tag["_id"] for tag in tags]
    books = [
        {
            "title": f"Book {n}",
            "author": authors[n % AUTHORS]["_id"],
            "tags": [ids[(n * 7 + k * 31) % TAGS] for k in range(TAGS_OF_A_BOOK)],
        }
        for n in range(BOOKS)
    ]
    for name, documents in (
        ("author", [{**author, "city": "London"} for author in authors]),
        ("tag", tags),
        ("book", books),
        ("shelf", [{"tags": ids}]),
    ):
        db[name].drop()
        db[name].insert_many(documents)


def store_leaving(db: Any) -> None:
    """Store authors to be deleted, and their books to be deleted along with them."""
    db["leaving"].delete_many({})
    db["going"].delete_many({})
    authors = [{"_id": ObjectId(), "name": f"Author {n}"} for n in range(AUTHORS)]
    db["leaving"].insert_many(authors)
    db["going"].insert_many(
        {"title": f"Book {n}", "author": author["_id"]}
        for author in authors
        for n in range(BOOKS_OF_AN_AUTHOR)
    )
