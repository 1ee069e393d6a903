"""Document classes: options, keys, and inheritance."""

from __future__ import annotations

from typing import Any, get_type_hints

import pytest
from bson import ObjectId

from mongoengine import (
    Document,
    DynamicDocument,
    DynamicEmbeddedDocument,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    ListField,
    StringField,
    ValidationError,
)
from mongoengine.base import TopLevelDocumentMetaclass
from mongoengine.base.fields import ObjectIdField
from mongoengine.errors import (
    DoesNotExist,
    InvalidDocumentError,
    MultipleObjectsReturned,
)

ID = ObjectId("5" * 24)


class ClassAnimal(Document):
    name = StringField(db_field="n")
    meta = {"allow_inheritance": True, "ordering": ["name"], "strict": True}


class ClassFish(ClassAnimal):
    depth = IntField()
    meta = {"ordering": ["-depth"], "indexes": ["depth"]}


class ClassShark(ClassFish):
    name = IntField(db_field="n")


class ClassShape(EmbeddedDocument):
    colour = StringField(db_field="c")
    meta = {"allow_inheritance": True}


class ClassRound(ClassShape):
    radius = IntField(db_field="r")


class ClassDrawing(Document):
    shape = EmbeddedDocumentField(ClassShape)
    shapes = ListField(EmbeddedDocumentField(ClassShape))


# Options


def test_options_that_are_always_there() -> None:
    class MetaPlain(Document):
        meta = {"indexes": [], "own": "kept"}

    meta = MetaPlain._meta
    assert (meta["abstract"], meta["id_field"], meta["own"]) == (False, "id", "kept")
    assert (meta["collection"], meta["ordering"]) == ("meta_plain", [])
    assert not hasattr(MetaPlain, "meta")


@pytest.mark.parametrize("collection", ["stars", lambda cls: f"c_{cls.__name__}"])
def test_collections_are_named_or_computed(collection: Any) -> None:
    class MetaNamed(Document):
        meta = {"collection": collection}

    expected = collection if isinstance(collection, str) else "c_MetaNamed"
    assert MetaNamed._get_collection_name() == expected


def test_options_are_inherited_and_replaced() -> None:
    assert ClassFish._meta["ordering"] == ["-depth"]
    assert ClassShark._meta["ordering"] == ["-depth"]
    assert ClassShark._meta["strict"] is True
    assert ClassAnimal._meta["indexes"] == []
    assert ClassFish._meta["indexes"] == ["depth"]
    assert ClassShark._get_collection_name() == "class_animal"


def test_a_subclass_keeps_the_collection() -> None:
    with pytest.warns(
        SyntaxWarning, match="collection on a subclass .ClassMoved."
    ) as caught:

        class ClassMoved(ClassAnimal):
            meta = {"collection": "elsewhere"}

    assert ClassMoved._get_collection_name() == "class_animal"
    assert caught[0].filename == __file__


def test_abstract_classes_have_no_collection_and_no_id() -> None:
    class MetaAbstract(Document):
        code = StringField()
        meta = {"abstract": True, "collection": "given"}

    class MetaConcrete(MetaAbstract):
        """Not abstract itself."""

    assert "id" not in MetaAbstract._fields
    assert list(MetaConcrete._fields) == ["code", "id"]
    assert MetaConcrete._meta["abstract"] is False
    assert MetaConcrete._get_collection_name() == "given"
    assert MetaConcrete._class_name == "MetaConcrete"


def test_unknown_names_pass_where_it_is_not_strict() -> None:
    class MetaLoose(Document):
        meta = {"strict": False}

    assert MetaLoose._from_son({"nope": 1})._data["nope"] == 1


# Keys


def test_automatic_ids() -> None:
    field = ClassAnimal._fields["id"]
    assert isinstance(field, ObjectIdField)
    assert (field.db_field, field.primary_key, field.required) == ("_id", False, False)
    assert ClassAnimal._fields_ordered[0] == "id"


def test_keys_of_any_kind_are_stored_as_id() -> None:
    class KeySlug(Document):
        slug = StringField(primary_key=True, db_field="ignored")

    assert KeySlug._meta["id_field"] == "slug"
    document = KeySlug(slug="a")
    assert (document.pk, document.to_mongo()) == ("a", {"_id": "a"})
    assert KeySlug._from_son({"_id": "b"}).slug == "b"
    assert KeySlug._fields["slug"].required


def test_a_key_cannot_be_replaced() -> None:
    class KeyBase(Document):
        code = StringField(primary_key=True)
        meta = {"allow_inheritance": True}

    with pytest.raises(ValueError, match="Cannot override primary key field"):

        class KeyOther(KeyBase):
            other = StringField(primary_key=True)


# Fields


@pytest.mark.parametrize("name", ["to_mongo", "validate", "pk", "_delta", "_data"])
def test_fields_must_not_hide_methods(name: str) -> None:
    with pytest.raises(InvalidDocumentError) as caught:
        TopLevelDocumentMetaclass("Hiding", (Document,), {name: StringField()})
    assert (
        str(caught.value) == f"{name} is a document method and not a valid field name"
    )


def test_fields_must_not_share_a_place() -> None:
    with pytest.raises(
        InvalidDocumentError, match="Multiple db_fields defined for: x "
    ):

        class SharedPlace(EmbeddedDocument):
            x = StringField()
            y = StringField(db_field="x")


def test_fields_of_mixins_and_of_several_bases() -> None:
    class Named:
        name = StringField()

        def greet(self) -> str:
            return f"I am {self.name}"

    class MixedBase(Document):
        code = IntField()
        meta = {"abstract": True}

    class Mixed(Named, MixedBase):
        age = IntField()

    assert set(Mixed._fields) == {"id", "name", "code", "age"}
    assert Mixed(name="Ann", age="3").greet() == "I am Ann"
    assert Mixed._from_son({"name": "Bea"}).greet() == "I am Bea"


def test_fields_may_be_overridden() -> None:
    assert ClassFish(name="5").name == "5"
    assert ClassShark(name="5").name == 5
    assert ClassShark._from_son({"n": 5}).name == 5
    assert ClassAnimal(name="5").name == "5"


# Inheritance


def test_names_of_classes() -> None:
    assert ClassShark._class_name == "ClassAnimal.ClassFish.ClassShark"
    assert ClassShark._superclasses == ("ClassAnimal", "ClassAnimal.ClassFish")
    assert ClassFish._subclasses == ("ClassAnimal.ClassFish", ClassShark._class_name)
    assert ClassFish._types == ClassFish._subclasses
    assert ClassRound._class_name == "ClassRound"


def test_loading_gives_the_class_that_is_named() -> None:
    stored = {"_id": ID, "_cls": "ClassAnimal.ClassFish.ClassShark", "n": 3}
    for cls in (ClassAnimal, ClassFish, ClassShark):
        document = cls._from_son(stored)
        assert type(document) is ClassShark
        assert document.to_mongo() == stored
    assert type(ClassShark._from_son({"_cls": "ClassAnimal"})) is ClassAnimal
    assert ClassAnimal().to_mongo() == {"_cls": "ClassAnimal"}


def test_parts_are_of_the_class_that_is_named() -> None:
    stored = {
        "shape": {"_cls": "ClassRound", "c": "r", "r": 1},
        "shapes": [{"_cls": "ClassShape", "c": "g"}, {"_cls": "ClassRound", "r": 2}],
    }
    drawing = ClassDrawing._from_son(stored)
    assert drawing.to_mongo() == stored
    kinds = [type(shape) for shape in (drawing.shape, *drawing.shapes)]
    assert kinds == [ClassRound, ClassShape, ClassRound]
    assert drawing.shapes[1].radius == 2
    assert drawing.to_mongo() == stored


def test_classes_that_are_closed() -> None:
    class Closed(Document):
        """Does not say that it allows inheritance."""

    with pytest.raises(ValueError, match="Document Closed may not be subclassed"):

        class Opened(Closed):
            """Refused."""

    with pytest.raises(ValueError, match="Only direct subclasses of Document may set"):

        class Reclosed(ClassAnimal):
            meta = {"allow_inheritance": False}

    with pytest.raises(ValueError, match="cannot have non-abstract base"):

        class Reabstract(ClassAnimal):
            meta = {"abstract": True}


def test_options_of_mixins() -> None:
    class ClassOptions:
        meta = {"strict": False, "allow_inheritance": True}

    class ClassMixed(ClassOptions, ClassShape):
        meta = {"strict": True}

    assert not ClassMixed._meta.get("allow_inheritance")
    with pytest.raises(ValueError, match="ClassMixed may not be subclassed"):
        type("ClassMixedChild", (ClassMixed,), {})

    class ClassMixedFish(ClassOptions, ClassAnimal):
        meta = {"ordering": ["-name"]}

    class ClassMixedShark(ClassMixedFish):
        """Has the options of the mixin again, not those of the class above."""

    assert ClassMixedFish._meta["strict"] is False
    assert ClassMixedFish._meta["ordering"] == ["-name"]
    assert ClassMixedShark._meta["ordering"] == ClassAnimal._meta["ordering"]


def test_classes_above_along_the_first_bases() -> None:
    class ClassLine(EmbeddedDocument):
        meta = {"allow_inheritance": True}

    class ClassArc(ClassRound, ClassLine):
        """Has two bases."""

    assert ClassRound._superclasses == ("ClassShape",)
    assert ClassArc._superclasses == ("ClassShape", "ClassRound")
    assert ClassLine._subclasses == ("ClassLine", "ClassArc")


def test_type_hints_are_those_of_the_user() -> None:
    class ClassHinted(EmbeddedDocument):
        number: int = 5

    assert get_type_hints(ClassAnimal) == get_type_hints(DynamicDocument) == {}
    assert get_type_hints(ClassHinted) == {"number": int}


def test_a_field_may_have_two_names_in_two_classes() -> None:
    shared = StringField()

    class ClassFirst(Document):
        first = shared

    class ClassSecond(Document):
        second = shared

    one, two = ClassFirst(first="a"), ClassSecond(second="b")
    assert (one.first, two.second) == ("a", "b")
    assert (one.to_mongo(), two.to_mongo()) == ({"first": "a"}, {"first": "b"})
    ClassSecond.second.max_length = 0
    one.validate()
    with pytest.raises(ValidationError):
        two.validate()


def test_exceptions_of_classes() -> None:
    assert issubclass(ClassShark.DoesNotExist, ClassFish.DoesNotExist)
    assert issubclass(ClassFish.DoesNotExist, DoesNotExist)
    assert issubclass(ClassFish.MultipleObjectsReturned, MultipleObjectsReturned)
    assert not issubclass(ClassDrawing.DoesNotExist, ClassAnimal.DoesNotExist)
    assert ClassFish.DoesNotExist.__module__ == __name__


def test_dynamic_classes_have_fields_of_their_own() -> None:
    class ClassFree(DynamicDocument):
        name = StringField(db_field="n")

    one, other = ClassFree(extra=1), ClassFree()
    one.more = [1]
    assert list(one) == ["id", "name", "extra", "more"]
    assert list(other) == list(ClassFree._fields_ordered) == ["id", "name"]
    assert one.to_mongo() == {"extra": 1, "more": [1]}


# The private names of one word that MongoEngine's documents have.
TAKEN = {
    *("_cls", "_collection", "_created", "_data", "_delta", "_disconnect", "_dynamic"),
    *("_fields", "_initialised", "_instance", "_meta", "_qs", "_reload"),
    *("_subclasses", "_superclasses", "_types"),
}


@pytest.mark.parametrize(
    "kind", [Document, DynamicDocument, EmbeddedDocument, DynamicEmbeddedDocument]
)
def test_private_names_are_unlikely_to_be_those_of_users(kind: Any) -> None:
    private = {n for n in dir(kind) if n[0] == "_" and not n.startswith("__")}
    assert {n for n in private if "_" not in n.strip("_")} <= TAKEN


class OwnNames(Document):
    _plan = StringField()
    _owner = IntField(default=3)
    tags = ListField(StringField())

    _marks = ("a", "b")

    def _read(self) -> str:
        return f"read {self._plan}"

    def _write(self, text: str) -> None:
        self._plan = text


def test_users_may_name_things_as_they_like() -> None:
    made = OwnNames(_plan="a", tags=["x"])
    made._write("b")
    assert (made._read(), made._owner, made._marks) == ("read b", 3, ("a", "b"))
    loaded = OwnNames._from_son(made.to_mongo())
    loaded.tags.append("y")
    loaded._owner += 1
    assert loaded._delta() == ({"tags": ["x", "y"], "_owner": 4}, {})
