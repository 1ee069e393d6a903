"""Dicts that take the keys alone that they were made for."""

import pytest

from mongoengine.base.datastructures import StrictDict

Strict = StrictDict.create(allowed_keys=("a", "b"))


def test_strict_dicts_permit_their_keys_alone() -> None:
    value = Strict(b=2)
    value["a"] = 1
    assert (value.a, value["b"], value.get("z", 5)) == (1, 2, 5)
    assert list(value) == value.keys() == list(value.iterkeys()) == ["a", "b"]
    assert value.items() == list(value.iteritems()) == [("a", 1), ("b", 2)]
    assert value == {"a": 1, "b": 2}
    assert value != Strict(a=1)
    assert repr(Strict(a="x")) == "{\"a\": 'x'}"
    assert len(value) == 2
    assert not Strict()
    for refused in (lambda: Strict(z=1), lambda: setattr(value, "z", 1)):
        with pytest.raises(AttributeError):
            refused()


def test_strict_dicts_miss_keys() -> None:
    value = Strict(a=1)
    assert "b" not in value
    with pytest.raises(KeyError):
        value["b"]
    with pytest.raises(AttributeError):
        _ = value.b
    assert value.pop("b", 5) == value.pop("z", 5) == 5
    assert value.pop("a") == 1
    assert "a" not in value


def test_strict_dicts_of_the_same_keys_are_of_one_class() -> None:
    assert StrictDict.create(allowed_keys=["b", "a"]) is Strict
