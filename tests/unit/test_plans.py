"""What is worked out once per class, and the functions that are written for it."""

import functools
import pickle
import traceback
from unittest import mock

import pytest
from bson import SON

from mongoengine import (
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    ListField,
    StringField,
    ValidationError,
)
from mongoengine.base.plain import REFUSED
from mongoengine.signals import pre_init


class Swapped(Document):
    """The name of each field is another one's in the database."""

    a = StringField(db_field="b")
    b = StringField(db_field="a")
    c = IntField(db_field="d")
    d = ListField(IntField(), db_field="c")


@pytest.mark.parametrize("c", [[3], ["3"]], ids=["fast lane", "slow lane"])
def test_fields_may_swap_names_with_each_other(c):
    swapped = Swapped._from_son({"a": "1", "b": "2", "c": c, "d": 4})
    assert (swapped.a, swapped.b, swapped.c, swapped.d) == ("2", "1", 4, [3])
    assert swapped.to_mongo() == {"a": "1", "b": "2", "c": [3], "d": 4}
    swapped.a = "x"
    swapped.d.append(1)
    assert swapped._delta() == ({"b": "x", "c": [3, 1]}, {})


def test_nothing_is_written_before_it_is_needed():
    class Idle(Document):
        name = StringField()

    assert "store" not in vars(Idle._class_plan)
    assert Idle(name="x").to_mongo() == {"name": "x"}
    assert "store" in vars(Idle._class_plan)


def test_the_source_is_shown_and_stands_in_tracebacks():
    class Shown(Document):
        number = IntField(db_field="n")

    assert "value = data.get('number')" in Shown._class_plan.source
    shown = Shown()
    shown.__dict__["id"] = "no id"
    with pytest.raises(ValidationError) as caught:
        shown.to_mongo()
    text = "".join(traceback.format_exception(caught.value))
    assert "<plan of " in text
    assert "value = to_mongo_" in text


def test_what_users_override_is_called_for_every_value():
    calls = []

    class Loud(IntField):
        def to_python(self, value):
            calls.append(("to_python", value))
            return super().to_python(value)

        def to_mongo(self, value):
            calls.append(("to_mongo", value))
            return super().to_mongo(value)

        def validate(self, value, clean=True):
            calls.append(("validate", value))

    class Part(EmbeddedDocument):
        number = Loud()

    class Whole(Document):
        number = Loud()
        part = EmbeddedDocumentField(Part)
        numbers = ListField(Loud())

    whole = Whole._from_son({"number": 1, "part": {"number": 2}, "numbers": [3]})
    assert sorted(calls) == [("to_python", 1), ("to_python", 2), ("to_python", 3)]
    calls.clear()
    whole.validate()
    assert sorted(calls) == [("validate", 1), ("validate", 2), ("validate", 3)]
    calls.clear()
    whole.to_mongo()
    assert {call for call in calls if call[0] == "to_mongo"} == {
        ("to_mongo", 1),
        ("to_mongo", 2),
        ("to_mongo", 3),
    }


class Street(EmbeddedDocument):
    name = StringField()


class House(Document):
    name = StringField()
    tags = ListField(StringField())
    street = EmbeddedDocumentField(Street)


STORED = {"name": "aa", "tags": ["bb"], "street": {"name": "cc"}}


def errors(document):
    with pytest.raises(ValidationError) as caught:
        document.validate()
    return caught.value.to_dict()


@pytest.fixture(autouse=True)
def _used_before():
    House._from_son(STORED).validate()
    House._from_son(STORED).to_mongo()


@pytest.mark.parametrize(
    ("field", "option", "value", "wrong"),
    [
        (House.name, "max_length", 1, {"name": "String value is too long"}),
        (House.name, "choices", ("q",), {"name": "Value must be one of ('q',)"}),
        (House.tags, "max_length", 0, {"tags": "List is too long"}),
        (House.tags.field, "max_length", 1, {"tags": {0: "String value is too long"}}),
        (
            Street.name,
            "max_length",
            1,
            {"street": {"name": "String value is too long"}},
        ),
    ],
)
def test_options_may_change_when_the_class_was_used(field, option, value, wrong):
    before = getattr(field, option)
    setattr(field, option, value)
    try:
        assert errors(House._from_son(STORED)) == wrong
        assert errors(House(**House._from_son(STORED)._data)) == wrong
    finally:
        setattr(field, option, before)
    House._from_son(STORED).validate()


def test_required_null_and_default_may_change_when_the_class_was_used():
    class Changed(Document):
        name = StringField()

    Changed().validate()
    Changed.name.required = True
    assert errors(Changed()) == {"name": "Field is required"}
    Changed.name.null = True
    assert Changed().to_mongo() == {"name": None}
    Changed.name.null = False
    Changed.name.default = "x"
    assert Changed(name=None).to_mongo() == {"name": "x"}
    Changed.name.default = lambda: "y"
    assert Changed().to_mongo() == {"name": "y"}


def test_methods_of_a_class_may_be_replaced_when_it_was_used():
    def refuse(self):
        raise ValidationError("no")

    with mock.patch.object(Street, "clean", refuse):
        assert errors(House._from_son(STORED)) == {"street": {"__all__": "no"}}
    House._from_son(STORED).validate()


def test_a_wrapped_method_is_an_own_one():
    class Wrapped(StringField):
        @functools.wraps(StringField.validate)
        def validate(self, value, clean=True):
            self.error("no")

    class Wrapping(Document):
        name = Wrapped()

    assert errors(Wrapping(name="x")) == {"name": "no"}


def test_a_method_of_one_field_alone_is_called():
    field = StringField()
    field.validate = lambda value, clean=True: field.error("no")

    class Single(Document):
        name = field

    assert errors(Single(name="x")) == {"name": "no"}


def test_methods_of_a_field_may_be_replaced_and_put_back_when_the_class_was_used():
    class Patched(Document):
        name = StringField()

    with mock.patch.object(Patched.name, "to_mongo", return_value="other"):
        assert Patched(name="x").to_mongo() == {"name": "other"}
    assert Patched(name="x").to_mongo() == {"name": "x"}


def test_fields_may_be_added_when_the_class_was_used():
    class Growing(Document):
        name = StringField()

    old = Growing._from_son({"name": "x"})
    old.to_mongo()
    old.validate()
    late = StringField(db_field="l", max_length=1)
    late.name = "late"
    Growing.late = late
    Growing._fields["late"] = late
    Growing._fields_ordered += ("late",)
    Growing._db_field_map["late"] = "l"
    Growing._reverse_db_field_map["l"] = "late"
    assert Growing(name="x", late="y").to_mongo() == {"name": "x", "l": "y"}
    assert errors(Growing(late="long")) == {"late": "String value is too long"}
    loaded = Growing._from_son({"l": "z"})
    assert (loaded.late, loaded.name, old.late) == ("z", None, None)
    loaded.late = "q"
    old.late = "p"
    assert loaded._delta() == ({"l": "q"}, {})
    assert old.to_mongo() == {"name": "x", "l": "p"}


class Kennel(EmbeddedDocument):
    name = StringField(db_field="n")
    meta = {"allow_inheritance": True}


class Palace(Kennel):
    rooms = IntField()


class Hound(Document):
    name = StringField()
    home = EmbeddedDocumentField(Kennel)
    homes = ListField(EmbeddedDocumentField(Kennel))
    meta = {"allow_inheritance": True}


class Greyhound(Hound):
    speed = IntField(db_field="s")


PALACE = {"_cls": "Palace", "n": "aa", "rooms": 9}


@pytest.mark.parametrize("name", ["Hound.Greyhound", "Greyhound"])
@pytest.mark.parametrize("load", [Hound._from_son, Hound._adopt_decoded])
def test_documents_are_of_the_class_that_they_name(load, name):
    hound = load({"_cls": name, "s": 5, "home": {**PALACE}, "homes": [{**PALACE}]})
    assert type(hound) is Greyhound
    assert hound.speed == 5
    assert type(hound.home) is type(hound.homes[0]) is Palace
    assert hound.home.rooms == hound.homes[0].rooms == 9
    assert hound.homes[0]._instance is hound.home._instance is not None
    hound.homes[0].rooms = 8
    assert hound._delta() == ({"homes.0.rooms": 8}, {})


@pytest.mark.parametrize("stored", [{"name": "a", "x": 1}, {"name": "a", "_cls": 1}])
def test_as_many_keys_as_fields_need_not_be_those_of_the_fields(stored):
    class Pair(EmbeddedDocument):
        name = StringField()
        number = IntField()

    assert Pair._class_plan.take(stored, True) is REFUSED
    assert Pair._class_plan.load(stored, True, 0) is REFUSED


@pytest.mark.parametrize("load", [House._from_son, House._adopt_decoded])
def test_a_part_that_cannot_wait_is_made_with_its_document(load):
    house = load({"name": "aa", "street": {"name": 5}})
    assert type(house.street) is Street
    assert house.to_mongo() == {"name": "aa", "tags": [], "street": {"name": 5}}


@pytest.mark.parametrize("missing", [{}, {"number": None}])
def test_values_may_be_missing(missing):
    class Single(EmbeddedDocument):
        name = StringField()
        number = IntField()
        made = IntField(default=lambda: 7)

    single = Single._from_son({"name": "a", "made": 1, **missing})
    assert (single.name, single.number, single.made) == ("a", None, 1)
    assert Single._from_son(missing).made == 7
    assert Single._class_plan.take(missing, True) is REFUSED


def test_documents_of_which_the_same_was_read_share_the_names_of_the_others():
    first, second = House._from_son(STORED), House._from_son(STORED)
    assert first.tags == second.tags
    assert first._unbuilt_names == {"street"}
    assert first._unbuilt_names is second._unbuilt_names


def test_what_the_driver_decodes_into_other_dicts_is_made_like_any():
    stored = SON(name="aa", tags=["bb"], street=SON(name="cc"))
    house = House._adopt_decoded(stored)
    assert (house.tags, house.street.name) == (["bb"], "cc")
    house.street.name = "dd"
    assert house._delta() == ({"street.name": "dd"}, {})
    assert stored == SON(name="aa", tags=["bb"], street=SON(name="cc"))


def test_what_was_taken_is_made_whoever_listens_since():
    house = House._from_son(STORED)
    calls = []

    def listen(sender, document, **kwargs):
        calls.append(sender)

    with pre_init.connected_to(listen):
        assert house.street.name == "cc"
        assert calls == []
        House._from_son(STORED)
    assert calls == [Street, House]


def test_classes_can_be_pickled_as_a_whole_when_they_were_used():
    """As cloudpickle does with those of a notebook; what is worked out stays behind."""
    house = House._from_son(dict(STORED))
    house.validate()
    house.to_mongo()
    plan = House._class_plan
    twin = pickle.loads(pickle.dumps(plan))
    assert twin.source == plan.source
    assert twin.store(house) == plan.store(house)
