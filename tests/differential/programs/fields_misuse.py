"""What field constructors refuse, and what every field can do by itself."""

from battery import attributes_of, make_field, new_model

# One way to build each field, and a valid value for it.
from kinds import FIELDS, NAMES
from recorder import step

import mongoengine as me
from mongoengine import (
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    ListField,
    StringField,
)
from mongoengine.base import BaseField

MISUSES = """
db_field='a.b'
db_field=''
db_field='$a'
db_field='a$b'
db_field='a\\0b'
db_field='_cls'
db_field=5
db_field=b'a'
choices='ab'
choices=5
choices={'a': 1}
choices=iter(['a'])
choices=None
validation=5
validation='x'
validation=len
required='yes'
unique='yes'
unique=True
unique_with='a'
unique_with=['a', 'b']
unique_with=('a',)
unique_with=5
unique_with=['a', 5]
unique_with=''
primary_key=True
primary_key=True, required=False
primary_key=True, db_field='own'
sparse=True
null=True
null='yes'
default=5
help_text='h'
verbose_name='v'
mine=1, yours=[2]
name='own'
max_length=5
required_=True
creation_counter=5
auto_creation_counter=5
owner_document=5
to_python=5
validate=5
_validation_=5
__get__=5
error=5
choices=[], widget='w'
""".strip("\n").splitlines()


def build(source):
    return attributes_of(make_field(source, **NAMES))


for kind in (
    "StringField",
    "ListField",
    "DictField",
    "EmbeddedDocumentField",
    "PointField",
):
    for options in MISUSES:
        source = FIELDS[kind][0].format(options)

        step(source, build, source)


def observe_construction(source, _value):
    step(f"{source}, no options", lambda: type(make_field(source.format(""), **NAMES)))
    step(f"{source}, unknown option", make_field, source.format("fancy=1"), **NAMES)
    step(f"{source}, help text", make_field, source.format("help_text=1"), **NAMES)
    step(f"{source}, method name", make_field, source.format("to_mongo=1"), **NAMES)
    step(f"{source}, 12 positional", make_field, source.format("*range(12)"), **NAMES)


for source, _value in FIELDS.values():
    observe_construction(source, _value)


def model_of(field, **attributes):
    return new_model(f=field, meta={"collection": "holders"}, **attributes)


class Inner(EmbeddedDocument):
    number = IntField(required=True, max_value=3)
    names = ListField(StringField(max_length=2))


class Outer(Document):
    inner = EmbeddedDocumentField(Inner)
    inners = ListField(EmbeddedDocumentField(Inner))
    by_name = me.MapField(EmbeddedDocumentField(Inner), db_field="bn")
    deep = ListField(ListField(me.MapField(IntField())))


@step("BaseField.error")
def _():
    return Outer.inner.error("message", errors={"a": 1}, field_name="named")


step("BaseField.error, defaults", lambda: StringField().error())
step("BaseField.error on a bound field", lambda: Outer.deep.error("m"))
step("BaseField validates anything", lambda: BaseField().validate(object()))
step("BaseField to_mongo", lambda: BaseField().to_mongo({"a": (1,)}))
step("BaseField to_python", lambda: BaseField().to_python((1,)))
step("BaseField query", lambda: BaseField().prepare_query_value("exact", [1]))
step(
    "BaseField counter is global",
    lambda: StringField().creation_counter + 1 == StringField().creation_counter,
)
step("owner_document of a bound field", lambda: Outer.deep.owner_document)
step("owner_document of an inner field", lambda: Outer.deep.field.field.owner_document)
step("owner_document of an unbound field", lambda: StringField().owner_document)
step("name of an unbound field", lambda: (StringField().name, StringField().db_field))
step(
    "names of inner fields", lambda: (Outer.deep.field.name, Outer.deep.field.db_field)
)


@step("owner_document set twice")
def _():
    field = StringField()
    model_of(field)
    return field._set_owner_document(Outer)


@step("one field, two names")
def _():
    field = StringField()
    model = model_of(field, g=field)
    return (
        model._fields_ordered,
        field.name,
        field.db_field,
        model(f="a", g="b").to_mongo(),
    )


@step("fields keep the order in which they were made")
def _():
    second, first = IntField(), IntField()
    return model_of(second, a=first)._fields_ordered


@step("class access gives the field, instance access the value")
def _():
    return Outer.deep is Outer._fields["deep"], Outer().deep
