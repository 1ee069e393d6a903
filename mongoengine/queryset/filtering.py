"""Which documents a queryset means: conditions, and what they compile to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bson import SON, Code

from mongoengine.base.connections import families, not_defined
from mongoengine.base.places import Place
from mongoengine.errors import InvalidQueryError, OperationError
from mongoengine.queryset.state import D, QuerySetState
from mongoengine.queryset.visitor import Q, QNode

if TYPE_CHECKING:
    from typing_extensions import Self

# ``[~author.name]`` and ``{{~author.name}}`` in JavaScript.
SUBSCRIPT = re.compile(r"\[\s*~([A-Za-z_][\w.]+?)\s*\]", re.ASCII)
PATH = re.compile(r"\{\{\s*~([A-Za-z_][\w.]+?)\s*\}\}", re.ASCII)


class Filtering(QuerySetState[D]):
    """Chain methods that narrow a queryset."""

    def __call__(self, q_obj: Any = None, **query: Any) -> Self:
        """Return the documents that meet these conditions as well.

        Conditions are keywords such as ``age__gte=18`` or one :class:`Q`; together, both
        must be met.
        """
        condition = Q(**query)
        if q_obj:
            if not isinstance(q_obj, QNode):
                raise InvalidQueryError(
                    f"Not a query object: {q_obj}. Did you intend to use key=value?"
                )
            condition &= q_obj
        return self._with(_query_obj=self._query_obj & condition, _mongo_query=None)

    def filter(self, *q_objs: Any, **query: Any) -> Self:
        """Return the documents that meet these conditions as well."""
        return self.__call__(*q_objs, **query)

    def all(self) -> Self:
        """Return a copy."""
        return self.__call__()

    def none(self) -> Self:
        """Return a queryset without documents, which never asks the server."""
        return self._with(_none=True)

    def where(self, where_clause: str) -> Self:
        """Return the documents of which a JavaScript expression is true.

        In it, ``[~author.name]`` and ``{{~author.name}}`` become what the fields are
        called in the database.
        """
        return self._with(_where_clause=self._sub_js_fields(where_clause))

    def search_text(
        self, text: Any, language: str | None = None, text_score: bool = True
    ) -> Self:
        """Return the documents that the text index finds.

        They know how well they fit if ``text_score``: see ``get_text_score()``, and
        ``order_by("$text_score")``.
        """
        if self._search_text:
            raise OperationError("It is not possible to use search_text two times.")
        search = SON([("$search", text)])
        if language:
            search["$language"] = language
        return self._with(
            _query_obj=self._query_obj & Q(__raw__={"$text": search}),
            _mongo_query=None,
            _search_text=text,
            _search_text_score=text_score,
        )

    def no_sub_classes(self) -> Self:
        """Leave the documents of subclasses out, in this very queryset; return it."""
        if self._document._meta.get("allow_inheritance") is True:
            self._cls_query = {"_cls": self._document._class_name}
        return self

    def clear_cls_query(self) -> Self:
        """Return whatever is in the collection, be it of this class or not."""
        return self._with(_cls_query={})

    def using(self, alias: str) -> Self:
        """Return the documents that another connection holds."""
        if not families(alias):
            raise not_defined(alias)
        return self._with(_collection_obj=Place(alias, self._collection_obj.name))

    @property
    def _query(self) -> dict[str, Any]:
        """The filter that is sent, but for ``where()``."""
        if self._mongo_query is None:
            self._mongo_query = self._query_obj.to_query(self._document)
        if not self._cls_query:
            return self._mongo_query  # type: ignore[no-any-return]
        if "_cls" in self._mongo_query:
            return {"$and": [self._cls_query, self._mongo_query]}
        return {**self._mongo_query, **self._cls_query}

    @property
    def _filter(self) -> dict[str, Any]:
        """The filter that is sent."""
        if not self._where_clause:
            return self._query
        return {**self._query, "$where": Code(self._where_clause)}

    def _sub_js_fields(self, code: str) -> str:
        """Return JavaScript in which fields have their names in the database."""

        def last_name(found: re.Match[str]) -> str:
            return f'["{self._db_path(found[1])[-1]}"]'

        def path(found: re.Match[str]) -> str:
            return ".".join(self._db_path(found[1]))

        return PATH.sub(path, SUBSCRIPT.sub(last_name, code))
