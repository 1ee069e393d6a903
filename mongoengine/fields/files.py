"""The fields for files and images, composed of what is pure and of both families."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, overload

from mongoengine._async.files import AsyncFieldAccess, AsyncFileAccess
from mongoengine._async.images import AsyncImageAccess
from mongoengine._sync.files import FieldAccess, FileAccess
from mongoengine._sync.images import ImageAccess
from mongoengine.base.file_fields import (
    BaseFileField,
    BaseImageField,
    ImproperlyConfigured,
)
from mongoengine.base.files import GridFSError

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = (
    "AsyncGridFSProxy",
    "FileField",
    "GridFSError",
    "GridFSProxy",
    "ImageField",
    "ImageGridFsProxy",
    "ImproperlyConfigured",
)


class GridFSProxy(AsyncFileAccess, FileAccess):
    """What a FileField holds: one file in GridFS, or a place for one.

    True if there is a file.  The attributes of the file (``filename``,
    ``content_type`` …) are those of the proxy.  Asking for one opens the file; in the
    async family, ``await async_get()`` has to do that before.
    """


# Its methods that begin with `async_` are those of the async family.
AsyncGridFSProxy = GridFSProxy


class FileField(AsyncFieldAccess, FieldAccess, BaseFileField[GridFSProxy]):
    """A file in GridFS.

    Reading gives a GridFSProxy, also when there is no file.  ``collection_name`` is the
    prefix of the collections that hold the files.
    """

    proxy_class: ClassVar[type[GridFSProxy]] = GridFSProxy


class ImageGridFsProxy(AsyncImageAccess, ImageAccess, GridFSProxy):
    """What an ImageField holds: one image in GridFS, or a place for one.

    ``size`` and ``format`` are known when it is open, as other attributes are.
    """


class ImageField(BaseImageField[GridFSProxy], FileField):
    """An image in GridFS; needs Pillow.

    ``size`` is ``(width, height, force)``: larger images are made smaller, to fit into
    it, or with ``force`` cut to just that.  ``thumbnail_size`` is the same for a small
    copy, which is kept beside the image.
    """

    proxy_class = ImageGridFsProxy

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: Any) -> Self: ...
        @overload
        def __get__(self, instance: Any, owner: Any = None) -> ImageGridFsProxy: ...
        def __get__(self, instance: Any, owner: Any = None) -> Any: ...
