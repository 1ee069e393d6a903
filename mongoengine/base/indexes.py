"""From what a model says about indexes to what the server is asked for.

A specification is a dict: ``fields`` (pairs of a path in the database and a direction)
and the driver's options.  They come, in this order, from ``meta["indexes"]``, from
fields of places, and from unique fields.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pymongo import ASCENDING, DESCENDING, GEO2D, GEOSPHERE, HASHED, TEXT

from mongoengine.base.lookup import FieldLookup
from mongoengine.fields.containers import ListField
from mongoengine.fields.embedded import EmbeddedDocumentField
from mongoengine.fields.geo import (
    GeoPointField,
    LineStringField,
    PointField,
    PolygonField,
)

Spec = dict[str, Any]

DIRECTIONS: dict[str, Any] = {
    "+": ASCENDING,
    "-": DESCENDING,
    "$": TEXT,
    "#": HASHED,
    "(": GEOSPHERE,
    "*": GEO2D,
}

# The fields that have an index without being asked; those of several places do not.
PLACES = (GeoPointField, LineStringField, PointField, PolygonField)


class IndexSpecs(FieldLookup):
    """What a document class knows about its indexes."""

    __slots__ = ()

    @classmethod
    def _build_index_specs(cls, meta_indexes: Any) -> list[Spec]:
        """Return the specifications of all indexes, those of ``meta`` first."""
        specs = [cls._build_index_spec(spec) for spec in meta_indexes]
        _lay_over(specs, cls._geo_indices())
        _lay_over(specs, cls._unique_with_indexes())
        return specs

    @classmethod
    def _build_index_spec(cls, spec: Any) -> Spec:
        """Return the specification of one index in ``meta``.

        ``spec`` is a name, names, or a dict of ``fields`` and options; names may be
        dotted, and begin with a sign of DIRECTIONS.  ``"cls": False`` keeps the index
        from starting with ``_cls``, as all do where there may be subclasses.
        """
        built: Spec = _as_dict(spec)
        starts_with_cls = cls._may_start_with_cls(built)
        if "cls" in built:
            built.pop("cls")
        # Pairs stand for keys that are ready, but only if nothing else is there.
        names = [one for one in built["fields"] if not isinstance(one, (list, tuple))]
        keys = [cls._index_key(name) for name in names]
        if starts_with_cls and not _ends_with_place(keys):
            keys.insert(0, ("_cls", ASCENDING))
        if keys:
            built["fields"] = keys
        return built

    @classmethod
    def _may_start_with_cls(cls, spec: Any) -> Any:
        return (
            cls._meta.get("allow_inheritance")
            and not spec.get("sparse")
            and "_cls" not in spec["fields"]
            and spec.get("cls", cls._meta.get("index_cls", True))
        )

    @classmethod
    def _index_key(cls, name: str) -> tuple[str, Any]:
        """Return path and direction for a name with or without a sign."""
        if name.startswith(")"):
            raise NotImplementedError
        direction = DIRECTIONS.get(name[:1])
        if direction is None:
            return cls._index_path(name), ASCENDING
        return cls._index_path(name[1:]), direction

    @classmethod
    def _index_path(cls, name: str) -> str:
        # However the key is called, a model may call it id.
        if name in ("pk", "_id") or (name == "id" and "id" not in cls._fields):
            return "_id"
        found = cls._lookup_field(name.split("."))
        return ".".join(one if isinstance(one, str) else one.db_field for one in found)

    @classmethod
    def _unique_with_indexes(cls, namespace: str = "") -> list[Spec]:
        """Return the indexes of unique fields, below embedded documents too."""
        return list(_unique_specs(cls, namespace, ()))

    @classmethod
    def _unique_spec(cls, field: Any, namespace: str) -> Spec:
        others = field.unique_with or ()
        if isinstance(others, str):
            others = [others]
        sparse = field.sparse
        paths = [field.db_field]
        for name in others:
            paths.append(cls._translate_field_name(name))
            # Odd, but what the indexes that exist were made with.
            sparse = name not in vars(cls)
        keys = [(namespace + path, ASCENDING) for path in paths]
        return {"fields": keys, "unique": True, "sparse": sparse}

    @classmethod
    def _geo_indices(
        cls, inspected: list[Any] | None = None, parent_field: str | None = None
    ) -> list[Spec]:
        """Return the indexes of places; an embedded class is visited once only."""
        inspected = inspected or []
        inspected.append(cls)
        specs: list[Spec] = []
        for field in cls._fields.values():
            path = (
                f"{parent_field}.{field.db_field}" if parent_field else field.db_field
            )
            if isinstance(field, PLACES) and field._geo_index:
                specs.append({"fields": [(path, field._geo_index)]})
            embedded = isinstance(field, EmbeddedDocumentField)
            if embedded and field.document_type not in inspected:
                specs += field.document_type._geo_indices(inspected, path)
        return specs


def _as_dict(spec: Any) -> Any:
    """Return the long form of what ``meta`` may say, a new dict."""
    if isinstance(spec, str):
        return {"fields": [spec]}
    if isinstance(spec, (list, tuple)):
        return {"fields": list(spec)}
    return dict(spec) if isinstance(spec, dict) else spec


def _ends_with_place(keys: list[tuple[str, Any]]) -> bool:
    return bool(keys) and keys[-1][1] in (GEO2D, GEOSPHERE)


def _lay_over(specs: list[Spec], generated: list[Spec]) -> None:
    """Add specifications; where there is one on the same fields, change that."""
    for spec in generated:
        same = [one for one in specs if one["fields"] == spec["fields"]]
        if same:
            same[-1].update(spec)
        else:
            specs.append(spec)


def _unique_specs(cls: Any, prefix: str, above: tuple[Any, ...]) -> Iterator[Spec]:
    """Yield the indexes of unique fields; ``above`` are the classes around this."""
    around = (*above, cls)
    for field in cls._fields.values():
        if field.unique:
            yield cls._unique_spec(field, prefix)
        embedded = _embedded_class(field)
        if embedded is not None and embedded not in around:
            yield from _unique_specs(embedded, f"{prefix}{field.db_field}.", around)


def _embedded_class(field: Any) -> Any:
    """Return the class of embedded documents that a field or list holds, or None."""
    if isinstance(field, ListField):
        field = field.field
    return field.document_type if isinstance(field, EmbeddedDocumentField) else None
