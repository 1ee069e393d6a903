"""Documents that refer to others, and what is read of them."""

import asyncio

from examples.tour.models import Author, Novel
from examples.tour.stage import show
from mongoengine.context_managers import async_query_counter, query_counter
from mongoengine.testing import Server


async def proxies(server: Server) -> None:
    """Refer to documents: sync code reads them, async code awaits them."""
    lem = await Author(name="Stanislaw Lem").async_save()
    herbert = await Author(name="Frank Herbert").async_save()
    for title, author in (("Solaris", lem), ("Eden", lem), ("Dune", herbert)):
        await Novel(title=title, author=author, readers=[herbert, lem]).async_save()
    show("Novel.objects.first().author.name", Novel.objects.first().author.name)
    novel = await Novel.objects.async_first()
    show("(await Novel.objects.async_first()).author", repr(novel.author))
    show("(await novel.author).name", (await novel.author).name)
    await novel.readers.async_fetch()
    show("await novel.readers.async_fetch()", [one.name for one in novel.readers])


async def together(server: Server) -> None:
    """Fetch many at a time: one query for all."""
    novels = await Novel.objects
    async with async_query_counter() as queries:
        authors = await asyncio.gather(*(novel.author.fetch() for novel in novels))
        show("await asyncio.gather(*(n.author.fetch() ...))", [a.name for a in authors])
        show("queries", int(queries))
    with query_counter() as queries:
        for novel in Novel.objects.prefetch_related("author", "readers"):
            novel.author.name, novel.readers[0].name
        show("Novel.objects.prefetch_related('author', 'readers')", int(queries))


async def cascade(server: Server) -> None:
    """Delete an author: the rule of the reference takes the novels along."""
    await (await Author.objects.async_get(name="Stanislaw Lem")).async_delete()
    show(
        "[n.title async for n in Novel.objects]", [n.title async for n in Novel.objects]
    )


STEPS = [proxies, together, cascade]
