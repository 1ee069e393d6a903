"""Names, keywords, markers and scopes: what happens to code."""

import pytest


@pytest.mark.parametrize(
    ("name", "sync"),
    [
        ("async_save", "save"),
        ("_async_cursor", "_cursor"),
        ("__async_cursor", "__cursor"),
        ("AsyncCursor", "Cursor"),
        ("_AsyncCursor", "_Cursor"),
        ("AsyncIterator", "Iterator"),
        ("AsyncExitStack", "ExitStack"),
        ("AsyncMongoClient", "MongoClient"),
        ("__aenter__", "__enter__"),
        ("__aexit__", "__exit__"),
        ("__aiter__", "__iter__"),
        ("__anext__", "__next__"),
        ("StopAsyncIteration", "StopIteration"),
        ("asynccontextmanager", "contextmanager"),
        ("save", "save"),
        ("Asynchrony_", None),
        ("async_import", None),
        ("async_1", None),
        ("async_", None),
        ("get_async_db", None),
        ("asyncio", None),
        ("iscoroutine", None),
        ("Coroutine", None),
        ("Awaitable", None),
        ("aiter", None),
        ("anext", None),
        ("aclose", None),
        ("aclosing", None),
        ("asend", None),
        ("athrow", None),
        ("ASYNC", None),
    ],
)
def test_a_name_follows_the_rules_or_is_refused(twin, refusals, name, sync):
    if sync:
        assert twin(f"x.{name}\n") == f"x.{sync}\n"
    else:
        [(line, advice)] = refusals(f"\nx.{name}\n")
        assert line == 2
        assert repr(name) in advice
        assert "tools/generator/names.py:" in advice


def test_an_exception_comes_before_the_rules(twin):
    table = {"AsyncMixin": "SyncMixin", "connect_async": "connect", "aiter": "iter"}
    source = "class AsyncMixin:\n    x = aiter(connect_async)\n"
    assert twin(source, **table) == "class SyncMixin:\n    x = iter(connect)\n"


def test_a_name_mapped_to_itself_is_kept(twin):
    source = "import async_utils, AsyncProxy  # async_utils\n"
    kept = twin(source, async_utils="async_utils", AsyncProxy="AsyncProxy")
    assert kept == source


@pytest.mark.parametrize(
    ("source", "sync"),
    [
        ("async def f():\n    await g()\n", "def f():\n    g()\n"),
        ("async def f():\n    await(g())\n", "def f():\n    (g())\n"),
        ("async def f():\n    await (g())\n", "def f():\n    (g())\n"),
        ("async def f():\n    return await(x)\n", "def f():\n    return x\n"),
        ("async def f():\n    print(await(x))\n", "def f():\n    print((x))\n"),
        (
            "async def f():\n    return (\n        await\n        g()\n    )\n",
            "def f():\n    return g()\n",
        ),
        ("async def f():\n    return await \\\n g()\n", "def f():\n    return g()\n"),
        ("async def f():\n    await \\\n     g()\n", "def f():\n    g()\n"),
        ("async \\\n  def f():\n    pass\n", "def f():\n    pass\n"),
        ("async  def f(): x = -await   g()\n", "def f():\n    x = -g()\n"),
        (
            "async def f():\n    async for x in y:\n        pass\n",
            "def f():\n    for x in y:\n        pass\n",
        ),
        (
            "async def f():\n    async with a as b, c:\n        pass\n",
            "def f():\n    with a as b, c:\n        pass\n",
        ),
        (
            "async def f():\n    return [x async for x in y if await p(x)]\n",
            "def f():\n    return [x for x in y if p(x)]\n",
        ),
        (
            "async def f():\n    return {k: v async for k, v in y}, (a async for a in b)\n",
            "def f():\n    return {k: v for k, v in y}, (a for a in b)\n",
        ),
        (
            "async def f(g=lambda: async_x):\n    return lambda: AsyncY\n",
            "def f(g=lambda: x):\n    return lambda: Y\n",
        ),
        (
            "@async_retry(AsyncX)\nasync def async_f():\n    pass\n",
            "@retry(X)\ndef f():\n    pass\n",
        ),
        (
            "async def f():\n    await (\n        # why\n        async_g()\n    )\n",
            "def f():\n    (\n        # why\n        g()\n    )\n",
        ),
    ],
)
def test_keywords_go(twin, source, sync):
    assert twin(source) == sync


def test_iteration_functions_have_twins(twin):
    source = "async def f():\n    return await anext(aiter(x)), aclosing(x.aclose)\n"
    table = {"anext": "next", "aiter": "iter", "aclose": "close", "aclosing": "closing"}
    sync = "def f():\n    return next(iter(x)), closing(x.close)\n"
    assert twin(source, **table) == sync


def test_imports_follow_the_names(twin):
    source = "from pymongo.asynchronous.cursor import AsyncCursor\n"
    sync = "from pymongo.synchronous.cursor import Cursor\n"
    assert twin(source, asynchronous="synchronous") == sync


def test_one_thing_imported_by_two_names_is_imported_once(twin):
    source = (
        "if x:\n"
        "    from collections.abc import (\n"
        "        AsyncIterator,\n"
        "        Iterator,\n"
        "        Sized,\n"
        "    )  # both\n"
        "from m import async_get as f, get as f\n"
    )
    assert twin(source) == (
        "if x:\n"
        "    from collections.abc import Iterator, Sized  # both\n"
        "from m import get as f\n"
    )


def test_async_only_statements_go_with_what_belongs_to_them(twin):
    source = """\
import asyncio  # async-only
import re

# Unattached.

# Says why.
# At length.
@asyncio.coroutine
@other(
    1
)
async def gather(  # async-only: the twin has loops
    x,
):
    # Inside.
    await x


class A:
    x = 1

    async def a(self):  # async-only
        pass

    y = (  # async-only
        2
    )
    z = 3
    if x:  # async-only
        z = 4
    else:
        z = 5


def f(): pass
"""
    assert twin(source) == """\
import re

# Unattached.


class A:
    x = 1

    z = 3


def f():
    pass
"""


def test_the_marker_in_a_string_marks_nothing(twin):
    assert twin('x = "# async-only"\n') == 'x = "# sync-only"\n'


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("# async-only\nx = 1\n", 1),
        ("@a  # async-only\ndef f():\n    pass\n", 1),
        ("x = (\n    1  # async-only\n)\n", 2),
        ("if x:\n    pass\nelif y:  # async-only\n    pass\n", 3),
        ("if x:\n    pass\nelse:  # async-only\n    pass\n", 3),
    ],
)
def test_a_marker_that_marks_no_statement_is_refused(refusals, source, line):
    [(found, advice)] = refusals(source)
    assert found == line
    assert "marks no statement" in advice


def test_odd_line_breaks_in_text_do_not_shift_lines(twin):
    source = 'x = "\x0c\u2028"\nimport asyncio  # async-only\nfrom a import AsyncB, B\n'
    assert twin(source) == 'x = "\x0c\u2028"\nfrom a import B\n'


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("def f():\n    await x  # async-only\n", 2),
        ("if x:\n    pass\nelse:\n    y  # async-only\n", 4),
        ("try:\n    pass\nexcept E:\n    y  # async-only\n", 4),
        ("try:\n    pass\nfinally:\n    y  # async-only\n    z  # async-only\n", 4),
        ("match x:\n    case 1:\n        y  # async-only\n", 3),
    ],
)
def test_a_block_that_would_be_empty_is_refused(refusals, source, line):
    [(found, advice)] = refusals(source.replace("await ", ""))
    assert found == line
    assert "leaves nothing" in advice


def test_a_dropped_block_may_hold_anything(twin):
    source = "match x:  # async-only\n    case 1:\n        asyncio\ny = 1\n"
    assert twin(source) == "y = 1\n"


def test_a_module_may_be_dropped_whole(twin):
    assert twin("import asyncio  # async-only\n") == ""


@pytest.mark.parametrize(
    "source",
    [
        "class A:\n    async def async_save(self): pass\n    def save(self): pass\n",
        "async_get = 1\nget = 2\n",
        "def f(x):\n    async_x = x\n",
        "f = lambda async_x, x: x\n",
        "def f(*, async_x, x): pass\n",
        "from a import async_x\nfrom b import x\n",
        "from a import async_x\nfrom a import x\n",
        "class AsyncA: pass\nif 1:\n    class A: pass\n",
        "for async_x in y:\n    with z as x: pass\n",
        "import async_x.y, x\n",
    ],
)
def test_two_names_that_become_one_are_refused(refusals, source):
    [(_, advice)] = refusals(source)
    assert "both become" in advice


@pytest.mark.parametrize(
    "source",
    [
        "def f(): pass\ndef f(): pass\n",
        "class f: pass\n\n\nasync def f(): pass\n",
        "class A:\n    def f(self): pass\n    def f(self): pass\n",
        "if x:\n    pass\nelse:\n    def f(): pass\n    def f(): pass\n",
        "def f():\n    class f: pass\n    def f(): pass\n",
        "from typing import overload\ndef f(): pass\n@overload\ndef f(): pass\n",
    ],
)
def test_a_name_defined_twice_is_refused(refusals, source):
    [(_, advice)] = refusals(source)
    assert "'f' was defined in line" in advice


@pytest.mark.parametrize(
    "source",
    [
        "@overload\ndef f(): ...\n\n\n@t.overload\ndef f(): ...\n\n\ndef f(): ...\n",
        "class A:\n    @property\n    def x(self): ...\n\n    @x.setter\n    def x(self, v): ...\n",
        "@singledispatch\ndef f(x): ...\n\n\n@f.register\ndef f(x): ...\n\n\n@f.register(int)\ndef f(x): ...\n",
        "@f.register\ndef _(x): ...\n\n\n@f.register\ndef _(x): ...\n",
        "if x:\n\n    def f(): ...\n\nelse:\n\n    def f(): ...\n",
        "try:\n    import f\nexcept E:\n    f = None\n",
        "def f(x): ...\n\n\ndef g(x):\n    x = x\n",
    ],
)
def test_what_may_be_defined_twice_stays(twin, source):
    assert twin(source) == source


def test_a_marked_statement_collides_with_nothing(twin):
    source = "def get(): ...\n\n\nasync def async_get(): ...  # async-only\n"
    assert twin(source) == "def get(): ...\n"


def test_all_leftovers_are_reported_where_they_stand(refusals):
    source = "x = asyncio\n\ny = f(\n    get_async_x,\n)\n"
    found = refusals(source)
    assert [line for line, _ in found] == [1, 4]
    assert "'asyncio'" in found[0][1]
    assert "'get_async_x'" in found[1][1]


def test_a_twin_that_is_no_python_is_refused(refusals):
    source = "import asyncio  # async-only\ny = 1\n\nf(async_x=1, x=2)\n"
    [(line, advice)] = refusals(source)
    assert line == 4
    assert "keyword argument repeated" in advice
    assert "f(x=1, x=2)" in advice


@pytest.mark.parametrize(
    "source",
    ["x = (\n", "\ndef f(:\n", "type X = int\n", "def f[T](): pass\n", "x = '\0'\n"],
)
def test_bad_syntax_is_refused(refusals, source):
    [(line, advice)] = refusals(source)
    assert line >= 1
    assert "correct the" in advice
