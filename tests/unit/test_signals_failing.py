"""What is raised where receivers of signals fail, and where they are cancelled."""

import asyncio
import gc
from contextlib import nullcontext

import pytest
from joining import joined

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


def fails(error):
    async def receiver(sender):
        await asyncio.sleep(0)
        raise error

    return receiver


def gives_coroutine(receiver):
    return lambda sender: receiver(sender)


async def test_a_cancelled_receiver_is_no_success(signal, calls):
    async def slow(sender):
        await asyncio.sleep(0.01)
        calls.append("slow")

    signal.connect(fails(asyncio.CancelledError()), weak=False)
    signal.connect(slow)
    with pytest.raises(asyncio.CancelledError):
        await signal.async_send(int)
    assert calls == ["slow"]


async def test_one_error_is_raised_as_it_is_when_all_are_done(signal, calls):
    async def slow(sender):
        await asyncio.sleep(0.01)
        calls.append("slow")

    error = KeyError("mine")
    signal.connect(fails(error), weak=False)
    signal.connect(slow)
    with pytest.raises(KeyError) as caught:
        await signal.async_send(int)
    assert caught.value is error
    assert calls == ["slow"]


@pytest.mark.parametrize("in_session", [False, True])
async def test_several_errors_are_raised_together(signal, in_session):
    errors = [KeyError(1), ValueError(2), KeyError(3)]
    for error in errors:
        signal.connect(fails(error), weak=False)
    session = {"default": object()} if in_session else {}
    token = async_sessions.set(session)
    try:
        await signal.async_send(int)
    except Exception as error:
        group = error
    finally:
        async_sessions.reset(token)
    assert list(group.exceptions) == errors
    assert "3 receivers of told failed" in str(group)


async def test_what_a_function_raises_ends_it(signal, calls):
    def raising(sender):
        raise KeyError("mine")

    signal.connect(raising)
    signal.connect(listens(calls, "later"), weak=False)
    signal.connect(listens_async(calls, "async"), weak=False)
    with pytest.raises(KeyError, match="mine"):
        await signal.async_send(int)
    assert calls == []


@pytest.mark.parametrize("in_session", [False, True])
async def test_errors_may_be_given_as_values(signal, in_session):
    error, session = KeyError("a value"), object() if in_session else None

    def gives(sender):
        return error

    async def gives_later(sender):
        return asyncio.CancelledError()

    receivers = [gives, gives_later, listens_async([], "other")]
    for receiver in receivers:
        signal.connect(receiver)
    with joined(async_sessions, "default", session) if session else nullcontext():
        given = await signal.async_send(int)
    assert [receiver for receiver, _ in given] == receivers
    assert given[0][1] is error
    assert isinstance(given[1][1], asyncio.CancelledError)
    signal.disconnect(gives_later)
    signal.disconnect(receivers[2])
    assert signal.send(int) == [(gives, error)]


async def test_what_was_begun_before_an_error_is_awaited(signal, calls):
    def raising(sender):
        raise KeyError("mine")

    signal.connect(gives_coroutine(listens_async(calls, "begun")), weak=False)
    signal.connect(raising)
    signal.connect(listens_async(calls, "async"), weak=False)
    with pytest.raises(KeyError, match="mine"):
        await signal.async_send(int)
    assert [name for name, _, _ in calls] == ["begun"]


async def test_errors_of_functions_and_of_what_they_began(signal):
    def raising(sender):
        raise errors[0]

    errors = [KeyError(1), ValueError(2)]
    signal.connect(gives_coroutine(fails(errors[1])), weak=False)
    signal.connect(raising)
    with pytest.raises(Exception, match="2 receivers of told failed") as caught:
        await signal.async_send(int)
    assert list(caught.value.exceptions) == errors


async def test_sync_senders_leave_nothing_behind_that_is_not_awaited(signal, calls):
    def raising(sender):
        raise KeyError("mine")

    signal.connect(gives_coroutine(listens_async(calls, "begun")), weak=False)
    signal.connect(raising)
    with pytest.warns(RuntimeWarning, match="is not called"), pytest.raises(KeyError):
        signal.send(int)
    gc.collect()  # which would warn of a coroutine that nobody has awaited
    assert calls == []


class Quit(BaseException):
    pass


async def test_what_ends_a_program_ends_what_was_begun(signal, calls):
    def raising(sender):
        raise Quit

    async def slow(sender):
        await asyncio.sleep(60)

    tasks = []

    def gives_task(sender):
        tasks.append(asyncio.ensure_future(slow(sender)))
        return tasks[0]

    signal.connect(gives_coroutine(slow), weak=False)
    signal.connect(gives_task)
    signal.connect(raising)
    with pytest.raises(Quit):
        await signal.async_send(int)
    await asyncio.wait(tasks, timeout=5)
    assert tasks[0].cancelled()
    gc.collect()


@pytest.mark.parametrize("in_session", [False, True])
async def test_a_cancellation_is_raised_whatever_else_is(signal, in_session):
    errors = [KeyError(1), asyncio.CancelledError("mine"), ValueError(2)]
    for error in errors:
        signal.connect(fails(error), weak=False)
    token = async_sessions.set((object(),) if in_session else ())
    try:
        try:
            raise RuntimeError("which is being handled meanwhile")
        except RuntimeError:
            await signal.async_send(int)
    except BaseException as error:
        caught = error
    finally:
        async_sessions.reset(token)
    assert type(caught) is asyncio.CancelledError
    context = caught.__context__
    if in_session:  # the one after it was not called
        assert context is errors[0]
    else:
        assert list(context.exceptions) == [errors[0], errors[2]]


async def test_the_error_of_a_receiver_that_is_cancelled(signal, calls):
    """It is not lost; nor is the cancellation, which a deadline counts on."""

    async def breaks(sender):
        try:
            await asyncio.sleep(60)
        finally:
            raise error

    async def slow(sender):
        await asyncio.sleep(60)

    error = KeyError("mine")
    signal.connect(breaks)
    signal.connect(slow)
    task = asyncio.create_task(signal.async_send(int))
    await asyncio.sleep(0.01)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError as raised:
        caught = raised
    assert error in chain(caught)
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(signal.async_send(int), 0.01)


def chain(error):
    """Return an error and those that led to it."""
    return [error, *chain(error.__context__)] if error is not None else []


async def test_a_sender_that_is_cancelled_before_anything_began(signal, calls):
    def cancels(sender):
        asyncio.current_task().cancel()

    signal.connect(gives_coroutine(listens_async(calls, 1)), weak=False)
    signal.connect(gives_coroutine(listens_async(calls, 2)), weak=False)
    signal.connect(cancels)
    task = asyncio.create_task(signal.async_send(int))
    await asyncio.wait({task})
    assert task.cancelled()
    gc.collect()
    assert calls == []


async def test_cancelling_the_sender_cancels_the_receivers(signal):
    ended = []

    def sleeping(number):
        async def receiver(sender):
            try:
                await asyncio.sleep(60)
            finally:
                ended.append(number)

        return receiver

    for number in range(2):
        signal.connect(sleeping(number), weak=False)
    task = asyncio.create_task(signal.async_send(int))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert sorted(ended) == [0, 1]
