"""ObjectIdField, UUIDField and BinaryField."""

import uuid
from io import BytesIO

from battery import SOME_ID, exercise
from bson import Binary, ObjectId

from mongoengine import (
    Document,
)

HEX = "0123456789abcdef01234567"
UUID = uuid.UUID("12345678-1234-5678-1234-567812345678")


class Person(Document):
    pass


OPS = ("exact", "in", "gt", "contains", "exists", None)
IDS = [
    SOME_ID,
    HEX,
    HEX.upper(),
    HEX[:-1],
    "x",
    "",
    None,
    5,
    5.5,
    HEX.encode(),
    b"0123456789ab",
]
IDS += [
    "0123456789ab",
    [],
    [HEX],
    {},
    True,
    Person(id=SOME_ID),
    Person(),
    object,
    ObjectId,
]
for options in (
    "",
    "required=True",
    "null=True",
    "default=HEX",
    "db_field='x'",
    "choices=[HEX]",
):
    exercise(f"ObjectIdField({options})", IDS, OPS, HEX=HEX)

UUIDS = [
    UUID,
    str(UUID),
    UUID.hex,
    str(UUID).upper(),
    f"{{{UUID}}}",
    UUID.urn,
    UUID.bytes,
    UUID.int,
]
UUIDS += [
    "x",
    "",
    None,
    5,
    [],
    {},
    True,
    Binary(UUID.bytes, 3),
    Binary(UUID.bytes, 4),
    Binary(b"x"),
]
for options in (
    "",
    "binary=True",
    "binary=False",
    "binary=None",
    "required=True",
    "null=True",
):
    exercise(f"UUIDField({options})", UUIDS, OPS)
exercise("UUIDField(binary=False, default=lambda: UUID)", [None, str(UUID)], UUID=UUID)

BINARIES = [
    b"",
    b"abc",
    b"\0\xff",
    bytearray(b"abc"),
    memoryview(b"abc"),
    Binary(b"abc"),
    "abc",
]
BINARIES += [Binary(b"abc", 128), None, 5, [97], {}, True, BytesIO(b"abc"), UUID]
for options in (
    "",
    "max_bytes=2",
    "max_bytes=3",
    "max_bytes=0",
    "required=True",
    "null=True",
):
    exercise(f"BinaryField({options})", BINARIES, OPS)
exercise("BinaryField(default=b'd')", [None, b"a"])
exercise("BinaryField(choices=[b'a'])", [b"a", b"b", Binary(b"a")])
