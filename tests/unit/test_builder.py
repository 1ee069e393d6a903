"""Conditions of querysets: how they add up, and what the server would be asked for."""

from __future__ import annotations

from typing import Any

import pytest
from bson import Code

from mongoengine import (
    DictField,
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    ListField,
    Q,
    StringField,
)
from mongoengine.errors import InvalidQueryError, LookUpError, OperationError


class BuilderPart(EmbeddedDocument):
    city = StringField(db_field="c")


class BuilderThing(Document):
    number = IntField(db_field="n")
    name = StringField()
    tags = ListField(StringField(), db_field="tg")
    part = EmbeddedDocumentField(BuilderPart, db_field="p")
    parts = ListField(EmbeddedDocumentField(BuilderPart), db_field="ps")
    data = DictField(db_field="d")


class BuilderBase(Document):
    number = IntField(db_field="n")
    meta = {"allow_inheritance": True}


class BuilderChild(BuilderBase):
    level = IntField(db_field="l")


def things() -> Any:
    return BuilderThing.objects


def bases() -> Any:
    return BuilderBase.objects


def test_a_new_queryset_asks_for_everything() -> None:
    assert things()._query == {}
    assert things()._find_args == {"filter": {}}


def test_conditions_add_up() -> None:
    found = things()(number=1).filter(name="x").filter(Q(name="y") | Q(number=2))
    assert found._query == {
        "$and": [
            {"n": 1},
            {"name": "x"},
            {"$or": [{"name": "y"}, {"n": 2}]},
        ]
    }


def test_each_step_leaves_the_one_before_alone() -> None:
    before = things().filter(number=1).only("name").limit(3)
    told = before._find_args
    before.filter(name="x").exclude("name").limit(9).order_by("name").fields(
        slice__tags=1
    )
    assert before._find_args == told


def test_compiling_leaves_what_comes_after_alone() -> None:
    found = bases().filter(number=1)
    assert found._query == {"n": 1, "_cls": {"$in": BuilderBase._subclasses}}
    assert found.clear_cls_query()._query == {"n": 1}
    assert found._query["_cls"] == {"$in": BuilderBase._subclasses}


def test_what_is_compiled_is_compiled_anew_with_more() -> None:
    found = things().filter(number=1)
    assert found._query == {"n": 1}
    assert found.filter(name="x")._query == {"n": 1, "name": "x"}
    assert found.search_text("x")._query == {"n": 1, "$text": {"$search": "x"}}


@pytest.mark.parametrize("wrong", [5, {"number": 1}, Q, "number"])
def test_only_conditions_are_conditions(wrong: Any) -> None:
    with pytest.raises(InvalidQueryError, match="Did you intend to use key=value"):
        things().filter(wrong)


def test_unknown_fields_are_refused_when_compiled() -> None:
    with pytest.raises(InvalidQueryError, match='Cannot resolve field "nope"'):
        things().filter(nope=1)._query  # noqa: B018


def test_a_class_among_others() -> None:
    both = {"_cls": {"$in": ("BuilderBase", "BuilderBase.BuilderChild")}}
    assert bases()._query == both
    child: Any = BuilderChild.objects
    assert child._query == {"_cls": "BuilderBase.BuilderChild"}
    assert bases().no_sub_classes()._query == {"_cls": "BuilderBase"}
    assert bases().clear_cls_query()._query == {}
    asked = bases().filter(_cls="BuilderBase", number=1)
    assert asked._query == {"$and": [both, {"_cls": "BuilderBase", "n": 1}]}


def test_no_sub_classes_narrows_the_queryset_itself() -> None:
    found = bases()
    assert found.no_sub_classes() is found
    plain = things()
    assert plain.no_sub_classes() is plain
    assert plain._query == {}


def test_search_text() -> None:
    found = things().search_text("tea", language="english").filter(number=1)
    search = {"$search": "tea", "$language": "english"}
    assert found._query == {"$text": search, "n": 1}
    score = {"_text_score": {"$meta": "textScore"}}
    assert found._find_args["projection"] == score
    assert found.only("name")._find_args["projection"] == {"name": 1, **score}
    assert found.order_by("$text_score")._find_args["sort"] == list(score.items())
    unscored = things().search_text("tea", text_score=False)
    assert unscored._find_args["projection"] == {}
    with pytest.raises(OperationError, match="two times"):
        found.search_text("coffee")


@pytest.mark.parametrize(
    ("code", "translated"),
    [
        ("this[~number] > 3", 'this["n"] > 3'),
        ("this.{{~part.city}} == 'x'", "this.p.c == 'x'"),
        ("[ ~part.city ]", '["c"]'),
        ("{{ ~parts.0.city }}", "ps.0.c"),
        ("[~pk] + {{~data.x.y}}", '["_id"] + d.x.y'),
        ("this.n[~i] + number", "this.n[~i] + number"),
    ],
)
def test_fields_in_javascript(code: str, translated: str) -> None:
    found = things().where(code)
    assert found._filter == {"$where": Code(translated)}
    assert found._query == {}


def test_unknown_fields_in_javascript() -> None:
    with pytest.raises(LookUpError, match='Cannot resolve field "nope"'):
        things().where("[~nope]")
