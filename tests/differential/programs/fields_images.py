"""ImageField, as far as no image is stored; it needs Pillow, or says so."""

from battery import SOME_ID, attributes_of, make_field
from recorder import step

from mongoengine import Document, ImageField

SOURCES = ("", "size=(1, 2, True)", "size=(1, 2)", "size=(1,)", "size=()", "size=5")
SOURCES += (
    "size=[1, 2]",
    "size=(1, 2, 3, 4)",
    "thumbnail_size=(1, 2, True)",
    "thumbnail_size=(1,)",
)
SOURCES += (
    "collection_name='other'",
    "size='ab'",
    "db_alias='other', required=True",
    "size={'a': 1}",
)


def observe_construction(source):
    step(
        f"ImageField({source})",
        lambda: attributes_of(make_field(f"ImageField({source})")),
    )


for source in SOURCES:
    observe_construction(source)


@step("a model with an image")
def _():
    class Photo(Document):
        image = ImageField(size=(8, 8, True), thumbnail_size=(2, 2))

    photo = Photo()
    step("image truth", lambda: bool(photo.image))
    step("image size", lambda: photo.image.size)
    step("image format", lambda: photo.image.format)
    step("image thumbnail", lambda: photo.image.thumbnail)
    step("image thumbnail_size", lambda: photo.image.thumbnail_size)
    step("image write", lambda: photo.image.write(b"x"))
    step("image writelines", lambda: photo.image.writelines([b"x"]))
    step("image stored", lambda: photo.to_mongo())
    step("image str", lambda: str(photo.image))
    step("image valid", lambda: photo.validate())
    step("image loaded", lambda: Photo._from_son({"image": SOME_ID}).image.grid_id)
    return photo
