"""Each scalar field as documents use it: alone, in lists, in maps, embedded."""

import enum
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

import bson
import pytest
from bson import Binary, CodecOptions, Decimal128, Int64, ObjectId
from bson.binary import UuidRepresentation

from mongoengine import Document, EmbeddedDocument
from mongoengine.errors import ValidationError
from mongoengine.fields import (
    BinaryField,
    BooleanField,
    ComplexDateTimeField,
    DateField,
    DateTimeField,
    Decimal128Field,
    DecimalField,
    EmailField,
    EmbeddedDocumentField,
    EnumField,
    FloatField,
    IntField,
    ListField,
    LongField,
    MapField,
    ObjectIdField,
    SequenceField,
    StringField,
    URLField,
    UUIDField,
)


class Size(enum.Enum):
    SMALL = "s"
    LARGE = "l"


class Case(NamedTuple):
    """A kind of field, a value, how it is stored, another value and a wrong one."""

    cls: Any
    value: Any
    stored: Any
    other: Any
    wrong: Any
    options: dict[str, Any] = {}

    def field(self, **options):
        return self.cls(**self.options, **options)


ID, OTHER_ID = ObjectId("0" * 24), ObjectId("1" * 24)
IDENT, OTHER_IDENT = UUID(int=1), UUID(int=2)
MOMENT, OTHER_MOMENT = datetime(2020, 2, 29, 13, 14, 15), datetime(2021, 1, 1)
TEXTUAL = {"binary": False}
CASES = [
    Case(StringField, "a", "a", "b", 5),
    Case(URLField, "http://a.com", "http://a.com", "http://b.com", "http://a"),
    Case(EmailField, "me@a.com", "me@a.com", "me@b.com", "me"),
    Case(IntField, 1, 1, 2, "x"),
    Case(LongField, 1, Int64(1), 2, "x"),
    Case(FloatField, 1.5, 1.5, 2.5, "x"),
    Case(DecimalField, Decimal("1.50"), 1.5, Decimal("2.50"), "x"),
    Case(Decimal128Field, Decimal("1.5"), Decimal128("1.5"), Decimal("2.5"), None),
    Case(BooleanField, True, True, False, None),
    Case(DateTimeField, MOMENT, MOMENT, OTHER_MOMENT, "x"),
    Case(DateField, date(2020, 2, 29), datetime(2020, 2, 29), date(2021, 1, 1), "x"),
    Case(ComplexDateTimeField, MOMENT, "2020,02,29,13,14,15,000000", OTHER_MOMENT, "x"),
    Case(ObjectIdField, ID, ID, OTHER_ID, "x"),
    Case(BinaryField, b"a", Binary(b"a"), b"b", "x"),
    Case(UUIDField, IDENT, IDENT, OTHER_IDENT, "x"),
    Case(UUIDField, IDENT, str(IDENT), OTHER_IDENT, "x", TEXTUAL),
    Case(EnumField, Size.SMALL, "s", Size.LARGE, "x", {"enum": Size}),
    Case(SequenceField, 1, 1, 2, None),
]
REFUSING = [case for case in CASES if case.wrong is not None]
# Whose empty value, and default, is None.
PLAIN = [case for case in CASES if case.cls is not SequenceField]


def model(case, **options):
    """Make a document with the field in each place where it may be."""

    class Part(EmbeddedDocument):
        inner = case.field(**options)

    class Holder(Document):
        one = case.field(**options)
        many = ListField(case.field())
        named = MapField(case.field())
        part = EmbeddedDocumentField(Part)

    Holder.Part = Part
    return Holder


def name(case):
    return f"{case.cls.__name__}{'-'.join(case.options)}"


OPTIONS = CodecOptions(uuid_representation=UuidRepresentation.STANDARD)


def decoded(stored):
    """Return what comes back from the database."""
    return bson.decode(bson.encode(stored, codec_options=OPTIONS), OPTIONS)


each_case = pytest.mark.parametrize("case", CASES, ids=name)
each_plain_case = pytest.mark.parametrize("case", PLAIN, ids=name)
each_refusing_case = pytest.mark.parametrize("case", REFUSING, ids=name)


def filled(cls, value):
    return cls(one=value, many=[value], named={"k": value}, part=cls.Part(inner=value))


def stored_form(stored):
    return {
        "one": stored,
        "many": [stored],
        "named": {"k": stored},
        "part": {"inner": stored},
    }


@each_case
def test_values_are_stored_and_loaded(case):
    cls = model(case)
    document = filled(cls, case.value)
    document.validate()
    assert document.to_mongo() == stored_form(case.stored)
    assert type(document.to_mongo()["one"]) is type(case.stored)
    loaded = cls._from_son(decoded(document.to_mongo()))
    loaded.validate()
    values = [loaded.one, *loaded.many, *loaded.named.values(), loaded.part.inner]
    for value in values:
        assert value == document.one
        assert isinstance(value, type(case.value))
    assert loaded.to_mongo() == stored_form(case.stored)
    assert loaded._get_changed_fields() == []


@each_refusing_case
def test_wrong_values_are_told_by_their_place(case):
    cls = model(case)
    document = cls(one=case.value, part=cls.Part())
    document.one = document.part.inner = case.wrong
    document.many, document.named = [case.value, case.wrong], {"k": case.wrong}
    with pytest.raises(ValidationError) as caught:
        document.validate()
    reason = caught.value.to_dict()["one"]
    assert caught.value.to_dict() == {
        "one": reason,
        "many": {1: caught.value.to_dict()["many"][1]},
        "named": {"k": caught.value.to_dict()["named"]["k"]},
        "part": {"inner": reason},
    }


@each_plain_case
def test_a_missing_value_is_none_and_not_stored(case):
    cls = model(case)
    for document in (cls(), cls(one=None), cls._from_son({}), cls(one=case.value)):
        document.one = None
        assert document.one is None
        document.validate()
        assert document.to_mongo() == {"many": [], "named": {}}


@each_plain_case
def test_a_null_is_stored(case):
    cls = model(case, null=True)
    for document in (cls(), cls(one=None), cls._from_son({"one": None})):
        assert document.one is None
        document.validate()
        assert document.to_mongo()["one"] is None


@each_case
@pytest.mark.parametrize("made", [False, True])
def test_a_default_is_used_for_what_is_missing_or_none(case, made):
    default = (lambda: case.value) if made else case.value
    cls = model(case, default=default)
    assigned = cls(one=case.other)
    if case.cls is not SequenceField:  # which draws a number instead
        assigned.one = None
        assert assigned.one == case.value
    for document in (
        cls(),
        cls(one=None),
        cls._from_son({}),
        cls._from_son({"one": None}),
    ):
        assert document.one == case.value
        assert document.to_mongo()["one"] == case.stored
        document.validate()


@each_plain_case
def test_a_required_value_must_be_there(case):
    cls = model(case, required=True)
    cls(one=case.value).validate()
    with pytest.raises(ValidationError) as caught:
        cls(part=cls.Part()).validate()
    missing = "Field is required"
    assert caught.value.to_dict() == {"one": missing, "part": {"inner": missing}}


@each_case
def test_choices_permit_some_values(case):
    # A document holds this moment as text, and that is what is looked up.
    choice = case.stored if case.cls is ComplexDateTimeField else case.value
    cls = model(case, choices=[choice])
    cls(one=case.value).validate()
    with pytest.raises(ValidationError) as caught:
        cls(one=case.other, part=cls.Part(inner=case.value)).validate()
    assert caught.value.to_dict() == {"one": f"Value must be one of {[choice]}"}


@each_case
def test_a_validation_function_sees_the_value(case):
    seen = []

    def refuse(value):
        seen.append(value)
        raise ValidationError("not today")

    cls = model(case, validation=refuse)
    with pytest.raises(ValidationError) as caught:
        cls(one=case.value).validate()
    assert caught.value.to_dict() == {"one": "not today"}
    assert seen in ([case.value], [case.stored])


@each_case
def test_a_name_in_the_database(case):
    cls = model(case, db_field="o")
    document = cls(one=case.value, part=cls.Part(inner=case.value))
    stored = document.to_mongo()
    assert (stored["o"], stored["part"]) == (case.stored, {"o": case.stored})
    loaded = cls._from_son(decoded(stored))
    assert loaded.one == loaded.part.inner == document.one
    loaded.one = loaded.part.inner = case.other
    assert loaded._get_changed_fields() == ["o", "part.o"]


@each_case
def test_changes_are_noticed(case):
    document = model(case)._from_son(decoded(stored_form(case.stored)))
    document.one = case.other
    document.many.append(case.other)
    document.named["n"] = case.other
    document.part.inner = case.other
    stored = {"many": document.to_mongo()["many"]}
    changes, removals = document._delta()
    assert changes == {
        "one": stored["many"][1],
        "many": stored["many"],
        "named.n": stored["many"][1],
        "part.inner": stored["many"][1],
    }
    assert removals == {}


@each_case
def test_a_primary_key(case):
    class Keyed(Document):
        key = case.field(primary_key=True)

    document = Keyed(key=case.value)
    document.validate()
    assert document.to_mongo() == {"_id": case.stored}
    assert (
        document.pk == document.key == Keyed._from_son(decoded(document.to_mongo())).pk
    )
