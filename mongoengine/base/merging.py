"""One query for what several tasks ask at the same time.

What is asked in one turn of the event loop is answered together.  Nobody waits longer
for that: those who ask next are the next batch.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Any

Answers = dict[Any, Any]
Answering = Callable[[dict[Any, Any]], Awaitable[Answers]]

_open: dict[Hashable, Batch] = {}


class Batch:
    """Questions by key, each with those who wait for its answer."""

    def __init__(self, answer: Answering) -> None:
        self._answer = answer
        self._questions: dict[Any, Any] = {}
        self._waiting: list[tuple[Any, asyncio.Future[Any]]] = []
        self._task: asyncio.Task[None] | None = None

    def ask(self, key: Any, question: Any) -> asyncio.Future[Any]:
        """Return what gives the answer to a question, None if there is none."""
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._questions[key] = question
        self._waiting.append((key, answer))
        return answer

    async def wait(self, answer: asyncio.Future[Any]) -> Any:
        """Wait for an answer; when nobody does any more, nothing is done."""
        try:
            return await answer
        except asyncio.CancelledError:
            self._forsake()
            raise

    def begin(self) -> None:
        """Answer what has been asked, in the context of who asked first."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        try:
            answers = await self._answer(self._questions)
        except BaseException as error:
            for _, future in self._unanswered():
                if isinstance(error, Exception):
                    future.set_exception(error)
                else:
                    future.cancel()
            if not isinstance(error, Exception):
                raise
        else:
            for key, future in self._unanswered():
                future.set_result(answers.get(key))

    def _unanswered(self) -> list[tuple[Any, asyncio.Future[Any]]]:
        return [(key, future) for key, future in self._waiting if not future.done()]

    def is_forsaken(self) -> bool:
        """Say whether nobody waits for an answer, or does so any more."""
        return all(future.cancelled() for _, future in self._waiting)

    def _forsake(self) -> None:
        """Give up when nobody waits any more."""
        if self._task is not None and self.is_forsaken():
            self._task.cancel()


async def ask_together(
    kind: Hashable, key: Any, question: Any, answer: Answering
) -> Any:
    """Return the answer to a question, asked along with others of its kind.

    ``answer`` gets the questions of a kind by key, and returns the answers by key.
    """
    kind = id(asyncio.get_running_loop()), kind
    batch = _open.get(kind)
    if batch is not None:
        return await batch.wait(batch.ask(key, question))
    batch = _open[kind] = Batch(answer)
    await _let_others_join(kind)
    if batch.is_forsaken():  # alone, which needs neither task nor future
        return (await answer({key: question})).get(key)
    future = batch.ask(key, question)  # before: an eager task would answer at once
    batch.begin()
    return await batch.wait(future)


async def _let_others_join(kind: Hashable) -> None:
    """Wait for one turn of the loop; those who joined are answered, come what may."""
    try:
        await asyncio.sleep(0)
    except asyncio.CancelledError:
        if not _open[kind].is_forsaken():
            _open[kind].begin()
        raise
    finally:
        del _open[kind]
