"""A document with every form of embedded document: paths, round trips, changes."""

from battery import SOME_ID
from recorder import step

from mongoengine import (
    Document,
    DynamicEmbeddedDocument,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EmbeddedDocumentListField,
    GenericEmbeddedDocumentField,
    IntField,
    ListField,
    MapField,
    ReferenceField,
    StringField,
)


class Pet(EmbeddedDocument):
    name = StringField(db_field="n", max_length=3)
    age = IntField()


class Animal(EmbeddedDocument):
    meta = {"allow_inheritance": True}
    legs = IntField(db_field="l")


class Dog(Animal):
    bark = StringField()


class Puppy(Dog):
    cute = IntField(required=True)


class Loose(DynamicEmbeddedDocument):
    known = IntField()


class Lenient(EmbeddedDocument):
    meta = {"strict": False}
    known = IntField()


class Node(EmbeddedDocument):
    label = StringField()
    child = EmbeddedDocumentField("self")
    children = ListField(EmbeddedDocumentField("self"))
    by_name = MapField(EmbeddedDocumentField("Node"))


class Cleaner(EmbeddedDocument):
    text = StringField()

    def clean(self):
        self.text = f"{self.text} cleaned"


class Person(Document):
    name = StringField()
    pet = EmbeddedDocumentField(Pet)


class Root(Document):
    meta = {"abstract": True}


NAMES = {name: value for name, value in globals().items() if isinstance(value, type)}


# Made for each step anew would be better still; none of these holds containers.
class Zoo(Document):
    pet = EmbeddedDocumentField(Pet, db_field="p")
    animal = EmbeddedDocumentField(Animal)
    anything = GenericEmbeddedDocumentField(db_field="any")
    either = GenericEmbeddedDocumentField(choices=[Pet, Dog])
    pets = EmbeddedDocumentListField(Pet)
    generic = ListField(GenericEmbeddedDocumentField())
    node = EmbeddedDocumentField(Node)
    loose = EmbeddedDocumentField(Loose)
    cleaner = EmbeddedDocumentField(Cleaner)
    cleaners = ListField(EmbeddedDocumentField(Cleaner))
    generic_cleaner = GenericEmbeddedDocumentField()


for source in ("'Node'", "'self'", "'Zoo'"):
    step(f"document_type of {source}", lambda: Node.child.document_type)
step("document_type of an inner field", lambda: Node.children.field.document_type)
step("owner of an inner field", lambda: Node.children.field.owner_document)


def observe_path(path):
    parts = path.split(".")
    step(
        f"lookup {path}",
        lambda: [getattr(f, "db_field", f) for f in Zoo._lookup_field(parts)],
    )
    step(f"translate {path}", lambda: Zoo._translate_field_name(path))


for path in (
    *(
        "pet",
        "pet.name",
        "pet.n",
        "p.n",
        "pet.nope",
        "pet.name.x",
        "pet._cls",
        "pet.pk",
        "animal.l",
    ),
    *(
        "animal.bark",
        "animal.cute",
        "animal._cls",
        "animal.nope",
        "anything.name",
        "any.bark",
    ),
    *(
        "anything.nope",
        "anything._cls",
        "either.name",
        "either.bark",
        "either.legs",
        "either.nope",
    ),
    *(
        "pets.name",
        "pets.0.name",
        "pets.S.name",
        "generic.name",
        "generic.0.name",
        "loose.known",
    ),
    *(
        "node.child.child.label",
        "node.children.0.by_name.x.label",
        "node.children.child",
        "loose.x",
    ),
):
    observe_path(path)
for member in ("name", "n", "nope", "_cls", "0", ""):
    for name in ("pet", "animal", "anything", "either", "pets", "node"):
        step(
            f"{name} lookup_member {member!r}", getattr(Zoo, name).lookup_member, member
        )
step("generic without owner", lambda: GenericEmbeddedDocumentField().lookup_member("n"))
step(
    "generic without choices",
    lambda: GenericEmbeddedDocumentField(choices=[]).lookup_member("n"),
)


def node():
    leaf = Node(label="leaf", by_name={"k": Node(label="k")})
    return Node(
        label="root", child=leaf, children=[Node(label="a"), Node(children=[Node()])]
    )


FULL = {
    "pet": lambda: {"pet": Pet(name="a", age=1)},
    "dog": lambda: {"animal": Dog(legs=4, bark="w")},
    "puppy without": lambda: {"animal": Puppy(legs=4)},
    "anything": lambda: {"anything": Dog(legs=4)},
    "anything plain": lambda: {"anything": Pet(age=1)},
    "either": lambda: {"either": Dog(legs=4)},
    "either, puppy": lambda: {"either": Puppy(legs=4, cute=1)},
    "either, animal": lambda: {"either": Animal(legs=4)},
    "pets": lambda: {"pets": [Pet(name="a"), Pet(age=2)]},
    "generic": lambda: {"generic": [Dog(legs=4), Pet(name="abcd"), Loose(x=1)]},
    "node": lambda: {"node": node()},
    "loose": lambda: {"loose": Loose(known=1, unknown={"a": [1]}, pet=Pet(age=1))},
    "cleaner": lambda: {"cleaner": Cleaner(text="a"), "cleaners": [Cleaner(text="b")]},
    "generic cleaner": lambda: {"generic_cleaner": Cleaner(text="c")},
    "bad anything": lambda: {"anything": Pet(name="long", age="x")},
    "bad generic": lambda: {"generic": [Pet(name="long", age="x")]},
    "document in generic": lambda: {"anything": Person()},
    "class in generic": lambda: {"anything": Pet},
    "text in generic": lambda: {"anything": "text"},
}


def observe_zoo(label, make):
    step(f"Zoo {label}", lambda: Zoo(**make()))
    step(f"Zoo {label}, stored", lambda: Zoo(**make()).to_mongo())
    step(
        f"Zoo {label}, python names", lambda: Zoo(**make()).to_mongo(use_db_field=False)
    )
    step(f"Zoo {label}, valid", lambda: Zoo(**make()).validate())
    step(f"Zoo {label}, unclean", lambda: Zoo(**make()).validate(clean=False))
    step(f"Zoo {label}, equal", lambda: Zoo(**make()) == Zoo(**make()))

    @step(f"Zoo {label}, after validation")
    def _():
        zoo = Zoo(**make())
        zoo.validate()
        return zoo

    @step(f"Zoo {label}, stored and loaded")
    def _():
        loaded = Zoo._from_son(Zoo(**make()).to_mongo())
        return loaded, loaded.to_mongo(), loaded._get_changed_fields()

    @step(f"Zoo {label}, links")
    def _():
        zoo = Zoo(**make())
        values = [getattr(zoo, name) for name in make()]
        return [getattr(value, "_instance", None) is not None for value in values]


for label, make in FULL.items():
    observe_zoo(label, make)


def observe_fields(fields):
    @step(f"to_mongo fields {fields}")
    def _():
        zoo = Zoo(pet=Pet(name="a", age=1), pets=[Pet(age=2, name="b")], node=node())
        return zoo.to_mongo(fields=fields)


for fields in (
    ["pet"],
    ["pet.n"],
    ["p.n"],
    ["pet.name"],
    ["pets.age"],
    ["node.label", "node.child.label"],
    [],
):
    observe_fields(fields)


@step("_cls of a subclass is kept, of a plain class not")
def _():
    return (
        Pet(age=1).to_mongo(),
        Dog().to_mongo(),
        Pet()._cls if hasattr(Pet(), "_cls") else None,
    )


@step("unknown fields, strict and not")
def _():
    return Zoo._from_son({"pet": {"n": "a", "extra": 1}})


step(
    "unknown fields, lenient",
    lambda: EmbeddedDocumentField(Lenient).to_python({"extra": 1}),
)
step(
    "unknown fields, dynamic",
    lambda: EmbeddedDocumentField(Loose).to_python({"extra": 1}),
)


@step("changes of a loaded embedded document")
def _():
    zoo = Zoo._from_son(
        {
            "_id": SOME_ID,
            "p": {"n": "a"},
            "node": {"child": {"label": "x"}},
            "pets": [{"n": "b"}],
        }
    )
    zoo.pet.name = "c"
    zoo.node.child.label = None
    zoo.node.children.append(Node(label="n"))
    zoo.pets[0].age = 3
    return zoo._get_changed_fields(), zoo._delta()


@step("replacing an embedded document")
def _():
    zoo = Zoo._from_son({"_id": SOME_ID, "p": {"n": "a"}})
    zoo.pet = Pet(name="a")
    same = zoo._get_changed_fields()
    zoo.pet = Pet(name="b")
    return same, zoo._get_changed_fields(), zoo._delta()


@step("one embedded document in two places")
def _():
    pet = Pet(name="a")
    zoo = Zoo(pet=pet, pets=[pet, pet])
    pet.age = 3
    return zoo, zoo.pet is pet, zoo.pets[0] is pet, zoo.to_mongo()


@step("None of an embedded document")
def _():
    zoo = Zoo._from_son({"_id": SOME_ID, "p": {"n": "a"}})
    zoo.pet = None
    return zoo._delta(), zoo.to_mongo()


@step("references in embedded documents")
def _():
    class Owner(EmbeddedDocument):
        person = ReferenceField(Person)

    class Farm(Document):
        owner = EmbeddedDocumentField(Owner)
        owners = ListField(EmbeddedDocumentField(Owner))

    farm = Farm(
        owner=Owner(person=Person(id=SOME_ID)),
        owners=[Owner(person=Person(id=SOME_ID))],
    )
    return farm.to_mongo(), farm.validate()
