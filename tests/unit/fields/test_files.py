"""FileField and ImageField, as far as no file is stored."""

from __future__ import annotations

import copy
import pickle
from types import SimpleNamespace
from typing import Any

import pytest
from bson import ObjectId

from mongoengine import (
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    FileField,
    ImageField,
    ListField,
    MapField,
    ValidationError,
)
from mongoengine.fields import GridFSProxy, ImageGridFsProxy, ImproperlyConfigured

ID = ObjectId("0123456789abcdef01234567")
FIND_SPEC = "mongoengine.base.file_fields.find_spec"  # finds Pillow, or not
OTHER_ID = ObjectId("fedcba987654321001234567")


class FiledPage(EmbeddedDocument):
    scan = FileField(db_field="s")


class FiledLetter(Document):
    file = FileField(db_field="f")
    required = FileField(required=True)
    elsewhere = FileField(db_alias="other", collection_name="things")
    files = ListField(FileField())
    by_name = MapField(FileField())
    page = EmbeddedDocumentField(FiledPage)


def loaded() -> FiledLetter:
    return FiledLetter._from_son({"_id": OTHER_ID, "f": ID, "files": [ID]})


def test_a_field_without_a_file_reads_as_a_place_for_one() -> None:
    letter = FiledLetter()
    assert type(letter.file) is GridFSProxy
    assert letter.file is letter.file
    assert not letter.file
    assert letter.file.grid_id is None
    assert letter.to_mongo() == {"files": [], "by_name": {}}
    letter.validate()


def test_options_reach_the_proxy() -> None:
    proxy = FiledLetter().elsewhere
    assert (proxy.db_alias, proxy.collection_name) == ("other", "things")
    other = FiledLetter.file.get_proxy_obj("k", None, "a", "c")
    assert (other.key, other.db_alias, other.collection_name) == ("k", "a", "c")


def test_a_loaded_file() -> None:
    letter = loaded()
    assert letter.file
    assert letter.file.grid_id == ID
    assert letter.files[0].grid_id == ID
    assert letter._get_changed_fields() == []
    assert letter.to_mongo() == {
        "_id": OTHER_ID,
        "f": ID,
        "files": [ID],
        "by_name": {},
    }
    letter.validate()


def test_the_proxy_knows_whom_it_belongs_to() -> None:
    letter, page = loaded(), FiledPage(scan=GridFSProxy(ID, key="another"))
    assert letter.file.instance is letter
    assert letter.file.key == "file"
    assert page.scan.instance is page
    assert page.scan.key == "scan"
    letter.file._mark_as_changed()
    assert letter._get_changed_fields() == ["f"]
    GridFSProxy()._mark_as_changed()


def test_a_proxy_that_moves_marks_its_new_document() -> None:
    old, new = loaded(), FiledLetter._from_son({"_id": ID})
    new.file = old.file
    assert new._delta() == ({"f": ID}, {})
    new._clear_changed_fields()
    new.file._mark_as_changed()
    assert new._get_changed_fields() == ["f"]
    assert old._get_changed_fields() == []


@pytest.mark.parametrize("value", [None, GridFSProxy(), 5])
def test_what_is_no_file_takes_the_file_away(value: Any) -> None:
    letter = loaded()
    letter.file = value
    assert letter._delta() == ({}, {"f": 1})
    assert letter.file == GridFSProxy()


def test_deleting_the_attribute_takes_the_file_away() -> None:
    letter = loaded()
    del letter.file
    assert letter._delta() == ({}, {"f": 1})
    assert not letter.file


def test_the_same_file_again_is_a_change() -> None:
    letter = loaded()
    letter.file = GridFSProxy(ID)
    assert letter._delta() == ({"f": ID}, {})


def test_no_file_again_is_a_change() -> None:
    letter = FiledLetter._from_son({"_id": OTHER_ID, "f": None})
    letter.file = None
    assert letter._delta() == ({}, {"f": 1})


def test_a_new_document_has_no_changes() -> None:
    assert FiledLetter(file=GridFSProxy(ID))._get_changed_fields() == []


def test_proxies_in_containers_and_embedded_documents() -> None:
    proxy = GridFSProxy(ID)
    letter = FiledLetter(files=[proxy], by_name={"k": ID}, page=FiledPage(scan=proxy))
    letter.validate()
    stored = letter.to_mongo()
    assert stored["files"] == [ID]
    assert stored["by_name"] == {"k": ID}
    assert stored["page"] == {"s": ID}
    assert FiledLetter._from_son(stored).by_name["k"] == proxy


def test_conversion() -> None:
    field = FiledLetter.elsewhere
    assert field.to_python(None) == field.get_proxy_obj("elsewhere", None)
    proxy = field.to_python(ID)
    assert (proxy.grid_id, proxy.collection_name) == (ID, "things")
    assert field.to_python(proxy) is proxy
    assert field.to_mongo(proxy) == ID
    assert [field.to_mongo(v) for v in (None, ID, "x", 5)] == [None] * 4


@pytest.mark.parametrize("grid_id", ["text", 5, GridFSProxy()])
def test_an_id_that_is_none_is_refused(grid_id: Any) -> None:
    with pytest.raises(ValidationError, match="Invalid GridFSProxy value"):
        FileField().validate(GridFSProxy(grid_id))


def test_validation_takes_proxies_alone() -> None:
    with pytest.raises(ValidationError, match="FileField only accepts GridFSProxy"):
        FileField().validate(SimpleNamespace(grid_id=ID))
    with pytest.raises(ValidationError, match="GridFSProxy values, not ObjectId"):
        FileField().validate(ID)


def test_proxies_are_compared_by_place_and_id() -> None:
    assert GridFSProxy(ID, "k") == GridFSProxy(ID)
    assert GridFSProxy(ID) != GridFSProxy()
    assert GridFSProxy(ID) != GridFSProxy(ID, collection_name="c")
    assert GridFSProxy(ID) != GridFSProxy(ID, db_alias="a")
    assert GridFSProxy(ID) != ID
    assert GridFSProxy(ID) == ImageGridFsProxy(ID)
    with pytest.raises(TypeError, match="unhashable"):
        hash(GridFSProxy())


def test_text() -> None:
    assert repr(ImageGridFsProxy(ID)) == f"<ImageGridFsProxy: {ID}>"
    proxy = GridFSProxy(ID)
    assert str(proxy) == f"<GridFSProxy: <no file> ({ID})>"
    proxy.gridout = SimpleNamespace(filename="a.txt")
    assert str(proxy) == f"<GridFSProxy: a.txt ({ID})>"


def test_attributes_of_an_open_file() -> None:
    proxy = GridFSProxy(ID)
    with pytest.raises(AttributeError):
        proxy.filename  # noqa: B018
    proxy.gridout = SimpleNamespace(filename="a.txt")
    assert proxy.filename == "a.txt"
    with pytest.raises(AttributeError, match="nope"):
        proxy.nope  # noqa: B018


@pytest.mark.parametrize(
    "copied",
    [copy.copy, copy.deepcopy, lambda proxy: pickle.loads(pickle.dumps(proxy))],
)
def test_copies_leave_open_files_behind(copied: Any) -> None:
    proxy = ImageGridFsProxy(ID, "k", None, "alias", "things")
    with open(__file__) as opened:  # cannot be pickled
        proxy.gridout = proxy.newfile = opened
        twin = copied(proxy)
    assert type(twin) is ImageGridFsProxy
    assert twin == proxy
    assert (twin.key, twin.gridout, twin.newfile) == ("k", None, None)


def test_an_image_is_not_written_piece_by_piece() -> None:
    for write in (ImageGridFsProxy().write, ImageGridFsProxy().writelines):
        with pytest.raises(RuntimeError, match='Please use "put" method instead'):
            write(b"x")


@pytest.mark.parametrize(
    ("size", "kept"),
    [
        (None, None),
        (5, None),
        ((), {"width": None, "height": None, "force": None}),
        ([8], {"width": 8, "height": None, "force": None}),
        ((8, 6, True), {"width": 8, "height": 6, "force": True}),
        ((8, 6, True, 1), {"width": 8, "height": 6, "force": True, None: 1}),
    ],
)
def test_image_sizes(monkeypatch: pytest.MonkeyPatch, size: Any, kept: Any) -> None:
    monkeypatch.setattr(FIND_SPEC, lambda name: name)
    field = ImageField(size=size, thumbnail_size=size)
    assert (field.size, field.thumbnail_size) == (kept, kept)
    assert (field.collection_name, field.proxy_class) == ("images", ImageGridFsProxy)


def test_an_image_needs_pillow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FIND_SPEC, lambda name: None)
    with pytest.raises(ImproperlyConfigured, match="PIL library was not found"):
        ImageField()


@pytest.mark.parametrize("value", [5, [b"x"], (b"x",), {"a": 1}, object()])
def test_what_is_no_content_is_refused(value: Any) -> None:
    letter = FiledLetter(file=value)
    message = rf"accepts GridFSProxy values, not {type(value).__name__}: .*\['file'\]"
    with pytest.raises(ValidationError, match=message):
        letter.validate()


@pytest.mark.parametrize("value", [b"x", bytearray(b"x"), "x", 5])
def test_a_list_takes_no_content(value: Any) -> None:
    letter = FiledLetter()
    letter.files.append(value)
    message = rf"not {type(value).__name__}: `put\(\)` the content.*\['files'\]"
    with pytest.raises(ValidationError, match=message):
        letter.validate()
