"""Order, number and options of a queryset, as the driver takes them."""

from __future__ import annotations

from typing import Any

import pytest
from pymongo import ReadPreference
from pymongo.collation import Collation
from pymongo.read_concern import ReadConcern

from mongoengine import (
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    ListField,
    StringField,
)
from mongoengine.errors import OperationError


class OrderedPart(EmbeddedDocument):
    city = StringField(db_field="c")


class OrderedThing(Document):
    number = IntField(db_field="n")
    name = StringField()
    part = EmbeddedDocumentField(OrderedPart, db_field="p")
    parts = ListField(EmbeddedDocumentField(OrderedPart), db_field="ps")


class OrderedSorted(Document):
    number = IntField(db_field="n")
    meta = {"ordering": ["-number", "+id"]}


def things() -> Any:
    return OrderedThing.objects


@pytest.mark.parametrize(
    ("keys", "ordering"),
    [
        (["number"], [("n", 1)]),
        (["-number", "+name"], [("n", -1), ("name", 1)]),
        (["part__city", "-parts.0.city"], [("p.c", 1), ("ps.0.c", -1)]),
        (["pk", "-nope__x", "?", ""], [("_id", 1), ("nope.x", -1), ("?", 1)]),
        ([], []),
    ],
)
def test_order(keys: list[str], ordering: list[Any]) -> None:
    assert things().order_by(*keys)._ordering == ordering


def test_order_as_the_driver_takes_it() -> None:
    assert things().order_by(__raw__={"x": 1})._ordering == {"x": 1}
    with pytest.raises(OperationError, match="both keys and __raw__"):
        things().order_by("number", __raw__={"x": 1})


def test_the_order_of_meta_holds_until_another_is_asked_for() -> None:
    found: Any = OrderedSorted.objects
    assert found._find_args["sort"] == [("n", -1), ("_id", 1)]
    assert found.order_by("number")._find_args["sort"] == [("n", 1)]
    assert "sort" not in found.order_by()._find_args


@pytest.mark.parametrize(
    ("key", "state"),
    [
        (slice(2, 5), (2, 3, False)),
        (slice(5), (None, 5, False)),
        (slice(2, None), (2, None, False)),
        (slice(0, 5), (0, 5, False)),
        (slice(2, 2), (2, 0, True)),
        (slice(0), (None, 0, True)),
        (slice(None), (None, None, False)),
        (slice(0, 2**40), (0, 2**40, False)),
    ],
)
def test_slices(key: slice, state: Any) -> None:
    found = things().limit(9).skip(8)._sliced(key)
    assert (found._skip, found._limit, found._empty) == state


@pytest.mark.parametrize(
    ("key", "complaint"),
    [
        (slice(None, None, 2), "slice steps"),
        (slice(-2, None), "negative indices"),
        (slice(5, 2), "greater than start"),
        (slice(None, -2), "greater than start"),
    ],
)
def test_slices_that_no_query_gives(key: slice, complaint: str) -> None:
    with pytest.raises(IndexError, match=complaint):
        things()._sliced(key)


def test_a_limit_ends_emptiness() -> None:
    empty = things()._sliced(slice(2, 2))
    assert empty.filter(number=1)._empty
    assert not empty.limit(5)._empty


def test_options_of_find() -> None:
    found = (
        things()
        .order_by("number")
        .limit(3)
        .skip(2)
        .batch_size(5)
        .hint("an_index")
        .collation({"locale": "en"})
        .comment("why")
        .max_time_ms(100)
        .timeout(False)
        .allow_disk_use(True)
    )
    assert found._find_args == {
        "filter": {},
        "sort": [("n", 1)],
        "limit": 3,
        "skip": 2,
        "batch_size": 5,
        "hint": "an_index",
        "collation": {"locale": "en"},
        "comment": "why",
        "max_time_ms": 100,
        "no_cursor_timeout": True,
        "allow_disk_use": True,
    }
    assert things().hint([("n", 1)]).hint()._find_args == {"filter": {}, "hint": None}
    assert things().collation(Collation("en"))._collation == Collation("en")


def test_how_it_is_read() -> None:
    secondary = ReadPreference.SECONDARY
    assert things().read_preference(secondary)._read_preference is secondary
    majority = things().read_concern({"level": "majority"})._read_concern
    assert majority == ReadConcern("majority")
    assert things().read_concern(None)._read_concern is None
    with pytest.raises(TypeError, match="'x' is not a read preference"):
        things().read_preference("x")
    with pytest.raises(TypeError, match="'majority' is not a valid read concern"):
        things().read_concern("majority")


def test_snapshot_is_deprecated() -> None:
    with pytest.warns(DeprecationWarning, match="no impact") as caught:
        assert things().snapshot(True)._snapshot
    assert caught[0].filename == __file__


@pytest.mark.parametrize(
    ("name", "value", "error", "message"),
    [
        ("limit", "3", TypeError, "limit must be an integer, not <class 'str'>"),
        ("limit", 1.5, TypeError, "limit must be an integer, not <class 'float'>"),
        ("skip", "3", TypeError, "skip must be an integer, not <class 'str'>"),
        ("skip", -1, ValueError, "skip must be >= 0"),
        (
            "max_time_ms",
            1.5,
            TypeError,
            "max_time_ms must be an integer or None, not <class 'float'>",
        ),
    ],
)
def test_numbers_that_are_none_are_refused(name, value, error, message):
    with pytest.raises(error, match=f"^{message}$"):
        getattr(things(), name)(value)
