"""Images as they are stored: read, made smaller and written again, by Pillow."""

from __future__ import annotations

from io import BytesIO
from typing import Any, NamedTuple

from mongoengine.errors import ValidationError

Size = dict[Any, Any] | None


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
    image = _opened(source)
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
