"""Programs that own a server, to be killed."""

import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

# A fork beside PyMongo's threads is what these scripts are about.
FORK_WARNING = "ignore:This process:DeprecationWarning"

PRELUDE = """
from mongoengine.testing import local_mongod
from pymongo import MongoClient

def announce(server):
    with MongoClient(server.uri) as client:
        options = client.admin.command("getCmdLineOpts")["parsed"]
    print(server.nodes[0].pid, options["storage"]["dbPath"], flush=True)
"""

HOLD_A_SERVER = """
    import time
    with local_mongod() as server:
        announce(server)
        time.sleep(600)
"""


class Script:
    """A program that runs in a process of its own, and what it prints."""

    def __init__(self, code: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", "-W", FORK_WARNING, "-c", code],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def line(self) -> str:
        return self.process.stdout.readline().strip()

    def server(self) -> tuple[int, Path]:
        pid, data = self.line().split(maxsplit=1)
        return int(pid), Path(data).parent

    def expect(self, *lines: str) -> "Script":
        assert [self.line() for _ in lines] == list(lines)
        return self

    def end(self) -> None:
        assert self.process.communicate() == ("", "")
        assert self.process.returncode == 0

    def close(self) -> None:
        self.process.stdout.close()
        self.process.stderr.close()


@contextmanager
def running_scripts() -> Iterator[Callable[[str], Script]]:
    """Give what runs a script; at the end of the block none runs any more."""
    scripts: list[Script] = []

    def run(code: str) -> Script:
        scripts.append(Script(PRELUDE + textwrap.dedent(code)))
        return scripts[-1]

    yield run
    for script in scripts:
        if script.process.poll() is None:
            script.process.kill()
            script.process.wait()
        script.close()
