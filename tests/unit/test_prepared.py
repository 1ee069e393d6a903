"""What is remembered of the collections of document classes, and what is not."""

import gc
import threading

import pytest

from mongoengine.base import prepared
from mongoengine.base.places import Place
from mongoengine.base.prepared import Prepared


class Kind:
    """Stands for a document class."""


def test_a_place_has_one_lock_while_somebody_holds_it() -> None:
    them = Prepared(threading.Lock)
    lock = them.lock(Kind, Place("default", "a"))
    assert them.lock(Kind, Place("default", "a")) is lock
    assert them.lock(Kind, Place("default", "b")) is not lock
    del lock
    gc.collect()
    assert not them._locks


def test_places_without_number_take_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared, "MOST_PLACES", 3)
    them, db = Prepared(threading.Lock), object()
    for number in range(10):
        place = Place("default", str(number))
        them.keep(Kind, place, db, number)
        assert them.get(Kind, place, db) == number
        assert len(them._collections) <= 3
    them.keep(Kind, place, db, "again")
    assert them.get(Kind, place, db) == "again"
