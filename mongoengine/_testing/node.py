"""One mongod process."""

import signal
import sys
import time
from collections.abc import Sequence
from typing import Any

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from mongoengine._testing.binary import MongodError
from mongoengine._testing.supervision import Supervisor

PATIENCE_SECONDS = 60
POLL_SECONDS = 0.01
_LOG_LINES = 15
_ADDRESS_IN_USE = 48  # mongod's exit code
_INFORMATION = '"s":"I"'
_LISTENING = b"waiting for connections"

# Small and quick, not safe. The journal's interval is what a dropped database waits
# for: 100 ms unless told otherwise.
_ARGUMENTS = [
    *("--bind_ip", "127.0.0.1"),
    *("--wiredTigerCacheSizeGB", "0.25"),
    *("--oplogSize", "64"),
    *("--journalCommitInterval", "5"),
    *("--setParameter", "enableTestCommands=1"),
    *("--setParameter", "diagnosticDataCollectionEnabled=false"),
    *("--setParameter", "shutdownTimeoutMillisForSignaledShutdown=100"),
    "--quiet",
]
if sys.platform != "win32":
    _ARGUMENTS.append("--nounixsocket")


class PortTakenError(MongodError):
    """Another process has the port."""


class Node:
    """One mongod of a replica set.

    `port` and `pid` tell where it is; `kill`, `pause`, `resume` and `restart` are what
    tests of failures do to it.
    """

    def __init__(
        self, supervisor: Supervisor, name: str, command: Sequence[str]
    ) -> None:
        self.port = 0
        self.pid = 0
        self._supervisor = supervisor
        self._name = name
        self._log = supervisor.folder / f"{name}.log"
        data = supervisor.folder / name
        data.mkdir(parents=True, exist_ok=True)
        self._command = [*command, "--dbpath", str(data), *_ARGUMENTS]

    def __repr__(self) -> str:
        return f"<Node {self._name} at {self.address}, pid {self.pid}>"

    @property
    def address(self) -> str:
        """Host and port, as the replica set's configuration names them."""
        return f"127.0.0.1:{self.port}"

    @property
    def alive(self) -> bool:
        """Whether the process runs; a paused one does."""
        return self._supervisor.ask("poll", self._name) is None

    def kill(self) -> None:
        """Kill the process, as a crash would; its data stays."""
        self._supervisor.ask("kill", self._name)

    def pause(self) -> None:
        """Stop the process from running: connections stay open, nothing answers."""
        self._send("SIGSTOP")

    def resume(self) -> None:
        """Let a paused process run on."""
        self._send("SIGCONT")

    def restart(self) -> None:
        """Kill the process if it runs, start it again on its port and data."""
        self.kill()
        self.spawn(self.port)
        self.wait_until_listening()

    def spawn(self, port: int) -> None:
        """Start the process and do not wait for it."""
        self.port = port
        self._log_start = self._log.stat().st_size if self._log.exists() else 0
        command = [*self._command, "--port", str(port)]
        self.pid = self._supervisor.ask("spawn", self._name, command, str(self._log))

    def wait_until_listening(self) -> None:
        """Wait until the process accepts connections."""
        # Its log says so; an open port might be another's.
        deadline = time.monotonic() + PATIENCE_SECONDS
        while _LISTENING not in self._read_log().lower():
            self.require_alive()
            if time.monotonic() > deadline:
                raise MongodError(f"mongod does not start.\n{self.log_tail()}")
            time.sleep(POLL_SECONDS)

    def require_alive(self) -> None:
        """Raise an error with the end of the log if the process has ended."""
        code = self._supervisor.ask("poll", self._name)
        if code is not None:
            kind = PortTakenError if code == _ADDRESS_IN_USE else MongodError
            raise kind(
                f"mongod on port {self.port} ended with exit code {code}. "
                f"The end of its log:\n{self.log_tail()}"
            )

    def log_tail(self) -> str:
        """Return the last lines of the log, those that tell of errors if there are any."""
        lines = self._read_log().decode(errors="replace").splitlines()
        errors = [line for line in lines if _INFORMATION not in line]
        return "\n".join((errors or lines)[-_LOG_LINES:])

    def client(self, patience: float = PATIENCE_SECONDS) -> MongoClient[dict[str, Any]]:
        """Return a client of this node alone, whatever its state."""
        timeout = int(patience * 1000)
        return MongoClient(
            "127.0.0.1",
            self.port,
            directConnection=True,
            serverSelectionTimeoutMS=timeout,
            connectTimeoutMS=timeout,
            socketTimeoutMS=timeout,
        )

    def is_primary(self) -> bool:
        """Ask the node whether it takes writes; False if it does not answer."""
        if not self.alive:
            return False
        try:
            with self.client(patience=1) as client:
                return bool(client.admin.command("hello")["isWritablePrimary"])
        except PyMongoError:
            return False

    def _read_log(self) -> bytes:
        with self._log.open("rb") as log:
            log.seek(self._log_start)
            return log.read()

    def _send(self, name: str) -> None:
        number = getattr(signal, name, None)
        if number is None:
            raise MongodError(f"{sys.platform} has no {name}")
        self._supervisor.ask("send_signal", self._name, int(number))
