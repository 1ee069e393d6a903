"""validate and clean, and the errors they raise through nested documents."""

from recorder import step

from mongoengine import (
    DictField,
    Document,
    DynamicDocument,
    EmailField,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EmbeddedDocumentListField,
    GenericEmbeddedDocumentField,
    IntField,
    ListField,
    MapField,
    ObjectIdField,
    StringField,
    ValidationError,
)
from mongoengine.base import NON_FIELD_ERRORS

calls = []


class Inner(EmbeddedDocument):
    text = StringField(required=True, max_length=3)
    number = IntField(min_value=0)


class Part(EmbeddedDocument):
    city = StringField(required=True, db_field="c")
    inner = EmbeddedDocumentField(Inner)
    inners = ListField(EmbeddedDocumentField(Inner), db_field="is")
    numbers = ListField(IntField(), max_length=2)


class Whole(Document):
    name = StringField(required=True, db_field="n", max_length=5)
    email = EmailField()
    age = IntField(min_value=1, max_value=9)
    part = EmbeddedDocumentField(Part)
    must = EmbeddedDocumentField(Inner, required=True)
    parts = EmbeddedDocumentListField(Part)
    places = MapField(EmbeddedDocumentField(Part))
    any = GenericEmbeddedDocumentField(choices=[Inner])
    data = DictField()
    matrix = ListField(ListField(IntField()))
    tags = ListField(StringField(), required=True)
    size = StringField(choices=["s", "m"])


class CleanedPart(EmbeddedDocument):
    text = StringField(required=True)

    def clean(self):
        calls.append("part")
        if self.text == "bad":
            raise ValidationError("bad text")
        self.text = self.text or "made"


class Cleaned(Document):
    name = StringField(required=True)
    part = EmbeddedDocumentField(CleanedPart)
    parts = ListField(EmbeddedDocumentField(CleanedPart))

    def clean(self):
        calls.append("document")
        if self.name == "bad":
            raise ValidationError("bad name")
        if self.name == "field":
            raise ValidationError("told of a field", field_name="name")
        if self.name == "errors":
            raise ValidationError("several", errors={"x": ValidationError("y")})
        if self.name == "value":
            raise ValueError("no validation error")
        self.name = self.name or "made"


class Overridden(Document):
    name = StringField(required=True)

    def validate(self, clean=True):
        calls.append(clean)
        super().validate(clean=clean)


class Open(Document):
    name = StringField(required=True)
    meta = {"allow_inheritance": True}


class OpenChild(Open):
    age = IntField(required=True)


class Keyed(Document):
    slug = StringField(primary_key=True, max_length=2)


class Free(DynamicDocument):
    name = StringField(required=True)


class RequiredDefaults(Document):
    name = StringField(required=True, default="d")
    made = IntField(required=True, default=lambda: 5)
    none = IntField(required=True, default=None)
    null = IntField(required=True, null=True)
    zero = IntField(required=True)
    empty = StringField(required=True)
    flags = ListField(required=True)
    data = DictField(required=True)
    key = ObjectIdField(required=True)


def good(**changes):
    values = {"name": "ann", "must": Inner(text="x"), "tags": ["t"], **changes}
    return Whole(**values)


def assigned(**changes):
    document = good()
    for name, value in changes.items():
        setattr(document, name, value)
    return document


CASES = {
    "nothing": {},
    "no name": {"name": None},
    "empty name": {"name": ""},
    "long name": {"name": "abcdef"},
    "number name": {"name": 5},
    "bad email": {"email": "x"},
    "small": {"age": 0},
    "large": {"age": 10},
    "text age": {"age": "x"},
    "several": {"name": None, "age": 0, "email": "x", "tags": []},
    "no tags": {"tags": []},
    "tags with None": {"tags": [None]},
    "tags with numbers": {"tags": ["a", 5, 6]},
    "choice": {"size": "l"},
    "part empty": {"part": Part()},
    "part fine": {"part": Part(city="x")},
    "part of wrong class": {"part": Inner(text="x")},
    "inner empty": {"part": Part(city="x", inner=Inner())},
    "inner and city": {"part": Part(inner=Inner(number=-1))},
    "inners": {
        "part": Part(city="x", inners=[Inner(text="x"), Inner(), Inner(text="long")])
    },
    "numbers": {"part": Part(city="x", numbers=[1, 2, 3])},
    "must missing": {"must": None},
    "must empty": {"must": Inner()},
    "parts": {"parts": [Part(city="x"), Part(), Part(inner=Inner())]},
    "places": {
        "places": {"home": Part(), "work": Part(city="x"), "far": Part(inner=Inner())}
    },
    "any": {"any": Inner()},
    "any wrong": {"any": Part(city="x")},
    "data keys": {"data": {"$a": 1}},
    "data dotted": {"data": {"a.b": 1}},
    "data number keys": {"data": {1: 1}},
    "matrix": {"matrix": [[1, "x"], ["y"]]},
    "matrix flat": {"matrix": [1, [2]]},
    "id": {"id": "zz"},
}
for label, changes in CASES.items():
    step(f"init {label}", lambda c=changes: good(**c).validate())
    step(f"set {label}", lambda c=changes: assigned(**c).validate())
for label, value in {
    "text": "x",
    "dict": {"city": "x"},
    "list": [Part()],
    "class": Part,
}.items():
    step(f"part is {label}", lambda v=value: assigned(part=v).validate())
    step(f"parts is {label}", lambda v=value: assigned(parts=v).validate())
    step(f"places is {label}", lambda v=value: assigned(places=v).validate())
    step(f"data is {label}", lambda v=value: assigned(data=v).validate())


def error_of(document):
    try:
        document.validate()
    except ValidationError as error:
        return error
    return None


BAD = assigned(
    name=None, part=Part(inners=[Inner()]), parts=[Part()], places={"k": Part()}, age=0
)
step("message", lambda: str(error_of(BAD)))
step("message attribute", lambda: error_of(BAD).message)
step("error repr", lambda: repr(error_of(BAD)))
step("error to_dict", lambda: error_of(BAD).to_dict())
step("error errors", lambda: {k: type(e) for k, e in error_of(BAD).errors.items()})
step("error nested", lambda: error_of(BAD).errors["part"].errors["inners"].errors)
step(
    "error field_name",
    lambda: (error_of(BAD).field_name, error_of(BAD).errors["age"].field_name),
)
step("error args", lambda: error_of(BAD).args)
step("error order", lambda: list(error_of(BAD).errors))
step("with id", lambda: assigned(id="5" * 24, name=None).validate())
step("class in message", lambda: OpenChild(name="x").validate())
step("child all", lambda: OpenChild().validate())
step("keyed missing", lambda: Keyed().validate())
step("keyed long", lambda: Keyed(slug="abc").validate())
step("keyed with None", lambda: Keyed(slug=None).validate())
step("part alone", lambda: Part().validate())
step("part alone nested", lambda: Part(city="x", inner=Inner()).validate())
step("part owned", lambda: good(part=Part()).part.validate())
step("free", lambda: Free(x=1).validate())
step("free list", lambda: Free(name="x", y=[1, {"a": None}]).validate())
step("required defaults", lambda: RequiredDefaults().validate())
step(
    "required falsy",
    lambda: RequiredDefaults(zero=0, empty="", none=0, null=0).validate(),
)
step("loaded partial", lambda: Whole._from_son({"n": "x"}).validate())
step(
    "loaded malformed",
    lambda: Whole._from_son({"n": 5, "age": "x", "tags": 5}).validate(),
)
step("returns", lambda: good().validate())
step("validate positional", lambda: good().validate(False))
step("NON_FIELD_ERRORS", lambda: NON_FIELD_ERRORS)


def cleaned(document, **options):
    calls.clear()
    try:
        document.validate(**options)
    finally:
        called = list(calls)
    return called, document


for name in (None, "", "x", "bad", "field", "errors", "value"):
    step(f"clean {name!r}", lambda n=name: cleaned(Cleaned(name=n)))
    step(f"no clean {name!r}", lambda n=name: cleaned(Cleaned(name=n), clean=False))
for text in (None, "x", "bad"):
    part = CleanedPart(text=text)
    step(f"part clean {text!r}", lambda p=part: cleaned(Cleaned(name="x", part=p)))
    step(
        f"part no clean {text!r}",
        lambda p=part: cleaned(Cleaned(name="x", part=p), clean=False),
    )
    step(
        f"parts clean {text!r}", lambda p=part: cleaned(Cleaned(name="x", parts=[p, p]))
    )
    step(f"alone clean {text!r}", lambda p=part: cleaned(p))
step("both bad", lambda: cleaned(Cleaned(name="bad", part=CleanedPart(text="bad"))))
step("clean returns", lambda: Cleaned(name="x").clean())
step("plain clean returns", lambda: good().clean())
step("overridden", lambda: cleaned(Overridden(name="x")))
step("overridden no clean", lambda: cleaned(Overridden(name="x"), clean=False))
step("overridden bad", lambda: Overridden().validate())
step("calls", lambda: calls)
