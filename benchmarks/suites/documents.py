"""Documents before and after the wire: loading, making, writing, validating, reading.

No work includes the decoding of BSON, and none meets a document twice: a run goes over
a batch that its setup decoded or made anew, because loading may take the dict over, and
because a second writing or validating may find work that the first has done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from itertools import count
from typing import Any

import bson

from benchmarks.measures import Memory, Timing
from benchmarks.models import (
    ORDER,
    PERSON,
    SEVEN,
    Order,
    Person,
    new_order,
    new_person,
    read_order,
    read_person,
    without_id,
)
from mongoengine import (
    BooleanField,
    DateTimeField,
    DictField,
    Document,
    FloatField,
    IntField,
    ListField,
    StringField,
    ValidationError,
)

BATCH = 50
CLASSES = 10
READS = 10
KINDS = (
    StringField,
    IntField,
    FloatField,
    BooleanField,
    DateTimeField,
    partial(ListField, StringField()),
    ListField,
    DictField,
)

Work = Timing | Memory


def over_batch(statement: str, make: Callable[[], Any], **options: Any) -> Timing:
    """Time `statement` for each `it` of a batch that `make` made."""
    return Timing(
        f"for it in batch: {statement}",
        setup=f"batch = [make() for _ in range({BATCH})]",
        names={"make": make, **options.pop("names", {})},
        calls=BATCH,
        uses_up=True,
        **options,
    )


def works_on(
    model: type[Document],
    stored: dict[str, Any],
    new: Callable[[], Any],
    read_two: str,
    read_everything: Callable[[Any], dict[str, Any]],
) -> dict[str, Work]:
    """Return the works that every model is measured by."""
    decoded = partial(bson.decode, bson.encode(stored))
    load = model._from_son
    names = {"load": load, "read": read_everything}

    def loaded() -> Any:
        return load(decoded())

    return {
        "load, read two": over_batch(
            f"it = load(it); {read_two}", decoded, names=names
        ),
        "load, read everything": over_batch(
            "read(load(it))",
            decoded,
            names=names,
            proof=lambda: read_everything(loaded()) == stored,
        ),
        **writing("new", new, stored),
        **writing("loaded", loaded, stored),
        "memory over the dict": Memory(decoded, load),
    }


def writing(
    state: str, make: Callable[[], Any], stored: dict[str, Any]
) -> dict[str, Work]:
    return {
        f"to_mongo, {state}": over_batch(
            "it.to_mongo()", make, proof=lambda: make().to_mongo() == stored
        ),
        f"validate, {state}": over_batch(
            "it.validate()", make, proof=lambda: validates(make, without_id(stored))
        ),
    }


def validates(make: Callable[[], Any], names: Iterable[str]) -> bool:
    """Whether a document is valid as made, and is not with nonsense in any field."""
    make().validate()
    return all(refuses_nonsense(make(), name) for name in names)


def refuses_nonsense(document: Any, name: str) -> bool:
    setattr(document, name, object())
    try:
        document.validate()
    except ValidationError:
        return True
    return False


def scalar_reading() -> Timing:
    def loaded() -> Person:
        return Person._from_son(bson.decode(bson.encode(PERSON)))

    return Timing(
        "; ".join(["person.name"] * READS),
        setup="person = loaded()",
        names={"loaded": loaded},
        calls=READS,
        proof=lambda: loaded().name == PERSON["name"],
    )


def construction() -> Timing:
    return Timing(
        f"Person({', '.join(f'{name}={name}' for name in SEVEN)})",
        names={"Person": Person, **SEVEN},
        proof=lambda: Person(**SEVEN).to_mongo().items() >= SEVEN.items(),
    )


def class_creation() -> Timing:
    numbers = count()

    def define() -> type[Document]:
        # A name of its own for each class: a second one of a name earns a warning.
        fields = {f"field_{i}": KINDS[i % len(KINDS)]() for i in range(40)}
        return type(Document)(f"Wide{next(numbers)}", (Document,), fields)

    return Timing(
        f"for _ in range({CLASSES}): define()",
        names={"define": define},
        calls=CLASSES,
        uses_up=True,  # not quite, but the registry keeps every class: make few
        proof=lambda: len(define()._fields) == 41,
    )


def entitled(title: str, works: dict[str, Work]) -> dict[str, Work]:
    return {f"{title}: {name}": work for name, work in works.items()}


WORKS: dict[str, Work] = {
    **entitled(
        "11 fields",
        {
            **works_on(Person, PERSON, new_person, "it.name; it.age", read_person),
            "__init__ with 7 keywords": construction(),
            "read a scalar attribute": scalar_reading(),
        },
    ),
    **entitled(
        "nested",
        works_on(Order, ORDER, new_order, "it.number; it.total", read_order),
    ),
    **entitled("40 fields", {"class creation": class_creation()}),
}
