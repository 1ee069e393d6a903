"""Docstrings, comments, messages and f-strings."""

import pytest


@pytest.mark.parametrize(
    ("text", "sync"),
    [
        ("Call async_save.", "Call save."),
        ("Call `await user.async_save()` first.", "Call `user.save()` first."),
        ("await rows[0].async_get(x)", "rows[0].get(x)"),
        ("async for row in rows", "for row in rows"),
        ("async with async_open() as f", "with open() as f"),
        ("async def main(): ...", "def main(): ..."),
        ("An async with block, an async for loop", "A with block, a for loop"),
        ("An async client", "A sync client"),
        ("an asynchronous one", "a synchronous one"),
        ("Async is asynchronously async-loaded", "Sync is synchronously sync-loaded"),
        ("an AsyncCursor, an `async_save`", "a Cursor, a `save`"),
        ("an async_insert, an apple", "an insert, an apple"),
        ("__aiter__ and StopAsyncIteration", "__iter__ and StopIteration"),
        ("See mongoengine/_async/x.py", "See mongoengine/_sync/x.py"),
        ("mongoengine._async.x", "mongoengine._sync.x"),
        ("basync is no name", None),
        ("it awaits nothing", None),
        ("await it (or not)", None),
        ("`await qs`", None),
        ("a coroutine", None),
        ("coroutines", None),
        ("uses asyncio", None),
        ("async_", None),
    ],
)
@pytest.mark.parametrize(
    "form",
    ['"""{}"""\n', "# {}\n", 'x = "{}"\n', 'x = f"{}{{y}}"\n', 'x = rb"{}"\n'],
)
def test_text_is_translated_or_refused(twin, refusals, form, text, sync):
    if sync is not None:
        assert twin(form.format(text), _async="_sync") == form.format(sync)
    else:
        [(line, _)] = refusals("\n" + form.format(text))
        assert line == 2


def test_a_docstring_never_says_await(twin):
    source = '''\
class AsyncBook:
    """A book.

    >>> async with async_open() as shelf:
    ...     book = await shelf.async_first()
    """
'''
    assert twin(source) == '''\
class Book:
    """A book.

    >>> with open() as shelf:
    ...     book = shelf.first()
    """
'''


def test_a_refused_word_is_reported_by_its_line(refusals):
    source = '\n"""One.\n\nTwo awaits.\n"""\nx = 1  # await\n'
    assert [line for line, _ in refusals(source)] == [4, 6]


@pytest.mark.parametrize(
    "source",
    [
        "# Both sync and async.\n",
        '\n\n"""Asynchronous.\n\nOr sync.\n"""\n',
        'x = f"async {x} sync"\n',
    ],
)
def test_a_text_about_both_families_is_refused(refusals, source):
    [(line, advice)] = refusals(source)
    assert line == 1 + source.startswith("\n") * 2
    assert "speaks of both" in advice


@pytest.mark.parametrize(
    ("literal", "sync"),
    [
        (r'"\nasync_save\tasync_x"', r'"\nsave\tx"'),
        (r'"\x41async_save \u0041async_x"', r'"\x41save \u0041x"'),
        (r'"\N{EM DASH}async_save \101async_x"', r'"\N{EM DASH}save \101x"'),
        (r'"\\async_save \"async_x\""', r'"\\save \"x\""'),
        (r'r"\basync_save\b"', r'r"\bsave\b"'),
        (r'rb"\(async_save"', r'rb"\(save"'),
        ("'''a \"async_x\" 'b' '''", "'''a \"x\" 'b' '''"),
        ('"async_x" "async_y"', '"x" "y"'),
        ('"async_x"', '"x"'),
        ('"async"', '"sync"'),
        ('""', '""'),
    ],
)
def test_literals_keep_their_escapes_and_quotes(twin, literal, sync):
    assert twin(f"x = {literal}\n") == f"x = {sync}\n"


@pytest.mark.parametrize(
    ("literal", "sync"),
    [
        ('f"{async_x}"', 'f"{x}"'),
        ('f"{await(async_x)}"', 'f"{(x)}"'),
        ('f"{await async_x()!r:>{async_width}} async_y"', 'f"{x()!r:>{width}} y"'),
        ('f"{async_x=}"', 'f"{x=}"'),
        ('f"{async_x = !s}"', 'f"{x = !s}"'),
        ('f"{async_x != async_y}"', 'f"{x != y}"'),
        ("f\"{d['async_x:y}'][1:2]:async_z}\"", "f\"{d['x:y}'][1:2]:z}\""),
        ("f\"{{async_x}} {f'{async_y} async_z'}\"", "f\"{{x}} {f'{y} z'}\""),
        ('f"{[x async for x in {async_y: 1}]}"', 'f"{[x for x in {y: 1}]}"'),
        (
            'f"{ {async_x} } {(lambda: async_y)():%Y-%m}"',
            'f"{ {x} } {(lambda: y)():%Y-%m}"',
        ),
        ('f"é{async_x}é{async_y}é"', 'f"é{x}é{y}é"'),
        (r'f"\N{EM DASH}async_x{async_y}\n\"async_z"', r'f"\N{EM DASH}x{y}\n\"z"'),
        (r'f"\\N{await(async_x)}"', r'f"\\N{(x)}"'),
        (r'rf"\N{async_x}\b{async_y}"', r'rf"\N{x}\b{y}"'),
        ('f"""{\n  await\n async_x\n} "async_y" \'"""', 'f"""{\n  \n x\n} "y" \'"""'),
        ("f'''{async_x:{async_y}.{async_z}}'''", "f'''{x:{y}.{z}}'''"),
        ('f"async_x" f"{async_y}" "async_z"', 'f"x" f"{y}" "z"'),
    ],
)
def test_fstrings_are_translated_alike_on_every_python(twin, literal, sync):
    async_source = f"async def f():\n    x = {literal}\n"
    assert twin(async_source) == f"def f():\n    x = {sync}\n"


@pytest.mark.parametrize(
    "literal",
    [
        'f"{d["x"]}"',
        "f'{f'{x}'}'",
        "f\"{d['\\n']}\"",
        'f"{\nx}"',
        'f"""{\nx  # why\n}"""',
        "f'{x:{d['y']}}'",
    ],
)
def test_an_fstring_for_newer_pythons_is_refused_on_all(refusals, literal):
    [(line, _)] = refusals(f"\nx = {literal}\n")
    assert line in {2, 3, 4}  # where older Pythons put the error varies


def test_leftovers_in_an_fstring_are_refused(refusals):
    found = refusals('x = f"""\n{asyncio.run(x)}\n await"""\n')
    assert [line for line, _ in found] == [2, 3]


def test_the_prefix_of_a_name_made_up_is_refused(refusals):
    [(line, advice)] = refusals('\ngetattr(x, f"async_{name}")\n')
    assert line == 2
    assert "'async_'" in advice
