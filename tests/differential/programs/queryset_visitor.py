"""Conditions: how they combine, look, compare and compile."""

import copy
import pickle
from itertools import product

from recorder import step

from mongoengine import DictField, Document, IntField, ListField, Q
from mongoengine.queryset.visitor import (
    DuplicateQueryConditionsError,
    QCombination,
    QNode,
    QNodeVisitor,
    QueryCompilerVisitor,
    SimplificationVisitor,
)


class Thing(Document):
    a = IntField(db_field="aa")
    b = IntField()
    c = IntField()
    d = DictField(db_field="dd")
    tags = ListField(IntField())


# Built anew for each step: compiling may change what is compiled.
LEAVES = {
    "Q()": lambda: Q(),
    "Q(a=1)": lambda: Q(a=1),
    "Q(a=2)": lambda: Q(a=2),
    "Q(a__gt=1)": lambda: Q(a__gt=1),
    "Q(a__gt=0, b=1)": lambda: Q(a__gt=0, b=1),
    "Q(a__ne=3)": lambda: Q(a__ne=3),
    "Q(b=1)": lambda: Q(b=1),
    "Q(d__x=1)": lambda: Q(d__x=1),
    "Q(tags=1)": lambda: Q(tags=1),
    "Q(tags__0=1)": lambda: Q(tags__0=1),
    "Q(raw aa)": lambda: Q(__raw__={"aa": 1}),
    "Q(raw or)": lambda: Q(__raw__={"$or": [{"aa": 1}, {"b": 2}]}),
    "Q(raw empty)": lambda: Q(__raw__={}),
    "Q(nope=1)": lambda: Q(nope=1),
    "Q(a='x')": lambda: Q(a="x"),
}
OPERATIONS = {"&": lambda x, y: x & y, "|": lambda x, y: x | y}


def examine(label, make, *args):
    step(f"{label} | repr", lambda: repr(make(*args)))
    step(f"{label} | compiled", lambda: make(*args).to_query(Thing))
    step(f"{label} | bool, equal, copied", compared, make, args)


def compared(make, args):
    node, twin = make(*args), make(*args)
    return bool(node), node == twin, node != twin, copy.deepcopy(node) == node


def combined(left, sign, right):
    return OPERATIONS[sign](left(), right())


def leaning_left(one, first, two, second, three):
    return OPERATIONS[second](OPERATIONS[first](one, two), three)


def leaning_right(one, first, two, second, three):
    return OPERATIONS[first](one, OPERATIONS[second](two, three))


def balanced(left, middle, right):
    one = OPERATIONS[left](Q(a=1), Q(b=1))
    two = OPERATIONS[right](Q(a__gt=2), Q(c=1))
    return OPERATIONS[middle](one, two)


for name, leaf in LEAVES.items():
    examine(name, leaf)
for (x, left), sign, (y, right) in product(LEAVES.items(), OPERATIONS, LEAVES.items()):
    examine(f"{x} {sign} {y}", combined, left, sign, right)

FEW = [Q(), Q(a=1), Q(a__gt=1), Q(b=1)]
for chosen in product(FEW, OPERATIONS, FEW, OPERATIONS, FEW):
    text = "{} {} {} {} {}".format(*chosen)
    examine(f"{text}, leaning left", leaning_left, *chosen)
    examine(f"{text}, leaning right", leaning_right, *chosen)
for signs in product(OPERATIONS, repeat=3):
    examine(f"balanced {signs}", balanced, *signs)


def met_by(other):
    """Combine what is no condition with one, and with none."""
    return repr(Q(a=1) & other), repr(Q(a=1) | other), Q() & other, Q() | other


def equal_to(other):
    return Q(a=1) == other, Q(a=1) & Q(b=1) == other, Q() != other


for other in (5, None, {}, {"x": 1}, "", [], Q):
    step(f"met by {other}", met_by, other)
    step(f"equal to {other}", equal_to, other)
step("other side", lambda: 5 & Q(a=1))
step("and a dict, compiled", lambda: (Q(a=1) & {"x": 1}).to_query(Thing))
step("or a dict, compiled", lambda: (Q(a=1) | {"x": 1}).to_query(Thing))
step("hash", lambda: hash(Q(a=1)))
step("hash of both", lambda: hash(Q(a=1) & Q(b=1)))
step("positional", lambda: Q(5))
step("raw is no dict", lambda: Q(__raw__=5).to_query(Thing))
step("pickled", lambda: pickle.loads(pickle.dumps(Q(a=1) | Q(b=1))))
step("inside", lambda: vars(Q(a=1)))
step("inside both", lambda: vars(Q(a=1) | Q(b=1)))
step("operations", lambda: (QNode.AND, QNode.OR))

for operation, children in product(
    (QNode.AND, QNode.OR, 7),
    ([], [Q(a=1)], [Q(), Q(a=1)], [Q(a=1), Q(b=1)], [Q(a=1) & Q(b=1), Q(c=1)], 5),
):
    label = f"combination {operation} {children}"
    examine(label, QCombination, operation, children)
step("nothing to accept", lambda: QNode().accept(None))
step("nothing to compile", lambda: QNode().to_query(Thing))
for node in (QNode(), Q(), Q(a=1), Q(a=1) & Q(b=1)):
    step(f"empty {type(node).__name__}", getattr, node, "empty")

step("visit nothing", lambda: QNodeVisitor().visit_query(5))
step("visit nothing, both", lambda: QNodeVisitor().visit_combination(5))
step("simplify a leaf", lambda: SimplificationVisitor().visit_query(Q(a=1)))
step("compile a leaf", lambda: QueryCompilerVisitor(Thing).visit_query(Q(a=1)))
step("the error", lambda: DuplicateQueryConditionsError.__mro__[1].__name__)
