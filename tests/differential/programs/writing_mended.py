"""Where querysets write otherwise than MongoEngine 0.29.3: explained.py says why."""

from functools import partial

from server import connect, sent

from mongoengine import (
    CASCADE,
    DENY,
    NULLIFY,
    DateTimeField,
    Document,
    IntField,
    ListField,
    ReferenceField,
    StringField,
)

db = connect()


class Thing(Document):
    id = IntField(primary_key=True)
    number = IntField()
    name = StringField(db_field="called")
    seen = DateTimeField()
    others = ListField(ReferenceField("self"))


class Animal(Document):
    id = IntField(primary_key=True)
    number = IntField()
    meta = {"allow_inheritance": True}


class Dog(Animal):
    tricks = IntField()


class Root(Document):
    id = IntField(primary_key=True)


class Branch(Document):
    id = IntField(primary_key=True)
    root = ReferenceField(Root, reverse_delete_rule=CASCADE)


class Moss(Document):
    id = IntField(primary_key=True)
    root = ReferenceField(Root, reverse_delete_rule=NULLIFY)


Root._meta["delete_rules"] = dict(reversed(Root._meta["delete_rules"].items()))


class Nest(Document):
    id = IntField(primary_key=True)
    branch = ReferenceField(Branch, reverse_delete_rule=DENY)


for document_class in (Thing, Animal, Dog, Root, Branch, Moss, Nest):
    document_class._get_collection()


def written(label, function):
    """Compare what comes of three documents."""
    db.thing.delete_many({})
    db.thing.insert_many(
        [
            {"_id": 1, "number": 1, "called": "a"},
            {"_id": 2, "number": 2, "called": "b"},
            {"_id": 3, "number": 2, "called": "c"},
        ]
    )
    sent(label, function)
    sent(f"{label} | leaves", lambda: list(db.thing.find()))


LOOSE = {"locale": "en", "strength": 2}

written("none: delete", lambda: Thing.objects.none().delete())
written("none: upsert_one", lambda: Thing.objects.none().upsert_one(number=1))
where = Thing.objects.where("this.called == 'b'")
written("where: update", lambda: where.update(number=5))
written("where: modify", lambda: where.modify(number=5))
written("where: delete", lambda: where.delete())
hinted = Thing.objects(id=1).hint("_id_").comment("why").collation(LOOSE)
written("options: update", lambda: hinted.update(number=5))
written("options: modify", lambda: hinted.modify(number=5))
written("options: delete", lambda: hinted.delete())
written("options: insert", lambda: Thing.objects.comment("why").insert(Thing(id=5)))
written(
    "pipeline: modify",
    lambda: Thing.objects(id=1).modify(__raw__=[{"$set": {"number": 7}}]),
)
written("order: modify", lambda: Thing.objects.order_by().modify(number=7))
written("iterator: insert", lambda: Thing.objects.insert(Thing(id=n) for n in (5, 6)))
written("form: insert", lambda: Thing.objects.scalar("number").insert(Thing(id=5)))
written("form: delete", lambda: Thing.objects.scalar("number").limit(1).delete())

written("date: update", lambda: Thing.objects(id=1).update(current_date__seen=True))
written("date: modify", lambda: Thing.objects(id=1).modify(current_date__seen=True))


def modified_by(**query):
    """Return whether a document was changed, and what became of it."""
    thing = Thing.objects.get(id=1)
    return thing.modify(query, number=7), thing.number


written("key: modify, same pk", lambda: modified_by(pk=1))
written("key: modify, other pk", lambda: modified_by(pk=2))
written("key: modify, other id", lambda: modified_by(id=2))


def updated(operator):
    """Update by the rows of a queryset."""
    others = Thing.objects(id__gt=1).order_by("id")
    return Thing.objects(id=1).update(**{f"{operator}__others": others})


for operator in ("set", "push_all", "pull_all", "add_to_set", "push", "unset", "pull"):
    written(f"queryset: {operator}", partial(updated, operator))
written("queryset: insert", lambda: Thing.objects.insert(Thing.objects(id__gt=1)))
written("queryset: in_bulk", lambda: Thing.objects.in_bulk(Thing.objects.scalar("id")))

db.animal.insert_one({"_id": 1, "_cls": "Animal.Dog", "number": 1})
sent("class: upsert, there", lambda: Animal.objects(id=1).update(upsert=True, number=2))
sent("class: upsert_one", lambda: Animal.objects(id=1).upsert_one(number=2))
sent("class: modify", lambda: Animal.objects(id=2).modify(upsert=True, number=2))
sent("class: leaves", lambda: list(db.animal.find().sort("_id")))

root = Root(id=1).save()
branch = Branch(id=1, root=root).save()
Moss(id=1, root=root).save()
Nest(id=1, branch=branch).save()
sent("deny: further down", lambda: Root.objects.delete())
sent("deny: leaves", lambda: list(db.moss.find()))
