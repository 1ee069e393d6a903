"""The snippets of docs/async.md run, in their order, and print what they say."""

import ast
import inspect
import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "async.md"
SNIPPET = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PRINTED = re.compile(r"^ *print\(.*\)  # (.*)$", re.MULTILINE)
OF_FASTAPI = re.compile(r"^(from fastapi|from pydantic|@app\.)")  # not installed


def snippets(page):
    """Give what stands on the page in Python, each on the lines where it stands."""
    for found in SNIPPET.finditer(page):
        if not OF_FASTAPI.match(found[1]):
            yield "\n" * page.count("\n", 0, found.start(1)) + found[1]


async def run(snippet, names):
    code = compile(snippet, PAGE, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    waiting = eval(code, names)
    if inspect.iscoroutine(waiting):
        await waiting


async def test_snippets_print_what_they_say(async_mongo_db, mongo_uri, capsys):
    page = PAGE.read_text().replace("mongodb://localhost:27017", mongo_uri)
    page = page.replace('"library"', f'"{async_mongo_db.name}"')
    beginning, *others = snippets(page)
    names = {"__name__": __name__}
    await run(beginning, names)
    async with names["lifespan"](None):
        for snippet in others:
            await run(snippet, names)
            assert capsys.readouterr().out.splitlines() == PRINTED.findall(snippet)
