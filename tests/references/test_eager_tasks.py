"""Tasks that run at once when they are made, as Python 3.12 and newer can have them."""

import asyncio

from mongoengine import Document, ReferenceField, StringField


class EagerAuthor(Document):
    name = StringField()


class EagerBook(Document):
    author = ReferenceField(EagerAuthor)


async def fetched_together():
    authors = [await EagerAuthor(name=name).async_save() for name in "abc"]
    for author in authors:
        await EagerBook(author=author).async_save()
    books = await EagerBook.objects.order_by("pk").async_to_list()
    found = await asyncio.gather(*(book.author for book in books))
    return [author.name for author in found]


if hasattr(asyncio, "eager_task_factory"):

    async def test_eager_tasks_are_answered_together(async_sent):
        asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
        assert await fetched_together() == ["a", "b", "c"]
        (found,) = (one for one in async_sent.of("find") if one["find"] != "eager_book")
        assert len(found["filter"]["_id"]["$in"]) == 3


async def test_other_tasks_are_answered_together(async_mongo_db):
    assert await fetched_together() == ["a", "b", "c"]
