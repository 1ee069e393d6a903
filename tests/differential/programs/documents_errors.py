"""The exceptions: their families, and all that ValidationError can tell."""

from recorder import step

import mongoengine
from mongoengine import errors
from mongoengine.connection import ConnectionFailure
from mongoengine.document import InvalidCollectionError
from mongoengine.errors import ValidationError

NAMES = (
    *("MongoEngineException", "NotRegistered", "InvalidDocumentError", "LookUpError"),
    *("DoesNotExist", "MultipleObjectsReturned", "InvalidQueryError", "OperationError"),
    *("NotUniqueError", "BulkWriteError", "FieldDoesNotExist", "ValidationError"),
    *("SaveConditionError", "DeprecatedError"),
)
BUILTIN = (Exception, AttributeError, AssertionError, ValueError, KeyError, LookupError)
for name in NAMES:
    step(f"{name} is", lambda n=name: [b.__name__ for b in getattr(errors, n).__mro__])
    step(
        f"{name} builtin",
        lambda n=name: [issubclass(getattr(errors, n), b) for b in BUILTIN],
    )
    step(
        f"{name} exported", lambda n=name: getattr(mongoengine, n) is getattr(errors, n)
    )
    step(f"{name} made", lambda n=name: getattr(errors, n)("text"))
    step(
        f"{name} str",
        lambda n=name: (str(getattr(errors, n)("t")), str(getattr(errors, n)())),
    )
    step(f"{name} args", lambda n=name: getattr(errors, n)("t").args)
    step(f"{name} repr", lambda n=name: repr(getattr(errors, n)("t")))
step("errors.__all__", lambda: sorted(errors.__all__))
step(
    "InvalidCollectionError",
    lambda: [b.__name__ for b in InvalidCollectionError.__mro__],
)
step("ConnectionFailure", lambda: [b.__name__ for b in ConnectionFailure.__mro__])

V = ValidationError
MADE = {
    "nothing": lambda: V(),
    "message": lambda: V("text"),
    "number": lambda: V(5),
    "None": lambda: V(None),
    "field": lambda: V("text", field_name="f"),
    "errors": lambda: V("text", errors={"a": V("b")}),
    "errors of texts": lambda: V("text", errors={"a": "b"}),
    "errors of dicts": lambda: V(
        "text", errors={"a": {"b": V("c")}, "d": {0: V("e"), 1: V("f")}}
    ),
    "errors deep": lambda: V(
        "t", errors={"a": V("m", errors={"b": V("n", errors={0: V("o")})})}
    ),
    "errors of one text": lambda: V(
        "t", errors={"a": V("same"), "b": V("same"), "c": V("other")}
    ),
    "errors list": lambda: V("t", errors=[V("a")]),
    "errors None": lambda: V("t", errors=None),
    "errors empty": lambda: V("t", errors={}),
    "errors of None": lambda: V("t", errors={"a": None}),
    "errors of exceptions": lambda: V("t", errors={"a": ValueError("x")}),
    "errors without message": lambda: V(errors={"a": V("b")}),
    "empty messages": lambda: V("t", errors={"a": V("")}),
    "everything": lambda: V("t", errors={"a": V("b", field_name="x")}, field_name="f"),
    "unknown keyword": lambda: V("t", other=5),
    "two positional": lambda: V("t", "u"),
    "non-ascii": lambda: V("é\u3042"),
    "numbers as keys": lambda: V("t", errors={2: V("b"), 1: V("a"), 0: {"x": V("c")}}),
    "None as key": lambda: V("t", errors={None: V("b")}),
    "mixed": lambda: V(
        "t", errors={"a": V("b"), "c": {"d": V("e", errors={"f": V("g")})}}
    ),
}
for label, make in MADE.items():
    step(f"{label} made", make)
    step(f"{label} str", lambda m=make: str(m()))
    step(f"{label} repr", lambda m=make: repr(m()))
    step(f"{label} message", lambda m=make: m().message)
    step(f"{label} errors", lambda m=make: m().errors)
    step(f"{label} field_name", lambda m=make: m().field_name)
    step(f"{label} to_dict", lambda m=make: m().to_dict())
    step(f"{label} args", lambda m=make: m().args)
    step(f"{label} _format_errors", lambda m=make: m()._format_errors())


def set_message():
    error = V("text", errors={"a": V("b")})
    error.message = "other"
    return error.message, str(error)


def caught():
    try:
        raise V("text") from ValueError("cause")
    except AssertionError as error:
        return type(error), error.__cause__


step("set message", set_message)
step("caught as AssertionError", caught)
step("defaults on the class", lambda: (V.errors, V.field_name))
