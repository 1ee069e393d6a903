"""Sequences: numbers that are drawn when documents are saved, each of them once."""

import copy
import pickle

import pytest
from bson import ObjectId
from pymongo.errors import OperationFailure

from mongoengine import (
    Document,
    DynamicDocument,
    EmbeddedDocument,
    EmbeddedDocumentField,
    GenericEmbeddedDocumentField,
    IntField,
    InvalidQueryError,
    ListField,
    MapField,
    NotUniqueError,
    ReferenceField,
    SequenceField,
    StringField,
    ValidationError,
    connect_async,
    disconnect_async,
    signals,
)
from mongoengine._seam import async_gather
from mongoengine.context_managers import async_run_in_transaction

COUNTERS = "mongoengine.counters"


class AsyncSeqTicket(Document):
    number = SequenceField()
    name = StringField()
    meta = {"collection": "tickets"}


class AsyncSeqKey(Document):
    id = SequenceField(primary_key=True)
    size = IntField()
    meta = {"collection": "keys"}


class AsyncSeqLine(EmbeddedDocument):
    number = SequenceField(sequence_name="lines")
    text = StringField()


class AsyncSeqGroup(EmbeddedDocument):
    lines = ListField(EmbeddedDocumentField(AsyncSeqLine))


class AsyncSeqBill(Document):
    number = SequenceField(db_field="no")
    first = EmbeddedDocumentField(AsyncSeqLine)
    lines = ListField(EmbeddedDocumentField(AsyncSeqLine))
    by_name = MapField(EmbeddedDocumentField(AsyncSeqLine))
    groups = ListField(EmbeddedDocumentField(AsyncSeqGroup))
    any = GenericEmbeddedDocumentField()
    ids = ListField(SequenceField(sequence_name="ids"))
    ticket = ReferenceField(AsyncSeqTicket)
    meta = {"collection": "bills"}


class AsyncSeqDefault(Document):
    line = EmbeddedDocumentField(AsyncSeqLine, default=AsyncSeqLine)
    meta = {"collection": "defaults"}


class AsyncSeqBase(Document):
    number = SequenceField()
    meta = {"collection": "bases", "allow_inheritance": True}


class AsyncSeqSub(AsyncSeqBase):
    rank = SequenceField()


class AsyncSeqCode(Document):
    code = SequenceField(
        collection_name="codes",
        sequence_name="letters",
        value_decorator=lambda number: f"A{number:03}",
    )


class AsyncSeqAnything(DynamicDocument):
    number = SequenceField()
    meta = {"collection": "anything"}


class AsyncSeqElsewhere(Document):
    number = SequenceField(db_alias="elsewhere", sequence_name="s")


class AsyncSeqUnique(Document):
    number = SequenceField(required=True)
    name = StringField(unique=True)
    meta = {"collection": "uniques"}


@pytest.fixture(autouse=True)
async def db(async_mongo_db):
    """Have a database in which nothing has to be made within a transaction."""
    for name in (COUNTERS, "codes"):
        await async_mongo_db.create_collection(name)
    return async_mongo_db


async def counters(db, collection=COUNTERS):
    return {row["_id"]: row["next"] async for row in db[collection].find()}


async def test_saving_draws_a_number(db):
    first = await AsyncSeqTicket(name="a").async_save()
    second = await AsyncSeqTicket(name="b").async_save()
    assert (first.number, second.number) == (1, 2)
    assert (await AsyncSeqTicket.objects.async_get(number=2)).name == "b"
    assert await counters(db) == {"tickets.number": 2}


async def test_saving_again_draws_no_other(db):
    ticket = await AsyncSeqTicket().async_save()
    ticket.name = "b"
    await ticket.async_save()
    await (await AsyncSeqTicket.objects.async_get()).async_save()
    await ticket.async_reload()
    assert ticket.number == 1
    assert await counters(db) == {"tickets.number": 1}


async def test_a_given_number_is_kept(db):
    ticket = await AsyncSeqTicket(number=77).async_save()
    assert (await AsyncSeqTicket.objects.async_get()).number == 77
    assert ticket.number == 77
    assert await counters(db) == {}


async def test_an_id_that_is_assigned_does_not_stop_the_number():
    ticket = AsyncSeqTicket()
    ticket.id = ObjectId()
    await ticket.async_save()
    assert (await AsyncSeqTicket.objects.async_get()).number == 1


async def test_what_is_not_valid_draws_nothing(db):
    with pytest.raises(ValidationError):
        await AsyncSeqTicket(name=5).async_save()
    assert await counters(db) == {}


async def test_a_required_number_need_not_be_there():
    AsyncSeqUnique().validate()
    assert (await AsyncSeqUnique().async_save()).number == 1


async def test_a_document_that_could_not_be_saved_keeps_its_number(db):
    await AsyncSeqUnique(name="a").async_save()
    other = AsyncSeqUnique(name="a")
    with pytest.raises(NotUniqueError):
        await other.async_save()
    other.name = "b"
    await other.async_save()
    assert other.number == 2
    assert await counters(db) == {"uniques.number": 2}


async def test_a_number_as_the_key():
    keys = [await AsyncSeqKey(size=size).async_save() for size in (7, 8)]
    assert [key.pk for key in keys] == [1, 2]
    assert (await AsyncSeqKey.objects.async_with_id(2)).size == 8
    assert (await AsyncSeqKey.objects.async_create(size=9)).pk == 3


async def test_numbers_in_embedded_documents(db):
    line = AsyncSeqLine
    bill = AsyncSeqBill(
        first=line(),
        lines=[line(number=50), line(text="b")],
        by_name={"a": line()},
        groups=[AsyncSeqGroup(lines=[line(), line()])],
        any=line(),
    )
    await bill.async_save()
    row = await db.bills.find_one()
    drawn = [
        row["first"]["number"],
        row["lines"][1]["number"],
        row["by_name"]["a"]["number"],
        *(part["number"] for part in row["groups"][0]["lines"]),
        row["any"]["number"],
    ]
    assert row["no"] == 1
    assert row["lines"][0]["number"] == 50
    assert drawn == [1, 2, 3, 4, 5, 6]
    assert bill.groups[0].lines[1].number == 5
    assert bill._get_changed_fields() == []


async def test_numbers_in_defaults(db):
    await AsyncSeqDefault().async_save()
    assert (await db.defaults.find_one())["line"] == {"number": 1}


async def test_an_embedded_document_that_is_added_later_has_its_number_drawn(db):
    await AsyncSeqBill(lines=[AsyncSeqLine()]).async_save()
    bill = await AsyncSeqBill.objects.async_get()
    bill.lines.append(AsyncSeqLine(text="new"))
    bill.by_name["x"] = AsyncSeqLine()
    await bill.async_save()
    row = await db.bills.find_one()
    numbers = [line["number"] for line in row["lines"]]
    numbers.append(row["by_name"]["x"]["number"])
    assert len(set(numbers)) == 3
    assert await counters(db) == {
        "bills.number": 1,
        "lines.number": max(numbers),
    }


async def test_numbers_in_lists(db):
    bill = AsyncSeqBill(ids=[None, 9, None])
    await bill.async_save()
    assert (await db.bills.find_one())["ids"] == [1, 9, 2]
    assert bill.ids == [1, 9, 2]


async def test_numbers_in_dynamic_documents(db):
    one = AsyncSeqAnything(part=AsyncSeqLine(), parts=[AsyncSeqLine()])
    await one.async_save()
    row = await db.anything.find_one()
    found = (row["number"], row["part"]["number"], row["parts"][0]["number"])
    assert found == (1, 1, 2)


async def test_documents_that_are_referred_to_are_not_numbered(db):
    ticket = AsyncSeqTicket(id=ObjectId())
    await AsyncSeqBill(ticket=ticket).async_save()
    assert "tickets.number" not in await counters(db)


async def test_subclasses_share_the_sequence(db):
    await AsyncSeqBase().async_save()
    sub = await AsyncSeqSub().async_save()
    await AsyncSeqBase().async_save()
    assert (sub.number, sub.rank) == (2, 1)
    assert await counters(db) == {"bases.number": 3, "bases.rank": 1}


async def test_decorated_values_of_a_collection_of_their_own(db):
    field = AsyncSeqCode.code
    assert await field.async_get_next_value() == "A001"
    assert (await AsyncSeqCode().async_save()).code == "A001"
    assert await field.async_set_next_value(41) == "A041"
    assert await field.async_generate() == "A042"
    assert await AsyncSeqCode.objects(code=1).async_count() == 1
    assert await counters(db, "codes") == {"letters.code": 42}
    assert await counters(db) == {}


async def test_the_next_value_is_seen_and_set(db):
    field = AsyncSeqTicket.number
    assert await field.async_get_next_value() == 1
    assert await counters(db) == {}
    assert await field.async_generate() == 1
    assert await field.async_get_next_value() == 2
    assert await field.async_set_next_value(100) == 100
    assert await field.async_get_next_value() == 101
    assert (await AsyncSeqTicket().async_save()).number == 101


async def test_a_value_that_is_no_number_is_refused_before_it_is_stored(db):
    await AsyncSeqTicket.number.async_generate()
    with pytest.raises(ValueError, match="invalid literal"):
        await AsyncSeqTicket.number.async_set_next_value("x")
    assert await counters(db) == {"tickets.number": 1}


async def test_a_counter_that_cannot_count_is_an_error(db):
    await db[COUNTERS].insert_one({"_id": "tickets.number", "next": "x"})
    with pytest.raises(OperationFailure, match="non-numeric"):
        await AsyncSeqTicket().async_save()
    assert await AsyncSeqTicket.objects.async_count() == 0


async def test_inserted_documents_are_numbered(db):
    many = [AsyncSeqTicket(name=name) for name in "abc"]
    found = await AsyncSeqTicket.objects.async_insert(many)
    assert [one.number for one in found] == [1, 2, 3]
    assert [one.number for one in many] == [1, 2, 3]
    keys = [AsyncSeqKey(), AsyncSeqKey(id=9)]
    ids = await AsyncSeqKey.objects.async_insert(keys, load_bulk=False)
    assert ids == [1, 9]


async def test_documents_in_updates_are_numbered(db):
    await AsyncSeqBill().async_save()
    bills = AsyncSeqBill.objects
    await bills.async_update(push__lines=AsyncSeqLine(text="a"))
    await bills.async_update_one(push_all__lines=[AsyncSeqLine()])
    await bills.async_modify(set__by_name__x=AsyncSeqLine())
    row = await db.bills.find_one()
    assert [line["number"] for line in row["lines"]] == [1, 2]
    assert row["by_name"]["x"]["number"] == 3


async def test_dicts_of_documents_in_updates_are_numbered(db):
    bill = await AsyncSeqBill().async_save()
    bills = AsyncSeqBill.objects
    await bills.async_update(push__lines={"text": "a"})
    await bills.async_update_one(push_all__lines=[{"text": "b"}, {"number": 50}])
    await bills.async_modify(set__first={"text": "c"})
    await bill.async_update(push__groups={"lines": [{"text": "d"}, {}]})
    await bills(number=77).async_update(upsert=True, set_on_insert__first={"text": "e"})
    row, new = await db.bills.find().to_list()
    assert [line["number"] for line in row["lines"]] == [1, 2, 50]
    assert row["first"]["number"] == 3
    assert [line["number"] for line in row["groups"][0]["lines"]] == [4, 5]
    assert new["first"]["number"] == 6


@pytest.mark.parametrize(
    ("update", "line"),
    [
        ({"set__first": {"number": 9}}, {"number": 9}),
        ({"set__by_name__x": {"text": "a"}}, None),
        ({"__raw__": {"$set": {"first": {"text": "a"}}}}, {"text": "a"}),
        ({"set__first": None}, None),
        ({"unset__first": {"text": "a"}}, None),
    ],
)
async def test_updates_that_draw_no_number(db, update, line):
    await AsyncSeqBill().async_save()
    await AsyncSeqBill.objects.async_update(**update)
    assert (await db.bills.find_one()).get("first") == line
    assert await counters(db) == {"bills.number": 1}


async def test_updates_that_are_refused_draw_no_number(db):
    await AsyncSeqBill().async_save()
    for update in ({"set__lines": {"text": "a"}}, {"set__lines__0": {"text": "a"}}):
        with pytest.raises(InvalidQueryError, match="AsyncSeqLine"):
            await AsyncSeqBill.objects.async_update(**update)
    assert await counters(db) == {"bills.number": 1}


async def test_many_at_once_have_each_a_number(db):
    tickets = [AsyncSeqTicket() for _ in range(200)]
    await async_gather(ticket.async_save() for ticket in tickets)
    assert sorted(ticket.number for ticket in tickets) == list(range(1, 201))
    found = await AsyncSeqTicket.objects.async_distinct("number")
    assert sorted(found) == list(range(1, 201))
    assert await counters(db) == {"tickets.number": 200}


async def test_one_document_saved_twice_at_once_has_one_number(db):
    ticket = AsyncSeqTicket()
    await async_gather(ticket.async_save() for _ in range(10))
    assert await counters(db) == {"tickets.number": 1}
    assert await db.tickets.count_documents({"number": 1}) == 1


class Stop(Exception):
    pass


async def save_and_abort(*documents):
    """Save documents in a transaction that is aborted; return what was stored."""
    async with async_run_in_transaction():
        for document in documents:
            await document.async_save()
        raise Stop([document.to_mongo() for document in documents])


async def test_an_aborted_transaction_takes_its_numbers_back(db):
    await AsyncSeqTicket.async_ensure_indexes()
    await AsyncSeqKey.async_ensure_indexes()
    ticket, key = AsyncSeqTicket(), AsyncSeqKey()
    with pytest.raises(Stop) as caught:
        await save_and_abort(ticket, key)
    stored, stored_key = caught.value.args[0]
    assert (stored["number"], stored_key["_id"]) == (1, 1)
    assert await counters(db) == {}
    assert (ticket._data["number"], key._data["id"]) == (None, None)
    other = await AsyncSeqTicket().async_save()
    await ticket.async_save()
    await key.async_save()
    assert (other.number, ticket.number, key.pk) == (1, 2, 1)
    assert await db.tickets.distinct("number") == [1, 2]


async def test_numbers_of_parts_are_taken_back_as_well(db):
    await AsyncSeqBill().async_save()
    bill = await AsyncSeqBill.objects.async_get()
    bill.lines.append(AsyncSeqLine())
    bill.ids.append(None)
    with pytest.raises(Stop) as caught:
        await save_and_abort(bill)
    (stored,) = caught.value.args[0]
    assert (stored["lines"][0]["number"], stored["ids"]) == (1, [1])
    await AsyncSeqLine.number.async_generate()
    await bill.async_save()
    row = await db.bills.find_one()
    assert (row["lines"][0]["number"], row["ids"]) == (2, [1])


async def test_a_committed_transaction_keeps_its_numbers(db):
    await AsyncSeqTicket.async_ensure_indexes()
    async with async_run_in_transaction():
        ticket = await AsyncSeqTicket().async_save()
        assert await AsyncSeqTicket.number.async_get_next_value() == 2
        found = await AsyncSeqTicket.objects.async_insert([AsyncSeqTicket()])
    assert (ticket.number, found[0].number) == (1, 2)
    assert await counters(db) == {"tickets.number": 2}


async def test_a_receiver_may_add_what_has_a_number(db):
    async def add(sender, document, **more):
        document.lines.append(AsyncSeqLine())

    signals.pre_save_post_validation.connect(add, sender=AsyncSeqBill)
    bill = await AsyncSeqBill().async_save()
    signals.pre_save_post_validation.disconnect(add, sender=AsyncSeqBill)
    assert bill.lines[0].number == 1
    assert (await db.bills.find_one())["lines"][0]["number"] == 1


async def test_a_number_is_not_drawn_for_what_is_loaded_without(db):
    await AsyncSeqTicket(name="a").async_save()
    ticket = await AsyncSeqTicket.objects.only("name").async_first()
    ticket.name = "b"
    await ticket.async_save()
    assert await db.tickets.find_one({}, {"_id": 0}) == {"number": 1, "name": "b"}


@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda bill: pickle.loads(pickle.dumps(bill))]
)
async def test_copies_of_new_documents_are_numbered_within(db, copied):
    bill = AsyncSeqBill(
        first=AsyncSeqLine(),
        lines=[AsyncSeqLine(), AsyncSeqLine()],
        groups=[AsyncSeqGroup(lines=[AsyncSeqLine()])],
    )
    await copied(bill).async_save()
    (stored,) = await db.bills.find().to_list()
    numbers = [line["number"] for line in (stored["first"], *stored["lines"])]
    assert [*numbers, stored["groups"][0]["lines"][0]["number"]] == [1, 2, 3, 4]


async def test_setting_none_draws_another_number(db):
    ticket = await AsyncSeqTicket().async_save()
    ticket.number = None
    await ticket.async_save()
    assert ticket.number == 2
    assert (await db.tickets.find_one())["number"] == 2
    await db.tickets.update_one({}, {"$unset": {"number": 1}})
    ticket = await AsyncSeqTicket.objects.async_first()
    ticket.number = None
    await ticket.async_save()
    assert (await db.tickets.find_one())["number"] == 3


async def test_a_sequence_on_another_alias(db, mongo_uri):
    name = f"{db.name}_b"
    client = await connect_async(
        name, alias="elsewhere", host=mongo_uri, uuidRepresentation="standard"
    )
    try:
        assert (await AsyncSeqElsewhere().async_save()).number == 1
        assert await AsyncSeqElsewhere.number.async_get_next_value() == 2
        assert await AsyncSeqElsewhere.number.async_set_next_value(7) == 7
        assert await counters(client[name]) == {"s.number": 7}
        assert await counters(db) == {}
    finally:
        await client.drop_database(name)
        await disconnect_async("elsewhere")


class AsyncSeqEven(SequenceField):
    """Draws even numbers, in a way of its own."""

    async def async_generate(self):
        return 2 * await super().async_generate()


class AsyncSeqEvenly(Document):
    number = AsyncSeqEven()
    meta = {"collection": "evenly"}


async def test_a_way_of_ones_own_to_draw_numbers(db):
    found = [(await AsyncSeqEvenly().async_save()).number for _ in range(3)]
    assert found == [2, 4, 6]
    assert await counters(db) == {"evenly.number": 3}


async def test_an_alias_that_is_not_connected(db):
    with pytest.raises(Exception, match='alias "elsewhere" has not been defined'):
        await AsyncSeqElsewhere().async_save()
