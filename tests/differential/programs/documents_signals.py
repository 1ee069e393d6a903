"""pre_init and post_init, their arguments and order; other signals at rest."""

from bson import ObjectId
from recorder import step

from mongoengine import (
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    ListField,
    StringField,
    signals,
)

ID = ObjectId("5" * 24)
log = []


def record(name, change=None):
    def receiver(sender, document=None, **kwargs):
        seen = dict(sorted(kwargs.items()))
        log.append(
            (name, sender.__name__, type(document).__name__, told(document), seen)
        )
        if change:
            change(document, kwargs)

    return receiver


def told(document):
    return {
        "data": sorted(getattr(document, "_data", {})),
        "created": getattr(document, "_created", "absent"),
        "initialised": getattr(document, "_initialised", "absent"),
    }


class Part(EmbeddedDocument):
    city = StringField()


class Whole(Document):
    name = StringField(db_field="n")
    age = IntField(default=3)
    part = EmbeddedDocumentField(Part)
    parts = ListField(EmbeddedDocumentField(Part))


class Other(Document):
    name = StringField()


class Open(Document):
    name = StringField()
    meta = {"allow_inheritance": True}


class OpenChild(Open):
    pass


def during(action, *receivers):
    """Connect (signal, receiver, sender) triples, act, and tell what was received."""
    log.clear()
    for signal, receiver, sender in receivers:
        signal.connect(receiver, **({"sender": sender} if sender else {}))
    try:
        result = action()
    finally:
        for signal, receiver, _ in receivers:
            signal.disconnect(receiver)
    return result, list(log)


STORED = {"_id": ID, "n": "x", "part": {"city": "a"}, "parts": [{"city": "b"}]}
ACTIONS = {
    "empty": lambda: Whole(),
    "keywords": lambda: Whole(name="x", age="5"),
    "with part": lambda: Whole(part=Part(city="x"), parts=[Part()]),
    "pk": lambda: Whole(pk=ID),
    "id": lambda: Whole(id=ID),
    "part": lambda: Part(city="x"),
    "load": lambda: Whole._from_son(STORED),
    "load created": lambda: Whole._from_son(STORED, created=True),
    "other": lambda: Other(name="x"),
    "child": lambda: OpenChild(name="x"),
    "unknown": lambda: Whole(nope=1),
    "given _created": lambda: Whole(_created=False),
    "given auto_convert": lambda: Whole(__auto_convert=False, age="5"),
    "clean": lambda: Whole(name="x").validate(),
    "from_json": lambda: Other.from_json("{}"),
}
for sender in (None, Whole, Part, Open):
    name = sender.__name__ if sender else "any"
    for label, action in ACTIONS.items():
        step(
            f"{label} for {name}",
            lambda a=action, s=sender: during(
                a,
                (signals.pre_init, record("pre"), s),
                (signals.post_init, record("post"), s),
            ),
        )


def add_name(document, values):
    values["values"]["name"] = "from pre"


def set_age(document, values):
    document.age = 99


step(
    "pre changes values",
    lambda: during(
        lambda: Whole(age=1), (signals.pre_init, record("pre", add_name), Whole)
    ),
)
step(
    "post sets",
    lambda: during(
        lambda: Whole(age=1), (signals.post_init, record("post", set_age), Whole)
    ),
)
step(
    "post sets on loaded",
    lambda: during(
        lambda: Whole._from_son(STORED)._get_changed_fields(),
        (signals.post_init, record("post", set_age), Whole),
    ),
)


def fail(sender, **kwargs):
    raise ValueError("from the receiver")


step("pre raises", lambda: during(lambda: Whole(), (signals.pre_init, fail, Whole)))
step("post raises", lambda: during(lambda: Whole(), (signals.post_init, fail, Whole)))
step("after that", lambda: during(lambda: Whole()))

NAMES = (
    *("pre_init", "post_init", "pre_save", "pre_save_post_validation", "post_save"),
    *("pre_delete", "post_delete", "pre_bulk_insert", "post_bulk_insert"),
)
for name in NAMES:
    step(f"{name} is there", lambda n=name: bool(getattr(signals, n)))
    step(f"{name} name", lambda n=name: getattr(signals, n).name)
    step(f"{name} send", lambda n=name: getattr(signals, n).send(Whole, document=None))
    step(f"{name} receivers", lambda n=name: dict(getattr(signals, n).receivers))
step("signals_available", lambda: signals.signals_available)
step(
    "send with a receiver",
    lambda: during(
        lambda: [
            result
            for _, result in signals.post_save.send(
                Whole, document=Other(), created=True
            )
        ],
        (signals.post_save, record("sent"), Whole),
    ),
)
step(
    "validate sends none",
    lambda: during(
        lambda: Whole().validate(),
        (signals.pre_save_post_validation, record("val"), None),
    ),
)
