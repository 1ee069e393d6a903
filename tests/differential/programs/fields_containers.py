"""ListField, SortedListField, DictField, MapField and DynamicField: value by value."""

from collections import OrderedDict, UserDict, UserList, defaultdict, deque

from battery import SOME_ID, exercise, make_field, new_model
from bson import SON, DBRef, ObjectId
from recorder import step

from mongoengine import (
    Document,
    EmbeddedDocument,
    IntField,
    StringField,
)


class Item(EmbeddedDocument):
    rank = IntField()
    name = StringField(db_field="n")


class Other(EmbeddedDocument):
    text = StringField()


class Person(Document):
    name = StringField()


SHAPES = [
    [],
    [1],
    ["1", 2.5],
    [None],
    [[1], []],
    (1, 2),
    {1},
    frozenset([1]),
    "text",
    b"text",
]
SHAPES += [{}, {"a": 1}, {"0": 1, "1": 2}, {"1": 1, "0": 2, "10": 3, "2": 4}, {1: 2}]
SHAPES += [None, 5, True, deque([1]), range(2), SON([("a", 1)]), object]
SHAPES += [
    OrderedDict(b=1, a=2),
    defaultdict(list, a=[1]),
    UserList([1]),
    UserDict(a=1),
]
SHAPES += [[{"a": [1, {"b": 2}]}], {"a": {"b": [1, {"c": 3}]}}, DBRef("x", 1)]
SHAPES += [{"a": DBRef("x", SOME_ID)}, [DBRef("x", SOME_ID)], [ObjectId(SOME_ID)]]
SHAPES += [
    {"$a": 1},
    {"a.b": 1},
    {"a": {"$b": 1}},
    {"a": [{"$b": 1}]},
    {"": 1},
    {None: 1},
]
SHAPES += [
    {"a\0b": 1},
    {"_cls": "Item", "rank": 1},
    {"_cls": "Nope"},
    {b"a": 1},
    {"a": {1: 2}},
]
SHAPES += [[Item(rank=1)], {"a": Item(rank=1)}, Item(rank=1)]
OPS = ("exact", "in", "size", "push", "pull", "set", "contains", None)

for source in (
    *("ListField()", "ListField(IntField())", "ListField(IntField(), max_length=1)"),
    *("SortedListField(IntField())", "SortedListField(IntField(), reverse=True)"),
    *("DictField()", "DictField(IntField())", "MapField(IntField())", "DynamicField()"),
    *(
        "ListField(ListField(IntField()))",
        "ListField(DictField())",
        "MapField(ListField())",
    ),
    *("ListField(MapField(IntField()))", "DictField(ListField(IntField()))"),
    *(
        "ListField(DynamicField())",
        "MapField(DynamicField())",
        "DictField(DictField())",
    ),
):
    exercise(source, SHAPES, OPS)
for options in (
    "required=True",
    "null=True",
    "default=None",
    "db_field='x'",
    "default=lambda: None",
):
    exercise(f"ListField({options})", [[], [1], None])
    exercise(f"ListField(IntField(required=True), {options})", [[], [1], [None], None])
    exercise(f"DictField({options})", [{}, {"a": 1}, None])
    exercise(f"MapField(StringField(max_length=1), {options})", [{}, {"a": "xx"}, None])
    exercise(f"SortedListField(IntField(), {options})", [[], [2, 1], None])
    exercise(f"DynamicField({options})", [{}, [], {"a": 1}, None])
exercise("ListField(StringField(), max_length=2)", [[], ["a"] * 2, ["a"] * 3])
exercise("ListField(max_length=0)", [[], ["a"]])
exercise("ListField(IntField(), choices=[1, 2])", [[1], [3], [1, "x"], []])
exercise("ListField(IntField(choices=[1, 2]))", [[1], [3], [1, "x"], []])
exercise("ListField(StringField(default='d', null=True))", [[None], ["a"]])
exercise("DictField(StringField(db_field='x'))", [{"a": "b"}])

RANKED = [{"rank": 2, "n": "b"}, {"rank": 1, "n": "c"}, {"n": "a"}]
ITEMS = [Item(rank=2, name="b"), Item(rank=1, name="c"), Item(rank=3, name="a")]
for options in (
    "ordering='rank'",
    "ordering='name'",
    "ordering='rank', reverse=True",
    "reverse=True",
):
    source = f"SortedListField(EmbeddedDocumentField(Item), {options})"
    exercise(source, [ITEMS, RANKED[:2], RANKED, []], Item=Item)
for source in (
    "SortedListField(DictField(), ordering='rank')",
    "SortedListField(StringField())",
):
    exercise(source, [RANKED[:2], ["b", "a"], [1, "a"], []])

MISUSES = """
ListField(5)
ListField(int)
ListField(IntField)
ListField('IntField')
ListField(field=IntField())
ListField(None)
ListField(IntField(), IntField())
ListField(IntField(), 5)
ListField(Item)
ListField(Item())
ListField(max_length='1')
ListField(min_length=1)
ListField(FileField())
ListField(ImageField)
ListField(SequenceField())
ListField(ReferenceField(Person))
ListField(ReferenceField(Person, reverse_delete_rule=CASCADE))
SortedListField()
SortedListField(5)
SortedListField(IntField(), ordering=5)
SortedListField(IntField(), sort='x')
DictField(5)
DictField(int)
DictField(IntField)
DictField(IntField(), 5)
DictField(basecls=5)
MapField()
MapField(5)
MapField(None)
MapField(IntField)
MapField(IntField(), 5)
MapField(field=IntField())
DynamicField(5)
DynamicField(IntField())
ListField(ListField(5))
ListField(IntField(unique=True))
ListField(IntField(primary_key=True))
ListField(IntField(), unique=True)
""".strip().splitlines()
NAMES = {"Item": Item, "Person": Person}


def observe_misuse(source):
    step(f"misuse {source}", make_field, source, **NAMES)

    @step(f"misuse {source}, in a model")
    def _():
        return new_model(EmbeddedDocument, f=make_field(source, **NAMES))


for source in MISUSES:
    observe_misuse(source)
