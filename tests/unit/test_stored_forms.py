"""What is stored, or looked for, of values that are not what they usually are."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from types import SimpleNamespace
from typing import Any

import pytest
from bson import Code, DBRef, ObjectId

from mongoengine import (
    CachedReferenceField,
    DateTimeField,
    DictField,
    Document,
    DynamicDocument,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EnumField,
    GenericEmbeddedDocumentField,
    IntField,
    LazyReferenceField,
    ListField,
    StringField,
)
from mongoengine.fields import dates

ID = ObjectId("5" * 24)
MADE: list[int] = []


class FormKind(Enum):
    BIG = "big"


class FormPart(EmbeddedDocument):
    size = IntField(db_field="s")


class FormTarget(Document):
    name = StringField(db_field="n")
    part = EmbeddedDocumentField(FormPart)


class FormEnumTarget(Document):
    kind = EnumField(FormKind, primary_key=True)


def made() -> list[int]:
    MADE.append(1)
    return [5]


class FormWhole(Document):
    kept = CachedReferenceField(FormTarget, fields=["name", "part"])
    kept_by_kind = CachedReferenceField(FormEnumTarget)
    lazy = LazyReferenceField(FormTarget)
    lazy_dbref = LazyReferenceField(FormTarget, dbref=True)
    chosen = GenericEmbeddedDocumentField()
    all_chosen = ListField(GenericEmbeddedDocumentField())
    numbers = ListField(IntField(), default=made)
    anything = ListField()
    kinds = ListField(EnumField(FormKind))
    by_name = DictField()
    moment = DateTimeField()


class FormBase(Document):
    name = StringField()
    size = IntField()
    kind = StringField()
    meta = {"abstract": True}


class FormTakenBack(FormBase):
    name = None

    def size(self) -> int:
        return 5


class FormDynamic(DynamicDocument):
    pass


def test_what_is_kept_of_a_document_has_the_names_that_are_wanted() -> None:
    target = FormTarget(id=ID, name="a", part=FormPart(size=1))
    whole = FormWhole(kept=target)
    stored = {"_id": ID, "n": "a", "part": {"s": 1}}
    named = {"_id": ID, "name": "a", "part": {"size": 1}}
    assert whole.to_mongo()["kept"] == stored
    assert whole.to_mongo(use_db_field=False)["kept"] == named
    assert whole.to_mongo(fields=["kept.name"])["kept"] == {"_id": ID, "n": "a"}


def test_the_id_that_is_kept_of_a_document_is_in_stored_form() -> None:
    whole = FormWhole(kept_by_kind=FormEnumTarget(kind=FormKind.BIG))
    assert whole.to_mongo()["kept_by_kind"] == {"_id": "big"}


def test_generic_parts_are_looked_for_with_their_class() -> None:
    part = FormPart(size=1)
    stored = {"s": 1, "_cls": "FormPart"}
    assert FormWhole.objects(chosen=part)._query == {"chosen": stored}
    assert FormWhole.objects(chosen__ne=part)._query == {"chosen": {"$ne": stored}}
    assert FormWhole.objects(chosen__in=[part])._query == {"chosen": {"$in": [stored]}}
    assert FormWhole.objects(all_chosen=part)._query == {"all_chosen": stored}


def test_conditions_in_javascript_go_with_the_others() -> None:
    found = FormWhole.objects(numbers=5).where("this.numbers.length > 1")
    expected = {"numbers": 5, "$where": Code("this.numbers.length > 1")}
    assert found._filter == expected


def test_defaults_are_made_with_the_document_and_once() -> None:
    MADE.clear()
    whole = FormWhole._from_son({"_id": ID})
    assert len(MADE) == 1
    assert whole.numbers == [5]
    FormWhole._from_son({"_id": ID, "numbers": [1]})
    assert len(MADE) == 1


@pytest.mark.parametrize("value", [[1, [2]], []])
def test_lists_are_repeated_as_plain_lists(value: list[Any]) -> None:
    whole = FormWhole(anything=value)
    for repeated in (whole.anything * 2, 2 * whole.anything):
        assert (type(repeated), repeated) == (list, value + value)


def test_dicts_are_merged_as_plain_dicts() -> None:
    whole = FormWhole(by_name={"a": 1, "b": {"c": 2}})
    before = {"z": 0, "a": 0} | whole.by_name
    after = whole.by_name | {"a": 0}
    assert (type(before), before) == (dict, {"z": 0, "a": 1, "b": {"c": 2}})
    assert (type(after), after) == (dict, {"a": 0, "b": {"c": 2}})


def test_dynamic_documents_keep_names_of_their_own_apart() -> None:
    dynamic = FormDynamic._from_son({"_id": ID, "_mine": 1, "_meta": 2})
    assert dynamic._mine == 1
    assert dynamic._meta is FormDynamic._meta
    assert dynamic._data["_meta"] == 2
    assert dynamic.to_mongo() == {"_id": ID}


@pytest.mark.parametrize("wrong", [ValueError, OverflowError, TypeError])
def test_other_formats_are_left_to_dateutil(
    monkeypatch: pytest.MonkeyPatch, wrong: type[Exception]
) -> None:
    def parse(text: str) -> datetime:
        if text != "noon":
            raise wrong
        return datetime(2020, 1, 1, 12)

    parser = SimpleNamespace(parser=SimpleNamespace(parse=parse))
    monkeypatch.setattr(dates, "dateutil", parser)
    field = FormWhole.moment
    assert field.to_mongo(" noon ") == datetime(2020, 1, 1, 12)
    assert field.to_mongo("2020-01-01") is None


@pytest.mark.parametrize(
    ("name", "value", "stored"),
    [
        ("lazy", ID, ID),
        ("lazy_dbref", ID, DBRef("form_target", ID)),
        ("lazy_dbref", DBRef("form_target", ID), DBRef("form_target", ID)),
        ("lazy_dbref", DBRef("elsewhere", ID), DBRef("form_target", ID)),
    ],
)
def test_lazy_references_are_stored_in_the_form_of_their_field(
    name: str, value: Any, stored: Any
) -> None:
    whole = FormWhole._from_son({"_id": ID, name: value})
    assert whole.to_mongo()[name] == stored


@pytest.mark.parametrize("values", [["big"], ("big",)])
def test_members_are_made_of_values_in_lists_and_tuples(values: Any) -> None:
    whole = FormWhole()
    whole.kinds = values
    assert whole.kinds == [FormKind.BIG]


@pytest.mark.parametrize("name", ["anything", "numbers", "by_name"])
def test_a_text_is_no_container_of_letters(name: str) -> None:
    assert getattr(FormWhole, name).to_mongo("abc") == "abc"


@pytest.mark.parametrize("name", ["name", "size"])
def test_names_that_a_class_has_taken_back_are_not_stored(name: str) -> None:
    taken_back = FormTakenBack._from_son({"_id": ID, name: "5", "kind": "a"})
    assert taken_back.to_mongo() == {"_id": ID, "kind": "a"}
