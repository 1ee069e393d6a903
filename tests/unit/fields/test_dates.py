"""DateTimeField, DateField and ComplexDateTimeField."""

import subprocess
import sys
from datetime import date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mongoengine import Document
from mongoengine.errors import ValidationError
from mongoengine.fields import ComplexDateTimeField, DateField, DateTimeField, ListField

DAY = date(2020, 2, 29)
MIDNIGHT = datetime(2020, 2, 29)
MOMENT = datetime(2020, 2, 29, 13, 14, 15, 161718)
TEXT = "2020,02,29,13,14,15,161718"
KOREA = timezone(timedelta(hours=9))
NO_MOMENT = "Only datetime objects may used in a ComplexDateTimeField"
IDLE = [None, "", " ", "x", 5, 1.5, [], {}, time(1), timedelta(1), b"2020-02-29"]


def problem(field, value):
    """Return the message that a value is refused with, None if it is valid."""
    try:
        field.validate(value)
    except ValidationError as error:
        return error.message
    return None


READABLE = [
    ("2020-02-29", MIDNIGHT),
    (" 2020-02-29\n", MIDNIGHT),
    ("2020-2-9", datetime(2020, 2, 9)),
    ("2020-02-29 13:14", datetime(2020, 2, 29, 13, 14)),
    ("2020-02-29 13:14:15", datetime(2020, 2, 29, 13, 14, 15)),
    ("2020-02-29 13:14:15.161718", MOMENT),
    ("2020-02-29 13:14:15.161", MOMENT.replace(microsecond=161)),
    ("2020-02-29.5", datetime(2020, 2, 29, 0, 0, 0, 5)),
]
UNREADABLE = ["2020-02-30", "2020-13-01", "2020-02", "20200229", "29.02.2020"]
UNREADABLE += ["2020-02-29T13:14", "2020-02-29 25:00", "2020-02-29 13:14:15 UTC"]
UNREADABLE += ["2020-02-29 13:14:15.", "2020-02-29 13:14:15.x", "2020-02-29 13"]
UNREADABLE += ["2020-02-29 13:14:15.1.2", "2020-02-29 13:14:15.1617189", "today"]


@pytest.mark.parametrize(("text", "moment"), READABLE)
def test_text_is_read_when_it_is_stored(text, moment):
    assert DateTimeField().to_python(text) == DateField().to_python(text) == text
    assert DateTimeField().to_mongo(text) == moment
    assert DateField().to_mongo(text) == moment.replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    assert problem(DateTimeField(), text) is problem(DateField(), text) is None


@pytest.mark.parametrize("value", [*UNREADABLE, *IDLE])
@pytest.mark.parametrize("field", [DateTimeField(), DateField()])
def test_what_is_no_date(field, value):
    assert field.to_mongo(value) is None
    assert problem(field, value) == f'cannot parse date "{value}"'


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        (MOMENT, MOMENT),
        (MOMENT.replace(tzinfo=KOREA), MOMENT.replace(tzinfo=KOREA)),
        (DAY, MIDNIGHT),
        (lambda: MOMENT, MOMENT),
    ],
)
def test_moments_and_days_are_stored(value, moment):
    assert DateTimeField().to_mongo(value) == moment
    assert DateField().to_mongo(value) == MIDNIGHT
    assert problem(DateTimeField(), value) is problem(DateField(), value) is None


def test_what_a_callable_gives_must_be_a_date():
    assert problem(DateTimeField(), lambda: MOMENT) is None
    assert problem(DateTimeField(), lambda: "2020-02-29").startswith("cannot parse")


def test_a_day_is_read():
    assert issubclass(DateField, DateTimeField)
    assert type(DateField().to_python(MOMENT)) is date
    assert DateField().to_python(MOMENT) == DateField().to_python(DAY) == DAY


@pytest.mark.parametrize("op", [None, "exact", "lt", "set"])
def test_dates_of_queries_are_converted(op):
    assert DateTimeField().prepare_query_value(op, "2020-02-29") == MIDNIGHT
    assert DateField().prepare_query_value(op, MOMENT) == MIDNIGHT


def test_updates_need_dates_and_queries_do_not():
    assert DateTimeField().prepare_query_value("gt", "x") is None
    with pytest.raises(ValidationError, match='cannot parse date "None"'):
        DateTimeField().prepare_query_value("set", "x")


WITH_DATEUTIL = """
from datetime import datetime
from mongoengine.fields import DateTimeField, DateField
field = DateTimeField()
assert field.to_mongo(" Feb 29 2020 ") == datetime(2020, 2, 29, 1)
assert field.to_mongo("2020-02-29") is None
assert DateField().to_mongo("Feb 29 2020") == datetime(2020, 2, 29)
"""
DATEUTIL = """
from datetime import datetime
def parse(text):
    if text != "Feb 29 2020":
        raise OverflowError(text)
    return datetime(2020, 2, 29, 1)
"""


def test_dateutil_reads_dates_where_it_is_installed(tmp_path):
    (tmp_path / "dateutil").mkdir()
    (tmp_path / "dateutil" / "__init__.py").touch()
    (tmp_path / "dateutil" / "parser.py").write_text(DATEUTIL)
    start = f"import sys; sys.path.insert(0, {str(tmp_path)!r})"
    subprocess.run([sys.executable, "-c", f"{start}\n{WITH_DATEUTIL}"], check=True)


# ComplexDateTimeField


@pytest.mark.parametrize(
    ("separator", "text"),
    [
        (",", TEXT),
        (".", TEXT.replace(",", ".")),
        ("-", TEXT.replace(",", "-")),
        (" :", TEXT.replace(",", " :")),
    ],
)
def test_moments_become_text(separator, text):
    field = ComplexDateTimeField(separator=separator)
    assert field.separator == separator
    assert field.to_mongo(MOMENT) == field.to_mongo(text) == text
    assert field.to_python(text) == field.to_python(MOMENT) == MOMENT
    assert problem(field, text) is problem(field, MOMENT) is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2020,2,29", MIDNIGHT),
        ("2020,2,29,13", MIDNIGHT.replace(hour=13)),
        ("2020, 2, 29, 0, 0, 0, 5", MIDNIGHT.replace(microsecond=5)),
    ],
)
def test_text_of_fewer_parts_will_do(text, moment):
    assert ComplexDateTimeField().to_python(text) == moment


TOO_FEW_OR_MANY = ["2020", "2020,02", f"{TEXT},1", "2020,02,30", "9" * 30 + ",1,1"]


@pytest.mark.parametrize("value", [*IDLE, *TOO_FEW_OR_MANY, DAY, "2020-02-29"])
def test_what_is_no_moment(value):
    assert ComplexDateTimeField().to_python(value) == value
    assert problem(ComplexDateTimeField(), value) == NO_MOMENT


def test_moments_lose_their_zone():
    assert ComplexDateTimeField().to_mongo(MOMENT.replace(tzinfo=KOREA)) == TEXT


def test_moments_of_queries_become_text_and_patterns():
    query = ComplexDateTimeField().prepare_query_value
    assert query("gt", MOMENT) == query("set", MOMENT) == query(None, MOMENT) == TEXT
    assert query("startswith", MOMENT).pattern == f"^{TEXT}"
    assert query("exact", None) is None


class Entry(Document):
    at = ComplexDateTimeField()
    since = ComplexDateTimeField(default=lambda: MOMENT)
    fixed = ComplexDateTimeField(default=MOMENT, db_field="f")
    times = ListField(ComplexDateTimeField())


def test_documents_hold_the_text_and_give_the_moment():
    entry = Entry(at=MOMENT, times=[MOMENT])
    assert entry._data["at"] == entry._data["since"] == entry._data["fixed"] == TEXT
    assert entry.at == entry.since == entry.fixed == entry.times[0] == MOMENT
    assert entry.to_mongo() == {"at": TEXT, "since": TEXT, "f": TEXT, "times": [TEXT]}
    assert Entry().at is None


def test_a_loaded_text_is_kept_unless_it_is_unusual():
    entry = Entry._from_son({"at": TEXT, "f": "2020,2,29", "times": [TEXT]})
    assert entry.to_mongo()["times"] == [TEXT]
    assert (entry.at, entry.times) == (MOMENT, [MOMENT])
    assert entry._data["at"] == TEXT
    assert entry._data["fixed"] == "2020,02,29,00,00,00,000000"


def test_a_loaded_text_that_is_no_moment_fails_when_read():
    entry = Entry._from_son({"at": "x"})
    assert entry._data["at"] == "x"
    with pytest.raises(ValueError, match="invalid literal"):
        _ = entry.at
    with pytest.raises(ValidationError, match=NO_MOMENT):
        entry.validate()


def test_assigning_text_moments_and_none():
    entry = Entry._from_son({"at": TEXT})
    entry.at = TEXT
    assert entry._get_changed_fields() == []
    entry.at = MOMENT + timedelta(days=1)
    entry.fixed = "2021,01,01"
    assert (entry.at.day, entry.fixed) == (1, datetime(2021, 1, 1))
    entry.at = entry.fixed = None
    assert (entry.at, entry.fixed) == (None, MOMENT)
    assert sorted(entry._get_changed_fields()) == ["at", "f"]


@given(st.datetimes(min_value=datetime(1000, 1, 1)))
def test_moments_come_back(moment):
    field = ComplexDateTimeField()
    assert field.to_python(field.to_mongo(moment)) == moment
    assert DateTimeField().to_python(DateTimeField().to_mongo(moment)) == moment


@given(st.lists(st.datetimes(min_value=datetime(1000, 1, 1))))
def test_the_text_of_moments_sorts_by_time(moments):
    to_text = ComplexDateTimeField().to_mongo
    assert sorted(moments, key=to_text) == sorted(moments)


@given(st.dates())
def test_days_come_back(day):
    assert DateField().to_python(DateField().to_mongo(day)) == day
