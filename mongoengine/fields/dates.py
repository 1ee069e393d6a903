"""Fields that hold dates and times."""

from __future__ import annotations

import importlib
from contextlib import suppress
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar, overload

from mongoengine.base.field import BaseField, T
from mongoengine.fields.text import StringField

dateutil: Any = None  # reads many more formats, where it is installed
with suppress(ImportError):
    dateutil = importlib.import_module("dateutil")
    importlib.import_module("dateutil.parser")

_FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d")
_LONGEST_TEXT = 100  # longer ones are no dates, and could keep a parser busy


class _Moment(BaseField[T]):
    """What fields share whose values are stored as MongoDB's dates."""

    def to_mongo(self, value: Any) -> Any:
        """Convert to a datetime; what cannot be one becomes None."""
        if isinstance(value, datetime):
            return value
        if isinstance(value, date):
            return datetime(value.year, value.month, value.day)
        if callable(value):
            return value()
        return _parse(value) if isinstance(value, str) else None

    def validate(self, value: Any, clean: bool = True) -> None:
        """Refuse what cannot be converted to a date."""
        if type(value) is datetime:
            return
        if not isinstance(self.to_mongo(value), date):
            self.error(f'cannot parse date "{value}"')

    def prepare_query_value(self, op: str | None, value: Any) -> Any:
        """Convert to what is stored."""
        return super().prepare_query_value(op, self.to_mongo(value))


class DateTimeField(_Moment["datetime | None"]):
    """A moment, stored in milliseconds.

    Text is converted when it is stored: "2020-02-29", maybe with a time behind it; and
    many more formats if ``python-dateutil`` is installed.
    """

    _native_type: ClassVar[type | None] = datetime


# What reading gives differs from the parent's: type checkers are told of other parents.
if TYPE_CHECKING:
    from typing_extensions import Self

    _Day = _Moment["date | None"]
    _MomentAsText = BaseField["datetime | None"]
else:
    _Day = DateTimeField
    _MomentAsText = StringField


class DateField(_Day):
    """A day, stored as its midnight."""

    _native_type: ClassVar[type | None] = None

    def to_mongo(self, value: Any) -> Any:
        """Convert to the midnight of the day; what cannot be a day becomes None."""
        moment = super().to_mongo(value)
        if not isinstance(moment, datetime):
            return moment
        return datetime(moment.year, moment.month, moment.day)

    def to_python(self, value: Any) -> Any:
        """Convert a moment to its day; what is none is kept."""
        return value.date() if isinstance(value, datetime) else value


def _parse(text: str) -> datetime | None:
    text = text.strip()
    if not text or len(text) > _LONGEST_TEXT:
        return None
    try:
        return _parse_any(text) if dateutil else _parse_iso(text)
    except (TypeError, ValueError, OverflowError):
        return None


def _parse_any(text: str) -> datetime:
    parsed: datetime = dateutil.parser.parse(text)
    return parsed


def _parse_iso(text: str) -> datetime | None:
    """Parse the plain formats; behind a dot stands the number of microseconds."""
    seconds, dot, microseconds = text.partition(".")
    fraction = int(microseconds) if dot else 0
    for format_ in _FORMATS:
        with suppress(ValueError):
            return datetime.strptime(seconds, format_).replace(microsecond=fraction)
    return None


class ComplexDateTimeField(_MomentAsText):
    """A moment in microseconds, stored as text that sorts by time.

    The parts, from year to microsecond, stand apart by ``separator``:
    "2020,02,29,13,14,15,161718".
    """

    _native_type: ClassVar[type | None] = None
    _builds_later: ClassVar[bool] = True
    _decoded_types: ClassVar[tuple[type, ...]] = (str,)

    def __init__(self, separator: str = ",", **kwargs: Any) -> None:
        """Describe a moment whose parts are told apart by ``separator``."""
        self.separator = separator
        self.format = separator.join(["%Y", "%m", "%d", "%H", "%M", "%S", "%f"])
        super().__init__(**kwargs)

    def _convert_from_datetime(self, value: datetime) -> str:
        return value.strftime(self.format)

    def _convert_from_string(self, text: str) -> datetime:
        parts: list[Any] = [int(part) for part in text.split(self.separator)]
        return datetime(*parts)

    # Documents hold the text: moments are made when read, and not kept.

    @overload
    def __get__(self, instance: None, owner: Any) -> Self: ...
    @overload
    def __get__(self, instance: Any, owner: Any) -> datetime | None: ...
    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """Return the field itself on a class, the moment on a document."""
        if instance is None:
            return self
        value = instance._read_value(self)
        if value is None or isinstance(value, datetime):
            return value
        return self._convert_from_string(value)

    def __set__(self, instance: Any, value: Any) -> None:
        """Set the moment, or the text of one; None sets the default."""
        if value is None and not self.null:
            value = super()._make_default()
        instance._write_value(self, value)
        if isinstance(value, datetime):
            instance._put_value(self, self._convert_from_datetime(value))

    def _make_default(self) -> Any:
        """Return the text of the default."""
        default = super()._make_default()
        if isinstance(default, datetime):
            return self._convert_from_datetime(default)
        return default

    def _adopts_decoded(self, value: Any) -> bool:
        """Say whether a decoded text is written as this field would write it."""
        if type(value) is not str:
            return False
        moment = self.to_python(value)
        return moment is value or self._convert_from_datetime(moment) == value

    def _build_decoded(self, instance: Any, value: Any) -> Any:
        """Keep the text; containers, whose fields have no name, hold moments."""
        return value if self.name else self.to_python(value)

    def to_python(self, value: Any) -> Any:
        """Convert text to a moment; what cannot be one is kept."""
        if not isinstance(value, str):
            return value
        try:
            return self._convert_from_string(value)
        except (TypeError, ValueError, OverflowError):
            return value

    def to_mongo(self, value: Any) -> Any:
        """Convert a moment to its text, and text to the usual form."""
        return self._convert_from_datetime(self.to_python(value))

    def validate(self, value: Any, clean: bool = True) -> None:
        """Refuse what is neither a moment nor the text of one."""
        if not isinstance(self.to_python(value), datetime):
            self.error("Only datetime objects may used in a ComplexDateTimeField")

    def _accepts_native(self) -> bool:
        """Say no: most texts are no moments."""
        return False

    def prepare_query_value(self, op: str | None, value: Any) -> Any:
        """Convert a moment to its text; None stays."""
        if value is None:
            return None
        return super().prepare_query_value(op, self._convert_from_datetime(value))
