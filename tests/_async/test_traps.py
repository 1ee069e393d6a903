"""What other async versions of MongoEngine got wrong with documents and querysets."""

import pytest

from mongoengine import (
    DictField,
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EmbeddedDocumentListField,
    IntField,
    ListField,
    OperationError,
    Q,
    ReferenceField,
    StringField,
)


class AsyncTrapPart(EmbeddedDocument):
    size = IntField(db_field="s")
    colour = StringField()


class AsyncTrapThing(Document):
    name = StringField(default="nobody")
    number = IntField(db_field="n")
    tags = ListField(StringField(), default=lambda: ["new"])
    part = EmbeddedDocumentField(AsyncTrapPart)
    parts = EmbeddedDocumentListField(AsyncTrapPart, db_field="pp")
    data = DictField()
    meta = {"ordering": ["-number"], "indexes": ["number"]}


class AsyncTrapOwner(Document):
    age = IntField()


class AsyncTrapPet(Document):
    owner = ReferenceField(AsyncTrapOwner)
    number = IntField(default=1)


@pytest.fixture
async def async_prepared(async_sent):
    """Give what was sent, once the collections are there."""
    for cls in (AsyncTrapThing, AsyncTrapOwner, AsyncTrapPet):
        await cls._async_get_collection()
    async_sent.take()
    return async_sent


async def stored():
    """Return all that is stored of things."""
    found = (await AsyncTrapThing._async_get_collection()).find(sort={"n": 1})
    return await found.to_list()


# Documents that were loaded in part


PARTIAL = {
    "only": lambda qs: qs.only("number").async_first(),
    "only the id": lambda qs: qs.only("id").async_first(),
    "only below": lambda qs: qs.only("part.colour", "data.b.c").async_first(),
    "only below a list": lambda qs: qs.only("parts.colour").async_first(),
    "exclude": lambda qs: qs.exclude("tags", "part", "parts").async_first(),
    "exclude below": lambda qs: qs.exclude("part.size", "parts.size").async_first(),
    "a slice": lambda qs: qs.fields(slice__tags=1, slice__parts=1).async_first(),
    "a match": lambda qs: qs.fields(elemMatch__parts={"s": 2}).async_first(),
    "get": lambda qs: qs.only("number").async_get(),
    "modify": lambda qs: qs.only("name").async_modify(set__number=1, new=True),
}


async def async_some_thing():
    parts = [AsyncTrapPart(size=1, colour="red"), AsyncTrapPart(size=2, colour="blue")]
    thing = AsyncTrapThing(name="a", number=1, tags=["x", "y"], data={"b": {"c": 1}})
    thing.part, thing.parts = AsyncTrapPart(size=3, colour="green"), parts
    return await thing.async_save()


def read(thing):
    """Read all fields: those that were not loaded have their defaults."""
    return {name: getattr(thing, name) for name in thing._fields}


@pytest.mark.parametrize("load", PARTIAL.values(), ids=PARTIAL)
async def test_saving_what_was_loaded_in_part_erases_nothing(async_prepared, load):
    await async_some_thing()
    (before,) = await stored()
    partial = await load(AsyncTrapThing.objects)
    async_prepared.take()
    assert read(partial)["tags"]
    await partial.async_save()
    assert async_prepared.commands == []
    partial.name = "b"
    await partial.async_save()
    assert await stored() == [{**before, "name": "b"}]


@pytest.mark.parametrize("load", PARTIAL.values(), ids=PARTIAL)
async def test_reloading_completes_what_was_loaded_in_part(async_mongo_db, load):
    thing = await async_some_thing()
    partial = await load(AsyncTrapThing.objects)
    await partial.async_reload()
    assert partial.to_mongo() == thing.to_mongo()
    assert partial._get_changed_fields() == []


async def test_a_document_loaded_in_part_is_not_new(async_mongo_db):
    thing = await async_some_thing()
    partial = await AsyncTrapThing.objects.only("name").async_first()
    await AsyncTrapThing.objects.async_delete()
    partial.name = "b"
    await partial.async_save()
    assert await stored() == [{"_id": thing.id, "name": "b"}]  # and no defaults


# The order of the class


async def async_numbers(queryset):
    return [row.number async for row in queryset]


async def async_keys(queryset, key):
    return [row[key] async for row in queryset]


async def async_listed(rows):
    return [row.number for row in await rows]


ORDERED = {
    "loop": async_numbers,
    "loop without cache": lambda qs: async_numbers(qs.no_cache()),
    "to_list": lambda qs: async_listed(qs.async_to_list()),
    "to_list, some": lambda qs: async_listed(qs.async_to_list(5)),
    "scalar": lambda qs: qs.scalar("number").async_to_list(),
    "dicts": lambda qs: async_keys(qs.as_pymongo(), "n"),
    "values": lambda qs: async_keys(qs.values("number"), "number"),
    "slice": lambda qs: async_numbers(qs[:5]),
    "filter": lambda qs: async_numbers(qs(number__gte=0).filter(name="nobody")),
}


@pytest.mark.parametrize("ask", ORDERED.values(), ids=ORDERED)
async def test_the_order_of_the_class_holds(async_mongo_db, ask):
    things = [AsyncTrapThing(number=number) for number in (2, 0, 4, 1, 3)]
    await AsyncTrapThing.objects.async_insert(things)
    assert await ask(AsyncTrapThing.objects) == [4, 3, 2, 1, 0]
    assert await ask(AsyncTrapThing.objects.order_by("number")) == [0, 1, 2, 3, 4]


async def test_the_order_of_the_class_says_which_is_first(async_mongo_db):
    things = [AsyncTrapThing(number=number) for number in (2, 4, 0)]
    await AsyncTrapThing.objects.async_insert(things)
    assert (await AsyncTrapThing.objects.async_first()).number == 4
    assert (await AsyncTrapThing.objects[1:].async_first()).number == 2
    assert (await AsyncTrapThing.objects.order_by("number").async_first()).number == 0


# Querysets in the conditions of others


WITH_INNER = {
    "loop": (async_numbers, [1, 1]),
    "to_list": (lambda qs: async_listed(qs.async_to_list()), [1, 1]),
    "first": (lambda qs: async_listed(qs.limit(1).async_to_list()), [1]),
    "count": (lambda qs: qs.async_count(), 2),
    "exists": (lambda qs: qs.async_exists(), True),
    "sum": (lambda qs: qs.async_sum("number"), 2),
    "average": (lambda qs: qs.async_average("number"), 1),
    "distinct": (lambda qs: qs.async_distinct("number"), [1]),
    "aggregate": (
        lambda qs: async_keys(qs.async_aggregate([{"$set": {"n": 5}}]), "n"),
        [5, 5],
    ),
    "frequencies": (lambda qs: qs.async_item_frequencies("number"), {1: 2}),
    "frequencies, no JavaScript": (
        lambda qs: qs.async_item_frequencies("number", map_reduce=False),
        {1: 2},
    ),
    "update": (lambda qs: qs.async_update(inc__number=1), 2),
    "update_one": (lambda qs: qs.async_update_one(inc__number=1), 1),
    "delete": (lambda qs: qs.async_delete(), 2),
    "delete some": (lambda qs: qs.limit(1).async_delete(), 1),
    "delete_one": (lambda qs: qs.async_delete_one(), 1),
}


async def async_some_pets():
    """Store two pets of an old owner, and one of a young one; return the old ones."""
    old, young = AsyncTrapOwner(age=80), AsyncTrapOwner(age=8)
    for owner in (old, old, young):
        await owner.async_save()
        await AsyncTrapPet(owner=owner).async_save()
    return AsyncTrapOwner.objects(age__gt=50)


@pytest.mark.parametrize(
    ("ask", "expected"), WITH_INNER.values(), ids=WITH_INNER.keys()
)
async def test_a_queryset_in_a_condition_is_asked_first(async_prepared, ask, expected):
    old = await async_some_pets()
    async_prepared.take()
    assert await ask(AsyncTrapPet.objects(owner__in=old)) == expected
    assert async_prepared.names[0] == "find"
    async_prepared.take()
    assert await ask(AsyncTrapPet.objects(owner__in=old.none())) in (0, [], {})
    assert "find" not in async_prepared.names[:-1]


@pytest.mark.parametrize(
    "condition",
    [
        lambda old: Q(owner__nin=old),
        lambda old: ~Q(owner__in=old),
        lambda old: Q(number=1) & ~(Q(number=7) | Q(owner__in=old.scalar("id"))),
        lambda old: Q(number__gt=5) | Q(owner__nin=old.no_cache()),
    ],
)
async def test_wherever_the_inner_queryset_stands(async_mongo_db, condition):
    old = await async_some_pets()
    (pet,) = await AsyncTrapPet.objects(condition(old)).async_to_list()
    young = await AsyncTrapOwner.objects.async_get(age=8)
    assert pet.to_mongo()["owner"] == young.id


async def test_an_inner_queryset_may_have_one_itself(async_mongo_db):
    old = await async_some_pets()
    pets = AsyncTrapPet.objects(owner__in=old)
    others = AsyncTrapPet.objects(id__nin=pets.scalar("id"))
    assert await others.async_count() == 1


async def test_nothing_is_asked_for_no_documents(async_prepared):
    old = await async_some_pets()
    async_prepared.take()
    pets = AsyncTrapPet.objects(owner__in=old).none()
    assert await pets.async_count() == await pets.async_update(number=2) == 0
    assert await pets.async_sum("number") == await pets.async_delete() == 0
    assert async_prepared.commands == []


# What the driver said


@pytest.fixture
async def async_failing(async_mongo_db, fail_points):
    """Give what makes commands of a name fail once, with a code and a label."""
    admin = async_mongo_db.client.admin

    async def async_fail(command):
        data = {"failCommands": [command], "errorCode": 251, "errorLabels": ["Again"]}
        data["appName"] = fail_points
        await admin.command(
            "configureFailPoint", "failCommand", mode={"times": 1}, data=data
        )

    yield async_fail
    await admin.command("configureFailPoint", "failCommand", mode="off")


FAILING = {
    "insert": lambda thing: AsyncTrapThing().async_save(),
    "findAndModify": lambda thing: thing.async_modify(number=5),
    "update": lambda thing: thing.async_save(),
    "delete": lambda thing: thing.async_delete(),
}


@pytest.mark.parametrize(("command", "ask"), FAILING.items(), ids=FAILING.keys())
async def test_errors_keep_code_and_labels(async_failing, command, ask):
    thing = await async_some_thing()
    thing.number = 7
    await async_failing(command)
    with pytest.raises(OperationError) as caught:
        await ask(thing)
    assert caught.value.code == 251
    assert caught.value.has_error_label("Again")
    assert not caught.value.has_error_label("Other")
    assert caught.value.__cause__.details["codeName"] == "NoSuchTransaction"
    assert thing._get_changed_fields() == ["n"]
