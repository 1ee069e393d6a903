"""Names into fields: _lookup_field, _translate_field_name, get_document's helpers."""

from recorder import step

from mongoengine import (
    DictField,
    Document,
    DynamicDocument,
    DynamicField,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EmbeddedDocumentListField,
    GenericEmbeddedDocumentField,
    GenericReferenceField,
    IntField,
    ListField,
    MapField,
    PointField,
    ReferenceField,
    StringField,
)


class Deep(EmbeddedDocument):
    text = StringField(db_field="t")
    number = IntField()


class Part(EmbeddedDocument):
    city = StringField(db_field="c")
    deep = EmbeddedDocumentField(Deep, db_field="dp")
    deeps = ListField(EmbeddedDocumentField(Deep), db_field="dps")


class OpenPart(EmbeddedDocument):
    a = IntField()
    meta = {"allow_inheritance": True}


class OpenPartChild(OpenPart):
    b = IntField(db_field="bb")


class Target(Document):
    name = StringField(db_field="n")


class Whole(Document):
    name = StringField(db_field="n")
    part = EmbeddedDocumentField(Part, db_field="p")
    parts = EmbeddedDocumentListField(Part, db_field="ps")
    open = EmbeddedDocumentField(OpenPart)
    any = GenericEmbeddedDocumentField(choices=(Part, Deep))
    any_at_all = GenericEmbeddedDocumentField()
    tags = ListField(StringField(), db_field="tg")
    matrix = ListField(ListField(IntField(), db_field="row"))
    data = DictField(db_field="d")
    typed = DictField(IntField())
    places = MapField(EmbeddedDocumentField(Part), db_field="pl")
    ref = ReferenceField(Target, db_field="r", dbref=False)
    refs = ListField(ReferenceField(Target, dbref=True))
    generic = GenericReferenceField()
    point = PointField()
    dynamic = DynamicField(db_field="dy")
    with_digit_1 = StringField()


class Child(Document):
    base = StringField(db_field="b")
    meta = {"allow_inheritance": True}


class GrandChild(Child):
    own = StringField(db_field="o")


class Keyed(Document):
    slug = StringField(primary_key=True)


class Free(DynamicDocument):
    name = StringField(db_field="n")
    part = EmbeddedDocumentField(Part, db_field="p")


PATHS = (
    *(
        "name",
        "n",
        "id",
        "pk",
        "_id",
        "nope",
        "part",
        "p",
        "part.city",
        "part.c",
        "part.nope",
    ),
    *("part.deep", "part.deep.text", "part.dp.t", "part.deep.nope", "part.deeps.text"),
    *(
        "part.deeps.0.text",
        "part.deeps.0",
        "parts",
        "parts.city",
        "parts.0",
        "parts.0.city",
    ),
    *("parts.0.deep.text", "parts.$.city", "parts.S.city", "parts.-1.city", "parts.x"),
    *("tags", "tags.0", "tags.0.x", "tags.x", "matrix.0.1", "matrix.0", "matrix.x"),
    *(
        "data",
        "data.a",
        "data.a.b",
        "data.0",
        "typed.a",
        "typed.a.b",
        "places",
        "places.k",
    ),
    *("places.k.city", "places.k.nope", "ref", "ref.id", "ref.name", "ref.pk", "refs"),
    *(
        "refs.0",
        "refs.name",
        "generic",
        "generic._ref",
        "generic.x",
        "point",
        "point.type",
    ),
    *(
        "dynamic",
        "dynamic.a.b",
        "any",
        "any.city",
        "any.text",
        "any.nope",
        "any_at_all.x",
    ),
    *("open.a", "open.b", "open.bb", "with_digit_1", "name.0", "name.x", "", "_cls"),
    *(
        "part._cls",
        "id.x",
        "own",
        "base",
        "slug",
        "part..city",
        ".name",
        "objects",
        "save",
    ),
)


def told(fields):
    return [
        (
            field
            if isinstance(field, str)
            else (type(field).__name__, field.name, field.db_field)
        )
        for field in fields
    ]


for cls in (Whole, GrandChild, Keyed, Free):
    for path in PATHS:
        parts = path.split(".")
        step(
            f"{cls.__name__} lookup {path}",
            lambda c=cls, p=parts: told(c._lookup_field(p)),
        )
        step(
            f"{cls.__name__} translate {path}",
            lambda c=cls, p=path: c._translate_field_name(p),
        )
step("lookup text", lambda: told(Whole._lookup_field("name")))
step("lookup dotted text", lambda: told(Whole._lookup_field("part.city")))
step("lookup tuple", lambda: told(Whole._lookup_field(("part", "city"))))
step("lookup None", lambda: told(Whole._lookup_field(None)))
step("lookup nothing", lambda: told(Whole._lookup_field([])))
step("lookup on part", lambda: told(Part._lookup_field(["deep", "text"])))
step("translate on part", lambda: Part._translate_field_name("deep.text"))
step("translate separator", lambda: Whole._translate_field_name("part__city", sep="__"))
step("same field", lambda: Whole._lookup_field(["part", "city"])[1] is Part.city)
step("child from base", lambda: told(Child._lookup_field(["own"])))
