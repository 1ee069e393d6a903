"""IntField, LongField, FloatField, DecimalField, Decimal128Field, BooleanField."""

import decimal
from decimal import Decimal

from battery import attributes_of, exercise
from bson import Decimal128, Int64
from recorder import step

from mongoengine import Decimal128Field, DecimalField, Document, IntField, LongField

NAN, INFINITY = float("nan"), float("inf")
NUMBERS = [0, 1, -1, 5, 1.0, 1.5, -0.0, 2.675, 1e20, 1e400, NAN, 2**31, 2**63, 2**64]
NUMBERS += [-(2**63), -(2**63) - 1, Int64(5), True, False, None, 3 + 1j]
NUMBERS += [
    "",
    " ",
    "1",
    " 1 ",
    "-1",
    "1.0",
    "1.5",
    "1e3",
    "0x10",
    "1_000",
    "\u0661",
    "x",
]
NUMBERS += ["nan", "inf", "-Infinity", b"1", [], [1], {}, {"a": 1}, (1,)]
NUMBERS += [Decimal("1.005"), Decimal("1"), Decimal("NaN"), Decimal("Infinity")]
NUMBERS += [Decimal128("1.50"), Decimal128("NaN"), Decimal("1E+3"), object]

exercise("IntField()", NUMBERS)
exercise("LongField()", NUMBERS)
exercise("FloatField()", NUMBERS)
exercise("DecimalField()", NUMBERS)
exercise("DecimalField(force_string=True)", NUMBERS)
exercise("Decimal128Field()", NUMBERS)
exercise("BooleanField()", [*NUMBERS, "True", "true", "False", "false", "no"])

BOUNDS = [-1, 0, 1, 2, 10, 11, "0", "1", "10", "10.5", None, 10.0, 10.01, 0.99]
for name in ("IntField", "LongField", "FloatField", "DecimalField", "Decimal128Field"):
    exercise(f"{name}(min_value=1, max_value=10)", BOUNDS)
    exercise(f"{name}(min_value=0)", [-1, 0, -0.0, -0.5])
    exercise(f"{name}(max_value=0)", [1, 0, 0.5])
    exercise(f"{name}(null=True, default=3)", [None, 1])
    exercise(f"{name}(default=lambda: 3)", [None, 1])
    exercise(f"{name}(default='3')", [None])
    exercise(f"{name}(required=True)", [None, 0])
    exercise(f"{name}(choices=[1, 2])", [1, 2, 3, "1", 1.0, True])
    exercise(f"{name}(choices=[(1, 'One')], db_field='x')", [1, 3])
exercise("BooleanField(default=True)", [None, False])
exercise("BooleanField(null=True)", [None, False])
exercise("BooleanField(required=True)", [None, False])
exercise("BooleanField(choices=[True])", [None, False, True])

exercise(
    "DecimalField(min_value=Decimal('1.1'))", [1, "1.1", 1.1, 1.099], Decimal=Decimal
)
exercise("DecimalField(min_value='1.1')", [1, "1.1", 1.1], Decimal=Decimal)
exercise("IntField(min_value='1')", [1, 2])
exercise("FloatField(min_value='1')", [1, 2])
PRECISE = [
    "1.005",
    "1.015",
    1.005,
    2.5,
    "-2.5",
    0,
    "1E+3",
    "0.000001",
    "123456789.987654321",
]
PRECISE += [Decimal("1.23456789"), Decimal("1E-10"), None, "x", 10**20, 1e20]
for options in (
    *("precision=0", "precision=1", "precision=4", "precision=10"),
    *("precision=0, force_string=True", "precision=4, force_string=True"),
    "precision=2, rounding=decimal.ROUND_DOWN",
    "precision=2, rounding=decimal.ROUND_HALF_EVEN",
    "precision=0, rounding=decimal.ROUND_CEILING, force_string=True",
):
    exercise(f"DecimalField({options})", PRECISE, decimal=decimal)
exercise(
    "Decimal128Field(min_value=Decimal('1.1'))",
    [1, "1.1", 1.1, "9" * 40],
    Decimal=Decimal,
)
exercise(
    "Decimal128Field()", ["0." + "1" * 40, "1e6144", "1e6145", Decimal("1e-6176"), 0.1]
)

step("DecimalField(precision=-1)", lambda: DecimalField(precision=-1))
step("DecimalField(precision='2')", lambda: DecimalField(precision="2"))
step("DecimalField(precision=1.5)", lambda: DecimalField(precision=1.5))
step("DecimalField(precision=None)", lambda: DecimalField(precision=None))
step("DecimalField(rounding='odd')", lambda: DecimalField(rounding="odd"))
step(
    "DecimalField bad rounding used", lambda: DecimalField(rounding="odd").to_python(1)
)
step(
    "DecimalField attributes",
    lambda: attributes_of(DecimalField(1, 2, True, 3, "ROUND_UP")),
)
step("Decimal128Field context", lambda: type(Decimal128Field.DECIMAL_CONTEXT).__name__)
step("Decimal128Field precision", lambda: Decimal128Field.DECIMAL_CONTEXT.prec)
step("IntField positional", lambda: attributes_of(IntField(1, 2)))
step("IntField too many positional", lambda: IntField(1, 2, 3))
step("LongField is deprecated", lambda: LongField())


class Amounts(Document):
    as_float = DecimalField()
    as_text = DecimalField(force_string=True)
    native = Decimal128Field()


for op in (
    "in",
    "nin",
    "all",
    "mod",
    "inc",
    "dec",
    "mul",
    "set",
    "exists",
    "unknown",
    None,
):
    for value in (1, "1.5", [1, 2], None, 2.675, "x", Decimal("1.1")):
        for name in ("as_float", "as_text", "native"):
            label = f"Amounts.{name} query {op} {value!r}"
            step(label, getattr(Amounts, name).prepare_query_value, op, value)


@step("values are compared after rounding")
def _():
    amounts = Amounts(as_float="2.675", as_text=2.675, native=2.675)
    return amounts, amounts.to_mongo(), amounts == Amounts(as_float="2.68")


@step("arithmetic on loaded values")
def _():
    amounts = Amounts._from_son(
        {"as_float": 2.675, "as_text": "2.675", "native": Decimal128("2.675")}
    )
    return amounts.as_float + 1, amounts.as_text + 1, amounts.native + 1
