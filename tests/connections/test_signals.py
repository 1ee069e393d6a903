"""Async receivers: with methods of both families, when they fail, when cancelled."""

import asyncio
import sys
import warnings

import pytest

from mongoengine import (
    Document,
    IntField,
    connect,
    connect_async,
    disconnect_all,
    disconnect_all_async,
    signals,
)


class ToldTwice(Document):
    number = IntField()
    meta = {"collection": "things"}


@pytest.fixture(autouse=True)
async def both(_mongo_name, mongo_uri):
    settings = {"db": _mongo_name, "host": mongo_uri, "uuidRepresentation": "standard"}
    connect(**settings)
    await connect_async(**settings)
    yield
    disconnect_all()
    await disconnect_all_async()


@pytest.fixture
def listening():
    """Give what connects receivers of post_save until the test is over."""
    connected = []

    def connect(receiver):
        connected.append(receiver)
        return signals.post_save.connect(receiver, sender=ToldTwice)

    yield connect
    for receiver in connected:
        signals.post_save.disconnect(receiver, sender=ToldTwice)


async def test_sync_methods_skip_async_receivers_with_one_warning_each(listening):
    calls = []

    @listening
    async def first(sender, **more):
        calls.append("first")

    @listening
    async def second(sender, **more):
        calls.append("second")

    @listening
    def plain(sender, **more):
        calls.append("plain")

    thing = ToldTwice()
    with pytest.warns(RuntimeWarning, match="post_save was sent by a sync") as seen:
        thing.save()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        thing.save()
        ToldTwice.objects.create()
    assert calls == ["plain"] * 3
    assert [one.filename for one in seen] == [__file__] * 2
    calls.clear()
    await thing.async_save()
    assert calls == ["plain", "first", "second"]


async def test_several_errors_of_one_save_are_all_raised(listening):
    errors = [KeyError(1), ValueError(2)]

    async def first(sender, **more):
        raise errors[0]

    async def second(sender, **more):
        await asyncio.sleep(0.01)
        raise errors[1]

    listening(first)
    listening(second)
    thing = ToldTwice(number=1)
    with pytest.raises(Exception, match="2 receivers of post_save failed") as caught:
        await thing.async_save()
    assert list(caught.value.exceptions) == errors
    if sys.version_info >= (3, 11):
        assert isinstance(caught.value, ExceptionGroup)  # noqa: F821
    assert await ToldTwice.objects.async_count() == 1


async def test_a_cancelled_save_ends_when_its_receivers_have(listening):
    started, ended = asyncio.Event(), []

    def waiting(number):
        async def receive(sender, **more):
            started.set()
            try:
                await asyncio.sleep(60)
            finally:
                await asyncio.sleep(0.01)
                ended.append(number)

        return receive

    for number in range(3):
        listening(waiting(number))
    thing = ToldTwice(number=1)
    saving = asyncio.create_task(thing.async_save())
    await started.wait()
    saving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await saving
    assert sorted(ended) == [0, 1, 2]
    assert await ToldTwice.objects.async_count() == 1


async def test_saves_at_once_have_each_their_receivers_called(listening):
    numbers = []

    @listening
    async def note(sender, document, **more):
        await asyncio.sleep(0)
        numbers.append(document.number)

    await asyncio.gather(*(ToldTwice(number=n).async_save() for n in range(50)))
    assert sorted(numbers) == list(range(50))


async def test_a_receiver_may_use_the_other_family(listening):
    @listening
    def count(sender, document, created):
        if document.number == 1:
            ToldTwice(number=ToldTwice.objects.count() + 1).save()

    await ToldTwice(number=1).async_save()
    assert sorted(await ToldTwice.objects.async_distinct("number")) == [1, 2]
