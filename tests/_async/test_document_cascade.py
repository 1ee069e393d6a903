"""Cascades: saving a document saves those that it refers to."""

import pytest

from mongoengine import (
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    GenericReferenceField,
    IntField,
    ListField,
    ReferenceField,
    StringField,
    ValidationError,
    signals,
)


class AsyncCascadePart(EmbeddedDocument):
    size = IntField(db_field="s")


class AsyncCascadeTarget(Document):
    name = StringField()
    part = EmbeddedDocumentField(AsyncCascadePart)
    again = ReferenceField("self")


class AsyncCascadeReferring(Document):
    target = ReferenceField(AsyncCascadeTarget)
    other = GenericReferenceField()
    several = ListField(ReferenceField(AsyncCascadeTarget))


class AsyncCascadeAlways(Document):
    target = ReferenceField(AsyncCascadeTarget)
    meta = {"cascade": True}


@pytest.fixture
async def async_targets(async_mongo_db):
    return [await AsyncCascadeTarget(name=name).async_save() for name in "abc"]


async def names_stored():
    rows = (await AsyncCascadeTarget._async_get_collection()).find().sort("_id")
    return [row["name"] for row in await rows.to_list()]


async def test_a_cascade_saves_what_is_referred_to(async_targets):
    a, b, c = async_targets
    thing = await AsyncCascadeReferring(target=a, other=b, several=[c]).async_save()
    a.name, b.name, c.name = "AAA"
    await thing.async_save()
    await thing.async_save(cascade=False, cascade_kwargs={"validate": True})
    assert await names_stored() == ["a", "b", "c"]
    await thing.async_save(cascade=True)
    assert await names_stored() == ["A", "A", "c"]  # but not in lists


async def test_cascades_by_meta_by_arguments_and_alone(async_targets):
    a, _, _ = async_targets
    thing = await AsyncCascadeAlways(target=a).async_save()
    a.name = "1"
    await thing.async_save(cascade=False)
    assert (await names_stored())[0] == "a"
    await thing.async_save()
    assert (await names_stored())[0] == "1"
    referring = await AsyncCascadeReferring(target=a).async_save()
    a.name = "2"
    await referring.async_save(cascade_kwargs={})
    assert (await names_stored())[0] == "2"
    a.name = "3"
    await referring.async_cascade_save()
    assert (await names_stored())[0] == "3"


async def test_the_arguments_of_a_cascade(async_targets):
    a, _, _ = async_targets
    thing = await AsyncCascadeReferring(target=a).async_save()
    a.name = 7
    with pytest.raises(ValidationError):
        await thing.async_save(cascade=True)
    await thing.async_save(cascade_kwargs={"validate": False})
    assert (await names_stored())[0] == 7


async def test_a_cascade_goes_on_and_comes_to_an_end(async_targets):
    a, b, c = async_targets
    a.again, b.again, c.again = b, c, a
    a.name = b.name = c.name = "x"
    await a.async_save(cascade=True)
    assert await names_stored() == ["x", "x", "x"]
    stored = await (await AsyncCascadeTarget._async_get_collection()).find_one(
        {"_id": c.id}
    )
    assert stored["again"] == a.id


async def test_what_did_not_change_is_not_saved_by_a_cascade(async_sent):
    a = await AsyncCascadeTarget(part=AsyncCascadePart(size=1)).async_save()
    thing = await AsyncCascadeReferring(target=a).async_save()
    async_sent.take()
    told = []

    def tell(sender, document, **more):
        told.append(document)

    with signals.pre_save.connected_to(tell, sender=AsyncCascadeTarget):
        await thing.async_save(cascade=True)
    assert async_sent.take() == told == []
    a.part.size = 2
    await thing.async_save(cascade=True)
    (command,) = async_sent.take()
    assert command["updates"][0]["u"] == {"$set": {"part.s": 2}}


async def test_a_reference_to_what_was_never_saved_is_refused(async_mongo_db):
    thing = AsyncCascadeReferring(target=AsyncCascadeTarget())
    for validate in (True, False):
        with pytest.raises(ValidationError, match="once they have been saved"):
            await thing.async_save(cascade=True, validate=validate)
    assert await AsyncCascadeReferring.objects.async_count() == 0
