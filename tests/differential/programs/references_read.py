"""Reading one reference: what is asked, what comes, what stays."""

from bson import DBRef, ObjectId
from recorder import step
from server import connect, sent

from mongoengine import (
    Document,
    DynamicDocument,
    DynamicField,
    EmbeddedDocument,
    EmbeddedDocumentField,
    GenericReferenceField,
    IntField,
    ReferenceField,
    StringField,
)

db = connect()
connect("other")

ids = [ObjectId(f"{n:024x}") for n in range(100)]


class Author(Document):
    name = StringField()
    friend = ReferenceField("self")


class Base(Document):
    name = StringField()
    meta = {"allow_inheritance": True}


class Child(Base):
    size = IntField()


class Abstract(Document):
    name = StringField()
    meta = {"abstract": True}


class Concrete(Abstract):
    size = IntField()


class Remote(Document):
    name = StringField()
    meta = {"db_alias": "other"}


class Numbered(Document):
    number = IntField(primary_key=True)
    name = StringField()


class Profile(Document):
    author = ReferenceField(Author, primary_key=True)
    text = StringField()


class Part(EmbeddedDocument):
    author = ReferenceField(Author)
    generic = GenericReferenceField()


class Book(Document):
    author = ReferenceField(Author)
    dbref = ReferenceField(Author, dbref=True)
    base = ReferenceField(Base)
    child = ReferenceField(Child)
    abstract = ReferenceField(Abstract)
    remote = ReferenceField(Remote)
    numbered = ReferenceField(Numbered)
    profile = ReferenceField(Profile)
    generic = GenericReferenceField()
    chosen = GenericReferenceField(choices=(Author,))
    part = EmbeddedDocumentField(Part)
    renamed = ReferenceField(Author, db_field="rn")


class Untyped(Document):
    thing = DynamicField()


class Free(DynamicDocument):
    author = ReferenceField(Author)


author = Author(id=ids[1], name="a", friend=ids[1]).save()
base = Base(id=ids[2], name="b").save()
child = Child(id=ids[3], name="c", size=3).save()
concrete = Concrete(id=ids[4], name="d", size=4).save()
remote = Remote(id=ids[5], name="e").save()
numbered = Numbered(number=6, name="f").save()
profile = Profile(author=author, text="g").save()

VALUES = {
    "author": author,
    "dbref": author,
    "base": child,
    "child": child,
    "abstract": concrete,
    "remote": remote,
    "numbered": numbered,
    "profile": profile,
    "generic": child,
    "chosen": author,
    "part": Part(author=author, generic=base),
    "renamed": author,
}
book = Book(id=ids[10], **VALUES)
sent("save", book.save)


def fresh(number=10):
    return Book.objects.get(id=ids[number])


def read(document, name):
    for part in name.split("."):
        document = getattr(document, part)
    return document


NAMES = [
    *VALUES,
    "part.author",
    "part.generic",
    "author.friend",
    "author.friend.friend",
]
for name in NAMES:
    loaded = fresh()
    sent(f"read {name}", read, loaded, name)
    sent(f"read {name} again", read, loaded, name)
    step(f"changed {name}", loaded._get_changed_fields)
    step(f"delta {name}", loaded._delta)
    step(f"valid {name}", loaded.validate)
    sent(f"save after {name}", loaded.save)
    step(f"to_mongo {name}", loaded.to_mongo)

for name in NAMES:
    loaded = Book.objects.no_dereference().get(id=ids[10])
    sent(f"no_dereference {name}", read, loaded, name)

# What a new document gives that was made of ids, DBRefs, documents
MADE = {
    "id": ids[1],
    "dbref": DBRef("author", ids[1]),
    "document": author,
    "missing": ids[50],
    "other collection": DBRef("base", ids[2]),
    "text": str(ids[1]),
    "nonsense": "nonsense",
    "number": 3,
    "other class": base,
}
for label, value in MADE.items():
    for name in ("author", "dbref", "generic"):

        def made(name=name, value=value):
            one = Book(**{name: value})
            return getattr(one, name)

        sent(f"made of {label}, {name}", made)

        def assigned(name=name, value=value):
            one = fresh()
            setattr(one, name, value)
            return getattr(one, name), one._get_changed_fields()

        sent(f"assigned {label}, {name}", assigned)

# Dangling ones, of each kind, and malformed
book_collection = db["book"]
STORED = {
    "missing id": ("author", ids[50]),
    "missing dbref": ("dbref", DBRef("author", ids[50])),
    "missing base": ("base", ids[50]),
    "base where child": ("child", ids[2]),
    "dbref where id": ("author", DBRef("author", ids[1])),
    "id where dbref": ("dbref", ids[1]),
    "dbref to another": ("author", DBRef("base", ids[2])),
    "dbref to nothing": ("author", DBRef("nothing", ids[2])),
    "dbref with database": ("author", DBRef("author", ids[1], db.name)),
    "dbref with other database": ("author", DBRef("author", ids[1], "elsewhere")),
    "abstract without class": ("abstract", DBRef("concrete", ids[4])),
    "abstract id": ("abstract", ids[4]),
    "abstract missing": ("abstract", DBRef("concrete", ids[50], cls="Concrete")),
    "missing number": ("numbered", 99),
    "text": ("author", "text"),
    "number for id": ("author", 5),
    "null": ("author", None),
    "missing generic": (
        "generic",
        {"_cls": "Author", "_ref": DBRef("author", ids[50])},
    ),
    "unknown generic": ("generic", {"_cls": "Nope", "_ref": DBRef("author", ids[1])}),
    "other generic": ("generic", {"_cls": "Author", "_ref": DBRef("base", ids[2])}),
    "generic of base": ("generic", {"_cls": "Base", "_ref": DBRef("base", ids[3])}),
    "generic dbref": ("generic", DBRef("author", ids[1])),
    "generic id": ("generic", ids[1]),
    "generic without class": ("generic", {"_ref": DBRef("author", ids[1])}),
    "generic without ref": ("generic", {"_cls": "Author"}),
    "missing in part": ("part", {"author": ids[50]}),
}
for label, (name, stored) in STORED.items():
    book_collection.replace_one({"_id": ids[11]}, {name: stored}, upsert=True)
    path = f"{name}.author" if label == "missing in part" else name
    loaded = step(f"{label} loaded", fresh, 11)
    if loaded is None:
        continue
    sent(f"{label} read", read, loaded, path)
    sent(f"{label} read again", read, loaded, path)
    step(f"{label} valid", loaded.validate)
    step(f"{label} to_mongo", loaded.to_mongo)
    step(f"{label} changed", loaded._get_changed_fields)
    keeping = Book.objects.no_dereference().get(id=ids[11])
    sent(f"{label} kept", read, keeping, path)

# Fields that are told not to
try:
    Book.author.set_auto_dereferencing(False)
    Book.generic.set_auto_dereferencing(False)
    sent("field told, author", lambda: fresh().author)
    sent("field told, generic", lambda: fresh().generic)
finally:
    Book.author.set_auto_dereferencing(True)
    Book.generic.set_auto_dereferencing(True)

# Reading through other ways
sent("scalar", lambda: list(Book.objects(id=ids[10]).scalar("author")))
sent("values_list", lambda: list(Book.objects(id=ids[10]).values_list("author")))
sent("as_pymongo", lambda: list(Book.objects(id=ids[10]).as_pymongo().only("author")))
sent("item", lambda: fresh()["author"])
sent("contains", lambda: "author" in fresh())
sent("to_json", lambda: fresh().to_mongo().to_dict()["author"])
sent("equal", lambda: fresh() == fresh())
sent("only", lambda: Book.objects.only("author").get(id=ids[10]).author)
sent("dynamic", lambda: Free(author=ids[1], x=DBRef("author", ids[1])).save().x)
sent("dynamic loaded", lambda: Free.objects.first().x)
sent("dynamic, field", lambda: Free.objects.first().author)
sent("dynamic generic", lambda: Free(x=author).save().reload().x)
sent("untyped", lambda: Untyped(id=ids[1], thing=author).save().thing)
sent("untyped loaded", lambda: Untyped.objects.get(id=ids[1]).thing)
sent("untyped scalar", lambda: list(Untyped.objects.scalar("thing")))
sent("untyped stored", lambda: Untyped.objects.as_pymongo().get(id=ids[1]))
sent("untyped kept", lambda: Untyped.objects.no_dereference().get(id=ids[1]).thing)
Untyped.objects.update(thing=[author, {"k": author}])
sent("untyped within", lambda: Untyped.objects.get(id=ids[1]).thing)
sent("reload", lambda: fresh().reload().author)
sent(
    "reload of read",
    lambda: [loaded := fresh(), loaded.author, loaded.reload().author][2],
)


def replaced():
    loaded = fresh()
    loaded.author.name = "other"
    changed = loaded._get_changed_fields()
    loaded.save()
    return changed, Author.objects.get(id=ids[1]).name


sent("changed through a reference", replaced)


def shared():
    one = fresh()
    return one.author is one.author, one.author is one.dbref, one.author == one.dbref


sent("identity", shared)
sent("query by document", lambda: Book.objects(author=author).count())
sent("query by dbref", lambda: Book.objects(author=author.to_dbref()).count())
