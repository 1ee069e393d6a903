"""Conditions given as keywords, and the queries that they become."""

from __future__ import annotations

import enum
import re
from typing import Any

import pytest
from bson import SON, DBRef, ObjectId
from hypothesis import given
from hypothesis import strategies as st

from mongoengine import (
    CachedReferenceField,
    DateTimeField,
    DictField,
    Document,
    DynamicDocument,
    DynamicField,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EmbeddedDocumentListField,
    EnumField,
    GenericReferenceField,
    GeoPointField,
    IntField,
    ListField,
    MapField,
    PointField,
    ReferenceField,
    StringField,
)
from mongoengine.errors import InvalidQueryError
from mongoengine.queryset import transform

ID = ObjectId("0123456789abcdef01234567")
OTHER = ObjectId("abcdef0123456789abcdef01")


class QueryColour(enum.Enum):
    RED = "red"


class QueryDeep(EmbeddedDocument):
    text = StringField(db_field="t")
    size = IntField(db_field="sz")


class QueryPart(EmbeddedDocument):
    city = StringField(db_field="c")
    deep = EmbeddedDocumentField(QueryDeep, db_field="dp")
    n = IntField(db_field="pn")


class QueryTarget(Document):
    name = StringField(db_field="n")


class QueryWhole(Document):
    name = StringField(db_field="n")
    num = IntField(db_field="i")
    name_ = IntField(db_field="nn")
    size = IntField(db_field="sz")
    colour = EnumField(QueryColour)
    part = EmbeddedDocumentField(QueryPart, db_field="p")
    parts = EmbeddedDocumentListField(QueryPart, db_field="ps")
    tags = ListField(StringField(), db_field="tg")
    nums = ListField(IntField())
    matrix = ListField(ListField(IntField()))
    dates = ListField(DateTimeField())
    dicts = ListField(DictField())
    data = DictField(db_field="d")
    lists = MapField(ListField(IntField()))
    dynamic = DynamicField(db_field="dy")
    ref = ReferenceField(QueryTarget, db_field="r")
    dbref = ReferenceField(QueryTarget, dbref=True)
    cached = CachedReferenceField(QueryTarget, fields=["name"])
    generic = GenericReferenceField(db_field="g")
    generics = ListField(GenericReferenceField(), db_field="gs")
    legacy = GeoPointField(db_field="gp")
    point = PointField(db_field="pt")


class QueryFree(DynamicDocument):
    name = StringField(db_field="n")


class QueryBase(Document):
    x = IntField(db_field="xx")
    meta = {"allow_inheritance": True}


class QueryKid(QueryBase):
    y = IntField(db_field="yy")


TARGET = QueryTarget(id=ID, name="t")
REF = DBRef("query_target", ID)
STORED = SON([("_cls", "QueryTarget"), ("_ref", REF)])


def query(model: Any = QueryWhole, **conditions: Any) -> Any:
    return transform.query(model, **conditions)


EXPECTED = [
    ({}, {}),
    ({"name": "a"}, {"n": "a"}),
    ({"num": "5"}, {"i": 5}),
    ({"nums": {}}, {"nums": {}}),
    ({"nums__ne": {}}, {"nums": {"$ne": {}}}),
    ({"nums__not": {}}, {"nums": {"$not": {}}}),
    ({"nums__in": [{}, "5"]}, {"nums": {"$in": [{}, 5]}}),
    ({"matrix": {}}, {"matrix": {}}),
    ({"matrix": [{}, ["5"]]}, {"matrix": [{}, [5]]}),
    ({"tags": {}}, {"tg": {}}),
    ({"parts": {}}, {"ps": {}}),
    ({"dates": {}}, {"dates": {}}),
    ({"lists": {}}, {"lists": {}}),
    ({"lists": {"a": ["5"]}}, {"lists": {"a": [5]}}),
    ({"lists__ne": {"a": ["5"]}}, {"lists": {"$ne": {"a": [5]}}}),
    ({"lists__in": [{"a": ["5"]}, {}]}, {"lists": {"$in": [{"a": [5]}, {}]}}),
    ({"lists__a": {}}, {"lists.a": {}}),
    ({"num__gte": "5"}, {"i": {"$gte": 5}}),
    ({"num__in": ["1", None]}, {"i": {"$in": [1, None]}}),
    ({"num__in": []}, {"i": {"$in": []}}),
    ({"num__mod": [3, 0]}, {"i": {"$mod": [3, 0]}}),
    ({"num__exists": "x"}, {"i": {"$exists": "x"}}),
    ({"num__not": "5"}, {"i": {"$not": 5}}),
    ({"num__not__gt": "5"}, {"i": {"$not": {"$gt": 5}}}),
    ({"name__not__contains": "a+"}, {"n": {"$not": re.compile(r"a\+")}}),
    ({"name__iexact": "a"}, {"n": re.compile("^a$", re.IGNORECASE)}),
    ({"name__regex": "^a"}, {"n": re.compile("^a")}),
    ({"name__wholeword": "a"}, {"n": re.compile(r"\ba\b")}),
    ({"data__a__iregex": "^a"}, {"d.a": re.compile("^a", re.IGNORECASE)}),
    ({"size": 5}, {"sz": 5}),
    ({"size__size": 5}, {"sz": {"$size": 5}}),
    ({"part__deep__size": 2}, {"p.dp": {"$size": 2}}),
    ({"part__deep__size__": "2"}, {"p.dp.sz": 2}),
    ({"name___gt": "5"}, {"nn": {"$gt": 5}}),
    ({"pk": str(ID)}, {"_id": ID}),
    ({"part__deep__text": "a"}, {"p.dp.t": "a"}),
    ({"part": {"city": "x"}}, {"p": {"c": "x"}}),
    ({"part": {"$in": [1]}}, {"p": {"$in": [1]}}),
    ({"parts__0__city": "a"}, {"ps.0.c": "a"}),
    ({"parts__city__in": ["a"]}, {"ps.c": {"$in": ["a"]}}),
    ({"parts__match": {"n__gt": "5"}}, {"ps": {"$elemMatch": {"pn": {"$gt": 5}}}}),
    ({"parts__not__match": {}}, {"ps": {"$not": {"$elemMatch": {}}}}),
    ({"tags": ("a",)}, {"tg": ["a"]}),
    ({"tags__0__startswith": "a"}, {"tg.0": re.compile("^a")}),
    ({"dicts": {"a": 1}}, {"dicts": {"a": 1}}),
    ({"data__a__0__b": 5}, {"d.a.0.b": 5}),
    ({"lists__a__0": "5"}, {"lists.a.0": 5}),
    ({"dynamic__a__b__gt": 5}, {"dy.a.b": {"$gt": 5}}),
    ({"colour": QueryColour.RED}, {"colour": "red"}),
    ({"ref": TARGET}, {"r": ID}),
    ({"ref__in": [REF, str(ID)]}, {"r": {"$in": [ID, ID]}}),
    ({"dbref": ID}, {"dbref": REF}),
    ({"cached": TARGET}, {"cached._id": ID}),
    ({"cached__in": [TARGET, None]}, {"cached._id": {"$in": [ID, None]}}),
    ({"cached__name": "a"}, {"cached.n": "a"}),
    ({"generic": TARGET}, {"g": STORED}),
    ({"generic": ID}, {"g._ref.$id": ID}),
    ({"generic__ne": REF}, {"g._ref": {"$ne": REF}}),
    ({"generic__in": [TARGET, None]}, {"g": {"$in": [STORED, None]}}),
    ({"generic__in": [TARGET, REF, None]}, {"g._ref": {"$in": [REF, REF, None]}}),
    ({"generic__in": [TARGET, REF, OTHER]}, {"g._ref.$id": {"$in": [ID, ID, OTHER]}}),
    ({"generic__in": []}, {"g": {"$in": []}}),
    ({"generics": ID}, {"gs._ref.$id": ID}),
    ({"generics__0": REF}, {"gs.0._ref": REF}),
    ({"generics__all": [ID]}, {"gs._ref.$id": {"$all": [ID]}}),
    ({"generics": [TARGET]}, {"gs": [STORED]}),
]


@pytest.mark.parametrize(("conditions", "expected"), EXPECTED)
def test_conditions_become_queries(conditions: Any, expected: Any) -> None:
    assert query(**conditions) == expected


@pytest.mark.parametrize(
    ("conditions", "error", "message"),
    [
        ({"nope": 1}, InvalidQueryError, 'Cannot resolve field "nope"'),
        ({"part__nope": 1}, InvalidQueryError, 'Cannot resolve field "nope"'),
        ({"gt": 1}, InvalidQueryError, 'Cannot resolve field "gt"'),
        ({"": 1}, InvalidQueryError, 'Cannot resolve field ""'),
        ({"0": 1}, InvalidQueryError, 'Cannot resolve field "0"'),
        (
            {"num__nope": 1},
            InvalidQueryError,
            "Cannot resolve subfield or operator nope on the field num",
        ),
        (
            {"nums__nope": 1},
            InvalidQueryError,
            "Cannot resolve subfield or operator nope on the field nums",
        ),
        (
            {"ref__name": 1},
            InvalidQueryError,
            "Cannot perform join in mongoDB: ref__name",
        ),
        ({"parts__match": {"pk": 1}}, InvalidQueryError, 'Cannot resolve field "pk"'),
        (
            {"part": "x"},
            InvalidQueryError,
            "Querying the embedded document 'QueryPart' failed, due to an invalid "
            "query value",
        ),
        (
            {"num__in": 5},
            TypeError,
            "The `in`, `nin`, `all`, or `near`-operators must be applied to an iterable "
            "(e.g. a list).",
        ),
        (
            {"ref__in": TARGET},
            TypeError,
            "When using the `in`, `nin`, `all`, or `near`-operators you can't use a "
            "`Document`, you must wrap your object in a list (object -> [object]).",
        ),
        ({"num": "x"}, ValueError, "invalid literal for int() with base 10: 'x'"),
        (
            {"point__within_box": 1},
            NotImplementedError,
            'Geo method "within_box" has not been implemented for a PointField ',
        ),
        (
            {"legacy__geo_within": 1},
            NotImplementedError,
            'Geo method "geo_within" has not been implemented for a GeoPointField',
        ),
    ],
)
def test_bad_conditions_raise(conditions: Any, error: Any, message: str) -> None:
    with pytest.raises(error) as caught:
        query(**conditions)
    assert str(caught.value) == message


def test_an_error_tells_of_its_condition_and_what_to_write() -> None:
    with pytest.raises(TypeError, match=r"^int\(\) argument") as caught:
        query(num=5, nums={"$gt": 5})
    assert caught.value.__notes__ == [
        "This is about the condition 'nums'.",
        "A dict is compared with as a value: write an operator as `nums__gt=...`, or a "
        "condition in MongoDB's own form as `__raw__`.",
    ]
    with pytest.raises(ValueError, match=r"^invalid literal") as other:
        query(num__gt="x", name="a")
    assert other.value.__notes__ == ["This is about the condition 'num__gt'."]


def test_the_cause_of_an_unknown_name_is_kept() -> None:
    with pytest.raises(InvalidQueryError) as caught:
        query(nope=1)
    assert isinstance(caught.value.__cause__, AttributeError)


# Several conditions on one key


def test_operators_on_one_key_are_one_condition() -> None:
    assert query(num__gt=1, num__lt=5) == {"i": {"$gt": 1, "$lt": 5}}


def test_conditions_that_cannot_be_one_stand_apart() -> None:
    assert query(num__gt=0, num=1) == {"$and": [{"i": {"$gt": 0}}, {"i": 1}]}


def test_no_condition_is_lost() -> None:
    assert query(num__not__gt=1, num__not__lt=5) == {
        "$and": [{"i": {"$not": {"$lt": 5}}}, {"i": {"$not": {"$gt": 1}}}]
    }


def test_a_value_is_no_operator() -> None:
    assert query(data={"a": 1}, data__exists=True) == {
        "$and": [{"d": {"$exists": True}}, {"d": {"a": 1}}]
    }


@given(st.lists(st.sampled_from(["", "__gt", "__lt", "__ne", "__not__gt", "__exact"])))
def test_every_condition_stays(suffixes: list[str]) -> None:
    conditions = {f"num{suffix}": 7 for suffix in suffixes}
    found = query(**conditions)
    parts = found.get("$and", [found])
    told = [
        condition
        for part in parts
        for value in part.values()
        for condition in (value.items() if isinstance(value, dict) else [value])
    ]
    assert len(told) == len(conditions)


# Raw queries


def test_a_raw_query_is_merged() -> None:
    raw = {"i": {"$gt": 3}, "x": 1}
    assert query(__raw__=raw, num__lt=5) == {"i": {"$gt": 3, "$lt": 5}, "x": 1}


def test_a_raw_query_is_left_alone() -> None:
    raw = {"i": {"$gt": 3}, "$and": [{"a": 1}], "pt": {"$near": [1, 2]}}
    query(__raw__=raw, num__lt=5, num=1, name="a", point__max_distance=1)
    assert raw == {"i": {"$gt": 3}, "$and": [{"a": 1}], "pt": {"$near": [1, 2]}}


def test_raw_conditions_stand_beside_others() -> None:
    assert query(__raw__={"$and": [{"a": 1}], "i": 5}, num=4) == {
        "$and": [{"a": 1}, {"i": 4}, {"i": 5}]
    }


def test_what_is_no_raw_query_raises() -> None:
    with pytest.raises(AttributeError):
        query(__raw__=[{"a": 1}])


def test_handle_raw_query_adds_to_a_query() -> None:
    found: dict[str, Any] = {"a": 1}
    transform.handle_raw_query({"a": 2, "b": 3}, found)
    assert found == {"b": 3, "$and": [{"a": 2}, {"a": 1}]}


# Classes


def test_fields_of_subclasses_are_known() -> None:
    assert query(QueryBase, y__gt="1") == {"yy": {"$gt": 1}}
    assert query(QueryBase, _cls="QueryBase.QueryKid") == {"_cls": "QueryBase.QueryKid"}


def test_dynamic_documents_take_any_name() -> None:
    assert query(QueryFree, a__0__b__gt=1, name="x") == {
        "a.0.b": {"$gt": 1},
        "n": "x",
    }


def test_without_a_class_names_and_values_stay() -> None:
    assert query(None, a__b__gt="1", c__in=5, d__not__ne=1) == {
        "a.b": {"$gt": "1"},
        "c": {"$in": 5},
        "d": {"$not": {"$ne": 1}},
    }


def test_a_later_subclass_is_known() -> None:
    class QueryLate(Document):
        meta = {"allow_inheritance": True}

    with pytest.raises(InvalidQueryError):
        query(QueryLate, later=1)

    class QueryLater(QueryLate):
        later = IntField(db_field="l")

    assert query(QueryLate, later="1") == {"l": 1}


def test_a_renamed_field_is_known() -> None:
    class QueryRenamed(Document):
        part = EmbeddedDocumentField(QueryDeep)
        name = StringField()

    assert query(QueryRenamed, name=1) == {"name": 1}
    QueryRenamed.name.db_field = "other"
    assert query(QueryRenamed, name=1) == {"other": 1}


def test_keys_of_users_do_not_pile_up() -> None:
    from mongoengine.queryset import names

    for number in range(names.CACHED_NAMES + 10):
        query(**{f"data__key{number}": 1})
    assert names.condition_named.cache_info().currsize == names.CACHED_NAMES


# Places

POINT = {"type": "Point", "coordinates": [1, 2]}
GEO = [
    ({"legacy__near": [1, 2]}, {"gp": {"$near": [1, 2]}}),
    (
        {"legacy__within_spherical_distance": [[1, 2], 5]},
        {"gp": {"$within": {"$centerSphere": [[1, 2], 5]}}},
    ),
    ({"point__near": [1, 2]}, {"pt": {"$near": {"$geometry": POINT}}}),
    ({"point__near": POINT}, {"pt": {"$near": {"$geometry": POINT}}}),
    ({"point__geo_within_box": [1, 2]}, {"pt": {"$geoWithin": {"$box": [1, 2]}}}),
    (
        {"point__geo_intersects": [[1, 2], [3, 4]]},
        {
            "pt": {
                "$geoIntersects": {
                    "$geometry": {
                        "type": "LineString",
                        "coordinates": [[1, 2], [3, 4]],
                    }
                }
            }
        },
    ),
    (
        {"point__near": [1, 2], "point__max_distance": 5, "point__min_distance": 1},
        {"pt": {"$near": {"$geometry": POINT, "$maxDistance": 5, "$minDistance": 1}}},
    ),
    (
        {"legacy__near_sphere": [1, 2], "legacy__max_distance": 5},
        {"gp": SON([("$nearSphere", [1, 2]), ("$maxDistance", 5)])},
    ),
    ({"point__not__near": [1, 2]}, {"pt": {"$not": {"$near": {"$geometry": POINT}}}}),
]


@pytest.mark.parametrize(("conditions", "expected"), GEO)
def test_conditions_on_places(conditions: Any, expected: Any) -> None:
    assert query(**conditions) == expected


@pytest.mark.parametrize("value", [[], "x", 5, None, ([1, 2], [3, 4])])
def test_what_is_no_geometry_raises(value: Any) -> None:
    with pytest.raises(InvalidQueryError, match=r"^Invalid \$geometry data\. Can be"):
        query(point__geo_within=value)


def test_an_incomplete_geometry_raises() -> None:
    with pytest.raises(
        InvalidQueryError, match="should have type and coordinates keys"
    ):
        query(point__geo_within={"type": "Point"})
