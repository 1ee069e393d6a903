"""Which signals are sent when documents are saved, loaded and deleted, and with what."""

from functools import partial

from recorder import step
from server import connect

from mongoengine import (
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    ReferenceField,
    signals,
)

db = connect()
HEARD = []
NAMES = (
    "pre_init",
    "post_init",
    "pre_save",
    "pre_save_post_validation",
    "post_save",
    "pre_delete",
    "post_delete",
    "pre_bulk_insert",
    "post_bulk_insert",
)


class Part(EmbeddedDocument):
    size = IntField()


class Thing(Document):
    number = IntField()
    part = EmbeddedDocumentField(Part)

    def clean(self):
        HEARD.append("clean")


class Unique(Document):
    number = IntField(unique=True)
    meta = {"allow_inheritance": True}


class Special(Unique):
    pass


class Note(Document):
    thing = ReferenceField(Thing)


for cls in (Thing, Unique, Special, Note):
    cls._get_collection()


def told_of(document):
    if document._initialised:
        return document._created, document.pk is None, document._get_changed_fields()
    return "not initialised"


def hear(name, sender, **more):
    if "document" in more:
        more["document"] = told_of(more["document"]) if sender is not Part else "part"
    if "documents" in more:
        more["documents"] = [(d._created, d.pk is None) for d in more["documents"]]
    if "values" in more:
        more["values"] = sorted(more["values"])
    HEARD.append((name, sender.__name__, sorted(more.items())))


receivers = [(getattr(signals, name), partial(hear, name)) for name in NAMES]
for signal, receiver in receivers:
    signal.connect(receiver)


def heard(label, function, *args, **kwargs):
    HEARD.clear()
    step(label, lambda: function(*args, **kwargs) and None)
    step(f"{label} | heard", lambda: list(HEARD))


thing = Thing(number=1, part=Part(size=2))
heard("save", thing.save, signal_kwargs={"a": 1})
heard("save, nothing changed", thing.save)
thing.number = 2
heard("save, changed", thing.save)
thing.number = 3
heard("save, not validated", thing.save, validate=False)
heard("save, not cleaned", thing.save, clean=False)
heard("save, condition", thing.save, save_condition={"number": 9})
heard("force_insert", Thing(number=2).save, force_insert=True)
heard("invalid", Thing(number="x").save)
heard("modify", thing.modify, set__number=5)
heard("update", thing.update, set__number=6)
heard("reload", thing.reload)
heard("create", Thing.objects.create, number=3)
heard("insert", Thing.objects.insert, [Thing(), Thing()], signal_kwargs={"k": 1})
heard("insert, ids", Thing.objects.insert, [Thing(), Thing()], load_bulk=False)
heard("insert one", Thing.objects.insert, Thing(number=4))
heard("insert nothing", Thing.objects.insert, [])
heard("unique", Unique(number=1).save)
heard("not unique", Unique(number=1).save)
heard("insert, not unique", Unique.objects.insert, Unique(number=1))
heard("subclass", Special(number=2).save)
heard("iterate", lambda: list(Thing.objects(number=6)))
heard("first", Thing.objects.first)
heard("get", lambda: Thing.objects.get(number=6))
heard("only", lambda: Thing.objects(number=6).only("number").first())
heard("scalar", lambda: list(Thing.objects(number=6).scalar("number")))
heard("as_pymongo", lambda: list(Thing.objects.as_pymongo()))
heard("count", Thing.objects.count)
heard("update all", Thing.objects.update, inc__number=1)
heard("modify one", Thing.objects(number=7).modify, set__number=8, new=True)
heard("upsert_one", Thing.objects(number=99).upsert_one, set__number=99)
heard("from_json", Thing.from_json, '{"number": 1}')
heard("cascade", Note(thing=Thing(number=1).save()).save, cascade=True)
heard("delete", thing.delete, signal_kwargs={"z": 1})
heard("delete again", thing.delete)
for signal, receiver in receivers[:2]:
    signal.disconnect(receiver)
heard("delete all", Thing.objects(number__gte=5).delete)
heard("delete unique", Unique.objects.delete)
heard("delete none", Thing.objects(number=-5).delete)
heard("delete, limited", Thing.objects.order_by("number").limit(1).delete)
heard("argument again", Thing().save, signal_kwargs={"document": 1})
heard("created again", Thing().save, signal_kwargs={"created": 1})
heard("delete, argument again", Thing().save().delete, signal_kwargs={"document": 1})
heard("dropped", Thing.drop_collection)
for signal, receiver in receivers:
    signal.disconnect(receiver)
db.client.close()
