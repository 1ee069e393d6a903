"""Embedded document fields, generic and in lists: value by value, and misuse."""

from battery import SOME_ID, attributes_of, exercise, make_field, new_model
from bson import SON, DBRef, ObjectId
from recorder import step

from mongoengine import (
    Document,
    DynamicEmbeddedDocument,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    ListField,
    MapField,
    StringField,
)


class Pet(EmbeddedDocument):
    name = StringField(db_field="n", max_length=3)
    age = IntField()


class Animal(EmbeddedDocument):
    meta = {"allow_inheritance": True}
    legs = IntField(db_field="l")


class Dog(Animal):
    bark = StringField()


class Puppy(Dog):
    cute = IntField(required=True)


class Loose(DynamicEmbeddedDocument):
    known = IntField()


class Lenient(EmbeddedDocument):
    meta = {"strict": False}
    known = IntField()


class Node(EmbeddedDocument):
    label = StringField()
    child = EmbeddedDocumentField("self")
    children = ListField(EmbeddedDocumentField("self"))
    by_name = MapField(EmbeddedDocumentField("Node"))


class Cleaner(EmbeddedDocument):
    text = StringField()

    def clean(self):
        self.text = f"{self.text} cleaned"


class Person(Document):
    name = StringField()
    pet = EmbeddedDocumentField(Pet)


class Root(Document):
    meta = {"abstract": True}


NAMES = {name: value for name, value in globals().items() if isinstance(value, type)}
# Made for each step anew would be better still; none of these holds containers.
VALUES = [Pet(), Pet(name="a", age=1), Pet(name="long"), Animal(legs=4), Dog(bark="w")]
VALUES += [
    Puppy(),
    Loose(a=1),
    Lenient(),
    Node(label="x"),
    Person(id=SOME_ID),
    Person(),
]
VALUES += [
    None,
    {},
    {"n": "a"},
    {"name": "a"},
    {"nope": 1},
    SON([("n", "a"), ("age", "1")]),
]
VALUES += [{"_cls": "Pet", "n": "a"}, {"_cls": "Animal.Dog", "l": 1, "bark": "w"}]
VALUES += [{"_cls": "Dog", "l": 1}, {"_cls": "Nope"}, {"_cls": "Person"}, {"_cls": 5}]
VALUES += [
    {"n": 5},
    {"age": "x"},
    {"_id": 5},
    {1: 2},
    5,
    "text",
    [],
    [Pet()],
    Pet,
    True,
]
VALUES += [DBRef("pet", SOME_ID), ObjectId(SOME_ID), {"l": 1, "_cls": "Animal"}]
OPS = ("exact", "in", "match", "set", "push", None)

for source in (
    *("EmbeddedDocumentField(Pet)", "EmbeddedDocumentField('Pet')"),
    *(
        "EmbeddedDocumentField(Animal)",
        "EmbeddedDocumentField(Dog)",
        "EmbeddedDocumentField(Loose)",
    ),
    *("EmbeddedDocumentField(Lenient)", "EmbeddedDocumentField('Nope')"),
    *(
        "GenericEmbeddedDocumentField()",
        "GenericEmbeddedDocumentField(choices=[Pet, Dog])",
    ),
    *(
        "GenericEmbeddedDocumentField(choices=['Pet'])",
        "GenericEmbeddedDocumentField(null=True)",
    ),
    *(
        "EmbeddedDocumentField(Pet, required=True)",
        "EmbeddedDocumentField(Pet, null=True)",
    ),
    *(
        "EmbeddedDocumentField(Pet, db_field='x')",
        "EmbeddedDocumentField(Pet, default=Pet)",
    ),
    *("EmbeddedDocumentField(Pet, default=lambda: Pet(name='d'))",),
    *("EmbeddedDocumentField(Animal, choices=[Dog])", "EmbeddedDocumentField(Puppy)"),
):
    exercise(source, VALUES, OPS, **NAMES)
LISTS = [
    [],
    [Pet()],
    [Pet(name="long"), Pet(age="x")],
    [Dog()],
    [None],
    [{}],
    [{"n": "a"}],
    (Pet(),),
]
LISTS += [
    None,
    Pet(),
    {"n": "a"},
    5,
    "text",
    [5],
    [Pet(), Pet(name="a")],
    [{"nope": 1}],
    {"0": {"n": "a"}},
]
for source in (
    *("EmbeddedDocumentListField(Pet)", "EmbeddedDocumentListField('Pet')"),
    *(
        "EmbeddedDocumentListField(Animal)",
        "EmbeddedDocumentListField(Pet, required=True)",
    ),
    *(
        "EmbeddedDocumentListField(Pet, max_length=1)",
        "EmbeddedDocumentListField(Pet, null=True)",
    ),
    *(
        "ListField(GenericEmbeddedDocumentField())",
        "ListField(EmbeddedDocumentField(Pet))",
    ),
    *("MapField(EmbeddedDocumentField(Pet))", "DictField(EmbeddedDocumentField(Pet))"),
    "EmbeddedDocumentListField(Pet, default=lambda: [Pet(name='d')])",
):
    exercise(source, LISTS, OPS, **NAMES)

MISUSES = """
EmbeddedDocumentField()
EmbeddedDocumentField(5)
EmbeddedDocumentField(None)
EmbeddedDocumentField('')
EmbeddedDocumentField('self')
EmbeddedDocumentField('Person')
EmbeddedDocumentField('Nope')
EmbeddedDocumentField(Person)
EmbeddedDocumentField(Root)
EmbeddedDocumentField(Pet())
EmbeddedDocumentField(Document)
EmbeddedDocumentField(EmbeddedDocument)
EmbeddedDocumentField(dict)
EmbeddedDocumentField(StringField())
EmbeddedDocumentField(Pet, 'x')
EmbeddedDocumentField(document_type=Pet)
EmbeddedDocumentListField()
EmbeddedDocumentListField(5)
EmbeddedDocumentListField(Person)
EmbeddedDocumentListField(EmbeddedDocumentField(Pet))
EmbeddedDocumentListField('self')
GenericEmbeddedDocumentField(Pet)
GenericEmbeddedDocumentField(choices=[5])
GenericEmbeddedDocumentField(choices=Pet)
""".strip().splitlines()


def observe_misuse(source):
    field = step(f"misuse {source}", lambda: make_field(source, **NAMES))
    if field is not None:
        step(f"misuse {source}, attributes", lambda: attributes_of(field))
        step(f"misuse {source}, document_type", lambda: field.document_type)
        step(
            f"misuse {source}, in a model",
            lambda: new_model(EmbeddedDocument, f=field).f.document_type,
        )
        step(f"misuse {source}, validate", lambda: field.validate(Pet()))
        step(f"misuse {source}, to_python", lambda: field.to_python({"n": "a"}))


for source in MISUSES:
    observe_misuse(source)
