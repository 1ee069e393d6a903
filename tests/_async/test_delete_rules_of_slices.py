"""What is deleted by a queryset that skips, or stops, where there are delete rules."""

import pytest

from mongoengine import CASCADE, Document, IntField, ReferenceField


class AsyncSliceAuthor(Document):
    number = IntField()


class AsyncSliceBook(Document):
    author = ReferenceField(AsyncSliceAuthor, reverse_delete_rule=CASCADE)
    number = IntField()


@pytest.fixture
async def async_slices(async_mongo_db):
    for number in range(4):
        author = await AsyncSliceAuthor(number=number).async_save()
        await AsyncSliceBook(author=author, number=number).async_save()


@pytest.mark.parametrize(
    ("skip", "limit", "kept"),
    [(1, None, [3]), (None, 1, [0, 1, 2]), (1, 2, [0, 3]), (None, None, [])],
)
async def test_the_order_says_which_are_deleted(async_slices, skip, limit, kept):
    slice_ = AsyncSliceAuthor.objects.order_by("-number").skip(skip).limit(limit)
    assert await slice_.async_delete() == 4 - len(kept)
    for cls in (AsyncSliceAuthor, AsyncSliceBook):
        left = cls.objects.order_by("number").scalar("number")
        assert await left.async_to_list() == kept
