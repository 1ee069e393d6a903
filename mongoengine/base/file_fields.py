"""The fields for files and images, without what reaches the server.

A document stores the id of a file.  Which file that is, and of which document, is known
here; ``mongoengine/fields/files.py`` adds what reads and writes it.
"""

from __future__ import annotations

from importlib.util import find_spec
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, overload

from bson import ObjectId

from mongoengine.base.connection_settings import DEFAULT_CONNECTION_NAME
from mongoengine.base.connections import ConnectionType, families
from mongoengine.base.field import BaseField
from mongoengine.base.files import FileHandle, is_content
from mongoengine.base.pending import Pending

if TYPE_CHECKING:
    from typing_extensions import Self

F = TypeVar("F", bound=FileHandle)


class ImproperlyConfigured(Exception):
    """Something that a field needs is not installed."""


class BaseFileField(BaseField[F]):
    """A file in GridFS, which reads as a ``proxy_class``."""

    proxy_class: ClassVar[Any] = FileHandle
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

    @overload
    def __get__(self, instance: None, owner: Any) -> Self: ...
    @overload
    def __get__(self, instance: Any, owner: Any) -> F: ...
    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """Return the proxy, which learns whom it belongs to."""
        if instance is None:
            return self
        proxy = instance._read_value(self)
        if not isinstance(proxy, FileHandle):
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

    def _take_content(self, proxy: Any, content: Any) -> None:
        if proxy._is_async:
            proxy._keep(Pending(content))
        elif proxy.grid_id:
            proxy.replace(content)
        else:
            proxy.put(content)

    def _file_of(self, instance: Any) -> F:
        proxy: F = self.__get__(instance, type(instance))
        return proxy

    def get_proxy_obj(
        self,
        key: str,
        instance: Any,
        db_alias: str | None = None,
        collection_name: str | None = None,
    ) -> Any:
        """Return a place for a file in the field ``key`` of a document."""
        return self.proxy_class(
            key=key,
            instance=instance,
            db_alias=db_alias or self.db_alias,
            collection_name=collection_name or self.collection_name,
        )

    def _proxy_of(self, grid_id: Any) -> Any:
        return self.proxy_class(
            grid_id, db_alias=self.db_alias, collection_name=self.collection_name
        )

    def to_python(self, value: Any) -> Any:
        """Make a proxy of the id of a file, or of none; proxies stay."""
        return value if isinstance(value, FileHandle) else self._proxy_of(value)

    def to_mongo(self, value: Any) -> Any:
        """Return the id of the file, None if there is none."""
        return value.grid_id if isinstance(value, FileHandle) else None

    def prepare_query_value(self, op: str | None, value: Any) -> Any:
        """Return the id of a file that is looked for, or set."""
        value = super().prepare_query_value(op, value)
        return value.grid_id if isinstance(value, FileHandle) else value

    @property
    def _to_put(self) -> str:
        is_async = families(self.db_alias) is ConnectionType.ASYNC
        return "await async_put()" if is_async else "put()"

    def validate(self, value: Any, clean: bool = True) -> None:
        """Accept proxies with the id of a file, or without."""
        if not hasattr(value, "grid_id"):
            self.error(
                f"FileField only accepts GridFSProxy values, not {type(value).__name__}: "
                f"`{self._to_put}` the content into a `GridFSProxy()`, or assign bytes, "
                "or a file, to the field itself"
            )
        if value.grid_id is None:
            return
        if not isinstance(value, self.proxy_class):
            self.error("FileField only accepts GridFSProxy values")
        if not isinstance(value.grid_id, ObjectId):
            self.error("Invalid GridFSProxy value")


class BaseImageField(BaseFileField[F]):
    """An image in GridFS."""

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
