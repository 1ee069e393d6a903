"""Files in GridFS: what is stored, read, replaced and removed, and what is sent.

A replaced file goes after the new one is stored, one that is not there is not removed,
and neither tells of a failure by saying nothing: those steps differ on purpose.
"""

# ruff: noqa: B023  # a step runs at once

import copy
from io import BytesIO

from recorder import step
from server import connect, sent

from mongoengine import (
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    FileField,
    IntField,
)
from mongoengine.fields import GridFSProxy

db = connect()
DRAWN = ("_id", "uploadDate", "files_id")


class Page(EmbeddedDocument):
    scan = FileField(db_field="s")


class Letter(Document):
    file = FileField(db_field="f")
    other = FileField(collection_name="attic")
    page = EmbeddedDocumentField(Page)
    number = IntField()


Letter._get_collection()


def stored(name="fs"):
    """All that is in the collections of files, but for what is drawn."""
    found = [*db[name].files.find().sort("uploadDate"), *db[name].chunks.find()]
    return [{k: v for k, v in one.items() if k not in DRAWN} for one in found]


def after(label, function, *args, **kwargs):
    """Compare a call, and what is stored after it."""
    result = step(label, function, *args, **kwargs)
    step(f"{label} | leaves", lambda: (stored(), stored("attic")))
    return result


def clear():
    for name in ("fs", "attic"):
        db[name].files.delete_many({})
        db[name].chunks.delete_many({})


empty = Letter()
step("no file | truth", lambda: bool(empty.file))
step("no file | get", lambda: empty.file.get())
step("no file | read", lambda: (empty.file.read(), empty.file.read(5)))
step("no file | close", lambda: empty.file.close())
after("no file | delete", lambda: empty.file.delete())
step("no file | iterated", lambda: list(empty.file))
step("no file | len", lambda: len(empty.file))
step("no file | attribute", lambda: hasattr(empty.file, "filename"))
step("no file | text", lambda: str(empty.file))

letter = Letter()
after("put", lambda: letter.file.put(b"abc", filename="a.txt"))
step("put | changed", lambda: letter._get_changed_fields())
step("put | again", lambda: letter.file.put(b"abc"))
step("read", lambda: (letter.file.read(), letter.file.read()))
step("get", lambda: letter.file.get() is letter.file.gridout)
step("seek", lambda: (letter.file.seek(1), letter.file.read(1), letter.file.tell()))
for name in (
    *("filename", "name", "content_type", "length", "chunk_size", "chunkSize", "md5"),
    *("metadata", "aliases", "closed", "contentType", "custom", "nope", "_nope"),
):
    step(f"attribute {name} | is there", lambda: hasattr(letter.file, name))
    step(f"attribute {name}", lambda: getattr(letter.file, name, None))
step("set attribute", lambda: setattr(letter.file, "filename", "z"))
step("set attribute | read", lambda: letter.file.filename)
sent("save", lambda: letter.save().number)
loaded = Letter.objects.first()
sent("loaded | attribute", lambda: loaded.file.filename)
step("loaded | text", lambda: str(loaded.file).split("(")[0])
sent("loaded | content", lambda: len(loaded.file.read()))
step("loaded | equality", lambda: (loaded.file == letter.file, loaded.file == 5))
step("loaded | copied", lambda: copy.deepcopy(loaded.file).read())
clear()

OPTIONS = {
    "content_type": "text/x",
    "chunk_size": 4,
    "metadata": {"a": 1},
    "custom": 7,
    "_id": "mine",
}
after("options", lambda: letter.other.put(BytesIO(b"hello world"), **OPTIONS))
step("options | id", lambda: letter.other.grid_id)
step("options | valid", lambda: letter.validate())
step("options | attributes", lambda: (letter.other.custom, letter.other.metadata))
after("delete", lambda: letter.other.delete())
step("delete | state", lambda: (letter.other.grid_id, letter.other.gridout))
step("delete | changed", lambda: letter._get_changed_fields())

for content in ("text", 5, None, b"", b"x" * 600_000, BytesIO(b"file")):
    label = repr(content)[:20].split(" at ")[0]
    clear()
    after(f"put {label}", lambda: len(stored()) + bool(Letter().file.put(content)))
    after(f"assign {label}", lambda: setattr(Letter(), "file", content))
    step(f"keyword {label}", lambda: bool(Letter(file=content).file))
clear()
after("put text, encoding", lambda: Letter().file.put("ä", encoding="utf-8"))
clear()

letter = Letter()
after("assign", lambda: setattr(letter, "file", b"1"))
after("assign again", lambda: setattr(letter, "file", b"2"))
after("assign a file", lambda: setattr(letter, "file", BytesIO(b"3")))
step("assign | read", lambda: letter.file.read())
other = Letter()
step("assign a proxy", lambda: setattr(other, "file", letter.file))
step("assign a proxy | same", lambda: other.file == letter.file)
step("assign an id", lambda: setattr(other, "file", letter.file.grid_id))
step("assign an id | none", lambda: other.file.grid_id)
step("assign None", lambda: setattr(letter, "file", None))
step("assign None | none", lambda: letter.file.grid_id)
clear()

letter = Letter()
step("new_file", lambda: letter.file.new_file(filename="n"))
step("new_file | state", lambda: (bool(letter.file), bool(letter.file.grid_id)))
step("new_file | get", lambda: letter.file.get())
step("write", lambda: letter.file.write(b"abc"))
step("writelines", lambda: letter.file.writelines([b"d", b"e"]))
after("close", lambda: letter.file.close())
after("close again", lambda: letter.file.close())
step("write closed", lambda: letter.file.write(b"x"))
step("written | read", lambda: (letter.file.read(), letter.file.filename))
letter = Letter()
step("write first", lambda: letter.file.write(b"a"))
step("write first | read", lambda: (letter.file.close(), letter.file.read()))
letter = Letter()
step("writelines first", lambda: letter.file.writelines([b"a", b"b"]))
step("writelines first | read", lambda: (letter.file.close(), letter.file.read()))
step("write on another", lambda: Letter(file=b"x").file.write(b"y"))
letter = Letter()
letter.file.new_file()
letter.file.write(b"half")
after("delete unfinished", lambda: letter.file.delete())
letter.file.new_file()
letter.file.write(b"half")
step("put unfinished", lambda: letter.file.put(b"whole"))
after("replace unfinished", lambda: letter.file.replace(b"whole"))
clear()

letter = Letter(page=Page())
after("replace nothing", lambda: letter.file.replace(b"first", filename="k"))
after("replace", lambda: letter.file.replace(b"second"))
letter.page.scan.put(b"page")
letter.save()
after("replace saved", lambda: letter.file.replace(b"third"))
step("replace saved | changed", lambda: letter._get_changed_fields())
after("replace embedded", lambda: letter.page.scan.replace(b"fourth"))
step("replace embedded | changed", lambda: letter._get_changed_fields())
letter.save()
step("replaced | read", lambda: Letter.objects.get(id=letter.id).file.read())
step("replaced | embedded", lambda: Letter.objects.get(id=letter.id).page.scan.read())
letter.page.scan.delete()
letter.save()
after("delete a document", lambda: letter.delete())
after("delete without files", lambda: Letter().save().delete())
clear()

letter = Letter(file=b"x").save()
step("query by id", lambda: Letter.objects(file=letter.file.grid_id).count())
step("reload", lambda: letter.reload().file.read())
db.fs.files.delete_many({})
letter = Letter.objects.get(id=letter.id)
step("gone | get", lambda: letter.file.get())
step("gone | truth", lambda: bool(letter.file))
step("gone | attribute", lambda: hasattr(letter.file, "filename"))
step("gone | text", lambda: str(letter.file).split("(")[0])
step("gone | read", lambda: letter.file.read())
after("gone | delete", lambda: letter.file.delete())
letter = Letter(file=b"x" * 600_000).save()
db.fs.chunks.delete_one({"n": 1})
step("a chunk gone | read", lambda: Letter.objects.get(id=letter.id).file.read())
clear()
letter = Letter(file=b"x").save()
after("delete by query", lambda: Letter.objects(id=letter.id).delete())
clear()

free = GridFSProxy()
after("free put", lambda: free.put(b"free"))
step("free read", lambda: GridFSProxy(free.grid_id).read())
step("free get", lambda: GridFSProxy().get(free.grid_id).read())
step("no such alias | put", lambda: GridFSProxy(db_alias="nope").put(b"x"))
step("no such alias | fs", lambda: GridFSProxy(db_alias="nope").fs)
step("no such alias | text", lambda: str(GridFSProxy(5, db_alias="nope")))
step("fs", lambda: type(free.fs).__name__)
