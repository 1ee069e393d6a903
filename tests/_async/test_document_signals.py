"""The signals that documents send when they are saved and deleted."""

import pytest

from mongoengine import Document, IntField, ListField, StringField, signals


class AsyncToldThing(Document):
    name = StringField()
    number = IntField()
    tags = ListField(StringField())

    def clean(self):
        TOLD.append(("clean", None))


class AsyncToldOther(Document):
    name = StringField()


TOLD = []
NAMES = (
    "pre_save",
    "pre_save_post_validation",
    "post_save",
    "pre_delete",
    "post_delete",
)


@pytest.fixture
def told(async_mongo_db):
    """Give what was told of AsyncToldThing: names, and what came with them."""

    def listener(name):
        async def listen(sender, document, **more):
            assert sender is AsyncToldThing
            TOLD.append((name, {**more, "changed": document._get_changed_fields()}))

        return listen

    listeners = {name: listener(name) for name in NAMES}
    for name, listen in listeners.items():
        getattr(signals, name).connect(listen, sender=AsyncToldThing)
    TOLD.clear()
    yield TOLD
    for name, listen in listeners.items():
        getattr(signals, name).disconnect(listen, sender=AsyncToldThing)


def names_of(told):
    return [name for name, _ in told]


@pytest.fixture
def post_save():
    """Give what connects a receiver of post_save for the test."""
    connected = []

    def connect(receiver):
        signals.post_save.connect(receiver, sender=AsyncToldThing)
        connected.append(receiver)
        return receiver

    yield connect
    for receiver in connected:
        signals.post_save.disconnect(receiver, sender=AsyncToldThing)


async def test_saving_tells_before_and_after(told):
    thing = await AsyncToldThing(name="a").async_save(signal_kwargs={"why": 1})
    assert told == [
        ("pre_save", {"why": 1, "changed": []}),
        ("clean", None),
        ("pre_save_post_validation", {"why": 1, "created": True, "changed": []}),
        ("post_save", {"why": 1, "created": True, "changed": []}),
    ]
    told.clear()
    thing.name = "b"
    await thing.async_save()
    assert told == [
        ("pre_save", {"changed": ["name"]}),
        ("clean", None),
        ("pre_save_post_validation", {"created": False, "changed": ["name"]}),
        ("post_save", {"created": False, "changed": ["name"]}),
    ]
    assert thing._changed_fields == []


async def test_saving_tells_also_when_nothing_changed_or_is_checked(told):
    thing = await AsyncToldThing(name="a").async_save()
    told.clear()
    await thing.async_save(validate=False)
    await thing.async_save(clean=False)
    assert names_of(told) == list(NAMES[:3]) * 2


async def test_whether_it_was_created_is_what_the_server_says(told):
    first = await AsyncToldThing(name="a").async_save()
    new, same = AsyncToldThing(name="b"), AsyncToldThing(name="c")
    new.id, same.id = "5" * 24, first.id
    told.clear()
    await new.async_save()
    await same.async_save()
    created = [more["created"] for name, more in told if "created" in (more or ())]
    assert created == [False, True, False, False]


async def test_deleting_tells_before_and_after(told):
    thing = await AsyncToldThing(name="a").async_save()
    told.clear()
    await thing.async_delete(signal_kwargs={"why": 1})
    assert told == [
        ("pre_delete", {"why": 1, "changed": []}),
        ("post_delete", {"why": 1, "changed": []}),
    ]


async def test_others_are_not_told(told):
    await (await AsyncToldOther(name="a").async_save()).async_delete()
    assert told == []


async def test_an_invalid_document_tells_once(told):
    thing = AsyncToldThing()
    thing.number = "many"
    with pytest.raises(Exception, match="number"):
        await thing.async_save()
    assert names_of(told) == ["pre_save", "clean"]


async def test_what_receivers_change_before_is_saved(async_mongo_db):
    async def change(sender, document, **more):
        document.number = (document.number or 0) + 1

    thing = await AsyncToldThing(name="a").async_save()
    signals.pre_save.connect(change, sender=AsyncToldThing)
    signals.pre_save_post_validation.connect(change, sender=AsyncToldThing)
    await thing.async_save()
    signals.pre_save.disconnect(change)
    signals.pre_save_post_validation.disconnect(change)
    assert (await AsyncToldThing.objects.async_get()).number == 2


async def test_what_receivers_change_after_is_saved_the_next_time(post_save):
    @post_save
    async def change(sender, document, **more):
        document.name = "changed"
        document.tags.append("told")

    thing = AsyncToldThing(name="a", number=1)
    await thing.async_save()
    thing.name = "b"
    thing.number = 2
    await thing.async_save()
    assert sorted(thing._changed_fields) == ["name", "tags"]
    signals.post_save.disconnect(change)
    await thing.async_save()
    stored = await AsyncToldThing.objects.async_get()
    assert (stored.name, stored.number) == ("changed", 2)
    assert stored.tags == ["told", "told"]


@pytest.fixture(autouse=True)
def connected_database(async_mongo_db):
    return async_mongo_db


async def test_a_receiver_may_save_the_document_again(post_save):
    @post_save
    async def change(sender, document, created, **more):
        if document.number != 7:
            document.number = 7
            await document.async_save()

    thing = await AsyncToldThing(name="a").async_save()
    assert (await AsyncToldThing.objects.async_get()).number == 7
    assert thing._changed_fields == []
    thing.number = 6
    await thing.async_save()
    assert (await AsyncToldThing.objects.async_get()).number == 7
    assert thing._changed_fields == []


async def test_after_a_receiver_that_failed_all_is_written_again(post_save):
    @post_save
    async def fail(sender, document, **more):
        raise KeyError("mine")

    thing = AsyncToldThing(name="a")
    with pytest.raises(KeyError):
        await thing.async_save()
    collection = await AsyncToldThing._async_get_collection()
    assert await collection.count_documents({"_id": thing.id}) == 1
    await collection.delete_many({})  # as the end of a transaction would
    signals.post_save.disconnect(fail)
    await thing.async_save()
    assert await collection.find_one() == {"_id": thing.id, "name": "a"}
    thing.name = "b"
    post_save(fail)
    with pytest.raises(KeyError):
        await thing.async_save()
    assert thing._changed_fields == ["name"]
