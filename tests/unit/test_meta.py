"""Options of document classes, and the names that follow from the classes'."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from mongoengine.base.meta import MetaDict, auto_id_names, default_collection_name


def test_merging_adds_indexes_and_replaces_the_rest() -> None:
    inherited = ["a"]
    meta = MetaDict({"indexes": inherited, "ordering": ["a"], "strict": True})
    meta.merge({"indexes": ["b"], "ordering": ["b"], "own": 1})
    assert meta == {
        "indexes": ["a", "b"],
        "ordering": ["b"],
        "strict": True,
        "own": 1,
    }
    assert inherited == ["a"]


def test_merging_first_indexes() -> None:
    meta = MetaDict()
    meta.merge({"indexes": ["a"]})
    assert meta == {"indexes": ["a"]}


@pytest.mark.parametrize("indexes", [None, ("b",), "b"])
def test_indexes_of_another_kind_are_refused(indexes: Any) -> None:
    with pytest.raises(TypeError, match="can only concatenate list"):
        MetaDict({"indexes": ["a"]}).merge({"indexes": indexes})


@pytest.mark.parametrize(
    ("class_name", "collection"),
    [
        ("User", "user"),
        ("UserAccount", "user_account"),
        ("HTTPServer", "h_t_t_p_server"),
        ("Snake_Case", "snake__case"),
        ("_Private", "private"),
        ("Trailing_", "trailing"),
        ("lower", "lower"),
        ("A1B", "a1_b"),
        ("ÄÖ", "ä_ö"),
        ("__", ""),
    ],
)
def test_collection_names(class_name: str, collection: str) -> None:
    assert default_collection_name(class_name) == collection


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({}, ("id", "_id")),
        ({"id": "i"}, ("auto_id_0", "_auto_id_0")),
        ({"x": "_id"}, ("auto_id_0", "_auto_id_0")),
        ({"x": "id"}, ("id", "_id")),
        ({"_id": "x"}, ("id", "_id")),
        ({"id": "id", "auto_id_0": "a"}, ("auto_id_1", "_auto_id_1")),
        ({"id": "id", "x": "_auto_id_0"}, ("auto_id_1", "_auto_id_1")),
        ({"id": "id", "x": "auto_id_0"}, ("auto_id_0", "_auto_id_0")),
    ],
)
def test_names_of_automatic_ids(fields: dict[str, str], names: tuple[str, str]) -> None:
    by_name = {name: SimpleNamespace(db_field=key) for name, key in fields.items()}
    assert auto_id_names(SimpleNamespace(_fields=by_name)) == names
