"""References in lists and dicts: loaded together, by one query for each class."""

import pytest
from _async.referring import (
    AsyncRefAuthor,
    AsyncRefBase,
    AsyncRefChild,
    AsyncRefConcrete,
    AsyncRefPart,
    async_make,
    async_saved_authors,
    async_stored,
    async_with_collections,
)
from bson import DBRef, ObjectId


@pytest.fixture
async def async_ref_sent(async_sent):
    """Give what was sent, once the collections are there."""
    return await async_with_collections(async_sent)


async def test_a_list_is_loaded_by_one_query(async_ref_sent):
    authors = await async_saved_authors()
    book = await async_stored(async_ref_sent, authors=authors * 2)
    loaded = await book.authors.async_fetch()
    assert loaded == authors * 2
    assert [author.name for author in book.authors] == ["a0", "a1", "a2"] * 2
    assert async_ref_sent.take_names() == ["find"]
    assert book.authors[0] is book.authors[3]
    assert book._delta() == ({}, {})
    await book.async_save()
    assert async_ref_sent.take_names() == []


@pytest.mark.parametrize("name", ["dbrefs", "generics", "things"])
async def test_lists_of_other_kinds(async_ref_sent, name):
    authors = await async_saved_authors()
    book = await async_stored(async_ref_sent, **{name: authors})
    assert await getattr(book, name).async_fetch() == authors
    assert async_ref_sent.take_names() == ["find"]
    assert getattr(book, name)[2].name == "a2"
    assert book._delta() == ({}, {})
    await book.async_save()
    assert async_ref_sent.take_names() == []


async def test_each_class_is_asked_once(async_ref_sent):
    authors = await async_saved_authors()
    others = [await async_make(AsyncRefBase, name="b"), await async_make(AsyncRefChild)]
    book = await async_stored(async_ref_sent, generics=[*authors, *others])
    assert await book.generics.async_fetch() == [*authors, *others]
    assert sorted(async_ref_sent.take_names()) in (["find"] * 2, ["find"] * 3)


async def test_nested_containers_are_loaded_by_one_query(async_ref_sent):
    one, two, three = await async_saved_authors()
    values = {
        "matrix": [[one], [two, three], []],
        "mapped": {"x": one, "y": two},
        "data": {"x": one.to_dbref(), "y": [{"z": two.to_dbref()}], "n": 1},
        "things": [1, "x", [one.to_dbref()], {"k": two}],
    }
    for name, value in values.items():
        book = await async_stored(async_ref_sent, **{name: value})
        await getattr(book, name).async_fetch()
        assert async_ref_sent.take_names() == ["find"], name
        assert book._delta() == ({}, {})
        if name == "matrix":
            assert book.matrix == [[one], [two, three], []]
            assert book.matrix[1][0].name == "a1"
        elif name == "mapped":
            assert book.mapped["y"].name == "a1"
        elif name == "data":
            assert book.data["y"][0]["z"].name == "a1"
        else:
            assert (book.things[2][0].name, book.things[3]["k"].name) == ("a0", "a1")
    assert async_ref_sent.take_names() == []


async def test_what_embedded_documents_in_a_list_refer_to(async_ref_sent):
    one, two, three = await async_saved_authors()
    parts = [AsyncRefPart(author=one, authors=[two]), AsyncRefPart(author=three)]
    book = await async_stored(async_ref_sent, parts=parts)
    await book.parts.async_fetch()
    assert [part.author.name for part in book.parts] == ["a0", "a2"]
    assert [author.name for author in book.parts[0].authors] == ["a1"]
    assert async_ref_sent.take_names() == ["find"]
    assert book._delta() == ({}, {})


async def test_missing_ones_stay_references(async_ref_sent):
    one, two, three = await async_saved_authors()
    book = await async_stored(
        async_ref_sent, authors=[one, two, three], generics=[one, two]
    )
    before = book.to_mongo()
    await two.async_delete()
    async_ref_sent.take_names()
    found = await book.authors.async_fetch()
    assert (found[0], found[2]) == (one, three)
    assert isinstance(found[1], DBRef)
    assert found[1].id == two.pk
    assert (await book.generics.async_fetch())[0] == one
    assert set(async_ref_sent.take_names()) == {"find"}
    assert (len(book.authors), len(book.generics)) == (3, 2)
    assert async_ref_sent.take_names() == []  # reading does not ask again
    assert (book.to_mongo(), book._delta()) == (before, ({}, {}))
    book.validate()


async def test_references_to_abstract_classes_in_a_list(async_ref_sent):
    concrete = await async_make(AsyncRefConcrete, name="d")
    book = await async_stored(async_ref_sent, abstracts=[concrete, concrete])
    assert await book.abstracts.async_fetch() == [concrete, concrete]
    assert async_ref_sent.take_names() == ["find"]


async def test_an_untyped_dbref_finds_its_class(async_ref_sent):
    child = await async_make(AsyncRefChild, name="c", size=2)
    author = (await async_saved_authors(1))[0]
    things = [child.to_dbref(), author.to_dbref(), DBRef("async_ref_no", ObjectId())]
    book = await async_stored(async_ref_sent, things=things)
    found = await book.things.async_fetch()
    assert [type(one) for one in found[:2]] == [AsyncRefChild, AsyncRefAuthor]
    assert found[2] == things[2]


async def test_many_are_loaded_by_one_query(async_ref_sent):
    authors = [AsyncRefAuthor(name=str(number)) for number in range(1000)]
    await AsyncRefAuthor.objects.async_insert(authors)
    book = await async_stored(async_ref_sent, authors=authors)
    names = [author.name for author in await book.authors.async_fetch()]
    assert names == [author.name for author in authors]
    assert async_ref_sent.take_names().count("find") == 1


async def test_a_list_can_be_changed_before_and_after(async_ref_sent):
    one, two, three = await async_saved_authors()
    for is_loaded in (False, True):
        book = await async_stored(async_ref_sent, authors=[one, two])
        if is_loaded:
            await book.authors.async_fetch()
        book.authors.append(three)
        book.authors.remove(one)
        assert book._delta() == ({"authors": [two.pk, three.pk]}, {})
        await book.async_save()
        await book.async_reload()
        assert await book.authors.async_fetch() == [two, three]


async def test_circles_are_fine(async_ref_sent):
    one, two = await async_saved_authors(2)
    one.friends, two.friends = [two, one], [one]
    await one.async_save()
    await two.async_save()
    found = await AsyncRefAuthor.objects.async_get(pk=one.pk)
    friends = await found.friends.async_fetch()
    assert (await friends[0].friends.async_fetch())[0] == one
    assert found.to_mongo()["friends"] == [two.pk, one.pk]
