"""What users define may ask the server wherever the library calls it."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from mongoengine import Document, ListField, StringField
from mongoengine.context_managers import run_in_transaction

SECONDS = 60


class UsersTag(Document):
    name = StringField()


def names_of_tags():
    return [tag.name for tag in UsersTag.objects]


class Looked(StringField):
    """Looks something up before it converts anything."""

    def prepare_query_value(self, op, value):
        assert names_of_tags() == ["a"]
        return super().prepare_query_value(op, value)

    def to_mongo(self, value):
        assert names_of_tags() == ["a"]
        return super().to_mongo(value)


class UsersPost(Document):
    title = StringField()
    code = Looked()
    tags = ListField(StringField(), default=names_of_tags)


@pytest.fixture
def post(mongo_db):
    UsersPost.ensure_indexes()
    UsersTag(name="a").save()
    UsersPost(title="a", code="c").save()
    return UsersPost.objects.get()


def change(post):
    post.code = "d"
    post.save()


def empty(post):
    post.tags = []
    post.save()


def change_where(post):
    post.title = "b"
    post.save(save_condition={"code": "c"})


WORKS = {
    "new": lambda post: UsersPost(code="z").save(),
    "changed": change,
    "emptied": empty,
    "condition": change_where,
    "update": lambda post: UsersPost.objects(code="c").update(set__code="d"),
    "modify": lambda post: UsersPost.objects(code="c").modify(set__code="d"),
    "distinct": lambda post: UsersPost.objects(code="c").distinct("title"),
    "aggregate": lambda post: list(UsersPost.objects(code="c").aggregate([])),
    "count": lambda post: UsersPost.objects(code="c").count(),
    "delete": lambda post: UsersPost.objects(code="c").delete(),
}


@pytest.mark.parametrize("name", WORKS)
def test_code_of_users_may_ask_within_a_transaction(post, name):
    def work():
        with run_in_transaction():
            return WORKS[name](post)

    pool = ThreadPoolExecutor(1)
    try:
        pool.submit(work).result(SECONDS)  # which would wait for itself
    finally:
        pool.shutdown(wait=False)
