"""Images: what is known of a stored one, and how Pillow makes them fit to be stored."""

from __future__ import annotations

from io import BytesIO
from typing import Any, NamedTuple

from mongoengine.base.files import FileHandle
from mongoengine.errors import ValidationError

Size = dict[Any, Any] | None


class ImageHandle(FileHandle):
    """One image in GridFS, or a place for one."""

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
        name = (self.key or "").partition(".")[0]
        field = None if self.instance is None else self.instance._field_named(name)
        while field is not None and not hasattr(field, "thumbnail_size"):
            field = getattr(field, "field", None)  # of the items of a container
        return (None, None) if field is None else (field.size, field.thumbnail_size)


class Picture(NamedTuple):
    """An image ready to be stored."""

    content: BytesIO
    width: int
    height: int
    format: str

    @property
    def facts(self) -> dict[str, Any]:
        """What is stored about the image besides its content."""
        return {"width": self.width, "height": self.height, "format": self.format}


def pictures(
    source: Any, size: Size, thumbnail_size: Size
) -> tuple[Picture, Picture | None]:
    """Return an image, which may be as large as ``size``, and its thumbnail if any.

    The source is an open file, or the path of one.  ValidationError is raised if it
    holds no image, or one that is dangerously large.
    """
    with _opened(source) as image:  # which closes what it opened itself
        return _pictures_of(image, size, thumbnail_size)


def _pictures_of(
    image: Any, size: Size, thumbnail_size: Size
) -> tuple[Picture, Picture | None]:
    name = image.format
    if size and (image.width > size["width"] or image.height > size["height"]):
        image = _resized(image, size)
    thumbnail = None
    if thumbnail_size:
        small = _resized(image.copy(), thumbnail_size)
        thumbnail = _written(small, name)
    return _written(image, name), thumbnail


def _opened(source: Any) -> Any:
    from PIL import Image  # an extra

    try:
        return Image.open(source)
    except Exception as error:  # of many kinds, as formats are
        raise ValidationError(f"Invalid image: {error}") from error


def _resized(image: Any, size: dict[Any, Any]) -> Any:
    from PIL import Image, ImageOps

    box = size["width"], size["height"]
    if size["force"]:
        return ImageOps.fit(image, box, Image.Resampling.LANCZOS)
    image.thumbnail(box, Image.Resampling.LANCZOS)
    return image


def _written(image: Any, name: str) -> Picture:
    content = BytesIO()
    image.save(content, name)
    content.seek(0)
    return Picture(content, image.width, image.height, name)
