"""Documents and their files: what is replaced, deleted, or never loaded."""

from contextlib import suppress

import pytest
from _async.filing import LONG, AsyncFileLetter, AsyncFilePage, left_in, loaded
from pymongo import ReadPreference

from mongoengine import Document, FileField, SaveConditionError
from mongoengine.context_managers import async_run_in_transaction
from mongoengine.fields import GridFSProxy


@pytest.fixture
async def async_blank(async_mongo_db):
    return await AsyncFileLetter(number=1).async_save()


@pytest.fixture
async def async_stored(async_blank):
    await async_blank.file.async_put(LONG, filename="long.bin")
    return await async_blank.async_save()


async def test_replace_changes_what_is_stored(async_stored, async_mongo_db):
    old = async_stored.file.grid_id
    await async_stored.file.async_replace(b"new", filename="n")
    new = async_stored.file.grid_id
    assert new != old
    assert (await loaded(async_stored)).file.grid_id == new
    assert await async_stored.file.async_read() == b"new"
    assert await left_in(async_mongo_db) == ({new}, {new})
    assert async_stored._get_changed_fields() == []


async def test_replace_of_an_unsaved_document(async_mongo_db):
    letter = AsyncFileLetter()
    await letter.file.async_replace(b"first")
    await letter.file.async_replace(b"second")
    assert await letter.file.async_read() == b"second"
    assert await left_in(async_mongo_db) == ({letter.file.grid_id},) * 2
    assert await AsyncFileLetter.objects.async_count() == 0


async def test_files_in_embedded_documents(async_blank, async_mongo_db):
    async_blank.page = AsyncFilePage()
    async_blank.pages = [AsyncFilePage(), AsyncFilePage()]
    for page in (async_blank.page, *async_blank.pages):
        await page.scan.async_put(b"old")
    await async_blank.async_save()
    letter = await loaded(async_blank)
    await letter.page.scan.async_replace(b"new")
    await letter.pages[1].scan.async_replace(b"newest")
    assert letter._get_changed_fields() == []
    letter = await loaded(async_blank)
    assert await letter.page.scan.async_read() == b"new"
    assert await letter.pages[0].scan.async_read() == b"old"
    assert await letter.pages[1].scan.async_read() == b"newest"
    await letter.pages[1].scan.async_delete()
    letter = await loaded(async_blank)
    assert not letter.pages[1].scan
    assert len((await left_in(async_mongo_db))[0]) == 2


async def test_files_in_containers(async_blank, async_mongo_db):
    files = [GridFSProxy(), GridFSProxy()]
    await files[0].async_put(b"0")
    await files[1].async_put(b"1")
    async_blank.files, async_blank.by_name = files[:1], {"one": files[1]}
    await async_blank.async_save()
    letter = await loaded(async_blank)
    assert await letter.files[0].async_read() == b"0"
    assert await letter.by_name["one"].async_read() == b"1"
    await letter.async_delete()
    assert await left_in(async_mongo_db) == (set(), set())


async def test_delete_changes_what_is_stored(async_stored, async_mongo_db):
    await async_stored.file.async_delete()
    assert not async_stored.file
    assert await async_stored.file.async_read() is None
    assert not (await loaded(async_stored)).file
    assert await left_in(async_mongo_db) == (set(), set())
    await async_stored.file.async_put(b"again")
    assert await async_stored.file.async_read() == b"again"


async def test_a_new_file_takes_the_place_of_another(async_stored, async_mongo_db):
    old = async_stored.file.grid_id
    await async_stored.file.async_new_file()
    await async_stored.file.async_write(b"new")
    await async_stored.file.async_close()
    assert old in (await left_in(async_mongo_db))[0]
    await async_stored.async_save()
    assert await left_in(async_mongo_db) == ({async_stored.file.grid_id},) * 2


async def test_deleting_a_document_removes_its_files(async_stored, async_mongo_db):
    await async_stored.other.async_put(b"x")
    page = async_stored.page = AsyncFilePage()
    await page.scan.async_put(b"y")
    await async_stored.async_save()
    await async_stored.async_delete()
    assert await left_in(async_mongo_db) == (set(), set())
    assert await left_in(async_mongo_db, "attic") == (set(), set())


async def test_a_deleted_document_has_no_file_any_more(async_stored):
    await async_stored.async_delete()
    assert not async_stored.file
    assert await async_stored.file.async_read() is None
    assert "f" not in async_stored.to_mongo()
    await async_stored.async_save(force_insert=True)
    assert not (await loaded(async_stored)).file


async def test_a_partly_loaded_document_removes_all_files(async_stored, async_mongo_db):
    letter = await AsyncFileLetter.objects.only("number").async_first()
    await letter.async_delete()
    assert await left_in(async_mongo_db) == (set(), set())


async def test_files_of_unsaved_changes_are_removed(async_blank, async_mongo_db):
    await async_blank.file.async_put(b"never saved")
    await async_blank.async_delete()
    assert not async_blank.file
    assert await left_in(async_mongo_db) == (set(), set())


@pytest.fixture
async def async_three(async_mongo_db):
    for number in range(3):
        letter = AsyncFileLetter(number=number)
        await letter.file.async_put(b"%d" % number)
        await letter.async_save()
    return AsyncFileLetter.objects


async def test_deleting_by_query_removes_files(async_three, async_mongo_db):
    assert await async_three(number__gt=0).async_delete() == 2
    (letter,) = await async_three.async_to_list()
    assert await left_in(async_mongo_db) == ({letter.file.grid_id},) * 2
    assert await async_three.async_delete_one() == 1
    assert await left_in(async_mongo_db) == (set(), set())


async def test_what_a_query_does_not_delete_keeps_its_file(async_three, async_mongo_db):
    assert await async_three(number=5).async_delete() == 0
    assert await async_three.skip(2).async_delete() == 1
    assert len((await left_in(async_mongo_db))[0]) == 2


async def test_files_are_looked_for_where_is_written(async_three, async_mongo_db):
    elsewhere = async_three.read_preference(ReadPreference.SECONDARY)  # there is none
    assert await elsewhere.async_delete() == 3
    assert await left_in(async_mongo_db) == (set(), set())


async def test_modify_hands_over_the_file(async_three):
    letter = await async_three(number=1).async_modify(remove=True)
    assert await letter.file.async_read() == b"1"


class AsyncFileChild(Document):
    file = FileField()
    meta = {"allow_inheritance": True}


class AsyncFileGrandchild(AsyncFileChild):
    more = FileField()


async def test_a_subclass_has_files_of_its_own(async_mongo_db):
    child = AsyncFileGrandchild()
    await child.file.async_put(b"a")
    await child.more.async_put(b"b")
    await child.async_save()
    assert await AsyncFileChild.objects.async_delete() == 1
    assert await left_in(async_mongo_db) == (set(), set())


async def put(file):
    await file.async_put(b"new")


async def replace(file):
    await file.async_replace(b"new")


async def write(file):
    await file.async_write(b"new")
    await file.async_close()


@pytest.mark.parametrize("store", [put, replace, write])
@pytest.mark.parametrize("is_page", [False, True])
async def test_a_file_that_was_not_loaded_is_replaced(
    async_blank, async_mongo_db, store, is_page
):
    async_blank.page = AsyncFilePage()
    for file in (async_blank.file, async_blank.page.scan):
        await file.async_put(b"old")
    await async_blank.async_save()
    kept = (async_blank.file if is_page else async_blank.page.scan).grid_id
    letter = await AsyncFileLetter.objects.only("number", "page.note").async_get()
    file = letter.page.scan if is_page else letter.file
    assert not file
    await store(file)
    assert len((await left_in(async_mongo_db))[0]) == 3
    await letter.async_save()
    again = await loaded(letter)
    assert await (again.page.scan if is_page else again.file).async_read() == b"new"
    assert await left_in(async_mongo_db) == ({kept, file.grid_id},) * 2


async def test_a_file_that_was_not_loaded_is_deleted(async_stored, async_mongo_db):
    letter = await AsyncFileLetter.objects.only("number").async_get()
    await letter.file.async_delete()
    assert await (await loaded(letter)).file.async_read() == LONG
    await letter.async_save()
    assert not (await loaded(letter)).file
    assert await left_in(async_mongo_db) == (set(), set())


async def test_a_save_that_fails_leaves_what_was_not_loaded(
    async_stored, async_mongo_db
):
    letter = await AsyncFileLetter.objects.only("number").async_get()
    await letter.file.async_put(b"new")
    with pytest.raises(SaveConditionError):
        await letter.async_save(save_condition={"number": 5})
    assert await (await loaded(letter)).file.async_read() == LONG
    await letter.async_save()
    assert await left_in(async_mongo_db) == ({letter.file.grid_id},) * 2


async def test_a_transaction_that_is_aborted_leaves_what_was_not_loaded(
    async_stored, async_mongo_db
):
    letter = await AsyncFileLetter.objects.only("number").async_get()
    with suppress(ZeroDivisionError):
        async with async_run_in_transaction():
            await letter.file.async_put(b"new")
            await letter.async_save()
            raise ZeroDivisionError
    letter.number = 2
    await letter.async_save()
    assert await (await loaded(letter)).file.async_read() == LONG
    await letter.file.async_put(b"newest")
    await letter.async_save()
    assert await left_in(async_mongo_db) == ({letter.file.grid_id},) * 2


async def test_a_file_that_moved_within_a_document_stays(async_stored, async_mongo_db):
    letter = await loaded(async_stored)
    letter.page = AsyncFilePage(scan=letter.file)
    letter.file = None
    await letter.file.async_put(b"new")
    await letter.async_save()
    again = await loaded(letter)
    assert await again.page.scan.async_read() == LONG
    assert await again.file.async_read() == b"new"


async def test_the_first_file_of_a_saved_document_removes_none(
    async_blank, async_mongo_db
):
    await async_blank.file.async_put(b"first")
    await async_blank.async_save()
    await async_blank.async_save()
    assert await left_in(async_mongo_db) == ({async_blank.file.grid_id},) * 2


async def test_a_file_that_moved_to_another_document_stays(async_blank):
    async_blank.pages = [AsyncFilePage(), AsyncFilePage()]
    await async_blank.pages[0].scan.async_put(b"moved")
    await async_blank.async_save()
    letter = await loaded(async_blank)
    other = await AsyncFileLetter(pages=[letter.pages.pop(0)]).async_save()
    await letter.pages[0].scan.async_put(b"new")
    await letter.async_save()
    assert await (await loaded(other)).pages[0].scan.async_read() == b"moved"
    assert await (await loaded(letter)).pages[0].scan.async_read() == b"new"
