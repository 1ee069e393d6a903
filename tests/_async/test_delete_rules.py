"""What deleting a document does to those that refer to it, by the rule."""

import pytest
from joining import joined

from mongoengine import (
    CASCADE,
    DENY,
    DO_NOTHING,
    NULLIFY,
    PULL,
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    GenericReferenceField,
    IntField,
    LazyReferenceField,
    ListField,
    OperationError,
    ReferenceField,
    StringField,
    signals,
)
from mongoengine.base.scopes import async_sessions
from mongoengine.queryset import delete_rules


class AsyncRuleAuthor(Document):
    name = StringField()


class AsyncRuleIgnoring(Document):
    author = ReferenceField(AsyncRuleAuthor, reverse_delete_rule=DO_NOTHING)


class AsyncRuleNullified(Document):
    author = ReferenceField(AsyncRuleAuthor, reverse_delete_rule=NULLIFY, db_field="a")
    old = ReferenceField(AsyncRuleAuthor, dbref=True, reverse_delete_rule=NULLIFY)
    number = IntField()


class AsyncRuleBook(Document):
    author = ReferenceField(AsyncRuleAuthor, reverse_delete_rule=CASCADE, db_field="a")
    number = IntField()


class AsyncRulePage(Document):
    book = ReferenceField(AsyncRuleBook, reverse_delete_rule=CASCADE)


class AsyncRuleLazy(Document):
    author = LazyReferenceField(AsyncRuleAuthor, reverse_delete_rule=CASCADE)


class AsyncRulePulled(Document):
    authors = ListField(
        ReferenceField(AsyncRuleAuthor, reverse_delete_rule=PULL), db_field="as"
    )


class AsyncRuleNullifiedList(Document):
    authors = ListField(ReferenceField(AsyncRuleAuthor, reverse_delete_rule=NULLIFY))


class AsyncRuleCascadeList(Document):
    authors = ListField(ReferenceField(AsyncRuleAuthor, reverse_delete_rule=CASCADE))


class AsyncRuleDenied(Document):
    author = ReferenceField(AsyncRuleAuthor, reverse_delete_rule=DENY)
    authors = ListField(ReferenceField(AsyncRuleAuthor, reverse_delete_rule=DENY))


class AsyncRuleGeneric(Document):
    target = GenericReferenceField()


AsyncRuleAuthor.register_delete_rule(AsyncRuleGeneric, "target", NULLIFY)


class AsyncRulePart(EmbeddedDocument):
    author = ReferenceField(AsyncRuleAuthor)


class AsyncRuleHolder(Document):
    part = EmbeddedDocumentField(AsyncRulePart)


AsyncRuleAuthor.register_delete_rule(AsyncRuleHolder, "part__author", NULLIFY)


@pytest.fixture
async def async_authors(async_mongo_db):
    """Store three authors."""
    return await AsyncRuleAuthor.objects.async_insert(
        [AsyncRuleAuthor(name=n) for n in "abc"]
    )


async def saved(*documents):
    return [await one.async_save() for one in documents]


async def stored_in(document_class):
    collection = await document_class._async_get_collection()
    return await collection.find().sort("_id").to_list()


async def test_do_nothing_leaves_the_reference(async_authors):
    await saved(AsyncRuleIgnoring(author=async_authors[0]))
    assert await AsyncRuleAuthor.objects.async_delete() == 3
    assert (await stored_in(AsyncRuleIgnoring))[0]["author"] == async_authors[0].id


async def test_nullify_removes_the_reference(async_authors):
    first, second, _ = async_authors
    await saved(
        AsyncRuleNullified(author=first, old=first, number=1),
        AsyncRuleNullified(author=second, old=first, number=2),
        AsyncRuleNullified(author=second, old=second, number=3),
    )
    assert await AsyncRuleAuthor.objects(name="a").async_delete() == 1
    found = [
        sorted(one.keys() - {"_id"}) for one in await stored_in(AsyncRuleNullified)
    ]
    assert found == [["number"], ["a", "number"], ["a", "number", "old"]]


async def test_nullify_removes_a_list_as_a_whole(async_authors):
    await saved(
        AsyncRuleNullifiedList(authors=async_authors[:2]),
        AsyncRuleNullifiedList(authors=async_authors[1:]),
    )
    await async_authors[0].async_delete()
    found = ["authors" in one for one in await stored_in(AsyncRuleNullifiedList)]
    assert found == [False, True]


async def test_pull_takes_the_reference_out_of_lists(async_authors):
    first, second, third = async_authors
    await saved(
        AsyncRulePulled(authors=[first, second, first]),
        AsyncRulePulled(authors=[third]),
        AsyncRulePulled(authors=[first]),
    )
    await first.async_delete()
    found = [one["as"] for one in await stored_in(AsyncRulePulled)]
    assert found == [[second.id], [third.id], []]


async def test_cascade_goes_down_a_chain(async_authors):
    books = [AsyncRuleBook(author=one, number=n) for n, one in enumerate(async_authors)]
    await saved(*books)
    await saved(*(AsyncRulePage(book=book) for book in books * 2))
    assert await AsyncRuleAuthor.objects(name__in=["a", "c"]).async_delete() == 2
    assert [one["number"] for one in await stored_in(AsyncRuleBook)] == [1]
    assert [one["book"] for one in await stored_in(AsyncRulePage)] == [books[1].id] * 2


async def test_cascade_through_lists_and_lazy_references(async_authors):
    first, second, third = async_authors
    await saved(
        AsyncRuleCascadeList(authors=[first, second]),
        AsyncRuleCascadeList(authors=[third]),
        AsyncRuleLazy(author=first),
        AsyncRuleLazy(author=third),
    )
    await second.async_delete()
    assert [one["authors"] for one in await stored_in(AsyncRuleCascadeList)] == [
        [third.id]
    ]
    assert len(await stored_in(AsyncRuleLazy)) == 2
    await first.async_delete()
    assert [one["author"] for one in await stored_in(AsyncRuleLazy)] == [third.id]


@pytest.mark.parametrize(
    ("field", "many"), [("author", False), ("authors", True)], ids=["one", "list"]
)
async def test_deny_refuses_and_changes_nothing(async_authors, field, many):
    first, second, _ = async_authors
    await saved(
        AsyncRuleDenied(**{field: [first] if many else first}),
        AsyncRuleBook(author=first),
        AsyncRuleNullified(author=first),
    )
    name = AsyncRuleDenied.__name__
    text = f"Could not delete document ({name}.{field} refers to it)"
    for deleting in (first.async_delete, AsyncRuleAuthor.objects.async_delete):
        with pytest.raises(OperationError) as caught:
            await deleting()
        assert str(caught.value) == text
    assert len(await stored_in(AsyncRuleAuthor)) == 3
    assert len(await stored_in(AsyncRuleBook)) == 1
    assert "a" in (await stored_in(AsyncRuleNullified))[0]
    await second.async_delete()
    assert len(await stored_in(AsyncRuleAuthor)) == 2


async def test_generic_references_and_those_in_embedded_documents(async_authors):
    first, second, _ = async_authors
    await saved(
        AsyncRuleGeneric(target=first),
        AsyncRuleGeneric(target=second),
        AsyncRuleHolder(part=AsyncRulePart(author=first)),
        AsyncRuleHolder(part=AsyncRulePart(author=second)),
    )
    await first.async_delete()
    assert ["target" in one for one in await stored_in(AsyncRuleGeneric)] == [
        False,
        True,
    ]
    parts = [one["part"] for one in await stored_in(AsyncRuleHolder)]
    assert parts == [{}, {"author": second.id}]


async def test_receivers_are_told_of_what_goes_with_a_document(async_authors):
    first = async_authors[0]
    book, _ = await saved(
        AsyncRuleBook(author=first), AsyncRuleBook(author=async_authors[1])
    )
    await saved(AsyncRulePage(book=book), AsyncRuleLazy(author=first))
    told = []

    def before(sender, document):
        told.append(("before", sender))

    def after(sender, document):
        told.append(("after", sender))

    with (
        signals.pre_delete.connected_to(before),
        signals.post_delete.connected_to(after),
    ):
        await first.async_delete()
    assert told == [
        ("before", AsyncRuleAuthor),
        ("before", AsyncRuleBook),
        ("before", AsyncRulePage),
        ("after", AsyncRulePage),
        ("after", AsyncRuleBook),
        ("before", AsyncRuleLazy),
        ("after", AsyncRuleLazy),
        ("after", AsyncRuleAuthor),
    ]
    assert len(await stored_in(AsyncRuleBook)) == 1


async def test_limits_and_delete_one_keep_to_the_rules(async_authors):
    await saved(*(AsyncRuleBook(author=one) for one in async_authors))
    by_name = AsyncRuleAuthor.objects.order_by("name")
    assert await by_name.limit(1).async_delete() == 1
    assert await by_name.async_delete_one() == 1
    assert await by_name.scalar("name").async_to_list() == ["c"]
    assert [one["a"] for one in await stored_in(AsyncRuleBook)] == [async_authors[2].id]
    await saved(AsyncRuleDenied(author=async_authors[2]))
    with pytest.raises(OperationError, match="Denied.author refers"):
        await by_name.async_delete_one()


async def test_the_ids_of_very_many_documents_go_in_batches(async_authors, monkeypatch):
    monkeypatch.setattr(delete_rules, "IDS_A_QUERY", 2)
    books = await saved(*(AsyncRuleBook(author=one) for one in async_authors))
    await saved(*(AsyncRulePage(book=book) for book in books))
    await saved(AsyncRulePulled(authors=async_authors))
    assert await AsyncRuleAuthor.objects.async_delete() == 3
    assert await stored_in(AsyncRuleBook) == await stored_in(AsyncRulePage) == []
    assert (await stored_in(AsyncRulePulled))[0]["as"] == []


async def test_a_transaction_that_aborts_leaves_all(async_authors, async_mongo_db):
    books = await saved(*(AsyncRuleBook(author=one) for one in async_authors))
    await saved(AsyncRulePage(book=books[0]), AsyncRulePulled(authors=async_authors))
    await saved(AsyncRuleNullified(author=async_authors[0]))
    async with async_mongo_db.client.start_session() as session:
        with joined(async_sessions, "default", session):
            await session.start_transaction()
            assert await AsyncRuleAuthor.objects.async_delete() == 3
            assert await AsyncRulePage.objects.async_count() == 0
            await session.abort_transaction()
    assert (
        len(await stored_in(AsyncRuleAuthor))
        == len(await stored_in(AsyncRuleBook))
        == 3
    )
    assert len(await stored_in(AsyncRulePage)) == 1
    assert len((await stored_in(AsyncRulePulled))[0]["as"]) == 3
    assert "a" in (await stored_in(AsyncRuleNullified))[0]


async def test_the_number_of_commands_does_not_grow_with_the_documents(async_sent):
    counts = []
    for size in (1, 20):
        authors = await saved(*(AsyncRuleAuthor(name="x") for _ in range(size)))
        books = await saved(*(AsyncRuleBook(author=one) for one in authors))
        await saved(*(AsyncRulePage(book=book) for book in books))
        async_sent.take()
        await AsyncRuleAuthor.objects(name="x").async_delete()
        counts.append(async_sent.targets)
    assert counts[0] == counts[1]
    assert len(counts[0]) == 16
    assert await stored_in(AsyncRulePage) == []
