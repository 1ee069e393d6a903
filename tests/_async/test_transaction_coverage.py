"""Every operation joins the transaction that it is done in.

What OPERATIONS lists is done in a block that raises: each command it sends is part of the
transaction, and nothing of it stays.  A method that is not listed fails the last test.
"""

import importlib  # async-only
import inspect  # async-only
import pkgutil  # async-only
from contextlib import asynccontextmanager, suppress
from io import BytesIO

import pytest
from bson import ObjectId, json_util
from PIL import Image
from pymongo.errors import OperationFailure

import mongoengine  # async-only
from mongoengine import (
    CASCADE,
    NULLIFY,
    PULL,
    CachedReferenceField,
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EmbeddedDocumentListField,
    FileField,
    GenericReferenceField,
    ImageField,
    IntField,
    LazyReferenceField,
    ListField,
    MapField,
    OperationError,
    ReferenceField,
    SequenceField,
    StringField,
    get_async_db,
)
from mongoengine.context_managers import async_run_in_transaction
from mongoengine.pymongo_support import async_count_documents


class AsyncJoinPart(EmbeddedDocument):
    size = IntField()


class AsyncJoinThing(Document):
    name = StringField()
    number = IntField(default=1)
    part = EmbeddedDocumentField(AsyncJoinPart)
    parts = EmbeddedDocumentListField(AsyncJoinPart)
    other = ReferenceField("self")


class AsyncJoinOwned(Document):
    owner = ReferenceField(AsyncJoinThing, reverse_delete_rule=CASCADE)
    former = ReferenceField(AsyncJoinThing, reverse_delete_rule=NULLIFY)
    several = ListField(ReferenceField(AsyncJoinThing, reverse_delete_rule=PULL))


class AsyncJoinPointing(Document):
    any = GenericReferenceField()
    lazy = LazyReferenceField(AsyncJoinThing)
    named = MapField(ReferenceField(AsyncJoinThing))
    cached = CachedReferenceField(AsyncJoinThing, fields=["name"])


class AsyncJoinNumbered(Document):
    number = SequenceField()


class AsyncJoinFiled(Document):
    file = FileField()
    image = ImageField(thumbnail_size=(2, 2))


class AsyncJoinNew(Document):
    """Has a collection and indexes only when it is first used."""

    name = StringField(unique=True)


Thing = AsyncJoinThing


class Stop(Exception):
    pass


@asynccontextmanager
async def aborted():
    """A transaction that is taken back at the end of the block."""
    with suppress(Stop):
        async with async_run_in_transaction() as session:
            yield session
            raise Stop


async def rows_of(rows):
    return [row async for row in rows]


async def all_of(rows):
    return list(await rows)


async def save_with_part(thing):
    thing.part.size += 1
    await thing.part.async_save()


async def save_with_parts(thing):
    thing.parts.create(size=9)
    await thing.parts.async_save()


async def save_with_reference(thing):
    thing.other.name = "changed"
    await thing.async_cascade_save()


async def filed():
    return await AsyncJoinFiled.objects.async_first()


async def put_file(thing):
    document = AsyncJoinFiled()
    await document.file.async_put(b"new", filename="x")
    await document.async_save()


async def put_file_by_field(thing):
    document = AsyncJoinFiled()
    await AsyncJoinFiled.file.async_put(b"new", instance=document)
    await document.async_save()


async def write_file(thing):
    document = AsyncJoinFiled()
    await document.file.async_new_file()
    await document.file.async_write(b"one")
    await document.file.async_writelines([b"two", b"three"])
    await document.file.async_close()
    await document.async_save()


async def read_file(thing):
    assert await (await filed()).file.async_read() == b"file"


async def get_file(thing):
    assert await (await filed()).file.async_get() is not None


async def read_file_by_field(thing):
    assert await AsyncJoinFiled.file.async_read(await filed()) == b"file"


async def get_file_by_field(thing):
    assert await AsyncJoinFiled.file.async_get(await filed()) is not None


async def read_chunks(thing):
    assert await rows_of((await filed()).file.async_chunks()) == [b"file"]


async def replace_file(thing):
    document = await filed()
    await document.file.async_replace(b"new")
    await document.async_save()


async def replace_file_by_field(thing):
    document = await filed()
    await AsyncJoinFiled.file.async_replace(b"new", instance=document)
    await document.async_save()


async def delete_file(thing):
    document = await filed()
    await document.file.async_delete()
    await document.async_save()


async def delete_file_by_field(thing):
    document = await filed()
    await AsyncJoinFiled.file.async_delete(document)
    await document.async_save()


def picture():
    content = BytesIO()
    Image.new("RGB", (4, 3)).save(content, "PNG")
    return content


async def put_image(thing):
    document = AsyncJoinFiled()
    await document.image.async_put(picture())
    await document.async_save()


async def replace_image(thing):
    document = await filed()
    await document.image.async_replace(picture())
    await document.async_save()


async def delete_image(thing):
    document = await filed()
    await document.image.async_delete()
    await document.async_save()


async def read_thumbnail(thing):
    thumbnail = await (await filed()).image.async_get_thumbnail()
    assert Image.open(BytesIO(await thumbnail.read())).size == (2, 2)


async def owned():
    return await AsyncJoinOwned.objects.async_first()


async def select_related(thing):
    await (await owned()).async_select_related()


async def pointing():
    return await AsyncJoinPointing.objects.async_first()


async def fetch_lazy(thing):
    assert (await (await pointing()).lazy.async_fetch()).name == "other 3"


def changed(thing):
    thing.name = "changed"
    return thing


JS = "function() {emit(1, 1)}", "function(key, values) {return 1}", "inline"

OPERATIONS = {
    # documents
    "AsyncSaving.async_save": lambda thing: changed(thing).async_save(),
    "AsyncSaving.async_save of a new one": lambda thing: Thing().async_save(),
    "AsyncSaving.async_save by id": lambda thing: Thing(id=ObjectId()).async_save(),
    "AsyncSaving.async_save in a new collection": lambda thing: AsyncJoinNew(
        name="x"
    ).async_save(),
    "AsyncSaving.async_cascade_save": save_with_reference,
    "AsyncParentSaving.async_save": save_with_part,
    "EmbeddedDocumentList.async_save": save_with_parts,
    "AsyncChanging.async_update": lambda thing: thing.async_update(set__number=5),
    "AsyncChanging.async_modify": lambda thing: thing.async_modify(set__number=5),
    "AsyncChanging.async_delete": lambda thing: thing.async_delete(),
    "AsyncChanging.async_reload": lambda thing: thing.async_reload(),
    # querysets that read
    "AsyncReading.async_first": lambda thing: Thing.objects.async_first(),
    "AsyncReading.async_get": lambda thing: Thing.objects.async_get(id=thing.id),
    "AsyncReading.async_with_id": lambda thing: Thing.objects.async_with_id(thing.id),
    "AsyncReading.async_to_list": lambda thing: Thing.objects.async_to_list(),
    "AsyncReading.async_in_bulk": lambda thing: Thing.objects.async_in_bulk([thing.id]),
    "AsyncReading.async_count": lambda thing: Thing.objects.async_count(),
    "AsyncReading.async_count of some": lambda thing: Thing.objects(
        number=1
    ).async_count(),
    "AsyncReading.async_exists": lambda thing: Thing.objects.async_exists(),
    "AsyncReading.async_to_json": lambda thing: Thing.objects.async_to_json(
        json_options=json_util.DEFAULT_JSON_OPTIONS
    ),
    "AsyncReading.async_only": lambda thing: all_of(Thing.objects.async_only("name")),
    "AsyncReading.async_exclude": lambda thing: all_of(
        Thing.objects.async_exclude("name")
    ),
    "AsyncReading.async_hint": lambda thing: all_of(Thing.objects.async_hint("_id_")),
    "AsyncReading.async_scalar": lambda thing: all_of(
        Thing.objects.async_scalar("name")
    ),
    "AsyncReading.async_values": lambda thing: all_of(
        Thing.objects.async_values("name")
    ),
    "AsyncReading.async_values_list": lambda thing: all_of(
        Thing.objects.async_values_list("name")
    ),
    "AsyncReading.__aiter__": lambda thing: rows_of(Thing.objects.batch_size(2)),
    "AsyncReading.async_to_list of querysets within": lambda thing: Thing.objects(
        other__in=Thing.objects(name="other 0")
    ).async_to_list(),
    # querysets that write
    "AsyncWriting.async_create": lambda thing: Thing.objects.async_create(name="x"),
    "AsyncWriting.async_insert": lambda thing: Thing.objects.async_insert(
        [Thing(name="x"), Thing(name="y")]
    ),
    "AsyncWriting.async_insert of one": lambda thing: Thing.objects.async_insert(
        Thing(name="x"), load_bulk=False
    ),
    "AsyncWriting.async_update": lambda thing: Thing.objects.async_update(
        set__number=7
    ),
    "AsyncWriting.async_update_one": lambda thing: Thing.objects.async_update_one(
        set__number=7
    ),
    "AsyncWriting.async_upsert_one": lambda thing: Thing.objects(
        name="new"
    ).async_upsert_one(set__number=7),
    "AsyncWriting.async_modify": lambda thing: Thing.objects.async_modify(
        set__number=7
    ),
    "AsyncWriting.async_modify to remove": lambda thing: Thing.objects.async_modify(
        remove=True
    ),
    "AsyncWriting.async_delete": lambda thing: Thing.objects.async_delete(),
    "AsyncWriting.async_delete of some": lambda thing: Thing.objects.limit(
        1
    ).async_delete(),
    "AsyncWriting.async_delete of all that refer": lambda thing: (
        AsyncJoinOwned.objects.async_delete()
    ),
    "AsyncWriting.async_delete_one": lambda thing: Thing.objects.async_delete_one(),
    # querysets that compute
    "AsyncAggregation.async_aggregate": lambda thing: rows_of(
        Thing.objects.async_aggregate([{"$match": {}}], batchSize=2)
    ),
    "AsyncAggregation.async_sum": lambda thing: Thing.objects.async_sum("number"),
    "AsyncAggregation.async_average": lambda thing: Thing.objects.async_average(
        "number"
    ),
    "AsyncAggregation.async_distinct": lambda thing: Thing.objects.async_distinct(
        "number"
    ),
    "AsyncAggregation.async_item_frequencies": lambda thing: (
        Thing.objects.async_item_frequencies("number", map_reduce=False)
    ),
    # references, files, sequences
    "AsyncChanging.async_select_related": select_related,
    "AsyncReading.async_select_related": lambda thing: (
        AsyncJoinOwned.objects.async_select_related()
    ),
    "prefetching": lambda thing: rows_of(
        AsyncJoinOwned.objects.prefetch_related("owner", "several")
    ),
    "LazyReference.async_fetch": fetch_lazy,
    "CachedReferenceField.async_sync_all": lambda thing: (
        AsyncJoinPointing.cached.async_sync_all()
    ),
    "AsyncFileAccess.async_put": put_file,
    "AsyncFileAccess.async_write": write_file,
    "AsyncFileAccess.async_read": read_file,
    "AsyncFileAccess.async_get": get_file,
    "AsyncFileAccess.async_chunks": read_chunks,
    "AsyncFileAccess.async_replace": replace_file,
    "AsyncFileAccess.async_delete": delete_file,
    "AsyncFieldAccess.async_put": put_file_by_field,
    "AsyncFieldAccess.async_get": get_file_by_field,
    "AsyncFieldAccess.async_read": read_file_by_field,
    "AsyncFieldAccess.async_replace": replace_file_by_field,
    "AsyncFieldAccess.async_delete": delete_file_by_field,
    "AsyncFileAccess.async_put of an image": put_image,
    "AsyncFileAccess.async_replace of an image": replace_image,
    "AsyncFileAccess.async_delete of an image": delete_image,
    "AsyncImageAccess.async_get_thumbnail": read_thumbnail,
    "AsyncChanging.async_delete with files": lambda thing: (
        AsyncJoinFiled.objects.async_delete()
    ),
    "AsyncSequence.async_generate": lambda thing: AsyncJoinNumbered().async_save(),
    "AsyncSequence.async_get_next_value": lambda thing: (
        AsyncJoinNumbered.number.async_get_next_value()
    ),
    "AsyncSequence.async_set_next_value": lambda thing: (
        AsyncJoinNumbered.number.async_set_next_value(50)
    ),
    # functions
    "async_count_documents": lambda thing: count_with(Thing),
}


async def fetch_proxy(thing):  # async-only
    assert (await (await owned()).owner.async_fetch()).name == "other 0"


async def fetch_field(thing):  # async-only
    assert (await AsyncJoinOwned.owner.async_fetch(await owned())).name == "other 0"


async def fetch_list(thing):  # async-only
    assert [one.name for one in await (await owned()).several.async_fetch()]


async def fetch_list_by_field(thing):  # async-only
    assert [one.name for one in await AsyncJoinOwned.several.async_fetch(await owned())]


async def fetch_generic(thing):  # async-only
    assert (await AsyncJoinPointing.any.async_fetch(await pointing())).name == "other 3"


async def fetch_map(thing):  # async-only
    assert (await (await pointing()).named.async_fetch())["a"].name == "other 3"


async def await_proxy(thing):  # async-only
    assert (await (await owned()).owner).name == "other 0"


async def await_rows(thing):  # async-only
    rows = await Thing.objects.async_aggregate([], batchSize=2)
    assert (await rows.next())["_id"]
    assert len(await rows.async_to_list()) > 2


# Where the other family loads what is read.
OPERATIONS |= {  # async-only
    "AsyncReading.__anext__": lambda thing: Thing.objects.__anext__(),
    "AsyncReading.__await__": lambda thing: all_of(Thing.objects),
    "AsyncReferenceProxy.__await__": await_proxy,
    "AsyncReferenceProxy.async_fetch": fetch_proxy,
    "AsyncRows.__await__": await_rows,
    "AsyncRows.async_to_list": lambda thing: (
        Thing.objects.async_aggregate([], batchSize=2).async_to_list()
    ),
    "Tracked.async_fetch of a map": fetch_map,
    "Tracked.async_fetch of a list": fetch_list,
    "Fetchable.async_fetch of a list": fetch_list_by_field,
    "Fetchable.async_fetch of a reference": fetch_field,
    "Fetchable.async_fetch of a generic one": fetch_generic,
}

# What MongoDB refuses within a transaction.
REFUSED = {
    "AsyncAggregation.async_map_reduce": lambda thing: rows_of(
        Thing.objects.async_map_reduce(*JS)
    ),
    "AsyncAggregation.async_item_frequencies by JavaScript": lambda thing: (
        Thing.objects.async_item_frequencies("number")
    ),
    "AsyncReading.async_explain": lambda thing: Thing.objects.async_explain(),
    "AsyncReading.async_index_usage": lambda thing: Thing.objects.async_index_usage(),
    "AsyncCollections.async_drop_collection": lambda thing: (
        Thing.async_drop_collection()
    ),
    "AsyncIndexes.async_create_index": lambda thing: Thing.async_create_index("name"),
}


async def count_with(document):
    collection = await document._async_get_collection()
    options = document.objects._async_options()
    return await async_count_documents(collection, {"number": 1}, **options)


@pytest.fixture
async def filled(async_sent):
    """What is sent to a database with documents."""
    await AsyncJoinOwned.async_ensure_indexes()
    for number in range(4):
        other = await Thing(name=f"other {number}").async_save()
        part = AsyncJoinPart(size=number)
        await Thing(name="x", part=part, parts=[part], other=other).async_save()
        await AsyncJoinOwned(owner=other, former=other, several=[other]).async_save()
    await AsyncJoinPointing(any=other, lazy=other, named={"a": other}).async_save()
    await AsyncJoinNumbered().async_save()
    document = AsyncJoinFiled()
    await document.file.async_put(b"file")
    await document.image.async_put(picture())
    await document.async_save()
    return async_sent


async def all_documents():
    db = get_async_db()
    found = {}
    for name in await db.list_collection_names():
        found[name] = [row async for row in db[name].find().sort("_id")]
    return {name: rows for name, rows in found.items() if rows}


async def started():
    """Return a document to do something with."""
    thing = await Thing.objects(name="x").async_first()
    thing.other = await Thing.objects(name="other 0").async_first()
    thing._clear_changed_fields()
    return thing


def makes_ready(command):
    """Say whether a command has a part in making indexes, which is done outside."""
    if command.get("find") in (
        "fs.files",
        "fs.chunks",
        "images.files",
        "images.chunks",
    ):  # as drivers do it: only if there are none
        return command["limit"] == 1 and command["projection"] == {"_id": 1}
    return not READY.isdisjoint(command)


READY = {"createIndexes", "listCollections", "listIndexes"}


@pytest.mark.parametrize("name", OPERATIONS)
async def test_an_operation_joins_and_leaves_nothing(filled, name):
    before = await all_documents()
    thing = await started()
    filled.commands.clear()
    async with aborted():
        await OPERATIONS[name](thing)
    assert filled.commands
    outside = [c for c in filled.commands if c.get("autocommit") is not False]
    assert all(map(makes_ready, outside)), outside
    joined = [c for c in filled.commands if c not in outside]
    assert all("lsid" in command and "txnNumber" in command for command in joined)
    assert await all_documents() == before


@pytest.mark.parametrize("name", REFUSED)
async def test_an_operation_that_cannot_join_is_not_done_outside(filled, name):
    before = await all_documents()
    thing = await started()

    async def work():
        async with async_run_in_transaction():
            await Thing(name="new").async_save()
            await REFUSED[name](thing)

    with pytest.raises((OperationError, OperationFailure)):
        await work()
    assert await all_documents() == before


async def test_code_joins(filled):
    """Functions see no collections, so there is nothing that could stay."""
    filled.commands.clear()
    async with async_run_in_transaction():
        await Thing.objects.async_exec_js("function() {return 1}")
    (command,) = filled.of("aggregate")
    assert command["autocommit"] is False


# Neither is done with documents, or it is a part of what is listed.
OTHERS = {  # async-only
    "AsyncAggregation.async_exec_js": "is tested above",
    "AsyncFileAccess.async_close": "is a part of writing",
    "AsyncFileAccess.async_fs": "sends nothing",
    "AsyncFileAccess.async_new_file": "is a part of writing",
    "AsyncFileAccess.async_writelines": "is a part of writing",
    "AsyncImageAccess.async_write": "is refused",
    "AsyncImageAccess.async_writelines": "is refused",
    "AsyncIndexes.async_compare_indexes": "is not possible in one, and changes nothing",
    "AsyncIndexes.async_ensure_indexes": "is done outside",
    "AsyncIndexes.async_list_indexes": "sends nothing",
    "AsyncMapReduceRow.async_object": "needs rows that no transaction gives",
    "HybridSignal.async_send": "sends nothing to the server",
    "Calls.finish": "is a part of that",
    "async_fetch": "is that of containers",
    "AsyncReferenceProxy.fetch": "is async_fetch",
    "AsyncRows.__aiter__": "is a part of reading",
    "AsyncRows.__anext__": "is a part of reading",
    "AsyncRows.close": "ends what was read",
    "AsyncRows.next": "is a part of reading",
    "AsyncRows.to_list": "is async_to_list",
    "async_in_transaction": "is about blocks",
    "async_no_dereference": "is about blocks",
    "async_on_commit": "is about blocks",
    "async_outcome_of": "sends nothing",
    "async_query_counter": "is about blocks",
    "async_run_in_transaction": "is about blocks",
    "async_switch_collection": "is about blocks",
    "async_switch_db": "is about blocks",
    "connect_async": "is about connections",
    "disconnect_all_async": "is about connections",
    "disconnect_async": "is about connections",
    "async_exec_js": "is for any alias, and sees no collections",
    "async_get_collection": "sends nothing",
    "async_get_db": "sends nothing",
    "async_get_mongodb_version": "asks about the server",
    "async_list_collection_names": "is for any database",
}

# Twins, and modules that others are made of.
INTERNAL = {  # async-only
    "_clients",
    "_testing",
    "cursors",
    "delete_rules",
    "gridfs",
    "merging",
    "prefetching",
    "pytest_plugin",
    "_sync",
}


def modules():  # async-only
    """Return the modules of the library by name, without the twins."""
    for found in pkgutil.walk_packages(mongoengine.__path__, "mongoengine."):
        parts = found.name.split(".")[1:]
        if INTERNAL.isdisjoint(parts):
            yield parts, importlib.import_module(found.name)


def is_operation(name, one):  # async-only
    """Say whether what a class has under a name is awaited, or makes others wait."""
    if name[0] == "_":
        return name in ("__aiter__", "__anext__", "__await__")
    return name.startswith("async_") or inspect.iscoroutinefunction(one)


def operations():  # async-only
    """Return all operations of the library, by where they are defined."""
    found = set()
    for parts, module in modules():
        for name, one in vars(module).items():
            is_own = getattr(one, "__module__", None) == module.__name__
            if inspect.isclass(one) and is_own:
                own = (n for n, method in vars(one).items() if is_operation(n, method))
                found.update(f"{one.__name__}.{method}" for method in own)
            elif parts[0][0] != "_" and callable(one) and is_operation(name, one):
                found.add(name)
    return found


def test_all_operations_are_listed():  # async-only
    listed = {name.partition(" ")[0] for name in (*OPERATIONS, *REFUSED, *OTHERS)}
    assert operations() == listed - {"prefetching"}
