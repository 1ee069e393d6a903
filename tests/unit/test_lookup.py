"""Names into fields: what queries and indexes mean by a dotted name."""

from __future__ import annotations

from typing import Any

import pytest

from mongoengine import (
    DictField,
    Document,
    DynamicDocument,
    DynamicEmbeddedDocument,
    DynamicField,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EmbeddedDocumentListField,
    GenericReferenceField,
    IntField,
    LazyReferenceField,
    ListField,
    MapField,
    PointField,
    ReferenceField,
    StringField,
)
from mongoengine.errors import LookUpError


class LookupDeep(EmbeddedDocument):
    text = StringField(db_field="t")


class LookupPart(EmbeddedDocument):
    city = StringField(db_field="c")
    deep = EmbeddedDocumentField(LookupDeep, db_field="dp")
    deeps = ListField(EmbeddedDocumentField(LookupDeep), db_field="dps")


class LookupOpenPart(EmbeddedDocument):
    a = IntField()
    meta = {"allow_inheritance": True}


class LookupOpenPartChild(LookupOpenPart):
    b = IntField(db_field="bb")


class LookupFreePart(DynamicEmbeddedDocument):
    a = StringField(db_field="aa")


class LookupTarget(Document):
    name = StringField(db_field="n")


class LookupWhole(Document):
    name = StringField(db_field="n")
    part = EmbeddedDocumentField(LookupPart, db_field="p")
    parts = EmbeddedDocumentListField(LookupPart, db_field="ps")
    open = EmbeddedDocumentField(LookupOpenPart)
    free = EmbeddedDocumentField(LookupFreePart, db_field="f")
    tags = ListField(StringField(), db_field="tg")
    matrix = ListField(ListField(IntField()))
    data = DictField(db_field="d")
    places = MapField(EmbeddedDocumentField(LookupPart), db_field="pl")
    ref = ReferenceField(LookupTarget, db_field="r")
    refs = ListField(ReferenceField(LookupTarget))
    lazy = LazyReferenceField(LookupTarget)
    generic = GenericReferenceField()
    point = PointField()
    dynamic = DynamicField(db_field="dy")


class LookupKeyed(Document):
    slug = StringField(primary_key=True)


class LookupOwnId(Document):
    id = IntField(db_field="i")


class LookupBase(Document):
    x = IntField()
    meta = {"allow_inheritance": True}


class LookupChild(LookupBase):
    y = IntField(db_field="y1")


class LookupOtherChild(LookupBase):
    y = IntField(db_field="y2")


class LookupAbstract(Document):
    name = StringField()
    meta = {"abstract": True}


class LookupConcrete(LookupAbstract):
    own = StringField(db_field="o")


class LookupFree(DynamicDocument):
    name = StringField(db_field="n")
    part = EmbeddedDocumentField(LookupPart, db_field="p")
    free = EmbeddedDocumentField(LookupFreePart, db_field="f")
    extra = DynamicField(db_field="x")
    tags = ListField(db_field="tg")


def told(found: list[Any]) -> str:
    """Tell fields by their names in the database, and keys in brackets."""
    return " ".join(
        f"[{one}]" if isinstance(one, str) else one.db_field for one in found
    )


FOUND = [
    (LookupWhole, "name", "n"),
    (LookupWhole, "id", "_id"),
    (LookupWhole, "pk", "_id"),
    (LookupWhole, "part", "p"),
    (LookupWhole, "part.city", "p c"),
    (LookupWhole, "part.deep.text", "p dp t"),
    (LookupWhole, "part.deeps.text", "p dps t"),
    (LookupWhole, "part.deeps.0.text", "p dps [0] t"),
    (LookupWhole, "parts.S.city", "ps [S] c"),
    (LookupWhole, "parts.$.city", "ps [$] c"),
    (LookupWhole, "parts.-1.city", "ps [-1] c"),
    (LookupWhole, "parts.any.any.city", "ps [any] [any] c"),
    (LookupWhole, "parts.0.nope", "ps [0] [nope]"),
    (LookupWhole, "open.b", "open bb"),
    (LookupWhole, "free.a", "f aa"),
    (LookupWhole, "tags.0", "tg [0]"),
    (LookupWhole, "tags.x", "tg [x]"),
    (LookupWhole, "matrix.0.1", "matrix [0] [1]"),
    (LookupWhole, "data.a.0", "d a 0"),
    (LookupWhole, "places.k.city", "pl [k] c"),
    (LookupWhole, "refs.name", "refs n"),
    (LookupWhole, "refs.id", "refs _id"),
    (LookupWhole, "lazy.name", "lazy n"),
    (LookupWhole, "dynamic.a.0.b", "dy [a] [0] [b]"),
    (LookupPart, "deep.text", "dp t"),
    (LookupKeyed, "pk", "_id"),
    (LookupOwnId, "id", "i"),
    (LookupOwnId, "pk", "_auto_id_0"),
    (LookupBase, "y", "y1"),
    (LookupOtherChild, "y", "y2"),
    (LookupBase, "_cls", "_cls"),
    (LookupAbstract, "own", "o"),
    (LookupFree, "name", "n"),
    (LookupFree, "any.0.x", "any 0 x"),
    (LookupFree, "extra.a.b", "x a b"),
    (LookupFree, "free.a", "f aa"),
    (LookupFree, "free.b.c", "f b c"),
    (LookupFree, "tags.x", "tg [x]"),
    (LookupFreePart, "a", "aa"),
    (LookupFreePart, "b", "b"),
]

REFUSED = [
    (LookupWhole, "n", 'Cannot resolve field "n"'),
    (LookupWhole, "_id", 'Cannot resolve field "_id"'),
    (LookupWhole, "_cls", 'Cannot resolve field "_cls"'),
    (LookupWhole, "save", 'Cannot resolve field "save"'),
    (LookupWhole, "", 'Cannot resolve field ""'),
    (LookupWhole, "0", 'Cannot resolve field "0"'),
    (LookupWhole, "part..city", 'Cannot resolve field ""'),
    (LookupWhole, "part.c", 'Cannot resolve field "c"'),
    (LookupWhole, "part.0", 'Cannot resolve field "0"'),
    (LookupWhole, "part.pk", 'Cannot resolve field "pk"'),
    (LookupWhole, "free.b", 'Cannot resolve field "b"'),
    (LookupWhole, "name.x", 'Cannot resolve field "x"'),
    (LookupWhole, "ref.id", "Cannot perform join in mongoDB: ref__id"),
    (LookupWhole, "ref.0.x", "Cannot perform join in mongoDB: ref__0__x"),
    (LookupWhole, "generic._ref", "Cannot perform join in mongoDB: generic___ref"),
    (LookupWhole, "id.x", "Cannot resolve subfield or operator x on the field id"),
    (
        LookupWhole,
        "point.type",
        "Cannot resolve subfield or operator type on the field point",
    ),
    (LookupKeyed, "id", 'Cannot resolve field "id"'),
    (LookupOtherChild, "z", 'Cannot resolve field "z"'),
    (LookupFree, "name.x", 'Cannot resolve field "x"'),
    (LookupFree, "part.x", 'Cannot resolve field "x"'),
]


@pytest.mark.parametrize(("cls", "name", "found"), FOUND)
def test_found(cls: Any, name: str, found: str) -> None:
    assert told(cls._lookup_field(name.split("."))) == found


@pytest.mark.parametrize(("cls", "name", "message"), REFUSED)
def test_refused(cls: Any, name: str, message: str) -> None:
    with pytest.raises(LookUpError) as caught:
        cls._lookup_field(name.split("."))
    assert str(caught.value) == message


def test_the_fields_are_those_of_the_classes() -> None:
    part, city = LookupWhole._lookup_field(("part", "city"))
    assert part is LookupWhole.part
    assert city is LookupPart.city


def test_text_is_one_name() -> None:
    assert told(LookupWhole._lookup_field("name")) == "n"
    with pytest.raises(LookUpError, match='"part.city"'):
        LookupWhole._lookup_field("part.city")


def test_no_names_are_no_fields() -> None:
    assert LookupWhole._lookup_field([]) == []


@pytest.mark.parametrize(
    ("sep", "name"), [(".", "part.deep.text"), ("__", "part__deep__text")]
)
def test_translated(sep: str, name: str) -> None:
    assert LookupWhole._translate_field_name(name, sep=sep) == "p.dp.t"


@pytest.mark.parametrize("name", ["n", "part.c", "part__city"])
def test_not_translated(name: str) -> None:
    with pytest.raises(LookUpError):
        LookupWhole._translate_field_name(name)


def test_an_abstract_class_has_no_key() -> None:
    with pytest.raises(LookUpError, match='Cannot resolve field "pk"'):
        LookupAbstract._lookup_field("pk")


def test_a_list_of_plain_values_has_no_members() -> None:
    with pytest.raises(LookUpError, match="operator x on the field matrix"):
        LookupWhole._lookup_field(["matrix", "0", "x"])


def test_positions_of_updates_are_positions() -> None:
    for position in ("S", "$", "$[]", "$[part]"):
        assert LookupWhole._lookup_field(["tags", position])[1] == position
