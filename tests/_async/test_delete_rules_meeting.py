"""Delete rules that meet: in chains and cycles, below parents, behind managers."""

import pytest
from bson import ObjectId

from mongoengine import (
    CASCADE,
    DENY,
    NULLIFY,
    Document,
    IntField,
    OperationError,
    ReferenceField,
    queryset_manager,
    signals,
)


class AsyncRuleNode(Document):
    above = ReferenceField("self", reverse_delete_rule=CASCADE)
    number = IntField()


class AsyncRuleLeft(Document):
    right = ReferenceField("AsyncRuleRight")


class AsyncRuleRight(Document):
    left = ReferenceField(AsyncRuleLeft, reverse_delete_rule=CASCADE)


AsyncRuleRight.register_delete_rule(AsyncRuleLeft, "right", CASCADE)


class AsyncRuleSelfDenied(Document):
    above = ReferenceField("self", reverse_delete_rule=DENY)


class AsyncRuleRoot(Document):
    number = IntField()


class AsyncRuleBranch(Document):
    root = ReferenceField(AsyncRuleRoot, reverse_delete_rule=CASCADE)


class AsyncRuleMoss(Document):
    root = ReferenceField(AsyncRuleRoot, reverse_delete_rule=NULLIFY)


class AsyncRuleNest(Document):
    branch = ReferenceField(AsyncRuleBranch, reverse_delete_rule=DENY)


class AsyncRuleAnimal(Document):
    number = IntField()
    meta = {"allow_inheritance": True}


class AsyncRuleDog(AsyncRuleAnimal):
    tricks = IntField()


class AsyncRuleOwner(Document):
    animal = ReferenceField(AsyncRuleAnimal, reverse_delete_rule=CASCADE)
    meta = {"allow_inheritance": True}


class AsyncRuleDogOwner(AsyncRuleOwner):
    dog = ReferenceField(AsyncRuleDog, reverse_delete_rule=NULLIFY)


class AsyncRuleAbstract(Document):
    animal = ReferenceField(AsyncRuleAnimal, reverse_delete_rule=NULLIFY)
    meta = {"abstract": True}


class AsyncRuleConcrete(AsyncRuleAbstract):
    pass


class AsyncRuleHidden(Document):
    root = ReferenceField(AsyncRuleRoot, reverse_delete_rule=CASCADE)
    is_hidden = IntField(default=0)

    @queryset_manager
    def objects(cls, queryset):  # noqa: N805
        return queryset.filter(is_hidden=0)

    @queryset_manager
    def everything(cls, queryset):  # noqa: N805
        return queryset


async def saved(*documents):
    return [await one.async_save() for one in documents]


async def stored_in(document_class):
    collection = await document_class._async_get_collection()
    return await collection.find().sort("_id").to_list()


async def test_deny_further_down_changes_nothing_either(async_mongo_db):
    (root,) = await saved(AsyncRuleRoot())
    branch, _ = await saved(AsyncRuleBranch(root=root), AsyncRuleMoss(root=root))
    (nest,) = await saved(AsyncRuleNest(branch=branch))
    with pytest.raises(OperationError, match=r"Nest.branch refers to it\)"):
        await root.async_delete()
    assert (await stored_in(AsyncRuleMoss))[0]["root"] == root.id
    assert len(await stored_in(AsyncRuleBranch)) == 1
    await nest.async_delete()
    await root.async_delete()
    assert await stored_in(AsyncRuleBranch) == []
    assert "root" not in (await stored_in(AsyncRuleMoss))[0]


async def test_documents_deny_also_what_is_deleted_with_them(async_mongo_db):
    (top,) = await saved(AsyncRuleSelfDenied())
    (below,) = await saved(AsyncRuleSelfDenied(above=top))
    with pytest.raises(OperationError, match="SelfDenied.above refers"):
        await AsyncRuleSelfDenied.objects.async_delete()
    await below.async_delete()
    assert await AsyncRuleSelfDenied.objects.async_delete() == 1


async def test_a_long_chain_of_one_class(async_mongo_db):
    nodes = [AsyncRuleNode(id=ObjectId(), number=number) for number in range(400)]
    for node, above in zip(nodes[1:], nodes, strict=False):
        node.above = above
    await AsyncRuleNode.objects.async_insert(nodes, load_bulk=False)
    await saved(AsyncRuleNode(number=-1))
    assert await AsyncRuleNode.objects(number=0).async_delete() == 1
    assert [one["number"] for one in await stored_in(AsyncRuleNode)] == [-1]


@pytest.fixture(params=["with receivers", "without receivers"])
def _receivers(request):
    if request.param == "without receivers":
        yield
        return

    def receiver(sender, **more):
        pass

    with signals.pre_delete.connected_to(receiver):
        yield


@pytest.mark.usefixtures("_receivers")
async def test_cycles_end(async_mongo_db):
    (left,) = await saved(AsyncRuleLeft())
    (right,) = await saved(AsyncRuleRight(left=left))
    left.right = right
    (node,) = await saved(AsyncRuleNode(number=1))
    node.above = node
    await saved(left, node, AsyncRuleNode(above=node), AsyncRuleNode(number=2))
    assert await AsyncRuleLeft.objects.async_delete() == 1
    assert await stored_in(AsyncRuleLeft) == await stored_in(AsyncRuleRight) == []
    await node.async_delete()
    assert [one["number"] for one in await stored_in(AsyncRuleNode)] == [2]


async def test_rules_hold_for_subclasses_on_both_sides(async_mongo_db):
    animal, dog = await saved(AsyncRuleAnimal(), AsyncRuleDog())
    await saved(
        AsyncRuleOwner(animal=dog),
        AsyncRuleDogOwner(animal=animal, dog=dog),
        AsyncRuleOwner(animal=animal),
        AsyncRuleConcrete(animal=dog),
    )
    await dog.async_delete()
    found = [one.keys() & {"animal", "dog"} for one in await stored_in(AsyncRuleOwner)]
    assert found == [{"animal"}, {"animal"}]
    assert "animal" not in (await stored_in(AsyncRuleConcrete))[0]
    await AsyncRuleAnimal.objects.async_delete()
    assert await stored_in(AsyncRuleOwner) == []


async def test_what_a_manager_hides_stays(async_mongo_db):
    (root,) = await saved(AsyncRuleRoot())
    await saved(AsyncRuleHidden(root=root), AsyncRuleHidden(root=root, is_hidden=1))
    await root.async_delete()
    assert [one["is_hidden"] for one in await stored_in(AsyncRuleHidden)] == [1]
