"""Signals and their receivers of both kinds."""

import asyncio
import warnings
from functools import partial

import pytest
from joining import joined

from mongoengine import Document, signals
from mongoengine.base.scopes import async_sessions
from mongoengine.signals import HybridSignal


@pytest.fixture
def signal():
    return HybridSignal("told")


@pytest.fixture
def calls():
    return []


def listens(calls, name):
    def receiver(sender, **kwargs):
        calls.append((name, sender, kwargs))
        return name

    return receiver


def listens_async(calls, name):
    async def receiver(sender, **kwargs):
        await asyncio.sleep(0)
        calls.append((name, sender, kwargs))
        return name

    return receiver


def test_all_signals_are_of_this_kind():
    names = [*signals.__all__, "pre_bulk_insert", "post_bulk_insert"]
    assert all(isinstance(getattr(signals, name), HybridSignal) for name in names)
    assert len({id(getattr(signals, name)) for name in names}) == 9
    assert signals._signals["post_save"] is signals.post_save
    assert signals.signals_available is True


def test_functions_are_called_in_the_order_of_connection(signal, calls):
    receivers = [listens(calls, n) for n in range(20)]
    for receiver in receivers:
        signal.connect(receiver)
    given = signal.send(int, word="x")
    assert [name for name, _, _ in calls] == list(range(20))
    assert calls[0] == (0, int, {"word": "x"})
    assert given == list(zip(receivers, range(20), strict=True))


async def test_functions_come_first_and_coroutines_then(signal, calls):
    first = signal.connect(listens_async(calls, "async 1"), weak=False)
    second = signal.connect(listens(calls, "sync"), weak=False)
    given = await signal.async_send(int, word="x")
    assert calls == [("sync", int, {"word": "x"}), ("async 1", int, {"word": "x"})]
    assert given == [(second, "sync"), (first, "async 1")]


async def test_coroutines_run_at_the_same_time(signal):
    event = asyncio.Event()
    arrived = []

    def meeting(number):
        async def receiver(sender):
            arrived.append(number)
            if len(arrived) == 3:
                event.set()
            await asyncio.wait_for(event.wait(), 5)

        return receiver

    for number in range(3):
        signal.connect(meeting(number), weak=False)
    await signal.async_send(int)
    assert sorted(arrived) == [0, 1, 2]


async def test_in_a_session_coroutines_take_turns(signal):
    running, most = [], []

    def busy(number):
        async def receiver(sender):
            running.append(number)
            most.append(len(running))
            await asyncio.sleep(0)
            running.remove(number)

        return receiver

    for number in range(3):
        signal.connect(busy(number), weak=False)
    with joined(async_sessions, "default", object()):
        await signal.async_send(int)
    assert most == [1, 1, 1]


def test_sync_senders_skip_coroutines_and_warn_once_for_each(signal, calls):
    one, two = listens_async(calls, 1), listens_async(calls, 2)
    signal.connect(one)
    signal.connect(two)
    signal.connect(listens(calls, "sync"), weak=False)
    with pytest.warns(RuntimeWarning, match="told was sent by a sync method") as seen:
        assert [value for _, value in signal.send(int)] == ["sync"]
    assert len(seen) == 2
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        signal.send(int)
    assert [name for name, _, _ in calls] == ["sync", "sync"]


def test_a_receiver_in_the_place_of_another_is_warned_of_too(signal):
    for _ in range(3):  # the memory of the one before may be used again
        receiver = listens_async([], 1)
        signal.connect(receiver)
        with pytest.warns(RuntimeWarning, match="listens_async"):
            signal.send(int)
        signal.disconnect(receiver)
        del receiver


def test_an_async_wrapper_may_run_coroutines(signal, calls):
    signal.connect(listens_async(calls, "async"), weak=False)

    def wrapper(receiver):
        return lambda sender, **kwargs: asyncio.run(receiver(sender, **kwargs))

    given = signal.send(int, _async_wrapper=wrapper, word="x")
    assert [value for _, value in given] == ["async"]


async def test_objects_and_methods_may_be_async(signal, calls):
    class Called:
        async def __call__(self, sender):
            calls.append("object")

        async def method(self, sender):
            calls.append("method")

    called = Called()
    signal.connect(called)
    signal.connect(called.method)
    with pytest.warns(RuntimeWarning, match="is not called") as seen:
        signal.send(int)
    signal.send(int)  # warns no more
    assert len(seen) == 2
    assert calls == []
    await signal.async_send(int)
    assert calls == ["object", "method"]


async def test_partials_of_all_kinds_may_be_async(signal, calls):
    class Called:
        async def __call__(self, word, sender):
            calls.append(word)

    receivers = [
        partial(partial(Called(), "object")),
        partial(lambda word, sender: calls.append(word), "function"),
    ]
    for receiver in receivers:
        signal.connect(receiver)
    await signal.async_send(int)
    assert calls == ["function", "object"]
    with pytest.warns(RuntimeWarning, match=r"async receiver functools\.partial"):
        signal.send(int)
    assert calls == ["function", "object", "function"]


async def test_functions_may_give_something_to_await(signal, calls):
    coroutine_function = listens_async(calls, "async")

    def gives_coroutine(sender):
        return coroutine_function(sender)

    def gives_task(sender):
        return asyncio.ensure_future(coroutine_function(sender))

    signal.connect(gives_coroutine)
    signal.connect(gives_task)
    given = await signal.async_send(int)
    assert given == [(gives_coroutine, "async"), (gives_task, "async")]
    assert len(calls) == 2
    signal.disconnect(gives_task)
    with pytest.warns(RuntimeWarning, match="gives_coroutine is not called") as seen:
        assert signal.send(int) == []
    signal.send(int)
    assert (len(seen), len(calls)) == (1, 2)


async def test_a_receiver_connected_twice_is_called_once(signal, calls):
    for receiver in (listens(calls, "sync"), listens_async(calls, "async")):
        signal.connect(receiver, weak=False)
        signal.connect(receiver, weak=False)
        signal.connect(receiver, sender=int, weak=False)
    await signal.async_send(int)
    assert [name for name, _, _ in calls] == ["sync", "async"]


async def test_methods_are_connected_as_long_as_their_object_lives(signal, calls):
    class Heard:
        async def hear(self, sender):
            calls.append("heard")

    heard = Heard()
    signal.connect(heard.hear)
    signal.connect(heard.hear)
    await signal.async_send(int)
    del heard
    await signal.async_send(int)
    assert calls == ["heard"]
    assert not signal.has_receivers_for(int)


async def test_decorators_and_blocks_connect_as_well(signal, calls):
    @signal.connect
    async def everything(sender):
        calls.append(("everything", sender))

    @signal.connect_via(int)
    async def numbers(sender):
        calls.append(("numbers", sender))

    @signal.connect(sender=float)
    async def fractions(sender):
        calls.append(("fractions", sender))

    async def for_now(sender):
        calls.append(("for now", sender))

    with signal.connected_to(for_now, sender=str):
        await signal.async_send(str)
    await signal.async_send(str)
    await signal.async_send(int)
    await signal.async_send(float)
    assert calls == [
        ("everything", str),
        ("for now", str),
        ("everything", str),
        ("everything", int),
        ("numbers", int),
        ("everything", float),
        ("fractions", float),
    ]


async def test_documents_are_made_without_waiting(calls):
    receiver = listens_async(calls, "init")
    with signals.pre_init.connected_to(receiver), pytest.warns(RuntimeWarning) as seen:
        SignalledThing()
    assert "pre_init was sent by a sync" in str(seen[0].message)
    assert str(seen[0].message).endswith("is not called; connect a function")
    assert seen[0].filename == __file__
    assert calls == []


class SignalledThing(Document):
    pass


async def test_a_sender_of_its_own(signal, calls):
    signal.connect(listens(calls, "int"), sender=int, weak=False)
    signal.connect(listens_async(calls, "str"), sender=str, weak=False)
    assert signal.has_receivers_for(int)
    assert not signal.has_receivers_for(float)
    await signal.async_send(int)
    await signal.async_send(str)
    await signal.async_send(float)
    assert [name for name, _, _ in calls] == ["int", "str"]


async def test_muted_is_silent(signal, calls):
    signal.connect(listens(calls, 1), weak=False)
    signal.connect(listens_async(calls, 2), weak=False)
    with signal.muted():
        assert signal.send(int) == []
        assert await signal.async_send(int) == []
    assert calls == []


async def test_receivers_that_are_gone_are_not_called(signal, calls):
    receiver = signal.connect(listens(calls, 1))
    kept = signal.connect(listens(calls, 2))
    del receiver
    await signal.async_send(int)
    signal.disconnect(kept)
    await signal.async_send(int)
    assert [name for name, _, _ in calls] == [2]
