import re

import pytest

from mongoengine.base.utils import LazyRegexCompiler, NonOrderedList


class Holder:
    pattern = LazyRegexCompiler("^a", re.IGNORECASE)


def test_a_pattern_is_compiled_once_when_it_is_read():
    compiler = vars(Holder)["pattern"]
    assert Holder.pattern is Holder().pattern is compiler.compiled_regex
    assert Holder.pattern.match("ABC")


def test_a_wrong_pattern_is_noticed_when_it_is_read():
    class Wrong:
        pattern = LazyRegexCompiler("(")

    with pytest.raises(re.error, match="unterminated"):
        _ = Wrong.pattern


def test_an_instance_cannot_have_another_pattern():
    with pytest.raises(AttributeError, match="Can not set attribute LazyRegexCompiler"):
        Holder().pattern = re.compile("b")


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ([], [], True),
        ([1, 2], [2, 1], True),
        ([1, 1, 2], [1, 2, 2], False),
        ([1], [1, 1], False),
        ([{"a": 1}, "b"], ["b", {"a": 1}], True),
        ([1], (1,), False),
    ],
)
def test_a_list_without_order_equals_those_of_the_same_members(one, other, equal):
    assert (NonOrderedList(one) == other) is equal
    assert (other == NonOrderedList(one)) is equal
    assert (NonOrderedList(one) != other) is not equal


def test_a_list_without_order_cannot_be_hashed():
    with pytest.raises(TypeError, match="unhashable"):
        hash(NonOrderedList())
