"""Lazy and cached references, and DeReference."""

from bson import DBRef, ObjectId
from recorder import step
from server import connect, sent

from mongoengine import (
    CachedReferenceField,
    Document,
    GenericLazyReferenceField,
    GenericReferenceField,
    IntField,
    LazyReferenceField,
    ListField,
    MapField,
    ReferenceField,
    StringField,
)
from mongoengine.base import LazyReference
from mongoengine.dereference import DeReference

db = connect()

ids = [ObjectId(f"{n:024x}") for n in range(100)]


class Author(Document):
    name = StringField()
    number = IntField()
    meta = {"allow_inheritance": True}


class Poet(Author):
    pass


class Book(Document):
    lazy = LazyReferenceField(Author)
    through = LazyReferenceField(Author, passthrough=True)
    generic = GenericLazyReferenceField()
    generic_through = GenericLazyReferenceField(passthrough=True)
    lazies = ListField(LazyReferenceField(Author))
    generics = ListField(GenericLazyReferenceField())


class Copy(Document):
    author = CachedReferenceField(Author, fields=["name"])
    whole = CachedReferenceField(Author, auto_sync=False)


class Holder(Document):
    one = ReferenceField(Author)
    many = ListField(ReferenceField(Author))
    mapped = MapField(ReferenceField(Author))
    generic = GenericReferenceField()


author = Author(id=ids[1], name="a", number=1).save()
poet = Poet(id=ids[2], name="p").save()
Book(
    id=ids[10],
    lazy=author,
    through=author,
    generic=poet,
    generic_through=poet,
    lazies=[author, poet],
    generics=[author, poet],
).save()
book = Book.objects.get(id=ids[10])

for name in ("lazy", "through", "generic", "generic_through"):
    sent(name, lambda n=name: getattr(book, n))
    sent(f"{name} fetch", lambda n=name: getattr(book, n).fetch())
    sent(f"{name} fetch again", lambda n=name: getattr(book, n).fetch())
    sent(f"{name} force", lambda n=name: getattr(book, n).fetch(force=True))
    sent(f"{name} name", lambda n=name: getattr(book, n).name)
    sent(f"{name} item", lambda n=name: getattr(book, n)["name"])
    sent(f"{name} nope", lambda n=name: getattr(book, n).nope)
    sent(f"{name} pk", lambda n=name: (getattr(book, n).pk, getattr(book, n).id))
sent("lazies", lambda: book.lazies)
sent("lazies fetch", lambda: [one.fetch() for one in book.lazies])
sent("generics", lambda: book.generics)
sent("generics fetch", lambda: [one.fetch() for one in book.generics])
step("changed", book._get_changed_fields)
sent("missing", lambda: LazyReference(Author, ids[50]).fetch())
sent("of another class", lambda: LazyReference(Poet, ids[1]).fetch())
sent("cached", lambda: LazyReference(Author, ids[1], cached_doc=author).fetch())
sent("missing through", lambda: LazyReference(Author, ids[50], passthrough=True).name)

Copy(id=ids[20], author=author, whole=author).save()
copied = Copy.objects.get(id=ids[20])
step("copy read", lambda: (copied.author, copied.whole))
step("copy to_mongo", copied.to_mongo)
step("copy delta", copied._delta)
step("copy valid", copied.validate)
author.name = "b"
sent("copy after save", author.save)
step("copies", lambda: list(db["copy"].find()))
author.number = 5
sent("copy after another change", author.save)
Author.objects(pk=ids[1]).update(name="c")
sent("sync_all", lambda: Copy.author.sync_all())
step("copies synced", lambda: list(db["copy"].find()))

Holder(
    id=ids[30],
    one=author,
    many=[author, poet],
    mapped={"k": poet},
    generic=poet,
).save()


def kept():
    return Holder.objects.no_dereference().get(id=ids[30])


ITEMS = {
    "None": lambda: None,
    "text": lambda: "x",
    "number": lambda: 3,
    "empty": list,
    "tuple": lambda: (author.to_dbref(),),
    "dbrefs": lambda: [author.to_dbref(), poet.to_dbref()],
    "dict": lambda: {"a": author.to_dbref(), "b": [poet.to_dbref()], "n": 1},
    "missing": lambda: [DBRef("author", ids[50])],
    "generic": lambda: [{"_cls": "Author", "_ref": author.to_dbref()}],
    "document": kept,
    "documents": lambda: [kept()],
    "queryset": lambda: Holder.objects.no_dereference(),
    "ids": lambda: [ids[1]],
}
for label, make in ITEMS.items():
    sent(f"DeReference {label}", lambda m=make: DeReference()(m()))
sent("DeReference depth 0", lambda: DeReference()(ITEMS["dbrefs"](), max_depth=0))


@sent("DeReference of a field")
def _():
    holder = kept()
    return DeReference()(holder.many, instance=holder, name="many"), holder.many
