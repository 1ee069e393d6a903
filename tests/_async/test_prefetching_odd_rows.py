"""What is loaded with rows that are not like the others."""

import copy

import pytest
from bson import ObjectId

from mongoengine import (
    DictField,
    Document,
    EmbeddedDocument,
    GenericEmbeddedDocumentField,
    IntField,
    ListField,
    MapField,
    ReferenceField,
    StringField,
)
from mongoengine.errors import InvalidQueryError


class AsyncOddTarget(Document):
    name = StringField()
    next = ReferenceField("self")
    meta = {"collection": "async_odd_things"}


class AsyncOddNote(EmbeddedDocument):
    target = ReferenceField(AsyncOddTarget)


class AsyncOddRow(Document):
    number = IntField()
    target = ReferenceField(AsyncOddTarget)
    targets = ListField(ReferenceField(AsyncOddTarget))
    named = MapField(ReferenceField(AsyncOddTarget))
    anything = DictField()
    note = GenericEmbeddedDocumentField(choices=[AsyncOddNote])


@pytest.mark.parametrize("path", ["target", "targets"])
async def test_rows_that_are_converted_get_their_documents_too(async_sent, path):
    last = await AsyncOddTarget(name="last").async_save()
    target = await AsyncOddTarget(name="first", next=last).async_save()
    collection = await AsyncOddRow._async_get_collection()
    await collection.insert_many(
        {"number": number, "target": target.id, "targets": [target.id]}
        for number in (0, "1", 2)
    )
    async_sent.commands.clear()
    found = AsyncOddRow.objects.order_by("id").prefetch_related(f"{path}__next")
    rows = await found.async_to_list()
    assert len(async_sent.commands) == 3
    assert [row.number for row in rows] == [0, 1, 2]
    for row in rows:
        one = row.target if path == "target" else row.targets[0]
        assert (one.name, one.next.name) == ("first", "last")
    assert len(async_sent.commands) == 3


async def test_missing_documents_in_a_dict_are_not_looked_for_again(async_sent):
    target = await AsyncOddTarget(name="first").async_save()
    missing = ObjectId()
    row = await AsyncOddRow(named={"a": target}).async_save()
    await AsyncOddRow.objects.async_update(__raw__={"$set": {"named.b": missing}})
    row = await AsyncOddRow.objects.async_get()
    async_sent.commands.clear()
    await AsyncOddRow.named.async_fetch(row)
    assert row.named["a"] == target
    assert row.named["b"].id == missing
    assert len(async_sent.commands) == 1


async def test_the_collection_says_of_which_class_a_document_is(async_mongo_db):
    target = await AsyncOddTarget(name="first").async_save()
    await AsyncOddRow(anything={"one": target.to_dbref()}).async_save()
    row = await AsyncOddRow.objects.async_get()
    await AsyncOddRow.anything.async_fetch(row)
    assert type(row.anything["one"]) is AsyncOddTarget
    assert row.anything["one"] == target


@pytest.mark.parametrize("path", ["note__target__nobody", "note__nobody"])
async def test_paths_are_known_below_the_classes_to_choose(async_mongo_db, path):
    AsyncOddRow.objects.prefetch_related("note__target__next")
    with pytest.raises(InvalidQueryError, match="nobody"):
        AsyncOddRow.objects.prefetch_related(path)


async def test_copies_of_containers_load_what_nests_in_them(async_mongo_db):
    target = await AsyncOddTarget(name="first").async_save()
    stored = {"a": [{"b": target.to_dbref()}]}
    await AsyncOddRow(anything=stored).async_save()
    row = await AsyncOddRow.objects.async_get()
    held = copy.copy(row.anything)
    await held.async_fetch()
    assert held["a"][0]["b"] == target
    assert type(held["a"][0]["b"]) is AsyncOddTarget


async def test_a_class_that_was_defined_again_loads_its_own_fields(async_mongo_db):
    def define(**fields):
        meta = {"collection": "async_odd_again"}
        attributes = {**fields, "meta": meta, "__module__": __name__}
        return type("AsyncOddAgain", (Document,), attributes)

    earlier = define(target=ReferenceField(AsyncOddTarget))
    target = await AsyncOddTarget(name="t").async_save()
    await earlier(target=target).async_save()
    define(other=StringField())
    found = await earlier.objects.prefetch_related("target").async_get()
    assert found._data["target"].name == "t"
