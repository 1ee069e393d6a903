"""What the delete rules of a class ask for when some of its documents are deleted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

from mongoengine.base.common import get_document
from mongoengine.base.constants import CASCADE, DENY, NULLIFY, PULL
from mongoengine.base.failures import add_note
from mongoengine.base.places import IDS_A_QUERY, Place, encoded
from mongoengine.errors import OperationError
from mongoengine.queryset.writes import as_documents, has_delete_receivers

ACTIONS = frozenset({CASCADE, DENY, NULLIFY, PULL})

Row = dict[str, Any]  # a decoded document, with no more than its id and class
Take = Callable[[Any, list[Row]], list[Row]]
RulesOf = Callable[[Any], "list[Rule]"]
Key = tuple[Place, bytes]

# What this task or thread is about to delete, further up.
_going: ContextVar[tuple[set[Key], ...]] = ContextVar("documents_going", default=())


class Rule(NamedTuple):
    """What happens to the documents of a class that refer, by a field, to a deleted one."""

    document: Any
    field: str
    action: int

    def referring(self, documents: Sequence[Any]) -> Any:
        """Return the queryset of those that refer to one of these documents."""
        return self.document.objects(**{f"{self.field}__in": documents})

    def update_for(self, documents: Sequence[Any]) -> dict[str, Any]:
        """Return the update that removes references to these documents."""
        if self.action == NULLIFY:
            return {f"unset__{self.field}": 1}
        return {f"pull_all__{self.field}": documents}

    def denial(self) -> OperationError:
        """Return the error that says who refers to a document."""
        return OperationError(
            "Could not delete document "
            f"({self.document.__name__}.{self.field} refers to it)"
        )


def rules_of(document: Any) -> list[Rule]:
    """Return the rules for documents of a class, and of those derived from it.

    Those come first that may stop a deletion.
    """
    registered: dict[tuple[Any, str], int] = {}
    for name in document._subclasses:
        registered.update(get_document(name)._meta.get("delete_rules") or {})
    rules = [
        Rule(referrer, field, action)
        for (referrer, field), action in registered.items()
        if action in ACTIONS and not referrer._meta.get("abstract")
    ]
    return sorted(rules, key=lambda rule: rule.action != DENY)


def denials(document: Any) -> list[Rule]:
    """Return the rules that deny a deletion, or lead to such."""
    return [rule for rule in rules_of(document) if _may_deny(rule, set())]


def denials_by_others(document: Any) -> list[Rule]:
    """Return the rules that deny a deletion, but for those of the collection itself.

    Where documents go one by one, one may have gone before that which it refers to.
    """
    place = document._class_place()
    return [rule for rule in denials(document) if rule.document._class_place() != place]


def changes(document: Any) -> list[Rule]:
    """Return the rules that change or delete what refers to documents of a class."""
    return [rule for rule in rules_of(document) if rule.action != DENY]


def _may_deny(rule: Rule, seen: set[Any]) -> bool:
    if rule.action == DENY:
        return True
    if rule.action != CASCADE or rule.document in seen:
        return False
    seen.add(rule.document)
    return any(_may_deny(further, seen) for further in rules_of(rule.document))


def comes_back(document: Any) -> bool:
    """Say whether cascades can lead from documents of a class to such as were met."""
    return _returns(document, (), set())


def _returns(document: Any, above: tuple[Place, ...], seen: set[Any]) -> bool:
    place = document._class_place()
    if place in above:
        return True
    if document in seen:
        return False
    seen.add(document)
    return any(
        _returns(rule.document, (*above, place), seen)
        for rule in rules_of(document)
        if rule.action == CASCADE
    )


def looks_after_itself(document: Any) -> bool:
    """Say whether what refers to documents of a class need not be looked up in advance.

    Nothing does, or they are deleted one by one, each with what refers to it.
    """
    return not rules_of(document) or has_delete_receivers(document)


class Level:
    """Documents on the way down, a batch of them at a time."""

    def __init__(
        self, document: Any, batches: Any, rules: list[Rule], take: Take
    ) -> None:
        """Begin with documents of a class, and with the rules that lead further.

        ``batches`` gives what is stored, and ``take`` says what of that is to go.
        """
        self.document = document
        self.batches = batches
        self.rows: list[Row] = []
        self.documents: list[Any] = []  # which know nothing but their ids
        self._rules = rules
        self._left: Iterator[Rule] = iter(())
        self._take = take

    def begin(self, rows: list[Row]) -> bool:
        """Turn to the next batch; say whether there is anything in it that goes."""
        self.rows = self._take(self.document, rows)
        self.documents = [self.document._from_son(row) for row in self.rows]
        self._left = iter(self._rules)
        return bool(self.rows)

    def next_rule(self) -> Rule | None:
        """Return the next rule to be looked at for this batch, None after the last."""
        return next(self._left, None)

    def referring(self, rule: Rule) -> Any:
        """Return the queryset of what refers to the documents of this batch."""
        return rule.referring(self.documents)

    @property
    def found(self) -> Any:
        """The queryset of the documents of this batch."""
        ids = [row["_id"] for row in self.rows]
        return self.document.objects(__raw__={"_id": {"$in": ids}})


class Deletion:
    """What is known on a way down from the documents of a class, and back."""

    def __init__(
        self, document: Any, rules: RulesOf, write_concern: Any = None
    ) -> None:
        """Begin; ``rules`` gives those of a class that the way follows."""
        self.write_concern = write_concern
        self.comes_back = comes_back(document)
        self._rules = rules
        self._asked: set[Key] = set()  # what was to be deleted in the first place
        self._met: set[Key] = set()
        self._done: Counter[str] = Counter()

    def level(self, document: Any, batches: Any) -> Level:
        """Return the level of what was found to refer to another."""
        return Level(document, batches, self._rules(document), self.new)

    def leads_down(self, rule: Rule) -> bool:
        """Say whether what refers by a rule must be looked at one by one."""
        if rule.action != CASCADE:
            return False
        return self._rules is denials or not looks_after_itself(rule.document)

    def deletes(self, level: Level) -> bool:
        """Say whether a batch is to be deleted when the way leaves it."""
        return bool(level.rows) and self._rules is changes

    def ask(self, document: Any, rows: list[Row]) -> list[Row]:
        """Note, and return, what is to be deleted in the first place."""
        if self.comes_back:
            self._asked.update(_key(document, row) for row in rows)
        return rows

    def new(self, document: Any, rows: list[Row]) -> list[Row]:
        """Note, and return, those of some documents that were not met yet."""
        if not self.comes_back:
            return rows
        keyed = {_key(document, row): row for row in rows}
        new = {key: row for key, row in keyed.items() if not _is_met(key)}
        self._met.update(new)
        return list(new.values())

    def forget(self, level: Level) -> None:
        """Note that a batch is gone: nothing leads to it any more."""
        if self.comes_back:
            self._met.difference_update(_key(level.document, r) for r in level.rows)

    def tell(self, document: Any, done: str, number: int | None) -> None:
        """Note how many documents of a class were changed or deleted."""
        self._done[f"{document.__name__} {done}"] += number or 0

    @contextmanager
    def under_way(self) -> Iterator[None]:
        """Have it known what is going; an error is told what was done before it."""
        before = _going.get()
        _going.set((*before, self._asked, self._met))
        try:
            yield
        except BaseException as error:
            done = [f"{number} {what}" for what, number in self._done.items() if number]
            if done:
                add_note(error, f"Done before this error: {', '.join(done)}")
            raise
        finally:
            _going.set(before)


def keys_of(queryset: Any) -> Any:
    """Return the queryset of the same documents that gives no more than their ids."""
    keys = as_documents(queryset).all_fields().only("pk").batch_size(IDS_A_QUERY + 1)
    return keys if queryset._limit or queryset._skip else keys.order_by()


def _key(document: Any, row: Row) -> Key:
    """Return what tells a stored document from all others."""
    return document._class_place(), encoded(row["_id"])


def _is_met(key: Key) -> bool:
    return any(key in keys for keys in _going.get())


def is_going(document: Any) -> bool:
    """Say whether a document is being deleted, further up."""
    if not any(_going.get()):
        return False
    stored = document.to_mongo(fields=[document._id_name()])
    return _is_met(_key(type(document), stored))
