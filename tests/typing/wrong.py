"""Uses that type checkers refuse, with the kind of error that they report."""

from mongoengine import (
    Document,
    EmbeddedDocumentField,
    IntField,
    StringField,
    connect,
)


class Person(Document):
    name = StringField(max_length="ten")  # error: arg-type
    age = IntField()
    part = EmbeddedDocumentField()  # error: call-arg


person = Person()
length: int = person.name  # error: assignment
older = person.age + 1  # error: operator
person.name.upper()  # error: union-attr
print(person.nope)  # error: attr-defined
print(Person._from_son({}).nope)  # error: attr-defined
print(Person.name.nope)  # error: attr-defined
person.validate(clean="no")  # error: arg-type
Person.objects.nope()  # error: attr-defined
Person.objects.limit("3")  # error: arg-type
Person.objects.only(3)  # error: arg-type
Person.objects.timeout("no")  # error: arg-type
other: int = Person.objects.skip(3)  # error: assignment
connect(5)  # error: arg-type
text: str = connect("db")  # error: assignment
Person.from_json(5)  # error: arg-type
