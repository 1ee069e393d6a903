"""The fields that refer to documents of one class, as far as nothing is loaded."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
from bson import DBRef, ObjectId
from hypothesis import given
from hypothesis import strategies as st

from mongoengine import (
    CASCADE,
    CachedReferenceField,
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    LazyReferenceField,
    ListField,
    MapField,
    ReferenceField,
    StringField,
    ValidationError,
)
from mongoengine.base import LazyReference
from mongoengine.base.constants import RECURSIVE_REFERENCE_CONSTANT
from mongoengine.errors import NotRegistered

ID = ObjectId("0123456789abcdef01234567")
OTHER_ID = ObjectId("fedcba987654321001234567")
UNSAVED = "You can only reference documents once they have been saved to the database"
NOT_A_REFERENCE = (
    "A ReferenceField only accepts DBRef, LazyReference, ObjectId or documents"
)


class Writer(Document):
    name = StringField(db_field="n")
    age = IntField()


class Counted(Document):
    number = IntField(primary_key=True)


class Beast(Document):
    name = StringField()
    meta = {"allow_inheritance": True}


class Hound(Beast):
    pass


class Stem(Document):
    meta = {"abstract": True}


class Frond(Stem):
    pass


class Collar(EmbeddedDocument):
    owner = ReferenceField(Writer, db_field="o")


class Tome(Document):
    author = ReferenceField(Writer, db_field="a")
    by_dbref = ReferenceField(Writer, dbref=True)
    needed = ReferenceField("Writer", default=lambda: ID)
    empty = ReferenceField(Writer, null=True)
    chosen = ReferenceField(Writer, choices=[DBRef("writer", ID)])
    lazy = LazyReferenceField(Writer, db_field="l")
    numbered = ReferenceField(Counted)
    parent = ReferenceField("self")
    root = ReferenceField(Stem)
    authors = ListField(ReferenceField(Writer))
    by_name = MapField(ReferenceField(Writer))
    pet = EmbeddedDocumentField(Collar)


def writer(**values: Any) -> Writer:
    return Writer(id=ID, name="a", age=3, **values)


def message_of(check: Any, *values: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        check(*values)
    return str(caught.value)


# ReferenceField


@pytest.mark.parametrize("value", [ID, str(ID), ID.binary])
def test_an_id_becomes_a_dbref(value: Any) -> None:
    assert Tome.author.to_python(value) == DBRef("writer", ID)


@pytest.mark.parametrize(
    "value",
    [writer(), Writer(), Collar(), DBRef("other", 5), LazyReference(Writer, ID)],
)
def test_what_refers_already_stays(value: Any) -> None:
    for field in (Tome.author, Tome.by_dbref, Tome.lazy, Tome.root):
        assert field.to_python(value) is value


def test_a_class_is_no_document() -> None:
    assert Tome.author.to_python(Writer) == DBRef("writer", Writer)


def test_with_dbref_an_id_stays() -> None:
    assert Tome.by_dbref.to_python(ID) is ID


@pytest.mark.parametrize(
    ("value", "pk"),
    [
        (writer(), ID),
        (ID, ID),
        (str(ID), ID),
        (LazyReference(Writer, ID), ID),
        (DBRef("other", 5), 5),
        (Counted(number=3), 3),
    ],
)
def test_the_id_is_stored(value: Any, pk: Any) -> None:
    assert Tome.author.to_mongo(value) == pk
    assert Tome.author.prepare_query_value("exact", value) == pk


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (writer(), DBRef("writer", ID)),
        (str(ID), DBRef("writer", ID)),
        (Counted(number=3), DBRef("counted", 3)),
        (DBRef("other", 5, "db"), DBRef("other", 5, "db")),
    ],
)
def test_with_dbref_a_dbref_is_stored(value: Any, stored: Any) -> None:
    assert Tome.by_dbref.to_mongo(value) == stored


def test_a_number_is_converted_as_the_key_is() -> None:
    assert Tome.numbered.to_python("3") == DBRef("counted", 3)
    assert Tome.numbered.to_mongo(3.7) == 3


def test_an_abstract_class_has_its_heirs_named() -> None:
    stored = DBRef("frond", ID, cls="Frond")
    assert Tome.root.to_mongo(Frond(id=ID)) == stored
    assert ReferenceField(Stem, dbref=True).to_mongo(Frond(id=ID)) == stored
    with pytest.raises(AttributeError, match="'Stem' has no attribute 'id'"):
        Tome.root.to_python(ID)


def test_what_was_loaded_of_an_abstract_class_is_stored_as_it_was() -> None:
    stored = DBRef("frond", ID, cls="Frond")
    tome = Tome._from_son({"root": stored})
    assert tome.to_mongo()["root"] == stored
    for copied in (copy.copy(tome), pickle.loads(pickle.dumps(tome))):
        assert copied.to_mongo()["root"] == stored
    assert Tome.root.prepare_query_value("exact", stored) == stored


@pytest.mark.parametrize(
    "value", [writer(), ID, DBRef("x", 5), LazyReference(Hound, 5)]
)
def test_what_refers_is_valid(value: Any) -> None:
    Tome.author.validate(value)
    Tome.by_dbref.validate(value)


@pytest.mark.parametrize(
    "value", [None, str(ID), 5, {}, Writer, Counted(number=1), Hound(id=ID), Collar()]
)
def test_what_does_not_refer_is_refused(value: Any) -> None:
    assert message_of(Tome.author.validate, value) == NOT_A_REFERENCE


def test_subclasses_are_valid() -> None:
    ReferenceField(Beast).validate(Hound(id=ID))
    assert message_of(ReferenceField(Hound).validate, Beast(id=ID)) == NOT_A_REFERENCE


@pytest.mark.parametrize("field", [Tome.author, Tome.by_dbref, Tome.root])
def test_an_unsaved_document_is_named(field: Any) -> None:
    unsaved = Frond() if field is Tome.root else Writer()
    for call in (field.validate, field.to_mongo):
        message = message_of(call, unsaved)
        assert message.endswith(UNSAVED)
        assert repr(unsaved) in message
    with pytest.raises(ValidationError) as caught:
        field.validate(unsaved)
    assert caught.value.field_name == field.name


def test_an_id_that_is_none_is_not_stored() -> None:
    assert "'x' is not a valid ObjectId" in message_of(Tome.author.to_mongo, "x")


def test_queries_and_updates() -> None:
    field = Tome.author
    assert field.prepare_query_value("exact", None) is None
    assert field.prepare_query_value("in", str(ID)) == ID
    assert field.prepare_query_value("set", writer()) == ID
    assert message_of(field.prepare_query_value, "set", str(ID)) == NOT_A_REFERENCE


# The class that is referred to


def test_document_stands_for_any_class() -> None:
    field = ReferenceField(Document)
    person = writer()
    assert field.to_mongo(person) == DBRef("writer", person.pk, cls="Writer")
    field.validate(person)
    assert message_of(field.validate, 5) == NOT_A_REFERENCE


@pytest.mark.parametrize("kind", [ReferenceField, CachedReferenceField])
@pytest.mark.parametrize("target", [5, None, Collar, writer(), StringField()])
def test_the_target_is_a_document_class(kind: Any, target: Any) -> None:
    assert message_of(kind, target) == (
        f"Argument to {kind.__name__} constructor must be a document class or a string"
    )


def test_the_target_of_a_lazy_reference_is_a_document_class() -> None:
    with pytest.raises(TypeError, match="must be a class"):
        LazyReferenceField(5)
    assert "LazyReferenceField constructor" in message_of(LazyReferenceField, Collar)


def test_a_name_is_looked_up_when_asked_for() -> None:
    field = ReferenceField("NamedLater")
    assert field.document_type_obj == "NamedLater"
    with pytest.raises(NotRegistered, match="NamedLater"):
        field.document_type  # noqa: B018

    class NamedLater(Document):
        pass

    assert field.document_type is field.document_type_obj is NamedLater
    assert RECURSIVE_REFERENCE_CONSTANT == "self"
    assert Tome.parent.document_type is Tome


def test_members_are_those_of_the_target() -> None:
    for field in (Tome.author, Tome.lazy, CachedReferenceField(Writer)):
        assert field.lookup_member("name") is Writer.name
        assert field.lookup_member("n") is None


def test_options_are_kept() -> None:
    field = ReferenceField(Writer, True, CASCADE, required=True)
    assert (field.dbref, field.reverse_delete_rule, field.required) == (True, 2, True)
    lazy = LazyReferenceField(Writer, True, True, CASCADE)
    assert (lazy.passthrough, lazy.dbref, lazy.reverse_delete_rule) == (True, True, 2)


# In documents


def test_a_book() -> None:
    book = Tome(
        author=writer(),
        by_dbref=str(ID),
        chosen=DBRef("writer", ID),
        lazy=writer(),
        numbered=3,
        parent=OTHER_ID,
        root=Frond(id=ID),
        authors=[writer(), OTHER_ID],
        by_name={"k": ID},
        pet={"o": ID},
    )
    book.by_dbref = ID
    book.validate()
    stored = book.to_mongo()
    assert stored.to_dict() == {
        "a": ID,
        "by_dbref": DBRef("writer", ID),
        "needed": ID,
        "empty": None,
        "chosen": ID,
        "l": ID,
        "numbered": 3,
        "parent": OTHER_ID,
        "root": DBRef("frond", ID, cls="Frond"),
        "authors": [ID, OTHER_ID],
        "by_name": {"k": ID},
        "pet": {"o": ID},
    }
    stored.pop("root")  # which only its collection can tell
    loaded = Tome._from_son(stored)
    loaded.validate()
    assert loaded.to_mongo() == stored


def test_the_document_tells_where() -> None:
    book = Tome(author="x", authors=[ID, Writer()], by_name={"k": Counted(number=1)})
    book.chosen = ID
    book.parent = "x"
    with pytest.raises(ValidationError) as caught:
        book.validate()
    errors = caught.value.to_dict()
    assert errors.keys() == {"authors", "by_name", "chosen", "parent"}
    assert errors["authors"][1].endswith(UNSAVED)
    assert errors["by_name"] == {"k": NOT_A_REFERENCE}
    assert errors["parent"] == NOT_A_REFERENCE
    assert errors["chosen"].startswith("Value must be one of")


STORED = {"_id": OTHER_ID, "a": ID, "by_dbref": DBRef("writer", ID), "l": ID}


def test_a_loaded_reference_is_a_dbref_until_it_is_loaded() -> None:
    book = Tome._from_son(STORED, _auto_dereference=False)
    assert book.author == DBRef("writer", ID)
    assert book.by_dbref == DBRef("writer", ID)
    assert book._get_changed_fields() == []
    book.validate()
    assert {**book.to_mongo(), **STORED} == book.to_mongo()


class RefLoader(Document):
    """Tells what it was asked to load."""

    one = ReferenceField(Writer)
    meta = {"abstract": True}

    def _load_reference(self, field: Any, value: Any) -> Any:
        return "loaded", field.name, value


class RefLoading(RefLoader):
    cached = CachedReferenceField(Writer)


def test_reading_asks_the_document_to_load() -> None:
    loading = RefLoading._from_son({"one": ID, "cached": {"_id": ID}})
    assert loading.one == ("loaded", "one", DBRef("writer", ID))
    assert loading.cached == ("loaded", "cached", DBRef("writer", ID))
    loading.one = found = writer()
    assert loading.one is found
    loading.one = "text"
    assert loading.one == "text"


def test_reading_does_not_load_when_told_not_to() -> None:
    class RefReading(RefLoader):
        author = ReferenceField(Writer)

    RefReading.author.set_auto_dereferencing(False)
    assert RefReading(author=ID).author == DBRef("writer", ID)


def test_older_forms_are_loaded_too() -> None:
    stored = {"a": DBRef("writer", ID), "by_dbref": ID, "numbered": 3}
    book = Tome._from_son(stored, _auto_dereference=False)
    assert book.author == DBRef("writer", ID)
    assert book.by_dbref == ID
    assert book.numbered == DBRef("counted", 3)
    stored = book.to_mongo()
    assert (stored["a"], stored["by_dbref"]) == (ID, DBRef("writer", ID))


@pytest.mark.parametrize(
    ("field", "adopted", "refused"),
    [
        (Tome.author, [ID], [str(ID), DBRef("writer", ID), 5, None, {}]),
        (Tome.lazy, [ID], [str(ID), DBRef("writer", ID)]),
        (Tome.by_dbref, [DBRef("writer", ID)], [ID]),
        (Tome.numbered, [3], [ID, "3", 3.0]),
        (Tome.root, [], [ID, DBRef("frond", ID)]),
        (ReferenceField("Unknown"), [], [ID]),
    ],
)
def test_what_waits_until_it_is_read(field: Any, adopted: Any, refused: Any) -> None:
    assert all(map(field._adopts_decoded, adopted))
    assert not any(map(field._adopts_decoded, refused))


@given(
    st.lists(st.binary(min_size=12, max_size=12).map(ObjectId)),
    st.integers(-(2**31), 2**31 - 1),
)
def test_what_is_stored_is_loaded_again(ids: list[ObjectId], number: int) -> None:
    book = Tome(authors=ids, numbered=number, author=ID, lazy=ID)
    stored = book.to_mongo()
    loaded = Tome._from_son(stored, _auto_dereference=False)
    assert loaded.numbered == DBRef("counted", number)
    assert list(loaded.authors) == [DBRef("writer", pk) for pk in ids]
    assert loaded.to_mongo() == stored
