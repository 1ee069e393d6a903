"""Containers as they were decoded, which wait to be read, stored or validated."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any, ClassVar, TypeVar

from mongoengine.base.field import BaseField
from mongoengine.base.field_traits import (
    is_known_valid,
    is_native,
    is_trusted,
    waits,
)
from mongoengine.base.plain import (
    REFUSED,
    detached,
    is_plain,
    plain_copy,
    values_of,
)

T = TypeVar("T")


class DecodedContainer(BaseField[T]):
    """What a field of containers does with those that nobody has read yet."""

    field: Any

    _builds_later = True
    _holds_many = True
    _worked_out: ClassVar[tuple[str, ...]] = (
        "_is_validated_plainly",
        "_items_decoded",
        "_items_tell",
        "_items_wait",
        "_native_items",
        "_stores_items",
        "_valid_items",
    )
    _decoded_types: ClassVar[tuple[type, ...]] = (list, dict)

    def _take_decoded(self, value: Any, copy: bool) -> Any:
        """Return a decoded container, copied if need be, as it may wait; or REFUSED."""
        if type(value) not in self._decoded_types:
            return REFUSED
        if self.field is None:
            return plain_copy(value) if copy else value
        values = value if type(value) is list else value.values()
        if self._native_items:
            if not self._native_items.issuperset(map(type, values)):
                return REFUSED
            return value.copy() if copy else value
        return self._take_items(value, values, copy) if self._items_wait else REFUSED

    def _take_items(self, value: Any, values: Iterable[Any], copy: bool) -> Any:
        kinds = set(map(type, values))
        if not self._items_decoded.issuperset(kinds):
            return REFUSED
        if self.field._adopts_by_type and len(kinds) == 1:
            if not self.field._adopts_decoded(next(iter(values))):
                return REFUSED
            return value.copy() if copy else value
        take = self.field._decoded_taker()
        taken = [take(item, copy) for item in values]
        if REFUSED in taken:
            return REFUSED
        if type(value) is dict:
            return dict(zip(value, taken, strict=True))
        return taken

    def _build_decoded(self, instance: Any, value: Any) -> Any:
        """Build the values of a decoded container."""
        if self.field is None and not is_plain(value):
            return self.to_python(value)
        return self._build_items(instance, value)

    def _build_items(self, instance: Any, value: Any) -> Any:
        """Build the values of a decoded container of a field, or of plain ones."""
        if self.field is None or self._native_items:
            return value
        build = self.field._build_decoded
        if type(value) is list:
            return [build(instance, item) for item in value]
        return {key: build(instance, item) for key, item in value.items()}

    def _restore_decoded(self, value: Any) -> Any:
        """Return what is stored of a decoded container that nobody has read."""
        if not self._stores_items:
            return self.to_mongo(self._build_decoded(None, detached(value)))
        if self.field is None or self._native_items:
            return detached(value)
        restore = self.field._restore_decoded
        if type(value) is list:
            return [restore(item) for item in value]
        return {key: restore(item) for key, item in value.items()}

    def _is_valid_decoded(self, value: Any) -> bool:
        """Say whether a decoded container that nobody has read is valid for sure."""
        if not self._is_validated_plainly:
            return False
        if self.field is None or self._valid_items:
            return True
        return self._items_tell and all(
            map(self.field._is_valid_decoded, values_of(value))
        )

    @cached_property
    def _native_items(self) -> frozenset[type]:
        """The type of items that need no conversion, if there is one."""
        if self.field is None or not is_native(self.field):
            return frozenset()
        return frozenset({self.field._native_type})

    @cached_property
    def _valid_items(self) -> frozenset[type]:
        """The type of items that are valid whatever they are, if there is one."""
        if self.field is None or not is_known_valid(self.field):
            return frozenset()
        return self._native_items

    @cached_property
    def _items_tell(self) -> bool:
        """Whether items that wait say for themselves that they are valid."""
        trusted = is_trusted(self.field, "validate", "_validate", "_is_valid_decoded")
        return self._items_wait and trusted

    @cached_property
    def _stores_items(self) -> bool:
        """Whether a container is stored as its items are."""
        return not self._stored_sorted and is_trusted(self, "to_mongo")

    @cached_property
    def _is_validated_plainly(self) -> bool:
        return is_trusted(self, "validate", "_validate") and self._accepts_native()

    @cached_property
    def _items_decoded(self) -> frozenset[type]:
        """The types of decoded items that may wait."""
        return frozenset(self.field._decoded_types)

    @cached_property
    def _items_wait(self) -> bool:
        return waits(self.field)
