"""A replica set of local mongods."""

import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from mongoengine._testing.binary import MongodError
from mongoengine._testing.node import (
    PATIENCE_SECONDS,
    POLL_SECONDS,
    Node,
    PortTakenError,
)
from mongoengine._testing.supervision import Supervisor

_NAME = "rs0"
_PORT_ATTEMPTS = 10
# A lost primary is replaced within about two seconds.
_SETTINGS = {"heartbeatIntervalMillis": 200, "electionTimeoutMillis": 1000}

T = TypeVar("T")
_Client = MongoClient[dict[str, Any]]


class Server:
    """A MongoDB to test against."""

    def __init__(self, uri: str, nodes: Sequence[Node] = ()) -> None:
        self.uri = uri
        self.nodes = tuple(nodes)

    def __repr__(self) -> str:
        return f"<Server {self.uri}>"

    @property
    def primary(self) -> Node:
        """The node that takes writes; waits for an election that is under way."""
        if not self.nodes:
            raise MongodError(f"the nodes of {self.uri} are not ours to control")
        return _wait_for(lambda: _primary_of(self.nodes), "a primary", self.nodes)


@contextmanager
def run_replica_set(
    binary: str,
    members: int,
    *,
    port: int | None,
    path: Path | None,
    arguments: Sequence[str],
) -> Iterator[Server]:
    """Run a replica set and yield it once every member is up."""
    supervisor = Supervisor(path)
    try:
        command = [binary, "--replSet", _NAME, *arguments]
        names = [f"node{number}" for number in range(members)]
        nodes = [Node(supervisor, name, command) for name in names]
        _start(nodes, port)
        _configure(nodes)
        yield Server(_uri(nodes), nodes)
    finally:
        supervisor.stop()


def _uri(nodes: Sequence[Node]) -> str:
    hosts = ",".join(node.address for node in nodes)
    return f"mongodb://{hosts}/?replicaSet={_NAME}"


def _start(nodes: Sequence[Node], port: int | None) -> None:
    count = len(nodes)
    ports = _free_ports(count) if port is None else range(port, port + count)
    for node, its_port in zip(nodes, ports, strict=True):
        node.spawn(its_port)
    for node in nodes:
        _settle(node, attempts=_PORT_ATTEMPTS if port is None else 1)


def _settle(node: Node, attempts: int) -> None:
    """Wait for a node; a free port may be lost to another program before its use."""
    for _ in range(attempts - 1):
        try:
            return node.wait_until_listening()
        except PortTakenError:
            node.spawn(*_free_ports(1))
    return node.wait_until_listening()


def _free_ports(count: int) -> list[int]:
    # All are held before any is given back, so that no two are the same.
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for free in sockets:
            free.bind(("127.0.0.1", 0))
        return [free.getsockname()[1] for free in sockets]


def _configure(nodes: Sequence[Node]) -> None:
    """Make the nodes a replica set with a primary, and wait until all take part."""
    with nodes[0].client() as client:
        stored = client.local["system.replset"].find_one()
        if stored is None:
            client.admin.command("replSetInitiate", _configuration(nodes))
        else:
            _adopt(client, stored, nodes)
    primary = _wait_for(lambda: _primary_of(nodes), "a primary", nodes)
    with primary.client() as client:
        _wait_for(lambda: _all_up(client), "every member to be up", nodes)


def _configuration(nodes: Sequence[Node]) -> dict[str, Any]:
    members = [{"_id": i, "host": node.address} for i, node in enumerate(nodes)]
    return {"_id": _NAME, "members": members, "settings": _SETTINGS}


def _adopt(client: _Client, stored: dict[str, Any], nodes: Sequence[Node]) -> None:
    """Tell data of an earlier run where its members are now."""
    if len(stored["members"]) != len(nodes):
        raise MongodError(
            f"the path holds a replica set with members={len(stored['members'])}, "
            f"and members={len(nodes)} was asked for"
        )
    for member, node in zip(stored["members"], nodes, strict=True):
        member["host"] = node.address
    stored["version"] += 1
    _wait_for(lambda: _reconfigured(client, stored), "the new ports", nodes)


def _reconfigured(client: _Client, configuration: dict[str, Any]) -> bool:
    # Refused while a node is still reading its old configuration. Forced, because
    # there is no primary to ask: the members do not know each other's ports.
    try:
        client.admin.command("replSetReconfig", configuration, force=True)
    except OperationFailure:
        return False
    return True


def _primary_of(nodes: Sequence[Node]) -> Node | None:
    return next((node for node in nodes if node.is_primary()), None)


def _all_up(client: _Client) -> bool:
    try:
        status = client.admin.command("replSetGetStatus")
    except PyMongoError:
        return False  # the election may have closed the connection
    return {member["stateStr"] for member in status["members"]} <= {
        "PRIMARY",
        "SECONDARY",
    }


def _wait_for(probe: Callable[[], T | None], what: str, nodes: Sequence[Node]) -> T:
    """Wait until the probe gives something, and return it."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := probe()):
        if time.monotonic() > deadline:
            logs = "\n".join(node.log_tail() for node in nodes)
            raise MongodError(f"waited for {what} in vain. The logs:\n{logs}")
        time.sleep(POLL_SECONDS)
    return found
