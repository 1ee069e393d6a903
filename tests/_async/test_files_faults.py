"""Files when the server, or the way to it, fails."""

from io import BytesIO

import pytest
from PIL import Image
from pymongo.errors import AutoReconnect, OperationFailure

from mongoengine import Document, FileField, ImageField, OperationError
from mongoengine.connection import connect_async, disconnect_async
from mongoengine.context_managers import async_run_in_transaction
from mongoengine.fields import GridFSProxy
from mongoengine.testing import local_mongod

LONG = bytes(range(256)) * 3000  # three chunks


class AsyncFileFault(Document):
    file = FileField()
    image = ImageField(thumbnail_size=(5, 5))


@pytest.fixture(scope="module")
def own_uri():
    """Give a server of these tests' own: a fail point holds for all who use one."""
    with local_mongod() as server:
        yield server.uri


@pytest.fixture
async def async_own_db(async_mongo_db, own_uri):
    await disconnect_async()
    name = async_mongo_db.name
    client = await connect_async(name, host=own_uri, uuidRepresentation="standard")
    await client.admin.command("ping")
    yield client[name]
    await client.drop_database(name)


@pytest.fixture
async def async_stored(async_own_db):
    document = AsyncFileFault()
    await document.file.async_put(LONG)
    return await document.async_save()


@pytest.fixture
async def async_failing(async_own_db):
    """Give what has the server fail commands of a name: by default, the next two."""
    admin = async_own_db.client.admin

    async def fail(name, mode=None, **how):
        await admin.command(
            "configureFailPoint",
            "failCommand",
            mode=mode or {"times": 2},  # the driver tries twice
            data={"failCommands": [name], **how},
        )

    yield fail
    await fail("ping", "off")


async def loaded(document):
    return await AsyncFileFault.objects.async_get(id=document.id)


async def left_in(db, name="fs"):
    """Return the ids of the files that there are, and of those that chunks are of."""
    files = await db[name].files.distinct("_id")
    chunks = await db[name].chunks.distinct("files_id")
    return set(files), set(chunks)


@pytest.mark.parametrize(
    ("how", "error"),
    [({"closeConnection": True}, AutoReconnect), ({"errorCode": 13}, OperationFailure)],
)
async def test_reading_fails_aloud(async_stored, async_failing, how, error):
    letter = await loaded(async_stored)
    for read in (letter.file.async_get, letter.file.async_read):
        await async_failing("find", **how)
        with pytest.raises(error):
            await read()
    await async_failing("find", "off")
    assert await letter.file.async_read() == LONG


@pytest.mark.parametrize(
    ("how", "error"),
    [({"closeConnection": True}, AutoReconnect), ({"errorCode": 13}, OperationFailure)],
)
async def test_storing_fails_aloud(
    async_stored, async_own_db, async_failing, how, error
):
    before, proxy = await left_in(async_own_db), GridFSProxy()
    await async_failing("insert", **how)
    with pytest.raises(error):
        await proxy.async_put(b"x")
    assert not proxy
    await async_failing("insert", "off")
    assert await left_in(async_own_db) == before


@pytest.mark.parametrize("command", ["insert", "update"])
async def test_a_failed_replace_loses_nothing(
    async_stored, async_own_db, async_failing, command
):
    before = await left_in(async_own_db)
    await async_failing(command, errorCode=13)
    with pytest.raises((OperationFailure, OperationError)):
        await async_stored.file.async_replace(b"new")
    await async_failing(command, "off")
    assert await left_in(async_own_db) == before
    assert await async_stored.file.async_read() == LONG
    assert await (await loaded(async_stored)).file.async_read() == LONG


def notes_of(raised):
    return " ".join(raised.value.__notes__)


async def test_a_replace_of_unknown_outcome_keeps_both(
    async_stored, async_own_db, async_failing
):
    await async_failing("update", closeConnection=True)
    with pytest.raises(AutoReconnect) as raised:
        await async_stored.file.async_replace(b"new")
    both, _ = await left_in(async_own_db)
    (new,) = both - {async_stored.file.grid_id}
    assert f"still has the file {async_stored.file.grid_id}, or" in notes_of(raised)
    assert f"by now {new}; neither was removed" in notes_of(raised)
    await async_failing("update", "off")
    assert await async_stored.file.async_read() == LONG
    assert await (await loaded(async_stored)).file.async_read() == LONG


async def test_a_failed_removal_leaves_the_new_file(async_stored, async_failing):
    old = async_stored.file.grid_id
    await async_failing("delete", errorCode=13)
    with pytest.raises(OperationFailure) as raised:
        await async_stored.file.async_replace(b"new")
    assert await (await loaded(async_stored)).file.async_read() == b"new"
    assert f"may still be there: {old}" in notes_of(raised)
    assert "saving it again removes the old one" in notes_of(raised)


async def test_what_could_not_be_taken_back_is_told(
    async_stored, async_own_db, async_failing
):
    both = ["update", "delete"]
    await async_failing("", "alwaysOn", failCommands=both, errorCode=13)
    with pytest.raises(OperationError) as raised:
        await async_stored.file.async_replace(b"new")
    (new,) = (await left_in(async_own_db))[0] - {async_stored.file.grid_id}
    assert "'fs' on alias 'default' that were to be removed" in notes_of(raised)
    assert f"may still be there: {new} (" in notes_of(raised)


async def test_files_of_deleted_documents_that_stay_are_told(
    async_stored, async_failing
):
    for number in range(11):
        document = AsyncFileFault()
        await document.file.async_put(b"%d" % number)
        await document.async_save()
    await async_failing("delete", {"skip": 1}, errorCode=13)
    with pytest.raises(OperationFailure) as raised:
        await AsyncFileFault.objects.async_delete()
    assert f"there: {async_stored.file.grid_id}, " in notes_of(raised)
    assert notes_of(raised).endswith(" and 2 more")


async def test_the_next_save_removes_what_could_not_be(
    async_stored, async_failing, async_own_db
):
    await async_failing("delete", errorCode=13)
    with pytest.raises(OperationFailure):
        await async_stored.file.async_replace(b"new")
    await async_failing("delete", errorCode=13)
    with pytest.raises(OperationFailure):
        await async_stored.async_save()
    await async_failing("delete", "off")
    await async_stored.async_save()
    only = {async_stored.file.grid_id}
    assert await left_in(async_own_db) == (only, only)


async def test_a_document_that_stays_keeps_its_file(async_stored, async_failing):
    await async_failing("delete", errorCode=13)
    with pytest.raises(OperationFailure):
        await AsyncFileFault.objects.async_delete()
    await async_failing("delete", "off")
    assert await (await loaded(async_stored)).file.async_read() == LONG


def picture():
    content = BytesIO()
    Image.new("RGB", (40, 20)).save(content, "PNG")
    return content


async def test_an_image_that_fails_leaves_no_thumbnail(
    async_stored, async_own_db, async_failing
):
    await async_stored.image.async_put(picture())
    before = await left_in(async_own_db, "images")
    assert len(before[0]) == 2
    await async_failing("insert", {"skip": 2}, errorCode=13)  # the thumbnail's
    with pytest.raises(OperationFailure):
        await async_stored.image.async_replace(picture())
    await async_failing("insert", "off")
    assert await left_in(async_own_db, "images") == before
    assert await async_stored.image.async_read()


async def test_a_refused_command_aborts_a_transaction(
    async_stored, async_own_db, async_failing
):
    before = await left_in(async_own_db)
    await async_failing("update", errorCode=13)
    with pytest.raises(OperationError):
        async with async_run_in_transaction():
            await async_stored.file.async_replace(b"new")
    await async_failing("update", "off")
    assert await left_in(async_own_db) == before
    assert await async_stored.file.async_read() == LONG


class AsyncFileFaultAfar(Document):
    file = FileField(db_alias="afar")


@pytest.fixture
async def async_afar(async_own_db, own_uri):
    client = await connect_async(
        f"{async_own_db.name}_b", "afar", host=own_uri, uuidRepresentation="standard"
    )
    document = AsyncFileFaultAfar()
    await document.file.async_put(b"old")
    yield await document.async_save()
    await client.drop_database(f"{async_own_db.name}_b")
    await disconnect_async("afar")


async def replaced_in_a_block(document, fail, *errors):
    async with async_run_in_transaction():
        await document.file.async_replace(b"new")
        await fail("delete", errorCode=13)
        for error in errors:
            raise error


async def test_what_an_abort_could_not_remove_is_told(async_afar, async_failing):
    with pytest.raises(ZeroDivisionError) as raised:
        await replaced_in_a_block(async_afar, async_failing, ZeroDivisionError())
    await async_failing("delete", "off")
    assert "'afar' that were to be removed, and may still be" in notes_of(raised)
    assert await async_afar.file.async_read() == b"old"


async def test_what_a_commit_could_not_remove_is_told(async_afar, async_failing):
    old = async_afar.file.grid_id
    with pytest.raises(OperationFailure) as raised:
        await replaced_in_a_block(async_afar, async_failing)
    await async_failing("delete", "off")
    assert f"may still be there: {old}" in notes_of(raised)
    again = await AsyncFileFaultAfar.objects.async_get()
    assert await again.file.async_read() == b"new"
