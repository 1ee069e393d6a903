"""Long sequences of mutations of one document, and what each adds to the delta."""

import random

from bson import ObjectId
from recorder import step

from mongoengine import (
    DictField,
    Document,
    DynamicDocument,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EmbeddedDocumentListField,
    IntField,
    ListField,
    MapField,
    StringField,
)

SEQUENCES = 24
STEPS_A_SEQUENCE = 25


class Inner(EmbeddedDocument):
    text = StringField(db_field="t")
    notes = ListField(IntField(), db_field="ns")


class Part(EmbeddedDocument):
    code = IntField(db_field="c")
    lines = ListField(IntField(), db_field="ls")
    inner = EmbeddedDocumentField(Inner, db_field="in")
    inners = EmbeddedDocumentListField(Inner, db_field="is")
    data = DictField()


class Whole(Document):
    name = StringField(db_field="n")
    numbers = ListField(IntField(), db_field="nu")
    matrix = ListField(ListField(IntField()))
    data = DictField(db_field="d")
    part = EmbeddedDocumentField(Part, db_field="p")
    parts = EmbeddedDocumentListField(Part, db_field="ps")
    places = MapField(EmbeddedDocumentField(Part), db_field="pl")


class Free(DynamicDocument):
    name = StringField(db_field="n")


def inner():
    return {"t": "x", "ns": [1, 2, 3]}


def part():
    return {
        "c": 1,
        "ls": [1, 2],
        "in": inner(),
        "is": [inner(), inner()],
        "data": {"a": [1, {"z": 1}]},
    }


def load():
    return Whole._from_son(
        {
            "_id": ObjectId("5" * 24),
            "n": "name",
            "nu": [3, 1, 2],
            "matrix": [[1, 2], [3]],
            "d": {"a": 1, "b": [1, {"c": {"e": [1]}}], "f": {"g": {"h": 1}}},
            "p": part(),
            "ps": [part(), part(), part()],
            "pl": {"home": part(), "work": part()},
        }
    )


def load_free():
    """Flat values: MongoEngine mistakes paths in nested ones, see documents_dynamic."""
    return Free._from_son(
        {
            "_id": ObjectId("5" * 24),
            "n": "name",
            "numbers": [3, 1, 2],
            "data": {"a": 1, "b": 2, "f": "x"},
        }
    )


# What may happen to a list of numbers, to a dict, to parts. `r` draws the values.
LIST_MOVES = (
    lambda v, r: v.append(r.randrange(9)),
    lambda v, r: v.extend([r.randrange(9), r.randrange(9)]),
    lambda v, r: v.insert(r.randrange(-3, 4), r.randrange(9)),
    lambda v, r: v.pop(),
    lambda v, r: v.pop(0),
    lambda v, r: v.remove(r.randrange(4)),
    lambda v, r: v.sort(key=str),
    lambda v, r: v.reverse(),
    lambda v, r: v.__setitem__(r.randrange(-3, 3), r.randrange(9)),
    lambda v, r: v.__setitem__(slice(0, 2), [r.randrange(9)]),
    lambda v, r: v.__delitem__(r.randrange(-2, 2)),
    lambda v, r: v.__delitem__(slice(1, None)),
    lambda v, r: v.__iadd__([r.randrange(9)]),
    lambda v, r: v.__imul__(2) if len(v) < 4 else None,
)
DICT_MOVES = (
    lambda v, r: v.__setitem__(r.choice("abfxy"), r.randrange(9)),
    lambda v, r: v.__setitem__(r.choice("abf"), {"k": r.randrange(9)}),
    lambda v, r: v.__setitem__(r.choice("abf"), [r.randrange(9), {"m": 1}]),
    lambda v, r: v.__delitem__(r.choice("abf")),
    lambda v, r: v.pop(r.choice("abf"), None),
    lambda v, r: v.popitem(),
    lambda v, r: v.setdefault(r.choice("abfx"), [1]),
    lambda v, r: v.update({r.choice("abf"): r.randrange(9), "u": 1}),
    lambda v, r: v.clear() if r.random() < 0.2 else None,
)
EMBEDDED_MOVES = (
    lambda v, r: v.append(Part(code=r.randrange(9))),
    lambda v, r: v.insert(0, Part(code=r.randrange(9), lines=[1])),
    lambda v, r: v.pop(),
    lambda v, r: v.pop(0),
    lambda v, r: v.reverse(),
    lambda v, r: v.sort(key=lambda p: p.code or 0),
    lambda v, r: v.__setitem__(0, Part(code=r.randrange(9))),
    lambda v, r: v.__delitem__(-1),
    lambda v, r: v.create(code=r.randrange(9)),
    lambda v, r: v.filter(code=1).update(code=r.randrange(9)),
    lambda v, r: v.append(v[0]),
)


def change_list(value, draw):
    draw.choice(LIST_MOVES)(value, draw)


def change_dict(value, draw):
    """Change the dict, or something below it."""
    below = [v for v in value.values() if isinstance(v, (dict, list)) and v]
    if below and draw.random() < 0.5:
        inside = draw.choice(below)
        (change_dict if isinstance(inside, dict) else change_list)(inside, draw)
    else:
        draw.choice(DICT_MOVES)(value, draw)


def change_inner(value, draw):
    if value is None:
        return
    if draw.random() < 0.5:
        value.text = draw.choice(["x", "y", None])
    else:
        change_list(value.notes, draw)


def change_part(value, draw):
    if value is None:
        return
    way = draw.randrange(7)
    if way == 0:
        value.code = draw.choice([1, 2, None])
    elif way == 1:
        change_list(value.lines, draw)
    elif way == 2:
        change_inner(value.inner, draw)
    elif way == 3:
        value.inner = draw.choice([None, Inner(), Inner(text="n", notes=[1])])
    elif way == 4 and value.inners:
        change_inner(draw.choice(value.inners), draw)
    elif way == 5:
        change_dict(value.data, draw)
    else:
        value.inners = [Inner(text="q")] * draw.randrange(1, 2)


def change_whole(whole, draw):
    way = draw.randrange(10)
    if way == 0:
        whole.name = draw.choice(["name", "other", None])
    elif way == 1:
        change_list(whole.numbers, draw)
    elif way == 2:
        change_list(draw.choice(whole.matrix), draw)
    elif way == 3:
        change_dict(whole.data, draw)
    elif way == 4:
        change_part(whole.part, draw)
    elif way == 5:
        change_part(draw.choice(whole.parts), draw)
    elif way == 6:
        draw.choice(EMBEDDED_MOVES)(whole.parts, draw)
    elif way == 7:
        change_part(draw.choice(sorted(whole.places.items()))[1], draw)
    elif way == 8 and draw.random() < 0.3:
        whole.part = draw.choice([None, Part(code=5), Part()])
    elif way == 9 and draw.random() < 0.3:
        whole.places[draw.choice(["home", "new"])] = Part(code=draw.randrange(9))


def change_free(free, draw):
    way = draw.randrange(4)
    if way == 0:
        setattr(
            free, draw.choice(["name", "new", "other"]), draw.choice(["v", None, 1])
        )
    elif way == 1:
        change_list(free.numbers, draw)
    elif way == 2:
        free.data[draw.choice("abfxy")] = draw.choice([1, "v", None])
    else:
        setattr(free, draw.choice(["made", "made2"]), draw.choice([[1], {"k": 1}, {}]))


def tell(document, change, draw):
    try:
        change(document, draw)
        error = None
    except (IndexError, KeyError, ValueError) as caught:
        error = type(caught).__name__
    return error, document._get_changed_fields(), document._delta()


for seed in range(SEQUENCES):
    draw = random.Random(seed)
    free = seed % 6 == 5
    document = load_free() if free else load()
    change = change_free if free else change_whole
    for number in range(STEPS_A_SEQUENCE):
        step(f"{seed}.{number}", tell, document, change, draw)
    step(f"{seed} to_mongo", document.to_mongo)
    step(f"{seed} cleared", lambda d=document: (d._clear_changed_fields(), d._delta()))
    for number in range(5):
        step(f"{seed} after clearing {number}", tell, document, change, draw)
