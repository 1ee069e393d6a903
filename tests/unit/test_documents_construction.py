"""Documents are made of keyword arguments, or loaded; their attributes are their fields."""

from __future__ import annotations

from typing import Any

import pytest
from bson import ObjectId

from mongoengine import (
    DictField,
    Document,
    DynamicDocument,
    EmbeddedDocument,
    EmbeddedDocumentField,
    GeoPointField,
    IntField,
    ListField,
    StringField,
)
from mongoengine.base import BaseDict, BaseField, BaseList
from mongoengine.errors import FieldDoesNotExist, InvalidDocumentError

ID = ObjectId("5" * 24)


class MadePart(EmbeddedDocument):
    city = StringField(db_field="c")


class Made(Document):
    name = StringField(db_field="n", default="nobody")
    age = IntField()
    made = ListField(IntField(), default=lambda: [1])
    tags = ListField(StringField(), db_field="t")
    data = DictField()
    part = EmbeddedDocumentField(MadePart)
    nothing = IntField(default=3, null=True)

    @property
    def label(self) -> str:
        return f"<{self.name}>"


class MadeFree(DynamicDocument):
    """Takes anything."""


class PlainList(ListField):
    def to_mongo(self, value: Any, **options: Any) -> Any:
        return value


class MadeDefaults(Document):
    any = BaseField(default=list)
    point = GeoPointField(default=list)
    own = PlainList()


def test_what_is_given_is_converted_and_the_rest_is_default() -> None:
    made = Made(age="5", part={"c": "Rome"}, tags=("a", "b"))
    assert (made.name, made.age, made.made, made.nothing) == ("nobody", 5, [1], None)
    assert isinstance(made.part, MadePart)
    assert made.part.city == "Rome"
    assert type(made.tags) is BaseList
    assert made.tags == ["a", "b"]
    assert type(made.data) is BaseDict
    assert made.id is None


def test_what_is_assigned_is_not_converted() -> None:
    made = Made()
    made.age = "5"
    assert made.age == "5"
    assert made.to_mongo()["age"] == 5


def test_what_cannot_be_converted_stays_until_it_is_validated() -> None:
    assert Made(age="five").age == "five"


def test_given_containers_are_copied_and_documents_are_not() -> None:
    tags, data, part = ["a"], {"a": [1]}, MadePart(city="x")
    made = Made(tags=tags, data=data, part=part)
    made.tags.append("b")
    made.data["a"].append(2)
    assert (tags, data) == (["a"], {"a": [1]})
    assert made.part is part


def test_defaults_are_each_documents_own() -> None:
    one, other = Made(), Made()
    one.made.append(2)
    one.tags.append("x")
    one.data["k"] = 1
    assert (other.made, other.tags, other.data) == ([1], [], {})


def test_default_containers_are_each_documents_own() -> None:
    stored = MadeDefaults().to_mongo()
    for container in stored.values():
        container.append("x")
    assert MadeDefaults().to_mongo() == {"any": [], "point": [], "own": []}


def test_reading_a_container_gives_the_same_one_each_time() -> None:
    made = Made._from_son({"t": ["a"], "data": {"a": {"b": [1]}}, "part": {"c": "x"}})
    assert made.tags is made.tags
    assert made.data["a"]["b"] is made.data["a"]["b"]
    assert made.part is made.part


@pytest.mark.parametrize("name", ["n", "_id", "save", "label", "to_mongo", "nope"])
def test_what_is_no_field_is_refused(name: str) -> None:
    with pytest.raises(FieldDoesNotExist) as caught:
        Made(**{name: 1})
    assert str(caught.value) == (
        f'The fields "{{{name!r}}}" do not exist on the document "Made"'
    )
    assert Made(age=1).label == "<nobody>"


def test_what_is_stored_and_no_field_is_refused() -> None:
    with pytest.raises(FieldDoesNotExist, match="The fields \"{'nope'}\""):
        Made._from_son({"nope": 1})


def test_positional_arguments_are_refused() -> None:
    with pytest.raises(TypeError, match="Instantiating a document with positional"):
        Made("Ann")


def test_ids_are_known_by_two_names() -> None:
    made = Made(pk=ID)
    assert made.id == made.pk == ID
    assert Made(id=str(ID)).id == ID
    assert Made(pk=str(ID)).id == str(ID)  # an assignment, which converts nothing
    assert Made(id=ID).pk == ID
    made.pk = ObjectId("6" * 24)
    assert made.id == ObjectId("6" * 24)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [("name", None, "nobody"), ("age", None, None), ("nothing", None, None)],
)
def test_none_is_the_default_unless_it_may_be_null(
    name: str, value: Any, expected: Any
) -> None:
    assert getattr(Made(**{name: value}), name) == expected
    loaded = Made._from_son({Made._db_field_map[name]: value})
    assert getattr(loaded, name) == expected
    made = Made(**{name: "7"})
    setattr(made, name, value)
    assert getattr(made, name) == expected


def test_deleting_gives_the_default_again() -> None:
    made = Made(name="Ann", age=3)
    del made.name, made.age
    assert (made.name, made.age) == ("nobody", None)
    made.other = 5  # no field, an attribute like any
    del made.other
    with pytest.raises(AttributeError):
        made.other  # noqa: B018


def test_fields_by_name() -> None:
    made = Made(name="Ann")
    made["age"] = 4
    assert (made["name"], made["age"], made.age) == ("Ann", 4, 4)
    for name in ("n", "pk", "label", "nope"):
        with pytest.raises(KeyError, match=name):
            made[name]
        with pytest.raises(KeyError, match=name):
            made[name] = 1


def test_in_says_whether_there_is_a_value() -> None:
    made = Made(name="Ann")
    assert "name" in made
    assert "age" not in made
    assert "label" in made
    assert "nope" not in made


def test_iteration_and_length() -> None:
    made = Made()
    names = ["id", "name", "age", "made", "tags", "data", "part", "nothing"]
    assert list(made) == names
    assert len(made) == len(names)


def test_loading_takes_names_of_fields_as_well() -> None:
    assert Made._from_son({"n": "a", "t": ["b"]}).name == "a"
    assert Made._from_son({"name": "a", "tags": ["b"]}).tags == ["b"]
    assert Made._from_son({"name": "a", "n": "b"}).name == "a"


def test_loading_says_all_that_is_wrong() -> None:
    with pytest.raises(InvalidDocumentError) as caught:
        Made._from_son({"part": 5, "age": 1})
    assert str(caught.value) == (
        "Invalid data to create a `Made` instance.\nField 'part' - The source SON "
        "object needs to be of type 'dict' but a '<class 'int'>' was found"
    )


@pytest.mark.parametrize(("son", "error"), [([1], ValueError), (None, AttributeError)])
def test_loading_takes_nothing_but_dicts(son: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        Made._from_son(son)


def test_states_of_new_and_loaded_documents() -> None:
    new, loaded = Made(), Made._from_son({"_id": ID})
    assert (new._created, loaded._created) == (True, False)
    assert Made._from_son({}, created=True)._created
    assert not hasattr(new, "_changed_fields")
    assert loaded._changed_fields == []
    assert MadePart()._changed_fields == []


def test_parts_know_their_document() -> None:
    for made in (Made(part=MadePart()), Made._from_son({"part": {"c": "x"}})):
        assert made.part._instance == made
    part = MadePart()
    assert part._instance is None
    owner = Made()
    owner.part = part
    assert part._instance is not None
    assert part._instance.name == "nobody"
    del owner, made
    with pytest.raises(ReferenceError):
        part._instance.name  # noqa: B018


def test_the_owner_of_a_part_is_taken_for_itself() -> None:
    owner = Made(id=ID, part=MadePart(city="a"))
    seen = owner.part._instance
    assert (owner == seen, seen == owner) == (True, True)
    assert MadeFree(any=seen).to_mongo()["any"]["_cls"] == "Made"


def test_the_text_score_is_no_field() -> None:
    assert Made(_text_score=1.5).get_text_score() == 1.5
    with pytest.raises(InvalidDocumentError, match="not originally built from a text"):
        Made().get_text_score()
