"""Making instances: keywords, defaults, unknown names, `_from_son`, internals."""

from bson import SON, DBRef, ObjectId
from recorder import step

from mongoengine import (
    BooleanField,
    DateTimeField,
    DictField,
    Document,
    DynamicDocument,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EmbeddedDocumentListField,
    IntField,
    ListField,
    MapField,
    StringField,
)

ID = ObjectId("5" * 24)
calls = []


def counted():
    calls.append(1)
    return len(calls)


class Counted(Document):
    made = IntField(default=counted)
    other = IntField()


class Address(EmbeddedDocument):
    city = StringField(default="Seoul")
    code = IntField(db_field="c")
    lines = ListField(StringField())


class User(Document):
    name = StringField()
    age = IntField(db_field="a", default=3)
    nothing = IntField(default=None)
    address = EmbeddedDocumentField(Address)
    home = EmbeddedDocumentField(Address, default=Address)
    addresses = EmbeddedDocumentListField(Address, db_field="as")
    tags = ListField(StringField(), default=lambda: ["new"])
    scores = ListField(IntField(), default=[1, 2])
    plain = DictField(default={"k": [1]})
    places = MapField(EmbeddedDocumentField(Address))
    kept = StringField(null=True)
    kept_default = StringField(null=True, default="d")
    choice = StringField(choices=["x", "y"], default="x")


class Loose(Document):
    name = StringField(db_field="n")
    meta = {"strict": False}


class LooseAddress(EmbeddedDocument):
    city = StringField(db_field="c")
    meta = {"strict": False}


class LooseOwner(Document):
    part = EmbeddedDocumentField(LooseAddress)
    parts = ListField(EmbeddedDocumentField(LooseAddress))


class Dynamic(DynamicDocument):
    name = StringField(db_field="n")


def state(document):
    names = ("_created", "_changed_fields", "_initialised", "_dynamic", "_instance")
    return {name: getattr(document, name, "absent") for name in names}


# Keywords.
step("nothing given", lambda: User())
step("nothing given, state", lambda: state(User()))
step("nothing given, _data names", lambda: list(User()._data))
step("_data names are", lambda: list(User(tags=[], name="a")._data))
step("something given, state", lambda: state(User(name="x", tags=["a"])))
step("id given, state", lambda: state(User(id=ID)))
step("pk given", lambda: User(pk=ID))
step("id as text", lambda: User(id="5" * 24))
step("id malformed", lambda: User(id="zz"))
step("id is None", lambda: User(id=None).pk)
step("id and pk", lambda: User(id=ID, pk=ObjectId("6" * 24)).id)
step("_id given", lambda: User(_id=ID))
step("unknown", lambda: User(nope=1))
step("unknown method", lambda: User(save=1))
step("unknown property", lambda: User(objects=1))
step("db name given", lambda: User(a=1))
step("unknown on embedded", lambda: Address(nope=1))
step("db name on embedded", lambda: Address(c=1))
step("positional", lambda: User(ID))
step("positional on embedded", lambda: Address("a"))
step("positional and keyword", lambda: User("n", name="n"))
step("positional dict", lambda: User({"name": "n"}))
step("_created False", lambda: state(User(_created=False)))
step("_created True", lambda: state(User(_created=True, name="a")))
step("_created None", lambda: state(User(_created=None, name="a")))
step("auto_convert False", lambda: User(__auto_convert=False, name=5, age="7"))
step("auto_convert True", lambda: User(__auto_convert=True, name=5, age="7"))
step("_cls given", lambda: User(_cls="User", name="a")._cls)
step("_cls foreign", lambda: User(_cls="Other", name="a")._cls)
step("_text_score", lambda: User(_text_score=1.5).get_text_score())
step("text score absent", lambda: User().get_text_score())
step("_changed_fields given", lambda: User(_changed_fields=["a"]))
step("_data given", lambda: User(_data={"name": "x"}))
step("embedded state", lambda: state(Address(city="x")))
step("embedded _created False", lambda: state(Address(_created=False)))
step("embedded _instance given", lambda: Address(_instance=5))


# Conversion on the way in.
def _set(document, name, value):
    setattr(document, name, value)
    return document


def _mongo(document, name):
    return document.to_mongo().get(User._db_field_map[name])


def _load_decoded(name, value):
    return User._from_son({User._db_field_map[name]: value})._data[name]


STRANGE = {
    "name": (5, None, b"x", ["a"], {"a": 1}),
    "age": ("5", "five", 5.9, None, True, [1]),
    "address": ({"city": "x"}, SON(city="y"), {}, 5, None, User, [{"city": "z"}]),
    "addresses": ([{"city": "x"}], {"city": "x"}, (), None, 5, [5], [None], "ab"),
    "tags": (("a", "b"), {"a"}, "ab", None, 5, {"a": 1}, [1], range(2)),
    "scores": (["1", "2"], ["x"], [None], [[1]], (1,)),
    "plain": ([("a", 1)], None, 5, {1: 2}, SON(b=1, a=2), [], "x"),
    "places": ({"k": {"city": "x"}}, {"k": None}, {"k": 5}, None, []),
    "kept": (None, "x"),
    "kept_default": (None, "x"),
    "choice": ("z", None, 1),
    "nothing": (None, 0),
}
for name, values in STRANGE.items():
    for index, value in enumerate(values):
        label = f"{name} {index}"
        step(f"init {label}", lambda n=name, v=value: User(**{n: v})._data[n])
        step(f"set {label}", lambda n=name, v=value: _set(User(), n, v)._data[n])
        step(f"mongo {label}", lambda n=name, v=value: _mongo(User(**{n: v}), n))
        step(f"son {label}", lambda n=name, v=value: _load_decoded(n, v))


# Defaults are nobody else's.
def _deleted(counted_document):
    del counted_document.made
    return counted_document.made


def mutated_default():
    first, second = User(), User()
    first.tags.append("x")
    first.scores.append(9)
    first.plain["k"].append(2)
    first.plain["z"] = 1
    first.home.city = "Busan"
    return second.tags, second.scores, second.plain, second.home.city, User().plain


step("mutated defaults", mutated_default)
step("default called each time", lambda: (Counted().made, Counted().made))
step("default called at load", lambda: Counted._from_son({"_id": ID}).made)
step("default called for a given None", lambda: Counted(made=None).made)
step("default called for a stored null", lambda: Counted._from_son({"made": None}).made)
step("default called on setting None", lambda: _set(Counted(made=0), "made", None).made)
step("default called on deletion", lambda: _deleted(Counted(made=0)))
step("default calls", lambda: len(calls))
step("default not called when given", lambda: (Counted(made=0).made, len(calls)))
step("default not called by to_mongo", lambda: (Counted(made=0).to_mongo(), len(calls)))
step("default types", lambda: [type(User()[n]) for n in ("tags", "plain", "scores")])
step("default instance", lambda: User().home._instance is None)
step("embedded default", lambda: User().home)
step("None for a default", lambda: User(age=None).age)
step("None for a null default", lambda: User(kept_default=None).kept_default)
step("set None to a default", lambda: _set(User(), "age", None).age)
step(
    "set None to a null default",
    lambda: _set(User(), "kept_default", None).kept_default,
)
step("None, tags", lambda: _set(User(), "tags", None).tags)
step("null in to_mongo", lambda: User().to_mongo())
step(
    "nulls given, to_mongo",
    lambda: User(kept=None, name=None, kept_default=None).to_mongo(),
)
step("value is not copied", lambda: (lambda v: User(tags=v).tags is v)(["a"]))
step(
    "list inside is shared",
    lambda: (lambda v: User(plain={"a": v}).plain["a"] is v)([1]),
)
step("embedded is kept", lambda: (lambda v: User(address=v).address is v)(Address()))
step(
    "_instance of embedded",
    lambda: (lambda u: u.address._instance is None)(User(address=Address())),
)

# From the wire.
STORED = {
    "_id": ID,
    "name": "n",
    "a": 7,
    "address": {"city": "x", "c": 1, "lines": ["1"]},
    "as": [{"city": "1"}, {"c": 2}],
    "tags": ["t"],
    "plain": {"deep": [{"x": [1]}]},
    "places": {"k": {"city": "p"}},
    "kept": None,
}
step("load", lambda: User._from_son(STORED))
step("load state", lambda: state(User._from_son(STORED)))
step("load created", lambda: state(User._from_son(STORED, created=True)))
step("load SON", lambda: User._from_son(SON(STORED)).name)
step("load empty", lambda: User._from_son({}))
step("load empty, state", lambda: state(User._from_son({})))
step("load, defaults changed", lambda: User._from_son({})._get_changed_fields())
step("load text", lambda: User._from_son("x"))
step("load None", lambda: User._from_son(None))
step("load list", lambda: User._from_son([("name", "x")]))
step("load non-string key", lambda: User._from_son({1: 2}))
step("load unknown", lambda: User._from_son({"nope": 1}))
step("load several unknown", lambda: Loose._from_son({"x": 1, "y": 2}))
step("load field name instead of db name", lambda: User._from_son({"age": 1}).age)
step("load both names", lambda: User._from_son({"a": 1, "age": 2}).age)
step("load 'id'", lambda: User._from_son({"id": ID}).id)
step("load malformed", lambda: User._from_son({"a": "five"}).age)
step("load malformed embedded", lambda: User._from_son({"address": 5}))
step("load malformed list", lambda: User._from_son({"tags": 5}).tags)
step("load malformed dict", lambda: User._from_son({"plain": 5}).plain)
step("load malformed embedded list", lambda: User._from_son({"as": [5]}))
step("load malformed map", lambda: User._from_son({"places": {"k": 5}}))
step("load unknown inside embedded", lambda: User._from_son({"address": {"nope": 1}}))
step("load unknown inside list", lambda: User._from_son({"as": [{"nope": 1}]}))
step(
    "load explicit null",
    lambda: User._from_son({"name": None, "a": None, "tags": None}),
)
step("load null default", lambda: User._from_son({"kept_default": None}).kept_default)
step("load null embedded", lambda: User._from_son({"address": None, "home": None}))
step("load null list item", lambda: User._from_son({"tags": [None], "as": [None]}))
step("input stays", lambda: (User._from_son(STORED), STORED)[1])
step(
    "input is not aliased",
    lambda: (User._from_son(STORED).tags.append("z"), STORED["tags"])[1],
)
step("no dereference", lambda: User._from_son(STORED, _auto_dereference=False))
step(
    "no dereference, fields",
    lambda: User._from_son(STORED, _auto_dereference=False)
    ._fields["tags"]
    ._auto_dereference,
)
step(
    "no dereference, class",
    lambda: (User._from_son({}, _auto_dereference=False), User.tags._auto_dereference)[
        1
    ],
)


def _owners(user):
    parts = (user.address, user.addresses[0], user.places["k"])
    return [part._instance is not None for part in parts]


step("owners of loaded", lambda: _owners(User._from_son(STORED)))
step("loaded embedded state", lambda: state(User._from_son(STORED).address)["_created"])
step("embedded _from_son", lambda: Address._from_son({"city": "x", "c": 1}))
step("embedded _from_son created", lambda: state(Address._from_son({}, created=True)))

# strict=False.
step("loose keyword", lambda: Loose(nope=1))
step("loose keyword value", lambda: Loose(nope=1).nope)
step("loose keyword to_mongo", lambda: Loose(nope=1, name="a").to_mongo())
step("loose load", lambda: Loose._from_son({"n": "a", "nope": 1}))
step("loose load value", lambda: Loose._from_son({"n": "a", "nope": 1}).nope)
step("loose load to_mongo", lambda: Loose._from_son({"n": "a", "nope": 1}).to_mongo())
step("loose _data", lambda: Loose._from_son({"n": "a", "nope": 1})._data)
step("loose __dict__", lambda: sorted(vars(Loose._from_son({"nope": 1, "save": 2}))))
step("loose named as a method", lambda: Loose._from_son({"save": 2}).save)
step("loose named pk", lambda: Loose._from_son({"_id": ID, "pk": 2}).pk)
step("loose named clean", lambda: Loose._from_son({"clean": 2}).validate())
step("loose named _data", lambda: Loose._from_son({"_data": 2})._data)
step("loose validate", lambda: Loose._from_son({"nope": 2}).validate())
step(
    "loose changed",
    lambda: _set(Loose._from_son({"nope": 2}), "nope", 3)._get_changed_fields(),
)
step("loose repr", lambda: repr(Loose._from_son({"nope": 2})))
step("loose iter", lambda: list(Loose._from_son({"nope": 2})))
step("loose getitem", lambda: Loose._from_son({"nope": 2})["nope"])
step("loose part", lambda: LooseOwner._from_son({"part": {"c": 1, "x": 2}}).to_mongo())
step("loose parts", lambda: LooseOwner._from_son({"parts": [{"x": 2}]}).parts[0].x)
step("strict part unknown", lambda: LooseOwner._from_son({"part": {}, "x": 1}))
step("dynamic load", lambda: Dynamic._from_son({"n": "a", "x": {"y": [1]}}))
step("dynamic state", lambda: state(Dynamic(x=1)))
step("dynamic fields", lambda: Dynamic(x=1, z=None)._dynamic_fields)
step("DBRef in data", lambda: Dynamic(ref=DBRef("user", ID)).to_mongo())


# Overridden __init__.
class Custom(Document):
    name = StringField()
    flag = BooleanField(default=False)
    when = DateTimeField()

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("name", "made")
        super().__init__(*args, **kwargs)
        self.flag = True


class NoSuper(Document):
    name = StringField()

    def __init__(self, **kwargs):
        pass


step("custom init", lambda: Custom())
step("custom init given", lambda: Custom(name="x"))
step("custom init load", lambda: Custom._from_son({"_id": ID}))
step(
    "custom init load, changed",
    lambda: Custom._from_son({"_id": ID})._get_changed_fields(),
)
step("custom init load, state", lambda: state(Custom._from_son({"_id": ID})))
step("no super", lambda: NoSuper().name)
