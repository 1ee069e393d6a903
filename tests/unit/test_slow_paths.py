"""What users override is called, and all else is as it is without."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from bson import ObjectId

from mongoengine import (
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    ListField,
    StringField,
    signals,
)

ID = ObjectId("5" * 24)
CALLS: list[Any] = []


@pytest.fixture(autouse=True)
def _no_calls() -> None:
    CALLS.clear()


def said(*what: Any) -> None:
    CALLS.append(what[0] if len(what) == 1 else what)


def heard() -> list[Any]:
    """Return what was called since the last time."""
    calls = CALLS.copy()
    CALLS.clear()
    return calls


# Methods of the user


class Own(Document):
    name = StringField(db_field="n")
    tags = ListField(StringField(), db_field="t")
    meta = {"abstract": True}


def test_an_overridden_init() -> None:
    class OwnInit(Own):
        def __init__(self, *args: Any, **values: Any) -> None:
            said(sorted(values))
            super().__init__(*args, **values)
            self.seen = self.name
            self.tags.append("by init")

    made, loaded = OwnInit(name="a"), OwnInit._from_son({"n": "b", "t": ["x"]})
    assert heard() == [["name"], ["__auto_convert", "_created", "name", "tags"]]
    assert (made.seen, loaded.seen) == ("a", "b")
    assert loaded.tags == ["x", "by init"]
    assert loaded._changed_fields == []
    loaded.name = "c"
    assert loaded._delta() == ({"n": "c"}, {})


def test_an_overridden_new() -> None:
    class OwnNew(Own):
        def __new__(cls, *args: Any, **values: Any) -> Any:
            said(sorted(values))
            return super().__new__(cls)

    OwnNew(name="a")
    assert OwnNew._from_son({"n": "b"}).name == "b"
    assert heard() == [["name"], ["__auto_convert", "_created", "name"]]


def test_an_overridden_init_of_a_part() -> None:
    class OwnInitPart(EmbeddedDocument):
        name = StringField(db_field="n")

        def __init__(self, *args: Any, **values: Any) -> None:
            super().__init__(*args, **values)
            said(self.name)

    class OwnInitHolder(Document):
        part = EmbeddedDocumentField(OwnInitPart)
        parts = ListField(EmbeddedDocumentField(OwnInitPart))

    stored = {"part": {"n": "a"}, "parts": [{"n": "b"}]}
    loaded = OwnInitHolder._from_son(stored)
    assert sorted(heard()) == ["a", "b"]  # made with the document, read or not
    assert loaded.to_mongo() == stored
    assert (loaded.part.name, loaded.parts[0].name) == ("a", "b")
    assert heard() == []


def test_an_overridden_setattr() -> None:
    class OwnSet(Own):
        def __setattr__(self, name: str, value: Any) -> None:
            if name == "name":
                said(name, value)
                value = value and value.upper()
            super().__setattr__(name, value)

    made, loaded = OwnSet(name="a"), OwnSet._from_son({"n": "b"})
    assert heard() == [("name", "a"), ("name", "b")]
    assert (made.name, loaded.name) == ("A", "B")
    loaded.name = "c"
    assert loaded._delta()[0] == {"n": "C"}
    heard()
    assert OwnSet().name is None
    assert heard() == [("name", None)]


def test_an_overridden_to_mongo() -> None:
    class OwnStoredPart(EmbeddedDocument):
        name = StringField()

        def to_mongo(self, *args: Any, **kwargs: Any) -> Any:
            stored = super().to_mongo(*args, **kwargs)
            stored["by"] = "part"
            return stored

    class OwnStored(Document):
        part = EmbeddedDocumentField(OwnStoredPart)
        parts = ListField(EmbeddedDocumentField(OwnStoredPart))

    expected = {
        "part": {"name": "a", "by": "part"},
        "parts": [{"name": "b", "by": "part"}],
    }
    stored = {"part": {"name": "a"}, "parts": [{"name": "b"}]}
    part, parts = OwnStoredPart(name="a"), [OwnStoredPart(name="b")]
    assert OwnStored(part=part, parts=parts).to_mongo() == expected
    loaded = OwnStored._from_son(stored)
    assert loaded.to_mongo() == expected
    loaded.part.name = "c"
    loaded.part = OwnStoredPart(name="d")
    assert loaded._delta() == ({"part": {"name": "d", "by": "part"}}, {})


def test_overridden_validate_and_clean() -> None:
    class OwnCheckedPart(EmbeddedDocument):
        name = StringField()

        def validate(self, clean: bool = True) -> None:
            said("validate", self.name, clean)
            super().validate(clean)

        def clean(self) -> None:
            said("clean", self.name)

    class OwnChecked(Document):
        part = EmbeddedDocumentField(OwnCheckedPart)
        parts = ListField(EmbeddedDocumentField(OwnCheckedPart))

    loaded = OwnChecked._from_son({"part": {"name": "a"}, "parts": [{"name": "b"}]})
    loaded.validate()
    assert heard() == [
        ("validate", "a", True), ("clean", "a"), ("validate", "b", True), ("clean", "b"),
    ]  # fmt: skip


def test_an_overridden_from_son() -> None:
    class OwnLoadedPart(EmbeddedDocument):
        name = StringField()

        @classmethod
        def _from_son(cls, son: Any, *args: Any, **kwargs: Any) -> Any:
            said("part")
            return super()._from_son({**son, "name": "part"}, *args, **kwargs)

    class OwnLoaded(Document):
        part = EmbeddedDocumentField(OwnLoadedPart)
        parts = ListField(EmbeddedDocumentField(OwnLoadedPart))

    loaded = OwnLoaded._from_son({"part": {"name": "a"}, "parts": [{}]})
    assert (loaded.part.name, loaded.parts[0].name) == ("part", "part")
    assert heard() == ["part", "part"]


def test_an_overridden_from_son_gets_names_with_what_it_is_given() -> None:
    class OwnNamed(Document):
        name = StringField()

        @classmethod
        def _from_son(cls, son: Any, **kwargs: Any) -> Any:
            said(*kwargs)
            return super()._from_son(son, **kwargs)

    assert OwnNamed._adopt_decoded({"name": "a"}).name == "a"
    assert OwnNamed.objects.from_json('[{"name": "b"}]')[0].name == "b"
    assert heard() == ["_auto_dereference", "_auto_dereference"]


def test_a_property_in_place_of_an_inherited_field() -> None:
    class Hidden(Own):
        @property
        def name(self) -> str:
            return "always"

    assert Hidden().name == "always"
    assert Hidden._from_son({"t": ["a"]}).to_mongo() == {"t": ["a"]}


def test_a_property_with_a_setter_in_place_of_an_inherited_field() -> None:
    class Replaced(Own):
        @property
        def name(self) -> Any:
            return self.seen

        @name.setter
        def name(self, value: Any) -> None:
            self.seen = value

    assert Replaced(name="a").name == "a"
    assert Replaced(name="a").to_mongo() == {"t": []}
    assert Replaced._from_son({"n": "b"}).name == "b"


def test_attributes_may_be_set_before_the_constructor_of_the_base():
    class Cached(Document):
        name = StringField()

        def __init__(self, *args, **values):
            self._cache = {}
            super().__init__(*args, **values)

    assert Cached(name="x")._cache == {}
    loaded = Cached._from_son({"name": "x"})
    assert (loaded._cache, loaded.name, loaded._get_changed_fields()) == ({}, "x", [])


def test_a_class_may_have_a_getattr():
    class Magic(Document):
        name = StringField()

        def __getattr__(self, name):
            return "magic"

    assert Magic(name="x").anything == "magic"
    assert Magic(name="x")._data == {"name": "x", "id": None}
    assert Magic._from_son({"name": "x"})._delta() == ({}, {})


# Receivers


@pytest.fixture
def receivers() -> Iterator[None]:
    def before(sender: Any, document: Any, values: Any) -> None:
        said("pre", sender.__name__, dict(values))
        if "name" in values:
            values["name"] += "!"

    def after(sender: Any, document: Any) -> None:
        said("post", sender.__name__, document.to_mongo())

    with signals.pre_init.connected_to(before), signals.post_init.connected_to(after):
        yield


class SlowHeardPart(EmbeddedDocument):
    name = StringField(db_field="n")


class Heard(Document):
    name = StringField(db_field="n")
    part = EmbeddedDocumentField(SlowHeardPart, db_field="p")


@pytest.mark.usefixtures("receivers")
def test_receivers_are_told_of_loading() -> None:
    loaded = Heard._from_son({"n": "a", "p": {"n": "b"}})
    calls = heard()
    assert calls == [
        ("pre", "SlowHeardPart", {"name": "b"}),
        ("post", "SlowHeardPart", {"n": "b!"}),
        ("pre", "Heard", {"name": "a", "part": loaded.part}),
        ("post", "Heard", {"n": "a!", "p": {"n": "b!"}}),
    ]
    assert (loaded.name, loaded.part.name) == ("a!", "b!")
    assert loaded._changed_fields == []


@pytest.mark.usefixtures("receivers")
def test_receivers_are_told_of_new_documents() -> None:
    assert Heard(name="a").name == "a!"
    assert heard() == [("pre", "Heard", {"name": "a"}), ("post", "Heard", {"n": "a!"})]


def test_receivers_that_come_late_hear_of_what_is_built_from_then_on() -> None:
    loaded = Heard._from_son({"n": "a", "p": {"n": "b"}})

    def listen(sender: Any, document: Any, values: Any) -> None:
        said(sender.__name__)

    with signals.pre_init.connected_to(listen):
        Heard()
        assert heard() == ["Heard"]
    assert loaded.part.name == "b"
    assert Heard._from_son({"n": "a"}).name == "a"
    assert heard() == []
