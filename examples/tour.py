"""A tour of both families against a real MongoDB: run it with ``make demo``."""

import asyncio
import inspect
import os
import sys
import textwrap
from collections.abc import Callable
from typing import Any

from mongoengine import (
    Document,
    EmbeddedDocument,
    EmbeddedDocumentListField,
    IntField,
    ListField,
    StringField,
    ValidationError,
    connect,
    connect_async,
    disconnect,
    disconnect_async,
    get_async_db,
    get_db,
    is_async_connection,
)
from mongoengine.async_utils import ensure_sync_connection
from mongoengine.testing import Server, local_mongod

COLOURED = sys.stdout.isatty() and "NO_COLOR" not in os.environ
BOLD, DIM, GREEN, PLAIN = (
    ("\033[1m", "\033[2m", "\033[32m", "\033[0m") if COLOURED else ("",) * 4
)


class Review(EmbeddedDocument):
    """What a reader thinks of a book."""

    reader = StringField(required=True)
    stars = IntField(min_value=1, max_value=5)


class Book(Document):
    """A book in the library."""

    title = StringField(required=True)
    pages = IntField()
    tags = ListField(StringField())
    reviews = EmbeddedDocumentListField(Review)


def connections(server: Server) -> None:
    """Connect: one alias, a client of each family."""
    connect("tour", host=server.uri, uuidRepresentation="standard")
    show("get_db().command('ping')", get_db().command("ping")["ok"])
    show("is_async_connection()", is_async_connection())


async def async_connections(server: Server) -> None:
    """Connect the same alias for async code."""
    await connect_async("tour", host=server.uri, uuidRepresentation="standard")
    answer = await get_async_db().command("ping")
    show("await get_async_db().command('ping')", answer["ok"])
    show("is_async_connection()", is_async_connection())


async def a_document_in_and_out(server: Server) -> None:
    """Write in one family, read in the other."""
    get_db().books.insert_one({"_id": 1, "title": "Dune", "pages": 412})
    show("get_db().books.insert_one({...})", "written by sync code")
    book = await get_async_db().books.find_one({"_id": 1})
    show("await get_async_db().books.find_one({'_id': 1})", book)


def a_model(server: Server) -> None:
    """Define a model: the same class will serve both families."""
    book = Book(title="Dune", pages="412", tags=["desert"])
    show("book = Book(title='Dune', pages='412', tags=['desert'])", book.pages)
    show("book.to_mongo()", dict(book.to_mongo()))
    book.reviews.create(reader="Ann", stars=6)
    try:
        book.validate()
    except ValidationError as error:
        show("book.validate()  # after a review of six stars", error)


def changes(server: Server) -> None:
    """Load a document, change it deep inside, and see what an update would write."""
    reviews = [{"reader": "Ann", "stars": 4}]
    get_db().book.insert_one({"title": "Dune", "reviews": reviews})
    book = Book._from_son(get_db().book.find_one())
    book.reviews[0].stars = 5
    book.tags.append("classic")
    show("book.reviews[0].stars = 5; book.tags.append('classic')", book._delta())


async def the_wrong_family(server: Server) -> None:
    """Ask for a family that the alias lacks, and be told what to call."""
    disconnect()
    try:
        ensure_sync_connection("default", "save")
    except RuntimeError as error:
        show("book.save()  # on an async-only alias", error)
    await disconnect_async()


STEPS: list[Callable[[Server], Any]] = [
    connections,
    async_connections,
    a_document_in_and_out,
    a_model,
    changes,
    the_wrong_family,
]


def show(code: str, result: object) -> None:
    """Print a line of code and what it gave."""
    print(f"    {code}")
    text = textwrap.indent(textwrap.fill(str(result), 76), " " * 7).lstrip()
    print(f"    {GREEN}-> {text}{PLAIN}")


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
    print(f"\n{DIM}The server and its data are gone. The code: examples/tour.py{PLAIN}")


if __name__ == "__main__":
    main()
