"""Reading references in lists, maps, dicts and embedded documents."""

from bson import DBRef, ObjectId
from recorder import step
from server import connect, sent

from mongoengine import (
    DictField,
    Document,
    DynamicDocument,
    DynamicEmbeddedDocument,
    DynamicField,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EmbeddedDocumentListField,
    GenericReferenceField,
    IntField,
    ListField,
    MapField,
    ReferenceField,
    SortedListField,
    StringField,
)

db = connect()
connect("other")

ids = [ObjectId(f"{n:024x}") for n in range(200)]


class Author(Document):
    name = StringField()
    friends = ListField(ReferenceField("self"))


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


class SomeTopic(Document):
    name = StringField()
    meta = {"collection": "topics_of_all"}


class Part(EmbeddedDocument):
    author = ReferenceField(Author)
    authors = ListField(ReferenceField(Author))
    generic = GenericReferenceField()
    things = ListField()


class FreePart(DynamicEmbeddedDocument):
    name = StringField()


class Shelf(Document):
    authors = ListField(ReferenceField(Author))
    dbrefs = ListField(ReferenceField(Author, dbref=True))
    bases = ListField(ReferenceField(Base))
    children = ListField(ReferenceField(Child))
    abstracts = ListField(ReferenceField(Abstract))
    remotes = ListField(ReferenceField(Remote))
    topics = ListField(ReferenceField(SomeTopic))
    generics = ListField(GenericReferenceField())
    things = ListField()
    matrix = ListField(ListField(ReferenceField(Author)))
    deep = ListField(ListField(ListField(ReferenceField(Author))))
    sorted = SortedListField(ReferenceField(Author))
    mapped = MapField(ReferenceField(Author))
    mapped_generic = MapField(GenericReferenceField())
    map_of_lists = MapField(ListField(ReferenceField(Author)))
    data = DictField()
    typed = DictField(ReferenceField(Author))
    dicts = ListField(DictField())
    maps = ListField(MapField(ReferenceField(Author)))
    dynamic = DynamicField()
    part = EmbeddedDocumentField(Part)
    parts = EmbeddedDocumentListField(Part)
    parts_plain = ListField(EmbeddedDocumentField(Part))
    part_map = MapField(EmbeddedDocumentField(Part))
    free = EmbeddedDocumentField(FreePart)


class Free(DynamicDocument):
    name = StringField()


authors = [Author(id=ids[n], name=f"a{n}").save() for n in range(1, 6)]
authors[0].friends = [authors[1], authors[2]]
authors[0].save()
base = Base(id=ids[20], name="base").save()
child = Child(id=ids[21], name="child").save()
concrete = Concrete(id=ids[22], name="concrete").save()
remotes = [Remote(id=ids[n], name="remote").save() for n in (30, 31)]
topics = [SomeTopic(id=ids[n], name="topic").save() for n in (40, 41)]
first, second = authors[:2]

VALUES = {
    "authors": authors,
    "dbrefs": authors,
    "bases": [base, child],
    "children": [child],
    "abstracts": [concrete, concrete],
    "remotes": remotes,
    "topics": topics,
    "generics": [child, first, second, remotes[0]],
    "things": [1, "x", first.to_dbref(), second, [first.to_dbref()], {"k": second}],
    "matrix": [[first], [second, first], []],
    "deep": [[[first]], [[second]]],
    "mapped": {"one": first, "two": second},
    "mapped_generic": {"one": first, "two": child},
    "map_of_lists": {"one": [first], "two": [second]},
    "data": {"one": first.to_dbref(), "two": [second], "three": {"k": second}, "n": 1},
    "typed": {"one": first},
    "dicts": [{"one": first.to_dbref()}, {"two": second}],
    "maps": [{"one": first}, {"two": second}],
    "dynamic": [first.to_dbref(), {"k": second.to_dbref()}],
    "part": Part(author=first, authors=authors, generic=child, things=[second]),
    "parts": [Part(author=first, authors=[second]), Part(author=second)],
    "parts_plain": [Part(author=first, authors=[second]), Part(author=second)],
    "part_map": {"one": Part(author=first, authors=[second])},
    "free": FreePart(x=first.to_dbref(), y=[second.to_dbref()]),
}
for number, (name, value) in enumerate(VALUES.items()):
    step(f"save {name}", Shelf(id=ids[100 + number], **{name: value}).save)

NUMBERS = {name: 100 + number for number, name in enumerate(VALUES)}


def fresh(name):
    return Shelf.objects.get(id=ids[NUMBERS[name]])


def at(document, path):
    for part in path.split("."):
        if isinstance(document, dict):
            document = document[part]
        elif part.isdigit():
            document = document[int(part)]
        else:
            document = getattr(document, part)
    return document


PATHS = [
    *VALUES,
    "part.authors",
    "part.generic",
    "part.things",
    "parts.0.author",
    "parts.0.authors",
    "parts_plain.0.authors",
    "part_map.one.author",
    "part_map.one.authors",
    "free.x",
    "free.y",
    "authors.0.friends",
    "matrix.0",
    "matrix.1.1",
    "maps.0.one",
    "data.two.0",
    "map_of_lists.one.0",
]
for path in PATHS:
    name = path.split(".")[0]
    loaded = fresh(name)
    sent(f"read {path}", at, loaded, path)
    sent(f"read {path} again", at, loaded, path)
    sent(f"list {path}", lambda v=loaded, p=path: [*at(v, p)])
    step(f"changed {path}", loaded._get_changed_fields)
    step(f"delta {path}", loaded._delta)
    step(f"valid {path}", loaded.validate)
    step(f"to_mongo {path}", lambda v=loaded, n=name: v.to_mongo()[n])
    sent(f"save after {path}", loaded.save)
    keeping = Shelf.objects.no_dereference().get(id=ids[NUMBERS[name]])
    sent(f"kept {path}", at, keeping, path)

NEW = {
    "authors": [ids[1], first.to_dbref(), second],
    "dbrefs": [ids[1], first.to_dbref(), second],
    "generics": [first.to_dbref(), second],
    "things": [first.to_dbref(), second],
    "mapped": {"one": ids[1], "two": first.to_dbref()},
    "data": {"one": first.to_dbref()},
    "matrix": [[first.to_dbref()]],
}
for name, value in NEW.items():
    sent(f"new {name}", lambda n=name, v=value: getattr(Shelf(**{n: v}), n))

    def assigned(name=name, value=value):
        loaded = fresh(name)
        setattr(loaded, name, value)
        return getattr(loaded, name)

    sent(f"assigned {name}", assigned)

# Adding to a list that was read, or was not
for label in ("read", "unread"):

    def appended(label=label):
        loaded = fresh("authors")
        found = loaded.authors if label == "read" else None
        loaded.authors.append(first.to_dbref())
        loaded.authors.append(ids[2])
        loaded.authors.insert(0, second)
        return found, loaded.authors, loaded._get_changed_fields(), loaded._delta()

    sent(f"appended to {label}", appended)

    def removed(label=label):
        loaded = fresh("authors")
        found = loaded.authors if label == "read" else None
        loaded.authors.remove(first)
        del loaded.authors[0]
        return found, loaded.authors, loaded._delta()

    sent(f"removed from {label}", removed)


def replaced():
    loaded = fresh("authors")
    loaded.authors[1] = first
    return loaded._delta(), loaded.authors


sent("replaced", replaced)
sent("len", lambda: len(fresh("authors").authors))
sent("in", lambda: first in fresh("authors").authors)
sent("dbref in", lambda: first.to_dbref() in fresh("authors").authors)
sent("index", lambda: fresh("authors").authors.index(second))
sent("equal", lambda: fresh("authors").authors == authors)
sent("slice", lambda: fresh("authors").authors[1:3])

# Dangling ones and malformed ones
STORED = {
    "all missing": ("authors", [ids[90], ids[91]]),
    "some missing": ("authors", [ids[90], ids[1], ids[91], ids[1]]),
    "twice": ("authors", [ids[1], ids[1]]),
    "with null": ("authors", [None, ids[1]]),
    "mixed": ("authors", [ids[1], DBRef("author", ids[2])]),
    "other collection": ("authors", [DBRef("base", ids[20]), ids[1]]),
    "no collection": ("authors", [DBRef("nothing", ids[20]), ids[1]]),
    "text": ("authors", ["text", ids[1]]),
    "empty": ("authors", []),
    "null": ("authors", None),
    "no list": ("authors", ids[1]),
    "missing generics": (
        "generics",
        [{"_cls": "Author", "_ref": DBRef("author", ids[90])}],
    ),
    "unknown generics": (
        "generics",
        [{"_cls": "Nope", "_ref": DBRef("author", ids[1])}],
    ),
    "mixed generics": (
        "generics",
        [
            {"_cls": "Author", "_ref": DBRef("author", ids[1])},
            ids[1],
            DBRef("author", ids[2]),
        ],
    ),
    "missing things": ("things", [DBRef("author", ids[90]), DBRef("author", ids[1])]),
    "things of a family": ("things", [DBRef("base", ids[20]), DBRef("base", ids[21])]),
    "things of a named collection": ("things", [DBRef("topics_of_all", ids[40])]),
    "things without class": ("things", [DBRef("nothing", ids[40])]),
    "things elsewhere": ("things", [DBRef("remote", ids[30])]),
    "things generic": (
        "things",
        [
            {"_cls": "Author", "_ref": DBRef("author", ids[1])},
            {"_cls": "Part", "author": ids[2]},
        ],
    ),
    "things nested": (
        "things",
        [[[DBRef("author", ids[1])]], {"a": {"b": DBRef("author", ids[2])}}],
    ),
    "things remote generic": (
        "things",
        [{"_cls": "Remote", "_ref": DBRef("remote", ids[30])}],
    ),
    "missing in map": ("mapped", {"one": ids[90], "two": ids[1]}),
    "abstract without class": ("abstracts", [DBRef("concrete", ids[22])]),
    "missing dbref": ("dbrefs", [DBRef("author", ids[90])]),
    "ids as dbrefs": ("dbrefs", [ids[1]]),
    "missing abstract": ("abstracts", [DBRef("concrete", ids[90], cls="Concrete")]),
}
for label, (name, stored) in STORED.items():
    db["shelf"].replace_one({"_id": ids[99]}, {name: stored}, upsert=True)
    loaded = step(f"{label} loaded", lambda: Shelf.objects.get(id=ids[99]))
    if loaded is None:
        continue
    sent(f"{label} read", at, loaded, name)
    sent(f"{label} read again", at, loaded, name)
    step(f"{label} valid", loaded.validate)
    step(f"{label} to_mongo", loaded.to_mongo)
    step(f"{label} changed", loaded._get_changed_fields)

# Many
many = [Author(name=str(n)) for n in range(250)]
Author.objects.insert(many)
step("many saved", lambda: bool(Shelf(id=ids[98], authors=many).save()))
sent("many read", lambda: len(Shelf.objects.get(id=ids[98]).authors))

# Dynamic documents
free = Free(id=ids[97], x=[first, second.to_dbref()], y={"k": first.to_dbref()}).save()
sent("dynamic list", lambda: Free.objects.get(id=ids[97]).x)
sent("dynamic dict", lambda: Free.objects.get(id=ids[97]).y)
sent("dynamic new", lambda: Free(x=[first.to_dbref()]).x)

# Through querysets
sent("scalar", lambda: list(Shelf.objects(id=ids[100]).scalar("authors")))
sent("item", lambda: fresh("authors")["authors"])
sent("contains", lambda: "authors" in fresh("authors"))
sent("several", lambda: [len(s.authors) for s in Shelf.objects(id__in=ids[98:101])])
sent("json", lambda: fresh("authors").to_mongo()["authors"])
