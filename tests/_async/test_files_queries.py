"""Files in queries and updates, which are about their ids."""

import pytest
from _async.filing import AsyncFileLetter

from mongoengine import (
    DictField,
    Document,
    FileField,
    ImageField,
    ListField,
    MapField,
    ValidationError,
)
from mongoengine.fields import GridFSProxy


class AsyncFileShelf(Document):
    by_name = MapField(FileField(), db_field="m")
    named = DictField(FileField())
    rows = ListField(MapField(FileField()))
    lists = MapField(ListField(FileField()))
    pictures = MapField(ImageField())


@pytest.fixture
async def async_file(async_mongo_db):
    file = GridFSProxy()
    await file.async_put(b"new")
    return file


async def test_a_file_is_found_and_set(async_file):
    for number in range(3):
        await AsyncFileLetter(number=number).async_save()
    found = AsyncFileLetter.objects(number=1)
    await found.async_update(set__file=async_file, push__files=async_file)
    query = {"file": async_file, "files": async_file, "other__ne": async_file}
    letter = await AsyncFileLetter.objects(**query).async_get()
    assert letter.number == 1
    assert await letter.file.async_read() == b"new"
    assert await letter.files[0].async_read() == b"new"
    await found.async_update(set__files__0=letter.other, set__file=letter.other)
    letter = await found.async_get()
    assert (letter.files, bool(letter.file)) == ([GridFSProxy()], False)
    await found.async_update(push__files=async_file)
    await found.async_update(pull__files=async_file)
    assert (await found.async_get()).files == [GridFSProxy()]


CHANGES = {
    "set__by_name": (lambda file: {"one": file}, "by_name__one"),
    "set__by_name__one": (lambda file: file, "by_name__one"),
    "set__named__one": (lambda file: file, "named__one"),
    "push__rows": (lambda file: {"one": file}, "rows__one"),
    "set__rows__0__one": (lambda file: file, "rows__one"),
    "set__lists": (lambda file: {"one": [file]}, "lists__one"),
    "push__lists__one": (lambda file: file, "lists__one__0"),
}


@pytest.mark.parametrize("change", CHANGES)
async def test_a_file_at_a_key(async_file, change):
    make, path = CHANGES[change]
    shelf = await AsyncFileShelf(rows=[{}]).async_save()
    await AsyncFileShelf().async_save()
    await AsyncFileShelf.objects(id=shelf.id).async_update(**{change: make(async_file)})
    for condition in ({path: async_file}, {f"{path}__in": [async_file]}):
        (found,) = await AsyncFileShelf.objects(**condition).async_to_list()
        assert found == shelf
    assert (
        await AsyncFileShelf.objects(**{f"{path}__ne": async_file}).async_count() == 1
    )
    holders = (found.by_name, found.named, *found.rows)
    files = [one for holder in holders for one in holder.values()]
    (one,) = files or found.lists["one"]
    assert await one.async_read() == b"new"


async def test_what_is_no_file_below_a_key_stays(async_file, async_mongo_db):
    shelf = await AsyncFileShelf(by_name={"one": async_file}).async_save()
    for condition in (
        {"by_name__one": async_file.grid_id},
        {"by_name__one": {"$exists": True}},
        {"by_name__one__exists": True},
        {"by_name__two": None},
    ):
        assert await AsyncFileShelf.objects(**condition).async_get() == shelf


async def test_a_file_that_is_no_image_is_refused(async_file):
    with pytest.raises(ValidationError, match="only accepts GridFSProxy values"):
        await AsyncFileShelf.objects.async_update(set__pictures__one=async_file)
