"""EmbeddedDocumentList: filter, exclude, get, first, create, update, delete, save."""

from bson import ObjectId
from recorder import step

from mongoengine import (
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EmbeddedDocumentListField,
    IntField,
    ListField,
    StringField,
)


class Tag(EmbeddedDocument):
    word = StringField()


class Comment(EmbeddedDocument):
    author = StringField(db_field="a")
    text = StringField()
    votes = IntField(default=0)
    tag = EmbeddedDocumentField(Tag)
    words = ListField(StringField())


class Post(Document):
    title = StringField()
    comments = EmbeddedDocumentListField(Comment, db_field="cs")


STORED = {
    "_id": ObjectId("5" * 24),
    "cs": [
        {"a": "ann", "text": "one", "votes": 1, "tag": {"word": "x"}, "words": ["p"]},
        {"a": "bob", "text": "two", "votes": 2},
        {"a": "ann", "text": "three", "votes": 1, "tag": {"word": "y"}},
        {"a": "cas", "text": None},
    ],
}


def load():
    return Post._from_son(STORED)


def texts(comments):
    return type(comments), [comment.text for comment in comments]


FILTERS = (
    *({}, {"author": "ann"}, {"a": "ann"}, {"author": "zoe"}, {"text": None}),
    *({"author": "ann", "text": "one"}, {"author": "ann", "votes": 2}, {"votes": "1"}),
    *({"votes__gt": 1}, {"nope": 1}, {"nope": None}, {"tag": Tag(word="x")}),
    *({"tag": None}, {"tag__word": "x"}, {"words": ["p"]}, {"words": "p"}, {"pk": 1}),
    *({"author": ["ann", "bob"]}, {"save": None}, {"_data": 1}, {"votes": True}),
)
OWNER = load()  # lists know their owner weakly: it must live on
for index, wanted in enumerate(FILTERS):
    label = f"{index} {'/'.join(wanted)}"
    step(f"filter {label}", lambda w=wanted: texts(OWNER.comments.filter(**w)))
    step(f"exclude {label}", lambda w=wanted: texts(OWNER.comments.exclude(**w)))
    step(f"get {label}", lambda w=wanted: OWNER.comments.get(**w).text)
    step(f"first {label}", lambda w=wanted: OWNER.comments.filter(**w).first())
    step(f"count {label}", lambda w=wanted: OWNER.comments.filter(**w).count())
step("owner is gone", lambda: load().comments.filter())
step("owner is gone, appending", lambda: load().comments.append(Comment()))
step("owner is gone, reading", lambda: load().comments[0])


def after(action):
    post = load()
    result = action(post.comments)
    return result, texts(post.comments), post._get_changed_fields(), post._delta()


ACTIONS = {
    "first": lambda c: c.first(),
    "first of none": lambda c: c.filter(author="zoe").first(),
    "count": lambda c: c.count(),
    "count of a value": lambda c: c.count(c[0]),
    "create": lambda c: c.create(author="new"),
    "create empty": lambda c: c.create(),
    "create converts": lambda c: c.create(votes="7").votes,
    "create unknown": lambda c: c.create(nope=1),
    "create then owner": lambda c: c.create(text="t")._instance is not None,
    "create on filtered": lambda c: c.filter(author="ann").create(author="new"),
    "update": lambda c: c.update(votes=5),
    "update several": lambda c: c.filter(author="ann").update(votes=5, text="x"),
    "update unknown": lambda c: c.update(nope=1),
    "update nothing": lambda c: c.update(),
    "update converts not": lambda c: (c.update(votes="7"), c[0].votes),
    "update of none": lambda c: c.filter(author="zoe").update(votes=5),
    "delete": lambda c: c.delete(),
    "delete filtered": lambda c: c.filter(author="ann").delete(),
    "delete excluded": lambda c: c.exclude(author="ann").delete(),
    "delete none": lambda c: c.filter(author="zoe").delete(),
    "filter of filter": lambda c: texts(c.filter(author="ann").filter(votes=1)),
    "filter exclude": lambda c: texts(c.filter(author="ann").exclude(text="one")),
    "get many": lambda c: c.get(author="ann"),
    "get none": lambda c: c.get(author="zoe"),
    "get all": lambda c: c.get(),
    "slice": lambda c: texts(c[1:3]),
    "slice filter": lambda c: texts(c[1:3].filter(author="ann")),
    "iterate": lambda c: [x.votes for x in c],
    "owner of members": lambda c: {x._instance is c._instance for x in c},
    "append": lambda c: c.append(Comment(text="new")),
    "append then change": lambda c: (c.append(Comment()), setattr(c[-1], "text", "z"))[
        0
    ],
    "append wrong": lambda c: c.append(5),
    "insert then change": lambda c: (
        c.insert(0, Comment()),
        setattr(c[0], "text", "z"),
    )[0],
    "pop then change": lambda c: setattr(c.pop(0), "text", "z"),
    "delete then change": lambda c: (
        c.filter(author="bob").delete(),
        setattr(c[1], "votes", 9),
    )[0],
    "move": lambda c: c.append(c.pop(0)),
    "remove equal": lambda c: c.remove(Comment(author="bob", text="two", votes=2)),
    "in": lambda c: Comment(author="bob", text="two", votes=2) in c,
    "index": lambda c: c.index(Comment(author="bob", text="two", votes=2)),
    "equal": lambda c: (c == list(c), c == load().comments),
    "repr": lambda c: repr(c.filter(author="bob")),
    "sum": lambda c: texts(c.__add__([Comment(text="plus")])),
    "filter type": lambda c: type(c.filter()),
    "slice type": lambda c: type(c[:]),
    "copy type": lambda c: type(c.copy()),
    "filter with None": lambda c: c.filter(None),
    "filter keeps members": lambda c: c.filter(text="one")[0] is c[0],
}
for label, action in ACTIONS.items():
    step(label, lambda a=action: after(a))

NEW = Post(comments=[Comment(text="a")])
step("on a new document", lambda: NEW.comments.filter(text="a"))


def _created():
    post = Post()
    post.comments.create(text="a")
    return post.to_mongo(), post.comments[0]._instance is not None


step("created on a new document", _created)


def _assigned(value):
    post = Post()
    post.comments = value
    return type(post.comments), [c._instance is not None for c in post.comments]


step("list assigned", lambda: _assigned([Comment(text="x")]))
step("tuple assigned", lambda: _assigned((Comment(text="x"),)))
step("validate wrong member", lambda: Post(comments=[Tag()]).validate())


def _validated(value):
    post = Post()
    post.comments = value
    post.validate()


step("assigned wrong", lambda: _validated([Tag(), 5]))
step("assigned single", lambda: _validated(Comment()))
step("saved without connection", lambda: OWNER.comments.save())
