"""A coroutine in a query or an update: somebody forgot to await it."""

from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest

from mongoengine import (
    DictField,
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    ListField,
    Q,
    ReferenceField,
    ValidationError,
)


class UnawaitedThing(Document):
    pass


class UnawaitedPart(EmbeddedDocument):
    thing = ReferenceField(UnawaitedThing)


class UnawaitedBox(Document):
    thing = ReferenceField(UnawaitedThing)
    things = ListField(ReferenceField(UnawaitedThing))
    info = DictField()
    number = IntField()
    part = EmbeddedDocumentField(UnawaitedPart)


Awaitable = Coroutine[Any, Any, None]


@pytest.fixture
def coroutine() -> Iterator[Awaitable]:
    async def async_get() -> None:
        """Do nothing."""

    made = async_get()
    yield made
    made.close()


CONDITIONS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "a value": lambda one: {"thing": one},
    "a number": lambda one: {"number__gte": one},
    "an item": lambda one: {"things": one},
    "one of several": lambda one: {"thing__in": [None, one]},
    "one of a tuple": lambda one: {"number__in": (1, one)},
    "one of a set": lambda one: {"number__in": {1, one}},
    "below a key": lambda one: {"info__key": one},
    "deep in a dict": lambda one: {"info": {"a": [{"b": one}]}},
    "of no field": lambda one: {"info__a__b": [one]},
    "a raw one": lambda one: {"__raw__": {"number": {"$gt": one}}},
}


@pytest.mark.parametrize("kind", CONDITIONS)
def test_a_condition(coroutine: Awaitable, kind: str) -> None:
    condition = CONDITIONS[kind](coroutine)
    (name,) = condition
    for queryset in (
        UnawaitedBox.objects(**condition),
        UnawaitedBox.objects(Q(number=1) | Q(**condition)),
        UnawaitedBox.objects(~Q(**condition)),
    ):
        with pytest.raises(ValidationError) as caught:
            _ = queryset._query
        assert str(caught.value) == (
            f"{name}: async_get() was given as a coroutine: await it first"
        )
        assert caught.value.field_name == name


CHANGES: dict[str, Callable[[Any], dict[str, Any]]] = {
    "a value": lambda one: {"set__thing": one},
    "a number": lambda one: {"inc__number": one},
    "an item": lambda one: {"push__things": one},
    "several items": lambda one: {"push_all__things": [one]},
    "in a dict": lambda one: {"info": {"a": one}},
    "in an embedded document": lambda one: {"set__part": {"thing": one}},
    "a raw one": lambda one: {"__raw__": {"$set": {"number": one}}},
    "a pipeline": lambda one: {"__raw__": [{"$set": {"number": one}}]},
}


@pytest.mark.parametrize("kind", CHANGES)
async def test_a_change(coroutine: Awaitable, kind: str) -> None:
    boxes, change = UnawaitedBox.objects, CHANGES[kind](coroutine)
    with pytest.raises(ValidationError, match="was given as a coroutine: await it"):
        boxes.update(**change)
    with pytest.raises(ValidationError, match="was given as a coroutine: await it"):
        await boxes.async_update_one(**change)
    with pytest.raises(ValidationError, match="was given as a coroutine: await it"):
        await boxes.async_modify(**change)


def test_other_values_pass() -> None:
    found = UnawaitedBox.objects(info={"a": [1, {"b": (2, {3})}]}, number__in={4})
    assert found._query == {
        "info": {"a": [1, {"b": [2, [3]]}]},
        "number": {"$in": [4]},
    }
