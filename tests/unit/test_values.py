"""``_data``, through which fields of users reach what a document holds."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest

from mongoengine import Document, DynamicDocument, IntField, StringField


class Valued(Document):
    name = StringField()
    number = IntField()


class LooselyValued(Document):
    name = StringField()
    number = IntField()
    meta = {"strict": False}


def plain() -> Any:
    return Valued(name="a", number=1)


def with_attributes() -> Any:
    document = plain()
    document.note = "mine"
    return document


def loaded_with_attributes() -> Any:
    document = Valued._from_son({"name": "a", "number": 1})
    document.note = "mine"
    return document


def with_unknown_keys() -> Any:
    return LooselyValued._from_son({"name": "a", "number": 1, "more": 2})


@pytest.fixture(
    params=[plain, with_attributes, loaded_with_attributes, with_unknown_keys]
)
def document(request: pytest.FixtureRequest) -> Any:
    return request.param()


def test_values_are_a_dict(document: Any) -> None:
    values = {"name": "a", "number": 1, "id": None}
    if isinstance(document, LooselyValued):
        values["more"] = 2
    assert isinstance(document._data, dict)
    assert document._data == dict(document._data) == values
    assert json.loads(json.dumps(document._data)) == values
    assert repr(dict(document._data)) == repr(document._data)
    assert copy.deepcopy(document._data) == values
    assert pickle.loads(pickle.dumps(document._data)) == values


def test_what_is_set_is_set_in_the_document(document: Any) -> None:
    document._data["name"] = "b"
    assert (document.name, document._data["name"]) == ("b", "b")
    document._data.update(name="c", number=3)
    assert (document.name, document.number) == ("c", 3)
    data = document._data
    data |= {"name": "d"}
    assert (document.name, document.to_mongo()) == ("d", {"name": "d", "number": 3})


def test_what_is_removed_is_removed_from_the_document(document: Any) -> None:
    assert document._data.pop("name") == "a"
    assert document._data.pop("none", 5) == 5
    assert document.name is None
    del document._data["number"]
    assert document.to_mongo() == {}
    with pytest.raises(KeyError):
        document._data.pop("none")


def test_all_may_be_removed(document: Any) -> None:
    document._data.clear()
    assert document.to_mongo() == {}
    assert getattr(document, "note", "mine") == "mine"


def test_all_may_be_replaced(document: Any) -> None:
    document._data = {"name": "z"}
    assert (document.name, document.number) == ("z", None)
    assert getattr(document, "note", "mine") == "mine"


def test_values_of_no_field_are_no_attributes() -> None:
    document = with_attributes()
    document._data["extra"] = 5
    assert document._data["extra"] == 5
    assert not hasattr(document, "extra")
    assert document.to_mongo() == {"name": "a", "number": 1}
    del document._data["extra"]
    assert "extra" not in document._data


def test_values_of_dynamic_documents() -> None:
    class FreelyValued(DynamicDocument):
        name = StringField()

    free = FreelyValued(name="a", more=1)
    free._data["more"] = 2
    assert (free.more, free.to_mongo()) == (2, {"name": "a", "more": 2})
    free._data.pop("more")
    assert free._data == {"name": "a", "id": None}
