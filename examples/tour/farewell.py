"""The end: what happens without a connection of the family."""

from examples.tour.models import Book
from examples.tour.stage import show
from mongoengine import disconnect, disconnect_async
from mongoengine.testing import Server


async def the_wrong_family(server: Server) -> None:
    """Ask for a family that the alias lacks, and be told what to call."""
    disconnect()
    for code, call in (
        ("Book(title='Ubik').save()", Book(title="Ubik").save),
        ("len(Book.objects)", Book.objects.__len__),
    ):
        try:
            call()
        except RuntimeError as error:
            show(f"{code}  # on an async-only alias", error)
    await disconnect_async()


STEPS = [the_wrong_family]
