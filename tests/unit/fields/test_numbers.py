"""IntField, LongField, FloatField, DecimalField, Decimal128Field and BooleanField."""

import decimal
import threading
from decimal import Decimal

import pytest
from bson import Decimal128, Int64
from hypothesis import given
from hypothesis import strategies as st

from mongoengine.errors import ValidationError
from mongoengine.fields import (
    BooleanField,
    Decimal128Field,
    DecimalField,
    FloatField,
    IntField,
    LongField,
)

NUMBERS = [IntField, LongField, FloatField, DecimalField, Decimal128Field]
INFINITE = float("inf")


def problem(field, value):
    """Return the message that a value is refused with, None if it is valid."""
    try:
        field.validate(value)
    except ValidationError as error:
        return error.message
    return None


def same(one, other):
    return (type(one), repr(one)) == (type(other), repr(other))


@pytest.mark.parametrize(
    ("field", "value", "converted"),
    [
        (IntField(), 1.9, 1),
        (IntField(), True, 1),
        (IntField(), " 1 ", 1),
        (IntField(), b"1", 1),
        (IntField(), Int64(5), 5),
        (IntField(), "1.5", "1.5"),
        (IntField(), "x", "x"),
        (IntField(), None, None),
        (IntField(), [], []),
        (LongField(), Int64(5), 5),
        (FloatField(), 1, 1.0),
        (FloatField(), "1e3", 1000.0),
        (FloatField(), 2**64, 1.8446744073709552e19),
        (FloatField(), "x", "x"),
        (DecimalField(), "1", Decimal("1.00")),
        (DecimalField(), 2.675, Decimal("2.68")),
        (DecimalField(), -2.675, Decimal("-2.68")),
        (DecimalField(), Decimal128("1.5"), Decimal("1.50")),
        (DecimalField(), "NaN", Decimal("NaN")),
        (DecimalField(), "x", "x"),
        (DecimalField(), True, True),
        (DecimalField(), b"1", b"1"),
        (DecimalField(), None, None),
        (DecimalField(precision=0), 2.5, Decimal("3")),
        (DecimalField(precision=4), "1.00005", Decimal("1.0001")),
        (DecimalField(rounding=decimal.ROUND_DOWN), "1.999", Decimal("1.99")),
        (Decimal128Field(), 5, Decimal("5")),
        (Decimal128Field(), "1.50", Decimal("1.50")),
        (Decimal128Field(), "0." + "1" * 40, Decimal("0." + "1" * 34)),
        (Decimal128Field(), Decimal128("1.50"), Decimal("1.50")),
        (Decimal128Field(), "x", Decimal("NaN")),
        (Decimal128Field(), None, None),
        (BooleanField(), 1, True),
        (BooleanField(), "False", True),
        (BooleanField(), "", False),
        (BooleanField(), None, False),
    ],
)
def test_numbers_are_converted(field, value, converted):
    assert same(field.to_python(value), converted)


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        (IntField(), INFINITE, OverflowError),
        (FloatField(), None, TypeError),
        (FloatField(), [], TypeError),
        (FloatField(), 10**400, OverflowError),
        (DecimalField(), INFINITE, decimal.InvalidOperation),
        (Decimal128Field(), b"1", TypeError),
        (Decimal128Field(), [], ValueError),
    ],
)
def test_some_values_fail_to_convert(field, value, error):
    with pytest.raises(error):
        field.to_python(value)


def test_a_value_without_truth_is_kept():
    class Array:
        def __bool__(self):
            raise ValueError("ambiguous")

    array = Array()
    assert BooleanField().to_python(array) is array


@pytest.mark.parametrize(
    ("field", "value", "stored"),
    [
        (IntField(), "1", 1),
        (LongField(), 1, Int64(1)),
        (LongField(), "7", Int64(7)),
        (FloatField(), 1, 1.0),
        (DecimalField(), "1.005", 1.01),
        (DecimalField(force_string=True), "1.005", "1.01"),
        (DecimalField(force_string=True), None, "None"),
        (Decimal128Field(), "1.50", Decimal128("1.50")),
        (Decimal128Field(), 2, Decimal128("2")),
        (Decimal128Field(), "1e6145", Decimal128("Infinity")),
        (Decimal128Field(), None, None),
        (BooleanField(), 1, True),
    ],
)
def test_numbers_are_stored(field, value, stored):
    assert same(field.to_mongo(value), stored)


@pytest.mark.parametrize(
    ("field", "value"), [(LongField(), "x"), (DecimalField(), "x")]
)
def test_what_is_no_number_cannot_be_stored(field, value):
    with pytest.raises(ValueError, match="could not convert|invalid literal"):
        field.to_mongo(value)


SYNTAX = "[<class 'decimal.ConversionSyntax'>]"
ONLY_FLOATS = "FloatField only accepts float and integer values"
ONLY_BOOLEANS = "BooleanField only accepts boolean values"
NO_DECIMAL128 = "Could not convert value to Decimal128: "


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        (IntField(), "5", None),
        (IntField(), 5.5, None),
        (IntField(), 2**64, None),
        (IntField(), "x", "x could not be converted to int"),
        (IntField(), None, "None could not be converted to int"),
        (FloatField(), 1, None),
        (FloatField(), float("nan"), None),
        (FloatField(), "1.5", ONLY_FLOATS),
        (FloatField(), None, ONLY_FLOATS),
        (FloatField(), 10**400, "The value is too large to be converted to float"),
        (DecimalField(), "1.5", None),
        (DecimalField(), INFINITE, None),
        (DecimalField(), "x", f"Could not convert value to decimal: {SYNTAX}"),
        (DecimalField(), None, f"Could not convert value to decimal: {SYNTAX}"),
        (Decimal128Field(), "1.5", None),
        (Decimal128Field(), Decimal("1.5"), None),
        (Decimal128Field(), Decimal128("1.5"), None),
        (Decimal128Field(), 1, f"{NO_DECIMAL128}Cannot convert 1 to Decimal128"),
        (Decimal128Field(), None, f"{NO_DECIMAL128}Cannot convert None to Decimal128"),
        (Decimal128Field(), "x", f"{NO_DECIMAL128}{SYNTAX}"),
        (BooleanField(), False, None),
        (BooleanField(), 0, ONLY_BOOLEANS),
        (BooleanField(), "True", ONLY_BOOLEANS),
        (BooleanField(), None, ONLY_BOOLEANS),
    ],
)
def test_numbers_are_validated(field, value, expected):
    assert problem(field, value) == expected


def number_for(cls, value):
    return Decimal(value) if cls is Decimal128Field else value


@pytest.mark.parametrize("cls", NUMBERS)
@pytest.mark.parametrize(
    ("bounds", "valid", "small", "large"),
    [
        ({"min_value": 1, "max_value": 10}, [1, 5, 10], [0, -1], [11]),
        ({"min_value": 0}, [0, 10**9], [-1], []),
        ({"max_value": 0}, [0, -(10**9)], [], [1]),
    ],
)
def test_bounds_are_included(cls, bounds, valid, small, large):
    field = cls(**bounds)
    kind = cls.__name__.removesuffix("Field").rstrip("128")
    kind = "Integer" if kind in {"Int", "Long"} else kind
    for values, expected in [
        (valid, None),
        (small, f"{kind} value is too small"),
        (large, f"{kind} value is too large"),
    ]:
        for value in values:
            assert problem(field, number_for(cls, value)) == expected


@pytest.mark.parametrize("precision", [-1, 1.5])
def test_a_precision_is_a_whole_number(precision):
    with pytest.raises(ValidationError, match="precision must be a positive integer"):
        DecimalField(precision=precision)


@pytest.mark.parametrize("op", [None, "gt", "in", "set"])
@pytest.mark.parametrize(
    ("field", "value", "queried"),
    [
        (IntField(), "5", 5),
        (LongField(), 5.9, 5),
        (FloatField(), "5", 5.0),
        (DecimalField(), "2.675", 2.68),
        (DecimalField(force_string=True), 2.675, "2.68"),
        (Decimal128Field(), "1.5", Decimal128("1.5")),
        (BooleanField(), True, True),
    ],
)
def test_values_of_queries_are_converted(field, op, value, queried):
    assert same(field.prepare_query_value(op, value), queried)


@pytest.mark.parametrize("cls", [*NUMBERS, BooleanField])
def test_none_may_be_queried(cls):
    assert cls().prepare_query_value("exact", None) is None


@pytest.mark.parametrize("cls", [IntField, FloatField, DecimalField])
def test_bounds_hold_for_updates_and_not_for_queries(cls):
    field = cls(min_value=5)
    assert field.prepare_query_value("gt", 3) == 3
    with pytest.raises(ValidationError, match="value is too small"):
        field.prepare_query_value("set", 3)


@pytest.mark.parametrize("cls", [IntField, FloatField, DecimalField])
def test_what_is_no_number_cannot_be_queried(cls):
    with pytest.raises(ValueError, match="could not convert|invalid literal"):
        cls().prepare_query_value("exact", "x")


def test_conversions_leave_the_shared_context_alone():
    field = Decimal128Field()
    threads = [threading.Thread(target=field.to_mongo, args=("x",)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert field.DECIMAL_CONTEXT.prec == 34
    assert not any(field.DECIMAL_CONTEXT.flags.values())


@given(st.integers())
def test_integers_come_back(number):
    assert same(IntField().to_python(IntField().to_mongo(number)), number)
    assert same(LongField().to_python(LongField().to_mongo(number)), number)


@given(st.floats())
def test_floats_come_back(number):
    assert same(FloatField().to_python(FloatField().to_mongo(number)), number)


@given(st.decimals(-(10**9), 10**9, places=3))
def test_decimals_come_back(number):
    for field in (DecimalField(precision=3, force_string=True), Decimal128Field()):
        assert field.to_python(field.to_mongo(number)) == number
        assert problem(field, number) is None
