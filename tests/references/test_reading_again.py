"""References that were read as such are loaded once they may be."""

from __future__ import annotations

from typing import Any

import pytest
from bson import DBRef

from mongoengine import DictField, Document, ListField, MapField, ReferenceField
from mongoengine.context_managers import no_dereference


class AgainTarget(Document):
    pass


class AgainHolder(Document):
    many = ListField(ReferenceField(AgainTarget))
    named = MapField(ReferenceField(AgainTarget))
    listed = ListField()
    anything = DictField()


@pytest.mark.parametrize("name", ["many", "named", "listed", "anything"])
def test_containers_load_after_the_block_in_which_they_may_not(
    mongo_db: Any, name: str
) -> None:
    target = AgainTarget().save()
    is_dict = name in ("named", "anything")
    reference = target if name in ("many", "named") else target.to_dbref()
    AgainHolder(**{name: {"a": reference} if is_dict else [reference]}).save()
    holder = AgainHolder.objects.get()
    with no_dereference(AgainHolder):
        before = getattr(holder, name)["a" if is_dict else 0]
        assert type(before) is DBRef
    after = getattr(holder, name)["a" if is_dict else 0]
    assert type(after) is AgainTarget
    assert after == target
