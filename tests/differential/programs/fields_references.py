"""The five reference fields, as far as no server is asked: value by value."""

from battery import SOME_ID, attributes_of, exercise, make_field, new_model
from bson import SON, DBRef, ObjectId
from recorder import step

import mongoengine
from mongoengine import (
    Document,
    EmbeddedDocument,
    IntField,
    StringField,
)
from mongoengine.base import LazyReference

OTHER_ID = ObjectId("fedcba987654321001234567")


class Person(Document):
    name = StringField(db_field="n")
    age = IntField()


class Numbered(Document):
    number = IntField(primary_key=True)


class Animal(Document):
    meta = {"allow_inheritance": True}


class Dog(Animal):
    pass


class Root(Document):
    meta = {"abstract": True}


class Leaf(Root):
    pass


class Pet(EmbeddedDocument):
    pass


NAMES = {name: value for name, value in globals().items() if isinstance(value, type)}
NAMES |= {"SOME_ID": SOME_ID, "mongoengine": mongoengine}
VALUES = [
    None,
    SOME_ID,
    str(SOME_ID),
    "x",
    "",
    5,
    5.5,
    b"0123456789ab",
    [],
    [SOME_ID],
    {},
    True,
    object,
]
VALUES += [
    Person(id=SOME_ID, name="a"),
    Person(),
    Person,
    Numbered(number=3),
    Numbered(),
    Dog(id=SOME_ID),
]
VALUES += [
    Animal(id=SOME_ID),
    Leaf(id=SOME_ID),
    Pet(),
    DBRef("person", SOME_ID),
    DBRef("other", SOME_ID),
]
VALUES += [
    DBRef("person", str(SOME_ID)),
    DBRef("person", SOME_ID, "db"),
    DBRef("numbered", 3),
    DBRef("dog", 1),
]
VALUES += [
    DBRef("animal", SOME_ID, cls="Animal.Dog"),
    LazyReference(Person, SOME_ID),
    LazyReference(Person, None),
]
VALUES += [
    LazyReference(Dog, SOME_ID),
    LazyReference(Numbered, "3"),
    SON([("_id", SOME_ID), ("n", "a")]),
]
VALUES += [
    {"_id": SOME_ID, "n": "a"},
    {"_id": SOME_ID, "name": "a"},
    {"_cls": "Person", "_ref": DBRef("person", SOME_ID)},
]
VALUES += [
    {"_cls": "Person", "_ref": SOME_ID},
    {"_cls": "Nope", "_ref": DBRef("nope", SOME_ID)},
    {"_ref": 5},
    {"_cls": "Person"},
]
OPS = ("exact", "in", "set", "pull", "match", None)

for source in (
    *(
        "ReferenceField(Person)",
        "ReferenceField(Person, dbref=True)",
        "ReferenceField('Person')",
    ),
    *(
        "ReferenceField(Numbered)",
        "ReferenceField(Numbered, dbref=True)",
        "ReferenceField(Animal)",
    ),
    *(
        "ReferenceField(Animal, dbref=True)",
        "ReferenceField(Dog)",
        "ReferenceField(Root)",
    ),
    *(
        "ReferenceField('self')",
        "ReferenceField(Person, required=True)",
        "ReferenceField(Person, null=True)",
    ),
    *(
        "ReferenceField(Person, db_field='x')",
        "ReferenceField(Person, default=SOME_ID)",
    ),
    *(
        "LazyReferenceField(Person)",
        "LazyReferenceField(Person, dbref=True)",
        "LazyReferenceField('Person')",
    ),
    *(
        "LazyReferenceField(Person, passthrough=True)",
        "LazyReferenceField(Numbered)",
        "LazyReferenceField(Animal)",
    ),
    *("LazyReferenceField('self')", "LazyReferenceField(Person, null=True)"),
    *(
        "CachedReferenceField(Person)",
        "CachedReferenceField(Person, fields=['name'])",
        "CachedReferenceField('Person')",
    ),
    *(
        "CachedReferenceField(Animal)",
        "CachedReferenceField(Numbered)",
        "CachedReferenceField(Person, auto_sync=False)",
    ),
    *(
        "GenericReferenceField()",
        "GenericReferenceField(choices=[Person])",
        "GenericReferenceField(choices=['Person'])",
    ),
    *(
        "GenericReferenceField(choices=[Animal])",
        "GenericReferenceField(required=True)",
        "GenericReferenceField(null=True)",
    ),
    *(
        "GenericLazyReferenceField()",
        "GenericLazyReferenceField(choices=[Person])",
        "GenericLazyReferenceField(passthrough=True)",
    ),
):
    exercise(source, VALUES, OPS, **NAMES)

MISUSES = """
ReferenceField()
ReferenceField(5)
ReferenceField(None)
ReferenceField('')
ReferenceField('Nope')
ReferenceField(Pet)
ReferenceField('Pet')
ReferenceField(Root)
ReferenceField(Document)
ReferenceField(Person())
ReferenceField(Person, 'x')
ReferenceField(Person, True, 2, 5)
ReferenceField(Person, reverse_delete_rule=9)
ReferenceField(Person, reverse_delete_rule='CASCADE')
ReferenceField(StringField())
ReferenceField(Person, unique=True)
ReferenceField(document_type=Person)
LazyReferenceField()
LazyReferenceField(5)
LazyReferenceField(Pet)
LazyReferenceField('Nope')
LazyReferenceField(Person, True, True, 2)
CachedReferenceField()
CachedReferenceField(5)
CachedReferenceField(Pet)
CachedReferenceField('Person', fields=5)
CachedReferenceField(Person, fields='name')
CachedReferenceField(Person, fields=['nope'])
CachedReferenceField(Person, ['name'], False)
CachedReferenceField('self')
GenericReferenceField(Person)
GenericReferenceField(choices=[5])
GenericReferenceField(choices=['Nope'])
GenericReferenceField(choices=[Pet])
GenericReferenceField(choices=Person)
GenericReferenceField(choices=(Person,))
GenericReferenceField(choices=[(Person, 'P')])
GenericReferenceField(dbref=True)
GenericLazyReferenceField(Person)
GenericLazyReferenceField(choices=[5])
GenericLazyReferenceField(True)
""".strip().splitlines()


def observe_misuse(source):
    field = step(f"misuse {source}", lambda: make_field(source, **NAMES))
    if field is not None:
        step(f"misuse {source}, attributes", lambda: attributes_of(field))
        step(
            f"misuse {source}, in a model",
            lambda: new_model(f=field),
        )
        step(f"misuse {source}, document_type", lambda: field.document_type)


for source in MISUSES:
    observe_misuse(source)
