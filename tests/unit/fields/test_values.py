"""ObjectIdField, BinaryField, UUIDField and EnumField."""

import enum
from uuid import UUID

import pytest
from bson import Binary, ObjectId
from hypothesis import given
from hypothesis import strategies as st

from mongoengine import Document
from mongoengine.errors import ValidationError
from mongoengine.fields import (
    BinaryField,
    EnumField,
    ListField,
    ObjectIdField,
    UUIDField,
)

HEX = "0123456789abcdef01234567"
ID = ObjectId(HEX)
SOME_UUID = UUID("12345678-1234-5678-1234-567812345678")


def problem(field, value):
    """Return the message that a value is refused with, None if it is valid."""
    try:
        field.validate(value)
    except ValidationError as error:
        return error.message
    return None


# ObjectIdField


@pytest.mark.parametrize("value", [ID, HEX, HEX.upper()])
def test_ids_may_be_text(value):
    field = ObjectIdField()
    query = field.prepare_query_value
    assert field.to_python(value) == field.to_mongo(value) == query("gt", value) == ID
    assert problem(field, value) is None


@pytest.mark.parametrize("value", ["x", "", HEX[:-1], 5, [], {}, b"0123456789ab"])
def test_what_is_no_id(value):
    field = ObjectIdField(db_field="i")
    field.name = "ident"
    assert problem(field, value) == "Invalid ObjectID"
    for convert in (field.to_mongo, lambda value: field.prepare_query_value("", value)):
        with pytest.raises(ValidationError, match="is not a valid ObjectId") as caught:
            convert(value)
        assert caught.value.field_name == "ident"


@pytest.mark.parametrize("value", ["x", "", 5, [HEX], {}])
def test_what_is_no_id_is_kept(value):
    assert ObjectIdField().to_python(value) == value


def test_twelve_bytes_and_none_make_ids():
    assert ObjectIdField().to_python(b"0123456789ab") == ObjectId(b"0123456789ab")
    assert isinstance(ObjectIdField().to_python(None), ObjectId)
    assert ObjectIdField().prepare_query_value("exact", None) is None


# BinaryField

NO_BYTES = "BinaryField only accepts instances of (bytes, Binary, Binary)"


@pytest.mark.parametrize(
    ("options", "value", "expected"),
    [
        ({}, b"", None),
        ({}, b"\0\xff", None),
        ({}, Binary(b"abc", 128), None),
        ({}, bytearray(b"abc"), NO_BYTES),
        ({}, memoryview(b"abc"), NO_BYTES),
        ({}, "abc", NO_BYTES),
        ({}, None, NO_BYTES),
        ({"max_bytes": 3}, b"abc", None),
        ({"max_bytes": 2}, b"abc", "Binary value is too long"),
        ({"max_bytes": 0}, b"a", "Binary value is too long"),
        ({"max_bytes": 0}, b"", None),
    ],
)
def test_bytes_are_validated(options, value, expected):
    assert problem(BinaryField(**options), value) == expected


@pytest.mark.parametrize(
    "value", [b"abc", bytearray(b"abc"), memoryview(b"abc"), Binary(b"abc")]
)
def test_bytes_are_stored_as_binary_data(value):
    for stored in (
        BinaryField().to_mongo(value),
        BinaryField().prepare_query_value("exact", value),
    ):
        assert (type(stored), stored) == (Binary, Binary(b"abc"))


@pytest.mark.parametrize("value", ["abc", 5, [97], True])
def test_what_is_not_bytes_cannot_be_stored(value):
    with pytest.raises(TypeError, match="a bytes-like object is required"):
        BinaryField().to_mongo(value)


def test_bytes_of_updates_must_be_valid():
    field = BinaryField(max_bytes=1)
    assert field.prepare_query_value("gt", b"ab") == Binary(b"ab")
    assert field.prepare_query_value("set", None) is None
    with pytest.raises(ValidationError, match="too long"):
        field.prepare_query_value("set", b"ab")


class Blob(Document):
    content = BinaryField()


def test_documents_copy_bytearrays():
    buffer = bytearray(b"abc")
    given, assigned = Blob(content=buffer), Blob()
    assigned.content = buffer
    loaded = Blob._from_son({"content": buffer})
    buffer.clear()
    for blob in (given, assigned, loaded):
        assert (type(blob.content), blob.content) == (bytes, b"abc")


def test_documents_keep_bytes_and_binary_data():
    for value in (b"abc", Binary(b"abc", 128)):
        assert Blob(content=value).content is value
        assert Blob._from_son({"content": value}).content is value


# UUIDField

BAD_UUID = "badly formed hexadecimal UUID string"
UUID_TEXTS = [str(SOME_UUID), SOME_UUID.hex, f"{{{SOME_UUID}}}", SOME_UUID.urn]


@pytest.mark.parametrize("text", UUID_TEXTS)
def test_uuids_may_be_text(text):
    binary, textual = UUIDField(), UUIDField(binary=False)
    assert binary.to_python(text) == text
    assert binary.to_mongo(text) == binary.prepare_query_value("gt", text) == SOME_UUID
    assert textual.to_python(text) == SOME_UUID
    assert textual.to_mongo(text) == textual.prepare_query_value("gt", text) == text
    assert problem(binary, text) is problem(textual, text) is None


def test_uuids_are_stored_as_binary_data_or_text():
    assert UUIDField().to_mongo(SOME_UUID) is SOME_UUID
    assert UUIDField().to_python(SOME_UUID) is SOME_UUID
    assert UUIDField(binary=False).to_mongo(SOME_UUID) == str(SOME_UUID)
    assert UUIDField(binary=False).to_python(SOME_UUID) == SOME_UUID


@pytest.mark.parametrize("value", ["x", "", None, 5, [], SOME_UUID.bytes])
def test_what_is_no_uuid(value):
    for field in (UUIDField(), UUIDField(binary=False)):
        assert field.to_python(value) == value
        assert problem(field, value) == f"Could not convert to UUID: {BAD_UUID}"
    assert UUIDField(binary=False).to_mongo(value) == str(value)


def test_only_text_that_is_no_uuid_cannot_be_stored():
    assert UUIDField().to_mongo(5) == 5
    with pytest.raises(ValueError, match=BAD_UUID):
        UUIDField().to_mongo("x")
    with pytest.raises(ValueError, match=BAD_UUID):
        UUIDField().prepare_query_value("exact", "x")
    assert UUIDField(binary=False).prepare_query_value("exact", None) is None


# EnumField


class Colour(enum.Enum):
    RED = "red"
    BLUE = 2


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Answer(enum.Enum):
    YES = True
    NONE = None


@pytest.mark.parametrize("member", [*Colour, *Level])
def test_members_are_stored_as_their_values(member):
    field = EnumField(type(member))
    assert field.to_mongo(member) == field.prepare_query_value("gt", member)
    assert type(field.to_mongo(member)) is type(member.value)
    assert field.to_python(member) is field.to_python(member.value) is member
    assert problem(field, member) is problem(field, member.value) is None


@pytest.mark.parametrize("value", ["RED", 1, None, "", ["red"], {}])
def test_what_is_no_member(value):
    field = EnumField(Colour)
    assert field.to_python(value) == field.to_mongo(value) == value
    assert problem(field, value) == f"{value} is not a valid <enum 'Colour'>"


def test_members_of_other_enumerations_count_by_their_value():
    field = EnumField(Colour)
    assert field.to_python(Level.HIGH) is Colour.BLUE
    assert field.to_python(Level.LOW) is Level.LOW
    assert field.to_mongo(Level.HIGH) is Level.HIGH


def test_updates_need_a_member_or_its_value():
    query = EnumField(Colour).prepare_query_value
    assert query("set", Colour.RED) == query("set", "red") == "red"
    assert query("set", None) is None
    assert query("exact", "green") == "green"
    with pytest.raises(ValidationError, match="green is not a valid <enum 'Colour'>"):
        query("set", "green")


def test_choices_are_members():
    assert EnumField(Colour).choices == [Colour.RED, Colour.BLUE]
    assert EnumField(Colour, choices=[]).choices == [Colour.RED, Colour.BLUE]
    assert EnumField(Colour, choices=[Colour.RED]).choices == [Colour.RED]
    for wrong in ("red", Level.LOW, (Colour.RED, "Red")):
        with pytest.raises(ValueError, match="Invalid choices: "):
            EnumField(Colour, choices=[Colour.RED, wrong])


class Painted(Document):
    colour = EnumField(Colour)
    level = EnumField(Level, default=Level.LOW)
    few = EnumField(Colour, choices=[Colour.RED])
    many = ListField(EnumField(Colour))
    answer = EnumField(Answer, default=Answer.YES)


def test_documents_hold_members():
    painted = Painted(colour="red", level=2, many=["red", 2])
    painted.few = "red"
    loaded = Painted._from_son(painted.to_mongo())
    for one in (painted, loaded):
        assert (one.colour, one.level) == (Colour.RED, Level.HIGH)
        assert (one.few, one.many) == (Colour.RED, [Colour.RED, Colour.BLUE])
        one.validate()


def test_a_missing_value_may_be_a_member():
    painted = Painted()
    assert (painted.colour, painted.level) == (None, Level.LOW)
    assert painted.answer is Painted(answer=None).answer is Answer.NONE
    assert Painted._from_son({"answer": None}).answer is Answer.NONE


@pytest.mark.parametrize(
    "options", [{}, {"null": True}, {"default": Answer.YES}, {"required": True}]
)
def test_none_is_the_member_of_that_value_whatever_the_options(options):
    class Asked(Document):
        answer = EnumField(Answer, **options)

    for asked in (Asked(), Asked(answer=None), Asked._from_son({"answer": None})):
        assert asked._data["answer"] is asked.answer is Answer.NONE
        asked.validate()
        assert asked.to_mongo() == ({"answer": None} if "null" in options else {})


@pytest.mark.parametrize(
    ("default", "delta"),
    [(None, ({}, {"answer": 1})), (Answer.YES, ({"answer": None}, {}))],
)
def test_none_removes_what_was_stored_unless_there_is_a_default(default, delta):
    class Answered(Document):
        answer = EnumField(Answer, default=default)

    answered = Answered._from_son({"_id": ID, "answer": True})
    answered.answer = None
    assert answered._delta() == delta


def test_an_equal_value_is_no_change():
    painted = Painted._from_son({"colour": "red"})
    painted.colour = "red"
    painted.colour = Colour.RED
    assert painted._get_changed_fields() == []
    painted.colour = 2
    assert painted.colour is Colour.BLUE
    assert painted._delta() == ({"colour": 2}, {})


def test_what_is_no_choice_is_kept_and_refused():
    painted = Painted(colour="green", few=Colour.BLUE)
    assert painted.colour == "green"
    with pytest.raises(ValidationError) as caught:
        painted.validate()
    assert caught.value.to_dict() == {
        "colour": f"Value must be one of {list(Colour)}",
        "few": f"Value must be one of {[Colour.RED]}",
    }


@given(st.binary(), st.uuids(), st.sampled_from(Colour))
def test_values_come_back(content, ident, colour):
    binary, textual, members = BinaryField(), UUIDField(binary=False), EnumField(Colour)
    assert bytes(binary.to_python(binary.to_mongo(content))) == content
    assert textual.to_python(textual.to_mongo(ident)) == ident
    assert members.to_python(members.to_mongo(colour)) is colour
