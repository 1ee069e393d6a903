"""Lists and dicts that nobody has read: as they were decoded, if that is the same."""

from __future__ import annotations

from typing import Any

import pytest
from bson import DBRef, Int64, ObjectId, Regex

from mongoengine import (
    DictField,
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    ListField,
    MapField,
    SortedListField,
    StringField,
)
from mongoengine.base.plain import REFUSED

ID = ObjectId("5" * 24)


class UnreadItem(EmbeddedDocument):
    rank = IntField()
    name = StringField(db_field="n", default="new")


class UnreadHolder(Document):
    anything = ListField()
    ordered = SortedListField(IntField(), reverse=True)


ADOPTED = [
    (ListField(), [1, "a", None, {"a": [ID]}], True),
    (ListField(), [b"bytes are a value"], True),
    (ListField(), {"a": 1}, False),
    (ListField(IntField()), [1, 2], True),
    (ListField(IntField()), [1, None], False),
    (ListField(IntField()), [1, True], False),
    (ListField(IntField()), [Int64(1)], False),
    (ListField(ListField(IntField())), [[1], []], True),
    (ListField(ListField(IntField())), [[1], ["x"]], False),
    (ListField(EmbeddedDocumentField(UnreadItem)), [{"rank": 1, "n": "a"}], True),
    (ListField(EmbeddedDocumentField(UnreadItem)), [{"rank": "1"}], False),
    (ListField(EmbeddedDocumentField(UnreadItem)), [{"nope": 1}], False),
    (DictField(), {"a": {"b": [1.5]}}, True),
    (DictField(), [1], False),
    (MapField(StringField()), {"a": "b"}, True),
]


@pytest.mark.parametrize(("field", "value", "adopted"), ADOPTED)
def test_adopts_what_would_be_the_same(field: Any, value: Any, adopted: bool) -> None:
    assert (field._take_decoded(value, False) is not REFUSED) is adopted
    if adopted:
        assert field._restore_decoded(value) == field.to_mongo(field.to_python(value))


@pytest.mark.parametrize(("field", "value", "adopted"), ADOPTED)
def test_what_is_taken_can_be_a_copy(field: Any, value: Any, adopted: bool) -> None:
    taken = field._take_decoded(value, True)
    if adopted:
        assert taken == value
        assert taken is not value
    else:
        assert taken is REFUSED


def test_without_a_field_what_users_give_must_be_plain() -> None:
    assert ListField()._take_decoded([{"a": (1,)}], True) is REFUSED
    assert UnreadHolder._from_son({"anything": [{"a": (1,)}]}).anything == [{"a": [1]}]


def test_without_a_field_whatever_was_decoded_waits() -> None:
    ref, text = DBRef("other", ID), Regex("a")
    holder = UnreadHolder._adopt_decoded({"anything": [{"a": [ref, text]}]})
    assert "anything" in holder._unbuilt_names
    assert holder.to_mongo()["anything"] == [{"a": [ref, text]}]
    holder.validate()
    assert UnreadHolder.anything._decoded_leads(holder.__dict__["anything"])


VALID_UNREAD = [
    (ListField(), [1, "a"], True),
    (ListField(required=True), [], False),
    (ListField(max_length=1), [1, 2], False),
    (ListField(IntField()), [1], True),
    (ListField(IntField(max_value=1)), [1], False),
    (ListField(choices=[1]), [1], False),
    (DictField(), {"a": {"b": 1}}, True),
    (DictField(), {"a": {"$b": 1}}, False),
    (MapField(StringField()), {"a": "b"}, True),
    (MapField(StringField(max_length=1)), {"a": "b"}, False),
]


@pytest.mark.parametrize(("field", "value", "sure"), VALID_UNREAD)
def test_what_nobody_has_read_may_be_valid_for_sure(
    field: Any, value: Any, sure: bool
) -> None:
    assert field._is_valid_decoded(value) is sure


def test_sorted_lists_are_stored_sorted_unread() -> None:
    holder = UnreadHolder._from_son({"_id": ID, "ordered": [1, 3, 2]})
    assert holder.to_mongo()["ordered"] == [3, 2, 1]
    assert holder.ordered == [1, 3, 2]


def test_embedded_documents_of_users_are_stored_their_way_unread() -> None:
    class Shouting(EmbeddedDocument):
        text = StringField()

        def to_mongo(self, *args: Any, **kwargs: Any) -> Any:
            return {"text": "loud"}

    field = ListField(EmbeddedDocumentField(Shouting))
    decoded = [{"text": "x"}]
    assert field._restore_decoded(decoded) == [{"text": "loud"}]
    assert decoded == [{"text": "x"}]


def test_fields_of_users_are_asked_for_every_value() -> None:
    class Doubled(IntField):
        def to_python(self, value: Any) -> Any:
            return value * 2

    assert ListField(Doubled())._take_decoded([1], False) is REFUSED
    assert ListField(Doubled()).to_python([1]) == [2]
