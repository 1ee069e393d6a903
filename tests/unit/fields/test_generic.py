"""The fields that refer to documents of any class, as far as nothing is loaded."""

from __future__ import annotations

from typing import Any

import pytest
from bson import SON, DBRef, ObjectId

from mongoengine import (
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    GenericLazyReferenceField,
    GenericReferenceField,
    IntField,
    ListField,
    MapField,
    StringField,
    ValidationError,
)
from mongoengine.base import LazyReference
from mongoengine.errors import NotRegistered

ID = ObjectId("0123456789abcdef01234567")
UNSAVED = "You can only reference documents once they have been saved to the database"
NO_DOCUMENT = "GenericReferences can only contain documents"


class Citizen(Document):
    name = StringField()


class Ticket(Document):
    number = IntField(primary_key=True)


class Bird(Document):
    meta = {"allow_inheritance": True}


class Crow(Bird):
    pass


class Memo(EmbeddedDocument):
    about = GenericReferenceField(db_field="a")


class Pointing(Document):
    one = GenericReferenceField(db_field="o")
    lazy = GenericLazyReferenceField()
    empty = GenericReferenceField(null=True)
    chosen = GenericReferenceField(choices=[Citizen, "Bird.Crow"])
    lazily_chosen = GenericLazyReferenceField(choices=(Crow,))
    many = ListField(GenericReferenceField())
    by_name = MapField(GenericReferenceField())
    note = EmbeddedDocumentField(Memo)


def stored_form(name: str, collection: str, pk: Any = ID) -> SON[str, Any]:
    return SON([("_cls", name), ("_ref", DBRef(collection, pk))])


CITIZEN = stored_form("Citizen", "citizen")
CROW = stored_form("Bird.Crow", "bird")
FIELDS = [Pointing.one, Pointing.lazy]


def message_of(check: Any, *values: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        check(*values)
    return str(caught.value)


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (None, None),
        (Citizen(id=ID), CITIZEN),
        (Crow(id=ID), CROW),
        (Ticket(number=3), stored_form("Ticket", "ticket", 3)),
        (CITIZEN, CITIZEN),
        (DBRef("x", 5), DBRef("x", 5)),
        (ID, ID),
    ],
)
def test_class_and_dbref_are_stored(field: Any, value: Any, stored: Any) -> None:
    assert field.to_mongo(value) == stored
    assert field.prepare_query_value("in", value) == stored
    assert field.to_python(value) is value


def test_lazy_references_are_stored_in_a_lazy_field_alone() -> None:
    lazy = LazyReference(Crow, ID)
    assert Pointing.lazy.to_mongo(lazy) == stored_form("Bird.Crow", "bird")
    assert Pointing.one.to_mongo(lazy) is lazy


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize(
    "value",
    [Citizen(id=ID), CITIZEN, dict(CROW), DBRef("x", 5), LazyReference(Citizen, ID)],
)
def test_what_refers_is_valid(field: Any, value: Any) -> None:
    field.validate(value)


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize(
    "value",
    [None, ID, "x", 5, {}, {"_cls": "Citizen"}, {"_ref": ID}, Citizen, Memo()],
)
def test_what_does_not_refer_is_refused(field: Any, value: Any) -> None:
    assert message_of(field.validate, value) == NO_DOCUMENT


@pytest.mark.parametrize("field", FIELDS)
def test_an_unsaved_document_is_named(field: Any) -> None:
    for call in (field.validate, field.to_mongo):
        message = message_of(call, Citizen())
        assert message.endswith(UNSAVED)
        assert repr(Citizen()) in message
    assert message_of(Pointing.lazy.validate, LazyReference(Crow, None)).endswith(
        UNSAVED
    )


@pytest.mark.parametrize("value", ["x", 5])
def test_what_is_no_document_cannot_be_stored(value: Any) -> None:
    with pytest.raises(AttributeError, match="_meta"):
        Pointing.one.to_mongo(value)


# Choices


def test_choices_are_kept_by_name() -> None:
    assert Pointing.chosen.choices == ["Citizen", "Bird.Crow"]
    assert Pointing.lazily_chosen.choices == ["Bird.Crow"]
    assert GenericReferenceField().choices == []


@pytest.mark.parametrize("choice", [5, Memo, (Citizen, "P"), Citizen()])
def test_choices_are_document_classes(choice: Any) -> None:
    with pytest.raises(ValidationError, match="must be a list ofDocument subclasses"):
        GenericReferenceField(choices=[choice])


@pytest.mark.parametrize("value", [Citizen(id=ID), Crow(id=ID), CITIZEN, CROW])
def test_permitted_classes(value: Any) -> None:
    Pointing.chosen._validate(value)


@pytest.mark.parametrize(
    "value",
    [Bird(id=ID), {}, stored_form("Bird", "bird"), DBRef("citizen", ID)],
)
def test_other_classes_are_refused(value: Any) -> None:
    assert message_of(Pointing.chosen._validate, value) == (
        "Value must be one of ['Citizen', 'Bird.Crow']"
    )


def test_permitted_classes_of_lazy_references() -> None:
    Pointing.lazily_chosen._validate(LazyReference(Crow, ID))
    assert message_of(Pointing.lazily_chosen._validate, LazyReference(Bird, ID)) == (
        "Value must be one of ['Bird.Crow']"
    )


# In documents


def test_pointing() -> None:
    pointing = Pointing(
        one=Citizen(id=ID),
        lazy=Crow(id=ID),
        chosen=Crow(id=ID),
        lazily_chosen=LazyReference(Crow, ID),
        many=[Citizen(id=ID), CROW],
        by_name={"k": Ticket(number=1)},
        note=Memo(about=Citizen(id=ID)),
    )
    pointing.validate()
    stored = pointing.to_mongo()
    assert stored == {
        "o": CITIZEN,
        "lazy": CROW,
        "empty": None,
        "chosen": CROW,
        "lazily_chosen": CROW,
        "many": [CITIZEN, CROW],
        "by_name": {"k": stored_form("Ticket", "ticket", 1)},
        "note": {"a": CITIZEN},
    }
    loaded = Pointing._from_son(stored)
    loaded.validate()
    assert loaded.to_mongo() == stored


def test_the_document_tells_where() -> None:
    pointing = Pointing(one=5, many=[Citizen(), ID], by_name={"k": "x"}, note={"a": 5})
    with pytest.raises(ValidationError) as caught:
        pointing.validate()
    errors = caught.value.to_dict()
    assert errors.pop("many")[0].endswith(UNSAVED)
    assert errors == {
        "one": NO_DOCUMENT,
        "by_name": {"k": NO_DOCUMENT},
        "note": {"about": NO_DOCUMENT},
    }


def test_reading_asks_the_document_to_load() -> None:
    class GenericLoading(Document):
        one = GenericReferenceField()
        other = GenericReferenceField()

        def _load_reference(self, field: Any, value: Any) -> Any:
            return "loaded", field.name, value

    GenericLoading.other.set_auto_dereferencing(False)
    loading = GenericLoading._from_son({"one": dict(CITIZEN), "other": dict(CITIZEN)})
    assert loading.one == ("loaded", "one", CITIZEN)
    assert loading.other == CITIZEN
    loading.one = found = Citizen(id=ID)
    assert loading.one is found
    loading.one = DBRef("citizen", ID)
    assert loading.one == DBRef("citizen", ID)


@pytest.mark.parametrize(
    "value", [Crow(id=ID), CROW, dict(CROW), LazyReference(Crow, ID)]
)
def test_reading_gives_a_lazy_reference(value: Any) -> None:
    pointing = Pointing(lazy=value)
    assert type(pointing.lazy) is LazyReference
    assert (pointing.lazy.document_type, pointing.lazy.pk) == (Crow, ID)
    assert pointing.lazy is pointing.lazy
    assert Pointing.lazy.build_lazyref(DBRef("x", 5)) == DBRef("x", 5)


def test_lazy_references_pass_through_as_the_field_says() -> None:
    field = GenericLazyReferenceField(passthrough=True)
    assert field.build_lazyref(dict(CROW)).passthrough
    assert field.build_lazyref(Crow(id=ID)).passthrough
    closed = LazyReference(Crow, ID)
    assert field.build_lazyref(closed).passthrough
    assert Pointing.lazy.build_lazyref(closed) is closed


def test_a_lazy_reference_names_a_class_that_exists() -> None:
    pointing = Pointing._from_son({"lazy": {"_cls": "Unknown", "_ref": DBRef("u", 1)}})
    with pytest.raises(NotRegistered, match="Unknown"):
        pointing.lazy  # noqa: B018
