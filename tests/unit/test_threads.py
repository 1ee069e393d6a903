"""Threads that read one document, and classes that are used for the first time."""

import sys
import threading

import pytest

from mongoengine import (
    DictField,
    Document,
    DynamicField,
    EmbeddedDocument,
    EmbeddedDocumentField,
    ListField,
    StringField,
)


class ReadLeaf(EmbeddedDocument):
    text = StringField(db_field="t")


class ReadBranch(EmbeddedDocument):
    leaf = EmbeddedDocumentField(ReadLeaf, db_field="l")
    leaves = ListField(EmbeddedDocumentField(ReadLeaf), db_field="ls")


class ReadTree(Document):
    branch = EmbeddedDocumentField(ReadBranch, db_field="b")
    extra = DictField(db_field="x")
    tags = ListField(StringField())
    any = DynamicField(db_field="a")


STORED = {
    "b": {"l": {"t": "a"}, "ls": [{"t": "b"}, {"t": "c"}]},
    "x": {"k": {"deep": [1]}},
    "tags": ["d"],
    "a": [["e"]],
}


@pytest.fixture
def _switching_often():
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def read(tree):
    return (
        tree.branch.leaf.text,
        [leaf.text for leaf in tree.branch.leaves],
        tree.extra["k"]["deep"][0],
        tree.tags[0],
        tree.to_mongo(),
        tree.validate(),
        tree._get_changed_fields(),
    )


def in_threads(work):
    """Run a function in four threads at once, and return what each gave."""
    barrier, results = threading.Barrier(4), []

    def run():
        barrier.wait()
        try:
            results.append(work())
        except Exception as error:
            results.append(error)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.usefixtures("_switching_often")
def test_threads_read_a_document_for_the_first_time_together():
    expected = read(ReadTree._from_son(STORED))
    for _ in range(150):
        tree = ReadTree._from_son(STORED)
        assert in_threads(lambda tree=tree: read(tree)) == [expected] * 4


def values_of(tree):
    deep = tree.extra["k"]["deep"]
    return tree.branch, tree.tags, tree.extra, deep, tree.any, tree.any[0]


@pytest.mark.usefixtures("_switching_often")
def test_threads_get_the_same_values():
    for _ in range(150):
        tree = ReadTree._from_son(STORED)
        got = in_threads(lambda tree=tree: values_of(tree))
        for values in zip(*got, strict=True):
            assert len(set(map(id, values))) == 1


@pytest.mark.usefixtures("_switching_often")
def test_threads_use_a_class_for_the_first_time_together():
    for _ in range(30):

        class Fresh(Document):
            tags = ListField(StringField())

        work = lambda: Fresh._from_son({"tags": ["a"]}).to_mongo()  # noqa: E731
        assert in_threads(work) == [{"tags": ["a"]}] * 4
