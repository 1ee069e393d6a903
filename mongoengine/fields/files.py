"""Fields for files and images, which GridFS keeps outside of the document.

The document stores the id of a file.  What reads and writes files is not here: these
are the values that know which file, and of which document.
"""

from __future__ import annotations

from importlib.util import find_spec
from itertools import zip_longest
from typing import Any, ClassVar, NoReturn

from bson import ObjectId

from mongoengine.base.connection_settings import DEFAULT_CONNECTION_NAME
from mongoengine.base.field import BaseField

__all__ = (
    "FileField",
    "GridFSError",
    "GridFSProxy",
    "ImageField",
    "ImageGridFsProxy",
    "ImproperlyConfigured",
)


class GridFSError(Exception):
    """A file is used in a way that does not fit what is stored, or is not."""


class ImproperlyConfigured(Exception):
    """Something that a field needs is not installed."""


class GridFSProxy:
    """What a FileField holds: one file in GridFS, or a place for one.

    True if there is a file.  Once that is open, its attributes (``filename``,
    ``content_type`` …) are those of the proxy.
    """

    def __init__(
        self,
        grid_id: Any = None,
        key: str | None = None,
        instance: Any = None,
        db_alias: str = DEFAULT_CONNECTION_NAME,
        collection_name: str = "fs",
    ) -> None:
        """Stand for the file ``grid_id``, in the field ``key`` of a document."""
        self.grid_id = grid_id
        self.key = key
        self.instance = instance
        self.db_alias = db_alias
        self.collection_name = collection_name
        self.newfile: Any = None  # being written
        self.gridout: Any = None  # being read

    def __getattr__(self, name: str) -> Any:
        """Return an attribute of the file, if that is open."""
        gridout = self.__dict__.get("gridout")
        if gridout is None or name.startswith("__"):
            raise AttributeError
        return getattr(gridout, name)

    def __get__(self, instance: Any, owner: Any = None) -> GridFSProxy:
        """Be a value also as an attribute of a class."""
        return self

    def __bool__(self) -> bool:
        """Say whether there is a file."""
        return bool(self.grid_id)

    def __eq__(self, other: object) -> bool:
        """Compare which file in which collection."""
        if not isinstance(other, GridFSProxy):
            return False
        return self._place() == other._place()

    def _place(self) -> tuple[Any, ...]:
        return self.db_alias, self.collection_name, self.grid_id

    def __getstate__(self) -> dict[str, Any]:
        """Copy and pickle all but what is open."""
        return {**self.__dict__, "newfile": None, "gridout": None}

    def __copy__(self) -> GridFSProxy:
        """Stand for the same file of the same document."""
        copied = type(self)()
        copied.__dict__.update(self.__getstate__())
        return copied

    def __deepcopy__(self, memo: Any) -> GridFSProxy:
        """Stand for the same file of the same document."""
        return self.__copy__()

    def __repr__(self) -> str:
        """Show the id of the file."""
        return f"<{type(self).__name__}: {self.grid_id}>"

    def __str__(self) -> str:
        """Show the name, if the file is open, and the id."""
        name = getattr(self.gridout, "filename", None) or "<no file>"
        return f"<{type(self).__name__}: {name} ({self.grid_id})>"

    def _mark_as_changed(self) -> None:
        """Tell the document that it has another file."""
        if self.instance is not None:
            self.instance._mark_as_changed(self.key)


class FileField(BaseField["Any"]):
    """A file in GridFS.

    Reading gives a GridFSProxy, also when there is no file.  ``collection_name`` is the
    prefix of the collections that hold the files.
    """

    proxy_class: ClassVar[type[GridFSProxy]] = GridFSProxy
    _builds_later = True
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
        proxy = instance._read(self)
        if not isinstance(proxy, GridFSProxy):
            proxy = instance._put(self, self._make_initial())
        proxy.key, proxy.instance = self.name, instance
        return proxy

    def __set__(self, instance: Any, value: Any) -> None:
        """Take another proxy, or store content: text, bytes or an open file."""
        if _is_content(value):
            proxy = self.__get__(instance)
            store = proxy.replace if proxy else proxy.put
            store(value)
            return
        instance._put(self, value)
        if instance._initialised:  # the same id may stand for other content by now
            instance._mark_as_changed(self.name)

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


def _is_content(value: Any) -> bool:
    if isinstance(value, (str, bytes)):
        return True
    return hasattr(value, "read") and not isinstance(value, GridFSProxy)


class ImageGridFsProxy(GridFSProxy):
    """What an ImageField holds: one image in GridFS, or a place for one."""

    def write(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: an image is looked at as a whole."""
        raise RuntimeError('Please use "put" method instead')

    def writelines(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: an image is looked at as a whole."""
        raise RuntimeError('Please use "put" method instead')


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
