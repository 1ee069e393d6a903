"""Uses that type checkers refuse, with the kind of error that they report."""

from mongoengine import (
    Document,
    DynamicDocument,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    StringField,
    connect,
)
from mongoengine.context_managers import async_on_commit, in_transaction


class Person(Document):
    name = StringField(max_length="ten")  # error: arg-type
    age = IntField()
    part = EmbeddedDocumentField()  # error: call-arg


class Part(EmbeddedDocument):
    name = StringField()


class Country(Document):
    id = StringField(primary_key=True)


class Bag(DynamicDocument):
    name = StringField()


person = Person()
length: int = person.name  # error: assignment
older = person.age + 1  # error: operator
person.name.upper()  # error: union-attr
print(person.nope)  # error: attr-defined
person.nmae = "Ada"  # error: attr-defined
print(Person._from_son({}).nope)  # error: attr-defined
print(Person.name.nope)  # error: attr-defined
person.validate(clean="no")  # error: arg-type
Person.objects.nope()  # error: attr-defined
person.objects.first()  # error: attr-defined
Person.objects.scalar(3)  # error: arg-type
Person.objects.scalar("name").limit("3")  # error: arg-type
Person.objects.limit("3")  # error: arg-type
Person.objects.only(3)  # error: arg-type
Person.objects.timeout("no")  # error: arg-type
other: int = Person.objects.skip(3)  # error: assignment
connect(5)  # error: arg-type
text: str = connect("db")  # error: assignment
Person.from_json(5)  # error: arg-type
print(Part().id)  # error: attr-defined
number: int = Country().id  # error: assignment
size: int = Bag().name  # error: assignment
Bag.objects.nope()  # error: attr-defined
in_transaction(5)  # error: arg-type


async def hook() -> None:
    await async_on_commit(5)  # error: arg-type
