"""Index specifications: what a model says becomes what the server is asked for."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from mongoengine import (
    Document,
    DynamicDocument,
    DynamicField,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EmbeddedDocumentListField,
    GeoPointField,
    IntField,
    LineStringField,
    ListField,
    MapField,
    MultiPointField,
    PointField,
    PolygonField,
    ReferenceField,
    StringField,
)
from mongoengine.errors import LookUpError

OPEN = {"allow_inheritance": True}
numbers = itertools.count()


def model(*bases: Any, **namespace: Any) -> Any:
    """Make a class of a name of its own."""
    bases = bases or (Document,)
    name = f"Indexed{next(numbers)}"
    return type(bases[0])(name, bases, {"__module__": __name__, **namespace})


def specs_of(*bases: Any, **namespace: Any) -> Any:
    return model(*bases, **namespace)._meta["index_specs"]


def unique(*paths: str, sparse: bool = False) -> dict[str, Any]:
    return {"fields": [(p, 1) for p in paths], "unique": True, "sparse": sparse}


def place(path: str, kind: str = "2dsphere") -> dict[str, Any]:
    return {"fields": [(path, kind)]}


class IndexedInner(EmbeddedDocument):
    place = PointField(db_field="pl")
    code = IntField(unique=True, db_field="co")


class SpecPart(EmbeddedDocument):
    city = StringField(db_field="c")
    zone = StringField(unique=True, sparse=True)
    inner = EmbeddedDocumentField(IndexedInner, db_field="in")
    spot = GeoPointField(db_field="sp")
    pair = IntField(unique_with="city")


class IndexedPlainPart(EmbeddedDocument):
    city = StringField(db_field="c")
    id = IntField(db_field="i")


def fields() -> dict[str, Any]:
    return {
        "name": StringField(db_field="n"),
        "age": IntField(),
        "part": EmbeddedDocumentField(IndexedPlainPart, db_field="p"),
        "parts": ListField(EmbeddedDocumentField(IndexedPlainPart), db_field="ps"),
        "places": MapField(EmbeddedDocumentField(IndexedPlainPart), db_field="pl"),
        "anything": DynamicField(db_field="any"),
        "place": PointField(auto_index=False),
        "owner": ReferenceField("self", db_field="o"),
    }


Closed = model(**fields())
Open = model(**fields(), meta=OPEN)
Without = model(**fields(), meta={**OPEN, "index_cls": False})

KEYS = [
    ("name", [("n", 1)]),
    ("+name", [("n", 1)]),
    ("-name", [("n", -1)]),
    ("#name", [("n", "hashed")]),
    ("$name", [("n", "text")]),
    ("*place", [("place", "2d")]),
    ("(place", [("place", "2dsphere")]),
    (("name", "-age"), [("n", 1), ("age", -1)]),
    (["$name", "age"], [("n", "text"), ("age", 1)]),
    ((), []),
    ("id", [("_id", 1)]),
    ("-pk", [("_id", -1)]),
    ("_id", [("_id", 1)]),
    ("part.city", [("p.c", 1)]),
    ("-part.id", [("p.i", -1)]),
    ("parts.city", [("ps.c", 1)]),
    ("parts.0.city", [("ps.0.c", 1)]),
    ("places.k.city", [("pl.k.c", 1)]),
    ("places.$**", [("pl.$**", 1)]),
    ("anything.a.b", [("any.a.b", 1)]),
    ("owner", [("o", 1)]),
    ([("name", 1)], [("name", 1)]),
]


@pytest.mark.parametrize(("spec", "keys"), KEYS)
def test_keys(spec: Any, keys: Any) -> None:
    assert Closed._build_index_spec(spec) == {"fields": keys}


OPEN_KEYS = [
    ("name", [("_cls", 1), ("n", 1)]),
    ((), [("_cls", 1)]),
    ("$name", [("_cls", 1), ("n", "text")]),
    ("(place", [("place", "2dsphere")]),
    (("age", "*place"), [("age", 1), ("place", "2d")]),
    (("*place", "age"), [("_cls", 1), ("place", "2d"), ("age", 1)]),
    ("_cls", [("_cls", 1)]),
    (("name", "_cls"), [("n", 1), ("_cls", 1)]),
    ({"fields": ["name"], "cls": True}, [("_cls", 1), ("n", 1)]),
    ({"fields": ["name"], "cls": False}, [("n", 1)]),
]


@pytest.mark.parametrize(("spec", "keys"), OPEN_KEYS)
def test_keys_where_there_may_be_subclasses(spec: Any, keys: Any) -> None:
    assert Open._build_index_spec(spec) == {"fields": keys}


@pytest.mark.parametrize(
    ("spec", "keys"),
    [
        ("name", [("n", 1)]),
        ("_cls", [("_cls", 1)]),
        ({"fields": ["name"], "cls": True}, [("_cls", 1), ("n", 1)]),
    ],
)
def test_keys_without_cls(spec: Any, keys: Any) -> None:
    assert Without._build_index_spec(spec) == {"fields": keys}


def test_a_sparse_index_does_not_start_with_cls() -> None:
    sparse = {"fields": ["name"], "sparse": True}
    assert Open._build_index_spec(sparse) == {"fields": [("n", 1)], "sparse": True}
    assert Open._build_index_spec({**sparse, "sparse": False})["fields"][0] == (
        "_cls",
        1,
    )


def test_options_are_kept_and_what_was_given_stays() -> None:
    given = {"fields": ["-name"], "cls": False, "expireAfterSeconds": 5, "name": "old"}
    before = dict(given)
    built = Open._build_index_spec(given)
    assert built == {"fields": [("n", -1)], "expireAfterSeconds": 5, "name": "old"}
    assert given == before


REFUSED = [
    ("n", LookUpError, 'Cannot resolve field "n"'),
    ("part__city", LookUpError, 'Cannot resolve field "part__city"'),
    ("p.c", LookUpError, 'Cannot resolve field "p"'),
    ("--name", LookUpError, 'Cannot resolve field "-name"'),
    ("$**", LookUpError, 'Cannot resolve field "**"'),
    ("-", LookUpError, 'Cannot resolve field ""'),
    ("_cls", LookUpError, 'Cannot resolve field "_cls"'),
    ("name.x", LookUpError, 'Cannot resolve field "x"'),
    ("owner.id", LookUpError, "Cannot perform join in mongoDB: owner__id"),
    (")place", NotImplementedError, ""),
    ({}, KeyError, "'fields'"),
    ({"unique": True}, KeyError, "'fields'"),
    (("name", 5), AttributeError, "'int' object has no attribute 'startswith'"),
]


@pytest.mark.parametrize(("spec", "error", "message"), REFUSED)
def test_refused(spec: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        Closed._build_index_spec(spec)
    assert str(caught.value) == message


def test_a_bad_index_is_refused_with_the_class() -> None:
    with pytest.raises(LookUpError, match="nope"):
        model(meta={"indexes": ["nope"]})


def test_own_fields_called_id_and_keys_called_otherwise() -> None:
    assert specs_of(id=IntField(db_field="i"), meta={"indexes": ["id"]}) == [
        {"fields": [("i", 1)]}
    ]
    keyed = model(slug=StringField(primary_key=True), meta={"indexes": ["id", "slug"]})
    assert keyed._meta["index_specs"] == [{"fields": [("_id", 1)]}] * 2


def test_a_dynamic_document_has_indexes_on_any_name() -> None:
    free = model(DynamicDocument, name=StringField(db_field="n"))
    specs = free._build_index_specs(["any.x", "name"])
    assert specs == [{"fields": [("any.x", 1)]}, {"fields": [("n", 1)]}]


# Unique fields

UNIQUE = [
    ({"a": StringField(unique=True, db_field="aa")}, [unique("aa")]),
    ({"a": StringField(unique=True, sparse=True)}, [unique("a", sparse=True)]),
    ({"a": StringField(sparse=True)}, []),
    (
        {"a": IntField(unique_with="b"), "b": IntField(db_field="bb")},
        [unique("a", "bb")],
    ),
    (
        {"a": IntField(unique_with=["b", "c"]), "b": IntField(), "c": IntField()},
        [unique("a", "b", "c")],
    ),
    (
        {"a": IntField(unique_with="b", sparse=True), "b": IntField()},
        [unique("a", "b")],
    ),
    (
        {
            "a": IntField(unique_with="p.city"),
            "p": EmbeddedDocumentField(IndexedPlainPart, db_field="pp"),
        },
        [unique("a", "pp.c", sparse=True)],
    ),
    ({"a": IntField(unique=True, primary_key=True)}, [unique("_id")]),
    ({"a": ListField(StringField(), unique=True)}, [unique("a")]),
    ({"a": ListField(StringField(unique=True))}, []),
    ({"a": ReferenceField("self", unique=True)}, [unique("a")]),
    ({"a": MapField(EmbeddedDocumentField(SpecPart))}, []),
    ({"a": ListField(ListField(EmbeddedDocumentField(SpecPart)))}, []),
]


@pytest.mark.parametrize(("named", "specs"), UNIQUE)
def test_unique(named: dict[str, Any], specs: Any) -> None:
    cls = model(**named)
    assert cls._unique_with_indexes() == specs
    assert cls._meta["index_specs"] == specs


BELOW = [
    unique("aa.zone", sparse=True),
    unique("aa.in.co"),
    unique("aa.pair", "aa.c"),
]


@pytest.mark.parametrize(
    "field",
    [
        EmbeddedDocumentField(SpecPart, db_field="aa"),
        EmbeddedDocumentListField(SpecPart, db_field="aa"),
        ListField(EmbeddedDocumentField(SpecPart), db_field="aa"),
    ],
)
def test_unique_below_embedded_documents(field: Any) -> None:
    """The whole path, in names of the database, at any depth."""
    assert model(a=field)._unique_with_indexes() == BELOW


def test_unique_below_a_namespace() -> None:
    cls = model(
        a=IntField(unique_with="b"),
        b=IntField(),
        c=EmbeddedDocumentField(IndexedInner, db_field="cc"),
    )
    assert cls._unique_with_indexes("x.") == [unique("x.a", "x.b"), unique("x.cc.co")]


def test_unique_in_two_fields_of_one_class() -> None:
    cls = model(
        a=EmbeddedDocumentField(IndexedInner), b=EmbeddedDocumentField(IndexedInner)
    )
    assert cls._unique_with_indexes() == [unique("a.co"), unique("b.co")]


def test_unique_in_classes_that_hold_one_another() -> None:
    class IndexedNode(EmbeddedDocument):
        number = IntField(unique=True)
        child = EmbeddedDocumentField("self")
        other = EmbeddedDocumentField("IndexedPartner")

    class IndexedPartner(EmbeddedDocument):
        back = EmbeddedDocumentField(IndexedNode)
        number = IntField(unique=True)

    cls = model(node=EmbeddedDocumentField(IndexedNode))
    assert cls._unique_with_indexes() == [
        unique("node.number"),
        unique("node.other.number"),
    ]


def test_unique_with_an_inherited_field_is_sparse() -> None:
    base = model(a=IntField(), meta={"abstract": True})
    assert specs_of(base, b=IntField(unique_with="a")) == [
        unique("b", "a", sparse=True)
    ]


def test_unique_with_what_is_not_there() -> None:
    with pytest.raises(LookUpError, match="nope"):
        model(a=IntField(unique_with="nope"))


# Places


@pytest.mark.parametrize(
    ("field", "specs"),
    [
        (PointField(db_field="aa"), [place("aa")]),
        (PointField(auto_index=False), []),
        (GeoPointField(), [place("a", "2d")]),
        (LineStringField(), [place("a")]),
        (PolygonField(), [place("a")]),
        (MultiPointField(), []),
        (ListField(PointField()), []),
        (ListField(EmbeddedDocumentField(IndexedInner)), []),
        (
            EmbeddedDocumentField(SpecPart, db_field="aa"),
            [place("aa.in.pl"), place("aa.sp", "2d")],
        ),
    ],
)
def test_places(field: Any, specs: Any) -> None:
    assert model(a=field)._geo_indices() == specs


def test_places_below_a_parent() -> None:
    cls = model(a=EmbeddedDocumentField(IndexedInner), b=PointField())
    assert cls._geo_indices(parent_field="up") == [place("up.a.pl"), place("up.b")]


def test_places_of_an_embedded_class_count_once() -> None:
    cls = model(
        a=EmbeddedDocumentField(IndexedInner), b=EmbeddedDocumentField(IndexedInner)
    )
    assert cls._geo_indices() == [place("a.pl")]
    assert cls._geo_indices([IndexedInner]) == []


# All together


def test_the_order_is_meta_places_unique() -> None:
    cls = model(
        a=IntField(unique=True), b=PointField(), c=IntField(), meta={"indexes": ["c"]}
    )
    assert cls._meta["index_specs"] == [{"fields": [("c", 1)]}, place("b"), unique("a")]


def test_an_index_of_meta_takes_on_what_its_field_says() -> None:
    named = {"fields": ["a"], "name": "first"}
    indexes = ["a", named, "-a", {"fields": ["(b"], "name": "where"}]
    specs = specs_of(a=IntField(unique=True), b=PointField(), meta={"indexes": indexes})
    assert specs == [
        {"fields": [("a", 1)]},
        {**unique("a"), "name": "first"},
        {"fields": [("a", -1)]},
        {**place("b"), "name": "where"},
    ]


def test_indexes_are_inherited_through_meta_and_fields() -> None:
    base = model(a=IntField(unique=True), meta={**OPEN, "indexes": ["a"]})
    child = model(base, b=PointField(), meta={"indexes": ["-a"]})
    assert child._meta["index_specs"] == [
        {"fields": [("_cls", 1), ("a", 1)]},
        {"fields": [("_cls", 1), ("a", -1)]},
        place("b"),
        unique("a"),
    ]
