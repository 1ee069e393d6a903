"""Whatever happens to containers, the delta brings the stored form up to date."""

from __future__ import annotations

import copy
from typing import Any

from bson import ObjectId
from hypothesis import given
from hypothesis import strategies as st

from mongoengine import (
    DictField,
    Document,
    EmbeddedDocument,
    EmbeddedDocumentListField,
    IntField,
    ListField,
    MapField,
)


class HolderPart(EmbeddedDocument):
    number = IntField(db_field="n")
    free = ListField(db_field="f")


class HolderWhole(Document):
    rows = ListField(ListField(), db_field="r")
    data = DictField(db_field="d")
    parts = EmbeddedDocumentListField(HolderPart, db_field="p")
    places = MapField(ListField(), db_field="pl")


STORED = {
    "_id": ObjectId("5" * 24),
    "r": [[1, [2]], [{"a": [3]}]],
    "d": {"a": [1, {"b": [2]}], "b": {"a": {"b": 1}}},
    "p": [{"n": 1, "f": [1, [2]]}, {"n": 2, "f": []}],
    "pl": {"a": [1, {"a": 1}]},
}


def containers(whole: Any) -> list[Any]:
    """Return all tracked containers of a document, as reading gives them."""
    found = []
    waiting = [whole.rows, whole.data, whole.places, whole.parts]
    while waiting:
        value = waiting.pop()
        if isinstance(value, HolderPart):
            waiting.append(value.free)
        elif isinstance(value, (dict, list)):
            found.append(value)
            waiting += value.values() if isinstance(value, dict) else value
    return [v for v in found if v._name not in ("rows", "parts", "places")]


def new_value(draw: Any, others: list[Any]) -> Any:
    """Return a number, something new, or a container that stands elsewhere."""
    fresh = [7, [7], {"a": [7]}]
    return draw(st.sampled_from([*fresh, *others]))


LIST_MOVES = [
    lambda v, x: v.append(x),
    lambda v, x: v.insert(0, x),
    lambda v, x: v.extend([x, x]),
    lambda v, x: v.__setitem__(slice(0, 1), [x]),
    lambda v, x: v and v.__setitem__(-1, x),
    lambda v, x: v and v.append(v.pop(0)),
    lambda v, x: v.reverse(),
    lambda v, x: v.sort(key=str),
    lambda v, x: len(v) < 4 and v.__imul__(2),
    lambda v, x: v.clear(),
    lambda v, x: v and v.__delitem__(0),
]
DICT_MOVES = [
    lambda v, x: v.__setitem__("a", x),
    lambda v, x: v.update(b=x),
    lambda v, x: v.__ior__({"c": x}),
    lambda v, x: v.setdefault("c", x),
    lambda v, x: v.pop("a", None),
    lambda v, x: "b" in v and v.__delitem__("b"),
    lambda v, x: v.clear(),
]


def applied(stored: Any, delta: Any) -> Any:
    """Do what the server does with a delta."""
    stored = copy.deepcopy(stored)
    sets, unsets = delta
    for path, value in sets.items():
        *way, last = path.split(".")
        place = below(stored, way)
        place[int(last) if isinstance(place, list) else last] = value
    for path in unsets:
        *way, last = path.split(".")
        below(stored, way).pop(last, None)
    return stored


def below(place: Any, way: list[str]) -> Any:
    for name in way:
        missing_made = isinstance(place, dict)
        place = place.setdefault(name, {}) if missing_made else place[int(name)]
    return place


@given(st.data())
def test_the_delta_tells_all_that_changed(data: Any) -> None:
    stored: Any = STORED
    whole = HolderWhole._from_son(stored)
    for _ in range(data.draw(st.integers(1, 3))):
        for _ in range(data.draw(st.integers(1, 4))):
            there = containers(whole)
            chosen = data.draw(st.sampled_from(there)) if there else whole.data
            moves = DICT_MOVES if isinstance(chosen, dict) else LIST_MOVES
            value = new_value(data.draw, there)
            if value is not chosen and len(str(whole.to_mongo())) < 2000:
                data.draw(st.sampled_from(moves))(chosen, value)
        stored = applied(stored, whole._delta())
        whole._clear_changed_fields()
        loaded = HolderWhole._from_son(stored)
        assert loaded.to_mongo() == whole.to_mongo()
