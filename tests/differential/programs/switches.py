"""Blocks in which classes are kept elsewhere or read otherwise, and what they count."""

from recorder import step
from server import DATABASE, connect

import mongoengine
from mongoengine import Document, StringField
from mongoengine.connection import get_db
from mongoengine.context_managers import (
    _register_no_dereferencing_for_class,
    _unregister_no_dereferencing_for_class,
    no_dereference,
    no_dereferencing_active_for_class,
    no_sub_classes,
    query_counter,
    set_read_write_concern,
    set_write_concern,
    switch_collection,
    switch_db,
)

db = connect()
OTHER = f"{DATABASE}_other"
host, port = db.client.address
mongoengine.register_connection("other", OTHER, host=host, port=port)
other = db.client[OTHER]


class Base(Document):
    name = StringField()
    meta = {"allow_inheritance": True}


class Sub(Base):
    pass


class Elsewhere(Document):
    name = StringField()
    meta = {"db_alias": "other"}


def kept():
    """Return the names of what is stored, by place, and delete it."""
    found = {}
    for alias, database in ("default", db), ("other", other):
        for name in sorted(database.list_collection_names()):
            if not name.startswith("system"):
                rows = [row["name"] for row in database[name].find().sort("name")]
                found[f"{alias}.{name}"] = rows
                database[name].delete_many({})
    return {place: rows for place, rows in found.items() if rows}


def save(cls, name):
    cls(name=name).save()


# --- databases


def to_other_database():
    with switch_db(Base, "other") as cls:
        save(cls, "base")
        save(Sub, "sub")
        counts = cls.objects.count(), Sub.objects.count()
    save(Base, "after")
    return cls is Base, counts, kept()


def sub_to_other_database():
    with switch_db(Sub, "other"):
        save(Base, "base")
        save(Sub, "sub")
    return kept()


def back_to_default():
    with switch_db(Elsewhere, "default"):
        save(Elsewhere, "x")
    save(Elsewhere, "y")
    return kept()


def to_unknown():
    with switch_db(Base, "nobody"):
        return Base.objects.count()


def unused_unknown():
    with switch_db(Base, "nobody"):
        pass
    save(Base, "x")
    return kept()


def documents_move():
    document = Base(name="a").save()
    with switch_db(Base, "other"):
        document.name = "b"
        document.save()
        made = Base(name="c").save()
        Base(name="d").switch_db("default").save()
    made.name = "e"
    made.save()
    return kept()


def querysets_stay():
    before = Base.objects
    with switch_db(Base, "other"):
        within = Base.objects
        save(Base, "x")
        found = before.count(), within.count(), before.filter().count()
    return found, before.clone().count(), within.clone().count(), kept()


def raises():
    try:
        with switch_db(Base, "other"), switch_collection(Base, "cc"):
            raise KeyError
    except KeyError:
        save(Base, "x")
    return kept()


for function in (
    to_other_database,
    sub_to_other_database,
    back_to_default,
    to_unknown,
    unused_unknown,
    documents_move,
    querysets_stay,
    raises,
):
    step(function.__name__, function)


# --- collections


def to_other_collection():
    with switch_collection(Base, "cc") as cls:
        save(cls, "x")
        names = Base._get_collection_name(), Sub._get_collection_name()
        count = cls.objects.count()
    save(Base, "after")
    return cls is Base, names, count, Base._get_collection_name(), kept()


def sub_to_other_collection():
    with switch_collection(Sub, "cc"):
        save(Base, "base")
        save(Sub, "sub")
    return kept()


def no_name():
    with switch_collection(Base, 5):
        return Base.objects.count()


def bad_name():
    with switch_collection(Base, "a$b"):
        save(Base, "x")


def nested():
    with switch_db(Base, "other"):
        with switch_collection(Base, "cc"):
            save(Base, "1")
            with switch_db(Base, "default"):
                save(Base, "2")
            save(Base, "3")
        save(Base, "4")
    save(Base, "5")
    return kept()


def nested_otherwise():
    with switch_collection(Base, "cc"):
        with switch_db(Base, "other"):
            save(Base, "1")
        save(Base, "2")
        with switch_collection(Base, "dd"):
            save(Base, "3")
        save(Base, "4")
    save(Base, "5")
    return kept()


for function in (
    to_other_collection,
    sub_to_other_collection,
    no_name,
    bad_name,
    nested,
    nested_otherwise,
):
    step(function.__name__, function)


# --- how classes are read


def without_subclasses():
    before = Base.objects
    with no_sub_classes(Base) as cls:
        found = [cls.objects._query, before._query, before.filter()._query]
        found.append(Sub.objects._query)
    return cls is Base, found, Base.objects._query


def without_subclasses_of_none():
    with no_sub_classes(Elsewhere) as cls:
        return cls.objects._query


def not_dereferencing():
    with no_dereference(Base) as given:
        with no_dereference(Base):
            pass
        active = [no_dereferencing_active_for_class(cls) for cls in (Base, Sub)]
    return given, active, no_dereferencing_active_for_class(Base)


def by_hand():
    _register_no_dereferencing_for_class(Base)
    _unregister_no_dereferencing_for_class(Base)
    _unregister_no_dereferencing_for_class(Base)


for function in (
    without_subclasses,
    without_subclasses_of_none,
    not_dereferencing,
    by_hand,
):
    step(function.__name__, function)


# --- concerns


def written(concerns):
    with set_write_concern(db["c"], concerns) as collection:
        return collection.write_concern.document, collection.name


def read_and_written(writes, reads):
    with set_read_write_concern(db["c"], writes, reads) as collection:
        return collection.write_concern.document, collection.read_concern.document


for concerns in {}, {"w": 1}, {"w": "majority", "j": True}, None:
    step(f"written {concerns}", written, concerns)
for writes in {"w": 1}, {}, None:
    for reads in {"level": "majority"}, {}, None:
        step(f"both {writes} {reads}", read_and_written, writes, reads)


# --- counting

db["raw"].insert_many([{"name": "x"} for _ in range(300)])
Base.objects.count()


def counted(function):
    with query_counter() as counter:
        function()
        return int(counter), counter == 1, counter > 0, counter <= 2, repr(counter)


COUNTED = {
    "nothing": lambda: None,
    "first": lambda: Base.objects.first(),
    "count": lambda: Base.objects.count(),
    "save": lambda: save(Base, "x"),
    "update": lambda: Base.objects.update(set__name="y"),
    "delete": lambda: Base.objects.delete(),
    "find": lambda: db["raw"].find_one(),
    "two batches": lambda: list(db["raw"].find()),
    "left early": lambda: db["raw"].find(batch_size=2).next(),
    "insert many": lambda: db["raw"].insert_many([{}, {}, {}]),
    "update many": lambda: db["raw"].update_many({}, {"$set": {"a": 1}}),
    "aggregate": lambda: list(db["raw"].aggregate([{"$limit": 2}])),
    "ping": lambda: db.command("ping"),
    "hello": lambda: db.command("hello"),
    "names": lambda: db.list_collection_names(),
    "indexes": lambda: list(db["raw"].list_indexes()),
    "another database": lambda: other["x"].find_one(),
}
for label, function in COUNTED.items():
    step(f"counted {label}", counted, function)


def compared():
    with query_counter() as counter:
        before = [counter == 0, counter < 1, counter >= 0, counter != 0, not counter]
        db["raw"].find_one()
        return before, [counter == 1, counter == "1", counter is None, bool(counter)]


def compared_with_text():
    with query_counter() as counter:
        return counter < "a"


def counters_nested():
    with query_counter() as outer:
        db["raw"].find_one()
        with query_counter() as inner:
            db["raw"].find_one()
            found = int(inner), int(outer)
        db["raw"].find_one()
        return found, int(outer)


def counter_elsewhere():
    with query_counter("other") as counter:
        db["raw"].find_one()
        get_db("other")["x"].find_one()
        return int(counter)


for function in (compared, compared_with_text, counters_nested, counter_elsewhere):
    step(function.__name__, function)
step("counter of nobody", lambda: query_counter("nobody"))
db.client.drop_database(OTHER)
mongoengine.disconnect_all()
