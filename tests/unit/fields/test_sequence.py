"""SequenceField, as far as no number is drawn from a database."""

from itertools import count

import pytest

from mongoengine import Document, EmbeddedDocument
from mongoengine.connection import ConnectionFailure
from mongoengine.fields import EmbeddedDocumentField, ListField, SequenceField


class Drawn(SequenceField):
    """Draws numbers in this process: from 1, for each field."""

    def __init__(self, *args, **kwargs):
        self.numbers = count(1)
        super().__init__(*args, **kwargs)

    def generate(self):
        return self.value_decorator(next(self.numbers))


def make_model():
    class NumberedTicket(Document):
        number = Drawn()
        text = Drawn(value_decorator=str, db_field="t")
        fixed = Drawn(default=7)
        others = ListField(Drawn())

    return NumberedTicket


@pytest.fixture
def ticket_class():
    return make_model()


def test_options_and_their_defaults():
    field = SequenceField()
    assert field.collection_name == SequenceField.COLLECTION_NAME
    assert SequenceField.COLLECTION_NAME == "mongoengine.counters"
    assert (field.db_alias, field.sequence_name) == ("default", None)
    assert field.value_decorator is SequenceField.VALUE_DECORATOR is int
    given = SequenceField("collection", "alias", "name", str)
    assert (given.collection_name, given.db_alias) == ("collection", "alias")
    assert (given.sequence_name, given.value_decorator) == ("name", str)
    assert SequenceField(value_decorator=5).value_decorator is int


def test_subclasses_may_have_other_defaults():
    class Coded(SequenceField):
        COLLECTION_NAME = "codes"
        VALUE_DECORATOR = hex

    assert Coded().collection_name == "codes"
    assert Coded().value_decorator(255) == "0xff"


def test_numbers_are_kept_as_given():
    field = SequenceField()
    for value in (1, "1", "x", 1.5, []):
        assert field.to_python(value) == field.to_mongo(value) == value
        field.validate(value)


def test_numbers_of_queries_are_decorated():
    assert SequenceField().prepare_query_value("gt", "5") == 5
    assert SequenceField(value_decorator=str).prepare_query_value(None, 5) == "5"
    with pytest.raises(TypeError):
        SequenceField().prepare_query_value("exact", None)


class CountedOrder(Document):
    meta = {"collection": "orders", "allow_inheritance": True}
    number = SequenceField()
    named = SequenceField(sequence_name="own")


class ExpressCountedOrder(CountedOrder):
    rank = SequenceField()


class HTTPLogLine(EmbeddedDocument):
    number = SequenceField()


class AbstractOrder(Document):
    meta = {"abstract": True}
    number = SequenceField()


class ConcreteOrder(AbstractOrder):
    pass


@pytest.mark.parametrize(
    ("field", "name"),
    [
        (CountedOrder.number, "orders"),
        (CountedOrder.named, "own"),
        (ExpressCountedOrder.number, "orders"),
        (ExpressCountedOrder.rank, "orders"),
        (HTTPLogLine.number, "h_t_t_p_log_line"),
        (ConcreteOrder.number, "abstract_order"),
    ],
)
def test_a_sequence_is_named_by_its_owner(field, name):
    assert field.get_sequence_name() == name


def test_a_sequence_without_owner_needs_a_name():
    assert SequenceField(sequence_name="own").get_sequence_name() == "own"
    with pytest.raises(TypeError):
        SequenceField().get_sequence_name()


def test_reading_draws_a_number_once(ticket_class):
    ticket = ticket_class()
    assert ticket._data["number"] is None
    assert (ticket.number, ticket.number, ticket.text) == (1, 1, "1")
    assert ticket_class().number == 2
    assert ticket.fixed == 7


def test_storing_draws_the_missing_numbers(ticket_class):
    ticket = ticket_class(number=5)
    stored = {"number": 5, "t": "1", "fixed": 7, "others": []}
    assert ticket.to_mongo() == ticket.to_mongo() == stored


def test_constructing_loading_and_validating_draw_nothing(ticket_class):
    tickets = [ticket_class(), ticket_class(number=None), ticket_class._from_son({})]
    for ticket in tickets:
        ticket.validate()
        assert ticket._data["number"] is None
    assert ticket_class().number == 1


def test_none_in_a_list_draws_a_number(ticket_class):
    assert ticket_class(others=[None, 5, None]).others == [1, 5, 2]


def test_a_number_drawn_on_a_loaded_document_is_a_change(ticket_class):
    read, assigned = ticket_class._from_son({}), ticket_class._from_son({"number": 5})
    assert read.text == "1"
    assert read._get_changed_fields() == ["t"]
    assigned.number = None
    assert assigned._get_changed_fields() == ["number"]
    assert assigned.number == 1


def test_numbers_in_embedded_documents():
    class CountedLine(EmbeddedDocument):
        number = Drawn()

    class Bill(Document):
        first = EmbeddedDocumentField(CountedLine)
        lines = ListField(EmbeddedDocumentField(CountedLine))

    bill = Bill(first=CountedLine(), lines=[CountedLine(), CountedLine(number=9)])
    assert bill.to_mongo() == {
        "first": {"number": 1},
        "lines": [{"number": 2}, {"number": 9}],
    }


@pytest.mark.parametrize(
    ("alias", "message"),
    [
        ("default", "You have not defined a default connection"),
        ("nowhere", 'Connection with alias "nowhere" has not been defined'),
    ],
)
def test_a_number_is_drawn_from_a_connection(alias, message):
    field = SequenceField(db_alias=alias, sequence_name="s")
    for draw in (field.generate, lambda: field.to_python(None)):
        with pytest.raises(ConnectionFailure, match=message):
            draw()
