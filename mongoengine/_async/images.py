"""Read and write the images that documents have in GridFS."""

from __future__ import annotations

from typing import Any

from gridfs.asynchronous import AsyncGridOut

from mongoengine._async.files import AsyncFileAccess
from mongoengine._async.gridfs import AsyncFiles
from mongoengine._seam import async_off_loop
from mongoengine._streams import async_openable
from mongoengine.base.images import ImageHandle, pictures


class AsyncImageAccess(ImageHandle, AsyncFileAccess):
    """What an image can be asked to do."""

    async def async_write(self, *args: Any, **kwargs: Any) -> None:
        """Refuse: an image is looked at as a whole."""
        raise RuntimeError('Please use "put" method instead')

    async def async_writelines(self, *args: Any, **kwargs: Any) -> None:
        """Refuse: an image is looked at as a whole."""
        raise RuntimeError('Please use "put" method instead')

    async def async_get_thumbnail(self) -> AsyncGridOut | None:
        """Open the thumbnail to be read, and return it; None if there is none."""
        gridout = await self.async_get()
        found = None if gridout is None else getattr(gridout, "thumbnail_id", None)
        return await AsyncFiles(self._bucket).async_open(found) if found else None

    async def _async_store(self, source: Any, **options: Any) -> Any:
        """Store an image and its thumbnail as the field asks for; return its id."""
        source = await async_openable(source)
        image, small = await async_off_loop(pictures, source, *self._sizes())
        thumbnail_id = None
        if small is not None:
            thumbnail_id = await super()._async_store(small.content, **small.facts)
        try:
            return await super()._async_store(
                image.content, **image.facts, thumbnail_id=thumbnail_id, **options
            )
        except BaseException as error:
            if thumbnail_id is not None:
                await self._async_discard(thumbnail_id, error)
            raise
