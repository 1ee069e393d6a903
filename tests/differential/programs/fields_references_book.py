"""A document with every form of reference, and LazyReference by itself."""

from battery import SOME_ID, attributes_of
from bson import DBRef, ObjectId
from recorder import step

import mongoengine
from mongoengine import (
    CASCADE,
    CachedReferenceField,
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
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
from mongoengine.fields import RECURSIVE_REFERENCE_CONSTANT

OTHER_ID = ObjectId("fedcba987654321001234567")


class Person(Document):
    name = StringField(db_field="n")
    age = IntField()


class Numbered(Document):
    number = IntField(primary_key=True)


class Animal(Document):
    meta = {"allow_inheritance": True}


class Dog(Animal):
    pass


class Root(Document):
    meta = {"abstract": True}


class Leaf(Root):
    pass


class Pet(EmbeddedDocument):
    pass


NAMES = {name: value for name, value in globals().items() if isinstance(value, type)}
NAMES |= {"SOME_ID": SOME_ID, "mongoengine": mongoengine}


class Book(Document):
    author = ReferenceField(Person, db_field="a")
    by_dbref = ReferenceField(Person, dbref=True)
    lazy = LazyReferenceField(Person, db_field="l")
    cached = CachedReferenceField(Person, fields=["name"], db_field="c")
    anything = GenericReferenceField()
    lazy_anything = GenericLazyReferenceField()
    numbered = ReferenceField(Numbered)
    parent = ReferenceField("self")
    authors = ListField(ReferenceField(Person))
    lazies = ListField(LazyReferenceField(Person))
    cacheds = ListField(CachedReferenceField(Person))
    anythings = ListField(GenericReferenceField())
    by_name = MapField(ReferenceField(Person))
    deep = ListField(ListField(ReferenceField(Person, dbref=True)))


def person():
    return Person(id=SOME_ID, name="a", age=3)


MADE = {
    "saved": lambda: {
        "author": person(),
        "by_dbref": person(),
        "lazy": person(),
        "cached": person(),
    },
    "generic": lambda: {
        "anything": person(),
        "lazy_anything": person(),
        "numbered": Numbered(number=1),
    },
    "lists": lambda: {
        "authors": [person()],
        "lazies": [person()],
        "cacheds": [person()],
    },
    "more lists": lambda: {
        "anythings": [person()],
        "by_name": {"k": person()},
        "deep": [[person()]],
    },
    "ids": lambda: {
        "author": SOME_ID,
        "by_dbref": SOME_ID,
        "lazy": SOME_ID,
        "numbered": 3,
    },
    "texts": lambda: {"author": str(SOME_ID), "lazy": str(SOME_ID), "numbered": "3"},
    "dbrefs": lambda: {
        "author": DBRef("person", SOME_ID),
        "by_dbref": DBRef("person", SOME_ID),
    },
    "lists of ids": lambda: {
        "authors": [SOME_ID, str(SOME_ID)],
        "lazies": [SOME_ID],
        "deep": [[SOME_ID]],
    },
    "lazy references": lambda: {
        "author": LazyReference(Person, SOME_ID),
        "lazy": LazyReference(Person, SOME_ID),
    },
    "generic dicts": lambda: {
        "anything": {"_cls": "Person", "_ref": DBRef("person", SOME_ID)}
    },
    "unsaved author": lambda: {"author": Person()},
    "unsaved dbref": lambda: {"by_dbref": Person()},
    "unsaved lazy": lambda: {"lazy": Person()},
    "unsaved cached": lambda: {"cached": Person()},
    "unsaved generic": lambda: {"anything": Person()},
    "unsaved lazy generic": lambda: {"lazy_anything": Person()},
    "unsaved in list": lambda: {"authors": [Person()]},
    "unsaved in list of lazies": lambda: {"lazies": [Person()]},
    "unsaved in list of generics": lambda: {"anythings": [Person()]},
    "unsaved in map": lambda: {"by_name": {"k": Person()}},
    "unsaved in deep": lambda: {"deep": [[Person()]]},
    "wrong author": lambda: {"author": Numbered(number=1)},
    "wrong lazy": lambda: {"lazy": Numbered(number=1)},
    "wrong cached": lambda: {"cached": Numbered(number=1)},
    "wrong in list": lambda: {"authors": [Numbered(number=1)]},
    "itself": lambda: {"parent": Book(id=SOME_ID)},
}


def observe_reading(label, make, name):
    step(label, lambda: getattr(Book(**make()), name))

    @step(f"{label} when loaded without dereferencing")
    def _():
        stored = Book(**make()).to_mongo()
        return getattr(Book._from_son(stored, _auto_dereference=False), name)


def observe_book(label, make):
    step(f"Book {label}", lambda: Book(**make()))
    step(f"Book {label}, valid", lambda: Book(**make()).validate())
    step(f"Book {label}, stored", lambda: Book(**make()).to_mongo())
    step(
        f"Book {label}, python names",
        lambda: Book(**make()).to_mongo(use_db_field=False),
    )
    step(
        f"Book {label}, stored and loaded",
        lambda: Book._from_son(Book(**make()).to_mongo()),
    )
    step(
        f"Book {label}, twice",
        lambda: Book._from_son(Book(**make()).to_mongo()).to_mongo(),
    )
    step(
        f"Book {label}, loaded, valid",
        lambda: Book._from_son(Book(**make()).to_mongo()).validate(),
    )
    step(
        f"Book {label}, undereferenced",
        lambda: Book._from_son(Book(**make()).to_mongo(), _auto_dereference=False),
    )
    for name in make():
        observe_reading(f"Book {label}, read {name}", make, name)

    @step(f"Book {label}, assigned, valid")
    def _():
        book = Book(id=OTHER_ID)
        for name, value in make().items():
            setattr(book, name, value)
        return book.validate(), book.to_mongo()

    @step(f"Book {label}, assigned to a loaded one")
    def _():
        book = Book._from_son({"_id": OTHER_ID})
        for name, value in make().items():
            setattr(book, name, value)
        return book._get_changed_fields(), book._delta()


for label, make in MADE.items():
    observe_book(label, make)


step("validation does not save or load", lambda: Book(author=SOME_ID).validate())


@step("the same reference again is no change")
def _():
    book = Book._from_son(
        {"_id": OTHER_ID, "a": SOME_ID, "l": SOME_ID}, _auto_dereference=False
    )
    book.author = SOME_ID
    book.lazy = SOME_ID
    changed = book._get_changed_fields()
    book.author = person()
    return changed, book._get_changed_fields(), book._delta()


@step("None in place of a reference")
def _():
    book = Book._from_son({"_id": OTHER_ID, "a": SOME_ID, "l": SOME_ID})
    book.author = None
    book.lazy = None
    return book._delta(), book.to_mongo()


@step("a changed referenced document is not a change")
def _():
    author = person()
    book = Book._from_son({"_id": OTHER_ID})
    book.author = author
    book._clear_changed_fields()
    author.name = "other"
    return book._get_changed_fields(), author._get_changed_fields()


@step("a referenced document that gets its id later")
def _():
    author = Person()
    book = Book(author=author, authors=[author])
    author.id = SOME_ID
    return book.validate(), book.to_mongo()


@step("references compare as their documents do")
def _():
    return Book(author=person()) == Book(author=person()), person() == DBRef(
        "person", SOME_ID
    )


step("a document equals its DBRef", lambda: person() == person().to_dbref())
step("to_dbref", lambda: person().to_dbref())
step("to_dbref, unsaved", lambda: Person().to_dbref())
step("to_dbref of a number", lambda: Numbered(number=1).to_dbref())
step(
    "document_type by name",
    lambda: (Book.parent.document_type, Book.parent.document_type_obj),
)
step("document_type_obj by class", lambda: Book.author.document_type_obj)
step("recursive constant", lambda: RECURSIVE_REFERENCE_CONSTANT)
step("the reference's own owner", lambda: Book.authors.field.owner_document)


def observe_path(path):
    parts = path.split(".")
    step(
        f"lookup {path}",
        lambda: [getattr(f, "db_field", f) for f in Book._lookup_field(parts)],
    )
    step(f"translate {path}", lambda: Book._translate_field_name(path))


for path in (
    *(
        "author",
        "author.name",
        "author.n",
        "authors.name",
        "author.id",
        "author.pk",
        "author.nope",
    ),
    *(
        "lazy.name",
        "cached.name",
        "c.n",
        "anything.name",
        "lazy_anything.name",
        "parent.parent.author.name",
    ),
    *(
        "authors.0.name",
        "by_name.k.name",
        "deep.name",
        "numbered.number",
        "author.name.x",
        "anything._ref",
        "anything._cls",
    ),
):
    observe_path(path)


def lookup_member(name, member):
    return getattr(Book, name).lookup_member(member)


def observe_members(name):
    for member in ("name", "n", "nope", "id", "pk", "_id", "0", "_cls", "_ref"):
        step(f"{name} lookup_member {member!r}", lookup_member, name, member)


for name in (
    "author",
    "lazy",
    "cached",
    "anything",
    "lazy_anything",
    "authors",
    "by_name",
    "deep",
):
    observe_members(name)

LAZY = {
    "plain": lambda: LazyReference(Person, SOME_ID),
    "passthrough": lambda: LazyReference(Person, SOME_ID, passthrough=True),
    "cached": lambda: LazyReference(Person, SOME_ID, cached_doc=person()),
    "cached, passthrough": lambda: LazyReference(Person, SOME_ID, person(), True),
    "number": lambda: LazyReference(Numbered, 3),
    "None": lambda: LazyReference(Person, None),
}


def observe_lazy(label, make):
    step(f"LazyReference {label}", make)
    step(f"LazyReference {label}, repr", lambda: repr(make()))
    step(
        f"LazyReference {label}, pk",
        lambda: (make().pk, make().id, make().collection, make().database),
    )
    step(
        f"LazyReference {label}, type",
        lambda: (make().document_type, make().passthrough),
    )
    step(f"LazyReference {label}, name", lambda: make().name)
    step(f"LazyReference {label}, item", lambda: make()["name"])
    step(f"LazyReference {label}, nope", lambda: make().nope)
    step(f"LazyReference {label}, fetch", lambda: make().fetch())
    step(
        f"LazyReference {label}, equal",
        lambda: (make() == make(), make() == DBRef("person", SOME_ID)),
    )
    step(f"LazyReference {label}, hash", lambda: hash(make()) == hash(make()))


for label, make in LAZY.items():
    observe_lazy(label, make)
step("LazyReference of a class only", lambda: LazyReference(Person))
step("LazyReference of nothing", lambda: LazyReference(5, 6))
for name in ("lazy", "lazy_anything"):
    for value in (
        None,
        SOME_ID,
        DBRef("person", SOME_ID),
        person(),
        Person(),
        {"_cls": "Person", "_ref": DBRef("person", SOME_ID)},
        5,
    ):
        step(
            f"{name} build_lazyref {value!r}", getattr(Book, name).build_lazyref, value
        )

step("lazy attributes", lambda: attributes_of(Book.lazy))
step("cached attributes", lambda: attributes_of(Book.cached))
step("cached of a cached", lambda: Book.cached.to_mongo(person()))
step("cached fields", lambda: Book.cached.to_mongo(person(), fields=["age"]))
step("cached python names", lambda: Book.cached.to_mongo(person(), use_db_field=False))
step("cached loaded", lambda: Book._from_son({"c": {"_id": SOME_ID, "n": "a"}}))
step("cached loaded id", lambda: Book._from_son({"c": SOME_ID})._data["cached"])
step(
    "cached loaded, changed",
    lambda: Book._from_son({"_id": OTHER_ID, "c": {"_id": SOME_ID, "n": "a"}})._delta(),
)
step(
    "delete rules",
    lambda: Person._meta.get("delete_rules"),
)


@step("a delete rule is registered on the target")
def _():
    class Owned(Document):
        owner = ReferenceField(Leaf, reverse_delete_rule=CASCADE)
        owners = ListField(ReferenceField(Leaf, reverse_delete_rule=CASCADE))

    rules = Leaf._meta["delete_rules"]
    return {(owner.__name__, name): rule for (owner, name), rule in rules.items()}


@step("a delete rule in an embedded document")
def _():
    class Holder(EmbeddedDocument):
        owner = ReferenceField(Leaf, reverse_delete_rule=CASCADE)

    class Outside(Document):
        holder = EmbeddedDocumentField(Holder)

    return Outside


@step("a delete rule of a generic reference")
def _():
    class Generic(Document):
        owner = GenericReferenceField(reverse_delete_rule=CASCADE)

    return Generic


@step("a delete rule of an abstract document")
def _():
    class OfAbstract(Document):
        owner = ReferenceField(Root, reverse_delete_rule=CASCADE)

    return OfAbstract
