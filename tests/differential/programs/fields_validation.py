"""Validation callables, choices, and errors from deep inside."""

from battery import make_field, new_model

# One way to build each field, and a valid value for it.
from kinds import FIELDS, NAMES, Colour, Pet
from recorder import step

import mongoengine as me
from mongoengine import (
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    ListField,
    StringField,
    ValidationError,
)
from mongoengine.base import BaseField

VALIDATIONS = {
    "nothing": lambda value: None,
    "true": lambda value: True,
    "false": lambda value: False,
    "zero": lambda value: 0,
    "text": lambda value: "no",
    "ValidationError": lambda value: fail(ValidationError("own error")),
    "ValidationError with field": lambda value: fail(
        ValidationError("own error", field_name="other", errors={"x": "y"})
    ),
    "ValueError": lambda value: fail(ValueError("own error")),
    "KeyError": lambda value: fail(KeyError("key")),
    "two arguments": lambda value, other: None,
    "the type": lambda value: fail(ValidationError(type(value).__name__)),
    "a class": str,
}


def fail(error):
    raise error


def validated(model, **values):
    return model(**values).validate()


def model_of(field, **attributes):
    return new_model(f=field, meta={"collection": "holders"}, **attributes)


for kind, (source, value) in FIELDS.items():
    for name in ("nothing", "false", "ValidationError", "ValueError", "the type"):
        options = {**NAMES, "check": VALIDATIONS[name]}
        field = make_field(source.format("validation=check"), **options)
        model = step(f"{kind} validation {name} | model", model_of, field)
        step(f"{kind} validation {name}", validated, model, f=value)
        step(f"{kind} validation {name}, None", validated, model, f=None)
for name, check in VALIDATIONS.items():
    model = model_of(StringField(validation=check))
    step(f"validation {name}", validated, model, f="a")
    step(f"validation {name}, None", validated, model, f=None)
    step(f"validation {name}, empty", validated, model, f="")
    step(f"validation {name}, invalid value", validated, model, f=5)
    model = model_of(ListField(StringField(validation=check)))
    step(f"validation {name} in list", validated, model, f=["a", "b"])
    model = model_of(me.MapField(StringField(validation=check)))
    step(f"validation {name} in map", validated, model, f={"k": "b"})
    step(
        f"validation {name} called by itself",
        StringField(validation=check)._validate,
        "a",
    )
step("validation is called once", lambda: model_of(StringField(validation=print)))


@step("validation is called after the field's own")
def _():
    calls = []
    model = model_of(IntField(max_value=3, validation=calls.append))
    try:
        model(f=5).validate()
    except ValidationError as error:
        return calls, error
    return calls


@step("validation and choices together")
def _():
    return model_of(IntField(choices=[1], validation=lambda v: False))(f=2).validate()


CHOICES = {
    "list": ["a", "b"],
    "tuple": ("a", "b"),
    "set": {"a"},
    "pairs": [("a", "Ay"), ("b", "Bee")],
    "lists": [["a", "Ay"], ["b", "Bee"]],
    "mixed": ["a", ("b", "Bee")],
    "mixed, pair first": [("b", "Bee"), "a"],
    "triples": [("a", "Ay", 1)],
    "empty": [],
    "empty text": ["", "a"],
    "None": [None, "a"],
    "pair of None": [(None, "Nothing"), ("a", "Ay")],
    "numbers": [(1, "One"), (2, "Two")],
    "unhashable": [([1], "One")],
    "dict": {"a": "Ay"},
    "enum": Colour,
    "text pair": [("a", "b")],
}


def displayed(model, value):
    return model(f=value).get_f_display()


def observe_choices(name, choices):
    model = step(
        f"choices {name} | model", lambda: model_of(BaseField(choices=choices))
    )
    if model is None:
        return
    for value in ("a", "b", "c", "", None, 1, 1.0, "Ay", [1], Colour.RED):
        step(f"choices {name}, {value!r} valid", validated, model, f=value)
        step(f"choices {name}, {value!r} display", displayed, model, value)


for name, choices in CHOICES.items():
    observe_choices(name, choices)


@step("display of a list")
def _():
    model = model_of(ListField(StringField(choices=[("a", "Ay"), ("b", "Bee")])))
    return hasattr(model, "get_f_display"), model(f=["a", "c"]).validate()


class Chooser(Document):
    letters = ListField(StringField(), choices=[("a", "Ay"), ("b", "Bee")])
    many = ListField(StringField(choices=[("a", "Ay"), ("b", "Bee")]))
    plain = StringField(choices=["a", "b"])
    pairs = StringField(choices=[("a", "Ay")], default="a")
    none = StringField()
    pet = EmbeddedDocumentField(Pet, choices=[Pet])
    pets = ListField(EmbeddedDocumentField(Pet), choices=[(Pet, "Pet")])


step("choosers have", lambda: sorted(n for n in dir(Chooser) if n.endswith("_display")))
step("choosers, class call", lambda: Chooser.get_plain_display())


def chooser_display(values, method):
    return getattr(Chooser(**values), method)()


def observe_chooser(values):
    step(f"Chooser({values}) valid", validated, Chooser, **values)
    for name in ("letters", "many", "plain", "pairs", "none", "pet", "pets"):
        method = f"get_{name}_display"
        step(f"Chooser({values}).{method}()", chooser_display, values, method)


for values in (
    {"letters": ["a", "b"]},
    {"letters": ["a", "c"]},
    {"letters": []},
    {"many": ["a", "c"]},
    {"plain": "c"},
    {"pairs": None},
    {"pairs": "z"},
    {"pet": Pet()},
    {"pets": [Pet()]},
):
    observe_chooser(values)


@step("a display method of one's own stays")
def _():
    model = model_of(StringField(choices=["a"]), get_f_display=lambda self: "own")
    return model(f="a").get_f_display()


@step("several errors at once")
def _():
    model = model_of(
        IntField(max_value=1), g=StringField(required=True), h=ListField(IntField())
    )
    return model(f=5, h=[1, "x", "y"]).validate()


class Inner(EmbeddedDocument):
    number = IntField(required=True, max_value=3)
    names = ListField(StringField(max_length=2))


class Outer(Document):
    inner = EmbeddedDocumentField(Inner)
    inners = ListField(EmbeddedDocumentField(Inner))
    by_name = me.MapField(EmbeddedDocumentField(Inner), db_field="bn")
    deep = ListField(ListField(me.MapField(IntField())))


def bad():
    return Inner(names=["a", "abc", 5])


# Made anew for each step: containers know their owner, and die with it.


def observe_errors(label, make_values):
    label = f"nested errors {label}"
    step(label, lambda: Outer(**make_values()))
    step(f"{label}, valid", lambda: Outer(**make_values()).validate())
    step(f"{label}, unclean", lambda: Outer(**make_values()).validate(clean=False))
    step(f"{label}, stored", lambda: Outer(**make_values()).to_mongo())

    @step(f"{label}, assigned, valid")
    def _():
        outer = Outer()
        for name, value in make_values().items():
            setattr(outer, name, value)
        return outer.validate()


for label, make_values in {
    "in one": lambda: {"inner": bad()},
    "in list": lambda: {"inners": [Inner(number=1), bad()]},
    "in map": lambda: {"by_name": {"a": bad(), "b": Inner(number=5)}},
    "everywhere": lambda: {"inner": bad(), "inners": [bad()], "by_name": {"x": bad()}},
    "deep": lambda: {"deep": [[{"a": 1}], [{"a": 1}, {"b": "x"}]]},
    "int for embedded": lambda: {"inner": 5},
    "dict for list": lambda: {"inners": {"a": 1}},
    "list for map": lambda: {"by_name": [1]},
    "int for inner list": lambda: {"deep": [1]},
    "wrong document": lambda: {"inner": Pet()},
    "wrong document in list": lambda: {"inners": [Pet()]},
    "wrong document in map": lambda: {"by_name": {"a": Outer()}},
    "None in list": lambda: {"inners": [None]},
    "None in map": lambda: {"by_name": {"a": None}},
    "None deep": lambda: {"deep": [None, [None]]},
}.items():
    observe_errors(label, make_values)
