"""Fields of documents inside of documents."""

from __future__ import annotations

import re
from typing import Any

import pytest
from bson import SON, ObjectId

from mongoengine import (
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    GenericEmbeddedDocumentField,
    IntField,
    ListField,
    MapField,
    StringField,
    ValidationError,
)
from mongoengine.base.plain import REFUSED
from mongoengine.errors import FieldDoesNotExist, InvalidQueryError, NotRegistered


class InnerPet(EmbeddedDocument):
    name = StringField(db_field="n", max_length=3)
    age = IntField()


class InnerAnimal(EmbeddedDocument):
    meta = {"allow_inheritance": True}
    legs = IntField(db_field="l")


class InnerDog(InnerAnimal):
    bark = StringField()


class InnerCleaner(EmbeddedDocument):
    text = StringField()

    def clean(self) -> None:
        self.text = f"{self.text} cleaned"


class InnerNode(EmbeddedDocument):
    label = StringField()
    child = EmbeddedDocumentField("self")
    children = ListField(EmbeddedDocumentField("self"))


class InnerOwner(Document):
    pet = EmbeddedDocumentField(InnerPet, db_field="p")
    animal = EmbeddedDocumentField("InnerAnimal")
    any_pet = GenericEmbeddedDocumentField(choices=[InnerPet, InnerDog])
    generic = GenericEmbeddedDocumentField()
    cleaner = EmbeddedDocumentField(InnerCleaner)
    node = EmbeddedDocumentField(InnerNode)
    fallback = EmbeddedDocumentField(InnerPet, default=lambda: InnerPet(name="d"))
    needed = EmbeddedDocumentField(InnerPet, required=True, null=True)
    many = ListField(GenericEmbeddedDocumentField())
    by_name = MapField(EmbeddedDocumentField(InnerPet))


ID = ObjectId("5" * 24)
STORED = {
    "_id": ID,
    "p": {"n": "a", "age": 1},
    "animal": {"_cls": "InnerDog", "l": 4, "bark": "w"},
    "generic": {"n": "g", "_cls": "InnerPet"},
    "node": {"children": [{"label": "x", "children": []}]},
    "fallback": {"n": "d"},
    "needed": {"n": "r"},
    "many": [{"n": "m", "_cls": "InnerPet"}, {"_cls": "InnerDog", "l": 1}],
    "by_name": {"k": {"age": 2}},
}


def test_what_is_loaded_is_stored_again() -> None:
    assert InnerOwner._from_son(STORED).to_mongo() == STORED
    owner = InnerOwner._from_son(STORED)
    assert owner.pet == InnerPet(name="a", age=1)
    assert owner.animal == InnerDog(legs=4, bark="w")
    assert owner.generic == InnerPet(name="g")
    assert owner.many == [InnerPet(name="m"), InnerDog(legs=1)]
    assert owner.node.children[0].label == "x"
    assert owner.to_mongo() == STORED
    assert owner._get_changed_fields() == []


def test_documents_know_whom_they_are_part_of() -> None:
    owner = InnerOwner._from_son(STORED)
    for part in (owner.pet, owner.animal, owner.generic, owner.fallback):
        assert part._instance == owner
    assert owner.by_name["k"]._instance == owner
    assert owner.pet is owner.pet
    assert InnerOwner().fallback._instance is not None
    assert InnerPet()._instance is None


@pytest.mark.parametrize(
    ("change", "sets"),
    [
        (lambda o: setattr(o.pet, "name", "z"), {"p.n": "z"}),
        (lambda o: setattr(o.animal, "legs", 3), {"animal.l": 3}),
        (
            lambda o: setattr(o.node.children[0], "label", "y"),
            {"node.children.0.label": "y"},
        ),
        (lambda o: setattr(o.many[1], "legs", 2), {"many.1.l": 2}),
        (lambda o: setattr(o.by_name["k"], "age", 3), {"by_name.k.age": 3}),
        (lambda o: setattr(o, "pet", InnerPet(name="n")), {"p": {"n": "n"}}),
        (lambda o: setattr(o, "pet", InnerPet(name="a", age=1)), {}),
    ],
)
def test_changes_are_told_by_path(change: Any, sets: dict[str, Any]) -> None:
    owner = InnerOwner._from_son(STORED)
    change(owner)
    assert owner._delta() == (sets, {})


def test_missing_none_and_default() -> None:
    owner = InnerOwner(pet=None, needed=None)
    assert owner.pet is owner.animal is owner.needed is None
    assert owner.fallback == InnerPet(name="d")
    assert owner.to_mongo() == {
        "fallback": {"n": "d"},
        "needed": None,
        "many": [],
        "by_name": {},
    }


FIELD = EmbeddedDocumentField(InnerPet)


@pytest.mark.parametrize("given", [{"n": "a"}, {"name": "a"}, SON(n="a")])
def test_dicts_become_documents(given: Any) -> None:
    assert FIELD.to_python(given) == InnerPet(name="a")
    assert InnerOwner(pet=given).pet == InnerPet(name="a")


def test_documents_stay_themselves() -> None:
    pet, dog = InnerPet(), InnerDog()
    assert FIELD.to_python(pet) is pet
    assert EmbeddedDocumentField(InnerAnimal).to_python(dog) is dog
    assert InnerOwner(pet=pet).pet is pet


@pytest.mark.parametrize(
    ("value", "error"),
    [
        ({"nope": 1}, FieldDoesNotExist),
        (5, ValueError),
        (InnerDog(), ValueError),
        ({"_cls": "Nope"}, NotRegistered),
    ],
)
def test_what_is_no_document(value: Any, error: Any) -> None:
    with pytest.raises(error):
        FIELD.to_python(value)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        (FIELD, 5, "provided to an EmbeddedDocumentField"),
        (FIELD, {"n": "a"}, "provided to an EmbeddedDocumentField"),
        (FIELD, InnerDog(), "provided to an EmbeddedDocumentField"),
        (FIELD, InnerPet(name="long"), "String value is too long: ['name']"),
        (
            GenericEmbeddedDocumentField(),
            5,
            "provided to an GenericEmbeddedDocumentField",
        ),
        (GenericEmbeddedDocumentField(), InnerPet(age="x"), "could not be converted"),
    ],
)
def test_invalid(field: Any, value: Any, message: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(message)):
        field.validate(value)


def test_choices_are_classes() -> None:
    owner = InnerOwner(any_pet=InnerPet(), needed=InnerPet())
    owner.validate()
    owner.any_pet = InnerCleaner()
    with pytest.raises(ValidationError, match="Value must be an instance of"):
        owner.validate()
    InnerOwner.any_pet.validate(SON(_cls="InnerDog"))


def test_documents_are_cleaned_with_their_owner() -> None:
    owner = InnerOwner(
        cleaner=InnerCleaner(text="a"),
        needed=InnerPet(),
        generic=InnerCleaner(text="g"),
    )
    owner.validate(clean=False)
    assert owner.cleaner.text == "a"
    owner.validate()
    assert owner.cleaner.text == "a cleaned"
    assert owner.generic.text == "g cleaned"


def test_generic_documents_are_stored_with_their_class() -> None:
    field = GenericEmbeddedDocumentField()
    assert list(field.to_mongo(InnerPet(name="a")).items()) == [
        ("n", "a"),
        ("_cls", "InnerPet"),
    ]
    assert field.to_mongo(InnerDog(legs=1)) == {"_cls": "InnerDog", "l": 1}
    assert field.to_mongo(None) is None
    assert field.to_python({"_cls": "InnerDog", "l": 1}) == InnerDog(legs=1)
    with pytest.raises(KeyError):
        field.to_python({"l": 1})


def test_options_are_handed_down() -> None:
    owner = InnerOwner(pet=InnerPet(name="a", age=1), generic=InnerPet(name="g"))
    stored = owner.to_mongo(use_db_field=False)
    assert stored["pet"] == {"name": "a", "age": 1}
    assert stored["generic"] == {"name": "g", "_cls": "InnerPet"}
    assert owner.to_mongo(fields=["pet.age"]) == {"p": {"age": 1}}


def test_queries() -> None:
    assert FIELD.prepare_query_value("exact", {"n": "a"}) == {"n": "a"}
    assert FIELD.prepare_query_value("exact", InnerPet(age=1)) == {"age": 1}
    assert FIELD.prepare_query_value("exact", None) is None
    with pytest.raises(InvalidQueryError, match="embedded document 'InnerPet' failed"):
        FIELD.prepare_query_value("exact", 5)
    with pytest.raises(ValidationError):
        FIELD.prepare_query_value("set", None)


def test_lookup_member() -> None:
    assert FIELD.lookup_member("name") is InnerPet.name
    assert FIELD.lookup_member("n") is None
    assert InnerOwner.animal.lookup_member("bark") is InnerDog.bark
    assert InnerOwner.any_pet.lookup_member("bark") is InnerDog.bark
    assert InnerOwner.generic.lookup_member("bark") is None


def test_classes_by_name() -> None:
    assert InnerOwner.animal.document_type is InnerAnimal
    assert InnerNode.child.document_type is InnerNode
    assert InnerNode.children.field.document_type is InnerNode
    with pytest.raises(NotRegistered):
        _ = EmbeddedDocumentField("Nobody").document_type


@pytest.mark.parametrize("wrong", [5, None, InnerPet()])
def test_only_classes_will_do(wrong: Any) -> None:
    with pytest.raises(TypeError, match="arg 1 must be a class"):
        EmbeddedDocumentField(wrong)


@pytest.mark.parametrize("wrong", [dict, InnerOwner])
def test_only_embedded_classes_will_do(wrong: Any) -> None:
    with pytest.raises(ValidationError, match="Invalid embedded document class"):
        EmbeddedDocumentField(wrong)


@pytest.mark.parametrize(
    ("field", "value", "adopted"),
    [
        (FIELD, {"n": "a"}, True),
        (FIELD, {"n": 5}, False),
        (FIELD, {"name": "a"}, False),
        (FIELD, SON(n="a"), False),
        (FIELD, {"_cls": "Nope"}, False),
        (InnerOwner.generic, {"_cls": "InnerPet", "n": "a"}, True),
        (InnerOwner.generic, {"_cls": "Nope"}, False),
        (InnerOwner.generic, {"_cls": 5}, False),
        (InnerOwner.generic, {"n": "a"}, False),
    ],
)
def test_adopts_what_cannot_fail(field: Any, value: Any, adopted: bool) -> None:
    assert (field._take_decoded(value, False) is not REFUSED) is adopted
