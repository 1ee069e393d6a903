"""Changes given as keywords, and the updates that they become."""

from __future__ import annotations

from typing import Any

import pytest
from bson import ObjectId

from mongoengine import (
    DateTimeField,
    DecimalField,
    DictField,
    Document,
    DynamicDocument,
    DynamicField,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EmbeddedDocumentListField,
    IntField,
    ListField,
    MapField,
    PointField,
    ReferenceField,
    SequenceField,
    StringField,
    ValidationError,
)
from mongoengine.errors import InvalidQueryError
from mongoengine.queryset import transform

ID = ObjectId("0123456789abcdef01234567")


class UpdateDeep(EmbeddedDocument):
    text = StringField(db_field="t")
    size = IntField(db_field="sz")


class TransformPart(EmbeddedDocument):
    city = StringField(db_field="c")
    deep = EmbeddedDocumentField(UpdateDeep, db_field="dp")
    deeps = ListField(EmbeddedDocumentField(UpdateDeep), db_field="dps")
    n = IntField(db_field="pn")


class UpdateTarget(Document):
    name = StringField()


class UpdateWhole(Document):
    name = StringField(db_field="n")
    needed = StringField(required=True)
    num = IntField(db_field="i")
    price = DecimalField()
    when = DateTimeField(db_field="w")
    size = IntField(db_field="sz")
    set = IntField(db_field="st")
    part = EmbeddedDocumentField(TransformPart, db_field="p")
    parts = EmbeddedDocumentListField(TransformPart, db_field="ps")
    tags = ListField(StringField(), db_field="tg")
    nums = ListField(IntField())
    matrix = ListField(ListField(IntField()))
    data = DictField(db_field="d")
    lists = MapField(ListField(EmbeddedDocumentField(TransformPart)), db_field="l")
    ref = ReferenceField(UpdateTarget, db_field="r")
    point = PointField(db_field="pt")
    dynamic = DynamicField(db_field="dy")


class UpdateFree(DynamicDocument):
    name = StringField(db_field="n")


class UpdateRenamedPart(EmbeddedDocument):
    name = StringField()


PART = TransformPart(city="x")
STORED_PART = {"c": "x", "dps": []}


def update(model: Any = UpdateWhole, **changes: Any) -> Any:
    return transform.update(model, **changes)


EXPECTED = [
    ({}, {}),
    ({"name": "a"}, {"$set": {"n": "a"}}),
    ({"set__num": "5"}, {"$set": {"i": 5}}),
    ({"set__name": None}, {"$set": {"n": None}}),
    ({"pk": str(ID)}, {"$set": {"_id": ID}}),
    ({"set": 5}, {"$set": {"st": 5}}),
    ({"set__set": 5}, {"$set": {"st": 5}}),
    ({"inc__size": 5}, {"$inc": {"sz": 5}}),
    ({"set__part__deep__size__": "5"}, {"$set": {"p.dp.sz": 5}}),
    ({"unset__num": "whatever"}, {"$unset": {"i": 1}}),
    ({"dec__num": 2}, {"$inc": {"i": -2}}),
    ({"inc__price": "1.239"}, {"$inc": {"price": 1.24}}),
    ({"mul__num": 2}, {"$mul": {"i": 2}}),
    ({"min__num": 2, "max__size": 3}, {"$min": {"i": 2}, "$max": {"sz": 3}}),
    ({"pop__tags": -1}, {"$pop": {"tg": -1}}),
    ({"rename__name": "title"}, {"$rename": {"n": "title"}}),
    ({"current_date__when": True}, {"$currentDate": {"w": True}}),
    ({"set_on_insert__num": "5"}, {"$setOnInsert": {"i": 5}}),
    ({"push__tags": "a"}, {"$push": {"tg": "a"}}),
    ({"push__tags": ["a", "b"]}, {"$push": {"tg": ["a", "b"]}}),
    ({"push__tags__0": "a"}, {"$push": {"tg": {"$each": ["a"], "$position": 0}}}),
    (
        {"push_all__tags__2": ["a", "b"]},
        {"$push": {"tg": {"$each": ["a", "b"], "$position": 2}}},
    ),
    ({"push_all__nums": ["1", 2]}, {"$push": {"nums": {"$each": [1, 2]}}}),
    ({"push_all__nums": []}, {"$push": {"nums": {"$each": []}}}),
    (
        {"push__matrix__0__1": "5"},
        {"$push": {"matrix.0": {"$each": [5], "$position": 1}}},
    ),
    ({"add_to_set__tags": "a"}, {"$addToSet": {"tg": "a"}}),
    ({"add_to_set__nums": ("1", 2)}, {"$addToSet": {"nums": {"$each": [1, 2]}}}),
    ({"pull_all__nums": ["1", 2]}, {"$pullAll": {"nums": [1, 2]}}),
    ({"parts": [PART]}, {"$set": {"ps": [STORED_PART]}}),
    ({"push__parts": {"city": "x"}}, {"$push": {"ps": STORED_PART}}),
    ({"set__parts__S__city": "a"}, {"$set": {"ps.$.c": "a"}}),
    ({"set__parts__0__city": "a"}, {"$set": {"ps.0.c": "a"}}),
    ({"set__nums__S": "1"}, {"$set": {"nums.$": 1}}),
    ({"inc__nums__$[x]": "1"}, {"$inc": {"nums.$[x]": 1}}),
    ({"set__parts__$[x]__deeps__$[]__text": "a"}, {"$set": {"ps.$[x].dps.$[].t": "a"}}),
    ({"set__data__a__S": 1}, {"$set": {"d.a.S": 1}}),
    ({"set__dynamic__a__b": 1}, {"$set": {"dy.a.b": 1}}),
    ({"set__lists__k__0__city": "a"}, {"$set": {"l.k.0.c": "a"}}),
    (
        {"set__point": [1, 2]},
        {"$set": {"pt": {"type": "Point", "coordinates": [1, 2]}}},
    ),
    ({"set__ref": UpdateTarget(id=ID)}, {"$set": {"r": ID}}),
    ({"set__num__gt": 5}, {"$set": {"i": {"$gt": 5}}}),
    ({"set__num": 1, "inc__size": 2}, {"$set": {"i": 1}, "$inc": {"sz": 2}}),
    ({"set__num": 1, "num": 2}, {"$set": {"i": 2}}),
    ({"set__data": {"a": 1}, "data": {"b": 1}}, {"$set": {"d": {"b": 1}}}),
]


@pytest.mark.parametrize(("changes", "expected"), EXPECTED)
def test_changes_become_updates(changes: Any, expected: Any) -> None:
    assert update(**changes) == expected


PULLS = [
    ({"pull__tags": "a"}, {"tg": "a"}),
    ({"pull__nums__in": ["1"]}, {"nums": {"$in": [1]}}),
    ({"pull__nums__gt": 1, "pull__nums__lt": 5}, {"nums": {"$gt": 1, "$lt": 5}}),
    ({"pull__parts": PART}, {"ps": STORED_PART}),
    ({"pull__parts": {"$or": []}}, {"ps": {"$or": []}}),
    ({"pull__parts__city": "a"}, {"ps": {"c": "a"}}),
    ({"pull__parts__city": "a", "pull__parts__n": 3}, {"ps": {"c": "a", "pn": 3}}),
    ({"pull__parts__city__in": ["a"]}, {"ps": {"c": {"$in": ["a"]}}}),
    ({"pull__parts__deep__text": "a"}, {"ps": {"dp": {"t": "a"}}}),
    ({"pull__parts__0__deeps__text": "a"}, {"ps.0.dps": {"t": "a"}}),
    ({"pull__parts__S__deeps__text": "a"}, {"ps.$.dps": {"t": "a"}}),
    ({"pull__part__deeps__text": "a"}, {"p.dps": {"t": "a"}}),
    ({"pull__lists__k__city": "a"}, {"l.k": {"c": "a"}}),
    ({"pull__lists__k__0__deeps__text": "a"}, {"l.k.0.dps": {"t": "a"}}),
    ({"pull__matrix__0": "5"}, {"matrix.0": 5}),
    ({"pull__dynamic__a": 5}, {"dy": {"a": 5}}),
]


@pytest.mark.parametrize(("changes", "expected"), PULLS)
def test_pulls_name_the_list_and_what_leaves_it(changes: Any, expected: Any) -> None:
    assert update(**changes) == {"$pull": expected}


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"nope": 1}, InvalidQueryError, 'Cannot resolve field "nope"'),
        ({"bit__num": 1}, InvalidQueryError, 'Cannot resolve field "bit"'),
        ({"set__": 1}, InvalidQueryError, 'Cannot resolve field ""'),
        (
            {"set__ref__name": "x"},
            InvalidQueryError,
            "Cannot perform join in mongoDB: ref__name",
        ),
        (
            {"pull_all__part__deeps": []},
            InvalidQueryError,
            "pullAll operations only support a single field depth",
        ),
        ({"name": 5}, ValidationError, "StringField only accepts string values"),
        (
            {"push__tags": [5]},
            ValidationError,
            "StringField only accepts string values",
        ),
        ({"needed": None}, ValidationError, "StringField only accepts string values"),
        ({"num": "x"}, ValueError, "invalid literal for int() with base 10: 'x'"),
        ({"push_all__tags": 5}, TypeError, "'int' object is not iterable"),
        ({"dec__num": "x"}, TypeError, "bad operand type for unary -: 'str'"),
        (
            {"pull__nums__in": 5},
            TypeError,
            "The `in`, `nin`, `all`, or `near`-operators must be applied to an iterable "
            "(e.g. a list).",
        ),
        (
            {"__raw__": [{"$set": {}}], "num": 1, "name": "a"},
            InvalidQueryError,
            "A pipeline (`__raw__` as a list) cannot be combined with other changes: "
            "num, name. Make stages of them.",
        ),
    ],
)
def test_bad_changes_raise(changes: Any, error: Any, message: str) -> None:
    with pytest.raises(error) as caught:
        update(**changes)
    assert str(caught.value) == message


@pytest.mark.parametrize("op", ["add_to_set", "push_all", "pull_all", "set_on_insert"])
def test_some_operators_do_not_validate(op: str) -> None:
    (changes,) = update(**{f"{op}__tags": [5]}).values()
    assert str(changes["tg"]).endswith(("[5]", "[5]}"))


# Raw updates


def test_raw_updates_are_merged_by_operator() -> None:
    raw = {"$set": {"n": 1}, "$inc": {"q": 1}}
    changes = update(num=3, __raw__=raw, inc__size=2)
    assert changes == {"$set": {"i": 3, "n": 1}, "$inc": {"q": 1, "sz": 2}}
    assert raw == {"$set": {"n": 1}, "$inc": {"q": 1}}


def test_a_pipeline_stays() -> None:
    stages = [{"$set": {"n": 1}}, {"$unset": "x"}]
    changes = update(__raw__=stages)
    assert changes == stages
    assert changes is not stages


def test_a_replacement_is_left_to_the_server() -> None:
    assert update(__raw__={"n": 1}) == {"n": 1}


# Classes


def test_dynamic_documents_take_any_name() -> None:
    assert update(UpdateFree, a__0__b=1, push__c=[1], name="x") == {
        "$set": {"a.0.b": 1, "n": "x"},
        "$push": {"c": [1]},
    }
    assert update(UpdateFree, a__S__b=1, S=2) == {"$set": {"a.$.b": 1, "S": 2}}
    assert update(UpdateFree, inc=1) == {"$set": {"inc": 1}}


def test_without_a_class_names_and_values_stay() -> None:
    assert update(None, a__b="1", push__c__0=[1], unset__d=5) == {
        "$set": {"a.b": "1"},
        "$push": {"c": {"$each": [1], "$position": 0}},
        "$unset": {"d": 1},
    }


def test_a_renamed_field_is_known() -> None:
    class UpdateRenamed(Document):
        parts = ListField(EmbeddedDocumentField(UpdateRenamedPart))

    assert update(UpdateRenamed, parts__0__name="a") == {"$set": {"parts.0.name": "a"}}
    UpdateRenamedPart.name.db_field = "other"
    assert update(UpdateRenamed, parts__0__name="a") == {"$set": {"parts.0.other": "a"}}


def test_nothing_may_be_set_where_nothing_is_required() -> None:
    class UpdateNumbered(Document):
        number = SequenceField()

    changes = transform.update(UpdateNumbered, set_on_insert__number=None)
    assert changes == {"$setOnInsert": {"number": None}}
