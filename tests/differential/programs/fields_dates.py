"""DateTimeField, DateField and ComplexDateTimeField."""

import datetime as dt

from battery import attributes_of, exercise
from recorder import step

from mongoengine import (
    ComplexDateTimeField,
    DateTimeField,
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
)

EAST = dt.timezone(dt.timedelta(hours=9))
DAY = dt.date(2020, 2, 29)
MOMENT = dt.datetime(2020, 2, 29, 13, 14, 15, 161718)
MOMENTS = [MOMENT, MOMENT.replace(tzinfo=dt.timezone.utc), MOMENT.replace(tzinfo=EAST)]
MOMENTS += [
    DAY,
    dt.time(1, 2),
    dt.datetime.min,
    dt.datetime.max,
    MOMENT.replace(microsecond=0),
]
MOMENTS += [MOMENT.replace(microsecond=161000), MOMENT.replace(fold=1), dt.timedelta(1)]
MOMENTS += [
    None,
    "",
    " ",
    0,
    1.5,
    1582980855,
    True,
    [],
    {},
    b"2020-02-29",
    lambda: MOMENT,
]
TEXTS = """
2020-02-29
2020-02-29 13:14
2020-02-29 13:14:15
2020-02-29 13:14:15.161718
2020-02-29 13:14:15.161
2020-02-29 13:14:15.1617189
2020-02-29 13
2020-02-29T13:14:15
2020-02-29T13:14
2020-02-29T13:14:15.161718
2020-02-29T13:14:15Z
2020-02-29T13:14:15+09:00
2020-02-29 13:14:15 UTC
2020-2-9
2020-2-9 1:2:3
2020-02-30
2021-02-29
2020-13-01
2020-02
2020
20200229
29/02/2020
29.02.2020
Feb 29 2020
2020/02/29
2020-02-29 25:00:00
2020-02-29 13:14:60
2020-02-29 13:14:15.
2020-02-29 13:14:15.x
2020-02-29 13:14:15.1.2
2020-02-29  13:14
 2020-02-29
2020-02-29
2020,02,29,13,14,15,161718
today
x
""".strip("\n").splitlines()

OPS = ("exact", "lt", "in", None)
exercise("DateTimeField()", [*MOMENTS, *TEXTS], OPS)
exercise("DateField()", [*MOMENTS, *TEXTS], OPS)
exercise("ComplexDateTimeField()", [*MOMENTS, *TEXTS], OPS)

for name in ("DateTimeField", "DateField", "ComplexDateTimeField"):
    exercise(f"{name}(null=True)", [None, MOMENT])
    exercise(f"{name}(required=True)", [None, MOMENT])
    exercise(f"{name}(default=MOMENT)", [None, DAY], MOMENT=MOMENT)
    exercise(f"{name}(default=lambda: MOMENT, null=True)", [None, DAY], MOMENT=MOMENT)
    exercise(f"{name}(db_field='x')", [None, MOMENT, DAY])
    exercise(
        f"{name}(choices=[MOMENT])", [None, MOMENT, DAY, str(MOMENT)], MOMENT=MOMENT
    )
    exercise(f"{name}(choices=[DAY])", [MOMENT, DAY], DAY=DAY)

SEPARATED = ["2020.02.29.13.14.15.161718", "2020,02,29,13,14,15,161718", MOMENT, None]
SEPARATED += ["2020-02-29-13-14-15-161718", "2020.02.29", "x", "", DAY]
for separator in (".", "-", ",", " ", "", "::", ":"):
    exercise(f"ComplexDateTimeField(separator={separator!r})", SEPARATED)

step("separator at once", lambda: attributes_of(ComplexDateTimeField(separator=".")))
step("separator None", lambda: ComplexDateTimeField(separator=None).to_mongo(MOMENT))
step("separator positional", lambda: ComplexDateTimeField("-").to_mongo(MOMENT))
step(
    "separator with limits", lambda: ComplexDateTimeField(max_length=3).validate(MOMENT)
)
step("DateTimeField positional", lambda: attributes_of(DateTimeField("stored")))
for op in ("contains", "startswith", "iexact", "gte", "ne"):
    for value in (MOMENT, "2020-02-29", "2020", None, [MOMENT]):
        label = f"query {op} {value!r}"
        step(f"DateTimeField {label}", DateTimeField().prepare_query_value, op, value)
        step(f"Complex {label}", ComplexDateTimeField().prepare_query_value, op, value)


class Log(EmbeddedDocument):
    at = ComplexDateTimeField(db_field="a")


class Event(Document):
    exact = ComplexDateTimeField()
    named = ComplexDateTimeField(db_field="n", default=lambda: MOMENT)
    plain = DateTimeField(default=MOMENT)
    log = EmbeddedDocumentField(Log)


step("Event class attribute", lambda: type(Event.exact).__name__)
step("Event empty", lambda: Event())
step("Event empty, read", lambda: (Event().exact, Event().named, Event().plain))
step("Event empty, stored", lambda: Event().to_mongo())
step("Event validated", lambda: Event(log=Log(at=MOMENT)).validate())
step("Event embedded, stored", lambda: Event(log=Log(at=MOMENT)).to_mongo())
step("Event json", lambda: Event(exact=MOMENT, log=Log(at=MOMENT)).to_json())


@step("Event loaded")
def _():
    event = Event._from_son(
        {"exact": "2020,02,29,13,14,15,161718", "log": {"a": "2020,01,02"}}
    )
    return event._data["exact"], event.exact, event.named, event.to_mongo()


@step("Event loaded, embedded")
def _():
    text = "2020,02,29,13,14,15,161718"
    event = Event._from_son({"log": {"a": text}})
    return event.log.at, event.log._data, event._get_changed_fields()


@step("Event assigned")
def _():
    event = Event._from_son({"_id": None, "exact": "2020,02,29,13,14,15,161718"})
    before = event.exact
    event.exact = event.exact
    unchanged = event._get_changed_fields()
    event.exact = MOMENT + dt.timedelta(1)
    event.named = None
    return before, unchanged, event._get_changed_fields(), event._delta(), event.named


@step("Event assigned text")
def _():
    event = Event()
    event.exact = "2020,02,29,13,14,15,161718"
    return event._data["exact"], event.exact, event.validate(), event.to_mongo()


@step("Event deleted")
def _():
    event = Event(exact=MOMENT)
    del event.exact
    return event.exact, event.to_mongo()
