"""The options that every field has: required, null, default, primary_key, unique."""

from battery import SOME_ID, data_of, make_field, new_model
from bson import ObjectId

# One way to build each field, and a valid value for it.
from kinds import FIELDS, NAMES
from recorder import step

import mongoengine as me
from mongoengine import (
    DictField,
    IntField,
    ListField,
    StringField,
)


def model_of(field, **attributes):
    return new_model(f=field, meta={"collection": "holders"}, **attributes)


def observe_empty(label, source, value):
    model = step(f"{label} | model", model_of, make_field(source, **NAMES))
    stored = {"_id": SOME_ID, model.f.db_field: value}
    empty = {model.f.db_field: None}
    observe_given(f"{label}, missing", model)
    observe_given(f"{label}, None", model, f=None)
    observe_given(f"{label}, value", model, f=value)
    step(f"{label}, loaded", lambda: data_of(model._from_son(stored)))
    step(f"{label}, loaded None", lambda: data_of(model._from_son(empty)))
    observe_removal(label, model, stored)


def observe_given(label, model, **values):
    step(f"{label}, data", lambda: data_of(model(**values)))
    step(f"{label}, stored", lambda: model(**values).to_mongo())
    step(f"{label}, valid", lambda: model(**values).validate())


def observe_removal(label, model, stored):
    @step(f"{label}, assigned None")
    def _():
        document = model._from_son(stored)
        document.f = None
        return data_of(document), document._delta(), document._get_changed_fields()

    @step(f"{label}, deleted")
    def _():
        document = model._from_son(stored)
        del document.f
        return data_of(document), document._delta(), document.to_mongo()


EMPTY = ("required=True", "null=True", "required=True, null=True", "db_field='x'")
for kind, (source, value) in FIELDS.items():
    for options in EMPTY:
        observe_empty(f"{kind} {options}", source.format(options), value)


def observe_default(label, source, value):
    field = make_field(source, **NAMES, value=value)
    model = step(f"{label} | model", model_of, field)
    observe_given(f"{label}, missing", model)
    observe_given(f"{label}, None", model, f=None)
    step(f"{label}, loaded", lambda: data_of(model._from_son({})))
    step(f"{label}, loaded None", lambda: data_of(model._from_son({"f": None})))
    step(f"{label}, changed", lambda: model._from_son({})._delta())
    observe_removal(label, model, {"_id": SOME_ID, "f": value})


DEFAULTS = ("default=value", "default=lambda: value", "default=value, null=True")
for kind, (source, value) in FIELDS.items():
    for options in DEFAULTS:
        observe_default(f"{kind} {options}", source.format(options), value)


@step("a mutable default is shared or not")
def _():
    model = model_of(ListField(default=[1]), d=DictField(default={"a": [1]}))
    one, two = model(), model()
    one.f.append(2)
    one.d["a"].append(2)
    return one, two, model()


@step("a callable default runs once a document")
def _():
    numbers = iter(range(9))
    model = model_of(IntField(default=lambda: next(numbers)))
    one, two = model(), model()
    return one.f, one.f, two.f, model(f=None).f, model(f=7).f, model._from_son({}).f


@step("primary key options")
def _():
    model = model_of(StringField(primary_key=True, db_field="key"))
    return (
        (model.f.db_field, model.f.required, model.f.primary_key),
        model(f="a").to_mongo(),
    )


def observe_primary_key(kind, source, value):
    field = make_field(source.format("primary_key=True"), **NAMES)
    model = step(f"{kind} as primary key | model", model_of, field)
    if model is not None:
        step(
            f"{kind} as primary key, fields",
            lambda: (model._fields_ordered, model.f.db_field),
        )
        step(f"{kind} as primary key, stored", lambda: model(pk=value).to_mongo())
        step(f"{kind} as primary key, missing", lambda: model().validate())
        step(f"{kind} as primary key, loaded", lambda: model._from_son({"_id": value}))
        step(
            f"{kind} as primary key, delta",
            lambda: model._from_son({"_id": value})._delta(),
        )


for kind, (source, value) in FIELDS.items():
    observe_primary_key(kind, source, value)


@step("a second value of a primary key")
def _():
    model = model_of(StringField(primary_key=True))
    document = model._from_son({"_id": "a"})
    document.f = "b"
    return document._delta(), document._get_changed_fields()


@step("unique options")
def _():
    model = model_of(IntField(unique=True), g=IntField(unique_with=["f"], sparse=True))
    return model._unique_with_indexes(), model._meta["index_specs"]


@step("assigning an equal value")
def _():
    model = model_of(IntField(), g=ListField())
    document = model._from_son({"_id": ObjectId(), "f": 1, "g": [1]})
    document.f, document.g = 1.0, [1]
    return document._get_changed_fields(), document._delta()


@step("assigning a value that cannot be compared")
def _():
    class Stubborn:
        def __eq__(self, other):
            raise ValueError("no")

        __hash__ = None

    document = model_of(me.DynamicField())._from_son({"_id": 1, "f": 1})
    document.f = Stubborn()
    return document._get_changed_fields()
