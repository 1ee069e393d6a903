"""Fetches of several tasks at the same time become one query per class."""

import asyncio
from contextvars import ContextVar

import pymongo
import pytest
from bson import DBRef, ObjectId
from bson.errors import InvalidDocument
from pymongo.errors import ExecutionTimeout, OperationFailure

from mongoengine import (
    AsyncReferenceProxy,
    Document,
    DoesNotExist,
    GenericReferenceField,
    LazyReferenceField,
    ListField,
    ReferenceField,
    StringField,
    ValidationError,
    connect_async,
    disconnect_async,
    get_async_connection,
    get_async_db,
    queryset_manager,
)
from mongoengine.base import LazyReference, merging
from mongoengine.context_managers import (
    async_no_dereference,
    async_run_in_transaction,
)

TENANTS = ["red", "blue"]
TENANT = ContextVar("TENANT", default="red")


class MergeAuthor(Document):
    name = StringField()


class MergeTag(Document):
    name = StringField()


class MergeBook(Document):
    author = ReferenceField(MergeAuthor)
    tag = ReferenceField(MergeTag)
    generic = GenericReferenceField()
    authors = ListField(ReferenceField(MergeAuthor))


@pytest.fixture
async def prepared(async_sent):
    """Give what was sent, once the collections are there."""
    for cls in (MergeAuthor, MergeTag, MergeBook):
        await cls.async_ensure_indexes()
    return async_sent


async def books(prepared, number):
    """Return books, loaded, each with an author of its own."""
    authors = [MergeAuthor(name=str(n)) for n in range(number)]
    await MergeAuthor.objects.async_insert(authors)
    tag = await MergeTag(name="t").async_save()
    await MergeBook.objects.async_insert(
        [MergeBook(author=one, generic=one, tag=tag) for one in authors]
    )
    found = await MergeBook.objects.order_by("pk").async_to_list()
    prepared.take()
    return found


async def awaited(value):
    return await value


async def test_a_hundred_fetches_are_one_command(prepared):
    found = await books(prepared, 100)
    authors = await asyncio.gather(*(book.author.fetch() for book in found))
    assert [author.name for author in authors] == [str(n) for n in range(100)]
    assert prepared.names == ["find"]
    assert [book.author for book in found] == authors
    assert len(prepared.commands) == 1


async def test_ten_thousand_are_one_query(prepared):
    found = await books(prepared, 10_000)
    authors = await asyncio.gather(*(awaited(book.author) for book in found))
    assert len({author.name for author in authors}) == 10_000
    assert len(prepared.of("find")) == 1


async def test_lazy_references_join_as_well(prepared):
    found = await books(prepared, 100)
    ids = [book.author.pk for book in found]
    lazies = [LazyReference(MergeAuthor, str(pk)) for pk in ids]
    missing = LazyReference(MergeAuthor, ObjectId())
    wrong = LazyReference(MergeAuthor, "nonsense")
    answers = await asyncio.gather(
        *(lazy.async_fetch() for lazy in (*lazies, missing, wrong)),
        return_exceptions=True,
    )
    assert [author.name for author in answers[:-2]] == [str(n) for n in range(100)]
    assert type(answers[-2]) is MergeAuthor.DoesNotExist
    assert type(answers[-1]) is ValidationError
    assert len(prepared.of("find")) == 1
    assert await lazies[0].async_fetch() is answers[0]
    assert len(prepared.of("find")) == 1


async def test_lazy_references_see_what_the_class_shows(prepared):
    class MergeHidden(Document):
        name = StringField()
        meta = {"collection": MergeAuthor._get_collection_name()}

        @queryset_manager
        def objects(doc_cls, queryset):  # noqa: N805
            return queryset.filter(name__ne="1")

    class MergeHiddenBook(Document):
        author = ReferenceField(MergeHidden)
        meta = {"collection": MergeBook._get_collection_name(), "strict": False}

    await books(prepared, 3)
    found = await MergeHiddenBook.objects.order_by("pk").async_to_list()
    prepared.take()
    answers = await asyncio.gather(
        *(LazyReference(MergeHidden, book.author.pk).async_fetch() for book in found),
        *(book.author.fetch() for book in found),
        return_exceptions=True,
    )
    assert [getattr(one, "name", None) for one in answers[:3]] == ["0", None, "2"]
    assert [one.name for one in answers[3:]] == ["0", "1", "2"]
    assert len(prepared.of("find")) == 2


async def test_managers_see_the_variables_of_each_task(prepared):
    class MergeOfTenant(Document):
        tenant = StringField()

        @queryset_manager
        def objects(doc_cls, queryset):  # noqa: N805
            return queryset.filter(tenant=TENANT.get())

    async def fetch(tenant, document):
        TENANT.set(tenant)
        return await LazyReference(MergeOfTenant, document.pk).async_fetch()

    red, blue = [await MergeOfTenant(tenant=name).async_save() for name in TENANTS]
    prepared.take()
    answers = await asyncio.gather(
        *(fetch("red", one) for one in (red, blue)),
        *(asyncio.create_task(fetch("blue", one)) for one in (red, blue)),
        return_exceptions=True,
    )
    assert [answers[0], answers[3]] == [red, blue]
    assert {type(answers[1]), type(answers[2])} == {MergeOfTenant.DoesNotExist}
    assert len(prepared.of("find")) == 2


async def test_tasks_with_values_of_their_own_join(prepared):
    class MergeReader(Document):
        book = LazyReferenceField(MergeBook)

    async def fetch(number, lazy):
        TENANT.set(f"request {number}")
        return await lazy.async_fetch()

    found = await books(prepared, 20)
    lazies = [MergeReader(book=book.pk).book for book in found]
    tasks = [asyncio.create_task(fetch(*one)) for one in enumerate(lazies)]
    assert await asyncio.gather(*tasks) == found
    assert len(prepared.of("find")) == 1


async def test_collections_are_found_by_each_task(prepared):
    class MergeOwn(Document):
        tenant = StringField()

        @classmethod
        async def _async_get_collection(cls):
            return get_async_db()[f"merge_own_{TENANT.get()}"]

    class MergeOrder(Document):
        own = ReferenceField(MergeOwn)

    async def work(tenant):
        TENANT.set(tenant)
        own = await MergeOwn(id=same_id, tenant=tenant).async_save()
        order = await MergeOrder(own=own.to_dbref()).async_save()
        ready.append(tenant)
        if len(ready) == len(TENANTS):
            all_ready.set()
        await all_ready.wait()
        return (await order.own).tenant

    same_id, ready, all_ready = ObjectId(), [], asyncio.Event()
    assert await asyncio.gather(*map(work, TENANTS)) == TENANTS


async def test_what_keeps_references_is_local_to_a_task(prepared):
    class MergeShelf(Document):
        book = LazyReferenceField(MergeBook)

    found = (await books(prepared, 1))[0]
    lazies = [MergeShelf(book=found.pk).book for _ in range(2)]

    async def kept(lazy):
        async with async_no_dereference(MergeBook):
            return await lazy.async_fetch()

    one, other = await asyncio.gather(kept(lazies[0]), lazies[1].async_fetch())
    assert type(one.author) is DBRef
    assert type(other.author) is AsyncReferenceProxy


async def test_each_class_is_a_query(prepared):
    found = await books(prepared, 10)
    fetches = [
        f for b in found for f in (b.author.fetch(), b.tag.fetch(), b.generic.fetch())
    ]
    await asyncio.gather(*fetches)
    assert len(prepared.of("find")) == 2
    assert prepared.of("find")[1]["filter"]["_id"] == found[0].tag.pk  # asked for once
    assert len({id(book.tag) for book in found}) == 1
    assert all(book.author is book.generic for book in found)


async def test_fields_and_tasks_join(prepared):
    found = await books(prepared, 5)
    await asyncio.gather(
        *(MergeBook.author.async_fetch(book) for book in found),
        *(asyncio.create_task(awaited(book.author)) for book in found),
    )
    assert len(prepared.of("find")) == 1


async def test_one_alone_asks_for_one(prepared):
    (book,) = await books(prepared, 1)
    await book.author
    assert prepared.of("find")[0]["filter"] == {"_id": book.author.pk}
    assert prepared.of("find")[0]["limit"] == 1


async def test_those_that_miss_hear_it(prepared):
    found = await books(prepared, 3)
    await MergeAuthor.objects(name="1").async_delete()
    prepared.take()
    answers = await asyncio.gather(
        *(book.author.fetch() for book in found), return_exceptions=True
    )
    assert len(prepared.of("find")) == 1
    assert [getattr(one, "name", None) for one in answers] == ["0", None, "2"]
    assert isinstance(answers[1], MergeAuthor.DoesNotExist)
    assert str(found[1].author.pk) in str(answers[1])


async def test_one_that_cannot_be_asked_disturbs_nobody(prepared):
    found = await books(prepared, 2)
    odd = MergeBook(author=MergeAuthor(id=ObjectId()).to_dbref())
    odd.author._stored_pk = object()
    answers = await asyncio.gather(
        *(book.author.fetch() for book in [odd, *found]), return_exceptions=True
    )
    assert isinstance(answers[0], InvalidDocument)
    assert [one.name for one in answers[1:]] == ["0", "1"]


async def test_a_cancelled_task_disturbs_nobody(prepared):
    found = await books(prepared, 5)
    tasks = [asyncio.create_task(awaited(book.author)) for book in found]
    await asyncio.sleep(0)
    tasks[0].cancel()  # the one that asked first
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(answers[0], asyncio.CancelledError)
    assert [one.name for one in answers[1:]] == ["1", "2", "3", "4"]
    assert len(prepared.of("find")) == 1


async def test_what_nobody_waits_for_is_given_up(prepared):
    found = await books(prepared, 3)
    tasks = [asyncio.create_task(awaited(book.author)) for book in found]
    await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert prepared.of("find") == []
    assert (await found[0].author).name == "0"


async def test_what_is_under_way_is_given_up(async_mongo_db):
    begun, ended = asyncio.Event(), []

    async def answer(questions):
        begun.set()
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            ended.append(dict(questions))
            raise

    tasks = [
        asyncio.create_task(merging.ask_together("kind", n, n, answer))
        for n in range(2)
    ]
    await begun.wait()
    tasks[0].cancel()
    await asyncio.sleep(0)
    assert ended == []
    tasks[1].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.sleep(0)
    assert ended == [{0: 0, 1: 1}]


async def test_an_error_of_the_server_reaches_all(prepared, fail_points):
    found = await books(prepared, 3)
    await get_async_connection().admin.command(
        "configureFailPoint",
        "failCommand",
        mode={"times": 1},
        data={
            "failCommands": ["find"],
            "errorCode": 2,
            "appName": fail_points,
        },
    )
    answers = await asyncio.gather(
        *(book.author.fetch() for book in found), return_exceptions=True
    )
    assert {type(one) for one in answers} == {OperationFailure}
    assert (await found[0].author).name == "0"


async def test_sessions_do_not_mix(prepared):
    found = await books(prepared, 4)
    inside = []

    async def in_a_block(book):
        async with async_run_in_transaction():
            inside.append(await book.author)

    await asyncio.gather(
        in_a_block(found[0]), in_a_block(found[1]), awaited(found[2].author),
        awaited(found[3].author),
    )  # fmt: skip
    own = [one for one in prepared.of("find") if "txnNumber" in one]
    assert len(own) == 2
    # A session that has ended is used again, for a transaction of another number.
    assert len({(bytes(one["lsid"]["id"]), one["txnNumber"]) for one in own}) == 2
    assert len(prepared.of("find")) == 3
    assert len(inside) == 2


async def test_what_a_transaction_wrote_is_found_in_it(prepared):
    await books(prepared, 1)

    async def write_and_fail():
        async with async_run_in_transaction():
            author = await MergeAuthor(name="new").async_save()
            book = await MergeBook(author=author, authors=[author]).async_save()
            book = await MergeBook.objects.async_get(pk=book.pk)
            fetched.append(await book.author)
            fetched.extend(await book.authors.async_fetch())
            raise ZeroDivisionError

    fetched = []
    with pytest.raises(ZeroDivisionError):
        await write_and_fail()
    assert [author.name for author in fetched] == ["new", "new"]
    again = MergeBook(author=fetched[0].to_dbref())
    with pytest.raises(DoesNotExist):
        await again.author


async def test_deadlines_do_not_mix(prepared):
    found = await books(prepared, 2)

    async def soon(book):
        with pymongo.timeout(0.000001):
            return await book.author

    answers = await asyncio.gather(
        soon(found[0]), awaited(found[1].author), return_exceptions=True
    )
    assert getattr(answers[0], "timeout", isinstance(answers[0], ExecutionTimeout))
    assert answers[1].name == "1"


def test_loops_do_not_mix(mongo_uri):
    async def run():
        await connect_async(
            "merge_loops", host=mongo_uri, uuidRepresentation="standard"
        )
        author = await MergeAuthor(name="x").async_save()
        made = [await MergeBook(author=author).async_save() for _ in range(3)]
        pks = [book.pk for book in made]
        found = await MergeBook.objects(pk__in=pks).async_to_list()
        names = await asyncio.gather(*(awaited(book.author) for book in found))
        await disconnect_async()
        return {author.name for author in names}

    for _ in range(2):
        assert asyncio.run(run()) == {"x"}
