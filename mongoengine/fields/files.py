"""Fields for files and images, which GridFS keeps outside of the document.

The document stores the id of a file.  Here is what knows which file, and of which
document; ``_async/files.py`` reads and writes it.
"""

from __future__ import annotations

from importlib.util import find_spec
from itertools import zip_longest
from typing import Any, ClassVar

from bson import ObjectId

from mongoengine._async.files import AsyncFieldAccess, AsyncFileAccess
from mongoengine._async.images import AsyncImageAccess
from mongoengine._sync.files import FieldAccess, FileAccess
from mongoengine._sync.images import ImageAccess
from mongoengine.base.connection_settings import DEFAULT_CONNECTION_NAME
from mongoengine.base.connections import families
from mongoengine.base.field import BaseField
from mongoengine.base.files import GridFSError, is_content

__all__ = (
    "AsyncGridFSProxy",
    "FileField",
    "GridFSError",
    "GridFSProxy",
    "ImageField",
    "ImageGridFsProxy",
    "ImproperlyConfigured",
)


class ImproperlyConfigured(Exception):
    """Something that a field needs is not installed."""


class GridFSProxy(AsyncFileAccess, FileAccess):
    """What a FileField holds: one file in GridFS, or a place for one.

    True if there is a file.  The attributes of the file (``filename``,
    ``content_type`` …) are those of the proxy.  Asking for one opens the file; in the
    async family, ``await async_get()`` has to do that before.
    """

    def __getattr__(self, name: str) -> Any:
        """Return an attribute of the file."""
        if name.startswith("__") or not self.__dict__.get("grid_id"):
            raise AttributeError
        gridout = self._to_be_asked()
        if gridout is None:
            raise AttributeError(
                f"{name!r} is not known before the file is open: `await async_get()`"
                if self._is_async
                else ""
            )
        return getattr(gridout, name)

    def __str__(self) -> str:
        """Show the name, if there is a file that can be opened, and the id."""
        gridout = self._to_be_asked() if self.grid_id else None
        name = getattr(gridout, "filename", None) or "<no file>"
        return f"<{type(self).__name__}: {name} ({self.grid_id})>"

    def _to_be_asked(self) -> Any:
        """Return the open file, opened now if an attribute may do that."""
        is_known = bool(families(self.db_alias))
        if self.gridout is not None or self._is_async or not is_known:
            return self.gridout
        return self.get()


# Its methods that begin with `async_` are those of the async family.
AsyncGridFSProxy = GridFSProxy


class FileField(AsyncFieldAccess, FieldAccess, BaseField["Any"]):
    """A file in GridFS.

    Reading gives a GridFSProxy, also when there is no file.  ``collection_name`` is the
    prefix of the collections that hold the files.
    """

    proxy_class: ClassVar[type[GridFSProxy]] = GridFSProxy
    _builds_later = True
    _converts_given = False
    _decoded_types = (ObjectId,)

    def __init__(
        self,
        db_alias: str = DEFAULT_CONNECTION_NAME,
        collection_name: str = "fs",
        **kwargs: Any,
    ) -> None:
        """Describe a file."""
        super().__init__(**kwargs)
        self.db_alias = db_alias
        self.collection_name = collection_name

    def _adopts_decoded(self, value: Any) -> bool:
        """Let an id wait until the file is asked for."""
        return type(value) is ObjectId

    def _make_initial(self) -> Any:
        """Return a place for a file."""
        return self._proxy_of(None)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """Return the proxy, which learns whom it belongs to."""
        if instance is None:
            return self
        proxy = instance._read_value(self)
        if not isinstance(proxy, GridFSProxy):
            proxy = instance._put_value(self, self._make_initial())
        proxy.key, proxy.instance = self.name, instance
        return proxy

    def __set__(self, instance: Any, value: Any) -> None:
        """Take another file, or store content: text, bytes or what can be read.

        In the async family, content is stored when the document is saved.
        """
        if is_content(value):
            self._take_content(self._file_of(instance), value)
            return
        instance._put_value(self, value)
        if instance._initialised:  # the same id may stand for other content by now
            instance._mark_as_changed(self.name)

    def _take_content(self, proxy: GridFSProxy, content: Any) -> None:
        if proxy._is_async:
            proxy._keep(content)
        elif proxy.grid_id:
            proxy.replace(content)
        else:
            proxy.put(content)

    def _file_of(self, instance: Any) -> GridFSProxy:
        proxy: GridFSProxy = self.__get__(instance)
        return proxy

    def get_proxy_obj(
        self,
        key: str,
        instance: Any,
        db_alias: str | None = None,
        collection_name: str | None = None,
    ) -> GridFSProxy:
        """Return a place for a file in the field ``key`` of a document."""
        return self.proxy_class(
            key=key,
            instance=instance,
            db_alias=db_alias or self.db_alias,
            collection_name=collection_name or self.collection_name,
        )

    def _proxy_of(self, grid_id: Any) -> GridFSProxy:
        return self.proxy_class(
            grid_id, db_alias=self.db_alias, collection_name=self.collection_name
        )

    def to_python(self, value: Any) -> Any:
        """Make a proxy of the id of a file; proxies stay."""
        if value is None or isinstance(value, GridFSProxy):
            return value
        return self._proxy_of(value)

    def to_mongo(self, value: Any) -> Any:
        """Return the id of the file, None if there is none."""
        return value.grid_id if isinstance(value, GridFSProxy) else None

    def validate(self, value: Any, clean: bool = True) -> None:
        """Accept proxies with the id of a file, or without."""
        if value.grid_id is None:
            return
        if not isinstance(value, self.proxy_class):
            self.error("FileField only accepts GridFSProxy values")
        if not isinstance(value.grid_id, ObjectId):
            self.error("Invalid GridFSProxy value")


class ImageGridFsProxy(AsyncImageAccess, ImageAccess, GridFSProxy):
    """What an ImageField holds: one image in GridFS, or a place for one.

    ``size`` and ``format`` are known when it is open, as other attributes are.
    """

    _has_parts = True

    @property
    def size(self) -> tuple[int, int] | None:
        """Width and height, None if there is no image."""
        return (self.width, self.height) if self._to_be_asked_of() else None

    @property
    def format(self) -> str | None:
        """The name of the format, None if there is no image."""
        return self.__getattr__("format") if self._to_be_asked_of() else None

    @property
    def thumbnail(self) -> Any:
        """The thumbnail, opened to be read, None if there is none."""
        return self.get_thumbnail()

    def _to_be_asked_of(self) -> bool:
        return bool(self.grid_id) and (
            self._is_async or self._to_be_asked() is not None
        )

    def _sizes(self) -> tuple[Any, Any]:
        """Return what the field says of the sizes of an image and of its thumbnail."""
        if self.instance is None:
            return None, None
        field = self.instance._fields[self.key]
        return field.size, field.thumbnail_size


class ImageField(FileField):
    """An image in GridFS; needs Pillow.

    ``size`` is ``(width, height, force)``: larger images are made smaller, to fit into
    it, or with ``force`` cut to just that.  ``thumbnail_size`` is the same for a small
    copy, which is kept beside the image.
    """

    proxy_class = ImageGridFsProxy
    _builds_later = True

    def __init__(
        self,
        size: Any = None,
        thumbnail_size: Any = None,
        collection_name: str = "images",
        **kwargs: Any,
    ) -> None:
        """Describe an image."""
        if find_spec("PIL") is None:
            raise ImproperlyConfigured("PIL library was not found")
        self.size = _size(size)
        self.thumbnail_size = _size(thumbnail_size)
        super().__init__(collection_name=collection_name, **kwargs)


def _size(value: Any) -> dict[Any, Any] | None:
    """Return a size as a dict, None for anything but a tuple or list."""
    if not isinstance(value, (tuple, list)):
        return None
    return dict(zip_longest(("width", "height", "force"), value))
