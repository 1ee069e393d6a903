"""What is assigned to the field of an image that was not loaded with its document."""

from io import BytesIO

import pytest
from PIL import Image

from mongoengine import Document, ImageField, StringField


class NotLoadedPhoto(Document):
    image = ImageField(thumbnail_size=(5, 5))
    name = StringField()


def picture(side):
    content = BytesIO()
    Image.new("RGB", (side, side)).save(content, "PNG")
    return content


def test_the_sync_family_replaces_it(mongo_db):
    NotLoadedPhoto(name="a", image=picture(10)).save()
    photo = NotLoadedPhoto.objects.only("name").get()
    photo.image = picture(20)
    photo.save()
    assert NotLoadedPhoto.objects.get().image.size == (20, 20)
    assert mongo_db.images.files.count_documents({}) == 2


@pytest.mark.parametrize("times", [1, 2])
async def test_the_async_family_replaces_it(async_mongo_db, times):
    await NotLoadedPhoto(name="a", image=picture(10)).async_save()
    photo = await NotLoadedPhoto.objects.only("name").async_get()
    for _ in range(times):
        photo.image = picture(20)
    assert await async_mongo_db.images.files.count_documents({}) == 2
    await photo.async_save()
    image = (await NotLoadedPhoto.objects.async_get()).image
    await image.async_get()
    assert image.size == (20, 20)
    assert await async_mongo_db.images.files.count_documents({}) == 2
