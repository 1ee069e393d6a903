"""The field of MongoDB's own ids, which every document class may get."""

from __future__ import annotations

from typing import Any

from bson import ObjectId
from bson.errors import InvalidId

from mongoengine.base.field import BaseField


class ObjectIdField(BaseField["ObjectId | None"]):
    """MongoDB's own ids."""

    _native_type = ObjectId

    def to_python(self, value: Any) -> Any:
        """Convert the text of an id; what cannot be an id is kept."""
        if type(value) is ObjectId:
            return value
        try:
            return ObjectId(value)
        except (InvalidId, TypeError):
            return value

    def to_mongo(self, value: Any) -> Any:
        """Convert the text of an id, or raise ValidationError."""
        if isinstance(value, ObjectId):
            return value
        try:
            return ObjectId(str(value))
        except InvalidId as error:
            self.error(str(error))

    def prepare_query_value(self, op: str | None, value: Any) -> Any:
        """Convert the text of an id; None stays."""
        return None if value is None else self.to_mongo(value)

    def validate(self, value: Any, clean: bool = True) -> None:
        """Refuse what is no id."""
        if type(value) is ObjectId:
            return
        try:
            ObjectId(str(value))
        except InvalidId:
            self.error("Invalid ObjectID")
