"""Large files pass through, never to be in memory as a whole; nor what has files."""

import tracemalloc

from mongoengine import DictField, Document, EmbeddedDocument, FileField
from mongoengine.fields import GridFSProxy

MIB = 1 << 20
SIZE = 256 * MIB
# The driver collects 32 MiB before it sends them, and copies these on the way.
ENOUGH = 200 * MIB


class LargePage(EmbeddedDocument):
    scan = FileField()


class LargeBox(Document):
    by_name = DictField()


def content():
    piece = bytes(MIB)
    for _ in range(SIZE // MIB):
        yield piece


async def async_content():
    for piece in content():
        yield piece


def test_sync(mongo_db):
    tracemalloc.start()
    try:
        proxy = GridFSProxy()
        proxy.put(content())
        assert sum(map(len, proxy.chunks())) == SIZE
        assert tracemalloc.get_traced_memory()[1] < ENOUGH
    finally:
        tracemalloc.stop()


async def test_async(async_mongo_db):
    tracemalloc.start()
    try:
        proxy = GridFSProxy()
        await proxy.async_put(async_content())
        read = 0
        async for chunk in proxy.async_chunks():
            read += len(chunk)
        assert read == SIZE
        assert tracemalloc.get_traced_memory()[1] < ENOUGH
    finally:
        tracemalloc.stop()


def store_boxes():
    """Store 20 MiB of what may have files."""
    row = {"by_name": {"x": "y" * 1024}}
    LargeBox._get_collection().insert_many({**row} for _ in range(20_000))


def test_sync_deletion(mongo_db):
    store_boxes()
    tracemalloc.start()
    try:
        assert LargeBox.objects.batch_size(100).delete() == 20_000
        assert tracemalloc.get_traced_memory()[1] < 5 * MIB
    finally:
        tracemalloc.stop()


async def test_async_deletion(mongo_db, async_mongo_db):
    store_boxes()
    tracemalloc.start()
    try:
        assert await LargeBox.objects.batch_size(100).async_delete() == 20_000
        assert tracemalloc.get_traced_memory()[1] < 5 * MIB
    finally:
        tracemalloc.stop()
