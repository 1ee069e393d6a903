"""Delete rules: what is deleted, changed and denied; the commands are our own affair."""

# ruff: noqa: B023  # a step runs at once

import warnings

from recorder import step
from server import connect

from mongoengine import (
    CASCADE,
    DENY,
    DO_NOTHING,
    NULLIFY,
    PULL,
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    GenericReferenceField,
    IntField,
    LazyReferenceField,
    ListField,
    ReferenceField,
    queryset_manager,
    signals,
)

db = connect()
RULES = {
    "DO_NOTHING": DO_NOTHING,
    "NULLIFY": NULLIFY,
    "CASCADE": CASCADE,
    "DENY": DENY,
    "PULL": PULL,
}


def model(rule, kind):
    """Make a class and one that refers to it, once by a field and once by a list."""

    class Target(Document):
        id = IntField(primary_key=True)
        number = IntField()
        meta = {"collection": "target"}

    class Referrer(Document):
        id = IntField(primary_key=True)
        one = kind(Target, reverse_delete_rule=rule, db_field="o")
        many = ListField(kind(Target, reverse_delete_rule=rule), db_field="m")
        meta = {"collection": "referrer"}

    class Further(Document):
        id = IntField(primary_key=True)
        referrer = ReferenceField(Referrer, reverse_delete_rule=CASCADE)
        meta = {"collection": "further"}

    return Target, Referrer, Further


def left():
    """Tell what is stored."""
    names = sorted(db.list_collection_names())
    return {name: list(db[name].find().sort("_id")) for name in names}


def clean():
    for name in db.list_collection_names():
        db[name].delete_many({})


def fill(target, referrer, further):
    clean()
    targets = [target(id=n, number=n % 2).save() for n in range(4)]
    referrer(id=1, one=targets[0]).save()
    referrer(id=2, many=[targets[1], targets[2], targets[1]]).save()
    referrer(id=3, one=targets[2], many=[targets[3]]).save()
    referrer(id=4).save()
    for number in range(1, 5):
        further(id=number, referrer=referrer.objects.get(id=number)).save()


def dbref(*args, **kwargs):
    return ReferenceField(*args, dbref=True, **kwargs)


def told(sender, **more):
    """Be a receiver, so that documents are deleted one by one."""


warnings.simplefilter("ignore")
for kind in (ReferenceField, LazyReferenceField, dbref):
    for name, rule in RULES.items():
        if rule == PULL:
            continue  # not for single references
        classes = model(rule, kind)
        target = classes[0]
        for is_told in (False, True):
            prefix = f"{kind.__name__}, {name}, {'told' if is_told else 'untold'}: "
            if is_told:
                signals.pre_delete.connect(told)
            for label, queryset in {
                "all": target.objects,
                "some": target.objects(number=1),
                "one": target.objects(id=2),
                "limited": target.objects.order_by("id").limit(1),
                "skipped": target.objects.order_by("id").skip(2),
                "no match": target.objects(id=9),
                "no reference": target.objects(id=9),
                "only": target.objects(number=0).only("number"),
            }.items():
                fill(*classes)
                step(f"{prefix}{label}", lambda: queryset.delete())
                step(f"{prefix}{label} | leaves", left)
                fill(*classes)
                step(
                    f"{prefix}{label}, documents",
                    lambda: [one.delete() for one in list(queryset)],
                )
                step(f"{prefix}{label}, documents | leaves", left)
                fill(*classes)
                step(
                    f"{prefix}{label}, concern",
                    lambda: queryset.delete(write_concern={"w": 1}),
                )
                step(f"{prefix}{label}, concern | leaves", left)
            signals.pre_delete.disconnect(told)


class Target(Document):
    id = IntField(primary_key=True)


class Pulled(Document):
    id = IntField(primary_key=True)
    many = ListField(ReferenceField(Target, reverse_delete_rule=PULL), db_field="m")


class Generic(Document):
    id = IntField(primary_key=True)
    one = GenericReferenceField()
    many = ListField(GenericReferenceField())


class Part(EmbeddedDocument):
    target = ReferenceField(Target)


class Holder(Document):
    id = IntField(primary_key=True)
    part = EmbeddedDocumentField(Part)
    parts = ListField(EmbeddedDocumentField(Part))


def fill_others():
    clean()
    targets = [Target(id=n).save() for n in range(3)]
    Pulled(id=1, many=[targets[0], targets[1], targets[0]]).save()
    Pulled(id=2, many=[targets[2]]).save()
    Pulled(id=3).save()
    Generic(id=1, one=targets[0], many=targets).save()
    Generic(id=2, one=targets[2], many=[targets[1]]).save()
    Holder(id=1, part=Part(target=targets[0])).save()
    Holder(id=2, part=Part(target=targets[1])).save()
    Holder(id=3).save()


def delete_some(label):
    for ids in ([0], [1, 2], [0, 1, 2], [7]):
        fill_others()
        step(f"{label}, {ids}", lambda: Target.objects(id__in=ids).delete())
        step(f"{label}, {ids} | leaves", left)


delete_some("PULL")
for name, rule in RULES.items():
    if rule == PULL:
        continue
    Target._meta["delete_rules"] = {}
    Target.register_delete_rule(Generic, "one", rule)
    delete_some(f"generic, {name}")
    Target._meta["delete_rules"] = {}
    Target.register_delete_rule(Holder, "part__target", rule)
    delete_some(f"embedded, {name}")


class Node(Document):
    id = IntField(primary_key=True)
    above = ReferenceField("self", reverse_delete_rule=CASCADE)


class Weak(Document):
    id = IntField(primary_key=True)
    above = ReferenceField("self", reverse_delete_rule=NULLIFY)


class Strict(Document):
    id = IntField(primary_key=True)
    above = ReferenceField("self", reverse_delete_rule=DENY)


class Listing(Document):
    id = IntField(primary_key=True)
    above = ListField(ReferenceField("self", reverse_delete_rule=PULL))


for tree in (Node, Weak, Strict, Listing):
    for ids in ([0], [1], [0, 1], [2], [0, 3], [4], [0, 1, 2, 3, 4]):
        clean()
        nodes = [tree(id=0).save()]
        for number in range(1, 4):
            parent = [nodes[-1]] if tree is Listing else nodes[-1]
            nodes.append(tree(id=number, above=parent).save())
        tree(id=4).save()
        step(f"{tree.__name__}, {ids}", lambda: tree.objects(id__in=ids).delete())
        step(f"{tree.__name__}, {ids} | leaves", left)


class Animal(Document):
    id = IntField(primary_key=True)
    meta = {"allow_inheritance": True}


class Dog(Animal):
    tricks = IntField()


class Owner(Document):
    id = IntField(primary_key=True)
    animal = ReferenceField(Animal, reverse_delete_rule=CASCADE)
    meta = {"allow_inheritance": True}


class DogOwner(Owner):
    dog = ReferenceField(Dog, reverse_delete_rule=NULLIFY)


class Abstract(Document):
    id = IntField(primary_key=True)
    animal = ReferenceField(Animal, reverse_delete_rule=NULLIFY)
    meta = {"abstract": True}


class Concrete(Abstract):
    pass


for label, deleting in {
    "base": lambda: Animal.objects.delete(),
    "sub": lambda: Dog.objects.delete(),
    "a base": lambda: Animal.objects.get(id=1).delete(),
    "a sub": lambda: Animal.objects.get(id=2).delete(),
    "no sub": lambda: Animal.objects.no_sub_classes().delete(),
}.items():
    clean()
    animal, dog = Animal(id=1).save(), Dog(id=2).save()
    Owner(id=1, animal=dog).save()
    Owner(id=2, animal=animal).save()
    DogOwner(id=3, animal=animal, dog=dog).save()
    DogOwner(id=4, dog=dog).save()
    Concrete(id=1, animal=dog).save()
    step(f"inheritance, {label}", deleting)
    step(f"inheritance, {label} | leaves", left)


class Root(Document):
    id = IntField(primary_key=True)


class Hidden(Document):
    id = IntField(primary_key=True)
    root = ReferenceField(Root, reverse_delete_rule=CASCADE)
    hidden = IntField(default=0)

    @queryset_manager
    def objects(cls, queryset):  # noqa: N805
        return queryset.filter(hidden=0)


class Required(Document):
    id = IntField(primary_key=True)
    root = ReferenceField(Root, reverse_delete_rule=NULLIFY, required=True)


clean()
root = Root(id=1).save()
Hidden(id=1, root=root).save()
Hidden(id=2, root=root, hidden=1).save()
Required(id=1, root=root).save()
step("managers and required fields", lambda: Root.objects.delete())
step("managers and required fields | leaves", left)

heard = []


def before(sender, document, **more):
    heard.append(("before", sender, document.id))


def after(sender, document, **more):
    heard.append(("after", sender, document.id))


classes = model(CASCADE, ReferenceField)
with (
    signals.pre_delete.connected_to(before),
    signals.post_delete.connected_to(after),
):
    for ids in ([0], [1], [2], [0, 1]):
        fill(*classes)
        step(f"heard, {ids}", lambda: classes[0].objects(id__in=ids).delete())
        step(f"heard, {ids} | leaves", left)
    step("heard", lambda: heard)
