"""Managers: which queryset a class gives, under which name, filtered how."""

from recorder import step

import mongoengine
from mongoengine import (
    Document,
    DynamicDocument,
    EmbeddedDocument,
    IntField,
    QuerySet,
    QuerySetManager,
    QuerySetNoCache,
    StringField,
    queryset_manager,
)

mongoengine.connect("managers", host="mongodb://nowhere", connect=False)


class Base(Document):
    """No I/O: indexes are not wanted."""

    meta = {"abstract": True, "auto_create_index": False}


class Big(QuerySet):
    def big(self):
        return self.filter(number__gt=100)


class Plain(Base):
    number = IntField(db_field="n")


class Managed(Base):
    number = IntField(db_field="n")
    two = queryset_manager(lambda cls, queryset: queryset.filter(number=2))
    one = queryset_manager(lambda queryset: queryset.filter(number=1))
    zero = queryset_manager(lambda: 0)
    three = queryset_manager(lambda cls, found, number=3: found.filter(number=number))
    every = queryset_manager(lambda *args: args[-1])
    nothing = queryset_manager(lambda cls, queryset: None)
    other = queryset_manager(lambda *both: [type(one).__name__ for one in both])
    name = queryset_manager(lambda cls, queryset: cls.__name__)
    plain = queryset_manager(lambda cls, queryset: queryset.order_by("-number"))


class Own(Base):
    number = IntField(db_field="n")
    meta = {"queryset_class": Big, "allow_inheritance": True}


class OwnChild(Own):
    level = IntField()


class Uncached(Base):
    number = IntField(db_field="n")
    meta = {"queryset_class": QuerySetNoCache}


class Replaced(Base):
    number = IntField(db_field="n")
    meta = {"allow_inheritance": True}
    objects = queryset_manager(lambda cls, queryset: queryset.filter(number=9))


class ReplacedChild(Replaced):
    level = IntField()


class ReplacedAgain(Replaced):
    objects = QuerySetManager()


class NoManager(Base):
    objects = 5


class BigManager(QuerySetManager):
    default = Big


class MethodManager(QuerySetManager):
    def get_queryset(self, doc_cls, queryset):
        return queryset.filter(number=7)


class PlainManager(QuerySetManager):
    get_queryset = staticmethod(lambda cls, queryset: queryset.filter(number=8))


class WithManagers(Base):
    number = IntField(db_field="n")
    big = BigManager()
    method = MethodManager()
    static = PlainManager()
    both = BigManager(lambda cls, queryset: queryset.big())


class Mixin:
    mixed = queryset_manager(lambda cls, queryset: queryset.filter(number=4))


class ObjectsMixin:
    objects = BigManager()


class Mixed(Mixin, Base):
    number = IntField(db_field="n")


class MixedObjects(ObjectsMixin, Base):
    number = IntField(db_field="n")


class MixedAfter(Base, ObjectsMixin):
    number = IntField(db_field="n")


class Abstract(Base):
    meta = {"abstract": True, "queryset_class": Big, "ordering": ["-number"]}
    live = queryset_manager(lambda cls, queryset: queryset.filter(number=6))


class Concrete(Abstract):
    number = IntField(db_field="n")


class Open(DynamicDocument):
    number = IntField(db_field="n")
    meta = {"auto_create_index": False}


class Part(EmbeddedDocument):
    city = StringField()


def told(queryset):
    if not hasattr(queryset, "_cls_query"):
        return queryset
    return type(queryset).__name__, queryset._query, queryset._ordering


def read(cls, name="objects"):
    return told(getattr(cls, name))


def narrow(cls, name):
    return told(getattr(cls, name)(number=5))


CLASSES = [
    *(Plain, Managed, Own, OwnChild, Uncached, Replaced, ReplacedChild, ReplacedAgain),
    *(NoManager, WithManagers, Mixed, MixedObjects, MixedAfter, Concrete, Open, Part),
    *(Document, DynamicDocument, EmbeddedDocument, Base, mongoengine.MapReduceDocument),
]
for cls in CLASSES:
    step(f"{cls.__name__}.objects", read, cls)
    step(f"{cls.__name__} has it", hasattr, cls, "objects")
for name in ("two", "one", "nothing", "name", "plain"):
    step(f"Managed.{name}", read, Managed, name)
    step(f"Managed.{name}(...)", narrow, Managed, name)
step("Managed.three()", lambda: told(Managed.three()))
step("Managed.three(4)", lambda: told(Managed.three(4)))
step("Managed.other()", lambda: told(Managed.other()))
step("Managed.every()", lambda: told(Managed.every()))
step("Managed.zero", lambda: told(Managed.zero()))
for name in ("big", "static", "both", "objects"):
    step(f"WithManagers.{name}", read, WithManagers, name)
step("WithManagers.method()", lambda: told(WithManagers.method()))
step("Mixed.mixed", lambda: told(Mixed.mixed))
step("Concrete.live", lambda: told(Concrete.live))
step("Own.objects.big()", lambda: told(Own.objects.big().filter(number=3)))
step("OwnChild.objects.big()", lambda: told(OwnChild.objects.big()))

step("Plain().objects", lambda: type(Plain().objects).__name__)
step("Own().objects", lambda: type(Own().objects).__name__)
step("Managed().two", lambda: type(Managed().two).__name__)
step("a new one each time", lambda: Plain.objects is Plain.objects)
step("called", lambda: told(Plain.objects(number=1)))
step("its class", lambda: Plain.objects._document is Plain)
step("its collection", lambda: Plain.objects._collection_obj.name)
step("defaults", lambda: (QuerySetManager.get_queryset, QuerySetManager.default))
step("made by a call", lambda: type(queryset_manager(lambda a, b: b)).__name__)
step("read by hand", lambda: told(QuerySetManager().__get__(None, Plain)))
step("of no class", lambda: QuerySetManager().__get__(None, None))


@step("added later")
def _():
    Plain.later = QuerySetManager(lambda queryset: queryset.filter(number=11))
    return told(Plain.later)


@step("a field of that name")
def _():
    class Named(Base):
        objects = IntField()

    return type(Named.objects).__name__, Named(objects=3).objects


@step("another alias")
def _():
    mongoengine.register_connection("other", "db2", host="mongodb://x", connect=False)
    return told(Plain.objects.using("other").filter(number=1))


step("an unknown alias", lambda: Plain.objects.using("nowhere to be found"))
