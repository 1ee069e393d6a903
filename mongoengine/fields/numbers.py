"""Fields that hold numbers and truth values."""

from __future__ import annotations

import decimal
from decimal import Decimal
from typing import Any, ClassVar

from bson.decimal128 import Decimal128, create_decimal128_context
from bson.int64 import Int64

from mongoengine.base.field import BaseField, T


class _Number(BaseField[T]):
    """What fields with a lowest and a highest value share."""

    _kind_of_number: str  # in messages

    def __init__(
        self, min_value: Any = None, max_value: Any = None, **kwargs: Any
    ) -> None:
        """Describe a number from ``min_value`` to ``max_value``, both included."""
        self.min_value = min_value
        self.max_value = max_value
        super().__init__(**kwargs)

    def _check_range(self, value: Any) -> None:
        if self.min_value is not None and value < self.min_value:
            self.error(f"{self._kind_of_number} value is too small")
        if self.max_value is not None and value > self.max_value:
            self.error(f"{self._kind_of_number} value is too large")

    def _accepts_native(self) -> bool:
        """Say whether any number will do."""
        limits = (self.min_value, self.max_value)
        return limits == (None, None) and super()._accepts_native()


class IntField(_Number["int | None"]):
    """Whole numbers."""

    _native_type: ClassVar[type | None] = int
    _kind_of_number = "Integer"

    def to_python(self, value: Any) -> Any:
        """Convert to an int; what cannot be one is kept."""
        if type(value) is int:
            return value
        try:
            return int(value)
        except (TypeError, ValueError):
            return value

    def validate(self, value: Any, clean: bool = True) -> None:
        """Check that it can be converted, and the range."""
        if type(value) is not int:
            try:
                value = int(value)
            except (TypeError, ValueError):
                self.error(f"{value} could not be converted to int")
        self._check_range(value)

    def prepare_query_value(self, op: str | None, value: Any) -> Any:
        """Convert to an int; None stays."""
        return None if value is None else super().prepare_query_value(op, int(value))


class LongField(IntField):
    """Whole numbers, stored in 64 bits whatever their size."""

    _native_type: ClassVar[type | None] = None  # decoded as int or Int64, by size

    def to_mongo(self, value: Any) -> Any:
        """Convert to what is stored in 64 bits."""
        return Int64(value)


class FloatField(_Number["float | None"]):
    """Floating-point numbers."""

    _native_type: ClassVar[type | None] = float
    _kind_of_number = "Float"

    def to_python(self, value: Any) -> Any:
        """Convert to a float; text that cannot be one is kept."""
        if type(value) is float:
            return value
        try:
            return float(value)
        except ValueError:
            return value

    def validate(self, value: Any, clean: bool = True) -> None:
        """Check type and range; whole numbers will do."""
        if isinstance(value, int):
            try:
                value = float(value)
            except OverflowError:
                self.error("The value is too large to be converted to float")
        if not isinstance(value, float):
            self.error("FloatField only accepts float and integer values")
        self._check_range(value)

    def prepare_query_value(self, op: str | None, value: Any) -> Any:
        """Convert to a float; None stays."""
        return None if value is None else super().prepare_query_value(op, float(value))


class DecimalField(_Number["Decimal | None"]):
    """Decimal numbers, rounded, and stored as floats or as text.

    ``Decimal128Field`` stores them exactly.
    """

    _kind_of_number = "Decimal"

    def __init__(
        self,
        min_value: Any = None,
        max_value: Any = None,
        force_string: bool = False,
        precision: int = 2,
        rounding: str = decimal.ROUND_HALF_UP,
        **kwargs: Any,
    ) -> None:
        """Describe a number of ``precision`` decimal places, rounded by ``rounding``.

        With ``force_string`` it is stored as text, which keeps its digits, but does
        not sort by size.
        """
        if precision < 0 or not isinstance(precision, int):
            self.error("precision must be a positive integer")
        self.force_string = force_string
        self.precision = precision
        self.rounding = rounding
        super().__init__(min_value, max_value, **kwargs)

    def to_python(self, value: Any) -> Any:
        """Convert to a rounded Decimal; what cannot be one is kept."""
        try:
            number = Decimal(str(value))
        except decimal.InvalidOperation:
            return value
        smallest_step = Decimal(1).scaleb(-self.precision)
        return number.quantize(smallest_step, rounding=self.rounding)

    def to_mongo(self, value: Any) -> Any:
        """Convert to a float, or to text, after rounding."""
        number = self.to_python(value)
        return str(number) if self.force_string else float(number)

    def validate(self, value: Any, clean: bool = True) -> None:
        """Check that it can be converted, and the range."""
        if not isinstance(value, Decimal):
            try:
                value = Decimal(str(value))
            except decimal.InvalidOperation as error:
                self.error(f"Could not convert value to decimal: {error}")
        self._check_range(value)

    def prepare_query_value(self, op: str | None, value: Any) -> Any:
        """Convert to what is stored; None stays."""
        if value is None:
            return None
        return super().prepare_query_value(op, self.to_mongo(value))


class Decimal128Field(_Number["Decimal | None"]):
    """Decimal numbers of up to 34 digits, stored exactly."""

    DECIMAL_CONTEXT = create_decimal128_context()
    _kind_of_number = "Decimal"

    def to_mongo(self, value: Any) -> Any:
        """Convert to what is stored: what cannot be a number becomes NaN."""
        if value is None or isinstance(value, Decimal128):
            return value
        # The context is shared, and would collect the signals of all threads.
        with decimal.localcontext(self.DECIMAL_CONTEXT) as context:
            return Decimal128(context.create_decimal(value))

    def to_python(self, value: Any) -> Any:
        """Convert to a Decimal: what cannot be a number becomes NaN."""
        return None if value is None else self.to_mongo(value).to_decimal()

    def validate(self, value: Any, clean: bool = True) -> None:
        """Check that it is a decimal number or the text of one, and the range."""
        if not isinstance(value, Decimal128):
            try:
                value = Decimal128(value)
            except (TypeError, ValueError, decimal.InvalidOperation) as error:
                self.error(f"Could not convert value to Decimal128: {error}")
        self._check_range(value.to_decimal())

    def prepare_query_value(self, op: str | None, value: Any) -> Any:
        """Convert to what is stored."""
        return super().prepare_query_value(op, self.to_mongo(value))


class BooleanField(BaseField["bool | None"]):
    """True or False."""

    _native_type: ClassVar[type | None] = bool

    def to_python(self, value: Any) -> Any:
        """Convert by truth; what has none is kept."""
        if type(value) is bool:
            return value
        try:
            return bool(value)
        except (TypeError, ValueError):
            return value

    def validate(self, value: Any, clean: bool = True) -> None:
        """Refuse what is neither True nor False."""
        if not isinstance(value, bool):
            self.error("BooleanField only accepts boolean values")
