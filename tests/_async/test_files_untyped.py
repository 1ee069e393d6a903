"""Files of embedded documents where no field says what the values are."""

from contextlib import suppress

import pytest

from mongoengine import (
    CASCADE,
    CachedReferenceField,
    DictField,
    Document,
    DynamicDocument,
    DynamicEmbeddedDocument,
    DynamicField,
    EmbeddedDocument,
    EmbeddedDocumentField,
    FieldDoesNotExist,
    FileField,
    GenericEmbeddedDocumentField,
    ImageField,
    ListField,
    MapField,
    NotRegistered,
    ReferenceField,
    StringField,
)
from mongoengine.base import stored_files
from mongoengine.context_managers import async_run_in_transaction


class AsyncUntypedPage(EmbeddedDocument):
    scan = FileField(db_field="s", collection_name="scans")


class AsyncUntypedLoosePage(DynamicEmbeddedDocument):
    title = StringField()


class AsyncUntypedBox(Document):
    by_name = DictField(db_field="n")
    rows = ListField(db_field="r")
    maps = MapField(ListField(DictField()))
    anything = DynamicField(db_field="a")
    generic = ListField(GenericEmbeddedDocumentField())
    loose = EmbeddedDocumentField(AsyncUntypedLoosePage)


class AsyncUntypedLoose(DynamicDocument):
    name = StringField()


class AsyncUntypedOwned(DynamicDocument):
    owner = ReferenceField(AsyncUntypedBox, reverse_delete_rule=CASCADE)


class AsyncUntypedBase(Document):
    meta = {"allow_inheritance": True}


class AsyncUntypedChild(AsyncUntypedBase):
    extra = DictField()


class AsyncUntypedPhoto(Document):
    file = FileField(collection_name="scans")
    image = ImageField()


class AsyncUntypedNote(Document):
    anything = DynamicField()
    photo = CachedReferenceField(AsyncUntypedPhoto, fields=["file"])


PLACES = {
    "dict": lambda page: AsyncUntypedBox(by_name={"x": page}),
    "deep in a dict": lambda page: AsyncUntypedBox(by_name={"x": [{"y": [page]}]}),
    "list": lambda page: AsyncUntypedBox(rows=[1, page]),
    "list in a list": lambda page: AsyncUntypedBox(rows=[[{"x": page}]]),
    "dict in a map": lambda page: AsyncUntypedBox(maps={"x": [{"y": page}]}),
    "dynamic field": lambda page: AsyncUntypedBox(anything=page),
    "deep in a dynamic field": lambda page: AsyncUntypedBox(anything={"x": [page]}),
    "generic": lambda page: AsyncUntypedBox(generic=[page]),
    "dynamic embedded": lambda page: AsyncUntypedBox(
        loose=AsyncUntypedLoosePage(page=page)
    ),
    "deep in a dynamic embedded": lambda page: AsyncUntypedBox(
        loose=AsyncUntypedLoosePage(x={"y": [page]})
    ),
    "embedded in a dict": lambda page: AsyncUntypedBox(
        by_name={"x": AsyncUntypedLoosePage(y=page)}
    ),
    "dynamic document": lambda page: AsyncUntypedLoose(page=page),
    "deep in a dynamic document": lambda page: AsyncUntypedLoose(x={"y": [page]}),
    "subclass": lambda page: AsyncUntypedChild(extra={"x": page}),
}


async def page_with(content):
    page = AsyncUntypedPage()
    await page.scan.async_put(content)
    return page


async def left_in(db):
    """Return the ids of the files that there are, if all chunks are of these."""
    files = set(await db.scans.files.distinct("_id"))
    assert set(await db.scans.chunks.distinct("files_id")) == files
    return files


@pytest.mark.parametrize("place", PLACES)
async def test_a_document_takes_its_files_along(async_mongo_db, place):
    for content in (b"one", b"two"):
        document = await PLACES[place](await page_with(content)).async_save()
    first = await type(document).objects.order_by("id").async_first()
    await first.async_delete()
    (kept,) = await left_in(async_mongo_db)
    collection = async_mongo_db[document._get_collection_name()]
    assert str(kept) in str(await collection.find_one())
    await document.async_delete()
    assert await left_in(async_mongo_db) == set()


@pytest.mark.parametrize("place", PLACES)
async def test_documents_of_a_query_take_their_files_along(async_mongo_db, place):
    for content in (b"one", b"two", b"three"):
        document = await PLACES[place](await page_with(content)).async_save()
    found = type(document).objects
    assert await found.async_delete_one() == 1
    assert len(await left_in(async_mongo_db)) == 2
    assert await found(id__ne=document.id).only("id").async_delete() == 1
    assert len(await left_in(async_mongo_db)) == 1
    base = AsyncUntypedBase if place == "subclass" else type(document)
    assert await base.objects.async_delete() == 1
    assert await left_in(async_mongo_db) == set()


async def test_files_of_documents_that_a_rule_deletes(async_mongo_db):
    box = await AsyncUntypedBox(rows=[await page_with(b"box")]).async_save()
    owned = AsyncUntypedOwned(owner=box, page=await page_with(b"owned"))
    await owned.async_save()
    await AsyncUntypedBox.objects.async_delete()
    assert await AsyncUntypedOwned.objects.async_count() == 0
    assert await left_in(async_mongo_db) == set()


async def test_modify_hands_over_the_file(async_mongo_db):
    await AsyncUntypedLoose(page=await page_with(b"page")).async_save()
    loose = await AsyncUntypedLoose.objects.async_modify(remove=True)
    assert await loose.page.scan.async_read() == b"page"


async def test_a_deletion_that_is_taken_back_keeps_files(async_mongo_db):
    box = await AsyncUntypedBox(rows=[await page_with(b"page")]).async_save()
    with suppress(ZeroDivisionError):
        async with async_run_in_transaction():
            await box.async_delete()
            raise ZeroDivisionError
    box = await AsyncUntypedBox.objects.async_get()
    assert await box.rows[0].scan.async_read() == b"page"


async def test_what_a_deleted_document_had_is_no_file(async_mongo_db):
    box = await AsyncUntypedBox(rows=[await page_with(b"page")]).async_save()
    page = box.rows[0]
    await box.async_delete()
    assert not page.scan


async def test_files_that_nobody_saved_go_as_well(async_mongo_db):
    box = await AsyncUntypedBox(rows=[AsyncUntypedPage()]).async_save()
    box = await AsyncUntypedBox.objects.async_get(id=box.id)
    await box.rows[0].scan.async_put(b"never saved")
    await box.async_delete()
    assert await left_in(async_mongo_db) == set()


async def test_files_of_others_stay(async_mongo_db):
    photo = AsyncUntypedPhoto()
    await photo.file.async_put(b"photo")
    await photo.async_save()
    for anything in (photo, [photo], {"x": photo}, photo.to_dbref()):
        await AsyncUntypedNote(anything=anything, photo=photo).async_save()
    await AsyncUntypedLoose(photo=photo).async_save()
    await (await AsyncUntypedNote.objects.async_first()).async_delete()
    assert await AsyncUntypedNote.objects.async_delete() == 3
    assert await AsyncUntypedLoose.objects.async_delete() == 1
    assert await left_in(async_mongo_db) == {photo.file.grid_id}


UNREADABLE = [
    ("untyped", "n", {"_cls": "AsyncUntypedNobody"}, NotRegistered),
    ("untyped", "n", {"_cls": "AsyncUntypedPage", "more": 1}, FieldDoesNotExist),
    ("dynamic", "x", {"_cls": "AsyncUntypedNobody"}, NotRegistered),
    ("dynamic", "x", {"_cls": "AsyncUntypedPage", "more": 1}, FieldDoesNotExist),
]


@pytest.mark.parametrize(("kind", "key", "stored", "error"), UNREADABLE)
async def test_what_nobody_can_read_is_deleted(
    async_mongo_db, kind, key, stored, error
):
    model = AsyncUntypedBox if kind == "untyped" else AsyncUntypedLoose
    page = (await page_with(b"page")).to_mongo().to_dict()
    page["_cls"] = "AsyncUntypedPage"
    await async_mongo_db[model._get_collection_name()].insert_one(
        {key: {"y": stored}, "r": [page]}
    )
    with pytest.raises(error):
        (await model.objects.async_get()).by_name  # noqa: B018
    assert await model.objects.async_delete() == 1
    assert await left_in(async_mongo_db) == set()


class AsyncUntypedTyped(Document):
    page = EmbeddedDocumentField(AsyncUntypedPage)
    pages = ListField(EmbeddedDocumentField(AsyncUntypedPage))


async def test_what_nobody_can_read_of_typed_fields_is_deleted(async_mongo_db):
    page = {**(await page_with(b"page")).to_mongo(), "more": 1}
    await async_mongo_db.async_untyped_typed.insert_one(
        {"page": page, "pages": [5, page], "other": 1}
    )
    with pytest.raises(FieldDoesNotExist):
        await AsyncUntypedTyped.objects.async_first()
    assert await AsyncUntypedTyped.objects.async_delete() == 1
    assert await left_in(async_mongo_db) == set()


@pytest.mark.parametrize(
    "value",
    [None, 5, "text", [], {}, [None], {"_cls": None}, {"_cls": 5}, {"_cls": {"x": 1}}],
)
async def test_what_holds_no_files_is_deleted(async_mongo_db, value):
    for name in ("async_untyped_box", "async_untyped_loose"):
        await async_mongo_db[name].insert_one(
            {"n": value, "r": [value], "a": value, "generic": value, "loose": value}
        )
    assert await AsyncUntypedBox.objects.async_delete() == 1
    assert await AsyncUntypedLoose.objects.async_delete() == 1


async def test_many_are_removed_in_batches(async_mongo_db, monkeypatch):
    monkeypatch.setattr(stored_files, "IDS_A_QUERY", 2)
    for number in range(5):
        await AsyncUntypedLoose(x=[await page_with(b"%d" % number)]).async_save()
    assert await AsyncUntypedLoose.objects.async_delete() == 5
    assert await left_in(async_mongo_db) == set()
