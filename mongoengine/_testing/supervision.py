"""Our side of the supervisor: a process of its own that outlives us, briefly."""

import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, cast

from mongoengine._testing import supervisor
from mongoengine._testing.binary import MongodError


class Supervisor:
    """Our end of the pipe to `supervisor.py`, a process of its own."""

    def __init__(self, path: Path | None) -> None:
        self._parent = os.getpid()
        self._lock = threading.Lock()
        script = [sys.executable, "-I", "-S", supervisor.__file__]
        self._process = subprocess.Popen(
            [*script, str(self._parent), str(path or "")],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # a Ctrl-C in the terminal is not for it
            creationflags=supervisor.OWN_GROUP,
        )
        self._requests = cast("IO[bytes]", self._process.stdin)
        self._answers = cast("IO[bytes]", self._process.stdout)

    @property
    def folder(self) -> Path:
        """Where data and logs go."""
        return Path(self.ask("where"))

    def ask(self, method: str, *arguments: object) -> Any:
        """Call a method of the supervisor's `Keeper`."""
        with self._lock:
            self._requests.write(json.dumps([method, *arguments]).encode() + b"\n")
            return self._answer()

    def _answer(self) -> Any:
        line = self._answers.readline()
        if not line:
            raise MongodError("the supervisor of the test server has ended")
        result, error = json.loads(line)
        if error is not None:
            raise MongodError(error)
        return result

    def stop(self) -> None:
        """End all processes and wait until nothing is left of them."""
        if os.getpid() == self._parent:
            with suppress(BrokenPipeError):
                self._requests.write(b"stop\n")
        else:  # a fork that leaves the block has no child to wait for
            self._process.returncode = 0
        self._requests.close()
        self._answers.close()
        self._process.wait()
