"""Whatever is done to documents, what is stored of them is what they hold."""

import random

import pytest

from mongoengine import (
    DictField,
    Document,
    DynamicDocument,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EmbeddedDocumentListField,
    GenericEmbeddedDocumentField,
    IntField,
    ListField,
    MapField,
    SortedListField,
    StringField,
)


class AsyncWildLeaf(EmbeddedDocument):
    name = StringField(db_field="n")
    sizes = ListField(IntField(), db_field="s")


class AsyncWildPart(EmbeddedDocument):
    leaf = EmbeddedDocumentField(AsyncWildLeaf)
    leaves = EmbeddedDocumentListField(AsyncWildLeaf, db_field="ls")
    words = DictField()


class AsyncWildThing(Document):
    name = StringField(default="unnamed", db_field="nm")
    number = IntField(null=True)
    sizes = ListField(IntField(), default=[1])
    sorted_sizes = SortedListField(IntField())
    rows = ListField(ListField(IntField()))
    words = DictField(db_field="w")
    part = EmbeddedDocumentField(AsyncWildPart)
    parts = EmbeddedDocumentListField(AsyncWildPart, db_field="ps")
    by_name = MapField(EmbeddedDocumentField(AsyncWildLeaf))
    anything = GenericEmbeddedDocumentField(choices=[AsyncWildLeaf])


class AsyncWildFree(DynamicDocument):
    name = StringField()


def leaf(dice):
    return AsyncWildLeaf(name=dice.choice("abc"), sizes=[dice.randrange(9)])


def part(dice):
    return AsyncWildPart(leaf=leaf(dice), leaves=[leaf(dice)], words={"a": [1, {}]})


def some(values, dice):
    return dice.choice(list(values)) if values else None


CHANGES = [
    lambda t, d: setattr(t, "name", d.choice(["a", "b", "", None])),
    lambda t, d: setattr(t, "number", d.choice([1, 2, None])),
    lambda t, d: setattr(t, "sizes", [d.randrange(9) for _ in range(d.randrange(4))]),
    lambda t, d: t.sizes.append(d.randrange(9)),
    lambda t, d: t.sizes and t.sizes.pop(),
    lambda t, d: t.sizes.clear(),
    lambda t, d: t.sorted_sizes.insert(0, d.randrange(9)),
    lambda t, d: t.rows.append([1]),
    lambda t, d: t.rows and t.rows[0].append(d.randrange(9)),
    lambda t, d: t.words.update({d.choice("ab"): d.choice([1, [2], {"c": {}}])}),
    lambda t, d: t.words.pop("a", None),
    lambda t, d: isinstance(t.words.get("b"), list) and t.words["b"].append(3),
    lambda t, d: setattr(t, "part", d.choice([None, part(d)])),
    lambda t, d: t.part and setattr(t.part, "leaf", d.choice([None, leaf(d)])),
    lambda t, d: t.part and t.part.leaf and t.part.leaf.sizes.append(4),
    lambda t, d: t.part and t.part.words.update(x=d.randrange(9)),
    lambda t, d: t.parts.append(part(d)),
    lambda t, d: t.parts and t.parts.pop(0),
    lambda t, d: t.parts and some(t.parts, d).leaves.append(leaf(d)),
    lambda t, d: t.parts and some(t.parts, d).words.update(y=[1]),
    lambda t, d: t.by_name.update({d.choice("ab"): leaf(d)}),
    lambda t, d: "a" in t.by_name and setattr(t.by_name["a"], "name", "changed"),
    lambda t, d: setattr(t, "anything", d.choice([None, leaf(d)])),
    lambda t, d: t.anything and t.anything.sizes.append(1),
]

FREE_CHANGES = [
    lambda t, d: setattr(t, "name", d.choice(["a", None])),
    lambda t, d: setattr(t, d.choice("xyz"), d.choice([1, [1], {"a": [2]}, leaf(d)])),
    lambda t, d: isinstance(getattr(t, "x", None), list) and t.x.append(2),
    lambda t, d: isinstance(getattr(t, "y", None), dict) and t.y.update(b={"c": 1}),
    lambda t, d: hasattr(getattr(t, "z", None), "sizes") and t.z.sizes.append(1),
    lambda t, d: hasattr(t, "x") and delattr(t, "x"),
]


def without_voids(stored):
    """Leave out what reads the same if it is not there."""
    return {k: v for k, v in stored.items() if v not in (None, [], {}, "")}


@pytest.mark.parametrize("seed", range(25))
async def test_what_is_saved_is_what_is_held(async_mongo_db, seed):
    dice = random.Random(seed)
    collection = await AsyncWildThing._async_get_collection()
    thing = AsyncWildThing(parts=[part(dice)], part=part(dice))
    for _ in range(12):
        for _ in range(dice.randrange(6)):
            dice.choice(CHANGES)(thing, dice)
        await thing.async_save()
        assert thing._get_changed_fields() == []
        stored = await collection.find_one({"_id": thing.id})
        assert without_voids(stored) == without_voids(thing.to_mongo())
        loaded = await AsyncWildThing.objects.async_get(id=thing.id)
        assert loaded.to_mongo() == AsyncWildThing._from_son(stored).to_mongo()
        if dice.random() < 0.3:
            thing = loaded
        elif dice.random() < 0.3:
            await thing.async_reload()
    assert await collection.count_documents({}) == 1


@pytest.mark.parametrize("seed", range(15))
async def test_what_is_saved_of_dynamic_documents_is_what_they_hold(
    async_mongo_db, seed
):
    dice = random.Random(seed)
    collection = await AsyncWildFree._async_get_collection()
    thing = AsyncWildFree()
    for _ in range(12):
        for _ in range(dice.randrange(5)):
            dice.choice(FREE_CHANGES)(thing, dice)
        await thing.async_save()
        stored = await collection.find_one({"_id": thing.id})
        assert without_voids(stored) == without_voids(thing.to_mongo())
        if dice.random() < 0.4:
            await thing.async_reload()
        assert without_voids(stored) == without_voids(thing.to_mongo())
