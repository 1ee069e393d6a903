"""Deltas: what an update writes turns the old stored form into the new one.

``_delta()`` of a mutated document gives what to ``$set`` and to ``$unset``.  Applied to
what was stored before, as MongoDB applies it, this must give what ``to_mongo()`` of the
mutated document gives, whatever happened to it, with one exception: a key of a document
may be missing where ``to_mongo()`` shows null, an empty list or an empty dict, because a
missing value reads as that.  So reading either gives the same document.
"""

from __future__ import annotations

import operator
from random import Random
from typing import Any

import pytest
from bson import ObjectId
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from updating import as_stored, updated, without_void

from mongoengine import (
    DictField,
    Document,
    DynamicDocument,
    DynamicEmbeddedDocument,
    DynamicField,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EmbeddedDocumentListField,
    GenericEmbeddedDocumentField,
    IntField,
    ListField,
    MapField,
    SortedListField,
    StringField,
)
from mongoengine.base import BaseDict, BaseList, EmbeddedDocumentList

FIXED = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=200,
    suppress_health_check=list(HealthCheck),
)


class DeltaLeaf(EmbeddedDocument):
    name = StringField(db_field="n")
    rank = IntField(db_field="r", default=0)
    words = ListField(StringField(), db_field="ws")
    data = DictField(db_field="d")


class DeltaFreeLeaf(DynamicEmbeddedDocument):
    rank = IntField(db_field="r", default=0)


class DeltaOpen(EmbeddedDocument):
    meta = {"allow_inheritance": True}
    lines = ListField(StringField(), db_field="ls")


class DeltaOpenChild(DeltaOpen):
    leaf = EmbeddedDocumentField(DeltaLeaf, db_field="lf")


class DeltaPart(EmbeddedDocument):
    city = StringField(db_field="c", null=True)
    lines = ListField(StringField(), db_field="ls")
    leaf = EmbeddedDocumentField(DeltaLeaf, db_field="lf")
    leaves = EmbeddedDocumentListField(DeltaLeaf, db_field="lfs")
    by_name = MapField(EmbeddedDocumentField(DeltaLeaf), db_field="bn")
    data = DictField(db_field="d")


class DeltaWhole(Document):
    name = StringField(db_field="nm", null=True)
    tags = ListField(StringField(), db_field="tg")
    anything = ListField(db_field="an")
    numbers = SortedListField(IntField(), db_field="nb")
    ranked = SortedListField(
        EmbeddedDocumentField(DeltaLeaf), ordering="r", reverse=True, db_field="rk"
    )
    matrix = ListField(ListField(IntField()), db_field="mx")
    data = DictField(db_field="dt")
    maps = MapField(MapField(ListField(StringField())), db_field="mp")
    lists = MapField(ListField(EmbeddedDocumentField(DeltaLeaf)), db_field="li")
    part = EmbeddedDocumentField(DeltaPart, db_field="p")
    parts = EmbeddedDocumentListField(DeltaPart, db_field="ps")
    named = MapField(EmbeddedDocumentField(DeltaPart), db_field="na")
    generic = GenericEmbeddedDocumentField(db_field="g")
    generics = ListField(GenericEmbeddedDocumentField(), db_field="gs")
    opened = EmbeddedDocumentField(DeltaOpen, db_field="op")
    free_leaf = EmbeddedDocumentField(DeltaFreeLeaf, db_field="fl")
    free_leaves = ListField(EmbeddedDocumentField(DeltaFreeLeaf), db_field="fls")
    dynamic = DynamicField(db_field="dy")


class DeltaFree(DynamicDocument):
    tags = ListField(StringField(), db_field="tg")
    part = EmbeddedDocumentField(DeltaPart, db_field="p")
    free_leaf = EmbeddedDocumentField(DeltaFreeLeaf, db_field="fl")


PLAIN_KEYS = ["a", "b", "c", "0", "1", "tg"]
ODD_KEYS = ["a", "b", "a.b", "b.a.0", "0", ""]
FREE_NAMES = ["x", "y", "z", "save"]


# What is done to values

# To a list: with two values, two positions and a step.
LIST_CALLS: dict[str, Any] = {
    "append": lambda t, x, y, i, j, s: t.append(x),
    "insert": lambda t, x, y, i, j, s: t.insert(i, x),
    "extend": lambda t, x, y, i, j, s: t.extend([x, y]),
    "+=": lambda t, x, y, i, j, s: operator.iadd(t, [x, y]),
    "*=": lambda t, x, y, i, j, s: operator.imul(t, i),
    "set": lambda t, x, y, i, j, s: operator.setitem(t, i, x),
    "set slice": lambda t, x, y, i, j, s: operator.setitem(t, slice(i, j), [x, y]),
    "set steps": lambda t, x, y, i, j, s: operator.setitem(t, slice(i, j, s), [x, y]),
    "turn": lambda t, x, y, i, j, s: operator.setitem(t, slice(None), t[::-1]),
    "swap": lambda t, x, y, i, j, s: t.__setitem__(slice(0, 2), [t[1], t[0]]),
    "move": lambda t, x, y, i, j, s: t.insert(i, t.pop(j)),
    "share": lambda t, x, y, i, j, s: operator.setitem(t, i, t[j]),
    "delete": lambda t, x, y, i, j, s: operator.delitem(t, i),
    "delete slice": lambda t, x, y, i, j, s: operator.delitem(t, slice(i, j, s)),
    "pop": lambda t, x, y, i, j, s: t.pop(i),
    "remove": lambda t, x, y, i, j, s: t.remove(t[i]),
    "reverse": lambda t, x, y, i, j, s: t.reverse(),
    "sort": lambda t, x, y, i, j, s: t.sort(key=str, reverse=i % 2),
    "clear": lambda t, x, y, i, j, s: t.clear(),
}

EMBEDDED_CALLS: dict[str, Any] = {
    "create": lambda t, x, y, i, j, s: t.create(data={"a": i}),
    "update": lambda t, x, y, i, j, s: t.update(data={"a": i}),
    "update some": lambda t, x, y, i, j, s: t.filter(data={}).update(data={"b": j}),
    "delete all": lambda t, x, y, i, j, s: t.delete(),
    "delete some": lambda t, x, y, i, j, s: t.exclude(data={}).delete(),
    "set first": lambda t, x, y, i, j, s: [setattr(p, "data", {"c": s}) for p in t[:1]],
}

# To a dict: with two keys and a value.
DICT_CALLS: dict[str, Any] = {
    "set": lambda t, k, o, x: operator.setitem(t, k, x),
    "delete": lambda t, k, o, x: operator.delitem(t, k),
    "pop": lambda t, k, o, x: t.pop(k, None),
    "popitem": lambda t, k, o, x: t.popitem(),
    "setdefault": lambda t, k, o, x: t.setdefault(k, x),
    "update": lambda t, k, o, x: t.update({k: x}, **{o: x}),
    "|=": lambda t, k, o, x: operator.ior(t, {k: x}),
    "move": lambda t, k, o, x: operator.setitem(t, o, t.pop(k)),
    "share": lambda t, k, o, x: operator.setitem(t, o, t[k]),
    "clear": lambda t, k, o, x: t.clear(),
}


class Hand:
    """Draws places in a document, values to put there, and what to do."""

    def __init__(self, number: Any, say: Any, keys: list[str]) -> None:
        self.number = number
        self.say = say
        self.keys = keys
        self.document: Any = None
        self.path: list[Any] = []  # to the last place
        self.hint: list[Any] = []  # to one that may share something with another

    def pick(self, values: Any) -> Any:
        values = list(values)
        return values[self.number(0, len(values) - 1)]

    def chance(self, percent: int) -> bool:
        return bool(self.number(1, 100) <= percent)

    # Values

    def fresh(self, field: Any, depth: int = 0) -> Any:
        """Return a new value for a field; without one, of any kind."""
        size = self.number(0, 2 if depth else 3)
        if isinstance(field, ListField):
            return [self.fresh(field.field, depth + 1) for _ in range(size)]
        if isinstance(field, DictField):
            keys = [self.pick(self.keys) for _ in range(size)]
            return {key: self.fresh(field.field, depth + 1) for key in keys}
        if isinstance(field, EmbeddedDocumentField):
            return self.fresh_document(self.pick(kinds_of(field)), depth + 1)
        if isinstance(field, GenericEmbeddedDocumentField):
            return self.fresh_document(self.pick(GENERIC_KINDS), depth + 1)
        if isinstance(field, IntField):
            return size
        if isinstance(field, StringField):
            return self.pick(["", "a", "b", "c"])
        return self.fresh(self.pick(ANY_KINDS[: 2 if depth > 2 else 5]), depth)

    def fresh_document(self, cls: Any, depth: int = 0) -> Any:
        names = [name for name in names_of(cls) if self.chance(50)]
        values = {name: self.fresh(cls._fields.get(name), depth) for name in names}
        return cls(**values)

    def value(self, field: Any, target: Any) -> Any:
        """Return a new value, or one that is somewhere in the document already."""
        if self.chance(25):
            there = self.path
            found, kind = self.place()
            if fits(found, kind, field) and not holds(found, target):
                self.say("  a value from elsewhere")
                self.hint = self.pick([there, self.path])
                return found
        return self.fresh(field, 1)

    # Places

    def place(self) -> tuple[Any, Any]:
        """Return a value in the document, read on the way, and its field."""
        value, field = self.document, None
        self.path, hint = [], self.hint if self.chance(30) else []
        while steps := steps_below(value):
            depth = len(self.path)
            if depth and (depth >= len(hint) if hint else self.chance(40)):
                break
            is_hinted = hint and hint[depth] in steps
            step = hint[depth] if is_hinted else self.pick(steps)
            self.path.append(step)
            if isinstance(value, (Document, EmbeddedDocument)):
                field = value._fields.get(step)
            else:
                field = getattr(field, "field", None)
            value = self.read(value, step)
        self.say(f"  at {self.path}")
        return value, field

    def read(self, value: Any, step: Any) -> Any:
        if isinstance(value, BaseList):
            return list(value)[step] if self.chance(30) else value[step]
        if isinstance(value, BaseDict):
            ways = [value.__getitem__, value.get, dict(value.items()).get]
            return self.pick(ways)(step)
        return value[step]

    # Changes

    def mutate(self) -> None:
        """Do something to the document."""
        target, field = self.place()
        below = getattr(field, "field", None)
        if isinstance(target, BaseList):
            self.mutate_list(target, below)
        elif isinstance(target, BaseDict):
            keys = [self.pick([*target, *self.keys]), self.pick(self.keys)]
            self.compare(
                DICT_CALLS, dict(target), target, *keys, self.value(below, target)
            )
        elif isinstance(target, EmbeddedDocument):
            self.mutate_document(target)
        else:
            self.mutate_document(self.document)

    def mutate_document(self, target: Any) -> None:
        name = self.pick(names_of(type(target)))
        value = self.value(target._fields.get(name), target)
        how = self.pick(["set", "set", "item", "none", "delete"])
        self.say(f"{how} {name} {value!r}")
        if how == "set":
            setattr(target, name, value)
        elif how == "item":
            target[name] = value
        elif how == "none":
            setattr(target, name, None)
        elif name in target._fields_ordered:
            delattr(target, name)

    def mutate_list(self, target: Any, field: Any) -> None:
        values = [self.value(field, target), self.value(field, target)]
        numbers = [self.number(-3, 3), self.number(-3, 3), self.pick([None, 1, 2, -1])]
        if isinstance(target, EmbeddedDocumentList) and self.chance(30):
            name = self.pick(EMBEDDED_CALLS)
            self.say(f"{name} {values} {numbers}")
            EMBEDDED_CALLS[name](target, *values, *numbers)
        else:
            self.compare(LIST_CALLS, list(target), target, *values, *numbers)

    def compare(self, calls: Any, plain: Any, target: Any, *arguments: Any) -> None:
        """Do to a container what works with a plain one, and with the same result."""
        name = self.pick(calls)
        self.say(f"{name} {arguments}")
        try:
            calls[name](plain, *arguments)
        except (IndexError, KeyError, ValueError) as error:
            with pytest.raises(type(error)):
                calls[name](target, *arguments)
        else:
            calls[name](target, *arguments)
            assert target == plain


ANY_KINDS: list[Any] = [
    IntField(),
    StringField(),
    ListField(),
    DictField(),
    EmbeddedDocumentField(DeltaLeaf),
]
GENERIC_KINDS = [DeltaLeaf, DeltaPart, DeltaOpenChild]


def kinds_of(field: Any) -> list[Any]:
    cls = field.document_type
    return [DeltaOpen, DeltaOpenChild] if cls is DeltaOpen else [cls]


def names_of(cls: Any) -> list[str]:
    """Return the names that may be assigned to."""
    names = [name for name in cls._fields if name not in ("id", "_cls")]
    return names + FREE_NAMES if cls._dynamic else names


def steps_below(value: Any) -> list[Any]:
    """Return names, positions or keys of what can be read from a value."""
    if isinstance(value, (Document, EmbeddedDocument)):
        return [name for name in value._fields_ordered if name not in ("id", "_cls")]
    if isinstance(value, BaseList):
        return list(range(-len(value), len(value)))
    return list(value) if isinstance(value, BaseDict) else []


def fits(value: Any, kind: Any, field: Any) -> bool:
    """Say whether a value that was found in one field may be put into another."""
    if field is None or isinstance(field, DynamicField):
        return True
    if isinstance(field, EmbeddedDocumentField):
        return isinstance(value, field.document_type)
    if isinstance(field, GenericEmbeddedDocumentField):
        return isinstance(value, EmbeddedDocument)
    return kind is not None and shape(kind) == shape(field)


def shape(field: Any) -> Any:
    """Return the kinds of a field and of those in it."""
    if field is None:
        return None
    document_type = getattr(field, "document_type", None)
    return type(field), document_type, shape(getattr(field, "field", None))


def holds(value: Any, target: Any) -> bool:
    """Say whether a value is the target or holds it, so that it may not go there."""
    if value is target:
        return True
    if isinstance(value, EmbeddedDocument):
        return any(holds(value[name], target) for name in steps_below(value))
    if isinstance(value, dict):
        return any(holds(item, target) for item in value.values())
    return isinstance(value, list) and any(holds(item, target) for item in value)


@pytest.mark.parametrize("keys", [PLAIN_KEYS, ODD_KEYS], ids=["plain", "odd"])
@pytest.mark.parametrize("cls", [DeltaWhole, DeltaFree])
@FIXED
@given(seed=st.integers(0, 2**32))
def test_the_delta_gives_the_new_stored_form(cls: Any, keys: Any, seed: int) -> None:
    # Hypothesis could draw each number, and shrink them, but takes ten times as long.
    change_at_random(cls, Hand(Random(seed).randint, note, keys))


def change_at_random(cls: Any, hand: Hand) -> None:
    document = hand.fresh_document(cls)
    document.id = ObjectId("5" * 24)
    stored = as_stored(document.to_mongo())
    if hand.chance(70):
        document = cls._from_son(stored)
    else:
        document._clear_changed_fields()
        document._created = False
    hand.document = document
    for _ in range(hand.number(1, 3)):
        hand.say(f"stored: {stored}")
        assert document._delta() == ({}, {})
        for _ in range(hand.number(1, 6)):
            hand.mutate()
        check_delta(document, stored, hand)
        document._clear_changed_fields()
        stored = as_stored(document.to_mongo())


def check_delta(document: Any, stored: Any, hand: Hand) -> None:
    to_set, to_unset = document._delta()
    hand.say(f"delta: {to_set} {to_unset}")
    written = updated(stored, to_set, to_unset)
    new = as_stored(document.to_mongo())
    for name in document._dynamic_fields.keys() & to_unset.keys():
        assert not new.pop(name, None)  # its own empty attributes are not stored
    assert written == without_void(new, written)
    read = as_stored(type(document)._from_son(written).to_mongo())
    assert without_void(read, new) == without_void(new, read)
