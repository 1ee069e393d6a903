"""BaseList, BaseDict, StrictDict, LazyReference and the like, by themselves."""

from bson import DBRef, ObjectId
from recorder import step

from mongoengine import Document, EmbeddedDocument, StringField
from mongoengine.base import (
    BaseDict,
    BaseList,
    EmbeddedDocumentList,
    LazyReference,
    StrictDict,
)
from mongoengine.base.metaclasses import MetaDict
from mongoengine.base.utils import LazyRegexCompiler

ID = ObjectId("5" * 24)
OTHER_ID = ObjectId("6" * 24)


class Owner(Document):
    name = StringField()


class Other(Document):
    meta = {"collection": "owner"}


class Part(EmbeddedDocument):
    text = StringField()


class Spy(EmbeddedDocument):
    """Notes what containers tell it."""

    noted = []

    def _mark_as_changed(self, key):
        self.noted.append(key)


SPY = Spy()


def noting(action, container):
    Spy.noted.clear()
    result = action(container)
    return result, container, list(Spy.noted)


def list_of(*items):
    return BaseList(list(items), SPY, "x")


def dict_of(**items):
    return BaseDict(items, SPY, "x")


LIST_ACTIONS = [
    "append(1)",
    "append([1])",
    "append({'a':1})",
    "extend([1])",
    "extend(())",
    "insert(0,1)",
    "pop()",
    "pop(0)",
    "remove(2)",
    "reverse()",
    "sort()",
    "sort(reverse=True)",
    "__setitem__(0,9)",
    "__setitem__(-1,9)",
    "__setitem__(slice(0,1),[9])",
    "__setitem__(0,[1])",
    "__setitem__(0,{'a':1})",
    "__delitem__(0)",
    "__delitem__(-1)",
    "__delitem__(slice(0,2))",
    "__getitem__(0)",
    "__getitem__(-1)",
    "__getitem__(slice(1,3))",
    "__getitem__(99)",
    "__iadd__([1])",
    "__iadd__((1,))",
    "__imul__(2)",
    "__add__([1])",
    "__radd__([1])",
    "__contains__(2)",
    "__len__()",
    "__eq__([3,2,1])",
    "__lt__([9])",
    "__bool__()",
    "count(2)",
    "index(2)",
    "copy()",
    "clear()",
    "_mark_as_changed()",
    "_mark_as_changed(0)",
    "_mark_as_changed(None)",
    "_mark_as_changed('a')",
]
for call in LIST_ACTIONS:
    step(
        f"list {call}",
        lambda c=call: noting(lambda v: eval(f"v.{c}", {"v": v}), list_of(3, 2, 1)),
    )
DICT_ACTIONS = [
    "__setitem__('a',1)",
    "__setitem__('a',5)",
    "__setitem__('z',1)",
    "__setitem__('z',[1])",
    "__setitem__('z',{'q':1})",
    "__setitem__(5,1)",
    "__setitem__('a.b',1)",
    "__delitem__('a')",
    "__delitem__('zz')",
    "__getitem__('a')",
    "__getitem__('zz')",
    "get('a')",
    "get('zz')",
    "get('zz',5)",
    "pop('a')",
    "pop('zz')",
    "pop('zz',1)",
    "popitem()",
    "setdefault('a',1)",
    "setdefault('z',1)",
    "setdefault('z')",
    "update(a=2)",
    "update({'z':2})",
    "update()",
    "update([('a',2)])",
    "clear()",
    "keys()",
    "items()",
    "values()",
    "copy()",
    "__len__()",
    "__contains__('a')",
    "__eq__({'a':1})",
    "__or__({'a':3})",
    "__ior__({'a':3})",
    "__iter__()",
    "__reversed__()",
    "_mark_as_changed()",
    "_mark_as_changed('a')",
    "_mark_as_changed(None)",
    "a",
    "nope",
]
for call in DICT_ACTIONS:
    step(
        f"dict {call}",
        lambda c=call: noting(lambda v: eval(f"v.{c}", {"v": v}), dict_of(a=1, b=2)),
    )
NESTED = BaseDict({"l": [1, [2], {"d": {"e": 1}}], "d": {"e": {"f": 1}}}, SPY, "root")
PATHS = """
NESTED['l'].append(1)
NESTED['l'][1].append(1)
NESTED['l'][1][0] = 5
NESTED['l'][2]['d']['e'] = 5
NESTED['l'][-1]['x'] = 5
NESTED['d']['e']['f'] = 5
NESTED['d']['e'].update(f=6)
NESTED.get('d')['n'] = 1
NESTED['d']['new'] = {'a': [1]}
NESTED['d']['new']['a'].append(2)
""".strip().splitlines()
for code in PATHS:
    step(code, lambda c=code: noting(lambda v: exec(c, {"NESTED": v}), NESTED))
step(
    "nested names",
    lambda: (NESTED["l"]._name, NESTED["l"][1]._name, NESTED["d"]["e"]._name),
)
step(
    "nested types",
    lambda: (type(NESTED["l"]), type(NESTED["d"]["e"]), type(NESTED["l"][2])),
)
step("nested owner", lambda: NESTED["d"]["e"]._instance == SPY)
step("nested by iteration", lambda: [type(v) for v in NESTED["l"]])
step("nested by values", lambda: [type(v) for v in NESTED.values()])
step("items stay", lambda: (lambda raw: (BaseDict(raw, SPY, "x"), raw)[1])({"a": [1]}))
step("same object twice", lambda: NESTED["l"] is NESTED["l"])
step("no owner", lambda: BaseList([1], None, "x").append(2))
step("no owner dict", lambda: BaseDict({}, None, "x").__setitem__("a", 2))
step("owner is no document", lambda: BaseList([1], 5, "x"))
step("tuple items", lambda: BaseList((1, 2), SPY, "x"))
step("no items", lambda: BaseList([], SPY, None))
step("dict of pairs", lambda: BaseDict([("a", 1)], SPY, "x"))
step("no arguments", lambda: BaseList())
step("list repr", lambda: (repr(list_of(1, [2])), str(dict_of(a=[1]))))
step(
    "embedded list",
    lambda: EmbeddedDocumentList([Part(text="a")], SPY, "x").filter(text="a"),
)
step(
    "embedded members owned",
    lambda: EmbeddedDocumentList([Part()], SPY, "x")[0]._instance == SPY,
)
step("embedded members named", lambda: EmbeddedDocumentList([Part()], SPY, "x")._name)

# StrictDict.
Strict = StrictDict.create(allowed_keys=("a", "b", "c"))
STRICT = {
    "make": lambda: Strict(a=1),
    "make unknown": lambda: Strict(z=1),
    "get": lambda: (Strict(a=1).a, Strict(a=1)["a"], Strict(a=1).get("a")),
    "get missing": lambda: Strict(a=1)["b"],
    "attribute missing": lambda: Strict(a=1).b,
    "get unknown": lambda: Strict(a=1)["z"],
    "get default": lambda: Strict(a=1).get("b", 5),
    "set": lambda: _strict_set("b", 2),
    "set unknown": lambda: _strict_set("z", 2),
    "setattr unknown": lambda: setattr(Strict(), "z", 1),
    "keys": lambda: list(Strict(b=1, a=2).keys()),
    "items": lambda: list(Strict(b=1, a=2).items()),
    "iter": lambda: list(Strict(b=1, a=2)),
    "iterkeys": lambda: list(Strict(b=1, a=2).iterkeys()),
    "iteritems": lambda: list(Strict(b=1, a=2).iteritems()),
    "len": lambda: (len(Strict()), len(Strict(a=1))),
    "in": lambda: ("a" in Strict(a=1), "b" in Strict(a=1), "z" in Strict()),
    "pop": lambda: Strict(a=1).pop("a"),
    "pop missing": lambda: Strict().pop("a"),
    "pop default": lambda: Strict().pop("a", 5),
    "pop unknown": lambda: Strict().pop("z", 5),
    "equal": lambda: (
        Strict(a=1) == Strict(a=1),
        Strict(a=1) == {"a": 1},
        Strict(a=1) != Strict(),
    ),
    "repr": lambda: repr(Strict(a=1)),
    "bool": lambda: (bool(Strict()), bool(Strict(a=1))),
    "same class": lambda: StrictDict.create(allowed_keys=("c", "b", "a")) is Strict,
    "method names": lambda: StrictDict.create(allowed_keys=("items", "a"))(
        items=1
    ).items,
    "hash": lambda: hash(Strict(a=1)),
}


def _strict_set(key, value):
    made = Strict(a=1)
    made[key] = value
    return list(made.items())


for label, action in STRICT.items():
    step(f"strict {label}", action)

# LazyReference.
LAZY = {
    "attributes": lambda: _told(LazyReference(Owner, ID)),
    "with document": lambda: _told(
        LazyReference(Owner, ID, cached_doc=Owner(id=ID, name="x"))
    ),
    "with document alone": lambda: _told(
        LazyReference(Owner, None, cached_doc=Owner(id=ID))
    ),
    "both": lambda: LazyReference(Owner, OTHER_ID, cached_doc=Owner(id=ID)),
    "passthrough": lambda: LazyReference(
        Owner, ID, Owner(id=ID, name="x"), passthrough=True
    ).name,
    "no passthrough": lambda: LazyReference(Owner, ID, Owner(id=ID, name="x")).name,
    "passthrough item": lambda: LazyReference(Owner, ID, Owner(name="x"), True)["name"],
    "no passthrough item": lambda: LazyReference(Owner, ID, Owner(name="x"))["name"],
    "passthrough unknown": lambda: LazyReference(Owner, ID, Owner(name="x"), True).nope,
    "fetch cached": lambda: LazyReference(Owner, ID, Owner(id=ID, name="x")).fetch(),
    "fetch": lambda: LazyReference(Owner, ID).fetch(),
    "repr": lambda: repr(LazyReference(Owner, ID)),
    "equal": lambda: LazyReference(Owner, ID) == LazyReference(Owner, ID),
    "equal other": lambda: LazyReference(Owner, ID) == LazyReference(Owner, OTHER_ID),
    "equal other class": lambda: LazyReference(Owner, ID) == LazyReference(Other, ID),
    "equal dbref": lambda: LazyReference(Owner, ID) == DBRef("owner", ID),
    "equal document": lambda: LazyReference(Owner, ID) == Owner(id=ID),
    "equal id": lambda: LazyReference(Owner, ID) == ID,
    "hash": lambda: hash(LazyReference(Owner, ID)) == hash(LazyReference(Owner, ID)),
    "is a DBRef": lambda: isinstance(LazyReference(Owner, ID), DBRef),
    "as_doc": lambda: LazyReference(Owner, ID).as_doc(),
}


def _told(lazy):
    return (
        lazy.pk,
        lazy.id,
        lazy.document_type,
        lazy.passthrough,
        lazy.collection,
        lazy.database,
    )


for label, action in LAZY.items():
    step(f"lazy {label}", action)


def _merged(base, new):
    meta = MetaDict(base)
    meta.merge(new)
    return meta


step("merge", lambda: _merged({"a": 1, "indexes": [1]}, {"a": 2, "indexes": [2]}))
step("merge new", lambda: _merged({}, {"indexes": [2], "b": 1}))
step("merge tuple", lambda: _merged({"indexes": [1]}, {"indexes": (2,)}))


class Lazily:
    pattern = LazyRegexCompiler("a+", flags=2)


step("lazy regex", lambda: Lazily.pattern)
step(
    "lazy regex of instance",
    lambda: (Lazily().pattern, Lazily().pattern is Lazily().pattern),
)
