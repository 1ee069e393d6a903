"""SequenceField and FileField, as far as no server is asked."""

import operator

from battery import SOME_ID, attributes_of, data_of, make_field, new_model
from recorder import step

import mongoengine
from mongoengine import (
    BinaryField,
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    FileField,
    IntField,
    ListField,
    MapField,
    SequenceField,
)
from mongoengine.fields import GridFSProxy

HEX = "0123456789abcdef01234567"
OPS = ("exact", "in", "gt", "contains", "exists", None)


class Numbered(Document):
    number = SequenceField()
    named = SequenceField(
        sequence_name="own", collection_name="counters", db_alias="other"
    )
    text = SequenceField(value_decorator=str)


class Child(EmbeddedDocument):
    number = SequenceField()


class Parent(Document):
    meta = {"allow_inheritance": True}
    number = SequenceField()
    child = EmbeddedDocumentField(Child)
    children = ListField(EmbeddedDocumentField(Child))


class Heir(Parent):
    own = SequenceField()


class AbstractParent(Document):
    meta = {"abstract": True}
    number = SequenceField()


class Concrete(AbstractParent):
    pass


def observe_sequences(model):
    for name, field in model._fields.items():
        if isinstance(field, SequenceField):
            step(f"sequence name {model.__name__}.{name}", field.get_sequence_name)
            step(f"sequence {model.__name__}.{name}", attributes_of, field)


for model in (Numbered, Child, Parent, Heir, Concrete):
    observe_sequences(model)
for name in ("number", "named", "text"):
    field = getattr(Numbered, name)
    for value in (None, 1, "1", "x", 1.5, [], 2**70):
        step(f"{name} to_python {value!r}", field.to_python, value)
        step(f"{name} to_mongo {value!r}", field.to_mongo, value)
        step(f"{name} validate {value!r}", field.validate, value)
        for op in OPS:
            step(f"{name} query {op} {value!r}", field.prepare_query_value, op, value)
step(
    "sequences loaded", lambda: Numbered._from_son({"number": 1, "named": 2, "text": 3})
)
step(
    "sequences loaded, stored",
    lambda: Numbered._from_son({"number": 1, "named": 2, "text": 3}).to_mongo(),
)
step("sequences given", lambda: data_of(Numbered(number=1, named=2, text=3)))
step("sequences given, read", lambda: Numbered(number=1, named=2, text=3).text)
step(
    "sequence attributes",
    lambda: (SequenceField.COLLECTION_NAME, SequenceField.VALUE_DECORATOR),
)
step("sequence unbound", lambda: SequenceField().get_sequence_name())


def observe_sequence_options(source):
    step(
        f"SequenceField({source})",
        lambda: attributes_of(make_field(f"SequenceField({source})")),
    )


for source in (
    "'a', 'b', 'c', int",
    "value_decorator=5",
    "value_decorator=len",
    "unique=True",
    "sequence_name=5",
):
    observe_sequence_options(source)


class Stored(Document):
    file = FileField()
    other = FileField(db_alias="other", collection_name="things")
    files = ListField(FileField())
    by_name = MapField(FileField())


step("file class attribute", lambda: type(Stored.file).__name__)
step("file read", lambda: Stored().file)
step("file data", lambda: data_of(Stored()))
step("file truth", lambda: bool(Stored().file))
step("file id", lambda: Stored().file.grid_id)
step(
    "file key",
    lambda: (
        Stored().file.key,
        Stored().other.collection_name,
        Stored().other.db_alias,
    ),
)
step("file str", lambda: str(Stored().file))
step("file repr", lambda: repr(Stored().file))
step("file stored", lambda: Stored().to_mongo())
step("file loaded", lambda: Stored._from_son({"file": SOME_ID}))
step("file loaded, id", lambda: Stored._from_son({"file": SOME_ID}).file.grid_id)
step("file loaded, truth", lambda: bool(Stored._from_son({"file": SOME_ID}).file))
step(
    "file loaded, stored",
    lambda: Stored._from_son({"file": SOME_ID, "other": SOME_ID}).to_mongo(),
)
step("file loaded, valid", lambda: Stored._from_son({"file": SOME_ID}).validate())
step(
    "file loaded, changed",
    lambda: Stored._from_son({"file": SOME_ID})._get_changed_fields(),
)
step("file valid", lambda: Stored().validate())
step(
    "files loaded",
    lambda: Stored._from_son({"files": [SOME_ID], "by_name": {"a": SOME_ID}})
    .files[0]
    .grid_id,
)
step("files of proxies", lambda: Stored(files=[GridFSProxy()]).to_mongo())
step("files of proxies, valid", lambda: Stored(files=[GridFSProxy(SOME_ID)]).validate())
step("file equality", lambda: GridFSProxy(SOME_ID) == GridFSProxy(SOME_ID))
step("file inequality", lambda: GridFSProxy(SOME_ID) == GridFSProxy())
step(
    "file compared with others",
    lambda: (
        GridFSProxy() == 5,
        GridFSProxy() is None,
        operator.ne(GridFSProxy(), None),
    ),
)
step("file unknown attribute", lambda: Stored().file.nope)
step("file proxy class", lambda: (FileField.proxy_class, Stored.file.proxy_class))
step("file read without content", lambda: Stored().file.filename)
step("file with a None id", lambda: GridFSProxy().grid_id)
step(
    "file attributes",
    lambda: sorted(n for n in vars(GridFSProxy(key="k")) if n[0] != "_"),
)
step("file length", lambda: len(Stored().file))
step("file copied", lambda: Stored().file.__copy__())
step(
    "file required",
    lambda: new_model(f=FileField(required=True))().validate(),
)
for value in (
    None,
    SOME_ID,
    HEX,
    b"content",
    "text",
    5,
    GridFSProxy(),
    GridFSProxy(SOME_ID),
    [],
    {},
):
    step(f"file to_mongo {value!r}", Stored.file.to_mongo, value)
    step(f"file to_python {value!r}", Stored.file.to_python, value)
    step(f"file validate {value!r}", Stored.file.validate, value)


def observe_file_options(source):
    step(
        f"FileField({source})",
        lambda: attributes_of(make_field(f"FileField({source})")),
    )


for source in ("'alias'", "'alias', 'fs', 5", "collection_name=5", "size=(1, 2, 3)"):
    observe_file_options(source)
step(
    "ImageField inherits",
    lambda: [base.__name__ for base in mongoengine.ImageField.__mro__],
)
step(
    "ImageGridFsProxy inherits",
    lambda: [b.__name__ for b in mongoengine.fields.ImageGridFsProxy.__mro__],
)
step("BinaryField inherits", lambda: [base.__name__ for base in BinaryField.__mro__])
step("a field in an IntField", lambda: IntField(IntField()))
