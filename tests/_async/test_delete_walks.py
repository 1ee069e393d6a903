"""How deletions find their way through rules: batches, cycles, denials, failures."""

import pytest
from bson import ObjectId
from joining import joined

from mongoengine import (
    CASCADE,
    DENY,
    NULLIFY,
    PULL,
    Document,
    GenericReferenceField,
    IntField,
    ListField,
    OperationError,
    ReferenceField,
    connect_async,
    disconnect_async,
    signals,
)
from mongoengine.base.scopes import async_sessions
from mongoengine.queryset import delete_rules


class AsyncWalkAuthor(Document):
    number = IntField()


class AsyncWalkBook(Document):
    author = ReferenceField(AsyncWalkAuthor, reverse_delete_rule=CASCADE)
    meta = {"indexes": ["author"]}


class AsyncWalkShelf(Document):
    books = ListField(ReferenceField(AsyncWalkBook, reverse_delete_rule=PULL))
    meta = {"indexes": ["books"]}


class AsyncWalkPrize(Document):
    author = ReferenceField(AsyncWalkAuthor, reverse_delete_rule=NULLIFY)


class AsyncWalkTrunk(Document):
    number = IntField()


class AsyncWalkBranch(Document):
    trunk = ReferenceField(AsyncWalkTrunk, reverse_delete_rule=CASCADE)


class AsyncWalkNest(Document):
    branch = ReferenceField(AsyncWalkBranch, reverse_delete_rule=DENY)


class AsyncWalkThing(Document):
    meta = {"allow_inheritance": True}


class AsyncWalkList(Document):
    things = ListField(GenericReferenceField())
    first = GenericReferenceField()


AsyncWalkThing.register_delete_rule(AsyncWalkList, "things", PULL)
AsyncWalkThing.register_delete_rule(AsyncWalkList, "first", CASCADE)


class AsyncWalkTool(AsyncWalkThing):  # after the rules
    pass


class AsyncWalkUser(Document):
    tool = ReferenceField(AsyncWalkTool, reverse_delete_rule=NULLIFY)


class AsyncWalkOne(Document):
    other = ReferenceField("AsyncWalkOther")
    number = IntField()


class AsyncWalkOther(Document):
    one = ReferenceField(AsyncWalkOne, reverse_delete_rule=CASCADE)


AsyncWalkOther.register_delete_rule(AsyncWalkOne, "other", CASCADE)


class AsyncWalkHome(Document):
    pass


class AsyncWalkAbroad(Document):
    home = ReferenceField(AsyncWalkHome, reverse_delete_rule=CASCADE)
    meta = {"db_alias": "walk_abroad"}


async def saved(*documents):
    return [await one.async_save() for one in documents]


async def stored_in(document_class):
    collection = await document_class._async_get_collection()
    return await collection.find().sort("_id").to_list()


async def make_authors(number, books=1):
    authors = [AsyncWalkAuthor(id=ObjectId(), number=n) for n in range(number)]
    await AsyncWalkAuthor.objects.async_insert(authors, load_bulk=False)
    await AsyncWalkBook.objects.async_insert(
        [AsyncWalkBook(author=one) for one in authors for _ in range(books)],
        load_bulk=False,
    )
    return authors


async def test_ten_documents_take_as_many_commands_as_ten_thousand(async_sent):
    for document in (AsyncWalkShelf, AsyncWalkPrize):
        await document.async_ensure_indexes()
    names = []
    for size in (10, delete_rules.IDS_A_QUERY):
        await make_authors(size)
        async_sent.take()
        assert await AsyncWalkAuthor.objects.async_delete() == size
        names.append(async_sent.targets)
    author, book, shelf, prize = (
        document._get_collection_name()
        for document in (
            AsyncWalkAuthor,
            AsyncWalkBook,
            AsyncWalkShelf,
            AsyncWalkPrize,
        )
    )
    assert names[0] == [
        ("find", author),
        ("find", book),
        ("update", shelf),
        ("delete", book),
        ("update", prize),
        ("delete", author),
    ]
    assert names[1] == names[0]
    assert await stored_in(AsyncWalkBook) == []


async def test_no_more_than_a_batch_of_ids_is_in_a_command(async_sent, monkeypatch):
    monkeypatch.setattr(delete_rules, "IDS_A_QUERY", 3)
    monkeypatch.setattr("mongoengine._async.delete_rules.IDS_A_QUERY", 3)
    authors = await make_authors(4, books=4)
    await saved(*(AsyncWalkPrize(author=one) for one in authors))
    async_sent.take()
    assert await AsyncWalkAuthor.objects.async_delete() == 4
    assert await stored_in(AsyncWalkBook) == []
    assert all("author" not in one for one in await stored_in(AsyncWalkPrize))
    sizes = [
        len(command["deletes"][0]["q"]["_id"]["$in"])
        for command in async_sent.of("delete")
        if command["deletes"][0]["q"]
    ]
    assert sum(sizes) == 16
    assert max(sizes) <= 4


async def test_cycles_over_several_batches(async_mongo_db, monkeypatch):
    monkeypatch.setattr(delete_rules, "IDS_A_QUERY", 2)
    monkeypatch.setattr("mongoengine._async.delete_rules.IDS_A_QUERY", 2)
    ones = await saved(*(AsyncWalkOne(number=n) for n in range(7)))
    others = await saved(*(AsyncWalkOther(one=one) for one in ones))
    for one, other in zip(ones, others[1:] + others[:1], strict=True):
        one.other = other
        await one.async_save()
    await saved(AsyncWalkOne(number=7))
    assert await AsyncWalkOne.objects(number=3).async_delete() == 1
    assert [one["number"] for one in await stored_in(AsyncWalkOne)] == [7]
    assert await stored_in(AsyncWalkOther) == []


async def test_all_of_a_cycle_are_counted(async_mongo_db, monkeypatch):
    monkeypatch.setattr(delete_rules, "IDS_A_QUERY", 2)
    monkeypatch.setattr("mongoengine._async.delete_rules.IDS_A_QUERY", 2)
    ones = await saved(*(AsyncWalkOne(number=n) for n in range(7)))
    others = await saved(*(AsyncWalkOther(one=one) for one in ones))
    for one, other in zip(ones, others[::-1], strict=True):
        one.other = other
        await one.async_save()
    assert await AsyncWalkOne.objects.async_delete() == 7
    assert await stored_in(AsyncWalkOther) == []


async def test_lists_of_generic_references(async_mongo_db):
    thing, tool, other = await saved(
        AsyncWalkThing(), AsyncWalkTool(), AsyncWalkThing()
    )
    await saved(
        AsyncWalkList(things=[thing, tool, other, thing]),
        AsyncWalkList(first=tool),
        AsyncWalkList(first=other),
    )
    await thing.async_delete()
    await AsyncWalkTool.objects.async_delete()
    left = [AsyncWalkList._from_son(one) for one in await stored_in(AsyncWalkList)]
    assert [len(one.to_mongo().get("things", ())) for one in left] == [1, 0]
    assert [one.id for one in left] == sorted(one.id for one in left)
    assert left[0].to_mongo()["things"][0]["_ref"].id == other.id
    assert left[1].to_mongo()["first"]["_ref"].id == other.id


async def test_rules_of_subclasses_hold_through_the_base(async_mongo_db):
    (tool,) = await saved(AsyncWalkTool())
    await saved(AsyncWalkUser(tool=tool))
    assert await AsyncWalkThing.objects.async_delete() == 1
    assert "tool" not in (await stored_in(AsyncWalkUser))[0]


async def test_rules_reach_other_databases(async_mongo_db, mongo_uri):
    name = f"{async_mongo_db.name}_abroad"
    client = await connect_async(
        name, alias="walk_abroad", host=mongo_uri, uuidRepresentation="standard"
    )
    try:
        home, other = await saved(AsyncWalkHome(), AsyncWalkHome())
        await saved(AsyncWalkAbroad(home=home), AsyncWalkAbroad(home=other))
        await home.async_delete()
        assert [one["home"] for one in await stored_in(AsyncWalkAbroad)] == [other.id]
    finally:
        await client.drop_database(name)
        await disconnect_async("walk_abroad")


@pytest.mark.parametrize("told", [AsyncWalkTrunk, AsyncWalkBranch])
async def test_receivers_are_not_told_of_what_is_denied(async_mongo_db, told):
    free, held = await saved(AsyncWalkTrunk(number=1), AsyncWalkTrunk(number=2))
    branches = [AsyncWalkBranch(trunk=one) for one in (held, held, free)]
    await saved(*branches, AsyncWalkNest(branch=branches[1]))
    heard = []

    def receiver(sender, document):
        heard.append(document)

    with signals.pre_delete.connected_to(receiver, sender=told):
        with pytest.raises(OperationError, match="Nest.branch refers to it"):
            await AsyncWalkTrunk.objects.order_by("number").async_delete()
        assert heard == []
        assert len(await stored_in(AsyncWalkTrunk)) == 2
        assert len(await stored_in(AsyncWalkBranch)) == 3
        await AsyncWalkNest.objects.async_delete()
        assert await AsyncWalkTrunk.objects.async_delete() == 2
    assert len(heard) == (2 if told is AsyncWalkTrunk else 3)
    assert await stored_in(AsyncWalkBranch) == []


async def test_what_is_deleted_anyway_is_left_out(async_mongo_db):
    first = (await make_authors(2))[0]
    known = {first.id}
    assert await AsyncWalkAuthor.objects.async_delete(cascade_refs=known) == 2
    assert [one["author"] for one in await stored_in(AsyncWalkBook)] == [first.id]


async def refuse_changes(db, document):
    """Have the server refuse to remove the author."""
    await db.command(
        "collMod",
        document._get_collection_name(),
        validator={"author": {"$exists": True}},
    )


async def test_a_failure_says_what_was_done_before(async_mongo_db):
    authors = await make_authors(2, books=3)
    await saved(AsyncWalkPrize(author=authors[0]))
    await refuse_changes(async_mongo_db, AsyncWalkPrize)
    with pytest.raises(OperationError) as caught:
        await AsyncWalkAuthor.objects.async_delete()
    assert caught.value.__notes__ == [
        f"Done before this error: 6 {AsyncWalkBook.__name__} deleted"
    ]
    assert len(await stored_in(AsyncWalkAuthor)) == 2
    with pytest.raises(OperationError) as caught:
        await authors[0].async_delete()
    assert not hasattr(caught.value, "__notes__")  # nothing was left to be done


async def test_a_failure_in_a_transaction_leaves_all(async_mongo_db):
    authors = await make_authors(2, books=3)
    await saved(AsyncWalkPrize(author=authors[0]))
    await refuse_changes(async_mongo_db, AsyncWalkPrize)
    async with async_mongo_db.client.start_session() as session:
        await session.start_transaction()
        with (
            joined(async_sessions, "default", session),
            pytest.raises(OperationError),
        ):
            await AsyncWalkAuthor.objects.async_delete()
        await session.abort_transaction()
    assert len(await stored_in(AsyncWalkAuthor)) == 2
    assert len(await stored_in(AsyncWalkBook)) == 6


async def test_every_command_joins_the_session(async_sent, async_mongo_db):
    authors = await make_authors(3)
    branches = await saved(AsyncWalkBranch(trunk=(await saved(AsyncWalkTrunk()))[0]))
    await saved(AsyncWalkPrize(author=authors[0]), AsyncWalkNest())
    await AsyncWalkShelf.async_ensure_indexes()
    client = (await AsyncWalkAuthor._async_get_collection()).database.client
    async with client.start_session() as session:
        with joined(async_sessions, "default", session):
            async_sent.take()
            await AsyncWalkAuthor.objects.async_delete()
            await branches[0].trunk.async_delete()
            own = session.session_id
    used = {command["lsid"]["id"] for command in async_sent.commands}
    assert used == {own["id"]}
    assert len(async_sent.commands) > 10
