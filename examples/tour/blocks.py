"""Transactions, receivers of signals, and classes that are switched for a task."""

import asyncio

from examples.tour.models import Account, Book
from examples.tour.stage import show
from mongoengine import connect_async, disconnect_async, signals
from mongoengine.context_managers import (
    async_on_commit,
    async_run_in_transaction,
    async_switch_db,
)
from mongoengine.testing import Server


async def a_transfer(server: Server) -> None:
    """Transfer money, all or nothing."""
    ann = await Account(owner="Ann", balance=100).async_save()
    bob = await Account(owner="Bob", balance=0).async_save()
    try:
        async with async_run_in_transaction():
            await ann.async_modify(inc__balance=-150)
            await bob.async_modify(inc__balance=150)
            if ann.balance < 0:
                raise ValueError("Ann has not that much")
    except ValueError as error:
        show("async with async_run_in_transaction(): ...", error)
    balances = await Account.objects.order_by("owner").scalar("balance")
    show("await Account.objects.scalar('balance')  # nothing moved", balances)


async def a_receiver(server: Server) -> None:
    """Be told of what is saved: receivers may be async, and wait for the commit."""
    told: list[str] = []

    async def tell() -> None:
        told.append("committed")

    async def saved(sender: type, document: Account, **_: object) -> None:
        told.append(f"{document.owner} saved")
        await async_on_commit(tell)

    with signals.post_save.connected_to(saved, sender=Account):
        async with async_run_in_transaction():
            await Account(owner="Cid", balance=7).async_save()
            show("await Account(owner='Cid').async_save()", told)
    show("told  # after the block", told)


async def two_databases(server: Server) -> None:
    """Write to two databases through one class, at the same time."""
    await connect_async(
        "branch", alias="branch", host=server.uri, uuidRepresentation="standard"
    )

    async def stock(alias: str, title: str) -> str:
        async with async_switch_db(Book, alias):
            book = await Book(title=title).async_save()
            await asyncio.sleep(0.01)  # the other task has its turn
            return f"{await Book.objects(id=book.id).async_count()} in {alias}"

    found = await asyncio.gather(stock("default", "Emma"), stock("branch", "Ulysses"))
    show("await asyncio.gather(stock('default', ...), stock('branch', ...))", found)
    await disconnect_async("branch")


STEPS = [a_transfer, a_receiver, two_databases]
