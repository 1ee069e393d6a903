"""Which delete rules hold, by where and when they were registered."""

import pytest

from mongoengine import (
    CASCADE,
    DENY,
    NULLIFY,
    Document,
    FileField,
    ListField,
    OperationError,
    ReferenceField,
    StringField,
)


class AsyncListedAuthor(Document):
    name = StringField()


class AsyncListedAbstract(Document):
    author = ReferenceField(AsyncListedAuthor, reverse_delete_rule=CASCADE)
    meta = {"abstract": True}


class AsyncListedBook(AsyncListedAbstract):
    title = StringField()


class AsyncListedFilm(AsyncListedAbstract):
    cover = FileField()


async def test_rules_of_abstract_parents_hold_for_their_heirs(async_mongo_db):
    going = await AsyncListedAuthor(name="going").async_save()
    staying = await AsyncListedAuthor(name="staying").async_save()
    for cls in (AsyncListedBook, AsyncListedFilm):
        for author in (going, staying):
            await cls(author=author).async_save()
    await going.async_delete()
    for cls in (AsyncListedBook, AsyncListedFilm):
        left = await cls.objects.no_dereference().async_to_list()
        assert [one.to_mongo()["author"] for one in left] == [staying.pk]


async def test_files_of_cascaded_documents_go_too(async_mongo_db):
    authors = [await AsyncListedAuthor(name=n).async_save() for n in "ab"]
    for author in authors:
        film = AsyncListedFilm(author=author)
        await film.cover.async_put(b"a picture")
        await film.async_save()
    await authors[0].async_delete()
    assert await async_mongo_db["fs.files"].count_documents({}) == 1
    await AsyncListedAuthor.objects.async_delete()
    assert await async_mongo_db["fs.files"].count_documents({}) == 0
    assert await async_mongo_db["fs.chunks"].count_documents({}) == 0


async def test_a_class_may_come_later(async_mongo_db):
    author = await AsyncListedAuthor(name="a").async_save()

    class AsyncListedLate(Document):
        writers = ListField(ReferenceField(AsyncListedAuthor, reverse_delete_rule=DENY))

    late = await AsyncListedLate(writers=[author]).async_save()
    with pytest.raises(OperationError, match="AsyncListedLate.writers refers to it"):
        await author.async_delete()
    await late.async_delete()
    await author.async_delete()
    assert await AsyncListedAuthor.objects.async_count() == 0


async def test_a_rule_may_be_registered_by_hand(async_mongo_db):
    class AsyncListedNote(Document):
        author = ReferenceField("AsyncListedNoteAuthor")

    class AsyncListedNoteAuthor(Document):
        name = StringField()

    author = await AsyncListedNoteAuthor(name="a").async_save()
    await AsyncListedNote(author=author).async_save()
    AsyncListedNoteAuthor.register_delete_rule(AsyncListedNote, "author", NULLIFY)
    await author.async_delete()
    assert (await AsyncListedNote.objects.async_get()).author is None
