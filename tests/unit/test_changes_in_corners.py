"""Changes that are easily overlooked: who has changed, where, and by what."""

from __future__ import annotations

import weakref
from copy import copy
from datetime import datetime
from enum import Enum
from typing import Any

import pytest
from bson import SON, Binary, ObjectId

from mongoengine import (
    BinaryField,
    ComplexDateTimeField,
    DictField,
    Document,
    DynamicDocument,
    DynamicField,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EnumField,
    GenericEmbeddedDocumentField,
    IntField,
    ListField,
    MapField,
    OperationError,
    SortedListField,
    StringField,
    ValidationError,
)
from mongoengine.base import BaseDict, BaseList

ID = ObjectId("5" * 24)
MOMENT = datetime(2020, 1, 2, 3, 4, 5, 6)


class CornerPart(EmbeddedDocument):
    size = IntField()
    sizes = ListField(IntField())


class CornerOther(EmbeddedDocument):
    size = IntField()


class CornerWhole(Document):
    parts = ListField(EmbeddedDocumentField(CornerPart))
    part = EmbeddedDocumentField(CornerPart)
    other = EmbeddedDocumentField(CornerPart)
    names = MapField(StringField())
    anything = DictField()
    content = BinaryField(default=b"")
    dynamic = DynamicField()
    numbers = ListField(IntField())
    sorted_parts = SortedListField(EmbeddedDocumentField(CornerOther), ordering="size")
    chosen = GenericEmbeddedDocumentField(choices=[CornerPart])


class CornerDynamic(DynamicDocument):
    name = StringField()


class CornerShard(Document):
    meta = {"shard_key": ("moment",)}
    moment = ComplexDateTimeField()


def loaded(**stored: Any) -> CornerWhole:
    return CornerWhole._from_son({"_id": ID, **stored})


def test_a_key_of_digits_is_a_key() -> None:
    whole = loaded(anything={"0": 1, "5": 1})
    whole.anything["5"] = 0
    assert whole._delta() == ({"anything.5": 0}, {})


def test_other_kinds_of_dict_tell_of_changes_once_assigned() -> None:
    whole = loaded()
    whole.names = SON(a="1")
    whole._clear_changed_fields()
    whole.names["b"] = "2"
    assert whole._delta() == ({"names.b": "2"}, {})


def test_a_value_without_a_type_is_copied_from_elsewhere() -> None:
    one, other = loaded(dynamic=[1]), loaded()
    other.dynamic = one.dynamic
    other._clear_changed_fields()
    other.dynamic.append(2)
    assert (one.dynamic, other.dynamic) == ([1], [1, 2])
    assert (one._delta(), other._delta()) == (({}, {}), ({"dynamic": [1, 2]}, {}))


def test_a_part_of_a_sorted_list_changes_the_whole_list() -> None:
    whole = loaded(sorted_parts=[{"size": 1}, {"size": 3}])
    whole.sorted_parts[0].size = 5
    changed = {"sorted_parts": [{"size": 3}, {"size": 5}]}
    assert whole._delta() == (changed, {})


def test_lists_take_what_can_be_iterated_once() -> None:
    whole = loaded(numbers=[1])
    whole.numbers.extend(iter([2, 3]))
    whole.numbers += iter([4])
    whole.numbers[:1] = iter([5, 6])
    assert whole.numbers == [5, 6, 2, 3, 4]


def test_containers_can_be_referred_to_weakly() -> None:
    whole = loaded(numbers=[1], anything={"a": 1})
    assert weakref.ref(whole.numbers)() is whole.numbers
    assert weakref.ref(whole.anything)() is whole.anything


def test_empty_content_is_set_though_it_is_the_default() -> None:
    whole = loaded(content=b"x")
    whole.content = b""
    assert whole._delta() == ({"content": Binary(b"", 0)}, {})


# A part is made at once, or value by value if there is something unusual to it.
@pytest.mark.parametrize("unusual", [{}, {"_created": True}])
def test_new_parts_tell_of_changes(unusual: dict[str, Any]) -> None:
    part = CornerPart(size=1, **unusual)
    part.size = 2
    part.sizes.append(1)
    assert part._get_changed_fields() == ["size", "sizes"]


def test_parts_in_a_tuple_know_whose_they_are() -> None:
    part = CornerPart(size=1)
    whole = loaded()
    whole.parts = (part,)
    assert part._instance == whole


def test_stored_parts_must_be_of_a_class_to_choose() -> None:
    field = CornerWhole.chosen
    field.validate(SON(_cls="CornerPart"))
    with pytest.raises(ValidationError, match="Invalid embedded document instance"):
        field.validate(SON(_cls="CornerOther"))


def test_names_below_a_part_are_for_that_part_alone() -> None:
    parts = {"part": {"size": 1, "sizes": [1]}, "other": {"size": 2, "sizes": [2]}}
    stored = loaded(**parts).to_mongo(fields=["part.size", "other"])
    assert stored == {"_id": ID, "part": {"size": 1}, "other": parts["other"]}


def test_values_of_dynamic_documents_can_be_set_by_name() -> None:
    dynamic = CornerDynamic(name="a", number=1)
    dynamic._data["name"] = "b"
    dynamic._data["number"] = 2
    assert (dynamic.name, dynamic.number) == ("b", 2)
    assert dynamic.to_mongo() == {"name": "b", "number": 2}


def test_dynamic_fields_turn_all_that_nests_into_lists_and_dicts() -> None:
    dynamic = CornerDynamic(value={"list": (1, (2,)), "dict": SON(a=1)})
    assert type(dynamic.value["list"]) is BaseList
    assert type(dynamic.value["list"][1]) is BaseList
    assert type(dynamic.value["dict"]) is BaseDict


def test_a_shard_key_is_set_as_its_field_sets_it() -> None:
    shard = CornerShard()
    shard.moment = MOMENT
    assert shard.moment == MOMENT
    assert shard.to_mongo() == {"moment": "2020,01,02,03,04,05,000006"}


def test_a_shard_key_is_settled_once_there_is_an_id() -> None:
    shard = CornerShard(moment=MOMENT)
    shard.id = ID
    assert not shard._created
    with pytest.raises(OperationError, match="Shard Keys are immutable"):
        shard.moment = datetime(2021, 1, 1)


def test_a_dynamic_value_may_be_the_name_of_the_class() -> None:
    dynamic = CornerDynamic(kind="CornerDynamic")
    assert dynamic.kind == "CornerDynamic"
    assert dynamic.to_mongo() == {"kind": "CornerDynamic"}


def test_what_is_assigned_does_not_change_with_the_container_it_holds() -> None:
    one, other = loaded(numbers=[1]), loaded()
    other.dynamic = [one.numbers]
    other.anything = {"a": [one.numbers]}
    one.numbers.append(2)
    assert (other.dynamic, other.anything) == ([[1]], {"a": [[1]]})


def test_the_delta_of_a_new_document_leaves_the_id_out() -> None:
    shard = CornerShard(id=ID, moment=MOMENT)
    assert shard._delta() == ({"moment": "2020,01,02,03,04,05,000006"}, {})


def test_a_container_of_no_document_has_nothing_to_load() -> None:
    whole = loaded(anything={"a": [{"b": 1}]}, numbers=[1])
    for container in (copy(whole.anything), copy(whole.numbers)):
        assert container.fetch() is container


def test_a_default_that_is_stored_as_null_is_set_not_removed():
    class CornerState(Enum):
        UNKNOWN = None
        KNOWN = 1

    class CornerStated(Document):
        state = EnumField(CornerState, default=CornerState.UNKNOWN)

    stated = CornerStated._from_son({"_id": ObjectId(), "state": 1})
    stated.state = CornerState.UNKNOWN
    assert stated._delta() == ({"state": None}, {})
