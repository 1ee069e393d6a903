"""Files, stored and streamed."""

import io
import struct
import zlib

from examples.tour.models import Author
from examples.tour.stage import show
from mongoengine.testing import Server


def picture(size: int) -> bytes:
    """Draw a square of one colour, as PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    row = b"\0" + b"\xd9\x8c\x3f" * size
    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(row * size, 0))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + body + chunk(b"IEND", b"")


async def a_picture(server: Server) -> None:
    """Store a picture with a document, and stream it back."""
    author = await Author.objects.async_get(name="Frank Herbert")
    await author.portrait.async_put(
        io.BytesIO(picture(400)), filename="herbert.png", content_type="image/png"
    )
    await author.async_save()
    author = await Author.objects.async_get(name="Frank Herbert")
    sizes = [len(chunk) async for chunk in author.portrait.async_chunks()]
    show("[len(c) async for c in author.portrait.async_chunks()]", sizes)
    again = Author.objects.get(name="Frank Herbert").portrait
    show("again.content_type, again.read()[:4]", (again.content_type, again.read()[:4]))


STEPS = [a_picture]
