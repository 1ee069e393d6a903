"""Options of ``meta`` and of fields that say something to others."""

import pytest
from bson import ObjectId

from mongoengine import (
    Document,
    EmbeddedDocument,
    GenericEmbeddedDocumentField,
    IntField,
    ListField,
    StringField,
)
from mongoengine.errors import OperationError, ValidationError

ID = ObjectId("5" * 24)


def test_options_are_kept_for_those_who_ask():
    class Ledger(Document):
        meta = {
            "max_documents": 10,
            "max_size": 4096,
            "timeseries": {"timeField": "at", "granularity": "hours"},
            "queryset_class": dict,
            "index_opts": {"sparse": True},
            "index_background": True,
            "cascade": True,
            "auto_create_index": False,
            "something_else": 5,
        }

    assert Ledger._meta["max_documents"] == 10
    assert Ledger._meta["max_size"] == 4096
    assert Ledger._meta["timeseries"]["granularity"] == "hours"
    assert Ledger._meta["queryset_class"] is dict
    assert Ledger._meta["index_opts"] == {"sparse": True}
    assert Ledger._meta["index_background"] is True
    assert Ledger._meta["cascade"] is True
    assert Ledger._meta["something_else"] == 5


def test_options_are_inherited_and_replaced():
    class Base(Document):
        meta = {
            "abstract": True,
            "queryset_class": dict,
            "index_background": True,
            "strict": False,
            "ordering": ["-at"],
        }

    class Plain(Base):
        pass

    class Other(Base):
        meta = {"queryset_class": list, "strict": True}

    assert Plain._meta["queryset_class"] is dict
    assert Plain._meta["ordering"] == ["-at"]
    assert Plain._meta["abstract"] is False
    assert Other._meta["queryset_class"] is list
    assert Other._meta["strict"] is True
    assert Other._meta["index_background"] is True


def test_a_shard_key_is_immutable_once_stored():
    class Sharded(Document):
        meta = {"shard_key": ("region", "id")}
        region = StringField()
        name = StringField()

    new = Sharded(region="a")
    new.region = "b"
    stored = Sharded._from_son({"_id": ID, "region": "a", "name": "x"})
    with pytest.raises(OperationError, match="Tried to update region"):
        stored.region = "b"
    with pytest.raises(OperationError, match="Tried to update id"):
        stored.id = ObjectId()
    stored.name = "y"
    stored.id = ID
    stored.region = "a"
    assert stored._delta() == ({"name": "y"}, {})
    assert stored._object_key == {"pk": ID, "region": "a"}


def test_labels_of_choices():
    class Shirt(Document):
        size = StringField(choices=(("s", "Small"), ("l", "Large")))
        colours = ListField(StringField(), choices=[("r", "Red"), ("b", "Blue")])
        number = IntField(choices=[1, 2])

    shirt = Shirt(size="s", colours=["r", "b"], number=2)
    assert shirt.get_size_display() == "Small"
    assert shirt.get_colours_display() == "Red Blue"
    assert shirt.get_number_display() == 2
    shirt.size = "xl"
    assert shirt.get_size_display() == "xl"
    assert Shirt().get_size_display() is None


def test_unknown_keywords_become_attributes_of_the_field():
    field = StringField(help_text="what it is", verbose_name="Name")
    assert (field.help_text, field.verbose_name) == ("what it is", "Name")
    with pytest.raises(
        TypeError, match=r"StringField already has attribute\(s\): name"
    ):
        StringField(name="x")


def test_no_more_keywords_are_refused_than_there_are_documented_names():
    allowed = ["display", "lazy", "native", "build", "restore", "item_field", "take"]
    field = StringField(**dict.fromkeys(allowed, 1))
    assert {getattr(field, name) for name in allowed} == {1}
    known = {
        "auto_creation_counter", "choices", "creation_counter", "db_field", "default",
        "error", "lookup_member", "max_length", "min_length", "name", "null",
        "owner_document", "prepare_query_value", "primary_key", "regex", "required",
        "set_auto_dereferencing", "sparse", "to_mongo", "to_python", "unique",
        "unique_with", "validate", "validation",
    }  # fmt: skip
    assert {name for name in dir(StringField()) if name[0] != "_"} == known


def test_fields_may_have_attributes_of_any_name():
    class Busy(ListField):
        def __init__(self):
            super().__init__(StringField())
            for name in ("item_field", "make_default", "takes_none", "native", "take"):
                setattr(self, name, name)

    class BusyHolder(Document):
        busy = Busy()

    made, loaded = BusyHolder(busy=["a"]), BusyHolder._from_son({"busy": ["b"]})
    made.validate()
    loaded.validate()
    assert (made.busy, loaded.to_mongo(), BusyHolder().busy) == (
        ["a"],
        {"busy": ["b"]},
        [],
    )


def test_the_only_class_to_choose_from_is_named_by_itself():
    class ChoiceA(EmbeddedDocument):
        pass

    class ChoiceB(EmbeddedDocument):
        pass

    class Choosing(Document):
        one = GenericEmbeddedDocumentField(choices=(ChoiceA,))
        more = GenericEmbeddedDocumentField(choices=[ChoiceA])

    with pytest.raises(ValidationError) as caught:
        Choosing(one=ChoiceB(), more=ChoiceB()).validate()
    assert caught.value.to_dict() == {
        "one": f"Value must be an instance of {ChoiceA}",
        "more": f"Value must be an instance of [{ChoiceA}]",
    }


def test_documents_tell_who_they_are():
    class Silent(Document):
        pass

    class Unicode(EmbeddedDocument):
        def __unicode__(self):
            return "née"

    class Shouting(Document):
        def __str__(self):
            return "!"

    assert (str(Silent()), repr(Silent())) == (
        "Silent object",
        "<Silent: Silent object>",
    )
    assert (str(Unicode()), repr(Unicode())) == ("née", "<Unicode: née>")
    assert repr(Shouting()) == "<Shouting: !>"
