"""Images in GridFS: sizes, thumbnails and formats, byte for byte."""

# ruff: noqa: B023  # a step runs at once

from io import BytesIO

from PIL import Image
from recorder import step
from server import connect

from mongoengine import Document, ImageField

db = connect()
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF")
NAMES = ("plain", "sized", "forced", "thumbed", "both")


class Photo(Document):
    plain = ImageField()
    sized = ImageField(size=(10, 10))
    forced = ImageField(size=(10, 10, True))
    thumbed = ImageField(thumbnail_size=(8, 8, True), collection_name="thumbs")
    both = ImageField(size=(20, 30), thumbnail_size=(5, 5))


def picture(form="PNG", size=(40, 20), mode="RGB", **options):
    content = BytesIO()
    image = Image.linear_gradient("L").resize(size).convert(mode)
    image.save(content, form, **options)
    content.seek(0)
    return content


def told(proxy):
    gridout = proxy.get()
    facts = {k: v for k, v in gridout._file.items() if k not in ("_id", "uploadDate")}
    facts["thumbnail_id"] = facts["thumbnail_id"] is not None
    small = proxy.thumbnail
    thumbnail = small and (small.width, small.height, small.format, small.read())
    return proxy.size, proxy.format, facts, gridout.read(), thumbnail


def put(name, content):
    proxy = getattr(Photo(), name)
    proxy.put(content, filename="x")
    return told(proxy)


def counts():
    return [db[n].files.count_documents({}) for n in ("images", "thumbs")]


for name in NAMES:
    for form in FORMATS:
        step(f"{name} | {form}", put, name, picture(form))
    for size in ((4, 3), (10, 10), (11, 10), (10, 11), (20, 100), (1, 1)):
        step(f"{name} | {size}", put, name, picture(size=size))
    for mode in ("L", "1", "P", "RGBA", "LA"):
        step(f"{name} | mode {mode}", put, name, picture(mode=mode))
    step(f"{name} | progressive", put, name, picture("JPEG", progressive=True))
    step(f"{name} | CMYK", put, name, picture("JPEG", mode="CMYK"))
    step(f"{name} | I;16", put, name, picture("TIFF", mode="I;16"))

IMPROPER = {
    "text": lambda: BytesIO(b"no image"),
    "nothing": BytesIO,
    "a path": lambda: "no such path",
    "a number": lambda: 5,
    "None": lambda: None,
    "an image of Pillow": lambda: Image.new("RGB", (3, 3)),
    "a list": lambda: [b"a"],
    "truncated": lambda: BytesIO(picture(size=(400, 400)).read()[:200]),
}
for label, make in IMPROPER.items():
    photo = Photo()
    step(f"put {label}", lambda: photo.sized.put(make()))
    step(f"put {label} | state", lambda: (photo.sized.grid_id, counts()))
    step(f"assign {label}", lambda: setattr(Photo(), "sized", make()))
    step(f"keyword {label}", lambda: bool(Photo(sized=make()).sized))

step("none", lambda: (Photo().both.size, Photo().both.format, Photo().both.thumbnail))
photo = Photo(both=picture()).save()
loaded = Photo.objects.first()
step("loaded", lambda: (loaded.both.size, loaded.both.format, loaded.both.read()))
step("loaded | thumbnail", lambda: loaded.both.thumbnail.read())
step("loaded | a second", lambda: loaded.both.put(picture()))
step("replaced", lambda: loaded.both.replace(picture("JPEG")))
step("replaced | told", lambda: (told(loaded.both), counts()))
step("deleted", lambda: (loaded.both.delete(), loaded.both.size, counts()))
photo = Photo(both=picture(), thumbed=picture()).save()
step("document deleted", lambda: (photo.delete(), counts()))
step(
    "not at its beginning",
    lambda: bool((c := picture()).seek(5) and c) and put("plain", c),
)
Image.MAX_IMAGE_PIXELS = 100
step("a bomb", put, "plain", picture())
step("half a bomb", put, "plain", picture(size=(15, 10)))
