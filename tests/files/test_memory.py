"""Large files pass through, never to be in memory as a whole."""

import tracemalloc

from mongoengine.fields import GridFSProxy

MIB = 1 << 20
SIZE = 256 * MIB
# The driver collects 32 MiB before it sends them, and copies these on the way.
ENOUGH = 200 * MIB


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
