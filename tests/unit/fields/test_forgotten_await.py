"""A coroutine or a queryset as a value: somebody forgot to await it, or to ask it."""

from collections.abc import Coroutine, Iterator
from typing import Any

import pytest
from bson import DBRef

from mongoengine import (
    Document,
    DynamicDocument,
    DynamicField,
    EmbeddedDocument,
    EmbeddedDocumentField,
    FileField,
    GenericReferenceField,
    IntField,
    LazyReferenceField,
    ListField,
    MapField,
    ReferenceField,
    StringField,
    ValidationError,
)


class AwaitedThing(Document):
    pass


class AwaitedPart(EmbeddedDocument):
    thing = ReferenceField(AwaitedThing)


class AwaitedBox(Document):
    reference = ReferenceField(AwaitedThing)
    by_dbref = ReferenceField(AwaitedThing, dbref=True)
    references = ListField(ReferenceField(AwaitedThing))
    mapped = MapField(ReferenceField(AwaitedThing))
    lazy = LazyReferenceField(AwaitedThing)
    generic = GenericReferenceField()
    part = EmbeddedDocumentField(AwaitedPart)
    number = IntField()
    text = StringField()
    anything = DynamicField()
    file = FileField()
    chosen = IntField(choices=[1, 2])


class AwaitedLoose(DynamicDocument):
    pass


@pytest.fixture
def coroutine() -> Iterator[Coroutine[Any, Any, None]]:
    async def thing() -> None:
        """Do nothing."""

    made = thing()
    yield made
    made.close()


AWAIT = "thing() was given as a coroutine: await it first"
ASK = "A queryset of AwaitedThing was given: ask for its documents first"


def refused(document: Any, name: str, message: str = AWAIT) -> None:
    with pytest.raises(ValidationError) as caught:
        document.validate()
    (error,) = caught.value.errors.values()
    assert str(caught.value).endswith(f"{message}: ['{name}'])"), error


@pytest.mark.parametrize("name", sorted({*AwaitedBox._fields} - {"id", "part"}))
def test_a_value(coroutine: Any, name: str) -> None:
    if name != "file":
        refused(AwaitedBox(**{name: coroutine}), name)
    box = AwaitedBox()
    setattr(box, name, coroutine)
    refused(box, name)


def test_an_item(coroutine: Any) -> None:
    refused(AwaitedBox(references=[coroutine]), "references")
    refused(AwaitedBox(mapped={"k": coroutine}), "mapped")


def test_a_value_of_a_part(coroutine: Any) -> None:
    with pytest.raises(ValidationError, match=r"thing.thing\(\) was given as a"):
        AwaitedBox(part=AwaitedPart(thing=coroutine)).validate()


def test_a_value_of_no_field(coroutine: Any) -> None:
    refused(AwaitedLoose(thing=coroutine), "thing")


def test_a_queryset() -> None:
    for name in ("reference", "lazy", "anything"):
        refused(AwaitedBox(**{name: AwaitedThing.objects}), name, ASK)
    refused(AwaitedLoose(thing=AwaitedThing.objects), "thing", ASK)
    with pytest.raises(ValidationError, match=ASK):
        AwaitedBox.reference.prepare_query_value(
            "set", DBRef("things", AwaitedThing.objects)
        )
