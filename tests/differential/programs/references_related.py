"""select_related(): what is loaded, by which commands."""

# ruff: noqa: B023  # a step runs at once

from server import connect, sent

from mongoengine import (
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    GenericReferenceField,
    IntField,
    LazyReferenceField,
    ListField,
    MapField,
    ReferenceField,
    StringField,
)

db = connect()


class City(Document):
    id = IntField(primary_key=True)
    name = StringField()


class Person(Document):
    id = IntField(primary_key=True)
    name = StringField()
    city = ReferenceField(City)
    friend = ReferenceField("self")


class Note(EmbeddedDocument):
    author = ReferenceField(Person)


class Post(Document):
    id = IntField(primary_key=True)
    one = ReferenceField(Person, db_field="o")
    other = ReferenceField(Person, dbref=True)
    many = ListField(ReferenceField(Person))
    named = MapField(ReferenceField(Person))
    anything = GenericReferenceField()
    anythings = ListField(GenericReferenceField())
    note = EmbeddedDocumentField(Note)
    notes = ListField(EmbeddedDocumentField(Note))
    lazy = LazyReferenceField(Person)


for document_class in (City, Person, Post):
    document_class._get_collection()

city = City(id=1, name="x").save()
people = [Person(id=n, name=str(n), city=city).save() for n in range(1, 6)]
people[0].friend = people[1]
people[0].save()

VALUES = {
    "empty": {},
    "one": {"one": people[0]},
    "two fields": {"one": people[0], "other": people[1]},
    "list": {"many": people[1:4]},
    "map": {"named": {"a": people[0], "b": people[1]}},
    "generic": {"anything": people[0]},
    "generic list": {"anythings": [people[0], people[1]]},
    "two classes": {"anythings": [people[0], city]},
    "embedded list": {"notes": [Note(author=one) for one in people[:3]]},
    "lazy": {"lazy": people[0]},
    "missing": {"one": 99, "many": [98, people[0]]},
    "all": {"one": people[0], "many": people[1:4], "other": people[4]},
}


def names(post):
    return [post.one and post.one.name, [person.name for person in post.many]]


def told(posts):
    return [(post.id, post.to_mongo(), post._get_changed_fields()) for post in posts]


for label, values in VALUES.items():
    Post.objects.delete()
    for number in range(3):
        Post(id=number, **values).save()
    posts = Post.objects.order_by("id")
    for depth in (-1, 1):
        sent(f"{label}, {depth}", lambda: told(posts.select_related(depth)))
        sent(
            f"{label}, {depth}, document",
            lambda: told([posts[1].select_related(depth)]),
        )
    if label != "missing":  # which is looked for again, or raises
        sent(
            f"{label}, default", lambda: [names(one) for one in posts.select_related()]
        )
    sent(f"{label}, limit", lambda: told(posts[:2].select_related()))

sent("none", lambda: Post.objects.none().select_related())
sent("nothing", lambda: Post.objects(id=99).select_related())
sent("scalar", lambda: Post.objects.order_by("id").scalar("id").select_related())
sent("only", lambda: told(Post.objects.order_by("id").only("one").select_related()))
