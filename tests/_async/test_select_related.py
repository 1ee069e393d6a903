"""Documents that load what they refer to, to any depth, with a query per class."""

import random

import pytest
from bson import DBRef, ObjectId

from mongoengine import (
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    GenericReferenceField,
    IntField,
    LazyReferenceField,
    ListField,
    MapField,
    ReferenceField,
    StringField,
)


class AsyncRelCountry(Document):
    name = StringField()


class AsyncRelCity(Document):
    name = StringField()
    country = ReferenceField(AsyncRelCountry)


class AsyncRelPerson(Document):
    name = StringField()
    city = ReferenceField(AsyncRelCity)
    friend = ReferenceField("self")


class AsyncRelNote(EmbeddedDocument):
    author = ReferenceField(AsyncRelPerson)


class AsyncRelPost(Document):
    number = IntField()
    author = ReferenceField(AsyncRelPerson)
    editor = ReferenceField(AsyncRelPerson)
    readers = ListField(ReferenceField(AsyncRelPerson))
    notes = ListField(EmbeddedDocumentField(AsyncRelNote))
    lazy = LazyReferenceField(AsyncRelPerson)


class AsyncRelPart(EmbeddedDocument):
    node = ReferenceField("AsyncRelNode")


class AsyncRelNode(Document):
    """A node of a graph, that refers to others in each way there is."""

    number = IntField()
    one = ReferenceField("self", db_field="o")
    stored = ReferenceField("self", dbref=True)
    many = ListField(ReferenceField("self"))
    named = MapField(ReferenceField("self"))
    anything = GenericReferenceField()
    anythings = ListField(GenericReferenceField())
    part = EmbeddedDocumentField(AsyncRelPart)
    parts = ListField(EmbeddedDocumentField(AsyncRelPart))


POST, PERSON, CITY, COUNTRY = (
    document._get_collection_name()
    for document in (AsyncRelPost, AsyncRelPerson, AsyncRelCity, AsyncRelCountry)
)


@pytest.fixture
async def async_posts(async_sent):
    """Store posts by people from a city of a country."""
    country = await AsyncRelCountry(name="country").async_save()
    city = await AsyncRelCity(name="city", country=country).async_save()
    people = [await AsyncRelPerson(name=n, city=city).async_save() for n in "abcd"]
    people[0].friend = people[0]
    await people[0].async_save()
    notes = [AsyncRelNote(author=one) for one in people[:2]]
    for number in range(3):
        post = AsyncRelPost(number=number, author=people[0], editor=people[1])
        post.readers, post.notes, post.lazy = people[2:], notes, people[3]
        await post.async_save()
    async_sent.take()
    return AsyncRelPost.objects.order_by("number")


async def test_a_list_with_what_documents_refer_to(async_posts, async_sent):
    loaded = await async_posts.async_select_related()
    assert type(loaded) is list
    assert async_sent.asked == [POST, PERSON]
    for number, post in enumerate(loaded):
        assert post.number == number
        assert (post.author.name, post.editor.name) == ("a", "b")
        assert [one.name for one in post.readers] == ["c", "d"]
        assert [one.author.name for one in post.notes] == ["a", "b"]
        assert post._get_changed_fields() == []
    assert async_sent.asked == [POST, PERSON]
    assert loaded[0].author is loaded[2].notes[0].author


@pytest.mark.parametrize(
    ("depth", "asked"),
    [
        (0, [POST]),
        (1, [POST, PERSON]),
        (2, [POST, PERSON, CITY]),
        (3, [POST, PERSON, CITY, COUNTRY]),
        (9, [POST, PERSON, CITY, COUNTRY]),
    ],
)
async def test_every_level_is_loaded(async_posts, async_sent, depth, asked):
    post = (await async_posts.async_select_related(depth))[1]
    assert async_sent.asked == asked
    if depth > 1:
        assert post.notes[1].author.city.name == "city"
        assert post.author.friend.friend.friend is post.author
    if depth > 2:
        assert post.readers[1].city.country.name == "country"
    assert async_sent.asked == asked


async def test_a_document_loads_what_it_refers_to(async_posts, async_sent):
    post = await async_posts.async_first()
    async_sent.take()
    assert await post.async_select_related(max_depth=3) is post
    assert async_sent.asked == [PERSON, CITY, COUNTRY]
    assert post.notes[0].author.city.country.name == "country"
    assert async_sent.asked == [PERSON, CITY, COUNTRY]
    assert post._get_changed_fields() == []
    assert await post.async_select_related() is post
    assert async_sent.asked == [PERSON, CITY, COUNTRY]


async def test_a_document_that_is_not_stored(async_posts, async_sent):
    author = await AsyncRelPerson.objects(name="a").async_first()
    post = AsyncRelPost(author=author.to_dbref(), editor=DBRef(PERSON, ObjectId()))
    async_sent.take()
    await post.async_select_related()
    assert post.author.name == "a"
    assert type(post.__dict__["editor"]) is DBRef
    assert async_sent.asked == [PERSON]


async def test_lazy_references_stay_lazy(async_posts, async_sent):
    post = (await async_posts.async_select_related())[0]
    assert post.lazy._cached_doc is None


async def test_there_may_be_nothing_to_load(async_sent):
    assert await AsyncRelPost.objects.async_select_related() == []
    assert await AsyncRelPost.objects.none().async_select_related() == []
    await AsyncRelPost(number=1).async_save()
    async_sent.take()
    assert [p.number for p in await AsyncRelPost.objects.async_select_related()] == [1]
    assert async_sent.asked == [POST]


async def test_other_forms_of_rows(async_posts, async_sent):
    rows = await async_posts.scalar("number", "author").async_select_related()
    assert [number for number, _ in rows] == [0, 1, 2]
    assert async_sent.asked == [POST, PERSON]
    rows = await async_posts.as_pymongo().async_select_related()
    assert [row["number"] for row in rows] == [0, 1, 2]
    assert async_sent.asked == [POST, PERSON, POST]


async def test_many_documents_take_no_more_queries(async_sent):
    people = [AsyncRelPerson(id=ObjectId(), name=str(n)) for n in range(3000)]
    await AsyncRelPerson.objects.async_insert(people, load_bulk=False)
    await AsyncRelPost.objects.async_insert(
        [AsyncRelPost(author=one, readers=people[:10]) for one in people],
        load_bulk=False,
    )
    async_sent.take()
    found = await AsyncRelPost.objects.async_select_related()
    assert sorted(post.author.name for post in found) == sorted(map(str, range(3000)))
    finds = [one for one in async_sent.asked if one != "getMore"]
    assert finds == [POST, PERSON]


# Random graphs


def refer(node, nodes, dice):
    """Have a node refer to some, of which some are not stored."""

    def some():
        return dice.choice(nodes)

    ways = {
        "one": some,
        "stored": lambda: some().to_dbref(),
        "many": lambda: [some() for _ in range(dice.randrange(4))],
        "named": lambda: {name: some() for name in dice.sample("abc", 2)},
        "anything": some,
        "anythings": lambda: [some() for _ in range(dice.randrange(3))],
        "part": lambda: AsyncRelPart(node=some()),
        "parts": lambda: [AsyncRelPart(node=some()) for _ in range(2)],
    }
    for name in dice.sample(sorted(ways), dice.randrange(len(ways) + 1)):
        setattr(node, name, ways[name]())


async def make_graph(dice):
    nodes = [AsyncRelNode(id=ObjectId(), number=n) for n in range(12)]
    for node in nodes:
        refer(node, nodes, dice)
    there = nodes[:9]  # the others are referred to in vain
    await AsyncRelNode.objects.async_insert(there, load_bulk=False)
    rows = await AsyncRelNode.objects.as_pymongo().async_to_list()
    return {row["_id"]: row for row in rows}


def references_in(value):
    """Yield what is held in a value: documents, and references to what is missing."""
    if isinstance(value, (AsyncRelNode, DBRef)):
        yield value
    elif isinstance(value, AsyncRelPart):
        yield from references_in(value.__dict__.get("node"))
    elif isinstance(value, dict) and "_ref" in value:
        yield value["_ref"]
    elif isinstance(value, dict):
        for item in dict.values(value):
            yield from references_in(item)
    elif isinstance(value, list):
        for item in list.__iter__(value):
            yield from references_in(item)
    elif isinstance(value, ObjectId):
        yield DBRef(AsyncRelNode._get_collection_name(), value)


def check(node, graph, depth):
    """Compare what a node refers to with what is stored, down to a depth."""
    assert node.to_mongo().to_dict() == graph[node.id]
    assert node._get_changed_fields() == []
    if depth == 0:
        return
    values = [v for name, v in node.__dict__.items() if name not in ("id", "number")]
    for found in (one for value in values for one in references_in(value)):
        target = found.id
        assert isinstance(found, AsyncRelNode) is (target in graph)
        if target in graph:
            check(found, graph, depth - 1)


@pytest.mark.parametrize("seed", range(12))
async def test_random_graphs_are_as_they_are_stored(async_sent, seed):
    dice = random.Random(seed)
    graph = await make_graph(dice)
    depth = dice.randrange(1, 4)
    path = "__".join("*" * depth)
    for nodes in (
        await AsyncRelNode.objects.async_select_related(depth),
        await AsyncRelNode.objects.prefetch_related(path).batch_size(4).async_to_list(),
        [node async for node in AsyncRelNode.objects.prefetch_related(path)],
    ):
        assert {node.id for node in nodes} == set(graph)
        for node in nodes:
            check(node, graph, depth)


class AsyncRelLoose(Document):
    items = ListField()
    named = MapField(ReferenceField(AsyncRelPerson))


async def test_rows_of_another_shape_disturb_no_others(async_mongo_db):
    person = await AsyncRelPerson(name="p").async_save()
    collection = await AsyncRelLoose._async_get_collection()
    await collection.insert_many(
        [{"items": True}, {"named": 5}, {"items": [], "named": {"k": person.pk}}]
    )
    found = await AsyncRelLoose.objects.order_by("pk").async_select_related(1)
    assert found[2].named["k"].name == "p"
    assert found[0].to_mongo()["items"] is True
