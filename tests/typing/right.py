"""What type checkers know of documents, as ``reveal_type`` tells."""

from datetime import datetime
from typing import ClassVar, TypeVar

from bson import ObjectId
from typing_extensions import reveal_type

from mongoengine import (
    BooleanField,
    DateTimeField,
    Document,
    DynamicDocument,
    DynamicEmbeddedDocument,
    EmbeddedDocument,
    FloatField,
    IntField,
    ListField,
    ObjectIdField,
    Q,
    QuerySet,
    QuerySetManager,
    StringField,
    connect,
)
from mongoengine.context_managers import (
    async_in_transaction,
    async_on_commit,
    in_transaction,
    on_commit,
)

D = TypeVar("D", bound=Document)


class Address(EmbeddedDocument):
    city = StringField()


class User(Document):
    key = ObjectIdField()
    name = StringField(required=True)
    age = IntField(default=0)
    ratio = FloatField()
    active = BooleanField()
    since = DateTimeField()
    tags = ListField(StringField())


class Admin(User):
    level = IntField()


class PageQuerySet(QuerySet["Page"]):
    def titled(self, title: str) -> "PageQuerySet":
        return self.filter(title=title)


class Page(Document):
    objects: ClassVar[QuerySetManager[PageQuerySet]]
    latest = QuerySetManager(lambda queryset: queryset.order_by("-id"))
    title = StringField()
    meta = {"queryset_class": PageQuerySet}


class NoteQuerySet(QuerySet["Note"]):
    def long(self) -> "NoteQuerySet":
        return self.filter(text__regex=".{99}")


class Note(Document):
    objects: ClassVar[NoteQuerySet]
    text = StringField()
    meta = {"queryset_class": NoteQuerySet}


class Letter(Note):
    pass


def newest(model: type[D]) -> D | None:
    return model.objects.order_by("-id").first()


class Country(Document):
    id = StringField(primary_key=True)


class Region(Country):
    size = IntField()


class Order(Document):
    number = IntField(primary_key=True)


class Box(DynamicDocument):
    label = StringField()


class Parcel(Box):
    id = IntField(primary_key=True)


class Remark(DynamicEmbeddedDocument):
    text = StringField()


def count_pages() -> int:
    return Page.objects.count()


async def async_count_pages() -> int:
    return await Page.objects.async_count()


async def count_in_transactions() -> None:
    reveal_type(in_transaction(count_pages))  # int
    reveal_type(await async_in_transaction(async_count_pages))  # int
    reveal_type(await async_in_transaction(lambda: User().async_save()))  # User
    on_commit(count_pages)
    on_commit(lambda: None)
    await async_on_commit(count_pages)
    await async_on_commit(async_count_pages)
    await async_on_commit(lambda: None)


names: list[str] = [name.upper() for name in User.objects.scalar("name")]
names += [row["name"] for row in User.objects.values("name").order_by("age")]
names += [row["name"] for row in User.objects.as_pymongo()[:3]]
names += User.objects.no_cache().values_list("name").to_list()
name: str = User.objects.scalar("name").get()
name = User.objects.scalar("name")[0]
reveal_type(User.objects.scalar("name").first())  # Any | None
reveal_type(Note.objects.scalar("text").long())  # Any
reveal_type(User.objects.as_pymongo().count())  # int


async def ask_for_values() -> None:
    names: list[str] = await User.objects.scalar("name")
    names += [name.upper() async for name in User.objects.values_list("name")]
    names += await User.objects.as_pymongo().async_to_list()
    name: str = await User.objects.values("name").async_get()
    reveal_type(await User.objects.scalar("name").async_first())  # Any | None
    reveal_type(await User.objects.async_scalar("name"))  # list[Any]
    reveal_type(await User.objects.async_values("name"))  # list[dict[str, Any]]
    reveal_type(await User.objects.async_values_list("name"))  # list[Any]
    names.append(name)


user = User(name="Ann", age=3)
reveal_type(user)  # User
reveal_type(Admin(level=1))  # Admin
reveal_type(Address(city="x"))  # Address
reveal_type(user.name)  # str | None
reveal_type(user.age)  # int | None
reveal_type(user.ratio)  # float | None
reveal_type(user.active)  # bool | None
reveal_type(user.key)  # ObjectId | None
reveal_type(user.since)  # datetime | None
reveal_type(user.tags)  # BaseList
reveal_type(Admin(level=1).name)  # str | None
reveal_type(user.id)  # Any
reveal_type(Country().id)  # str | None
reveal_type(Region().id)  # str | None
reveal_type(Order().id)  # Any
reveal_type(Order().number)  # int | None
reveal_type(Box().label)  # str | None
reveal_type(Box().anything)  # Any
reveal_type(Box().id)  # Any
reveal_type(Parcel().id)  # int | None
reveal_type(Remark().anything)  # Any
reveal_type(User.name)  # StringField
reveal_type(User.tags)  # ListField
reveal_type(User._from_son({}))  # User
reveal_type(Admin._from_son({}))  # Admin
reveal_type(Address.from_json("{}"))  # Address
reveal_type(user.to_json())  # str
reveal_type(User.objects)  # QuerySet[User]
reveal_type(Admin.objects)  # QuerySet[Admin]
reveal_type(User.objects(name="x").order_by("-age").limit(3))  # QuerySet[User]
reveal_type(User.objects.filter(Q(age=1) & ~Q(name="x")))  # QuerySet[User]
reveal_type(User.objects.only("name").no_cache())  # QuerySetNoCache[User]
reveal_type(User.objects.no_cache().cache().none())  # QuerySet[User]
reveal_type(Page.objects)  # PageQuerySet
reveal_type(Page.objects.titled("x").order_by("title"))  # PageQuerySet
reveal_type(Page.objects.titled("x").first())  # Page | None
reveal_type(Page.latest)  # QuerySet[Page]
reveal_type(Note.objects)  # NoteQuerySet
reveal_type(Letter.objects.long().first())  # Note | None
reveal_type(newest(User))  # User | None
reveal_type(User.DoesNotExist)  # type[Exception]
reveal_type(User.MultipleObjectsReturned)  # type[Exception]
reveal_type(connect("db"))  # MongoClient[Any]

user.name = "Bea"
user.name = None
user.age = 4
user.since = datetime(2020, 1, 1)
user.key = ObjectId()
user.tags = ["a"]
user.id = ObjectId()
box = Box(label="x")
box.anything = 1
