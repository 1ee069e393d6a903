"""What a queryset is told reaches every command that takes it: one table for all.

A row is an operation, the command that it sends, and the options that reach it.  An
option is what to tell the queryset, and where the command must show it.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from bson import Code, ObjectId
from joining import joined
from pymongo import ReadPreference

from mongoengine import Document, IntField, StringField
from mongoengine.base.scopes import async_sessions
from mongoengine.connection import get_async_connection

COLLATION = {"locale": "en", "strength": 2}
SOME_ID = ObjectId()


class AsyncOptionsUser(Document):
    name = StringField(db_field="called")
    age = IntField()
    meta = {"indexes": ["age"]}


class Option(NamedTuple):
    """How to tell a queryset, and what its commands hold then."""

    tell: Callable[[Any], Any]
    shown: dict[str, Any]


OPTIONS = {
    "hint": Option(lambda qs: qs.hint("_id_"), {"hint": "_id_"}),
    "collation": Option(lambda qs: qs.collation(COLLATION), {"collation": COLLATION}),
    "comment": Option(lambda qs: qs.comment("why"), {"comment": "why"}),
    "max_time_ms": Option(lambda qs: qs.max_time_ms(9000), {"maxTimeMS": 9000}),
    "batch_size": Option(lambda qs: qs.batch_size(7), {"batchSize": 7}),
    "disk": Option(lambda qs: qs.allow_disk_use(True), {"allowDiskUse": True}),
    "timeout": Option(lambda qs: qs.timeout(False), {"noCursorTimeout": True}),
    "preference": Option(
        lambda qs: qs.read_preference(ReadPreference.SECONDARY_PREFERRED),
        {"$readPreference": {"mode": "secondaryPreferred"}},
    ),
    "concern": Option(
        lambda qs: qs.read_concern({"level": "majority"}),
        {"readConcern": {"level": "majority"}},
    ),
    "where": Option(
        lambda qs: qs.where("this.age > 1"), {"$where": Code("this.age > 1")}
    ),
    "session": Option(lambda qs: qs, {"lsid": ...}),
}

FIND = frozenset(OPTIONS)
FIND_BY_ID = FIND - {"where"}  # whose filter is the ids
COUNT = FIND - {"batch_size", "disk", "timeout", "where"}
WRITE = {"hint", "collation", "comment", "where", "session"}
CHANGE = WRITE | {"max_time_ms"}
INSERT = {"comment", "session"}
AGGREGATE = FIND - {"timeout", "where"}
MAP_REDUCE = {"collation", "comment", "max_time_ms", "preference", "session"}


class Operation(NamedTuple):
    """What a queryset is asked, the command that this sends, and what that takes."""

    ask: Callable[[Any], Any]
    command: str
    takes: Any


async def async_walk(queryset):
    return [row async for row in queryset]


async def async_reduce(queryset):
    emit, take = "function() { emit(1, 1) }", "function(key, values) { return 1 }"
    return await async_walk(queryset.async_map_reduce(emit, take, "inline"))


async def async_frequencies(queryset):
    return await queryset.async_item_frequencies("age", map_reduce=False)


OPERATIONS = {
    "iteration": Operation(async_walk, "find", FIND),
    "iteration without cache": Operation(
        lambda qs: async_walk(qs.no_cache()), "find", FIND
    ),
    "iteration of dicts": Operation(
        lambda qs: async_walk(qs.as_pymongo()), "find", FIND
    ),
    "to_list": Operation(lambda qs: qs.async_to_list(), "find", FIND),
    "first": Operation(lambda qs: qs.async_first(), "find", FIND),
    "get": Operation(lambda qs: qs.async_get(name="a"), "find", FIND),
    "with_id": Operation(lambda qs: qs.async_with_id(SOME_ID), "find", FIND),
    "exists": Operation(lambda qs: qs.async_exists(), "find", FIND),
    "in_bulk": Operation(lambda qs: qs.async_in_bulk([SOME_ID]), "find", FIND_BY_ID),
    "to_json": Operation(lambda qs: qs.async_to_json(), "find", FIND),
    "explain": Operation(lambda qs: qs.async_explain(), "explain", FIND),
    "count": Operation(lambda qs: qs.filter(age=3).async_count(), "aggregate", COUNT),
    "count, where": Operation(
        lambda qs: qs.where("true").async_count(), "find", FIND - {"where"}
    ),
    "count of a slice": Operation(
        lambda qs: qs.limit(2).async_count(with_limit_and_skip=True), "aggregate", COUNT
    ),
    "aggregate": Operation(
        lambda qs: async_walk(qs.async_aggregate([])), "aggregate", AGGREGATE
    ),
    "sum": Operation(lambda qs: qs.async_sum("age"), "aggregate", AGGREGATE),
    "average": Operation(lambda qs: qs.async_average("age"), "aggregate", AGGREGATE),
    "distinct": Operation(
        lambda qs: qs.async_distinct("age"),
        "distinct",
        MAP_REDUCE | {"concern", "where"},
    ),
    "map_reduce": Operation(async_reduce, "mapReduce", MAP_REDUCE),
    "item_frequencies": Operation(
        lambda qs: qs.async_item_frequencies("age"), "mapReduce", MAP_REDUCE
    ),
    "item_frequencies, no JavaScript": Operation(
        async_frequencies, "aggregate", AGGREGATE
    ),
    "exec_js": Operation(
        lambda qs: qs.async_exec_js("function() { return 1 }"), "aggregate", {"session"}
    ),
    "update": Operation(lambda qs: qs.async_update(set__age=3), "update", WRITE),
    "update_one": Operation(
        lambda qs: qs.async_update_one(set__age=3), "update", WRITE
    ),
    "upsert_one": Operation(
        lambda qs: qs(name="a").async_upsert_one(age=3), "update", WRITE
    ),
    "modify": Operation(
        lambda qs: qs.async_modify(set__age=3), "findAndModify", CHANGE
    ),
    "modify, remove": Operation(
        lambda qs: qs.async_modify(remove=True), "findAndModify", CHANGE
    ),
    "create": Operation(lambda qs: qs.async_create(age=3), "insert", {"session"}),
    "insert": Operation(
        lambda qs: qs.async_insert(AsyncOptionsUser(age=3)), "insert", INSERT
    ),
    "insert of several": Operation(
        lambda qs: qs.async_insert([AsyncOptionsUser(age=3)]), "insert", INSERT
    ),
    "what was inserted": Operation(
        lambda qs: qs.async_insert([AsyncOptionsUser(age=3)]), "find", FIND_BY_ID
    ),
    "delete": Operation(lambda qs: qs.async_delete(), "delete", WRITE),
    "delete_one": Operation(lambda qs: qs.async_delete_one(), "findAndModify", CHANGE),
}

ROWS = [
    pytest.param(operation, option, id=f"{name}: {told}")
    for name, operation in OPERATIONS.items()
    for told, option in OPTIONS.items()
    if told in operation.takes
]


@pytest.fixture
async def async_stored(async_sent):
    """Store a document, and give what is sent after that."""
    await AsyncOptionsUser(name="a", age=3).async_save()
    async_sent.take()
    return async_sent


async def async_in_session(ask, queryset):
    """Ask a queryset while a session is open, and return the id of that."""
    async with get_async_connection().start_session() as session:
        with joined(async_sessions, "default", session):
            await ask(queryset)
        return session.session_id


def part_told(command):
    """Return the part of a command that holds filter and options, all on one level."""
    inner = {**command, **command.get("explain", {})}
    for key in ("updates", "deletes"):
        if key in inner:
            inner = {**inner, **inner[key][0]}
    condition = inner.get("filter") or inner.get("query") or inner.get("q") or {}
    preference = command.get("$readPreference")
    shown = {**inner, **inner.get("cursor", {}), **condition}
    return shown if preference is None else {**shown, "$readPreference": preference}


@pytest.mark.filterwarnings("ignore:No 'json_options':DeprecationWarning")
# Older drivers advise a session where cursors shall not time out.
@pytest.mark.filterwarnings("ignore:use an explicit session:UserWarning")
@pytest.mark.parametrize(("operation", "option"), ROWS)
async def test_what_a_queryset_is_told_reaches_the_command(
    async_stored, operation, option
):
    queryset = option.tell(AsyncOptionsUser.objects)
    expected = option.shown
    if "lsid" in expected:
        expected = {"lsid": await async_in_session(operation.ask, queryset)}
    else:
        await operation.ask(queryset)
    shown = part_told(async_stored.of(operation.command)[-1])
    assert {key: shown.get(key) for key in expected} == expected


async def test_all_commands_of_a_cursor_join_the_session(async_stored):
    documents = [AsyncOptionsUser(age=number) for number in range(5)]
    await AsyncOptionsUser.objects.async_insert(documents)
    async_stored.take()
    queryset = AsyncOptionsUser.objects.batch_size(2)
    session_id = await async_in_session(async_walk, queryset)
    assert async_stored.names == ["find", "getMore", "getMore", "getMore"]
    assert all(command["lsid"] == session_id for command in async_stored.commands)


async def test_a_count_of_all_asks_what_the_server_knows(async_stored):
    assert await AsyncOptionsUser.objects.async_count() == 1
    assert async_stored.names == ["count"]


async def test_a_count_in_a_transaction_counts_documents(async_stored):
    async with get_async_connection().start_session() as session:
        await session.start_transaction()
        with joined(async_sessions, "default", session):
            await AsyncOptionsUser(name="b").async_save()
            assert await AsyncOptionsUser.objects.async_count() == 2
        await session.abort_transaction()
    assert await AsyncOptionsUser.objects.async_count() == 1
    assert [name for name in async_stored.names if name in {"count", "aggregate"}] == [
        "aggregate",
        "count",
    ]


NOTHING = {
    "first": lambda qs: qs.async_first(),
    "to_list": lambda qs: qs.async_to_list(),
    "iteration": async_walk,
    "count": lambda qs: qs.async_count(),
    "count, limited": lambda qs: qs.async_count(with_limit_and_skip=True),
    "exists": lambda qs: qs.async_exists(),
    "in_bulk": lambda qs: qs.async_in_bulk([SOME_ID]),
    "with_id": lambda qs: qs.async_with_id(SOME_ID),
    "explain": lambda qs: qs.async_explain(),
    "aggregate": lambda qs: async_walk(qs.async_aggregate([])),
    "sum": lambda qs: qs.async_sum("age"),
    "average": lambda qs: qs.async_average("age"),
    "distinct": lambda qs: qs.async_distinct("age"),
    "map_reduce": async_reduce,
    "item_frequencies": lambda qs: qs.async_item_frequencies("age"),
    "item_frequencies, no JavaScript": async_frequencies,
    "exec_js": lambda qs: qs.async_exec_js("function() { return 1 }"),
    "update": lambda qs: qs.async_update(set__age=1),
    "delete": lambda qs: qs.async_delete(),
    "modify": lambda qs: qs.async_modify(set__age=1),
}


@pytest.mark.parametrize("ask", NOTHING.values(), ids=NOTHING)
async def test_none_sends_nothing_and_gives_nothing(async_stored, ask):
    assert not await ask(AsyncOptionsUser.objects.none())
    assert async_stored.commands == []


async def test_none_gets_nothing(async_stored):
    with pytest.raises(AsyncOptionsUser.DoesNotExist):
        await AsyncOptionsUser.objects.none().async_get()
    assert async_stored.commands == []
