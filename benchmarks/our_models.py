"""What the async suite asks of this package."""

from __future__ import annotations

from typing import Any

from benchmarks.database import NEW
from benchmarks.models import Person, read_person
from mongoengine import connect_async


class Ours:
    """The works, as this package does them."""

    async def connect(self, database: str, uri: str) -> None:
        await connect_async(database, host=uri)

    async def read_two(self) -> None:
        async for person in Person.objects:
            person.name, person.age  # noqa: B018

    async def read_everything(self) -> None:
        async for person in Person.objects:
            read_person(person)

    async def read_list(self) -> None:
        await Person.objects

    async def first(self) -> None:
        await Person.objects.async_first()

    async def get(self, key: Any) -> Any:
        return await Person.objects.async_get(id=key)

    async def save_new(self) -> None:
        await Person(**NEW).async_save()

    async def save(self, person: Any) -> None:
        await person.async_save()

    async def insert(self, many: int) -> None:
        people = [Person(**NEW) for _ in range(many)]
        await Person.objects.async_insert(people, load_bulk=False)


FRAMEWORK = Ours()
