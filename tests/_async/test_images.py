"""Images in GridFS: made smaller, with thumbnails, and refused if they are none."""

import asyncio  # async-only
import gc
import time  # async-only
import warnings
from contextlib import suppress
from io import BytesIO

import pytest
from PIL import Image

from mongoengine import Document, ImageField, ListField, ValidationError
from mongoengine.fields import ImageGridFsProxy


class AsyncImagePhoto(Document):
    plain = ImageField()
    sized = ImageField(size=(20, 30))
    forced = ImageField(size=(20, 30, True))
    thumbed = ImageField(size=(20, 30), thumbnail_size=(5, 5, True))
    several = ListField(ImageField())


FORMATS = ["PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF"]


def picture(size=(40, 20), form="PNG", **options):
    content = BytesIO()
    Image.new("RGB", size, (200, 10, 10)).save(content, form, **options)
    content.seek(0)
    return content


def size_of(data):
    return Image.open(BytesIO(data)).size


async def counts(db):
    return (
        await db.images.files.count_documents({}),
        len(await db.images.chunks.distinct("files_id")),
    )


@pytest.fixture
async def async_album(async_mongo_db):
    return await AsyncImagePhoto().async_save()


@pytest.mark.parametrize("form", FORMATS)
async def test_formats(async_album, form):
    await async_album.plain.async_put(picture(form=form), filename="x")
    await async_album.async_save()
    photo = await AsyncImagePhoto.objects.async_first()
    gridout = await photo.plain.async_get()
    assert photo.plain.size == (40, 20)
    assert photo.plain.format == form
    assert gridout.filename == "x"
    assert gridout._file["thumbnail_id"] is None
    image = Image.open(BytesIO(await photo.plain.async_read()))
    assert (image.size, image.format) == ((40, 20), form)


@pytest.mark.parametrize(
    ("name", "given", "kept"),
    [
        ("sized", (40, 20), (20, 10)),
        ("sized", (40, 120), (10, 30)),
        ("sized", (20, 30), (20, 30)),
        ("sized", (4, 3), (4, 3)),
        ("forced", (40, 20), (20, 30)),
        ("forced", (4, 3), (4, 3)),
        ("forced", (4, 300), (20, 30)),
    ],
)
async def test_sizes(async_album, name, given, kept):
    proxy = getattr(async_album, name)
    await proxy.async_put(picture(given))
    await proxy.async_get()
    assert proxy.size == kept
    assert size_of(await proxy.async_read()) == kept


async def test_thumbnail(async_album, async_mongo_db):
    await async_album.thumbed.async_put(picture())
    await async_album.async_save()
    photo = await AsyncImagePhoto.objects.async_first()
    thumbnail = await photo.thumbed.async_get_thumbnail()
    assert (thumbnail.width, thumbnail.height, thumbnail.format) == (5, 5, "PNG")
    assert size_of(await thumbnail.read()) == (5, 5)
    assert await counts(async_mongo_db) == (2, 2)
    await photo.thumbed.async_replace(picture(form="JPEG"))
    assert (await photo.thumbed.async_get_thumbnail()).format == "JPEG"
    assert await counts(async_mongo_db) == (2, 2)
    await photo.thumbed.async_delete()
    assert await counts(async_mongo_db) == (0, 0)


async def test_no_thumbnail(async_album):
    assert await async_album.thumbed.async_get_thumbnail() is None
    await async_album.plain.async_put(picture())
    assert await async_album.plain.async_get_thumbnail() is None


async def test_no_image(async_album):
    assert async_album.plain.size is None
    assert async_album.plain.format is None
    assert await async_album.plain.async_read() is None


async def test_deleting_documents_removes_thumbnails(async_album, async_mongo_db):
    await async_album.thumbed.async_put(picture())
    await async_album.async_save()
    await async_album.async_delete()
    assert await counts(async_mongo_db) == (0, 0)


def pieces_of(content):
    yield content.read(10)
    yield content.read()


@pytest.mark.parametrize(
    "make",
    [
        lambda: picture().read(),
        lambda: pieces_of(picture()),
        lambda: rewound(picture()),
    ],
)
async def test_sources(async_album, make):
    await async_album.plain.async_put(make())
    assert size_of(await async_album.plain.async_read()) == (40, 20)


def rewound(content):
    content.seek(5)  # Pillow goes back to the beginning
    return content


async def test_a_path(async_album, tmp_path):
    path = tmp_path / "picture.png"
    path.write_bytes(picture().read())
    await async_album.plain.async_put(str(path))
    assert size_of(await async_album.plain.async_read()) == (40, 20)


def save_broken(path):
    path.write_bytes(picture((400, 400)).read()[:200])


def save_moving(path):
    frames = [Image.new("P", (40, 20), colour) for colour in range(3)]
    frames[0].save(path, "GIF", save_all=True, append_images=frames[1:])


@pytest.mark.parametrize("name", ["plain", "thumbed", "forced"])
@pytest.mark.parametrize("save", [save_broken, save_moving])
async def test_a_path_is_closed_again(async_album, tmp_path, name, save):
    path = tmp_path / "picture"
    save(path)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ResourceWarning)
        with suppress(OSError):
            await getattr(async_album, name).async_put(str(path))
        gc.collect()
    assert [one.message for one in caught] == []


async def test_another_image_is_copied(async_album):
    await async_album.plain.async_put(picture())
    await async_album.sized.async_put(async_album.plain)
    assert size_of(await async_album.sized.async_read()) == (20, 10)


async def test_an_image_of_no_document(async_album):
    proxy = ImageGridFsProxy(collection_name="images")
    await proxy.async_put(picture())
    async_album.several = [proxy]
    await async_album.async_save()
    (image,) = (await AsyncImagePhoto.objects.async_first()).several
    assert size_of(await image.async_read()) == (40, 20)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (BytesIO(b"no image"), "Invalid image: cannot identify image file"),
        (BytesIO(), "Invalid image: cannot identify image file"),
        (b"no image", "Invalid image: cannot identify image file"),
        ("no such path", "Invalid image: .* No such file or directory"),
        (5, "Invalid image: 'int' object has no attribute 'read'"),
        (None, "Invalid image: 'NoneType' object has no attribute 'read'"),
    ],
)
async def test_improper_images(async_album, async_mongo_db, content, message):
    with pytest.raises(ValidationError, match=message):
        await async_album.plain.async_put(content)
    assert not async_album.plain
    assert await counts(async_mongo_db) == (0, 0)


async def test_a_truncated_image(async_album, async_mongo_db):
    with pytest.raises(OSError, match="truncated"):
        await async_album.thumbed.async_put(BytesIO(picture((400, 400)).read()[:200]))
    assert await counts(async_mongo_db) == (0, 0)


async def test_decompression_bombs(async_album, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    with pytest.raises(ValidationError, match="Invalid image: Image size .800 pixels"):
        await async_album.plain.async_put(picture())


async def test_a_failure_leaves_no_thumbnail(async_album, async_mongo_db):
    await async_album.plain.async_put(picture(), _id="taken")
    with pytest.raises(Exception, match="already exists"):
        await async_album.thumbed.async_put(picture(), _id="taken")
    assert await counts(async_mongo_db) == (1, 1)
    assert not async_album.thumbed


async def test_an_image_is_not_written_piece_by_piece(async_album):
    for method in (async_album.plain.async_write, async_album.plain.async_writelines):
        with pytest.raises(RuntimeError, match='Please use "put" method instead'):
            await method(b"x")


async def test_work_on_images_lets_others_go_on(async_album):  # async-only
    lags = []

    async def watch():
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.001)
            lags.append(time.perf_counter() - before)

    large = picture((5000, 4000))
    watching = asyncio.create_task(watch())
    before = time.perf_counter()
    await async_album.thumbed.async_put(large)
    duration = time.perf_counter() - before
    watching.cancel()
    assert duration > 0.05  # or this would not prove anything
    assert max(lags) < 0.8 * duration  # else it was all in one go
    assert size_of(await async_album.thumbed.async_read()) == (20, 16)
