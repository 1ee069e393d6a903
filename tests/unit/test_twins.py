"""Classes of users that replace a method of one family, and what the other says then."""

from __future__ import annotations

import asyncio
import warnings
from inspect import iscoroutinefunction
from typing import Any

import pytest

from mongoengine import Document, EmbeddedDocument, QuerySet, StringField
from mongoengine.base import get_document
from mongoengine.connection import ConnectionFailure
from mongoengine.errors import InvalidDocumentError, NotRegistered


class Answering(Document):
    """Has methods of both families that ask nobody."""

    meta = {"abstract": True}

    def save(self, *args: Any, **kwargs: Any) -> Any:
        return "saved"

    async def async_save(self, *args: Any, **kwargs: Any) -> Any:
        return "saved async"


def deleting(bases: tuple[Any, ...] = (Document,), **attributes: Any) -> Any:
    """Return a class with a ``delete()`` of its own."""

    def delete(self: Any) -> str:
        return "kept"

    names = {"delete": delete, "meta": {"allow_inheritance": True}, **attributes}
    return type("TwinsSoft", bases, {"__module__": __name__, **names})


def call_async_delete(document: Any) -> None:
    """Call it as far as this goes without a connection."""

    async def call() -> None:
        with pytest.raises(ConnectionFailure):
            await document.async_delete()

    asyncio.run(call())


TELLS = r"async_delete\(\) does not call the delete\(\) that TwinsSoft defines"


def test_the_twin_of_a_replaced_method_tells_once() -> None:
    document = deleting()()
    assert document.delete() == "kept"
    with pytest.warns(UserWarning, match=TELLS) as caught:
        call_async_delete(document)
    assert caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        call_async_delete(document)


def test_it_is_still_a_coroutine_function() -> None:
    assert iscoroutinefunction(deleting().async_delete)
    assert not iscoroutinefunction(Answering.save)


def test_names_that_are_no_twins_are_left_alone() -> None:
    class TwinsQuery(QuerySet[Any]):
        async def async_filter(self) -> str:
            return "own"

        def only(self, *fields: str) -> Any:
            return super().only(*fields)

    class TwinsFree(Document):
        meta = {"queryset_class": TwinsQuery}

        async def async_pk(self) -> Any:
            return self.pk

        async def async_validate(self) -> None:
            self.validate()

        def create_index(self, *args: Any) -> str:  # type: ignore[override]
            return "own"

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        document = TwinsFree(id="5" * 24)
        assert str(document.pk) == "5" * 24
        document.validate()
        TwinsFree.objects.filter().only("id")
        with pytest.raises(ConnectionFailure):
            asyncio.run(TwinsFree.async_create_index("id"))
        with pytest.raises(ConnectionFailure):
            asyncio.run(TwinsFree.objects.async_only("id"))


def test_errors_and_help_name_the_method_that_was_called() -> None:
    method = deleting().async_delete
    assert method.__name__ == method.__code__.co_name == "async_delete"
    assert method.__doc__ == Document.async_delete.__doc__


def test_it_tells_again_where_warnings_are_errors() -> None:
    document = deleting()()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(2):
            with pytest.raises(UserWarning, match=TELLS):
                asyncio.run(document.async_delete())


def test_mixins_replace_methods_as_well() -> None:
    class TwinsMixin:
        async def async_delete(self) -> str:
            return "kept"

    cls = type("TwinsMixed", (TwinsMixin, Document), {"__module__": __name__})
    told = pytest.warns(
        UserWarning, match=r"^delete\(\) does not call the async_delete"
    )
    with told, pytest.raises(ConnectionFailure):
        cls(id="5" * 24).delete()


def test_classes_that_replace_both_hear_nothing() -> None:
    assert Answering().save() == "saved"
    assert asyncio.run(Answering().async_save()) == "saved async"
    told = deleting(async_delete=Document.async_delete)
    call_async_delete(told())


def test_a_subclass_that_replaces_the_twin_hears_nothing() -> None:
    class TwinsLater(deleting()):  # type: ignore[misc]
        async def async_delete(self) -> Any:
            return await super().async_delete()

    call_async_delete(TwinsLater())
    with pytest.warns(UserWarning, match=TELLS):
        call_async_delete(deleting((deleting(),))())


def test_querysets_tell_as_well() -> None:
    class TwinsQuerySet(QuerySet[Any]):
        def count(self, with_limit_and_skip: bool = False) -> int:
            return 5

    class TwinsCounted(Document):
        meta = {"queryset_class": TwinsQuerySet}

    assert TwinsCounted.objects.count() == 5
    told = pytest.warns(UserWarning, match=r"count\(\) that TwinsQuerySet defines")
    with told, pytest.raises(ConnectionFailure):
        asyncio.run(TwinsCounted.objects.async_count())


async def waits(self: Any, *args: Any, **kwargs: Any) -> Any:
    return {}


@pytest.mark.parametrize("base", [Document, EmbeddedDocument])
@pytest.mark.parametrize("name", ["clean", "validate", "to_mongo", "__init__"])
def test_what_nobody_awaits_must_not_be_async(base: Any, name: str) -> None:
    attributes = {"name": StringField(), name: waits, "__module__": __name__}
    with pytest.raises(
        InvalidDocumentError, match=rf"TwinsWaiting.{name}\(\) must not"
    ):
        type("TwinsWaiting", (base,), attributes)
    with pytest.raises(NotRegistered):
        get_document("TwinsWaiting")
