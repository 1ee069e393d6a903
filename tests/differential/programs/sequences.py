"""SequenceField with a server: when numbers are drawn, and what is stored."""

from recorder import step
from server import connect, sent

from mongoengine import (
    Document,
    DynamicDocument,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    ListField,
    MapField,
    SequenceField,
    StringField,
)

db = connect()


class Person(Document):
    number = SequenceField()
    name = StringField()


class Line(EmbeddedDocument):
    number = SequenceField()
    text = StringField()


class Bill(Document):
    lines = ListField(EmbeddedDocumentField(Line))
    first = EmbeddedDocumentField(Line)
    by_name = MapField(EmbeddedDocumentField(Line))
    ids = ListField(SequenceField(sequence_name="ids"))


class Keyed(Document):
    id = SequenceField(primary_key=True)
    size = IntField()


class Decorated(Document):
    number = SequenceField(
        value_decorator=lambda n: f"A{n:03}", sequence_name="d", collection_name="codes"
    )


class Base(Document):
    number = SequenceField()
    meta = {"allow_inheritance": True}


class Derived(Base):
    rank = SequenceField()


class Abstract(Document):
    number = SequenceField()
    meta = {"abstract": True}


class One(Abstract):
    pass


class Other(Abstract):
    pass


class Several(Document):
    first = SequenceField()
    second = SequenceField(db_field="2nd")
    default = SequenceField(default=7)
    null = SequenceField(null=True)
    choice = SequenceField(choices=[1])


class Dynamic(DynamicDocument):
    number = SequenceField()


for cls in (
    Person,
    Bill,
    Keyed,
    Decorated,
    Base,
    Derived,
    One,
    Other,
    Several,
    Dynamic,
):
    cls._get_collection()

# New documents

person = Person(name="a")
step("data", lambda: person._data.get("number"))
sent("contains", lambda: "number" in person)
sent("read", lambda: person.number)
step("read, changed", person._get_changed_fields)
sent("save, read before", person.save)
fresh = Person(name="b")
sent("validate", fresh.validate)
sent("to_mongo", fresh.to_mongo)
sent("to_mongo again", fresh.to_mongo)
sent("save", Person(name="c").save)
sent("save, given", Person(name="d", number=55).save)
sent("save, text", Person(name="e", number="7").save)
sent("save, invalid", Person(name=5).save)
sent("given None", lambda: Person(number=None)._data["number"])
sent("set None", setattr, fresh, "number", None)
sent("delete", delattr, fresh, "number")
sent("read, as set", lambda: fresh.number)
sent("create", lambda: Person.objects.create(name="f"))
sent("insert", lambda: Person.objects.insert([Person(), Person(number=3)]))
sent("insert one", lambda: Person.objects.insert(Person()).number)
sent("query", lambda: Person.objects(number="7").first())

# Loaded documents

db.person.delete_many({})
db.person.insert_one({"name": "a"})
loaded = Person.objects.get()
sent("loaded, saved", loaded.save)
step("loaded, stored", lambda: "number" in db.person.find_one())
loaded = Person.objects.get()
sent("loaded, read", lambda: loaded.number)
step("loaded, changed", loaded._get_changed_fields)
sent("loaded, read, saved", loaded.save)
sent("loaded in part, read", lambda: Person.objects.only("name").get().number)
db.person.update_one({}, {"$unset": {"number": 1}})
sent("scalar", lambda: list(Person.objects.scalar("number")))
loaded = Person.objects.get()
sent("loaded, set None", setattr, loaded, "number", None)
step("loaded, set None, changed", loaded._get_changed_fields)

# The counter

sent("next", Person.number.get_next_value)
sent("set", Person.number.set_next_value, 100)
sent("set, next", Person.number.get_next_value)
sent("generate", Person.number.generate)
for value in (0, -5, 2.5):
    sent(f"set {value}", Person.number.set_next_value, value)
    sent(f"set {value}, generate", Person.number.generate)
sent("set text", Person.number.set_next_value, "x")
sent("next of unknown", Decorated.number.get_next_value)
sent("set decorated", Decorated.number.set_next_value, 5)
sent("next decorated", Decorated.number.get_next_value)
sent("save decorated", Decorated().save)
sent("query decorated", lambda: Decorated.objects(number=6).count())
sent("unbound", SequenceField(sequence_name="unbound").generate)
sent("no alias", SequenceField(db_alias="none", sequence_name="x").generate)
step("counters", lambda: sorted(c["_id"] for c in db["mongoengine.counters"].find()))

# Embedded documents

bill = Bill(lines=[Line(text="a"), Line()], first=Line(), by_name={"k": Line()})
sent("bill, read", lambda: bill.lines[1].number)
sent("bill, saved", bill.save)
bill.lines.append(Line(text="c"))
sent("bill, appended", bill.save)
sent("bill, push", lambda: Bill.objects.update(push__lines=Line(text="z")))
sent("bill, set", lambda: Bill.objects.update(set__first=Line(text="z")))
sent("bill, push dict", lambda: Bill.objects.update(push__lines={"text": "z"}))
sent("bill, modify", lambda: Bill.objects.modify(set__first=Line(), new=True).first)
sent("bill, reload", lambda: bill.reload().to_mongo())
sent("bill, numbers", lambda: Bill(ids=[None, 7, None]).to_mongo())
db.bill.update_one({}, {"$unset": {"lines.0.number": 1}})
bill = Bill.objects.get()
sent("bill, loaded without, read", lambda: bill.lines[0].number)
step("bill, loaded without, changed", bill._get_changed_fields)
sent("bill, loaded without, saved", bill.save)

# Keys, inheritance, options

sent("key", lambda: Keyed(size=1).save().pk)
sent("key, read", lambda: Keyed(size=1).pk)
sent("key, given", lambda: Keyed(id=77).save().pk)
sent("key, hash", lambda: hash(Keyed()))
sent("key, equal", lambda: Keyed() == Keyed())
sent("key, create", lambda: Keyed.objects.create(size=3).pk)
sent("key, insert", lambda: Keyed.objects.insert([Keyed(), Keyed()], load_bulk=False))
sent("key, invalid", Keyed(size="x").validate)
sent("base", lambda: Base().save().number)
sent("derived", lambda: Derived().save().to_mongo().to_dict().keys())
sent("one", lambda: One().save().number)
sent("other", lambda: Other().save().number)
sent("several", lambda: Several().save()._data)
sent("several, again", lambda: Several().save()._data)
sent("dynamic", lambda: Dynamic(other=Line()).save())
