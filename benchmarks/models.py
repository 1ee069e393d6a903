"""The documents that are measured: one of 11 fields, and one nested, of 40 values.

Of each there is the stored form, a way to make a new document, and a reader that
touches every value and gives the stored form again.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bson import ObjectId

from mongoengine import (
    BooleanField,
    DateTimeField,
    DictField,
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    FloatField,
    IntField,
    ListField,
    ObjectIdField,
    StringField,
)

MOMENT = datetime(2024, 2, 29, 12, 30, 15)


class Address(EmbeddedDocument):
    street = StringField()
    city = StringField()
    country = StringField()


class Person(Document):
    name = StringField(required=True)
    email = StringField()
    age = IntField()
    score = FloatField()
    active = BooleanField()
    joined = DateTimeField()
    tags = ListField(StringField())
    address = EmbeddedDocumentField(Address)
    friends = ListField(ObjectIdField())
    extra = DictField()


SEVEN: dict[str, Any] = {
    "name": "Ada Lovelace",
    "email": "ada@example.org",
    "age": 36,
    "score": 99.5,
    "active": True,
    "joined": MOMENT,
    "tags": ["mathematics", "engines", "poetry"],
}
PERSON: dict[str, Any] = {
    "_id": ObjectId(),
    **SEVEN,
    "address": {"street": "12 Square", "city": "London", "country": "GB"},
    "friends": [ObjectId() for _ in range(5)],
    "extra": {"source": "letters", "pages": 3, "weights": [0.5, 0.25]},
}


def new_person() -> Person:
    address = Address(**PERSON["address"])
    return Person(id=PERSON["_id"], **{**without_id(PERSON), "address": address})


def read_person(person: Person) -> dict[str, Any]:
    address = person.address
    extra = person.extra
    return {
        "_id": person.id,
        "name": person.name,
        "email": person.email,
        "age": person.age,
        "score": person.score,
        "active": person.active,
        "joined": person.joined,
        "tags": list(person.tags),
        "address": {
            "street": address.street,
            "city": address.city,
            "country": address.country,
        },
        "friends": list(person.friends),
        "extra": {**extra, "weights": list(extra["weights"])},
    }


class Maker(EmbeddedDocument):
    name = StringField()
    country = StringField()


class Line(EmbeddedDocument):
    sku = StringField(required=True)
    title = StringField()
    count = IntField()
    price = FloatField()
    maker = EmbeddedDocumentField(Maker)


class Invoice(EmbeddedDocument):
    name = StringField()
    city = StringField()
    country = StringField()
    currency = StringField()
    lines = ListField(EmbeddedDocumentField(Line))


class Order(Document):
    number = IntField(required=True)
    placed = DateTimeField()
    paid = BooleanField()
    total = FloatField()
    note = StringField()
    invoice = EmbeddedDocumentField(Invoice)


LINES: list[dict[str, Any]] = [
    {
        "sku": f"sku-{number}",
        "title": f"Article number {number}",
        "count": number,
        "price": 9.75,
        "maker": {"name": f"Maker {number}", "country": "PT"},
    }
    for number in range(5)
]
ORDER: dict[str, Any] = {
    "_id": ObjectId(),
    "number": 4711,
    "placed": MOMENT,
    "paid": True,
    "total": 97.5,
    "note": "leave at the door",
    "invoice": {
        "name": "Ada Lovelace",
        "city": "London",
        "country": "GB",
        "currency": "GBP",
        "lines": LINES,
    },
}


def new_order() -> Order:
    lines = [Line(**{**line, "maker": Maker(**line["maker"])}) for line in LINES]
    invoice = Invoice(**{**ORDER["invoice"], "lines": lines})
    return Order(id=ORDER["_id"], **{**without_id(ORDER), "invoice": invoice})


def read_order(order: Order) -> dict[str, Any]:
    invoice = order.invoice
    return {
        "_id": order.id,
        "number": order.number,
        "placed": order.placed,
        "paid": order.paid,
        "total": order.total,
        "note": order.note,
        "invoice": {
            "name": invoice.name,
            "city": invoice.city,
            "country": invoice.country,
            "currency": invoice.currency,
            "lines": [read_line(line) for line in invoice.lines],
        },
    }


def read_line(line: Line) -> dict[str, Any]:
    maker = line.maker
    return {
        "sku": line.sku,
        "title": line.title,
        "count": line.count,
        "price": line.price,
        "maker": {"name": maker.name, "country": maker.country},
    }


def without_id(son: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in son.items() if name != "_id"}
