"""Numbers of sequences where there are one or two families, threads and loops."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from listening import Sent

from mongoengine import (
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EmbeddedDocumentListField,
    ListField,
    SequenceField,
    StringField,
    connect,
    connect_async,
    disconnect_all,
    disconnect_all_async,
)


class CountedPart(EmbeddedDocument):
    number = SequenceField(sequence_name="parts")


class CountedApart(Document):
    number = SequenceField()
    name = StringField(max_length=5)
    part = EmbeddedDocumentField(CountedPart)
    parts = EmbeddedDocumentListField(CountedPart)
    ids = ListField(SequenceField(sequence_name="ids"))
    meta = {"collection": "things"}


class CountedByKey(Document):
    id = SequenceField(primary_key=True)
    name = StringField(max_length=5)


@pytest.fixture
def settings(_mongo_name, mongo_uri):
    return {"db": _mongo_name, "host": mongo_uri, "uuidRepresentation": "standard"}


@pytest.fixture(autouse=True)
async def disconnected(settings):
    yield
    disconnect_all()
    await disconnect_all_async()


@pytest.fixture
def sync_commands():
    return Sent()


@pytest.fixture
async def both(settings, sync_commands):
    connect(**settings, event_listeners=[sync_commands])
    await connect_async(**settings, event_listeners=[sync_commands])
    sync_commands.take()


def new_thing():
    return CountedApart(part=CountedPart(), parts=[CountedPart()], ids=[None])


def look_at(thing):
    """Do all that reads numbers, and return them."""
    assert "number" in thing or thing.number is None
    return [thing.number, thing.part.number, thing.parts[0].number, *thing.ids]


async def test_reading_is_no_input_where_there_is_no_sync_client(settings):
    commands = Sent()
    await connect_async(**settings, event_listeners=[commands])
    thing = new_thing()
    assert look_at(thing) == [None] * 4
    assert thing.to_mongo() == {"part": {}, "parts": [{}], "ids": [None]}
    assert CountedByKey().pk is None
    assert commands.commands == []
    await thing.async_save()
    assert look_at(thing) == [1, 1, 2, 1]
    assert look_at(await CountedApart.objects.async_get()) == [1, 1, 2, 1]


async def test_only_a_sync_client_draws_when_a_number_is_read(settings):
    connect(**settings)
    thing = CountedApart(part=CountedPart())
    assert thing.number == thing.number == 1
    assert thing.to_mongo()["part"] == {"number": 1}


async def test_drawing_needs_a_connection_of_the_family(settings):
    await connect_async(**settings)
    with pytest.raises(RuntimeError, match=r"`generate\(\)` needs a sync connection"):
        CountedApart.number.generate()
    with pytest.raises(RuntimeError, match="async_set_next_value"):
        CountedApart.number.set_next_value(1)
    with pytest.raises(RuntimeError, match="async_get_next_value"):
        CountedApart.number.get_next_value()


async def test_a_save_needs_a_connection_of_the_family_for_the_counter(settings):
    class CountedElsewhere(Document):
        number = SequenceField(db_alias="other")

    await connect_async(**settings)
    connect(**settings, alias="other")
    with pytest.raises(RuntimeError, match=r"`async_save\(\)` needs an async connect"):
        await CountedElsewhere().async_save()


async def test_the_loop_is_not_blocked_where_there_are_both(both, sync_commands):
    thing, key = new_thing(), CountedByKey(name="too long")
    assert look_at(thing) == [None] * 4
    assert thing.to_mongo() == {"part": {}, "parts": [{}], "ids": [None]}
    with pytest.raises(Exception, match="CountedByKey:None"):
        await key.async_save()
    assert sync_commands.commands == []
    await thing.async_save()
    assert look_at(thing) == [1, 1, 2, 1]


async def test_outside_of_the_loop_both_is_as_sync(both):
    thing = new_thing()
    thing.ids = []
    found = await asyncio.to_thread(lambda: look_at(thing)[:3])
    assert found == [1, 1, 2]
    await thing.async_save()
    assert await CountedApart.objects.async_distinct("number") == [1]


async def test_sync_methods_draw_also_within_a_loop(both):
    thing = new_thing().save()
    assert look_at(thing) == [1, 1, 2, 1]
    CountedApart.objects.update(push__parts=CountedPart())
    (loaded,) = CountedApart.objects.insert([CountedApart()])
    assert loaded.number == 2
    assert thing.reload().parts[1].number == 3


async def test_what_the_async_family_loaded_draws_nothing(both, sync_commands):
    await CountedApart(number=5, part=CountedPart(number=6)).async_save()
    thing = await CountedApart.objects.only("name", "part.number").async_get()
    scalar = await CountedApart.objects.only("name").async_scalar("number", "part")
    sync_commands.take()

    def read():
        thing.parts.append(CountedPart())
        return thing.number, thing.part.number, thing.parts[0].number

    assert await asyncio.to_thread(read) == (None, 6, None)
    assert scalar[0][0] == 5
    assert sync_commands.commands == []
    assert thing._get_changed_fields() == ["parts"]


async def test_what_is_loaded_without_a_number_gets_none(both):
    await CountedApart(name="a").async_save()
    thing = await CountedApart.objects.only("name").async_get()
    thing.name = "b"
    await thing.async_save()
    assert await CountedApart.number.async_get_next_value() == 2
    assert (await CountedApart.objects.async_get()).number == 1


async def test_a_counter_of_an_async_alias_is_not_read(settings):
    class CountedInSync(Document):
        number = SequenceField(db_alias="other")

    connect(**settings)
    await connect_async(**settings, alias="other")
    assert await asyncio.to_thread(lambda: CountedInSync().number) is None


def test_threads_have_each_a_number(settings):
    connect(**settings)
    things = [CountedApart() for _ in range(200)]
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda thing: thing.save(), things))
    assert sorted(thing.number for thing in things) == list(range(1, 201))
    assert sorted(CountedApart.objects.distinct("number")) == list(range(1, 201))


async def test_both_families_count_together(both):
    saves = [CountedApart().async_save() for _ in range(50)]
    things = [CountedApart() for _ in range(50)]
    with ThreadPoolExecutor(5) as pool:
        done = [pool.submit(thing.save) for thing in things]
        await asyncio.gather(*saves)
        await asyncio.gather(*map(asyncio.wrap_future, done))
    numbers = await CountedApart.objects.async_distinct("number")
    assert sorted(numbers) == list(range(1, 101))


async def test_the_loop_runs_while_numbers_are_drawn(settings):
    await connect_async(**settings)
    await CountedApart().async_save()
    ticks = []

    async def tick():
        while True:
            ticks.append(asyncio.get_running_loop().time())
            await asyncio.sleep(0)

    ticking = asyncio.create_task(tick())
    await CountedApart(parts=[CountedPart() for _ in range(50)]).async_save()
    ticking.cancel()
    assert len(ticks) > 50
