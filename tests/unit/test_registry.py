"""Classes are found by their names, and those that are not yet there are waited for."""

from __future__ import annotations

import sys
import threading
import warnings
from typing import Any

import pytest

from mongoengine import Document, EmbeddedDocument, ListField, ReferenceField
from mongoengine.base import TopLevelDocumentMetaclass, get_document
from mongoengine.base.common import _DocumentRegistry
from mongoengine.errors import NotRegistered


class NamedAnimal(Document):
    meta = {"allow_inheritance": True}


class NamedFish(NamedAnimal):
    """Found by the end of its name as well."""


class NamedRound(EmbeddedDocument):
    """Found as documents are."""


def test_classes_are_found_by_both_names() -> None:
    assert get_document("NamedAnimal.NamedFish") is NamedFish
    assert get_document("NamedFish") is NamedFish
    assert get_document("NamedRound") is NamedRound
    with pytest.raises(NotRegistered, match="`NoSuch` has not been registered"):
        get_document("NoSuch")


def test_names_that_more_than_one_class_ends_with() -> None:
    class ShortOne(NamedAnimal):
        meta = {"allow_inheritance": True}

    class ShortTwo(NamedAnimal):
        meta = {"allow_inheritance": True}

    twins = [type("ShortTwin", (base,), {}) for base in (ShortOne, ShortTwo)]
    with pytest.raises(NotRegistered):
        get_document("ShortTwin")
    assert get_document("NamedAnimal.ShortTwo.ShortTwin") is twins[1]


def test_classes_know_others_by_name_before_they_exist() -> None:
    class RegistryBook(Document):
        author = ReferenceField("RegistryAuthor")
        sequels = ListField(ReferenceField("self"))

    class RegistryAuthor(Document):
        """Named above."""

    assert RegistryBook.author.document_type is RegistryAuthor
    assert RegistryBook.sequels.field.document_type is RegistryBook


def in_module(name: str, module: str) -> Any:
    return TopLevelDocumentMetaclass(name, (Document,), {"__module__": module})


def test_two_classes_of_one_name_in_two_modules() -> None:
    first = in_module("TwoModules", "app.models")
    with pytest.warns(UserWarning, match="TwoModules") as caught:
        second = in_module("TwoModules", "shop.models")
    message = str(caught[0].message)
    assert "app.models" in message
    assert "shop.models" in message
    assert caught[0].filename == __file__
    assert get_document("TwoModules") is second
    assert first is not second


def test_a_class_may_be_made_again_in_its_module() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        in_module("MadeAgain", "app.models")
        second = in_module("MadeAgain", "app.models")
    assert get_document("MadeAgain") is second


def test_classes_may_be_defined_while_others_are_looked_for() -> None:
    for number in range(300):
        in_module(f"Earlier{number}", __name__)
    over = threading.Event()
    errors: list[BaseException] = []

    def look() -> None:
        while not over.is_set():
            try:
                get_document("NoSuchName")
            except NotRegistered:
                continue
            except RuntimeError as error:
                errors.append(error)

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    thread = threading.Thread(target=look)
    thread.start()
    try:
        for number in range(300):
            in_module(f"Later{number}", __name__)
    finally:
        over.set()
        thread.join()
        sys.setswitchinterval(before)
        for number in range(300):
            _DocumentRegistry.unregister(f"Earlier{number}")
            _DocumentRegistry.unregister(f"Later{number}")
    assert errors == []


def test_warnings_reach_code_without_a_module() -> None:
    code = "class NamelessOne(Base):\n    meta = {'collection': 'other'}\n"
    with pytest.warns(SyntaxWarning, match="NamelessOne"):
        exec(code, {"Base": NamedAnimal, "__builtins__": __builtins__})
