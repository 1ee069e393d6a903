"""Files in lists, maps and embedded documents, and those that several are busy with."""

import gc
import pickle
from io import BytesIO

import pytest
from gathering import async_gather
from PIL import Image

from mongoengine import (
    CASCADE,
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EmbeddedDocumentListField,
    FileField,
    GridFSError,
    ImageField,
    ListField,
    MapField,
    ReferenceField,
)
from mongoengine.fields import GridFSProxy, ImageGridFsProxy


class AsyncNestedPage(EmbeddedDocument):
    scan = FileField(db_field="s")
    picture = ImageField(size=(4, 4, True))


class AsyncNestedBox(Document):
    cover = FileField()
    files = ListField(FileField(), db_field="f")
    rows = ListField(ListField(FileField()))
    by_name = MapField(FileField(), db_field="m")
    pictures = ListField(ImageField(size=(4, 4, True), thumbnail_size=(2, 2)))
    page = EmbeddedDocumentField(AsyncNestedPage, db_field="p")
    pages = EmbeddedDocumentListField(AsyncNestedPage)


class AsyncNestedOwned(Document):
    owner = ReferenceField(AsyncNestedBox, reverse_delete_rule=CASCADE)
    file = FileField()


async def stored_file(content):
    file = GridFSProxy()
    await file.async_put(content)
    return file


@pytest.fixture
async def async_box(async_mongo_db):
    made = AsyncNestedBox(
        files=[await stored_file(b"0"), await stored_file(b"1")],
        rows=[[await stored_file(b"r")]],
        by_name={"a": await stored_file(b"a")},
        page=AsyncNestedPage(),
        pages=[AsyncNestedPage(), AsyncNestedPage()],
    )
    await made.page.scan.async_put(b"page")
    await made.async_save()
    return await loaded(made)


async def loaded(album):
    return await AsyncNestedBox.objects.async_get(id=album.id)


async def left_in(db):
    """Return the ids of the files that there are, if all chunks are of these."""
    files = set(await db.fs.files.distinct("_id"))
    assert set(await db.fs.chunks.distinct("files_id")) == files
    return files


PLACES = {
    "f.1": lambda album: album.files[1],
    "f.0": lambda album: next(iter(album.files)),
    "rows.0.0": lambda album: album.rows[0][0],
    "m.a": lambda album: album.by_name.get("a"),
    "p.s": lambda album: album.page.scan,
}


@pytest.mark.parametrize("path", PLACES)
async def test_a_replaced_file_is_that_of_the_document(async_box, async_mongo_db, path):
    before = await left_in(async_mongo_db)
    file = PLACES[path](async_box)
    old = file.grid_id
    await file.async_replace(b"new")
    assert async_box._get_changed_fields() == []
    again = PLACES[path](await loaded(async_box))
    assert (again.grid_id, await again.async_read()) == (file.grid_id, b"new")
    assert await left_in(async_mongo_db) == before - {old} | {file.grid_id}
    await async_box.async_save()
    assert await PLACES[path](await loaded(async_box)).async_read() == b"new"


@pytest.mark.parametrize("path", PLACES)
async def test_the_document_is_told_of_a_deleted_file(async_box, async_mongo_db, path):
    file = PLACES[path](async_box)
    old = file.grid_id
    await file.async_delete()
    assert not PLACES[path](await loaded(async_box))
    assert old not in await left_in(async_mongo_db)
    await async_box.async_save()
    assert not PLACES[path](await loaded(async_box))


@pytest.mark.parametrize(
    "path", sorted(PLACES.keys() - {"m.a"})
)  # where the key went as well
async def test_a_place_that_lost_its_file_takes_another(async_box, path):
    await PLACES[path](async_box).async_delete()
    await async_box.async_save()
    again = await loaded(async_box)
    await PLACES[path](again).async_put(b"again")
    await again.async_save()
    assert await PLACES[path](await loaded(async_box)).async_read() == b"again"


@pytest.mark.parametrize("path", PLACES)
async def test_a_file_put_later_is_saved(async_box, path):
    file = PLACES[path](async_box)
    await file.async_delete()
    await async_box.async_save()
    await file.async_put(b"again")
    await async_box.async_save()
    assert await PLACES[path](await loaded(async_box)).async_read() == b"again"


async def test_a_list_that_moved_keeps_a_file_until_it_is_saved(
    async_box, async_mongo_db
):
    async_box.files.insert(0, await stored_file(b"first"))
    old = async_box.files[1].grid_id
    await async_box.files[1].async_replace(b"new")
    assert await (await loaded(async_box)).files[0].async_read() == b"0"
    await async_box.async_save()
    again = await loaded(async_box)
    assert [await one.async_read() for one in again.files] == [b"first", b"new", b"1"]
    assert old not in await left_in(async_mongo_db)


async def test_a_file_that_is_deleted_from_such_a_list_stays_as_long(
    async_box, async_mongo_db
):
    old = async_box.files[0].grid_id
    async_box.files.insert(0, await stored_file(b"first"))
    await async_box.files[1].async_delete()
    assert not async_box.files[1]
    assert await (await loaded(async_box)).files[0].async_read() == b"0"
    await async_box.async_save()
    assert old not in await left_in(async_mongo_db)
    first, gone, last = (await loaded(async_box)).files
    assert await first.async_read() == b"first"
    assert not gone
    assert await last.async_read() == b"1"


async def test_a_file_that_moved_is_marked_where_it_is(async_box):
    file = async_box.files[1]
    async_box.files.pop(0)
    await async_box.async_save()
    await file.async_new_file()
    await file.async_write(b"new")
    await file.async_close()
    assert async_box._get_changed_fields() == ["f.0"]
    await async_box.async_save()
    (again,) = (await loaded(async_box)).files
    assert await again.async_read() == b"new"


async def test_a_document_that_is_gone_cannot_be_told(async_box, async_mongo_db):
    before = await left_in(async_mongo_db)
    lone = (await AsyncNestedBox.objects.async_first()).page
    gc.collect()
    for change in (lambda: lone.scan.async_replace(b"new"), lone.scan.async_delete):
        with pytest.raises(GridFSError, match="is gone.*keep it in a variable"):
            await change()
    assert await left_in(async_mongo_db) == before
    assert await lone.scan.async_read() == b"page"
    assert await async_box.page.scan.async_read() == b"page"


async def test_a_file_of_a_document_that_is_gone_can_be_written(async_box):
    lone = (await AsyncNestedBox.objects.async_first()).files[0]
    gc.collect()
    await lone.async_new_file()
    await lone.async_write(b"new")
    await lone.async_close()
    assert await lone.async_read() == b"new"
    assert await (await loaded(async_box)).files[0].async_read() == b"0"


def picture(size=(8, 6)):
    content = BytesIO()
    Image.new("RGB", size).save(content, "PNG")
    return content


async def test_images_in_lists_have_the_sizes_of_their_field(async_box, async_mongo_db):
    image = ImageGridFsProxy(collection_name="images")
    await image.async_put(picture())
    async_box.pictures = [image]
    await async_box.async_save()
    await async_box.pictures[0].async_replace(picture())
    image = (await loaded(async_box)).pictures[0]
    await image.async_get()
    assert image.size == (4, 4)
    assert (await image.async_get_thumbnail()).width == 2
    assert await async_mongo_db.images.files.count_documents({}) == 2


async def test_a_file_in_a_list_can_be_pickled(async_box):
    for file in (async_box.files[0], async_box.by_name["a"]):
        twin = pickle.loads(pickle.dumps(file))
        assert (twin, twin.instance) == (file, None)
    twin = pickle.loads(pickle.dumps(async_box))
    assert await twin.files[0].async_read() == b"0"


async def test_files_of_documents_that_a_rule_deletes(async_box, async_mongo_db):
    before = await left_in(async_mongo_db)
    owned = AsyncNestedOwned(owner=async_box)
    await owned.file.async_put(b"owned")
    await owned.async_save()
    await async_box.async_delete()
    assert await AsyncNestedOwned.objects.async_count() == 0
    assert before
    assert await left_in(async_mongo_db) == set()


async def put(file, content):
    try:
        await file.async_put(content)
    except GridFSError:
        return 0
    return 1


async def test_of_several_that_put_at_once_one_does(async_box, async_mongo_db):
    before = await left_in(async_mongo_db)
    cover = async_box.cover
    done = await async_gather(put(cover, b"%d" % number) for number in range(5))
    assert sum(done) == 1
    assert await left_in(async_mongo_db) == before | {cover.grid_id}


@pytest.mark.parametrize("is_saved", [True, False])
async def test_several_that_replace_at_once(async_box, async_mongo_db, is_saved):
    album = async_box if is_saved else AsyncNestedBox()
    await album.cover.async_put(b"old")
    if is_saved:
        await album.async_save()
    before = (await left_in(async_mongo_db)) - {album.cover.grid_id}
    await async_gather(album.cover.async_replace(b"%d" % n) for n in range(5))
    if is_saved:
        assert await (await loaded(album)).cover.async_read()
    await album.async_save()
    assert (await loaded(album)).cover == album.cover
    assert await left_in(async_mongo_db) == before | {album.cover.grid_id}
