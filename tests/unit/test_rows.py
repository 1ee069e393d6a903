"""What querysets give of decoded documents, and how batches are decoded."""

import bson
import pytest
from bson import SON, DBRef, ObjectId
from bson.codec_options import CodecOptions
from pymongo import AsyncMongoClient, MongoClient
from pymongo.client_options import ClientOptions

from mongoengine import (
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    ListField,
    MapField,
    StringField,
)
from mongoengine.queryset.batches import CHUNK_SIZE, Batch, decodes_plainly
from mongoengine.queryset.rows import plain, scalar_of, value_at, with_ids

ID = ObjectId()
OPTIONS: CodecOptions = CodecOptions()


class RowsPart(EmbeddedDocument):
    size = IntField()


class RowsThing(Document):
    name = StringField()
    part = EmbeddedDocumentField(RowsPart)
    parts = ListField(EmbeddedDocumentField(RowsPart))
    by_name = MapField(EmbeddedDocumentField(RowsPart))


@pytest.fixture
def thing():
    parts = [RowsPart(size=1), RowsPart(size=2)]
    return RowsThing(name="n", part=parts[0], parts=parts, by_name={"x": parts[1]})


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("name", "n"),
        ("pk", None),
        ("part__size", 1),
        ("part.size", 1),
        ("parts__size", [1, 2]),
        ("parts__1__size", 2),
        ("parts__7__size", None),
        ("by_name__x__size", 2),
        ("by_name__y__size", None),
        ("_cls", "RowsThing"),
    ],
)
def test_paths_lead_to_values(thing, path, value):
    assert value_at(thing, path) == value


def test_a_path_ends_where_nothing_is():
    assert value_at(RowsThing(), "part__size") is None
    assert value_at(RowsThing(), "parts__size") == []


def test_a_scalar_of_several_names_is_a_tuple(thing):
    assert scalar_of(thing, ("name",)) == "n"
    assert scalar_of(thing, ("name", "part__size")) == ("n", 1)


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        (DBRef("c", ID), ID),
        (DBRef("c", DBRef("d", ID)), ID),
        ([DBRef("c", ID), 3], [ID, 3]),
        ({"a": DBRef("c", ID)}, {"a": ID}),
        ({"_cls": "RowsThing", "_ref": DBRef("c", ID)}, ID),
        ("text", "text"),
        (None, None),
    ],
)
def test_references_become_ids(value, ids):
    assert with_ids(value) == plain(value) == ids


def test_loaded_documents_stay_unless_all_shall_be_plain():
    loaded = [RowsThing(id=ID), DBRef("c", ID)]
    assert with_ids(loaded) == [loaded[0], ID]
    assert plain(loaded) == [ID, ID]


def test_plain_values_hold_no_documents(thing):
    assert plain(thing.part) == {"size": 1}
    assert plain(thing.parts) == [{"size": 1}, {"size": 2}]
    assert plain(thing.by_name) == {"x": {"size": 2}}
    assert type(plain(thing.parts)) is list
    assert type(plain(thing.by_name)) is dict


@pytest.mark.parametrize("size", [0, 1, CHUNK_SIZE, CHUNK_SIZE + 1, 5 * CHUNK_SIZE])
def test_a_batch_gives_all_its_rows_a_chunk_at_a_time(size):
    rows = [{"number": number, "text": "x" * number} for number in range(size)]
    batch = Batch(b"".join(map(bson.encode, rows)), OPTIONS)
    taken = []
    while batch:
        chunk = batch.take()
        assert 1 <= len(chunk) <= CHUNK_SIZE
        taken += chunk
    assert taken == rows


def test_only_collections_of_the_driver_are_decoded_here():
    class Collection:
        codec_options = OPTIONS

    assert not decodes_plainly(Collection())


@pytest.mark.parametrize("client_class", [MongoClient, AsyncMongoClient])
def test_encrypted_documents_are_not_decoded_here(client_class, monkeypatch):
    collection = client_class(connect=False).shop.things
    assert decodes_plainly(collection)
    encrypting = property(lambda options: "AutoEncryptionOpts")
    monkeypatch.setattr(ClientOptions, "auto_encryption_opts", encrypting)
    assert not decodes_plainly(collection)


def test_rows_of_another_kind_are_not_decoded_here():
    things = MongoClient(connect=False).shop.things
    ordered = things.with_options(CodecOptions(document_class=SON))
    assert not decodes_plainly(ordered)
