"""Files that several requests replace, each with a document that it loaded for itself."""

from contextlib import suppress

import pytest
from _async.filing import AsyncFileLetter, AsyncFilePage, left_in, loaded
from gathering import async_gather

from mongoengine.context_managers import async_run_in_transaction
from mongoengine.fields import GridFSProxy

PLACES = {
    "f": lambda letter: letter.file,
    "p.s": lambda letter: letter.page.scan,
    "by_name.a": lambda letter: letter.by_name.get("a", GridFSProxy()),
    "files.0": lambda letter: letter.files[0],
}


@pytest.fixture
async def async_stored(async_mongo_db):
    letter = AsyncFileLetter(
        page=AsyncFilePage(), files=[GridFSProxy()], by_name={"a": GridFSProxy()}
    )
    for place in PLACES.values():
        await place(letter).async_put(b"old")
    return await letter.async_save()


async def ids_of(letter):
    """Return the ids of all files that the document in the database has."""
    found = await loaded(letter)
    return {place(found).grid_id for place in PLACES.values()} - {None}


async def content_of(letter, path):
    return await PLACES[path](await loaded(letter)).async_read()


@pytest.mark.parametrize("path", PLACES)
async def test_a_save_does_not_write_what_a_replace_has_stored(
    async_stored, async_mongo_db, path
):
    one = await loaded(async_stored)
    await PLACES[path](one).async_replace(b"1")
    assert one._get_changed_fields() == []
    other = await loaded(async_stored)
    await PLACES[path](other).async_replace(b"2")
    await other.async_save()
    one.number = 1
    await one.async_save()
    assert await content_of(async_stored, path) == b"2"
    assert await left_in(async_mongo_db) == (await ids_of(async_stored),) * 2


@pytest.mark.parametrize("path", PLACES)
async def test_the_last_that_replaces_wins(async_stored, async_mongo_db, path):
    one, other = await loaded(async_stored), await loaded(async_stored)
    await PLACES[path](other).async_replace(b"2")
    await PLACES[path](one).async_replace(b"1")
    await one.async_save()
    await other.async_save()
    assert await content_of(async_stored, path) == b"1"
    assert await left_in(async_mongo_db) == (await ids_of(async_stored),) * 2


@pytest.mark.parametrize("path", PLACES)
async def test_the_last_that_deletes_wins(async_stored, async_mongo_db, path):
    one, other = await loaded(async_stored), await loaded(async_stored)
    await PLACES[path](other).async_replace(b"2")
    await PLACES[path](one).async_delete()
    await one.async_save()
    assert len(await ids_of(async_stored)) == 3
    assert await left_in(async_mongo_db) == (await ids_of(async_stored),) * 2


@pytest.mark.parametrize("path", ["f", "p.s", "files.0"])
async def test_a_file_that_was_deleted_meanwhile_is_saved(
    async_stored, async_mongo_db, path
):
    one, other = await loaded(async_stored), await loaded(async_stored)
    await PLACES[path](other).async_delete()
    await PLACES[path](one).async_replace(b"1")
    assert one._get_changed_fields() == [path]
    await one.async_save()
    assert await content_of(async_stored, path) == b"1"
    assert await left_in(async_mongo_db) == (await ids_of(async_stored),) * 2


async def test_a_replaced_file_of_a_deleted_document(async_stored, async_mongo_db):
    one = await loaded(async_stored)
    await async_stored.async_delete()
    await one.file.async_replace(b"1")
    assert await left_in(async_mongo_db) == ({one.file.grid_id},) * 2
    assert await AsyncFileLetter.objects.async_count() == 0


@pytest.mark.parametrize("path", PLACES)
async def test_a_file_that_is_written_replaces_what_is_there_by_then(
    async_stored, async_mongo_db, path
):
    one, other = await loaded(async_stored), await loaded(async_stored)
    await PLACES[path](one).async_new_file()
    await PLACES[path](one).async_write(b"1")
    await PLACES[path](one).async_close()
    await PLACES[path](other).async_replace(b"2")
    await one.async_save()
    assert await content_of(async_stored, path) == b"1"
    assert await left_in(async_mongo_db) == (await ids_of(async_stored),) * 2


@pytest.mark.parametrize("path", ["f", "p.s", "by_name.a"])
async def test_many_that_replace_and_save_at_once(async_stored, async_mongo_db, path):
    async def request(number):
        letter = await loaded(async_stored)
        await PLACES[path](letter).async_replace(b"%d" % number)
        letter.number = number
        await letter.async_save()

    await async_gather(request(number) for number in range(20))
    assert await content_of(async_stored, path) in {b"%d" % n for n in range(20)}
    assert await left_in(async_mongo_db) == (await ids_of(async_stored),) * 2


async def test_one_document_that_is_saved_while_its_file_is_replaced(
    async_stored, async_mongo_db
):
    async def write(number):
        await async_stored.file.async_new_file()
        async_stored.number = number
        await async_stored.async_save()

    async def replace(number):
        await async_stored.file.async_replace(b"%d" % number)
        await async_stored.async_save()

    for number in range(10):
        await async_gather(work(number) for work in (write, replace, write))
        await async_stored.file.async_replace(b"end")
        await async_stored.async_save()
        assert await content_of(async_stored, "f") == b"end"
    assert (await left_in(async_mongo_db))[0] == await ids_of(async_stored)


@pytest.mark.parametrize("path", PLACES)
async def test_what_was_taken_back_is_not_saved_later(
    async_stored, async_mongo_db, path
):
    one = await loaded(async_stored)
    with suppress(ZeroDivisionError):
        async with async_run_in_transaction():
            await PLACES[path](one).async_replace(b"1")
            raise ZeroDivisionError
    assert one._get_changed_fields() == []
    other = await loaded(async_stored)
    await PLACES[path](other).async_replace(b"2")
    one.number = 1
    await one.async_save()
    assert await content_of(async_stored, path) == b"2"
    assert await left_in(async_mongo_db) == (await ids_of(async_stored),) * 2


async def test_what_waited_for_a_save_waits_again_after_an_abort(async_stored):
    one = await AsyncFileLetter.objects.async_get()
    await one.other.async_put(b"first")
    with suppress(ZeroDivisionError):
        async with async_run_in_transaction():
            await one.async_save()
            await one.other.async_replace(b"second")
            assert one._get_changed_fields() == []
            raise ZeroDivisionError
    assert one._get_changed_fields() == ["other"]
    await one.async_save()
    assert await (await loaded(one)).other.async_read() == b"first"
