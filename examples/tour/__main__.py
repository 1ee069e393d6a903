"""Take the tour: ``make demo``, or ``python -m examples.tour``."""

import asyncio
import inspect
from collections.abc import Callable
from typing import Any

from examples.tour import basics, blocks, farewell, pictures, references
from examples.tour.stage import BOLD, DIM, PLAIN
from mongoengine.testing import Server, local_mongod

STEPS: list[Callable[[Server], Any]] = [
    *basics.STEPS,
    *references.STEPS,
    *pictures.STEPS,
    *blocks.STEPS,
    *farewell.STEPS,
]


async def tour(server: Server) -> None:
    """Take every step, sync and async, in one event loop."""
    for number, step in enumerate(STEPS, 1):
        print(f"\n{BOLD}{number}. {step.__doc__}{PLAIN}")
        outcome = step(server)
        if inspect.isawaitable(outcome):
            await outcome


def main() -> None:
    """Start the embedded server, and go."""
    print(f"{BOLD}MongoEngine, both ways{PLAIN}")
    with local_mongod() as server:
        print(f"{DIM}A real MongoDB runs at {server.uri}{PLAIN}")
        asyncio.run(tour(server))
    print(f"\n{DIM}The server and its data are gone. The code: examples/tour/{PLAIN}")


if __name__ == "__main__":
    main()
