"""Which querysets classes give, without any connection."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from mongoengine import (
    Document,
    EmbeddedDocument,
    IntField,
    QuerySet,
    QuerySetManager,
    queryset_manager,
)
from mongoengine.base.places import Place


class ManagerAdults(QuerySet[Any]):
    def adults(self) -> ManagerAdults:
        return self.filter(age__gte=18)


class ManagerPerson(Document):
    objects: ClassVar[QuerySetManager[ManagerAdults]]
    age = IntField(db_field="a")
    meta = {"queryset_class": ManagerAdults, "allow_inheritance": True}

    @queryset_manager
    def old(cls: Any, queryset: Any) -> Any:  # noqa: N805
        return queryset.filter(age__gte=65)

    @queryset_manager
    def young(queryset: Any) -> Any:  # noqa: N805
        return queryset.filter(age__lt=18)

    @queryset_manager
    def of_age(cls: Any, queryset: Any, age: int) -> Any:  # noqa: N805
        return queryset.filter(age=age)


class ManagerChild(ManagerPerson):
    school = IntField()


class ManagerElsewhere(Document):
    meta = {"db_alias": "elsewhere", "collection": "things"}


class ManagerAbstract(Document):
    meta = {"abstract": True}

    @queryset_manager
    def objects(cls: Any, queryset: Any) -> Any:  # noqa: N805
        return queryset.filter(pk=None)


class ManagerConcrete(ManagerAbstract):
    age = IntField()


def test_objects_know_their_class_and_place() -> None:
    objects: Any = ManagerPerson.objects
    assert objects._document is ManagerPerson
    assert objects._collection_obj == Place("default", "manager_person")


def test_objects_of_another_alias_and_collection() -> None:
    place = ManagerElsewhere.objects._collection_obj
    assert place == Place("elsewhere", "things")


def test_each_reading_gives_a_new_queryset() -> None:
    assert ManagerPerson.objects is not ManagerPerson.objects


def test_the_class_of_querysets_is_inherited() -> None:
    assert type(ManagerPerson.objects) is ManagerAdults
    assert type(ManagerChild.objects.limit(3)) is ManagerAdults
    child: Any = ManagerChild.objects
    assert child.adults()._query == {
        "a": {"$gte": 18},
        "_cls": "ManagerPerson.ManagerChild",
    }


def test_managers_filter_before_anybody_else() -> None:
    old: Any = ManagerPerson.old
    young: Any = ManagerPerson.young
    assert old._query["a"] == {"$gte": 65}
    assert young._query["a"] == {"$lt": 18}


def test_a_manager_that_takes_more_is_called_by_the_user() -> None:
    of_age: Any = ManagerPerson.of_age
    assert of_age(7)._query["a"] == 7
    assert of_age(age=8)._query["a"] == 8


def test_managers_of_abstract_classes_are_inherited() -> None:
    concrete: Any = ManagerConcrete.objects
    assert concrete._query == {"_id": None}


def test_a_document_gives_the_manager_itself() -> None:
    assert isinstance(ManagerPerson().objects, QuerySetManager)


@pytest.mark.parametrize("cls", [Document, EmbeddedDocument])
def test_what_has_no_collection_has_no_objects(cls: Any) -> None:
    with pytest.raises(AttributeError, match="no attribute 'objects'"):
        cls.objects  # noqa: B018


def test_a_field_may_be_called_objects() -> None:
    class ManagerNamed(Document):
        objects = IntField()

    assert ManagerNamed(objects=3).objects == 3


def test_a_queryset_keeps_its_place_when_the_class_moves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before: Any = ManagerElsewhere.objects
    monkeypatch.setitem(ManagerElsewhere._meta, "collection", "others")
    after: Any = ManagerElsewhere.objects
    assert before.limit(1)._collection_obj.name == "things"
    assert after.limit(1)._collection_obj.name == "others"
