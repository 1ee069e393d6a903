"""Chain methods: what they add to a queryset, and what it would ask the server."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
from bson import Code
from pymongo import ReadPreference
from pymongo.collation import Collation
from pymongo.read_concern import ReadConcern

from mongoengine import (
    DictField,
    Document,
    DynamicDocument,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    ListField,
    Q,
    QuerySet,
    QuerySetNoCache,
    ReferenceField,
    StringField,
    register_connection,
)
from mongoengine.base.places import Place
from mongoengine.connection import ConnectionFailure, disconnect
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
    ref = ReferenceField("self")


class BuilderSorted(Document):
    number = IntField(db_field="n")
    meta = {"ordering": ["-number", "+id"]}


class BuilderBase(Document):
    number = IntField(db_field="n")
    meta = {"allow_inheritance": True}


class BuilderChild(BuilderBase):
    level = IntField(db_field="l")


class BuilderOpen(DynamicDocument):
    number = IntField(db_field="n")


def things() -> Any:
    return BuilderThing.objects


def bases() -> Any:
    return BuilderBase.objects


# Conditions


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


# What is loaded


@pytest.mark.parametrize(
    ("told", "projection"),
    [
        (lambda q: q.only("number").only("part__city"), {"n": 1, "p.c": 1}),
        (lambda q: q.only("parts.0.city"), {"ps.0.c": 1}),
        (lambda q: q.only("number", "name").exclude("name"), {"n": 1}),
        (lambda q: q.exclude("pk"), {"_id": 0}),
        (lambda q: q.fields(slice__tags=[1, 2]), {"tg": {"$slice": [1, 2]}}),
        (
            lambda q: q.fields(elemMatch__parts={"c": "x"}),
            {"ps": {"$elemMatch": {"c": "x"}}},
        ),
        (lambda q: q.fields(slice__tags=1, name=1), {"name": 1, "tg": {"$slice": 1}}),
        (lambda q: q.fields(number=1, name=0, id=0), {"n": 1, "_id": 0}),
        (lambda q: q.scalar("number", "part.city"), {"n": 1, "p.c": 1}),
        (lambda q: q.values("number", "part__city"), {"n": 1, "p.c": 1}),
    ],
)
def test_projections(told: Any, projection: Any) -> None:
    assert told(things())._cursor_args == {"projection": projection}


@pytest.mark.parametrize(
    "told",
    [
        lambda q: q.only("number").all_fields(),
        lambda q: q.only("number").exclude("number"),
        lambda q: q.scalar("number").scalar(),
        lambda q: q.only(),
        lambda q: q.exclude(),
        lambda q: q.values(),
    ],
)
def test_all_fields(told: Any) -> None:
    assert told(things())._cursor_args == {}


def test_the_class_is_always_loaded() -> None:
    assert bases().only("level")._cursor_args["projection"] == {"_cls": 1, "l": 1}
    assert bases().exclude("_cls", "level")._cursor_args["projection"] == {"l": 0}
    again = bases().only("number").all_fields().only("number")
    assert again._cursor_args["projection"] == {"_cls": 1, "n": 1}


def test_one_queryset_does_not_slice_for_another() -> None:
    one = things().fields(slice__tags=1)
    assert things().fields(slice__parts=2)._loaded_fields.as_dict() == {
        "ps": {"$slice": 2}
    }
    assert one._loaded_fields.as_dict() == {"tg": {"$slice": 1}}


@pytest.mark.parametrize("name", ["nope", "", "number__x", "ref__name", "part__nope"])
def test_unknown_fields_cannot_be_loaded(name: str) -> None:
    for told in (things().only, things().exclude, things().scalar, things().values):
        with pytest.raises(LookUpError):
            told(name)


def test_dynamic_documents_load_any_field() -> None:
    found: Any = BuilderOpen.objects
    assert found.only("number", "x__y")._cursor_args["projection"] == {"n": 1, "x.y": 1}


def test_the_last_form_of_rows_counts() -> None:
    found = things().scalar("number")
    assert (found._scalar, found._values) == (["number"], None)
    found = found.values("name")
    assert (found._scalar, found._values) == ((), ["name"])
    found = found.values_list("number")
    assert (found._scalar, found._values) == (["number"], None)
    assert things().values()._values == []
    assert things().as_pymongo()._as_pymongo
    assert not things().no_dereference()._auto_dereference


# Order, number, options


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
    found: Any = BuilderSorted.objects
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


# Copies


class BuilderQuerySet(QuerySet[Any]):
    """A queryset of users', which sets things up and keeps things."""

    _limit = 7

    def __init__(self, document: Any, collection: Any) -> None:
        super().__init__(document, collection)
        self._ordering = [("n", 1)]
        self.memo: list[Any] = []


def test_querysets_of_users() -> None:
    found = BuilderQuerySet(BuilderThing, Place("default", "x"))
    assert (found._limit, found._ordering) == (7, [("n", 1)])
    found.memo.append("stale")
    narrowed = found.filter(number=1).order_by()
    assert type(narrowed) is BuilderQuerySet
    assert (narrowed._limit, narrowed._ordering) == (7, [])
    assert narrowed.memo == []


def test_a_copy_is_not_run_yet() -> None:
    found = things().filter(number=1)
    found._result_cache, found._iter, found._len = [1], True, 1
    for twin in (found.clone(), copy.deepcopy(found), found.all(), found.limit(2)):
        assert (twin._result_cache, twin._iter, twin._len) == (None, False, None)
        assert twin._query == {"n": 1}


def test_pickling() -> None:
    found = bases().filter(number=1).only("level").limit(3)
    found._result_cache, found._iter = [1], True
    twin = pickle.loads(pickle.dumps(found))
    assert (twin._result_cache, twin._iter) == ([1], False)
    assert twin._find_args == found._find_args
    assert twin._document is BuilderBase
    assert twin._collection_obj == found._collection_obj


def test_into_a_queryset_of_another_class() -> None:
    asked = things().filter(number=1).limit(3)
    other = asked._clone_into(bases().only("level"))
    assert other._document is BuilderBase
    assert other._collection_obj.name == "builder_base"
    assert other._find_args == {"filter": {"n": 1}, "limit": 3}


def test_kept_or_not() -> None:
    found = things().filter(number=1)
    uncached = found.no_cache()
    assert type(uncached) is QuerySetNoCache
    assert type(uncached.filter(name="x").cache()) is QuerySet
    assert uncached.cache()._query == {"n": 1}
    found._result_cache = []
    with pytest.raises(OperationError, match="already cached"):
        found.no_cache()


def test_another_alias() -> None:
    register_connection("builder_other", "db", uuidRepresentation="standard")
    try:
        found = things().filter(number=1).using("builder_other")
        assert found._collection_obj == Place("builder_other", "builder_thing")
        assert found.limit(1)._collection_obj.alias == "builder_other"
        assert found._query == {"n": 1}
    finally:
        disconnect("builder_other")


def test_an_unknown_alias() -> None:
    with pytest.raises(ConnectionFailure, match='alias "nowhere" has not been defined'):
        things().using("nowhere")


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
