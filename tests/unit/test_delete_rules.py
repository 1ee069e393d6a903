"""What is known on the way through delete rules."""

import pytest

from mongoengine import CASCADE, NULLIFY, Document, IntField, ReferenceField
from mongoengine.queryset.delete_rules import (
    Deletion,
    changes,
    comes_back,
    is_going,
    rules_of,
)


class UnitRuleTree(Document):
    id = IntField(primary_key=True)
    above = ReferenceField("self", reverse_delete_rule=CASCADE)


class UnitRuleTop(Document):
    pass


class UnitRuleLow(Document):
    id = IntField(primary_key=True)
    top = ReferenceField(UnitRuleTop, reverse_delete_rule=CASCADE)


def test_cascades_come_back_or_do_not():
    assert comes_back(UnitRuleTree)
    assert not comes_back(UnitRuleTop)


def test_documents_are_met_once_until_they_are_gone():
    deletion = Deletion(UnitRuleTree, changes)
    rows = [{"_id": 1}, {"_id": 2}]
    with deletion.under_way():
        assert deletion.new(UnitRuleTree, rows) == rows
        assert deletion.new(UnitRuleTree, [*rows, {"_id": 3}]) == [{"_id": 3}]
        assert is_going(UnitRuleTree(id=2))
        level = deletion.level(UnitRuleTree, None)
        level.rows = rows
        deletion.forget(level)
        assert deletion.new(UnitRuleTree, rows) == rows
    assert not is_going(UnitRuleTree(id=3))


def test_a_deletion_within_another_knows_what_goes_with_that():
    outer, inner = Deletion(UnitRuleTree, changes), Deletion(UnitRuleTree, changes)
    with outer.under_way():
        outer.ask(UnitRuleTree, [{"_id": 1}])
        with inner.under_way():
            inner.ask(UnitRuleTree, [{"_id": 2}])
            assert is_going(UnitRuleTree(id=1))
            assert is_going(UnitRuleTree(id=2))
            assert inner.new(UnitRuleTree, [{"_id": 1}]) == []
        assert is_going(UnitRuleTree(id=1))
        assert not is_going(UnitRuleTree(id=2))
    assert not is_going(UnitRuleTree(id=1))


def test_nothing_is_kept_in_mind_where_cascades_end():
    deletion = Deletion(UnitRuleTop, changes)
    rows = [{"_id": 1}]
    with deletion.under_way():
        assert deletion.new(UnitRuleLow, rows) is rows
        assert deletion.new(UnitRuleLow, rows) is rows
        assert not is_going(UnitRuleLow(id=1))


def test_actions_that_are_none_are_no_rules():
    UnitRuleLow.register_delete_rule(UnitRuleTop, "low", 77)
    assert rules_of(UnitRuleLow) == []


@pytest.mark.parametrize("wrong", ["UnitRuleLow", None, 5, int, UnitRuleLow()])
def test_a_rule_is_for_a_class_of_documents(wrong):
    before = rules_of(UnitRuleTop)
    with pytest.raises(AttributeError, match="is not a class of documents"):
        UnitRuleTop.register_delete_rule(wrong, "top", NULLIFY)
    assert rules_of(UnitRuleTop) == before
