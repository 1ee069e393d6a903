"""What querysets are told to write, before anything is sent."""

import asyncio

import pytest
from bson import ObjectId
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    DuplicateKeyError,
    NetworkTimeout,
    OperationFailure,
    PyMongoError,
    WriteConcernError,
)

from mongoengine import (
    CASCADE,
    DENY,
    NULLIFY,
    Document,
    IntField,
    ListField,
    OperationError,
    ReferenceField,
    StringField,
)
from mongoengine.base.failures import is_unknown, reported
from mongoengine.queryset.delete_rules import rules_of
from mongoengine.queryset.insertion import Insertion
from mongoengine.queryset.writes import changes_of, options_of


class WritesPlain(Document):
    number = IntField()
    name = StringField()


class WritesBase(Document):
    number = IntField()
    meta = {"allow_inheritance": True}


class WritesFragile(Document):
    number = IntField()

    def to_mongo(self, *args, **kwargs):
        if self.number < 0:
            raise TypeError("negative")
        return super().to_mongo(*args, **kwargs)


class WritesTarget(Document):
    number = IntField()


class WritesReferrer(Document):
    one = ReferenceField(WritesTarget, reverse_delete_rule=CASCADE)
    two = ListField(ReferenceField(WritesTarget, reverse_delete_rule=DENY))
    meta = {"abstract": False}


class WritesAbstract(Document):
    one = ReferenceField(WritesTarget, reverse_delete_rule=NULLIFY)
    meta = {"abstract": True}


def test_an_upsert_names_the_class_where_there_are_several():
    plain = changes_of(WritesPlain, {"number": 1}, upsert=True)
    assert plain == {"$set": {"number": 1}}
    assert changes_of(WritesBase, {"number": 1}, upsert=False) == plain
    named = changes_of(WritesBase, {"number": 1}, upsert=True)
    assert named == {**plain, "$setOnInsert": {"_cls": "WritesBase"}}


def test_an_upsert_names_the_class_beside_what_else_is_set_then():
    changes = changes_of(WritesBase, {"set_on_insert__number": 1}, upsert=True)
    assert changes == {"$setOnInsert": {"number": 1, "_cls": "WritesBase"}}


def test_a_class_that_is_set_stays():
    changes = changes_of(WritesBase, {"set___cls": "WritesBase.Sub"}, upsert=True)
    assert changes == {"$set": {"_cls": "WritesBase.Sub"}}


def test_a_pipeline_names_the_class_last():
    stages = [{"$set": {"number": 1}}]
    changes = changes_of(WritesBase, {"__raw__": stages}, upsert=True)
    assert changes[:-1] == stages
    assert changes[-1] == {"$set": {"_cls": {"$ifNull": ["$_cls", "WritesBase"]}}}
    assert len(stages) == 1


def test_only_options_that_were_given_are_sent():
    queryset = WritesPlain.objects
    names = ("hint", "collation", "comment")
    assert options_of(queryset, *names) == {}
    assert options_of(queryset.hint("x").hint(), *names) == {}
    queryset = queryset.hint("x").comment("y").collation({"locale": "en"})
    assert options_of(queryset, *names) == {
        "hint": "x",
        "collation": {"locale": "en"},
        "comment": "y",
    }
    assert options_of(queryset, "comment") == {"comment": "y"}


DETAILS = {"writeErrors": [], "writeConcernErrors": []}


@pytest.mark.parametrize(
    ("error", "unknown"),
    [
        (AutoReconnect("gone"), True),
        (NetworkTimeout("late"), True),
        (WriteConcernError("alone", 64), True),
        (asyncio.CancelledError(), True),
        (KeyboardInterrupt(), True),
        (BulkWriteError({**DETAILS, "writeConcernErrors": [{}]}), True),
        (BulkWriteError(DETAILS), False),
        (DuplicateKeyError("twice", 11000), False),
        (OperationFailure("no", 13), False),
        (TypeError("wrong"), False),
    ],
)
def test_which_errors_leave_open_what_was_written(error, unknown):
    assert is_unknown(error) is unknown
    with pytest.raises(BaseException) as caught, reported("{}"):  # noqa: PT011
        raise error
    assert is_unknown(caught.value) is unknown


def bulk_error(stored, **more):
    return BulkWriteError({**DETAILS, "nInserted": stored, **more})


def insert_and_fail(documents, error):
    insertion = Insertion(WritesPlain, documents)
    with pytest.raises((OperationError, PyMongoError)), insertion.underway():
        raise error
    return insertion


def test_documents_that_are_stored_know_it():
    documents = [WritesPlain(number=n) for n in range(3)]
    insertion = Insertion(WritesPlain, documents)
    with insertion.underway() as stored:
        assert [one["number"] for one in stored] == [0, 1, 2]
        documents[1].name = "changed meanwhile"
    assert insertion.ids == [one.id for one in documents]
    assert not any(one._created for one in documents)
    assert documents[0]._delta() == ({}, {})
    assert documents[1]._delta() == ({"name": "changed meanwhile"}, {})


def test_documents_that_are_not_stored_are_as_before():
    documents = [WritesPlain(number=n) for n in range(3)]
    documents[2].id = given = ObjectId()
    documents[2]._created = True
    insert_and_fail(documents, bulk_error(1))
    assert [one._created for one in documents] == [False, True, True]
    assert [one.id is None for one in documents] == [False, True, False]
    assert documents[2].id == given


@pytest.mark.parametrize(
    "error", [AutoReconnect("gone"), bulk_error(2, writeConcernErrors=[{}])]
)
def test_of_an_unknown_outcome_the_ids_stay(error):
    documents = [WritesPlain(number=n) for n in range(3)]
    insertion = insert_and_fail(documents, error)
    assert [one.id for one in documents] == insertion.ids


def test_what_cannot_be_converted_leaves_all_documents_as_they_were():
    good, bad = WritesFragile(number=1), WritesFragile(number=-1)
    with pytest.raises(TypeError), Insertion(WritesFragile, [good, bad]).underway():
        pytest.fail("began")
    assert good._created
    assert good.id is None


def test_rules_of_abstract_classes_are_left_out_and_denials_come_first():
    rules = [
        (rule.document, rule.field, rule.action) for rule in rules_of(WritesTarget)
    ]
    assert rules == [
        (WritesReferrer, "two", DENY),
        (WritesReferrer, "one", CASCADE),
    ]
    assert rules_of(WritesPlain) == []


def test_a_denial_says_who_refers():
    error = rules_of(WritesTarget)[0].denial()
    assert isinstance(error, OperationError)
    assert str(error) == "Could not delete document (WritesReferrer.two refers to it)"
