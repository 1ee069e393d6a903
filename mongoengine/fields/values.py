"""Fields that hold bytes, UUIDs and members of enumerations."""

from __future__ import annotations

from enum import Enum
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from bson.binary import Binary

from mongoengine.base.field import BaseField

E = TypeVar("E", bound=Enum)


class BinaryField(BaseField["bytes | None"]):
    """Bytes."""

    # Decoded bytes stay as they are; a bytearray is left to ``__set__``.
    _builds_later: ClassVar[bool] = True
    _decoded_types: ClassVar[tuple[type, ...]] = (bytes, Binary)

    def __init__(self, max_bytes: int | None = None, **kwargs: Any) -> None:
        """Describe bytes, at most ``max_bytes`` of them."""
        self.max_bytes = max_bytes
        super().__init__(**kwargs)

    def __set__(self, instance: Any, value: Any) -> None:
        """Set the bytes; a bytearray is copied."""
        super().__set__(
            instance, bytes(value) if isinstance(value, bytearray) else value
        )

    def _adopts_decoded(self, value: Any) -> bool:
        """Say whether a decoded value may stay as it is."""
        return type(value) in self._decoded_types

    def to_mongo(self, value: Any) -> Any:
        """Convert to BSON's binary data."""
        return Binary(value)

    def validate(self, value: Any, clean: bool = True) -> None:
        """Check type and length."""
        if not isinstance(value, bytes):
            self.error("BinaryField only accepts instances of (bytes, Binary, Binary)")
        if self.max_bytes is not None and len(value) > self.max_bytes:
            self.error("Binary value is too long")

    def prepare_query_value(self, op: str | None, value: Any) -> Any:
        """Convert to BSON's binary data; None stays."""
        if value is None:
            return None
        return super().prepare_query_value(op, self.to_mongo(value))


class UUIDField(BaseField["UUID | None"]):
    """UUIDs, stored as binary data or as text."""

    def __init__(self, binary: bool = True, **kwargs: Any) -> None:
        """Describe a UUID, stored as text if not ``binary``."""
        self._binary = binary
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        """Convert stored text to a UUID; what cannot be one is kept."""
        if self._binary or type(value) is UUID:
            return value
        try:
            return UUID(str(value))
        except ValueError:
            return value

    def to_mongo(self, value: Any) -> Any:
        """Convert to what is stored."""
        if not self._binary:
            return str(value)
        return UUID(value) if isinstance(value, str) else value

    def validate(self, value: Any, clean: bool = True) -> None:
        """Refuse what is neither a UUID nor the text of one."""
        if isinstance(value, UUID):
            return
        try:
            UUID(str(value))
        except ValueError as error:
            self.error(f"Could not convert to UUID: {error}")

    def prepare_query_value(self, op: str | None, value: Any) -> Any:
        """Convert to what is stored; None stays."""
        return None if value is None else self.to_mongo(value)


class EnumField(BaseField[E | None]):
    """Members of an enumeration, stored as their values."""

    _converts_assigned: ClassVar[bool] = True

    def __init__(self, enum: type[E], **kwargs: Any) -> None:
        """Describe a member of ``enum``; ``choices`` permit only some of them."""
        self._enum_cls: Any = enum
        members = list(enum)
        choices = kwargs.pop("choices", None)
        strangers = [c for c in choices or () if c not in members]
        if strangers:
            raise ValueError(f"Invalid choices: {strangers}")
        values = [getattr(member, "value", member) for member in members]
        self._has_none = None in values  # which is what None means
        super().__init__(choices=choices or members, **kwargs)

    def _takes_none(self) -> bool:
        """Say whether None stays None: not if a member has that value."""
        return not self._has_none and super()._takes_none()

    def _make_initial(self) -> Any:
        """Return the value of a document that was given none."""
        return self.to_python(None) if self._has_none else super()._make_initial()

    def __set__(self, instance: Any, value: Any) -> None:
        """Set a member, by itself or by its value."""
        super().__set__(instance, self.to_python(value))

    def to_python(self, value: Any) -> Any:
        """Convert a value to its member; what has none is kept."""
        if isinstance(value, self._enum_cls):
            return value
        try:
            return self._enum_cls(value)
        except ValueError:
            return value

    def to_mongo(self, value: Any) -> Any:
        """Convert a member to its value."""
        return value.value if isinstance(value, self._enum_cls) else value

    def validate(self, value: Any, clean: bool = True) -> None:
        """Refuse what is neither a member nor the value of one."""
        if isinstance(value, self._enum_cls):
            return
        try:
            self._enum_cls(value)
        except ValueError:
            self.error(f"{value} is not a valid {self._enum_cls}")

    def prepare_query_value(self, op: str | None, value: Any) -> Any:
        """Convert a member to its value; None stays."""
        if value is None:
            return None
        return super().prepare_query_value(op, self.to_mongo(value))
