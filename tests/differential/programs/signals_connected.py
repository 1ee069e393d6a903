"""Receivers as applications connect them: decorators, methods, senders, and their ends."""

import gc

from recorder import step
from server import connect

from mongoengine import (
    BooleanField,
    Document,
    DynamicDocument,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    ListField,
    ReferenceField,
    StringField,
    signals,
)

db = connect()
HEARD = []


def handler(event):
    """Make a decorator that connects a function to a class, as the documentation did."""

    def decorator(function):
        def apply(cls):
            event.connect(function, sender=cls)
            return cls

        function.apply = apply
        return function

    return decorator


@handler(signals.pre_save)
def count_changes(sender, document):
    document.changes += 1


@handler(signals.post_save)
def announce(sender, document, **kwargs):
    HEARD.append(("created" if kwargs.get("created") else "updated", document.title))


@announce.apply
@count_changes.apply
class Page(Document):
    title = StringField()
    changes = IntField(default=0)
    meta = {"allow_inheritance": True}


class SubPage(Page):
    pass


class Author(Document):
    name = StringField()
    active = BooleanField(default=True)

    @classmethod
    def pre_save(cls, sender, document, **kwargs):
        HEARD.append(("pre_save", cls.__name__, sender.__name__, document.name))

    @classmethod
    def post_save(cls, sender, document, **kwargs):
        HEARD.append(("post_save", cls.__name__, document.name, kwargs))

    @staticmethod
    def post_delete(sender, document, **kwargs):
        HEARD.append(("post_delete", document.name, kwargs))


signals.pre_save.connect(Author.pre_save, sender=Author)
signals.post_save.connect(Author.post_save, sender=Author)
signals.post_delete.connect(Author.post_delete, sender=Author)


class Chapter(EmbeddedDocument):
    title = StringField()


class Book(DynamicDocument):
    title = StringField()
    author = ReferenceField(Author)
    chapters = ListField(EmbeddedDocumentField(Chapter))


def heard(label, function, *args, **kwargs):
    """Record what came of something, and what was heard meanwhile."""
    HEARD.clear()
    result = step(label, lambda: told(function(*args, **kwargs)))
    step(f"{label} | heard", lambda: list(HEARD))
    return result


def told(result):
    return type(result).__name__ if isinstance(result, Document) else result


def listen(name):
    def receiver(sender, **kwargs):
        kwargs = {key: told(value) for key, value in kwargs.items()}
        HEARD.append((name, sender.__name__, list(kwargs.items())))
        return name

    return receiver


# --- decorated classes, methods of classes

page = Page(title="one")
heard("decorated", page.save)
heard("decorated again", page.save)
step("decorated | changes", lambda: page.reload().changes)
heard("subclass", SubPage(title="sub").save)
heard("insert", lambda: len(Page.objects.insert([Page(title="many")])))
author = Author(name="Ann")
heard("class methods", author.save, signal_kwargs={"reason": "test"})
heard("class methods, delete", author.delete, signal_kwargs={"reason": "gone"})
heard("queryset deletes", lambda: (Author(name="B").save(), Author.objects.delete()))
heard("queryset updates", lambda: Author.objects.update(set__name="C"))


# --- senders


def connected(action, *receivers):
    for signal, receiver, options in receivers:
        signal.connect(receiver, **options)
    try:
        return told(action())
    finally:
        for signal, receiver, _ in receivers:
            signal.disconnect(receiver)


def saves(*senders):
    """Save a document of each class, with one receiver for some classes."""
    receiver = listen("one")
    options = [(signals.post_save, receiver, {"sender": sender}) for sender in senders]
    return connected(
        lambda: [Book(title="x").save() and None, SubPage().save() and None], *options
    )


heard("no sender", saves)
heard("one sender", saves, Book)
heard("two senders", saves, Book, SubPage)
heard("a base as sender", saves, Page)
heard("none as sender", saves, None)


def connect_for_one_document():
    one, other = Book(title="one"), Book(title="other")
    receiver = listen("mine")
    signals.post_save.connect(receiver, sender=one)
    one.save(), other.save()
    signals.post_save.disconnect(receiver, sender=one)


heard("a document as sender", connect_for_one_document)


def embedded():
    receiver = listen("chapter")
    signals.post_init.connect(receiver, sender=Chapter)
    book = Book(title="x", chapters=[Chapter(title="a"), Chapter(title="b")]).save()
    book.reload()
    [chapter.title for chapter in book.chapters]
    signals.post_init.disconnect(receiver, sender=Chapter)


heard("embedded documents", embedded)


# --- connecting and disconnecting


def twice():
    receiver = listen("twice")
    returned = [signals.post_save.connect(receiver, sender=Book) for _ in range(2)]
    Book().save()
    signals.post_save.disconnect(receiver, sender=Book)
    Book().save()
    return [one is receiver for one in returned]


def with_and_without_sender():
    receiver = listen("both")
    signals.post_save.connect(receiver)
    signals.post_save.connect(receiver, sender=Book)
    Book().save()
    signals.post_save.disconnect(receiver, sender=Book)
    Book().save()
    signals.post_save.disconnect(receiver)
    Book().save()


def disconnect_for_another():
    receiver = listen("kept")
    signals.post_save.connect(receiver, sender=Book)
    signals.post_save.disconnect(receiver, sender=Page)
    Book().save()
    signals.post_save.disconnect(receiver)
    Book().save()


def disconnect_what_is_not_connected():
    signals.post_save.disconnect(listen("never"))
    signals.post_save.disconnect(listen("never"), sender=Book)


def forgotten():
    signals.post_save.connect(listen("weak"), sender=Book)
    gc.collect()
    Book().save()


def kept():
    signals.post_save.connect(listen("strong"), sender=Book, weak=False)
    gc.collect()
    Book().save()
    for receiver in list(signals.post_save.receivers_for(Book)):
        signals.post_save.disconnect(receiver, sender=Book)
    Book().save()


class Hearing:
    def hear(self, sender, document, **kwargs):
        HEARD.append(("method", sender.__name__))


def methods():
    hearing = Hearing()
    signals.post_save.connect(hearing.hear, sender=Book)
    Book().save()
    del hearing
    gc.collect()
    Book().save()


def temporarily():
    with signals.post_save.connected_to(listen("block"), sender=Book):
        Book().save()
    Book().save()


def via():
    @signals.post_save.connect_via(Book)
    def receiver(sender, document, **kwargs):
        HEARD.append("via")

    Book().save()
    signals.post_save.disconnect(receiver)


def as_decorator():
    @signals.post_save.connect
    def receiver(sender, document, **kwargs):
        HEARD.append(("decorator", sender.__name__))

    Book().save()
    signals.post_save.disconnect(receiver)


def muted():
    receiver = listen("muted")
    signals.post_save.connect(receiver)
    with signals.post_save.muted():
        Book().save()
    Book().save()
    signals.post_save.disconnect(receiver)


def asks():
    receiver = listen("asked")
    found = [signals.pre_delete.has_receivers_for(Book)]
    signals.pre_delete.connect(receiver, sender=Book)
    found.append(signals.pre_delete.has_receivers_for(Book))
    found.append(signals.pre_delete.has_receivers_for(Author))
    signals.pre_delete.disconnect(receiver, sender=Book)
    return found, bool(signals.pre_delete.receivers)


for function in (
    twice,
    with_and_without_sender,
    disconnect_for_another,
    disconnect_what_is_not_connected,
    forgotten,
    kept,
    methods,
    temporarily,
    via,
    as_decorator,
    muted,
    asks,
):
    heard(function.__name__, function)
step("available", lambda: signals.signals_available)
step("connect nothing", lambda: signals.post_save.connect(None))
step("connect a number", lambda: signals.post_save.connect(5))


# --- receivers that do something


def raises_in(name, action):
    def receiver(sender, **kwargs):
        HEARD.append(name)
        raise KeyError(name)

    return connected(action, (getattr(signals, name), receiver, {"sender": Book}))


stored = Book(title="stored").save()
for name in ("pre_save", "pre_save_post_validation", "post_save"):
    heard(f"raises in {name}", raises_in, name, lambda: Book(title="new").save())
    heard(f"raises in {name}, changed", raises_in, name, stored.save)
    step(f"raises in {name} | left", lambda: sorted(Book.objects.distinct("title")))
for name in ("pre_delete", "post_delete"):
    heard(f"raises in {name}", raises_in, name, lambda: Book.objects.first().delete())
    heard(f"raises in {name}, all", raises_in, name, Book.objects.delete)
    step(f"raises in {name} | left", Book.objects.count)
for name in ("pre_bulk_insert", "post_bulk_insert"):
    new = Book(title=name)
    heard(f"raises in {name}", raises_in, name, lambda n=new: Book.objects.insert([n]))
    step(f"raises in {name} | left", Book.objects.count)


def wrong_signature(receiver):
    return connected(
        lambda: Book(title="x").save(), (signals.post_save, receiver, {"sender": Book})
    )


step("no keywords", wrong_signature, lambda sender: None)
step("no created", wrong_signature, lambda sender, document: None)
step("no arguments", wrong_signature, lambda: None)


def saves_again(sender, document, created, **kwargs):
    HEARD.append(("again", created, document.title))
    if created:
        document.title = "again"
        document.save()


heard(
    "saves again",
    lambda: connected(
        lambda: Book(title="x").save(), (signals.post_save, saves_again, {})
    ),
)
step("saves again | left", lambda: Book.objects(title="again").count())


def disconnects_itself():
    def receiver(sender, document, **kwargs):
        HEARD.append("once")
        signals.post_save.disconnect(receiver)

    signals.post_save.connect(receiver)
    Book().save()
    Book().save()


heard("disconnects itself", disconnects_itself)


def changes_values():
    def receiver(sender, document, values, **kwargs):
        values["title"] = "changed"

    return connected(
        lambda: Book(title="x").title, (signals.pre_init, receiver, {"sender": Book})
    )


heard("changes values", changes_values)
heard(
    "loads related",
    lambda: connected(
        lambda: Book(author=Author(name="A").save()).save().reload().author.name,
        (signals.post_init, listen("init"), {"sender": Author}),
    ),
)
db.client.close()
