"""Take values the whole way through a field, one step a stage.

A field is given as source text, which is its label as well; the names in it are
those of `mongoengine` and the keywords passed along.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from itertools import count
from typing import Any

from bson import SON, ObjectId
from recorder import describe, step

import mongoengine

SOME_ID = ObjectId("0123456789abcdef01234567")
OWNED = (mongoengine.EmbeddedDocument, mongoengine.DynamicEmbeddedDocument)
COMPARISONS = ("exact", "ne", "gt")
_numbers = count(1)


def make_field(source: str, **names: Any) -> Any:
    """Build the field that the source text describes."""
    return eval(source, {**vars(mongoengine), **vars(mongoengine.fields), **names})


def attributes_of(field: Any) -> dict[str, Any]:
    """What users may see of a field, in a stable order."""
    hidden = ("creation_counter", "document_type_obj")
    shown = {k: v for k, v in vars(field).items() if k not in hidden and k[0] != "_"}
    return dict(sorted(shown.items()))


def data_of(document: Any) -> dict[str, Any]:
    """The values by name; in which order a document keeps them is its own affair."""
    return dict(sorted(document._data.items()))


def fresh(value: Any) -> Any:
    """Copy what a document may change, or own, so that other steps find it as it was."""
    if type(value) in (dict, SON):
        return type(value)((key, fresh(item)) for key, item in value.items())
    if type(value) in (list, tuple):
        return type(value)(map(fresh, value))
    return deepcopy(value) if isinstance(value, OWNED) else value


def new_model(base: Any = mongoengine.Document, **attributes: Any) -> Any:
    """Make a class with a name of its own: two of one name are another subject."""
    return type(f"Model{next(_numbers)}", (base,), {"__module__": "m", **attributes})


def make_model(source: str, **names: Any) -> Any:
    """Give a model with the field as `f`, in a list `fs` and in a map `fm`."""
    attributes = {
        "f": make_field(source, **names),
        "fs": mongoengine.ListField(make_field(source, **names)),
        "fm": mongoengine.MapField(make_field(source, **names)),
        "meta": {"collection": "holders"},
    }
    return new_model(**attributes)


def exercise(
    source: str, values: Iterable[Any], ops: Iterable[str] = COMPARISONS, **names: Any
) -> Any:
    """Record each stage for each value; give the model, None if it is refused."""
    model = step(f"{source} | the model", make_model, source, **names)
    if model is None:
        return None
    step(f"{source} | missing", lambda: model().f)
    step(f"{source} | missing, stored", lambda: model().to_mongo())
    step(f"{source} | missing, valid", lambda: model().validate())
    step(f"{source} | missing, loaded", lambda: data_of(_load_decoded(model, {})))
    for value in values:
        label = f"{source} <- {describe(value)}"
        _exercise_field(label, model.f, value, ops)
        _exercise_constructed(label, model, value)
        _exercise_assigned(label, model, value)
        _exercise_loaded(label, model, value)
        _exercise_container(label, model, "fs", [value])
        _exercise_container(label, model, "fm", {"k": value})
    return model


def _exercise_field(label: str, field: Any, value: Any, ops: Iterable[str]) -> None:
    step(f"{label} | to_python", field.to_python, value)
    step(f"{label} | to_mongo", field.to_mongo, value)
    step(f"{label} | field valid", field.validate, value)
    for op in ops:
        step(f"{label} | query {op}", field.prepare_query_value, op, value)


def _exercise_constructed(label: str, model: Any, value: Any) -> None:
    step(f"{label} | constructed", lambda: model(f=fresh(value))._data["f"])
    step(f"{label} | constructed, stored", lambda: model(f=fresh(value)).to_mongo())
    step(f"{label} | constructed, valid", lambda: model(f=fresh(value)).validate())


def _exercise_assigned(label: str, model: Any, value: Any) -> None:
    step(f"{label} | assigned", lambda: _assigned(model, value)._data["f"])
    step(f"{label} | assigned, read", lambda: _assigned(model, value).f)
    step(f"{label} | assigned, stored", lambda: _assigned(model, value).to_mongo())
    step(f"{label} | assigned, valid", lambda: _assigned(model, value).validate())

    @step(f"{label} | assigned, delta")
    def _() -> Any:
        document = _load_decoded(model, {"_id": SOME_ID})
        document.f = fresh(value)
        return document._get_changed_fields(), document._delta()


def _exercise_loaded(label: str, model: Any, value: Any) -> None:
    def load() -> Any:
        return _load_decoded(model, {"_id": SOME_ID, "f": value})

    step(f"{label} | loaded", lambda: load()._data["f"])
    step(f"{label} | loaded, read", lambda: load().f)
    step(f"{label} | loaded, stored", lambda: load().to_mongo())
    step(f"{label} | loaded, valid", lambda: load().validate())
    step(f"{label} | loaded, changed", lambda: load()._get_changed_fields())


def _exercise_container(label: str, model: Any, name: str, holding: Any) -> None:
    """The same, shorter, where the value is in a list or map."""
    values = {name: holding}
    step(f"{label} | {name} built", lambda: model(**fresh(values))._data[name])
    step(f"{label} | {name} stored", lambda: model(**fresh(values)).to_mongo())
    step(f"{label} | {name} valid", lambda: model(**fresh(values)).validate())
    step(f"{label} | {name} loaded", lambda: _load_decoded(model, values)._data[name])


def _assigned(model: Any, value: Any) -> Any:
    document = model()
    document.f = fresh(value)
    return document


def _load_decoded(model: Any, stored: dict[str, Any]) -> Any:
    return model._from_son(fresh(stored))
