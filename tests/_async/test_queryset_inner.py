"""Querysets as values: of conditions, of updates, and where documents are given."""

import pytest

from mongoengine import (
    Document,
    ListField,
    OperationError,
    Q,
    ReferenceField,
    SaveConditionError,
    StringField,
    ValidationError,
)


class AsyncInnerAuthor(Document):
    name = StringField()
    meta = {"collection": "authors"}


class AsyncInnerPost(Document):
    title = StringField()
    authors = ListField(ReferenceField(AsyncInnerAuthor))
    meta = {"collection": "posts"}


@pytest.fixture
async def async_authors(async_sent):
    """Store three authors, and a post without any; give the authors in order."""
    new = [AsyncInnerAuthor(name=name) for name in "abc"]
    authors = await AsyncInnerAuthor.objects.async_insert(new)
    await AsyncInnerPost(title="x").async_save()
    async_sent.commands.clear()
    return authors


def some():
    return AsyncInnerAuthor.objects(name__in="bc").order_by("name")


async def stored_authors():
    post = await AsyncInnerPost.objects.as_pymongo().async_first()
    return post.get("authors", [])


def ids_of(documents):
    return [document.id for document in documents]


@pytest.mark.parametrize(
    "change",
    [
        lambda posts: posts.async_update(set__authors=some()),
        lambda posts: posts.async_update(authors=some()),
        lambda posts: posts.async_update(push_all__authors=some()),
        lambda posts: posts.async_update(add_to_set__authors=some()),
        lambda posts: posts.async_update_one(set__authors=some()),
        lambda posts: posts.async_upsert_one(set__authors=some()),
        lambda posts: posts.async_modify(set__authors=some()),
        lambda posts: posts.async_modify(push_all__authors=some(), new=True),
    ],
)
async def test_updates_take_the_rows(async_authors, async_sent, change):
    await change(AsyncInnerPost.objects)
    assert async_sent.targets[0] == ("find", "authors")
    assert len(async_sent.of("find")) <= 2  # the other one is of upsert_one()
    assert await stored_authors() == ids_of(async_authors[1:])


async def test_rows_are_pulled(async_authors):
    await AsyncInnerPost.objects.async_update(authors=async_authors)
    await AsyncInnerPost.objects.async_update(pull_all__authors=some())
    assert await stored_authors() == ids_of(async_authors[:1])
    await AsyncInnerPost.objects.async_update(authors=async_authors)
    await AsyncInnerPost.objects.async_update(pull__authors__in=some())
    assert await stored_authors() == ids_of(async_authors[:1])


async def test_no_rows_are_an_empty_list(async_authors):
    await AsyncInnerPost.objects.async_update(authors=async_authors)
    await AsyncInnerPost.objects.async_update(authors=some().none())
    assert await stored_authors() == []


async def test_a_push_is_of_one_item(async_authors, async_sent):
    with pytest.raises(ValidationError, match="only accepts DBRef"):
        await AsyncInnerPost.objects.async_update(push__authors=some())
    assert async_sent.commands == []


async def test_what_is_unset_is_not_asked_for(async_authors, async_sent):
    await AsyncInnerPost.objects.async_update(unset__authors=some())
    assert async_sent.names == ["update"]


async def test_a_document_takes_the_rows(async_authors):
    post = await AsyncInnerPost.objects.async_get()
    await post.async_update(set__authors=some())
    assert await stored_authors() == ids_of(async_authors[1:])
    others = AsyncInnerAuthor.objects(name="a")
    assert not await post.async_modify({"authors__in": others}, authors=[])
    assert await post.async_modify({"authors__in": some()}, authors=others)
    assert await stored_authors() == ids_of(async_authors[:1])


async def test_a_save_condition_takes_the_rows(async_authors):
    post = await AsyncInnerPost.objects.async_get()
    await post.async_update(set__authors=some())
    post.title = "y"
    nobody = AsyncInnerAuthor.objects(name="a")
    with pytest.raises(SaveConditionError):
        await post.async_save(save_condition={"authors__in": nobody})
    await post.async_save(save_condition={"authors__in": some()})
    assert await AsyncInnerPost.objects(title="y").async_count() == 1


async def test_conditions_take_the_rows_which_are_kept(async_authors, async_sent):
    await AsyncInnerPost.objects.async_update(authors=async_authors[1:])
    async_sent.commands.clear()
    posts = AsyncInnerPost.objects(Q(authors__in=some()) | Q(title="z"))
    assert await posts.async_count() == 1
    assert (await posts.async_get()).title == "x"
    assert await posts.async_exists()
    assert async_sent.targets.count(("find", "authors")) == 1


async def test_new_documents_take_the_rows(async_authors):
    await AsyncInnerPost.objects.async_delete()
    await AsyncInnerPost.objects.async_create(authors=some())
    assert await stored_authors() == ids_of(async_authors[1:])


async def test_in_bulk_takes_the_rows(async_authors):
    ids = some().scalar("id")
    found = await AsyncInnerAuthor.objects.async_in_bulk(ids)
    assert list(found.values()) == async_authors[1:]


async def test_what_is_stored_already_is_not_inserted(async_authors):
    with pytest.raises(OperationError, match="Some documents have ObjectIds"):
        await AsyncInnerAuthor.objects.async_insert(some())
    with pytest.raises(TypeError, match="must be a non-empty list"):
        await AsyncInnerAuthor.objects.async_insert(some().none())
