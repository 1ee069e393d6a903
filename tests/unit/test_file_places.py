"""Which classes and fields may hold files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from mongoengine import (
    DictField,
    Document,
    DynamicDocument,
    DynamicEmbeddedDocument,
    DynamicField,
    EmbeddedDocument,
    EmbeddedDocumentField,
    FileField,
    GenericEmbeddedDocumentField,
    ListField,
    MapField,
    StringField,
)
from mongoengine.base import common, file_places
from mongoengine.base.common import _DocumentRegistry
from mongoengine.base.file_places import keeps_files, names_with_files
from mongoengine.base.lookup import forget_names


@pytest.fixture(autouse=True)
def _no_classes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have no classes but those that a test defines."""
    registry: dict[str, Any] = {}
    for module in (common, file_places):
        monkeypatch.setattr(module, "_document_registry", registry)
    forget_names()
    yield
    forget_names()


def define_with_files() -> Any:
    class Scanned(EmbeddedDocument):
        scan = FileField()

    return Scanned


def test_untyped_fields_count_if_an_embedded_document_has_files() -> None:
    class Loose(DynamicEmbeddedDocument):
        pass

    class Box(Document):
        name = StringField()
        names = ListField(StringField())
        by_name = DictField()
        rows = ListField()
        deep = MapField(ListField(DictField()))
        anything = DynamicField()
        generic = GenericEmbeddedDocumentField()
        chosen = GenericEmbeddedDocumentField(choices=[Loose])
        loose = EmbeddedDocumentField(Loose)

    class Free(DynamicDocument):
        pass

    assert names_with_files(Box) == ()
    assert not keeps_files(Box)
    assert not keeps_files(Free)
    define_with_files()
    assert set(Box._fields) - set(names_with_files(Box)) == {"id", "name", "names"}
    assert keeps_files(Box)
    assert keeps_files(Free)


def test_classes_that_are_defined_meanwhile_disturb_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Meddling:
        _fields: dict[str, Any] = {}

        @property
        def _is_document(self) -> bool:
            registry[f"more{len(registry)}"] = define_with_files()
            return False

    registry: dict[str, Any] = {"one": Meddling(), "two": Meddling()}
    monkeypatch.setattr(file_places, "_document_registry", registry)
    assert not file_places.embedded_have_files()
    forget_names()
    assert file_places.embedded_have_files()


def test_typed_fields_count_whatever_there_is() -> None:
    class Filed(Document):
        file = FileField()
        files = MapField(ListField(FileField()))
        by_name = DictField()

    assert names_with_files(Filed) == ("file", "files")


def test_classes_below_count() -> None:
    class Page(EmbeddedDocument):
        inner = EmbeddedDocumentField("self")
        meta = {"allow_inheritance": True}

    class Book(Document):
        pages = ListField(EmbeddedDocumentField(Page))
        meta = {"allow_inheritance": True}

    assert not keeps_files(Book)

    class ScannedPage(Page):
        scan = FileField()

    assert names_with_files(Book) == ("pages",)


def test_documents_within_others_of_their_class_count() -> None:
    class Comment(EmbeddedDocument):
        scan = FileField()
        text = StringField()
        quoted = EmbeddedDocumentField("Quote")
        replies = ListField(EmbeddedDocumentField("self"))

    class Quote(EmbeddedDocument):
        comment = EmbeddedDocumentField(Comment)

    assert names_with_files(Comment) == ("scan", "quoted", "replies")
    assert names_with_files(Quote) == ("comment",)


def test_a_class_that_is_taken_back_does_not_count() -> None:
    class Base(Document):
        meta = {"allow_inheritance": True}

    class Below(Base):
        file = FileField()

    assert keeps_files(Base)
    _DocumentRegistry.unregister("Base.Below")
    assert not keeps_files(Base)
