"""The query language: querysets, managers and conditions."""

from mongoengine.base.constants import CASCADE, DENY, DO_NOTHING, NULLIFY, PULL
from mongoengine.errors import (
    DoesNotExist,
    InvalidQueryError,
    MultipleObjectsReturned,
    NotUniqueError,
    OperationError,
)
from mongoengine.queryset.field_list import QueryFieldList
from mongoengine.queryset.manager import QuerySetManager, queryset_manager
from mongoengine.queryset.queryset import QuerySet, QuerySetNoCache
from mongoengine.queryset.transform import STRING_OPERATORS as STRING_OPERATORS
from mongoengine.queryset.visitor import Q

__all__ = (
    "CASCADE",
    "DENY",
    "DO_NOTHING",
    "NULLIFY",
    "PULL",
    "DoesNotExist",
    "InvalidQueryError",
    "MultipleObjectsReturned",
    "NotUniqueError",
    "OperationError",
    "Q",
    "QueryFieldList",
    "QuerySet",
    "QuerySetManager",
    "QuerySetNoCache",
    "queryset_manager",
)
