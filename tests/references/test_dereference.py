"""DeReference, which loads what plain lists and dicts refer to."""

import pytest
from bson import DBRef, ObjectId

from mongoengine import Document, ListField, ReferenceField, StringField
from mongoengine.base import BaseList
from mongoengine.dereference import DeReference


class PlainAuthor(Document):
    name = StringField()
    mentor = ReferenceField("self")


class PlainBook(Document):
    authors = ListField(ReferenceField(PlainAuthor))


@pytest.fixture
def authors(mongo_db):
    mentor = PlainAuthor(name="m").save()
    return [PlainAuthor(name=name, mentor=mentor).save() for name in "ab"]


def test_lists_and_dicts_are_loaded_by_one_query(authors, sent):
    first, second = (author.to_dbref() for author in authors)
    found = DeReference()([first, {"x": second}, 1, [second]])
    assert found == [authors[0], {"x": authors[1]}, 1, [authors[1]]]
    assert sent.take_names() == ["find"]
    generic = {"_cls": "PlainAuthor", "_ref": first}
    assert DeReference()({"x": generic}) == {"x": authors[0]}


def test_depth(authors, sent):
    (author,) = DeReference()([authors[0].to_dbref()], max_depth=2)
    sent.take()
    assert author.mentor.name == "m"
    assert sent.take() == []


def test_nothing_and_what_is_missing(authors, sent):
    missing = DBRef("plain_author", ObjectId())
    assert DeReference()([missing]) == [missing]
    assert sent.take_names() == ["find"]
    assert DeReference()(None) is None
    assert DeReference()("text") == "text"
    assert DeReference()([]) == []
    assert DeReference()([authors[0].to_dbref()], max_depth=0) == [
        authors[0].to_dbref()
    ]
    assert sent.take() == []


def test_a_list_of_a_document(authors, sent):
    book = PlainBook(authors=authors).save()
    stored = [author.to_dbref() for author in authors]
    found = DeReference()(stored, instance=book, name="authors")
    assert type(found) is BaseList
    assert found == authors
    found.append(authors[0])
    assert book._get_changed_fields() == ["authors"]


def test_a_queryset(authors, sent):
    found = DeReference()(PlainAuthor.objects(name="a"))
    assert [author.mentor.name for author in found] == ["m"]
