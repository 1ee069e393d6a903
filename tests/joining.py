"""Commands that join a session without a block of the library's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mongoengine.base.joining import Joined
from mongoengine.base.outcomes import Outcome
from mongoengine.base.scopes import Sessions, within


@contextmanager
def joined(scope: Sessions, alias: str, session: Any) -> Iterator[None]:
    """Make the commands of an alias join a session, for the length of a block."""
    with within(scope, Joined({alias}, session, Outcome())):
        yield
