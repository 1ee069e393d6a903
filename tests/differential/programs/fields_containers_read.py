"""What is read from containers, and what queries make of paths into them."""

from battery import SOME_ID
from bson import DBRef
from recorder import step

from mongoengine import (
    DictField,
    Document,
    DynamicField,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    ListField,
    MapField,
    ReferenceField,
    SortedListField,
    StringField,
)
from mongoengine.base import BaseDict, BaseList
from mongoengine.fields import key_not_string, key_starts_with_dollar


class Item(EmbeddedDocument):
    rank = IntField()
    name = StringField(db_field="n")


class Other(EmbeddedDocument):
    text = StringField()


class Person(Document):
    name = StringField()


class Holder(Document):
    numbers = ListField(IntField(), db_field="n")
    anything = ListField()
    free = DictField()
    by_name = MapField(IntField(), db_field="bn")
    items = ListField(EmbeddedDocumentField(Item), db_field="i")
    named = MapField(EmbeddedDocumentField(Item))
    deep = ListField(MapField(ListField(EmbeddedDocumentField(Item))))
    dynamic = DynamicField()
    people = ListField(ReferenceField(Person))


STORED = {
    "_id": SOME_ID,
    "n": [1, 2],
    "anything": [1, [2, {"a": 3}]],
    "free": {"a": {"b": [1]}},
    "bn": {"x": 1},
    "i": [{"rank": 1, "n": "a"}],
    "named": {"k": {"rank": 2}},
    "deep": [{"a": [{"rank": 3}]}],
    "dynamic": {"a": [{"b": 1}]},
}
PATHS = {
    "numbers": lambda h: h.numbers,
    "anything": lambda h: h.anything,
    "anything inside": lambda h: h.anything[1],
    "anything deep": lambda h: h.anything[1][1],
    "free": lambda h: h.free,
    "free inside": lambda h: h.free["a"],
    "free deep": lambda h: h.free["a"]["b"],
    "by_name": lambda h: h.by_name,
    "items": lambda h: h.items,
    "items inside": lambda h: h.items[0],
    "named": lambda h: h.named,
    "named inside": lambda h: h.named["k"],
    "deep": lambda h: h.deep,
    "deep inside": lambda h: h.deep[0],
    "deep deeper": lambda h: h.deep[0]["a"],
    "deep deepest": lambda h: h.deep[0]["a"][0],
    "dynamic": lambda h: h.dynamic,
    "dynamic inside": lambda h: h.dynamic["a"],
    "dynamic deep": lambda h: h.dynamic["a"][0],
    "free get": lambda h: h.free.get("a"),
    "free values": lambda h: list(h.free.values()),
    "free items": lambda h: list(h.free.items()),
    "anything slice": lambda h: h.anything[0:2],
    "anything iterated": lambda h: list(h.anything),
    "anything last": lambda h: h.anything[-1],
}


def observe_reading(name, read):
    @step(f"what is read: {name}")
    def _():
        holder = Holder._from_son(STORED)
        value = read(holder)
        return (
            value,
            getattr(value, "_name", None),
            type(getattr(value, "_instance", None)).__name__,
        )

    step(
        f"what is read of a new one: {name}",
        lambda: read(
            Holder(
                numbers=[1, 2],
                anything=[1, [2, {"a": 3}]],
                free={"a": {"b": [1]}},
                by_name={"x": 1},
                items=[Item(rank=1)],
                named={"k": Item(rank=2)},
                deep=[{"a": [Item(rank=3)]}],
                dynamic={"a": [{"b": 1}]},
            )
        ),
    )


for name, read in PATHS.items():
    observe_reading(name, read)

step("Holder stored again", lambda: Holder._from_son(STORED).to_mongo())
step(
    "Holder with python names",
    lambda: Holder._from_son(STORED).to_mongo(use_db_field=False),
)
step(
    "Holder, some fields",
    lambda: Holder._from_son(STORED).to_mongo(fields=["numbers", "i", "items.rank"]),
)
step(
    "Holder, some fields #b",
    lambda: Holder._from_son(STORED).to_mongo(fields=["deep.rank", "named"]),
)
step("Holder valid", lambda: Holder._from_son(STORED).validate())
step("Holder json", lambda: Holder._from_son(STORED).to_json())
step("Holder._data is not stored data", lambda: Holder._from_son(STORED)._data["n"])


@step("loading does not change what was given")
def _():
    stored = {"anything": [1, {"a": [2]}], "free": {"a": [1]}}
    holder = Holder._from_son(stored)
    holder.anything[1]["a"].append(3)
    holder.free["a"].append(2)
    return stored, holder._get_changed_fields()


@step("constructing does not change what was given")
def _():
    numbers, free = [1], {"a": [1]}
    holder = Holder(numbers=numbers, free=free)
    holder.numbers.append(2)
    holder.free["a"].append(2)
    return numbers, free, holder


@step("assigning keeps what was given")
def _():
    numbers, free = [1], {"a": [1]}
    holder = Holder()
    holder.numbers, holder.free = numbers, free
    holder.numbers.append(2)
    holder.free["a"].append(2)
    numbers.append(5)
    return numbers, free, holder.numbers, holder.free


@step("to_mongo gives fresh containers")
def _():
    holder = Holder(free={"a": [1]}, numbers=[1])
    stored = holder.to_mongo()
    stored["free"]["a"].append(2)
    stored["n"].append(2)
    return holder, stored


@step("tuples of embedded documents")
def _():
    holder = Holder(items=(Item(rank=1), Item(rank=2)))
    return holder._data["items"], holder.items, holder.to_mongo(), holder.validate()


@step("dicts are made embedded documents")
def _():
    holder = Holder(items=[{"rank": 1, "n": "a"}], named={"k": {"rank": "2"}})
    return holder, holder.to_mongo()


@step("dicts assigned stay dicts")
def _():
    holder = Holder()
    holder.items = [{"rank": 1}]
    return holder.items, holder.validate()


@step("wrong embedded documents in a list")
def _():
    holder = Holder()
    holder.items = [Other(), Item(), Item]
    return holder.validate()


@step("embedded documents in plain containers")
def _():
    holder = Holder(anything=[Item(rank=1)], free={"a": Item(rank=2), "b": [Other()]})
    stored = holder.to_mongo()
    return stored, Holder._from_son(stored)


@step("documents in plain containers")
def _():
    person = Person(id=SOME_ID, name="p")
    return Holder(anything=[person], free={"a": person}, dynamic=person).to_mongo()


@step("unsaved documents in plain containers")
def _():
    return Holder(anything=[Person()]).to_mongo()


step("unsaved in dict", lambda: Holder(free={"a": Person()}).to_mongo())
step(
    "unsaved in list of references, valid", lambda: Holder(people=[Person()]).validate()
)
step("unsaved in list of references", lambda: Holder(people=[Person()]).to_mongo())
step("a class in a dict", lambda: Holder(free={"a": Item}).to_mongo())
step("an object in a dict", lambda: Holder(free={"a": object}).validate())
step(
    "a BaseList handed over",
    lambda: Holder(numbers=Holder(numbers=[1]).numbers).numbers,
)

for member in ("x", "0", "S", "rank", "name", "n", "_cls", "a", "1a", "", "pk"):
    for name in (
        "numbers",
        "anything",
        "free",
        "by_name",
        "items",
        "named",
        "deep",
        "dynamic",
    ):
        label = f"{name} lookup_member {member!r}"
        step(label, getattr(Holder, name).lookup_member, member)


def observe_path(path):
    parts = path.split(".")
    step(
        f"_lookup_field {path}",
        lambda: [getattr(f, "name", f) for f in Holder._lookup_field(parts)],
    )
    step(f"_translate_field_name {path}", lambda: Holder._translate_field_name(path))


for path in (
    *("numbers.0", "numbers__0", "items.rank", "items.n", "items.name", "items.0.name"),
    *(
        "named.k.name",
        "named.k",
        "free.a.b.c",
        "free",
        "deep.0.a.0.name",
        "deep.a.rank",
    ),
    *(
        "nope",
        "numbers.nope",
        "items.nope",
        "items.S.name",
        "dynamic.a.b",
        "people.name",
    ),
    *("people.0", "by_name.x", "by_name.x.y", "items.-1.name", "pk", "_id", "id", ""),
):
    observe_path(path)
for op in (
    "exact",
    "in",
    "push",
    "push_all",
    "pull",
    "pull_all",
    "add_to_set",
    "set",
    "all",
    "size",
):
    for value in (
        1,
        "1",
        [1],
        ["1"],
        None,
        {"a": 1},
        [[1]],
        Item(rank=1),
        [Item(rank=1)],
        Person(id=SOME_ID),
    ):
        for name in ("numbers", "by_name", "items", "named", "people", "deep"):
            label = f"{name} query {op} {value!r}"
            step(label, getattr(Holder, name).prepare_query_value, op, value)
for op in ("contains", "startswith", "icontains", "iexact", "match", "exact"):
    for name in ("numbers", "anything", "free", "dynamic"):
        step(
            f"{name} query {op} text",
            getattr(Holder, name).prepare_query_value,
            op,
            "a.b",
        )
for mapping in (
    {},
    {"a": 1},
    {1: 2},
    {"a": {1: 2}},
    {"$a": 1},
    {"a": {"$b": 1}},
    {"a": [{1: 1}]},
    {"": 1},
):
    step(f"key_not_string {mapping}", key_not_string, mapping)
    step(f"key_starts_with_dollar {mapping}", key_starts_with_dollar, mapping)
step("BaseList by itself", lambda: BaseList([1, {"a": 2}], None, "n"))
step("BaseDict by itself", lambda: BaseDict({"a": [1]}, None, "n"))
step("BaseList with an owner", lambda: BaseList([[1]], Holder(), "numbers")[0])
step("BaseList with a plain owner", lambda: BaseList([[1]], 5, "numbers"))
step(
    "SortedListField inner", lambda: SortedListField(IntField(), ordering="x")._ordering
)
step(
    "SortedListField order",
    lambda: SortedListField(IntField(), reverse=True)._order_reverse,
)
step("auto dereference", lambda: ListField(ReferenceField(Person))._auto_dereference)
step("inner field without owner", lambda: ListField(DictField()).field.name)
step("DynamicField of a class", lambda: DynamicField().to_mongo(Item(rank=1)))
step(
    "DynamicField of a list",
    lambda: DynamicField().to_mongo([Item(rank=1), (1, 2), {"a": {1}}]),
)
step(
    "DynamicField of a mixture",
    lambda: DynamicField().to_mongo({"0": 1, "1": Item(rank=1)}),
)
step("DynamicField of a document", lambda: DynamicField().to_mongo(Person(id=SOME_ID)))
step(
    "DynamicField to_python _cls",
    lambda: DynamicField().to_python({"_cls": "Item", "rank": 1}),
)
step(
    "DynamicField to_python ref",
    lambda: DynamicField().to_python({"_cls": "Person", "_ref": DBRef("person", 1)}),
)
