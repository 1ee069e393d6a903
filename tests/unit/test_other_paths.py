"""Programs import names from modules that do not define them, as they always could."""

from __future__ import annotations

import importlib
import subprocess
import sys

import bson
import pytest

import mongoengine
from mongoengine._other_paths import OTHER_PATHS

EACH = [
    (module, path, name)
    for module, names in OTHER_PATHS.items()
    for path, together in names.items()
    for name in together.split()
]


@pytest.mark.parametrize(("module", "path", "name"), EACH)
def test_a_name_is_the_same_at_its_other_path(
    module: str, path: str, name: str
) -> None:
    there = getattr(importlib.import_module(path), name)
    assert getattr(importlib.import_module(module), name) is there
    assert name not in vars(importlib.import_module(module))  # or the row is idle


# As plugins have it: Django REST, Flask and marshmallow adapters, JSON mix-ins.
def test_fields_give_what_they_are_made_of() -> None:
    from mongoengine.fields import BaseField, ComplexBaseField, Document, ObjectId

    assert issubclass(mongoengine.ListField, ComplexBaseField)
    assert issubclass(ComplexBaseField, BaseField)
    assert Document is mongoengine.Document
    assert ObjectId is bson.ObjectId


def test_an_unknown_name_cannot_be_imported() -> None:
    with pytest.raises(ImportError, match="cannot import name 'StrinField'"):
        from mongoengine.fields import StrinField  # noqa: F401
    message = "module 'mongoengine.document' has no attribute 'Docment'"
    with pytest.raises(AttributeError, match=message):
        mongoengine.document.Docment  # noqa: B018


def test_a_star_takes_the_public_names_alone() -> None:
    taken: dict[str, object] = {}
    exec("from mongoengine.fields import *", taken)
    assert "StringField" in taken
    assert "BaseField" not in taken


def test_modules_are_attributes_of_the_package_at_once() -> None:
    program = (
        "import mongoengine as me\n"
        "me.context_managers.switch_db, me.pymongo_support.count_documents\n"
        "me.dereference.DeReference, me.base.fields.BaseField, me.common\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
