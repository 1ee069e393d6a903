"""What signals, sessions and switches cost those who do not use them."""

import sys
import timeit
from collections import Counter
from contextlib import contextmanager
from contextvars import ContextVar
from statistics import median
from time import perf_counter

import blinker.base
import pytest

import mongoengine
from mongoengine import Document, IntField, signals

LIBRARY = mongoengine.__path__[0]
SHARE = 0.02  # of the time of a query


class AsyncCostThing(Document):
    number = IntField()


@pytest.fixture(autouse=True)
async def things(async_mongo_db):
    await AsyncCostThing.async_ensure_indexes()
    await AsyncCostThing(number=1).async_save()


def note(sender, document, created):
    """Receive a signal."""


@contextmanager
def profiled():
    """Give what this library calls: functions by their files, and those of C."""
    calls = Counter()

    def count(frame, event, function):
        name = frame.f_code.co_filename
        if event == "call":
            calls[name] += 1
        elif event == "c_call" and name.startswith(LIBRARY):
            calls[getattr(function, "__qualname__", None)] += 1

    sys.setprofile(count)
    try:
        yield calls
    finally:
        sys.setprofile(None)


async def test_without_receivers_nothing_is_sent(monkeypatch):
    for signal in signals._signals.values():  # other tests have cached references
        monkeypatch.setattr(signal, "receivers", {})
    thing = await AsyncCostThing.objects.async_first()
    with profiled() as calls:
        thing.number = 2
        await thing.async_save()
        await AsyncCostThing(number=3).async_save()
        await thing.async_delete()
    assert calls[signals.__file__] == calls[blinker.base.__file__] == 0
    with signals.post_save.connected_to(note), profiled() as calls:
        await thing.async_save()
    assert calls[signals.__file__] > 0


async def test_what_is_local_to_a_task_is_read_at_next_to_no_cost():
    """Counted, because it is too little to be measured beside a query."""
    with profiled() as calls:
        await AsyncCostThing.objects.async_first()
    reads = calls["ContextVar.get"]
    assert reads > 0
    variable = ContextVar("variable", default=())
    a_read = min(timeit.repeat(variable.get, number=1000, repeat=20)) / 1000
    times = []
    for _ in range(50):
        start = perf_counter()
        await AsyncCostThing.objects.async_first()
        times.append(perf_counter() - start)
    assert reads * a_read < SHARE * median(times)
