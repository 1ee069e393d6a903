"""Own mongod processes for another process, and end them when it ends.

A process killed outright cannot clean up after itself, so this script does it: its
parent asks for processes over a pipe, and when the parent is gone, whatever the
reason, the script kills them and removes their data. It runs by its path, imports the
standard library alone and therefore starts in a few milliseconds.

A request is a line of JSON, `[method, *arguments]`; the answer is `[result, error]`.
"""

import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress

POLL_SECONDS = 0.2
GRACE_SECONDS = 10
# Keeps Ctrl-C in a Windows console from the children; POSIX has sessions for that.
OWN_GROUP = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)


class Keeper:
    """The processes in our care, by name, and the folder they write to."""

    def __init__(self, path: str) -> None:
        self._temporary = not path
        self._folder = path or tempfile.mkdtemp(prefix="mongoengine-mongod-")
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def where(self) -> str:
        """Return the folder."""
        return self._folder

    def spawn(self, name: str, command: list[str], log: str) -> int:
        """Start a process that writes to `log`; return its pid."""
        with open(log, "ab") as output:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                creationflags=OWN_GROUP,
            )
        self._processes[name] = process
        return process.pid

    def poll(self, name: str) -> int | None:
        """Return the exit code of a process, None while it runs."""
        return self._processes[name].poll()

    def send_signal(self, name: str, number: int) -> None:
        """Send a signal to a process, unless it has ended."""
        self._processes[name].send_signal(number)

    def kill(self, name: str) -> None:
        """Kill a process and wait for its end."""
        self._processes[name].kill()
        self._processes[name].wait()

    def close(self) -> None:
        """End all processes, gently if their data is to stay, and clean up."""
        if not self._temporary:
            self._terminate_all()
        for name in self._processes:
            self.kill(name)
        if self._temporary:
            shutil.rmtree(self._folder)

    def _terminate_all(self) -> None:
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            with suppress(subprocess.TimeoutExpired):  # the kill is next
                process.wait(GRACE_SECONDS)


def requests(parent: int) -> Iterator[str]:
    """Yield what the parent asks for until it says stop, hangs up or dies.

    The pipe alone does not tell: a fork of the parent may hold it open.
    """
    lines: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_read, args=(lines,), daemon=True).start()
    while os.name != "posix" or os.getppid() == parent:
        with suppress(queue.Empty):
            line = lines.get(timeout=POLL_SECONDS)
            if line in ("", "stop\n"):
                return
            yield line


def _read(lines: "queue.Queue[str]") -> None:
    # Unbuffered: a thread inside a buffered read would upset the interpreter's exit.
    with open(0, "rb", buffering=0, closefd=False) as pipe:
        while line := pipe.readline():
            lines.put(line.decode())
        lines.put("")


def answer(result: object, error: str | None = None) -> None:
    """Write one answer; a parent that is gone gets none."""
    with suppress(BrokenPipeError):
        os.write(1, json.dumps([result, error]).encode() + b"\n")


def serve(keeper: Keeper, parent: int) -> None:
    """Do what the parent asks for."""
    for line in requests(parent):
        method, *arguments = json.loads(line)
        try:
            answer(getattr(keeper, method)(*arguments))
        except OSError as error:
            answer(None, str(error))


def main(parent: str, path: str) -> None:
    """Serve one parent, then clean up."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit())
    keeper = Keeper(path)
    try:
        serve(keeper, int(parent))
    finally:
        keeper.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
