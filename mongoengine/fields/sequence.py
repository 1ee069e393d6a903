"""The field that numbers documents, composed of what is pure and of both families."""

from __future__ import annotations

from mongoengine._async.sequences import AsyncSequence
from mongoengine._sync.sequences import Sequence
from mongoengine.base.sequence_field import BaseSequenceField


class SequenceField(AsyncSequence, Sequence, BaseSequenceField):
    """A number that no other document has: one, two, three and so on.

    A number is drawn when a new document is saved, or when the number of a document that
    has none is read; numbers are not drawn twice, so there may be gaps.  In the async
    family, which does not wait for attributes, reading gives None until it is saved.

    The last number of each sequence stands in a collection of the database.  A subclass
    that draws in another way overrides ``generate()``, ``async_generate()`` or both.
    """
