"""What the async suite asks of Beanie: the same documents, as its users write them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from beanie import Document, PydanticObjectId, init_beanie
from pydantic import BaseModel, Field
from pymongo import AsyncMongoClient

from benchmarks.database import NEW


class Address(BaseModel):
    street: str | None = None
    city: str | None = None
    country: str | None = None


class Person(Document):
    name: str
    email: str | None = None
    age: int | None = None
    score: float | None = None
    active: bool | None = None
    joined: datetime | None = None
    tags: list[str] = Field(default_factory=list)
    address: Address | None = None
    friends: list[PydanticObjectId] = Field(default_factory=list)
    extra: dict[str, Any] = Field(default_factory=dict)

    class Settings:
        name = "person"
        use_state_management = True


def read(person: Person) -> dict[str, Any]:
    address, extra = person.address, person.extra
    return {
        "_id": person.id,
        "name": person.name,
        "email": person.email,
        "age": person.age,
        "score": person.score,
        "active": person.active,
        "joined": person.joined,
        "tags": list(person.tags),
        "address": address
        and {
            "street": address.street,
            "city": address.city,
            "country": address.country,
        },
        "friends": list(person.friends),
        "extra": {**extra, "weights": list(extra.get("weights", ()))},
    }


class Beanie:
    """The works, as Beanie does them."""

    async def connect(self, database: str, uri: str) -> None:
        client: Any = AsyncMongoClient(uri)
        await init_beanie(database=client[database], document_models=[Person])

    async def read_two(self) -> None:
        async for person in Person.find_all():
            person.name, person.age  # noqa: B018

    async def read_everything(self) -> None:
        async for person in Person.find_all():
            read(person)

    async def read_list(self) -> None:
        await Person.find_all().to_list()

    async def first(self) -> None:
        await Person.find_one()

    async def get(self, key: Any) -> Any:
        return await Person.get(key)

    async def save_new(self) -> None:
        await Person(**NEW).insert()

    async def save(self, person: Any) -> None:
        await person.save_changes()

    async def insert(self, many: int) -> None:
        await Person.insert_many([Person(**NEW) for _ in range(many)])


FRAMEWORK = Beanie()
