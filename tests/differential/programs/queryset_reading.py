"""Reading with querysets: what is sent, what is found, and what is refused."""

from bson import ObjectId
from pymongo import ReadPreference
from server import connect, sent

from mongoengine import (
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    ListField,
    PointField,
    Q,
    StringField,
)

db = connect()
IDS = [ObjectId(f"{number:024x}") for number in range(250)]


class Part(EmbeddedDocument):
    size = IntField(db_field="sz")


class Thing(Document):
    number = IntField()
    name = StringField(db_field="called")
    sizes = ListField(IntField())
    part = EmbeddedDocumentField(Part, db_field="pt")
    meta = {"auto_create_index": False}

    def __str__(self):
        return f"number {self.number}"


class Animal(Document):
    number = IntField()
    meta = {"allow_inheritance": True, "ordering": ["-number"]}


class Dog(Animal):
    tricks = IntField()


class Spot(Document):
    at = PointField(auto_index=False)


class Text(Document):
    text = StringField()
    meta = {"indexes": [{"fields": ["$text"]}]}


Thing.objects.insert(
    [
        Thing(
            id=IDS[n], number=n, name=f"n{n % 3}", sizes=[n, n + 1], part=Part(size=n)
        )
        for n in range(250)
    ]
)
Animal(id=IDS[1], number=1).save()
Dog(id=IDS[2], number=2, tricks=3).save()
Spot(id=IDS[1], at=[1, 2]).save()
Text(id=IDS[1], text="hello world").save()


def things(**query):
    return Thing.objects(**query)


for name, queryset in {
    "all": things(),
    "some": things(number__lt=5),
    "nothing": things(number=-1),
    "sorted": things().order_by("-number", "name"),
    "limited": things().limit(3),
    "skipped": things().skip(4),
    "sliced": things()[2:5],
    "empty slice": things()[2:2],
    "limit 0": things().limit(0),
    "one field": things().only("number"),
    "without a field": things().exclude("sizes"),
    "read preference": things().read_preference(ReadPreference.SECONDARY_PREFERRED),
    "read concern": things().read_concern({"level": "majority"}),
    "hint": things().hint("_id_"),
    "collation": things(name="N1").collation({"locale": "en", "strength": 2}),
    "comment": things().comment("why"),
    "batches": things().batch_size(50),
    "no timeout": things().timeout(False),
    "on disk": things().allow_disk_use(True),
    "where": things().where("this[~name] == 'n1'"),
    "scalar": things().scalar("number"),
    "scalar of a part": things().scalar("part__size"),
    "dicts": things().as_pymongo(),
    "animals": Animal.objects,
    "dogs": Dog.objects,
    "dogs alone": Dog.objects.no_sub_classes(),
    "whatever": Animal.objects.clear_cls_query(),
    "none": things().none(),
}.items():
    sent(f"list {name}", lambda q=queryset: list(q.clone()))
    sent(f"list {name}, no cache", lambda q=queryset: list(q.clone().no_cache()))
    sent(f"first {name}", lambda q=queryset: q.first())
    sent(f"len {name}", lambda q=queryset: len(q.clone()))
    sent(f"bool {name}", lambda q=queryset: bool(q))
    sent(f"count {name}", lambda q=queryset: q.count())
    sent(f"count within {name}", lambda q=queryset: q.clone().count(True))
    sent(f"index {name}", lambda q=queryset: q[1])
    sent(f"get {name}", lambda q=queryset: q.get(number=2))
    sent(f"in_bulk {name}", lambda q=queryset: q.in_bulk([IDS[2], IDS[1]]))
    sent(f"repr {name}", lambda q=queryset: repr(q.clone()))


def twice(queryset):
    return [len(list(queryset)) for _ in range(2)]


def counted_twice(queryset):
    return [queryset.count(True), queryset.count(True), queryset.count()]


def repr_then_list(queryset):
    return repr(queryset), len(list(queryset))


def rewound(queryset):
    rows = list(queryset)
    queryset.rewind()
    return rows[0] is next(iter(queryset)), repr(queryset)


for name, queryset in {"few": things()[:5], "many": things()}.items():
    sent(f"twice {name}", lambda q=queryset: twice(q.clone()))
    sent(f"twice {name}, no cache", lambda q=queryset: twice(q.no_cache()))
    sent(f"counted twice {name}", lambda q=queryset: counted_twice(q.clone()))
    sent(f"rewound {name}", lambda q=queryset: rewound(q.clone()))
    sent(
        f"loop in a loop {name}",
        lambda q=queryset: sum(len(list(q)) for row in q if row.number < 2),
    )
sent("repr then list", lambda: repr_then_list(things()[:5]))

sent("get by Q", lambda: things().get(Q(number=1)))
sent("get none", lambda: things().get(number=-1))
sent("get several", lambda: things().get(name="n1"))
sent("get one of a slice", lambda: things()[:9].get(number=1))
sent("with_id", lambda: things().with_id(IDS[1]))
sent("with_id, text", lambda: things().with_id(str(IDS[1])))
sent("with_id, no id", lambda: things().with_id("x"))
sent("with_id, none", lambda: things().with_id(ObjectId("f" * 24)))
sent("with_id, filtered", lambda: things(number=1).with_id(IDS[1]))
sent("with_id of another class", lambda: Dog.objects.with_id(IDS[1]))
sent("index too great", lambda: things()[500])
sent("index negative", lambda: things()[-1])
sent("index of no kind", lambda: things()["x"])
sent("in_bulk, unknown field", lambda: things(other=1).in_bulk([IDS[1]]))
sent("in_bulk, text", lambda: Text.objects.search_text("x").in_bulk([IDS[1]]))
sent("count near", lambda: Spot.objects(at__near=[1, 2]).count())
sent("list near", lambda: list(Spot.objects(at__near=[1, 2])))
sent("text", lambda: [t.get_text_score() for t in Text.objects.search_text("hello")])
sent("text, first", lambda: Text.objects.search_text("hello").first().get_text_score())
sent("text, count", lambda: Text.objects.search_text("hello").count())
sent("to_json", lambda: things()[:2].to_json())
sent("to_json, only", lambda: things().only("name")[:2].to_json())
sent("from_json", lambda: things().from_json(things()[:2].to_json()))
sent("from_json of no list", lambda: things().from_json('{"number": 1}'))
sent("from_json, unknown", lambda: things().from_json('[{"other": 1}]'))
sent("list, unknown operator", lambda: list(things(__raw__={"$other": 1})))
