"""EnumField."""

import enum

from battery import SOME_ID, attributes_of, data_of, exercise, make_field
from bson.son import SON
from recorder import step

from mongoengine import (
    Document,
    EnumField,
    ListField,
    MapField,
)


class Colour(enum.Enum):
    RED = "red"
    BLUE = 2
    CRIMSON = RED  # an alias
    NOTHING = None


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Name(str, enum.Enum):
    ANN = "ann"
    BOB = "bob"


class Flags(enum.Flag):
    A = 1
    B = 2


class Pairs(enum.Enum):
    ONE = (1, "one")
    DICT = SON(a=1)


OPS = ("exact", "in", "gt", "contains", "exists", None)
ENUMS = [
    *Colour,
    *Level,
    *Name,
    *Pairs,
    Flags.A,
    "red",
    "RED",
    2,
    "2",
    1,
    1.0,
    2.0,
    True,
    "ann",
]
ENUMS += [
    "ANN",
    None,
    "",
    [],
    ["red"],
    {},
    (1, "one"),
    [1, "one"],
    3,
    SON(a=1),
    {"a": 1},
    Colour,
]
NAMES = {"Colour": Colour, "Level": Level, "Name": Name, "Flags": Flags, "Pairs": Pairs}
for source in ("Colour", "Level", "Name", "Flags", "Pairs"):
    exercise(f"EnumField({source})", ENUMS, OPS, **NAMES)
for options in (
    *(
        "required=True",
        "null=True",
        "default=Colour.RED",
        "default='red'",
        "db_field='x'",
    ),
    *(
        "choices=[Colour.RED]",
        "choices=['red']",
        "choices=[Colour.RED, 'nope']",
        "choices=None",
    ),
    *("choices=[Level.LOW]", "choices=[]", "choices=[(Colour.RED, 'Red')]"),
):
    exercise(
        f"EnumField(Colour, {options})",
        [None, Colour.RED, Colour.BLUE, "red", 2, "no"],
        OPS,
        **NAMES,
    )


def observe_misuse(source):
    step(
        f"misuse EnumField({source})",
        lambda: attributes_of(make_field(f"EnumField({source})", **NAMES, enum=enum)),
    )


for source in (
    "5",
    "'Colour'",
    "None",
    "",
    "int",
    "enum.Enum",
    "Colour.RED",
    "Colour, 'x'",
    "enum=Colour",
):
    observe_misuse(source)


class Painted(Document):
    colour = EnumField(Colour)
    level = EnumField(Level, default=Level.LOW)
    few = EnumField(Colour, choices=[Colour.RED])
    many = ListField(EnumField(Colour))
    by_name = MapField(EnumField(Level))


step("EnumField choices", lambda: (Painted.colour.choices, Painted.few.choices))


def observe_display(name):
    step(f"display of {name}", lambda: getattr(Painted(), f"get_{name}_display")())


for name in ("colour", "level", "few"):
    observe_display(name)
step("display of a value", lambda: Painted(colour="red").get_colour_display())
step("display of a member", lambda: Painted(colour=Colour.RED).get_colour_display())
step(
    "enums loaded",
    lambda: Painted._from_son(
        {"colour": "red", "many": [2, "red"], "by_name": {"a": 1}}
    ),
)
step(
    "enums loaded, bad",
    lambda: Painted._from_son({"colour": "nope", "many": [3], "by_name": {"a": 9}}),
)


@step("enums changed")
def _():
    painted = Painted._from_son({"_id": SOME_ID, "colour": "red", "many": ["red"]})
    painted.colour = "red"
    same = painted._get_changed_fields()
    painted.colour = Colour.RED
    still = painted._get_changed_fields()
    painted.colour = 2
    painted.many.append(2)
    return same, still, painted._delta(), painted.colour, painted.many


@step("enums assigned, read")
def _():
    painted = Painted()
    painted.colour, painted.level, painted.many = "red", 2, ["red", 2]
    return (
        painted.colour,
        painted.level,
        painted.many,
        data_of(painted),
        painted.to_mongo(),
    )


@step("bad enum assigned")
def _():
    painted = Painted()
    painted.colour = "nope"
    return painted.colour, painted.validate()
