"""Signals of everything that sends them, and receivers that do something themselves."""

from contextlib import ExitStack

import pytest
from gathering import async_gather

from mongoengine import (
    CASCADE,
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    NotUniqueError,
    ReferenceField,
    StringField,
    signals,
)
from mongoengine.context_managers import async_run_in_transaction

INITS = ("pre_init", "post_init")
SAVES = ("pre_save", "pre_save_post_validation", "post_save")
DELETES = ("pre_delete", "post_delete")
BULKS = ("pre_bulk_insert", "post_bulk_insert")


class AsyncHeardPart(EmbeddedDocument):
    size = IntField()


class AsyncHeardThing(Document):
    number = IntField(unique=True, sparse=True)
    part = EmbeddedDocumentField(AsyncHeardPart)
    meta = {"allow_inheritance": True}


class AsyncHeardSpecial(AsyncHeardThing):
    pass


class AsyncHeardNote(Document):
    text = StringField()
    thing = ReferenceField(AsyncHeardThing, reverse_delete_rule=CASCADE)


@pytest.fixture(autouse=True)
async def db(async_mongo_db):
    for model in (AsyncHeardThing, AsyncHeardSpecial, AsyncHeardNote):
        await model.async_ensure_indexes()
    return async_mongo_db


@pytest.fixture
def listening():
    """Give what connects a receiver to signals until the test is over."""
    with ExitStack() as stack:

        def connect(receiver, *names, sender=AsyncHeardThing):
            for name in names:
                signal = getattr(signals, name)
                stack.enter_context(signal.connected_to(receiver, sender=sender))

        yield connect


@pytest.fixture
def told(listening):
    """Give the names of the signals that AsyncHeardThing sends, in their order."""
    names = []
    for name in (*SAVES, *DELETES, *BULKS):

        async def listen(sender, name=name, **more):
            names.append(name)

        listening(listen, name)
    return names


async def test_creating_is_saving(told):
    await AsyncHeardThing.objects.async_create(number=1)
    assert told == list(SAVES)


async def test_changes_of_querysets_are_not_told(told):
    things = AsyncHeardThing.objects
    await things.async_upsert_one(set__number=1)
    await things.async_update(set__number=2)
    await things.async_modify(set__number=3)
    await (await things.async_first()).async_modify(set__number=4)
    await (await things.async_first()).async_update(set__number=5)
    assert told == []
    assert (await things.async_get()).number == 5


async def test_inserting_many_tells_of_all_at_once(listening):
    heard = []

    async def listen(sender, documents, **more):
        heard.append((sender, [(one.number, one.pk) for one in documents], more))

    listening(listen, *BULKS)
    things = [AsyncHeardThing(number=number) for number in (1, 2)]
    found = await AsyncHeardThing.objects.async_insert(things, signal_kwargs={"a": 1})
    pairs = [(one.number, one.pk) for one in found]
    assert heard == [
        (AsyncHeardThing, [(1, None), (2, None)], {"a": 1}),
        (AsyncHeardThing, pairs, {"loaded": True, "a": 1}),
    ]
    heard.clear()
    pk = await AsyncHeardThing.objects.async_insert(
        AsyncHeardThing(number=3), load_bulk=False
    )
    assert heard[1] == (AsyncHeardThing, [(3, pk)], {"loaded": False})


async def test_what_receivers_change_before_an_insert_is_stored(listening):
    async def change(sender, documents):
        for number, document in enumerate(documents):
            document.number = number

    listening(change, "pre_bulk_insert")
    things = [AsyncHeardThing(), AsyncHeardThing()]
    found = await AsyncHeardThing.objects.async_insert(things)
    assert [one.number for one in found] == [0, 1]


async def test_a_failed_insert_is_not_told_afterwards(told):
    await AsyncHeardThing(number=1).async_save()
    told.clear()
    with pytest.raises(NotUniqueError):
        await AsyncHeardThing.objects.async_insert(AsyncHeardThing(number=1))
    with pytest.raises(NotUniqueError):
        await AsyncHeardThing(number=1).async_save()
    assert told == ["pre_bulk_insert", *SAVES[:2]]


async def test_a_queryset_that_deletes_tells_of_each(told, listening):
    deleted = []

    async def listen(sender, document):
        deleted.append(document.number)

    for number in (1, 2):
        await AsyncHeardThing(number=number).async_save()
    told.clear()
    listening(listen, "post_delete")
    assert await AsyncHeardThing.objects.async_delete() == 2
    assert told == [*DELETES, *DELETES]
    assert sorted(deleted) == [1, 2]


async def test_what_a_rule_deletes_is_told_between(listening, told):
    async def listen(sender, **more):
        told.append("note")

    listening(listen, "pre_delete", sender=AsyncHeardNote)
    thing = await AsyncHeardThing().async_save()
    await AsyncHeardNote(thing=thing).async_save()
    told.clear()
    await thing.async_delete()
    assert told == ["pre_delete", "note", "post_delete"]


async def test_loading_tells_of_documents_and_their_parts(listening):
    await AsyncHeardThing(number=1, part=AsyncHeardPart(size=2)).async_save()
    heard = []

    def before(sender, document, values):
        heard.append(("pre_init", sender, sorted(values)))

    def after(sender, document):
        heard.append(("post_init", sender, document._created))

    for sender in (AsyncHeardThing, AsyncHeardPart):
        listening(before, "pre_init", sender=sender)
        listening(after, "post_init", sender=sender)
    (thing,) = [one async for one in AsyncHeardThing.objects]
    assert heard == [
        ("pre_init", AsyncHeardPart, ["size"]),
        ("post_init", AsyncHeardPart, False),
        ("pre_init", AsyncHeardThing, ["_cls", "id", "number", "part"]),
        ("post_init", AsyncHeardThing, False),
    ]
    heard.clear()
    assert len(await AsyncHeardThing.objects.as_pymongo().async_to_list()) == 1
    assert (thing.part.size, heard) == (2, [])


async def test_subclasses_have_signals_of_their_own(told, listening):
    everybody = []

    async def listen(sender, **more):
        everybody.append(sender)

    with signals.post_save.connected_to(listen):
        await AsyncHeardSpecial(number=1).async_save()
        await AsyncHeardThing(number=2).async_save()
    assert everybody == [AsyncHeardSpecial, AsyncHeardThing]
    assert told == list(SAVES)


async def test_arguments_of_receivers_are_given_once(told):
    thing = await AsyncHeardThing().async_save()
    told.clear()
    with pytest.raises(TypeError, match="multiple values for keyword argument 'docum"):
        await thing.async_save(signal_kwargs={"document": None})
    with pytest.raises(TypeError, match="multiple values for keyword argument 'docum"):
        await thing.async_delete(signal_kwargs={"document": None})
    with pytest.raises(TypeError, match="multiple values for keyword argument 'create"):
        await thing.async_save(signal_kwargs={"created": None})
    assert told == ["pre_save"]


async def test_a_receiver_that_raises_before_stops_all(listening, told):
    async def refuse(sender, **more):
        raise KeyError("mine")

    listening(refuse, "pre_save_post_validation", "pre_delete", "pre_bulk_insert")
    things = AsyncHeardThing.objects
    with pytest.raises(KeyError):
        await AsyncHeardThing().async_save()
    with pytest.raises(KeyError):
        await things.async_insert([AsyncHeardThing()])
    assert await things.async_count() == 0
    collection = await AsyncHeardThing._async_get_collection()
    await collection.insert_one({"_cls": "AsyncHeardThing"})
    with pytest.raises(KeyError):
        await (await things.async_first()).async_delete()
    with pytest.raises(KeyError):
        await things.async_delete()
    assert await things.async_count() == 1


async def test_a_receiver_may_save_other_documents(listening):
    async def note(sender, document, **more):
        await AsyncHeardNote(text=str(document.number), thing=document).async_save()

    async def follow(sender, document, **more):
        if document.number < 3:
            await AsyncHeardThing(number=document.number + 1).async_save()

    listening(note, "post_save")
    listening(follow, "post_save")
    await AsyncHeardThing(number=1).async_save()
    notes = await AsyncHeardNote.objects.order_by("text").async_to_list()
    assert [note.text for note in notes] == ["1", "2", "3"]
    assert await AsyncHeardThing.objects.async_distinct("number") == [1, 2, 3]


async def test_many_saves_at_once_with_receivers_that_save(listening):
    async def note(sender, document, **more):
        await AsyncHeardNote(text=str(document.number)).async_save()

    listening(note, "pre_save")
    listening(note, "post_save")
    things = [AsyncHeardThing(number=number) for number in range(50)]
    await async_gather(thing.async_save() for thing in things)
    texts = await AsyncHeardNote.objects.async_item_frequencies("text")
    assert texts == {str(number): 2 for number in range(50)}


class Stop(Exception):
    pass


async def test_what_receivers_save_belongs_to_the_transaction(listening):
    async def note(sender, document, **more):
        await AsyncHeardNote(text="one").async_save()

    async def other_note(sender, document, **more):
        await AsyncHeardNote(text="two").async_save()

    listening(note, "post_save")
    listening(other_note, "post_save")

    async def save_and_stop():
        async with async_run_in_transaction():
            await AsyncHeardThing().async_save()
            assert await AsyncHeardNote.objects.async_count() == 2
            raise Stop

    with pytest.raises(Stop):
        await save_and_stop()
    assert await AsyncHeardThing.objects.async_count() == 0
    assert await AsyncHeardNote.objects.async_count() == 0


async def test_muted_signals_are_not_sent(told):
    with signals.post_save.muted():
        await AsyncHeardThing().async_save()
    assert told == list(SAVES[:2])
